"""Parameter worlds cover the ranges, and depend on their key alone."""

import math
from dataclasses import replace
from types import SimpleNamespace

import pytest

from sim.errors import NotFoundError, UsageError
from sim.lab.request import requested_design
from sim.lab.worlds import World, latin_hypercube, make_worlds, matched_worlds, without_choices, worlds_csv
from tests import fakes


@pytest.mark.parametrize("draw", ["latin_hypercube", "sobol"])
def test_a_parameter_that_another_scenario_brings_redraws_no_other(draw):
    base = fakes.FakeScenario("baseline")
    more = {**fakes.SPECS, "a.setting": replace(fakes.SPECS["trust.gain"], name="a.setting")}
    alone = make_worlds(draw, 8, None, base, 1)
    both = make_worlds(draw, 8, None, base, 1, specs=more)
    assert all("a.setting" in world.values for world in both)
    assert [{k: v for k, v in world.values.items() if k != "a.setting"} for world in both] == [
        dict(world.values) for world in alone
    ]


def test_worlds_go_by_community_draw_first_seed_and_parameter():
    base = fakes.FakeScenario("baseline")
    elsewhere = replace(base, community=SimpleNamespace(name="elsewhere"))
    first = make_worlds("latin_hypercube", 8, None, base, 1)
    assert first == make_worlds("latin_hypercube", 8, None, replace(base, name="renamed", title="Renamed"), 1)
    columns = {
        tuple(world.values["trust.gain"] for world in worlds)
        for worlds in (
            first, make_worlds("latin_hypercube", 8, None, elsewhere, 1), make_worlds("sobol", 8, None, base, 1),
            make_worlds("latin_hypercube", 8, None, base, 2),
            make_worlds("latin_hypercube", 8, None, base, 1, role="x"),
        )
    }  # fmt: skip
    assert len(columns) == 5
    one = make_worlds("latin_hypercube", 8, ["trust.gain"], base, 1)
    assert [w.values["trust.gain"] for w in one] == [w.values["trust.gain"] for w in first]


def test_every_slice_of_a_range_is_visited_once():
    worlds = latin_hypercube(fakes.SPECS, ["trust.gain"], 8, "k")
    slices = sorted(int((w.values["trust.gain"] - 0.01) / (0.1 - 0.01) * 8) for w in worlds)
    assert slices == list(range(8))


def test_a_parameter_declared_logarithmic_is_even_in_its_logarithm():
    worlds = latin_hypercube(fakes.SPECS, ["needs.rate"], 10, "k")
    slices = sorted(int(math.log(w.values["needs.rate"] / 40) / math.log(10) * 10) for w in worlds)
    assert slices == list(range(10))


def test_counts_stay_whole_and_choices_stay_choices():
    worlds = latin_hypercube(fakes.SPECS, None, 20, "k")
    assert {w.values["service.pool"] for w in worlds} == {1, 2, 3, 4, 5}
    assert sorted(w.values["structure.trust"] for w in worlds) == ["beta"] * 10 + ["plain"] * 10


def test_by_default_everything_with_a_range_varies_but_no_switch():
    (world, *_) = latin_hypercube(fakes.SPECS, None, 4, "k")
    assert set(world.values) == {"trust.gain", "needs.rate", "service.pool", "structure.trust"}


def test_the_draw_depends_on_its_key_and_nothing_else():
    assert latin_hypercube(fakes.SPECS, None, 4, "a/1") == latin_hypercube(fakes.SPECS, None, 4, "a/1")
    assert latin_hypercube(fakes.SPECS, None, 4, "a/1") != latin_hypercube(fakes.SPECS, None, 4, "a/2")


def test_a_misspelt_parameter_is_refused_with_a_hint():
    with pytest.raises(UsageError, match="did you mean trust.gain"):
        latin_hypercube(fakes.SPECS, ["trust.gian"], 4, "k")
    with pytest.raises(UsageError, match="council.seats has no range"):
        latin_hypercube(fakes.SPECS, ["council.seats"], 4, "k")


def test_a_table_of_worlds_is_read_back_as_written(tmp_path):
    worlds = latin_hypercube(fakes.SPECS, None, 5, "k")
    path = tmp_path / "matched.csv"
    path.write_text(worlds_csv(worlds))
    assert matched_worlds(path, fakes.SPECS, None, "k") == worlds


def test_a_smaller_choice_of_matched_worlds_is_the_beginning_of_a_larger_one(tmp_path):
    path = tmp_path / "matched.csv"
    path.write_text(worlds_csv(latin_hypercube(fakes.SPECS, None, 12, "k")))
    assert matched_worlds(path, fakes.SPECS, 8, "x")[:4] == matched_worlds(path, fakes.SPECS, 4, "x")


def test_a_table_in_yaml_will_do(tmp_path):
    path = tmp_path / "matched.yaml"
    path.write_text("worlds:\n- {world: m1, trust.gain: 0.02}\n- {world: m2, trust.gain: 0.03}\n")
    assert matched_worlds(path, fakes.SPECS, None, "k") == (
        World("m1", {"trust.gain": 0.02}),
        World("m2", {"trust.gain": 0.03}),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("world,trust.gain\na,0.1\n", "holds 1 worlds, 3"),
        ("world,no.such\na,0.1\n", "there is no parameter"),
        ("world,trust.gain\na,x\n", "not a number"),
        ("world,trust.gain\n", "holds no worlds"),
        ("world,trust.gain\na,0.1\na,0.1\na,0.1\n", "twice"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(tmp_path, text, message):
    path = tmp_path / "matched.csv"
    path.write_text(text)
    with pytest.raises(UsageError, match=message):
        matched_worlds(path, fakes.SPECS, 3, "k")


def test_a_table_that_is_missing_is_named(tmp_path):
    with pytest.raises(NotFoundError, match="matched.csv"):
        matched_worlds(tmp_path / "matched.csv", fakes.SPECS, 3, "k")


def test_what_a_planner_sets_is_no_unknown_unless_it_is_asked_for_by_name():
    """Worlds draw posts from 0 to 120; the scenario that asks "what if there were ten more posts" has ten in each."""
    design = requested_design(["baseline", "workforce"], worlds=3, draw="matched")
    lived = [design.in_world("workforce", world).parameters for world in design.worlds]
    assert [own["policy.workforce.posts"] for own in lived] == [10, 10, 10]
    assert len({own["policy.workforce.support"] for own in lived}) == 3, "what the programme is worth stays unknown"
    drawn = (World("a", {"policy.workforce.posts": 50, "trust.gain": 0.05}),)
    assert without_choices(drawn) == (World("a", {"trust.gain": 0.05}),)
    assert without_choices(drawn, ["policy.workforce.posts"]) == drawn
