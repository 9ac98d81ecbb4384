"""What must not matter does not: room in tables, doses of zero, one more resident, being saved and restored."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.model import agents, day, snapshot
from sim.model.build import build_world
from sim.model.world import World
from sim.vocabulary.measures import STOCKS
from tests.model.driving import differences, lived, season, tables

FOURTEEN = (
    "online_channel", "feedback_mechanism", "worker_training", "workforce", "cross_sector_cooperation",
    "opinion_monitoring", "participatory_decisions", "residents_councils", "representative_elections",
    "cultural_activities", "community_education", "smart_platform", "welfare_services", "close_ties",
)  # fmt: skip
LOGGED = ("waits", "waits.cell")
"""Not state: what was logged before the state was saved stays with the run that logged it."""


def test_tables_that_begin_with_room_for_one_give_the_same_bits() -> None:
    roomy, tight = lived(season(), 20), lived(season(), 20, capacity=1)
    assert tight.demands.capacity < roomy.demands.capacity
    assert differences(roomy, tight) == []


def test_so_they_do_under_the_agents_driver() -> None:
    tight = build_world(season(), 1, capacity=1)
    for _ in range(6):
        agents.step(tight)
    assert differences(lived(season(), 6), tight) == []


@pytest.mark.parametrize("policy", FOURTEEN)
def test_a_policy_of_dose_zero_is_its_absence(policy: str) -> None:
    absent, zero = (
        lived(season(f"policies.{policy}.{how}", "burn_in=2"), 12) for how in ("off=true", "dose=0")
    )
    assert differences(absent, zero) == []


def by_key(world: World) -> dict[int, tuple[Any, ...]]:
    """What each resident is and feels, by identity; what depends on rows or cells is left out."""
    names = [
        name for name in world.residents._fields
        if name not in ("cell", "household", "degree", "cross", "said", "known")
    ]  # fmt: skip
    columns = [getattr(world.residents, name).tolist() for name in names]
    return {person[0]: person for person in zip(*columns, strict=True)}


def test_one_more_resident_changes_nobody_elses_identity_luck_or_start() -> None:
    fewer, more = (by_key(build_world(season(f"community.groups.old_hands.size={n}"), 1)) for n in (360, 361))
    assert len(more) == len(fewer) + 1
    assert all(more[key] == person for key, person in fewer.items())


def test_nor_their_lives_where_nobody_knows_or_needs_anybody() -> None:
    alone = ("mechanisms.M0=off", "mechanisms.M5=off", "mechanisms.M8=off", "mechanisms.M16=off", "burn_in=2")
    fewer, more = (by_key(lived(season(f"community.groups.old_hands.size={n}", *alone), 25)) for n in (360, 361))
    assert all(more[key] == person for key, person in fewer.items())
    assert any(person != by_key(build_world(season(*alone), 1)).get(key) for key, person in fewer.items())


@pytest.mark.parametrize("step", [day.step, agents.step], ids=["compiled", "agents"])
def test_nobody_there_nothing_happens(step: Any) -> None:
    world = build_world(season("burn_in=2"), 1)
    world.residents.present[:] = 0
    for _ in range(5):
        step(world)
        assert not world.flows.any() and not world.stocks.any()
    assert world.demands.count == world.conflicts.count == 0
    assert not world.stocks[:, STOCKS.index("n")].any()


# --- saving and restoring -----------------------------------------------------------------------------------


@pytest.mark.parametrize("tick", [0, 6, 15, 29, 61, 62])
def test_a_restored_run_equals_the_straight_one(tick: int) -> None:
    straight = lived(season(), tick)
    restored = snapshot.restore(pickle.loads(pickle.dumps(snapshot.take(straight))), season())
    for _ in range(8):
        day.step(straight)
        day.step(restored)
        assert differences(straight, restored, LOGGED) == []


def test_a_run_saved_every_day_equals_the_straight_one() -> None:
    straight, saved = build_world(season(), 1), build_world(season(), 1)
    for _ in range(75):
        day.step(straight)
        day.step(saved)
        assert differences(straight, saved, LOGGED) == []
        saved = snapshot.restore(snapshot.take(saved), season())


@pytest.mark.parametrize("tick", [12, 15, 19, 61])
@pytest.mark.parametrize("step", [day.step, agents.step], ids=["compiled", "agents"])
def test_a_run_saved_after_any_phase_equals_the_straight_one(tick: int, step: Any) -> None:
    """At a turnover of many times life's, on workdays, a weekend and the day of an election."""
    straight, saved = lived(season(), tick), []
    step(straight, lambda world, _: saved.append(pickle.loads(pickle.dumps(snapshot.take(world)))))
    assert [state.phase for state in saved] == list(range(1, 14))
    halfway = [snapshot.restore(state, season()) for state in saved]
    for world in halfway:
        day.step(world)
        assert (world.tick, world.phase) == (tick + 1, 0)
        assert differences(straight, world, LOGGED) == []
    day.step(straight)
    for world in halfway:
        day.step(world)
        assert differences(straight, world, LOGGED) == []


def test_a_branch_equals_a_run_that_was_always_on_that_path() -> None:
    trunk, path = season("policies.workforce.off=true"), season("policies.workforce.dose=1.5")
    burnt_in = snapshot.take(lived(trunk, trunk.burn_in))
    straight, branch = lived(path, path.burn_in), snapshot.restore(burnt_in, path)
    for _ in range(20):
        day.step(straight)
        day.step(branch)
    assert differences(straight, branch, LOGGED) == []


CHILD = """
import pickle, sys
from sim.model import day, snapshot
from tests.model.driving import tables
saved, scenario, days = pickle.load(open(sys.argv[1], "rb"))
world = snapshot.restore(saved, scenario)
for _ in range(days):
    day.step(world)
pickle.dump(dict(tables(world)), open(sys.argv[2], "wb"))
"""


@pytest.mark.versions
def test_another_process_goes_on_alike(tmp_path: Path) -> None:
    straight = lived(season(), 16)
    left, right = tmp_path / "state", tmp_path / "result"
    left.write_bytes(pickle.dumps((snapshot.take(straight), season(), 5)))
    subprocess.run([sys.executable, "-c", CHILD, str(left), str(right)], check=True, timeout=300)
    theirs = pickle.loads(right.read_bytes())
    for _ in range(5):
        day.step(straight)
    for name, column in tables(straight):
        if not name.startswith("waits"):
            assert np.asarray(column).tobytes() == np.asarray(theirs[name]).tobytes(), name


def test_the_agents_driver_goes_on_from_what_the_compiled_one_left() -> None:
    straight = lived(season(), 9)
    handed_over = snapshot.restore(snapshot.take(straight), season())
    for _ in range(4):
        day.step(straight)
        agents.step(handed_over)
    assert differences(straight, handed_over, LOGGED) == []

