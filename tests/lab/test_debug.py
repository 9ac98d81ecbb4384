"""Two runs side by side: where they part is found to the phase, the agent and the column, and nowhere else."""

import numpy as np
import pytest

import sim
from sim.errors import UsageError
from sim.lab.debug import Side, live, part
from sim.lab.pairs import match, parted_agents
from sim.model import agents, day
from sim.model.agents import Resident
from sim.model.build import build_world
from sim.model.phases import NAMES
from tests.model.driving import differences, season

HARBOUR = ("community=harbour_court", "burn_in=3")


def harbour(name="baseline", *sets):
    return sim.load_scenario(name, sets=(*HARBOUR, *sets))


@pytest.mark.parametrize("driver", ["compiled", "agents"])
def test_a_day_lived_phase_by_phase_is_the_drivers_own_day(driver):
    scenario = season("burn_in=2")
    stepped, phased = build_world(scenario, 5), build_world(scenario, 5)
    for _ in range(4):
        (day if driver == "compiled" else agents).step(stepped)
        assert tuple(live(phased, driver)) == NAMES
    assert differences(stepped, phased) == [] and stepped.tick == phased.tick


def test_the_two_drivers_do_not_part_in_any_phase_of_a_hard_week():
    scenario = season("burn_in=2")
    found = part(Side(scenario), Side(scenario, driver="agents"), days=5, whole=True)
    assert found.first is None and found.agent is None and found.lived == 5 and found.evenings == ()


def test_a_policy_parts_the_community_in_its_levers_and_then_its_agents():
    found = part(Side(harbour()), Side(harbour("full_package")), days=10, spread=4)
    assert found.shared and (found.first.day, found.first.phase) == (0, "hours")
    levers = {p.column: p for p in found.first.parted if p.table == "levers"}
    assert levers["online_supply"].a == 0.0 < levers["online_supply"].b
    assert not [p for p in found.first.parted if p.table == "residents"]
    assert NAMES.index(found.agent.phase) > NAMES.index("hours") and found.agent.day == 0
    counts = [{c.table: c for c in evening.counts} for evening in found.evenings]
    reached = [count["residents"].differing for count in counts]
    assert len(reached) == 4 and reached == sorted(reached) and 0 < reached[0] < reached[-1] < 6000
    assert all(count["workers"].only_b > 0 for count in counts), "posts that the policy opens"


def test_a_change_of_one_residents_column_is_found_where_it_happens(monkeypatch):
    # One resident wakes up on the second day with other trust than the compiled driver gives.
    own = Resident.judge

    def judge(self):
        own(self)
        if self.model.world.tick == 3 and self.row == 17:
            self.trust = 0.123

    monkeypatch.setattr(Resident, "judge", judge)
    scenario = season("burn_in=2")
    found = part(Side(scenario), Side(scenario, driver="agents"), days=3, spread=1, whole=True)
    (parted,) = found.agent.parted
    assert found.first == found.agent and (found.agent.day, found.agent.phase) == (1, "trust")
    assert (parted.table, parted.row, parted.column, parted.differing) == ("residents", 17, "trust", 1)
    assert parted.b == 0.123 != parted.a and parted.meaning == "trust in community social work"


def test_another_seed_is_another_community_from_the_first_morning():
    found = part(Side(harbour()), Side(harbour(), seed=2), days=1, spread=2)
    assert not found.shared and (found.first.day, found.first.phase) == (-3, "morning")
    assert {"key", "taste"} <= {p.column for p in found.agent.parted}
    assert found.agent.parted[0].row == 0, "the first agent comes first"


def test_a_burn_in_lived_once_gives_what_two_burn_ins_give():
    one, two = Side(harbour()), Side(harbour("workforce"))
    shared, whole = (part(one, two, days=3, spread=2, whole=w) for w in (False, True))
    assert shared.shared and not whole.shared
    assert (shared.first, shared.agent, shared.evenings) == (whole.first, whole.agent, whole.evenings)


def test_posts_that_a_policy_opens_move_no_worker_to_another_ones_place():
    a, b = build_world(harbour(), 1), build_world(harbour("workforce"), 1)
    assert len(b.workers.key) > len(a.workers.key)
    found, matched, anywhere = parted_agents(a, b, "workers")
    assert found == [] and not anywhere.any()
    np.testing.assert_array_equal(a.workers.key[matched.a], b.workers.key[matched.b])


def test_demands_are_matched_by_id_and_one_that_is_missing_is_named():
    a, b = build_world(season(), 1), build_world(season(), 1)
    for _ in range(3):
        day.step(a)
        day.step(b)
    lost = a.demands.columns.id[1].item()
    b.demands.keep(np.delete(np.arange(b.demands.count), 1))
    matched = match(a, b, "demands")
    assert (len(matched.a), matched.only_a, matched.only_b) == (a.demands.count - 1, 1, 0)
    (parted,) = parted_agents(a, b, "demands")[0]
    assert parted.row == f"{lost:016x}" and (parted.a, parted.b) == ("there", "absent")


def test_runs_of_other_calendars_cannot_be_set_side_by_side():
    with pytest.raises(UsageError, match="other calendars"):
        part(Side(harbour()), Side(harbour("baseline", "burn_in=4")))
