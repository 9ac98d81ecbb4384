"""What befalls a community: nothing before its day, as much as it says from then on, the same under both drivers."""

from __future__ import annotations

import math
from typing import Any

import pytest

import sim
from sim.errors import ScenarioError
from sim.lab.engine import branch_key
from sim.model import day, snapshot
from sim.model.build import build_world
from sim.model.counters import flow, institution, stock
from sim.model.world import World
from sim.scenario import from_resolved, load_scenario
from sim.vocabulary.categories import CATEGORIES
from sim.vocabulary.measures import MEASURES
from tests.analytic.towns import scenario as hall
from tests.model.driving import differences, first_difference, lived, season

CRISIS = ("shocks.heat.kind=crisis", "shocks.heat.start=3", "shocks.heat.end=6")


def counted(world: World, days: int, name: str) -> list[float]:
    """A flow of the whole community on each of some days."""
    found = []
    for _ in range(days):
        day.step(world)
        found.append(float(world.flows[:, flow(name)].sum()))
    return found


def test_a_crisis_of_the_usual_needs_is_none() -> None:
    sets = ("shocks.heat.kind=crisis", "shocks.heat.start=3", "shocks.heat.needs=x1")
    plain, none = hall(on=("M5", "M15"), people=400), hall(on=("M5", "M15"), people=400, sets=sets)
    assert none.changes and differences(lived(plain, 12), lived(none, 12)) == []


def test_a_crisis_is_the_same_under_both_drivers() -> None:
    sets = ("burn_in=2", *CRISIS, "shocks.heat.needs=x3", "shocks.heat.enquiries=2", "shocks.heat.categories=[health]")
    assert first_difference(season(*sets), 12) == ""


def test_only_in_a_crisis_are_there_as_many_times_the_needs() -> None:
    sets = ("shocks.heat.kind=crisis", "shocks.heat.start=30", "shocks.heat.end=89", "shocks.heat.needs=x3")
    usual = counted(build_world(hall(on=("M5",), people=10_000), 1), 120, "needs_arose")
    crisis = counted(build_world(hall(on=("M5",), people=10_000, sets=sets), 1), 120, "needs_arose")
    assert crisis[:30] == usual[:30] and crisis[90:] == usual[90:]
    assert all(more >= less for more, less in zip(crisis, usual, strict=True)), "the usual needs arise anyway"
    mean = 10_000 * 0.11 / 365 * 60
    assert abs(sum(crisis[30:90]) - 3 * mean) < 4 * math.sqrt(3 * mean)


def test_a_crisis_of_one_category_leaves_the_others_as_they_are() -> None:
    """Three times the health needs: 1 + 2 x 12% of all needs, and of them 3 x 12% of what was."""
    sets = (*CRISIS, "shocks.heat.needs=3", "shocks.heat.categories=[health]")
    (_, now), (_, after) = hall(on=("M5",), sets=sets).changes
    for name in CATEGORIES:
        usual, crisis = (float(values["needs.rate"]) * float(values[f"needs.mix_{name}"]) for values in (after, now))
        assert crisis == pytest.approx(usual * (3 if name == "health" else 1))
    assert sum(float(now[f"needs.mix_{name}"]) for name in CATEGORIES) == pytest.approx(1.0)


def test_crises_multiply_dated_values_and_each_other() -> None:
    sets = (*CRISIS, "shocks.heat.needs=3", "shocks.flu.kind=crisis", "shocks.flu.start=5", "shocks.flu.needs=x2",
            "parameters.needs.rate.4=0.22")  # fmt: skip
    changes = [(d, round(365 * float(values["needs.rate"]), 12)) for d, values in hall(on=("M5",), sets=sets).changes]
    assert changes == [(3, 0.33), (4, 0.66), (5, 1.32), (7, 0.44)]


def test_a_shock_is_part_of_what_a_scenario_is_and_no_part_of_its_burn_in() -> None:
    plain = load_scenario("harbour_today")
    sets = ("shocks.heat.kind=crisis", "shocks.heat.start=90", "shocks.heat.end=120", "shocks.heat.needs=x3")
    crisis = load_scenario("harbour_today", sets)
    assert crisis.hash != plain.hash and branch_key(crisis) == branch_key(plain)
    assert from_resolved(crisis.resolved()) == crisis
    assert load_scenario("harbour_today", [*sets, "shocks.heat.off=true"]) == plain
    drawn = crisis.with_parameters({"needs.rate": 0.2})
    assert float(drawn.changes[0][1]["needs.rate"]) == pytest.approx(0.6 / 365), "a parameter set's own needs"


CUT = ("burn_in=2", "shocks.budget.kind=cut", "shocks.budget.start=4", "shocks.budget.end=9", "shocks.budget.posts=0.5")


def test_a_cut_of_nothing_is_none() -> None:
    assert differences(lived(season("burn_in=2"), 14), lived(season(*CUT[:4], "shocks.budget.posts=0"), 14)) == []


def test_a_cut_is_the_same_under_both_drivers_and_their_cases_go_on() -> None:
    in_work: list[int] = []

    def look(world: World) -> None:
        gone = world.workers.cut == 1
        in_work.append(int(gone.sum()))
        assert not (world.workers.open[gone] | world.workers.in_post[gone]).any()
        assert (world.workers.case[gone] == -1).all(), "who is gone works on nothing"

    assert first_difference(season(*CUT), 16, each_day=look) == ""
    assert in_work[5] == 0 and in_work[6] > 1 and in_work[11] > 1 and in_work[12] == 0


def test_as_many_posts_go_as_said_evenly_over_pools_and_nobody_is_hired_for_them() -> None:
    sets = ["burn_in=5", "shocks.budget.kind=cut", "shocks.budget.start=3", "shocks.budget.posts=0.5"]
    usual, cut = (lived(load_scenario("baseline", chosen), 25) for chosen in (["burn_in=5"], sets))
    own = cut.workers.outside == 0
    posts = int((usual.workers.open[own] == 1).sum())
    assert int((cut.workers.open[own] == 1).sum()) == posts - int(posts * 0.5 + 0.5)
    assert not cut.workers.cut[~own].any(), "partners from outside are not ours to cut"
    pools = [cut.workers.cut[own & (cut.workers.pool == pool)].tolist() for pool in set(cut.workers.pool[own].tolist())]
    left = [len(flags) - sum(flags) for flags in pools]
    assert len(pools) > 3 and max(left) - min(left) <= 1
    money, less = (float(world.institution[institution("money_wages")]) for world in (usual, cut))
    assert less < 0.6 * money


def test_who_goes_is_drawn_and_no_matter_of_rows() -> None:
    sets = ["burn_in=0", "shocks.budget.kind=cut", "shocks.budget.posts=0.5"]
    gone = [tuple(lived(load_scenario("baseline", sets), 1, seed=seed).workers.cut.tolist()) for seed in range(1, 5)]
    assert len(set(gone)) == 4


@pytest.mark.parametrize("saved_on", [5, 6, 9, 11])
def test_a_cut_is_saved_with_the_state(saved_on: int) -> None:
    scenario, straight = season(*CUT), build_world(season(*CUT), 1)
    for _ in range(16):
        if straight.tick == saved_on:
            restored = snapshot.restore(snapshot.take(straight), scenario)
        day.step(straight)
    while restored.tick < straight.tick:
        day.step(restored)
    assert differences(straight, restored, ("waits", "waits.cell")) == []


def test_two_cuts_at_once_in_one_agency_are_refused() -> None:
    sets = ["shocks.a.kind=cut", "shocks.a.posts=0.2", "shocks.b.kind=cut", "shocks.b.posts=0.3", "shocks.b.start=9"]
    with pytest.raises(ScenarioError, match="shocks.b: cuts residents_committee while a does"):
        load_scenario("harbour_today", sets)
    assert len(load_scenario("harbour_today", [*sets, "shocks.a.end=8"]).shocks) == 2


INFLUX = ("burn_in=2", "shocks.evacuees.kind=influx", "shocks.evacuees.people=150", "shocks.evacuees.start=4")
"""A hundred and fifty arrive on the fifth day after the burn-in."""
ARRIVAL = 6


def people_by_key(world: World) -> dict[int, tuple[float, ...]]:
    """What those who are there are and feel, by identity; what depends on rows is left out."""
    names = [n for n in world.residents._fields if n not in ("cell", "household", "said", "known", "group", "key")]
    here = world.residents.present == 1
    columns = [getattr(world.residents, name)[here].tolist() for name in names]
    return dict(zip(world.residents.key[here].tolist(), zip(*columns, strict=True), strict=True))


def test_an_influx_is_the_same_under_both_drivers() -> None:
    sets = ("shocks.more.kind=influx", "shocks.more.people=40", "shocks.more.start=8")
    arrived: list[float] = []
    look: Any = lambda world: arrived.append(float(world.flows[:, flow("arrived")].sum()))  # noqa: E731
    assert first_difference(season(*INFLUX, *sets), 20, each_day=look) == ""
    assert arrived[ARRIVAL] >= 150 and arrived[ARRIVAL + 4] >= 40
    assert max(arrived[:ARRIVAL]) < 40, "nobody comes before the day"


def test_up_to_the_day_everybody_lives_as_if_nobody_came() -> None:
    usual, influx = build_world(season("burn_in=2"), 1), build_world(season(*INFLUX), 1)
    for tick in range(ARRIVAL + 1):
        assert (people_by_key(usual) == people_by_key(influx)) and tick <= ARRIVAL
        assert usual.stocks.sum() == pytest.approx(influx.stocks.sum(), rel=1e-12)
        day.step(usual)
        day.step(influx)
    more = people_by_key(influx)
    assert len(more) > len(people_by_key(usual)) + 140
    assert people_by_key(usual) != {key: person for key, person in more.items() if key in people_by_key(usual)}


def test_who_arrives_is_counted_begins_as_a_newcomer_and_has_needs_from_that_day() -> None:
    sets = ["burn_in=5", "shocks.evacuees.kind=influx", "shocks.evacuees.people=900", "shocks.evacuees.start=20",
            "shocks.evacuees.like=tenants", "shocks.evacuees.quarters=[tower]", "horizon=80"]  # fmt: skip
    run = sim.simulate(load_scenario("harbour_today", sets), seed=1, days=80)
    daily = run.daily
    theirs = daily[(daily["by"] == "group") & (daily["level"] == "evacuees")].set_index("day")
    assert (theirs["n"][theirs.index < 20] == 0).all() and (theirs["n"][theirs.index >= 20] == 900).all()
    assert theirs["trust"][theirs.index < 20].isna().all()
    everyone = daily[(daily["by"] == "all")].set_index("day")["n"]
    assert everyone[19] == 6000 and everyone[20] == 6900
    tower = daily[(daily["by"] == "quarter") & (daily["level"] == "tower")].set_index("day")["n"]
    assert tower[20] - tower[19] == pytest.approx(900, abs=1)
    series = run.recorder.series[:, run.recorder.levels.index("group", "evacuees")]
    needs = series[25:, MEASURES.index("needs_arose")].sum()
    mean = 900 * 0.11 / 365 * 60
    assert 0.4 * mean < needs < 1.8 * mean
    assert not series[:25].any(), "before they come nothing is booked on them"
    assert 0.0 < theirs["contacts_week"][79] and theirs["knowledge"][20] < theirs["knowledge"][79] + 0.2


def test_people_and_demands_are_conserved_through_an_arrival() -> None:
    world, here = build_world(season(*INFLUX), 1), 0.0
    for tick in range(14):
        here = float((world.residents.present == 1).sum())
        day.step(world)
        came, went = (float(world.flows[:, flow(name)].sum()) for name in ("arrived", "left"))
        assert float(world.stocks[:, stock("n")].sum()) == here + came - went, tick


@pytest.mark.parametrize("saved_on", [4, ARRIVAL, ARRIVAL + 3])
def test_an_arrival_is_saved_with_the_state(saved_on: int) -> None:
    scenario, straight = season(*INFLUX), build_world(season(*INFLUX), 1)
    for _ in range(13):
        if straight.tick == saved_on:
            restored = snapshot.restore(snapshot.take(straight), scenario)
        day.step(straight)
    while restored.tick < straight.tick:
        day.step(restored)
    assert differences(straight, restored, ("waits", "waits.cell")) == []


def test_a_term_s_beginning_brings_nobody_who_is_awaited() -> None:
    world = lived(season("start=2024-08-20", "burn_in=0", *INFLUX[1:3], "shocks.evacuees.start=60"), 14)
    assert (world.residents.present[world.residents.generation < 0] == 0).all()
    assert int((world.residents.generation < 0).sum()) == 150
