"""Structure that evidence does not decide is a parameter: how workers share queues."""

from __future__ import annotations

import pytest

import sim
from sim.model.build import build_world
from sim.model.run import simulate

COURT = ("community=harbour_court", "community_overrides.agencies.residents_committee.staff.value=5", "burn_in=30")


@pytest.mark.parametrize(("pooling", "sizes"), [(0, [3, 2]), (1, [2, 2, 1]), (2, [5])])
def test_workers_of_an_agency_share_queues_as_the_structure_says(pooling: int, sizes: list[int]) -> None:
    described = "community_overrides.agencies.residents_committee.workers_per_pool.value=3"
    partners = "community_overrides.agencies.property_management.staff.value=3"
    world = build_world(
        sim.load_scenario("baseline", sets=(*COURT, described, partners, f"parameters.structure.pooling={pooling}")), 1
    )
    pools = [world.workers.pool[world.workers.agency == agency].tolist() for agency in range(2)]
    assert [pools[0].count(pool) for pool in sorted(set(pools[0]))] == sizes
    assert len(set(pools[1])) == 3, "partners keep the queues they are described with"


def test_one_queue_for_all_waits_less_than_pairs_at_the_same_load() -> None:
    waits = {}
    for pooling in (1, 2):
        sets = (*COURT, "parameters.needs.rate=0.3", f"parameters.structure.pooling={pooling}")
        scenario = sim.load_scenario("baseline", sets=sets)
        runs = [simulate(scenario, seed, 120) for seed in (1, 2)]
        waits[pooling] = [run.value("wait_mean_days", by="all", level="total") for run in runs]
    assert all(shared < pairs for pairs, shared in zip(waits[1], waits[2], strict=True))
