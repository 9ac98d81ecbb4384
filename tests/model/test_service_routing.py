"""From surfacing to a queue: triage, acknowledgement, councils, wrong turns, partners, and places with nobody there."""

from __future__ import annotations

import numpy as np
import pytest

from sim.model import columns as c
from sim.model.counters import flow
from sim.model.world import World
from tests.worlds import Office, demands, poisson, serve, small_world

PLENTY = (Office((200,)),)


def share(world: World, top: str, bottom: str) -> float:
    flows = world.flows.sum(axis=0)
    return float(flows[flow(top)] / flows[flow(bottom)])


def four_errors(p: float, n: float) -> float:
    """Four standard errors of a share ``p`` seen in ``n`` independent demands."""
    return 4.0 * float(np.sqrt(p * (1.0 - p) / n))


@pytest.mark.parametrize(("platform", "right"), [(0.0, 0.7), (1.0, 0.85)])
def test_triage_is_right_as_often_as_said_and_a_platform_halves_the_errors(platform: float, right: float) -> None:
    world = small_world({"service.triage": 0.7, "technology.on_triage": 0.5}, PLENTY)
    world.levers.platform[:] = platform
    coming = poisson(100.0, 50)
    coming.columns["urgent"] = np.random.default_rng(1).random(len(coming.voiced)) < 0.3
    serve(world, coming, 50)
    assert share(world, "triage_right", "triaged") == pytest.approx(right, abs=four_errors(right, 5_000))


def test_routing_takes_a_uniform_time_and_wrong_turns_add_to_it() -> None:
    numbers = {"service.routing_days": 4.0, "service.bounce": 0.25, "service.bounce_days": 10.0}
    world = small_world(numbers, PLENTY)
    waits = serve(world, poisson(100.0, 40), 60).wait
    assert share(world, "misrouted", "routed") == pytest.approx(0.25, abs=four_errors(0.25, 4_000))
    straight = waits[waits < 5.0]
    assert 0.0 <= straight.min() < 0.01 and 3.99 < straight.max() < 4.0
    assert straight.mean() == pytest.approx(2.0, abs=4.0 * 4.0 / np.sqrt(12.0 * len(straight)))
    assert waits[waits > 5.0].min() >= 10.0


def test_following_a_demand_up_prevents_wrong_turns() -> None:
    shares = []
    for acknowledged in (0.0, 1.0):
        numbers = {"service.bounce": 0.4, "service.acknowledge_routing": 0.75, "service.bounce_days": 1.0}
        world = small_world(numbers, PLENTY)
        world.levers.acknowledgement[:] = acknowledged
        serve(world, poisson(100.0, 30), 35)
        shares.append(share(world, "misrouted", "routed"))
    assert shares[0] == pytest.approx(0.4, abs=four_errors(0.4, 3_000))
    assert shares[1] == pytest.approx(0.1, abs=four_errors(0.1, 3_000))


def test_a_platform_speeds_routing_for_those_online_and_slows_it_for_others() -> None:
    numbers = {"service.routing_days": 4.0, "technology.on_routing": 0.5, "technology.offline_delay": 0.25}
    world = small_world(numbers, PLENTY, residents=2)
    world.levers.platform[:] = 1.0
    world.residents.online[:] = [1, 0]
    coming = poisson(100.0, 30)
    coming.columns["resident"] = np.arange(len(coming.voiced)) % 2
    waits = serve(world, coming, 40).wait
    assert waits[0::2].max() < 2.0 < waits[1::2].max() < 5.0


def test_acknowledgement_goes_by_block_and_stops_no_clock() -> None:
    world = small_world({}, PLENTY, residents=2, blocks=2)
    world.levers.acknowledgement[:, 0] = [0.3, 0.9]
    coming = poisson(100.0, 40)
    coming.columns["resident"] = np.arange(len(coming.voiced)) % 2
    serve(world, coming, 41)
    shares = world.flows[:, flow("acknowledged")] / world.flows[:, flow("triaged")]
    assert shares == pytest.approx([0.3, 0.9], abs=four_errors(0.5, 2_000))
    assert (coming.wait < 1e-12).all()


def test_mediation_never_takes_a_wrong_turn_and_is_not_triaged() -> None:
    world = small_world({"service.bounce": 1.0, "service.bounce_days": 5.0})
    coming = serve(world, demands([0.1, 1.6], kind=c.MEDIATION, urgent=1), 4)
    assert (coming.wait < 0.5).all()
    assert not world.flows.any()


# --- councils -----------------------------------------------------------------------------------------------


def council_town(share: float, ceiling: float = 1.0, **more: float) -> World:
    world = small_world({"council.success_ceiling": ceiling, "council.days": 5.0, **more}, PLENTY)
    world.councils.attendance[:] = 1e9
    world.councils.legitimacy[:] = 1.0
    world.levers.council_share[:] = share
    return world


def test_a_council_takes_its_share_of_common_needs_and_of_nothing_else() -> None:
    world = council_town(0.4)
    coming = poisson(100.0, 40)
    coming.columns["common"] = np.arange(len(coming.voiced)) % 2
    coming.columns["kind"] = np.where(np.arange(len(coming.voiced)) % 8 == 1, c.FALSE_ALARM, c.NEED)
    serve(world, coming, 60)
    common = (coming.columns["common"] == 1) & (coming.columns["kind"] == c.NEED)
    taken = world.flows.sum(axis=0)[flow("council_taken")]
    assert taken == world.councils.taken[0] == (common & (coming.wait > 1.0)).sum()
    assert taken / common.sum() == pytest.approx(0.4, abs=four_errors(0.4, common.sum()))
    assert coming.wait[coming.wait > 1.0] == pytest.approx(5.0)


def test_what_a_council_settles_is_resolved_without_work_and_the_rest_goes_to_staff() -> None:
    world = council_town(1.0, 0.6)
    met: list[float] = []
    coming = serve(world, poisson(50.0, 40, common=1), 60, each_day=lambda w: met.append(w.residents.experience_n[0]))
    flows = world.flows.sum(axis=0)
    n = len(coming.voiced)
    settled = coming.worked == 0.0
    assert settled.sum() == flows[flow("council_resolved")] == world.councils.settled[0]
    assert settled.mean() == pytest.approx(0.6, abs=four_errors(0.6, n))
    assert flows[flow("started")] == (~settled).sum() == flows[flow("routed")]
    assert flows[flow("resolved")] == flows[flow("on_time")] == flows[flow("due_decided")] == n == sum(met)
    assert (coming.state == c.RESOLVED).all()


def test_a_council_that_is_too_slow_settles_too_late() -> None:
    world = council_town(1.0, **{"service.due_ordinary": 4.0})
    serve(world, demands([0.5], common=1), 10)
    flows = world.flows.sum(axis=0)
    assert flows[flow("council_resolved")] == 1 and flows[flow("due_decided")] == 1 and flows[flow("on_time")] == 0


def test_without_a_council_everything_goes_to_staff() -> None:
    world = council_town(1.0)
    world.council_of[:] = -1
    coming = serve(world, demands([0.1, 0.2, 1.3], common=1), 4)
    assert (coming.wait < 1e-12).all() and not world.councils.taken.any()


# --- agencies and partners ----------------------------------------------------------------------------------


def test_agencies_share_demands_by_their_filled_posts_however_their_pools_are_cut() -> None:
    world = small_world({"service.work_hours": 0.01}, (Office((2,) * 10), Office((10,))), residents=10)
    coming = poisson(200.0, 30)
    coming.columns["resident"] = np.arange(len(coming.voiced)) % 10
    serve(world, coming, 31)
    closed = world.workers.closed
    part = closed[:20].sum() / closed.sum()
    assert part == pytest.approx(2.0 / 3.0, abs=four_errors(2.0 / 3.0, 6_000))


def test_only_competent_agencies_that_serve_the_resident_are_asked() -> None:
    offices = (
        Office((1,), categories=(0, 1)), Office((1,), categories=(1, 2)), Office((1,), serves=lambda i: i - 1),
    )  # fmt: skip
    world = small_world({"service.work_hours": 0.01}, offices, residents=2)
    serve(world, poisson(30.0, 20, category=0), 21)
    assert list(world.workers.closed > 0) == [True, False, False]


def test_where_nobody_is_competent_a_need_waits_and_is_tried_again_every_day() -> None:
    world = small_world({"service.work_form": 1.0}, (Office((1,), categories=(0,)),))
    coming = demands([0.5, 0.6], category=5, kind=[c.NEED, c.MEDIATION])
    serve(world, coming, 3)
    assert list(coming.state) == [c.ROUTING, c.RESOLVED], "a mediation is for any own agency"
    world.competent[0, 5] = True
    serve(world, coming, 2)
    assert coming.state[0] == c.RESOLVED and coming.first[0] == pytest.approx(3.0)


def test_a_pool_with_vacant_posts_only_is_passed_over_unless_there_is_no_other() -> None:
    world = small_world({"service.work_hours": 0.01}, (Office((2,)), Office((1,))))
    world.workers.in_post[:2] = 0
    serve(world, poisson(20.0, 10), 11)
    assert list(world.workers.closed[:2]) == [0, 0] and world.workers.closed[2] > 150

    world = small_world({"service.work_form": 1.0})
    world.workers.in_post[:] = 0
    coming = demands([0.5])
    serve(world, coming, 3)
    assert coming.state[0] == c.QUEUED
    world.workers.in_post[:] = 1
    serve(world, coming, 2)
    assert coming.first[0] == pytest.approx(3.0) and coming.state[0] == c.RESOLVED


@pytest.mark.parametrize(("cooperating", "accepted", "days"), [(0.0, 0.2, 6.0), (1.0, 0.9, 1.0), (0.5, 0.55, 3.5)])
def test_partners_accept_more_and_sooner_the_closer_the_cooperation(
    cooperating: float, accepted: float, days: float
) -> None:
    numbers = {
        "cooperation.accept_base": 0.2, "cooperation.accept_full": 0.9, "cooperation.days_base": 6.0,
        "cooperation.days_full": 1.0, "service.work_hours": 0.01,
    }  # fmt: skip
    world = small_world(numbers, (Office((5,)), Office((5,), outside=True)))
    world.levers.cooperation[:] = cooperating
    coming = serve(world, poisson(100.0, 30, outside=1), 40)
    assert coming.wait == pytest.approx(days, abs=0.01)
    part = world.workers.closed[5:].sum() / len(coming.voiced)
    assert part == pytest.approx(accepted, abs=four_errors(accepted, 3_000))


def test_what_lacks_its_competence_is_served_at_home_and_worse() -> None:
    numbers = {"skill.resolution": 0.0, "skill.outside_penalty": 1.0, "service.work_hours": 0.01}
    offices = (Office((5,)), Office((5,), outside=True, categories=(0,)))
    world = small_world({**numbers, "cooperation.accept_base": 1.0}, offices)
    coming = poisson(100.0, 40, outside=1)
    coming.columns["category"] = np.arange(len(coming.voiced)) % 2
    resolved = serve(world, coming, 41).state == c.RESOLVED
    # the partner is competent in health only; in safety the own agency does what it can, logit 0 - 1
    assert resolved[0::2].mean() == pytest.approx(0.5, abs=four_errors(0.5, 2_000))
    assert resolved[1::2].mean() == pytest.approx(0.2689, abs=four_errors(0.2689, 2_000))
    assert world.workers.closed[5:].sum() == len(resolved[0::2])


def test_partners_take_nothing_but_needs_that_take_them() -> None:
    world = small_world({}, (Office((1,)), Office((3,), outside=True)))
    serve(world, demands(np.arange(20) * 0.1, kind=np.arange(20) % 3), 20)
    assert world.workers.closed[1:].sum() == 0
