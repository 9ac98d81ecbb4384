"""What is asked for becomes a design, or one clear answer."""

import pytest

from sim.errors import NotFoundError, ScenarioError, UsageError
from sim.lab.request import requested_design
from sim.lab.running import Running
from sim.lab.worlds import latin_hypercube, worlds_csv
from sim.scenario import load_scenario

EXPERIMENT = """
schema: 1
kind: experiment
name: small
title: A small one
baseline: baseline
scenarios: [workforce, {name: more, scenario: workforce, set: {policies.workforce.dose: 1.5}}]
worlds: {draw: latin_hypercube, count: 3, parameters: [needs.weight_unlikely]}
horizon: 40
first_seed: 5
outcomes: {trust: {smallest_change: 0.02, direction: lower}}
window: last_90
show: [baseline, more]
"""


@pytest.fixture
def experiment(tmp_path):
    specs = load_scenario("baseline").parameters.specs
    varied = next(name for name, spec in specs.items() if spec.varies and spec.kind == "plain")

    def write(*changes):
        path = tmp_path / "small.yaml"
        text = EXPERIMENT.replace("needs.weight_unlikely", varied)
        for old, new in changes:
            text = text.replace(old, new)
        path.write_text(text)
        return path

    write.varied = varied
    return write


def test_an_experiment_says_it_all(experiment):
    plan = requested_design([experiment()])
    assert list(plan.scenarios) == ["baseline", "workforce", "more"] and plan.count == 9
    assert (plan.days, plan.first_seed, plan.window, plan.show) == (40, 5, "last_90", ("baseline", "more"))
    assert plan.smallest_changes == {"trust": 0.02} and plan.directions == {"trust": -1}
    assert {tuple(world.values) for world in plan.worlds} == {(experiment.varied,)}


def test_the_command_line_wins_over_the_file(experiment):
    plan = requested_design([experiment()], seeds=2, worlds=4, days=20, first_seed=9)
    assert (plan.replications, len(plan.worlds), plan.days, plan.first_seed) == (2, 4, 20, 9)


def test_some_worlds_can_have_one_seed_more_so_that_luck_is_told_from_parameters(experiment):
    plain = requested_design([experiment()])
    path = experiment(("count: 3, ", "count: 3, repeated: 2, "))
    plan = requested_design([path])
    keys = list(plan.keys("v"))
    assert plan.count == len(keys) == 9 + 2 * 3
    assert keys[:9] == list(plain.keys("v")), "the runs of the plain design come first, and are the same"
    assert {key.world for key in keys[9:]} == {world.id for world in plan.worlds[:2]}
    assert len({(key.scenario, key.world, key.seed) for key in keys}) == 15
    assert requested_design([path], seeds=2).count == 18, "a number of seeds is a number of seeds"
    assert requested_design([path], worlds=1).count == 6


@pytest.mark.parametrize(
    ("worlds", "message"),
    [
        ("{draw: point, repeated: 1}", "worlds.repeated: there is one world"),
        ("{draw: matched, count: 3, repeated: 4}", r"more than there are worlds \(got 4\); allowed: at most 3"),
        ("{draw: matched, repeated: 2}\nprecision: {trust: 0.1}", "is what precision finds out"),
    ],
)
def test_repeated_worlds_that_make_no_sense_are_refused_with_their_place(experiment, worlds, message):
    old = "{draw: latin_hypercube, count: 3, parameters: [" + experiment.varied + "]}"
    with pytest.raises(ScenarioError, match=message):
        requested_design([experiment((old, worlds))])


def test_a_single_world_gets_several_seeds_and_many_worlds_one_each(experiment):
    point = experiment(
        ("{draw: latin_hypercube, count: 3, parameters: [" + experiment.varied + "]}", "{draw: point}")
    )
    assert requested_design([point]).replications == 8
    assert requested_design([experiment()]).replications == 1


def test_matched_worlds_are_found_beside_the_experiment(experiment, tmp_path):
    specs = load_scenario("baseline").parameters.specs
    folder = tmp_path / "experiments"
    folder.mkdir()
    (tmp_path / "scenarios").mkdir()
    worlds = latin_hypercube(specs, [experiment.varied], 6, "k")
    (tmp_path / "scenarios" / "matched_worlds.csv").write_text(worlds_csv(worlds))
    path = experiment(
        (
            "{draw: latin_hypercube, count: 3, parameters: [" + experiment.varied + "]}",
            "{draw: matched, count: 4}",
        )
    )
    plan = requested_design([path.rename(folder / "small.yaml")])
    assert len(plan.worlds) == 4
    assert {world.id for world in plan.worlds} <= {world.id for world in worlds}


@pytest.mark.parametrize(
    ("names", "error", "message"),
    [
        (["baseline"], UsageError, "single scenario"),
        (["scenarios/workforce.yaml"], UsageError, "single scenario"),
        (["no_such_thing"], NotFoundError, "no experiment 'no_such_thing'"),
        ([], UsageError, "name an experiment"),
        (["baseline", "no_such_thing"], NotFoundError, "no scenario 'no_such_thing'"),
    ],
)
def test_what_cannot_be_compared_is_answered(names, error, message):
    with pytest.raises(error, match=message):
        requested_design(names)


def test_neither_a_new_name_nor_one_more_scenario_redraws_a_world(experiment):
    first = requested_design([experiment()])
    ids = {key.id for key in first.keys("1")}
    renamed = requested_design([experiment(("name: small", "name: renamed"))])
    assert renamed.name == "renamed" != first.name and renamed.worlds == first.worlds
    assert {key.id for key in renamed.keys("1")} == ids
    two = requested_design(["harbour_today", "harbour_two_agencies"], draw="latin_hypercube", worlds=4)
    three = requested_design(
        ["harbour_today", "harbour_two_agencies", "harbour_no_committee"], draw="latin_hypercube", worlds=4
    )
    assert two.name != three.name and two.worlds == three.worlds
    assert {key.id for key in two.keys("1")} < {key.id for key in three.keys("1")}


def test_scenarios_can_be_compared_in_worlds_of_any_draw():
    plan = requested_design(["baseline", "workforce"], draw="sobol")
    assert (plan.draw, len(plan.worlds), plan.replications) == ("sobol", 16, 1)
    plan = requested_design(["baseline", "workforce"], draw="sobol", worlds=4, seeds=2)
    assert (len(plan.worlds), plan.replications) == (4, 2)
    with pytest.raises(UsageError, match="take 4 or 8 rather than 6"):
        requested_design(["baseline", "workforce"], draw="sobol", worlds=6)
    assert len(requested_design(["baseline", "workforce"], draw="matched").worlds) > 1
    assert requested_design(["baseline", "workforce"]).replications == 8


def test_how_runs_are_done_is_said_in_the_experiment_and_the_command_line_wins(experiment):
    said = "window: last_90\nexecutor: dask://host:8786\ntimeout: 90\non_error: stop\n"
    running = requested_design([experiment(("window: last_90\n", said))]).running
    assert running == Running("dask://host:8786", 90.0, "stop")
    assert running.but(executor="local", timeout=5.0, on_error="continue") == Running("local", 5.0, "continue")
    assert requested_design([experiment()]).running == Running("local", None, "continue")


@pytest.mark.parametrize(
    ("addition", "message"),
    [
        ("executor: dask://host\n", "executor: no such executor .*allowed: serial, local, mpi, or dask://HOST:PORT"),
        ("executor: locl\n", "executor: no such executor"),
        ("timeout: 0\n", "timeout"),
        ("on_error: carry_on\n", "on_error"),
    ],
)
def test_mistakes_about_how_runs_are_done_are_told_with_their_place(experiment, addition, message):
    with pytest.raises(ScenarioError, match=message):
        requested_design([experiment(("window: last_90\n", "window: last_90\n" + addition))])
