"""Designs are paired, balanced and stable."""

from collections import Counter
from dataclasses import replace

import pytest

from sim.errors import UsageError
from sim.lab.design import Design
from sim.lab.request import design_from_scenarios
from sim.lab.worlds import World, make_worlds
from tests import fakes

ENGINE = fakes.FakeEngine()


def design(worlds=3, replications=2, names=("baseline", "workforce", "online_channel"), **changes):
    scenarios = {s.name: s for s in fakes.scenarios(*names, **changes)}
    return Design(
        "toy",
        scenarios,
        worlds=tuple(World(f"w{i}", {"trust.gain": 0.01 * (i + 1)}) for i in range(worlds)),
        replications=replications,
    )


def tasks(design, done=frozenset(), jobs=1):
    return design.tasks("1", ENGINE.branch_key, done, jobs)


def test_every_scenario_meets_every_world_with_the_same_seeds():
    met = {}
    for key in design().keys("1"):
        met.setdefault(key.scenario, []).append((key.world, key.seed))
    assert met["baseline"] == met["workforce"] == met["online_channel"] and len(set(met["baseline"])) == 6


def test_no_two_worlds_share_a_seed():
    seeds = {}
    for key in design().keys("1"):
        seeds.setdefault(key.seed, set()).add(key.world)
    assert all(len(worlds) == 1 for worlds in seeds.values())


def test_wherever_a_batch_stops_it_is_balanced():
    counts = Counter()
    for task in tasks(design()):
        counts.update(key.scenario for key in task.runs)
        assert max(counts.values()) - min(counts.values()) == 0


def test_all_worlds_come_before_a_second_seed():
    assert [task.world.id for task in tasks(design())] == ["w0", "w1", "w2"] * 2


def test_scenarios_that_share_a_burn_in_are_one_task():
    (task,) = tasks(design(worlds=1, replications=1))
    assert [key.scenario for key in task.runs] == ["baseline", "workforce", "online_channel"]
    apart = tasks(design(worlds=1, replications=1, burn_in_differs=True))
    assert [len(task.runs) for task in apart] == [1, 1, 1]


def test_few_tasks_are_cut_so_that_no_process_stands_idle():
    assert [len(task.runs) for task in tasks(design(worlds=1, replications=1), jobs=2)] == [2, 1]


def test_finished_runs_are_not_planned_again():
    plan = design()
    done = {key.id for key in plan.keys("1") if key.world == "w0"}
    left = [key for task in tasks(plan, done) for key in task.runs]
    assert len(left) == 12 and not done & {key.id for key in left}


def test_a_runs_id_changes_with_whatever_changes_its_numbers():
    base = {key.id for key in design().keys("1")}
    assert len(base) == 18
    assert not base & {key.id for key in design().keys("2")}
    assert not base & {key.id for key in design(horizon=61).keys("1")}
    assert base == {key.id for key in design().keys("1")}


def test_more_worlds_keep_the_runs_there_are():
    fewer = {key.id for key in design(worlds=2, replications=1).keys("1")}
    assert fewer < {key.id for key in design(worlds=3, replications=1).keys("1")}


def test_a_world_does_not_undo_a_scenarios_own_treatment():
    base, treated = (
        fakes.FakeScenario("baseline"),
        fakes.FakeScenario("halved", changed=(("trust.gain", 0.025),)),
    )
    plan = Design(
        "toy",
        {"baseline": base, "halved": treated},
        worlds=(World("w", {"trust.gain": 0.07, "needs.rate": 50.0}),),
    )
    assert plan.in_world("baseline", plan.worlds[0]).parameters["trust.gain"] == 0.07
    assert plan.in_world("halved", plan.worlds[0]).parameters["trust.gain"] == 0.025
    assert plan.in_world("halved", plan.worlds[0]).parameters["needs.rate"] == 50.0


def test_a_runs_id_knows_which_values_the_scenario_takes_from_its_world():
    """Which they are depends on the baseline: under another one the same scenario lives in other parameters."""
    scenarios = (
        fakes.FakeScenario("baseline"), fakes.FakeScenario("halved", changed=(("trust.gain", 0.025),)),
        fakes.FakeScenario("same"),
    )
    worlds = (World("w", {"trust.gain": 0.07, "needs.rate": 50.0}),)

    def ids(*order, worlds=worlds):
        plan = Design("toy", {scenarios[i].name: scenarios[i] for i in order}, worlds=worlds)
        return {key.scenario: key.id for key in plan.keys("1")}, plan

    first, plan = ids(0, 1, 2)
    other, turned = ids(1, 0, 2)
    assert plan.in_world("same", worlds[0]).parameters != turned.in_world("same", worlds[0]).parameters
    assert first["same"] != other["same"] and first["halved"] != other["halved"]
    # What a scenario leaves alone is nothing to it.
    moved, _ = ids(0, 1, 2, worlds=(World("w", {"trust.gain": 0.08, "needs.rate": 50.0}),))
    assert moved["halved"] == first["halved"] and moved["baseline"] != first["baseline"]


def test_a_runs_id_knows_what_is_kept_of_it_and_what_its_rows_are_called():
    plan = design(worlds=1)
    ids = {key.id for key in plan.keys("1")}
    assert not ids & {key.id for key in replace(plan, windows_only=True).keys("1")}
    assert not ids & {key.id for key in replace(plan, worlds=(World("v0", plan.worlds[0].values),)).keys("1")}
    assert ids == {key.id for key in replace(plan, days=60).keys("1")}  # the scenarios' own horizon
    assert ids == {key.id for key in replace(plan, name="renamed", title="Renamed", driver="agents").keys("1")}


def test_an_added_scenario_leaves_the_ids_of_all_other_runs():
    more = Design(
        "more", {each.name: each for each in fakes.scenarios("baseline", "workforce", "online_channel", "one_more")},
        worlds=design().worlds, replications=design().replications, draw="matched",
    )  # fmt: skip
    assert {key.id for key in design().keys("1")} < {key.id for key in more.keys("1")}


def test_what_an_interval_holds_is_said():
    assert design(worlds=1).holds == "seed noise"
    assert design(worlds=3).holds == "seed noise and parameter uncertainty"


def test_two_scenarios_of_one_name_are_refused():
    with pytest.raises(UsageError, match="two scenarios are called 'baseline'"):
        design_from_scenarios(fakes.scenarios("baseline", "baseline"))


def test_a_comparison_of_scenarios_takes_the_first_for_its_baseline():
    plan = design_from_scenarios(fakes.scenarios("baseline", "workforce"), seeds=5)
    assert (plan.baseline, plan.count, plan.holds, plan.name) == (
        "baseline",
        10,
        "seed noise",
        "baseline-workforce",
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("magic", None, None), "draw is"),
        (("point", 4, None), "one world"),
        (("matched", 2, ["trust.gain"]), "leave parameters out"),
    ],
)
def test_worlds_that_make_no_sense_are_refused(arguments, message):
    with pytest.raises(UsageError, match=message):
        make_worlds(*arguments, fakes.FakeScenario("baseline"), 1)
