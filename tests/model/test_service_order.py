"""Whose turn it is: by time, class and keyed draw, never by row; and whose luck is whose."""

from __future__ import annotations

import numpy as np
import pytest

from sim.model import columns as c
from sim.model.draws import bits_py, stream_day_py, stream_key
from sim.model.world import World
from tests.model.busy_service import stream, town, turnover
from tests.worlds import Office, demands, poisson, serve, small_world


def order(world: World, coming, days: int = 20) -> list[int]:
    """Rows of demands in the order in which work on them began."""
    serve(world, coming, days)
    assert (coming.first >= 0.0).all()
    return list(np.argsort(coming.first))


def test_urgent_before_mediation_before_ordinary_and_each_first_come_first_served() -> None:
    busy = [0.01]  # keeps the only worker busy for a day while the others arrive
    kinds = [c.NEED, c.NEED, c.MEDIATION, c.NEED, c.MEDIATION, c.FALSE_ALARM, c.NEED]
    urgent = [0, 0, 0, 1, 0, 0, 1]
    coming = demands(busy + [0.1 + 0.01 * k for k in range(6)], kind=kinds, urgent=urgent)
    world = small_world({"service.work_form": 1.0, "service.work_hours": 24.0})
    assert order(world, coming) == [0, 3, 6, 2, 4, 1, 5]


def test_vulnerable_residents_go_with_the_urgent_ones_only_where_that_is_the_rule() -> None:
    for rule, expected in ((0.0, [0, 1, 2]), (1.0, [0, 2, 1])):
        numbers = {"service.work_form": 1.0, "service.vulnerable_first": rule}
        world = small_world(numbers, residents=2)
        world.residents.vulnerable[1] = 1
        assert order(world, demands([0.0, 0.1, 0.2], resident=[0, 0, 1])) == expected


def test_a_case_misjudged_as_ordinary_waits_with_the_ordinary_ones() -> None:
    world = small_world({"service.work_form": 1.0, "service.triage": 0.0})
    assert order(world, demands([0.0, 0.1, 0.2], urgent=[0, 1, 0])) == [0, 2, 1]


def test_equals_go_by_a_draw_of_their_own_whatever_their_rows() -> None:
    ids = np.arange(1, 9, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    sequences = []
    for rows in (np.arange(8), np.arange(8)[::-1], np.array([3, 1, 4, 0, 5, 2, 7, 6])):
        world = small_world({"service.work_form": 1.0, "service.work_hours": 1.0})
        coming = demands(np.full(8, 0.5), id=ids[rows])
        sequences.append([int(coming.id[i]) for i in order(world, coming)])
    day = stream_day_py(stream_key(world.seed, "service.tie"), 0, 0)
    assert sequences[0] == sequences[1] == sequences[2] == sorted(map(int, ids), key=lambda i: bits_py(day, i))


def test_a_worker_of_the_right_role_is_preferred_and_others_help_out() -> None:
    """Counsellor, coordinator, advocate; then a second case of the same kind goes to somebody else at once."""
    wanted = {(0, c.NEED, 0, 0): 0, (2, c.NEED, 0, 0): 0, (3, c.NEED, 0, 0): 0, (0, c.MEDIATION, 0, 0): 1,
              (0, c.NEED, 1, 0): 1, (0, c.NEED, 0, 1): 1,
              (1, c.NEED, 0, 0): 2, (4, c.NEED, 0, 0): 2, (5, c.NEED, 0, 0): 2}  # fmt: skip
    for (category, kind, outside, common), role in wanted.items():
        world = small_world({"service.work_form": 1.0, "conflict.hours": 24.0}, (Office((3,)),))
        world.workers.role[:] = [2, 0, 1]
        coming = demands([0.0, 0.1], kind=kind, category=category, outside=outside, common=common)
        chosen: list[int] = []
        serve(world, coming, 1, each_day=lambda w, chosen=chosen: chosen.extend(w.workers.case))
        first_taken = [w for w in range(3) if chosen[w] == 0]
        assert [world.workers.role[w] for w in first_taken] == [role]
        assert coming.wait == pytest.approx([0.0, 0.0])


def test_among_equal_workers_the_draw_decides_and_shares_cases_out() -> None:
    world = small_world({"service.work_form": 1.0, "service.work_hours": 0.01}, (Office((4,)),))
    serve(world, poisson(100.0, 20), 20)
    assert world.workers.closed.sum() > 1_900
    assert world.workers.closed.min() > 0.2 * world.workers.closed.sum()


def test_a_case_whose_worker_leaves_takes_its_old_place_with_the_work_left() -> None:
    def leave(world: World) -> None:
        if world.tick == 1:  # the worker leaves after two days of the first case's three
            world.workers.in_post[0] = 0
        if world.tick == 4:
            world.workers.in_post[0] = 1

    world = small_world({"service.work_form": 1.0, "service.work_hours": 72.0})
    coming = demands([0.0, 0.25, 0.5], urgent=[0, 0, 0])
    serve(world, coming, 12, each_day=leave)
    assert coming.first == pytest.approx([0.0, 6.0, 9.0])  # a third day of the first, on day 5
    assert coming.state[0] == c.RESOLVED
    assert coming.worked[0] == pytest.approx(72.0)


def test_an_urgent_case_overtakes_an_interrupted_ordinary_one() -> None:
    def leave(world: World) -> None:
        world.workers.in_post[0] = 0 if world.tick == 0 else 1

    world = small_world({"service.work_form": 1.0})
    coming = demands([0.0, 0.5], urgent=[0, 1])
    serve(world, coming, 6, each_day=leave)
    assert coming.first == pytest.approx([0.0, 2.0])
    assert coming.worked == pytest.approx([24.0, 24.0])


def test_work_ends_before_what_arrives_in_the_same_moment() -> None:
    """At noon a worker is free and takes who waits; somebody urgent who comes at noon is too late for this turn."""
    world = small_world({"service.work_form": 1.0, "service.work_hours": 12.0})
    coming = serve(world, demands([0.0, 0.1, 0.5], urgent=[0, 0, 1]), 3)
    assert list(coming.first) == [0.0, 0.5, 1.0]


def test_one_more_demand_changes_nobody_else_s_luck() -> None:
    """Draws are keyed by identity: triage, acknowledgement, works and ties of all others stay as they were."""
    kept = ("judged", "acknowledged", "tie", "klass")
    seen: list[dict[int, tuple]] = []
    for more in (False, True):
        coming = stream(30)
        if not more:
            place = len(coming.voiced) // 3
            coming.voiced, coming.id = np.delete(coming.voiced, place), np.delete(coming.id, place)
            coming.columns = {name: np.delete(values, place) for name, values in coming.columns.items()}
            coming.__post_init__()
        draws: dict[int, tuple] = {}

        def note(world: World, draws: dict[int, tuple] = draws) -> None:
            table = world.demands.columns
            for row in range(world.demands.count):
                key = int(table.id[row])
                if key not in draws and table.tie[row] and table.first[row] == c.NEVER:
                    draws[key] = (*(getattr(table, name)[row] for name in kept), table.work[row])

        serve(town(), coming, 30, each_day=note)
        seen.append(draws)
    common = seen[0].keys() & seen[1].keys()
    assert len(common) > 100
    assert all(seen[0][key] == seen[1][key] for key in common)


def test_one_more_demand_elsewhere_changes_no_life_here() -> None:
    """Where they do not meet in a queue, whole lives stay the same, bit for bit."""
    lives = []
    for more in (False, True):
        world = small_world({"service.reopen": 0.5, "skill.resolution": 0.0}, (Office((1, 1)),), residents=2)
        times = np.arange(40) * 0.9
        coming = demands(times, id=np.arange(1, 41), resident=0)
        if more:
            ids, who = np.insert(np.arange(1, 41), 10, 99), np.insert(np.zeros(40, int), 10, 1)
            coming = demands(np.insert(times, 10, times[10]), id=ids, resident=who)
        serve(world, coming, 60)
        here = coming.id != 99
        lives.append((coming.first[here].tobytes(), coming.state[here].tobytes(), coming.worked[here].tobytes()))
    assert lives[0] == lives[1]


def test_the_order_of_rows_never_matters() -> None:
    """The same demands handed over in another order within each day live the same lives."""
    ends = []
    for shuffled in (False, True):
        coming = stream(40)
        rows = np.arange(len(coming.voiced))
        if shuffled:
            day = np.floor(coming.voiced)
            rows = np.lexsort((np.random.default_rng(0).random(len(rows)), day))
            coming.voiced, coming.id = coming.voiced[rows], coming.id[rows]
            coming.columns = {name: values[rows] for name, values in coming.columns.items()}
        coming.columns["arose"] = coming.voiced.copy()
        # hand over by day, in the order of the rows
        voiced, coming.voiced = coming.voiced, np.floor(coming.voiced)
        coming.columns["voiced"] = voiced
        world = town()
        serve(world, coming, 40, each_day=turnover)
        back = np.argsort(coming.id)
        ends.append((coming.first[back].tobytes(), coming.state[back].tobytes(), world.hours.tobytes()))
    assert ends[0][:2] == ends[1][:2]
