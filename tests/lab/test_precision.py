"""A design that grows: what is added, when it is looked at, and that growing loses nothing."""

import pytest

from sim.errors import UsageError
from sim.lab.design import Design
from sim.lab.precision import NOTHING, Look, plan_precision
from sim.lab.request import requested_design
from sim.lab.worlds import MATCHED_TABLE, World, latin_hypercube, latin_hypercube_blocks, sobol, worlds_csv
from sim.scenario import load_scenario
from tests import fakes

WANTED = {"trust": 0.01}


def looks(draw, scenarios=2, **more):
    return [(look.worlds, look.seeds) for look in plan_precision(WANTED, draw, scenarios, **more).looks]


def test_what_is_added_depends_on_the_draw():
    assert looks("point") == [(1, 8), (1, 16), (1, 32), (1, 64), (1, 128)]
    assert looks("sobol") == looks("latin_hypercube") == [(8, 1), (16, 1), (32, 1), (64, 1), (128, 1)]
    assert looks("latin_hypercube", seeds=3, looks=[4, 6]) == [(4, 3), (6, 3)]
    assert looks("matched", worlds=17) == [(8, 1), (17, 1), (17, 2), (17, 4)]


@pytest.mark.parametrize("table", range(2, 70))
def test_matched_worlds_are_used_up_before_they_get_more_seeds(table):
    found = looks("matched", worlds=table, budget=2000)
    assert all(seeds == 1 or worlds == table for worlds, seeds in found)
    assert (table, 1) in found, "no world is left out when seeds are added"
    counts = [worlds * seeds for worlds, seeds in found]
    assert counts == sorted(set(counts)) and counts[0] >= min(8, table)


def test_the_budget_counts_runs_and_cuts_no_look_short():
    plan = plan_precision(WANTED, "sobol", 3, budget=150)
    assert [look.worlds * 3 for look in plan.looks] == [24, 48, 96] and plan.unaffordable == 0
    plan = plan_precision(WANTED, "point", 3, looks=(10, 20, 90), budget=100)
    assert [look.seeds for look in plan.looks] == [10, 20] and plan.unaffordable == 1
    assert plan.confidences == pytest.approx((0.975, 0.975))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"draw": "sobol", "budget": 23}, "3 scenarios in 8 replications are 24"),
        ({"draw": "point", "looks": (20, 40), "budget": 30}, "3 scenarios in 20 replications are 60"),
        ({"draw": "matched", "worlds": 12, "budget": 11}, "3 scenarios in 12 replications are 36"),
        ({"draw": "matched", "worlds": 12, "looks": (12, 30)}, "looks are multiples of 12"),
    ],
)
def test_what_cannot_be_is_refused_with_the_numbers(arguments, message):
    with pytest.raises(UsageError, match=message):
        plan_precision(WANTED, scenarios=3, **arguments)


def growing(steps, draw):
    worlds = (
        (World("point"),)
        if draw == "point"
        else tuple(World(f"w{i}", {"trust.gain": 0.01 + i / 1000}) for i in range(max(w for w, _ in steps)))
    )
    scenarios = {s.name: s for s in fakes.scenarios("baseline", "workforce")}
    return Design("toy", scenarios, worlds=worlds, replications=max(s for _, s in steps), draw=draw)


@pytest.mark.parametrize(
    ("draw", "steps"),
    [
        ("point", [(1, 4), (1, 8), (1, 16)]),
        ("sobol", [(4, 2), (8, 2), (16, 2)]),
        ("matched", [(3, 1), (5, 1), (5, 2), (5, 4)]),
    ],
)
def test_what_is_new_at_each_look_adds_up_to_the_whole_and_nothing_is_done_twice(draw, steps):
    design = growing(steps, draw)
    found = []
    before = NOTHING
    for worlds, seeds in steps:
        look = Look(worlds, seeds)
        new = list(design.at(look, before).keys("1"))
        assert len(new) == design.at(look, before).count
        found += new
        assert set(found) == set(design.at(look).keys("1")), "no earlier run changes its id, its world or its seed"
        before = look
    assert len(set(found)) == len(found) == len(steps and design.scenarios) * look.replications
    by_seed = {}
    for key in found:
        by_seed.setdefault(key.seed, set()).add(key.world)
    assert all(len(worlds) == 1 for worlds in by_seed.values()), "no two worlds share a seed"


def test_one_seed_in_each_world_and_seeds_of_the_one_world_follow_one_another():
    assert [growing([(1, 3)], "point").seed(0, r) for r in range(3)] == [1, 2, 3]
    assert [growing([(3, 1)], "sobol").seed(w, 0) for w in range(3)] == [1, 2, 3]


def test_blocks_are_latin_hypercubes_that_stay_as_more_are_added():
    two = latin_hypercube_blocks(fakes.SPECS, None, (8, 4), "k")
    assert two[:8] == latin_hypercube_blocks(fakes.SPECS, None, (8,), "k")
    assert [world.id for world in two] == [f"w{i + 1:04d}" for i in range(12)]
    for block, count in ((two[:8], 8), (two[8:], 4)):
        slices = sorted(int((w.values["trust.gain"] - 0.01) / 0.09 * count) for w in block)
        assert slices == list(range(count))
    assert not {w.digest for w in two[:8]} & {w.digest for w in two[8:]}


EXPERIMENT = """
schema: 1
kind: experiment
name: fine
baseline: baseline
scenarios: [workforce]
horizon: 40
precision: {trust: 0.01}
"""


@pytest.fixture
def ask(tmp_path):
    def design(more="", **changes):
        (tmp_path / "experiments").mkdir(exist_ok=True)
        path = tmp_path / "experiments" / "fine.yaml"
        path.write_text(EXPERIMENT + more)
        return requested_design([path], **changes)

    return design


def test_an_experiment_that_asks_for_precision_becomes_a_design_that_grows(ask):
    plan = ask("worlds: {draw: sobol}\nbudget: 40\n")
    assert [(look.worlds, look.seeds) for look in plan.precision.looks] == [(8, 1), (16, 1)]
    assert (len(plan.worlds), plan.replications, plan.count) == (16, 1, 32)
    assert plan.start.count == 16 and plan.start.worlds == plan.worlds[:8]
    plan = ask("worlds: {draw: latin_hypercube}\nlooks: [4, 12]\nseeds: 2\n")
    assert (len(plan.worlds), plan.replications) == (12, 2)
    assert len({world.digest for world in plan.worlds}) == 12


def test_a_larger_budget_goes_on_from_the_same_worlds(ask):
    for draw in ("sobol", "latin_hypercube"):
        few, many = (ask(f"worlds: {{draw: {draw}}}\nbudget: {budget}\n") for budget in (40, 80))
        assert set(few.keys("1")) < set(many.keys("1"))


def test_matched_worlds_of_an_experiment_grow_into_seeds(ask, tmp_path):
    specs = load_scenario("baseline").parameters.specs
    varied = next(name for name, spec in specs.items() if spec.varies and spec.kind == "plain")
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / MATCHED_TABLE).write_text(worlds_csv(latin_hypercube(specs, [varied], 6, "k")))
    plan = ask("worlds: {draw: matched, count: 5}\nbudget: 45\n")
    assert [(look.worlds, look.seeds) for look in plan.precision.looks] == [(5, 1), (5, 2), (5, 4)]


def test_a_number_of_seeds_or_worlds_on_the_command_line_is_a_fixed_count(ask):
    assert ask(seeds=3).precision is None and ask(seeds=3).count == 6
    assert ask("worlds: {draw: sobol}\n", worlds=4).precision is None
    assert ask("worlds: {draw: sobol}\n", worlds=4).worlds == ask("worlds: {draw: sobol}\n").worlds[:4]


def test_sobol_worlds_fill_the_space_of_all_parameters_together():
    names = ["trust.gain", "needs.rate"]
    worlds = sobol(fakes.SPECS, names, 16, "k")
    import math

    cells = {
        (
            int((w.values["trust.gain"] - 0.01) / 0.09 * 4),
            int(math.log(w.values["needs.rate"] / 40) / math.log(10) * 4),
        )
        for w in worlds
    }
    assert len(cells) == 16, "one in every cell of a 4 by 4 grid, which a Latin hypercube does not promise"
    assert worlds[:8] == sobol(fakes.SPECS, names, 8, "k")
    assert worlds != sobol(fakes.SPECS, names, 16, "another")


@pytest.mark.parametrize(("count", "near"), [(24, "16 or 32"), (3, "2 or 4"), (100, "64 or 128")])
def test_a_sobol_count_that_is_no_power_of_two_is_refused_with_those_that_are(count, near):
    with pytest.raises(UsageError, match=f"take {near} rather than {count}, or draw latin_hypercube"):
        sobol(fakes.SPECS, None, count, "k")
