"""Who moves: as many as the rates say, students in June, and newcomers who start as newcomers."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np

from sim.model import day
from sim.model.build import build_world
from sim.model.counters import flow
from sim.model.world import World
from tests.analytic.towns import scenario

TOWNSPEOPLE, STUDENTS = 6_000, 4_000


def college(seed: int = 1) -> World:
    """A quarter with a turnover of 0.2 a year, and a campus that a third leaves each June."""
    return build_world(scenario("college"), seed)


def lived_through(world: World, days: int) -> dict[str, np.ndarray]:
    """Live some days; leavers and arrivals a day, by group."""
    group = world.cell_levels[:, 1]
    found: dict[str, list[np.ndarray]] = {"left": [], "arrived": []}
    for _ in range(days):
        day.step(world)
        for name, by_day in found.items():
            by_day.append(np.bincount(group, world.flows[:, flow(name)], minlength=2))
    return {name: np.array(by_day) for name, by_day in found.items()}


def test_as_many_leave_as_the_yearly_rate_says_and_each_is_replaced_the_same_day() -> None:
    world = college()
    years = 3
    moved = lived_through(world, 365 * years)
    daily = -math.expm1(-0.2 / 365.0)
    mean = TOWNSPEOPLE * daily * 365 * years
    # 3,600 moves: standard error 1.7%
    assert abs(moved["left"][:, 0].sum() - mean) < 4.5 * math.sqrt(mean)
    assert (moved["left"][:, 0] == moved["arrived"][:, 0]).all()
    # who has left once is as likely to leave again: places change hands as in a Poisson process
    changes = world.residents.generation[world.residents.group == 0]
    stayed = math.exp(-0.2 * years)
    assert abs((changes == 0).mean() - stayed) < 4.5 * math.sqrt(stayed * (1.0 - stayed) / TOWNSPEOPLE)
    assert abs(changes.var() / changes.mean() - 1.0) < 4.5 * math.sqrt(2.0 / TOWNSPEOPLE)


def test_a_third_of_students_leave_in_june_and_newcomers_fill_the_campus_in_september() -> None:
    world = college()
    start = world.date
    moved = lived_through(world, 366)
    june, september = (dt.date(2024, 6, 25) - start).days, (dt.date(2024, 9, 1) - start).days
    left, arrived = moved["left"][:, 1], moved["arrived"][:, 1]
    assert left.sum() == left[june] and arrived.sum() == arrived[september] == left[june]
    share = left[june] / STUDENTS
    assert abs(share - 0.33) < 4.5 * math.sqrt(0.33 * 0.67 / STUDENTS)


def test_places_of_leavers_stand_empty_over_the_summer() -> None:
    world = college()
    lived_through(world, (dt.date(2024, 8, 1) - world.date).days)
    r = world.residents
    empty = (r.present == 0).sum()
    assert 0.28 * STUDENTS < empty < 0.38 * STUDENTS
    assert (r.group[r.present == 0] == 1).all()
    assert world.stocks[:, 0].sum() + empty == TOWNSPEOPLE + STUDENTS


def test_newcomers_start_with_a_newcomers_states_and_nobodys_history() -> None:
    world = college()
    r = world.residents
    r.grievance[:], r.acts[:], r.last_meeting[:] = 0.7, 5, 3
    settled = {name: getattr(r, name).mean() for name in ("knowledge", "belonging", "ties", "efficacy")}
    lived_through(world, 365)
    new = r.generation > 0
    assert new.sum() > 2_000
    start = world.population.newcomer
    for name, before in settled.items():
        declared = getattr(start, name)
        column = getattr(r, name)[new]
        assert abs(column.mean() - declared) < 4.5 * column.std() / math.sqrt(new.sum()), name
        assert column.mean() < 0.75 * before, name
    trust = r.trust[new]
    assert abs(trust.mean() - start.trust) < 4.5 * trust.std() / math.sqrt(new.sum())
    assert r.grievance[new].max() == 0.0 and r.acts[new].max() == 0
    assert r.grievance[~new].min() > 0.0 and r.acts[~new].min() == 5


def test_without_turnover_and_term_nobody_moves() -> None:
    sets = [
        "community_overrides.groups.townspeople.turnover.value=0",
        "community_overrides.groups.students.academic_leave.value=0",
    ]
    world = build_world(scenario("college", sets=sets), 1)
    moved = lived_through(world, 300)
    assert moved["left"].sum() == moved["arrived"].sum() == 0
    assert world.residents.generation.max() == 0
