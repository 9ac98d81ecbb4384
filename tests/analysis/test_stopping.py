"""A batch grows until effects are known well enough, stops there, and stops there again however it was broken off."""

import json

import pytest

from sim.analysis.compare import run_comparison
from sim.errors import RunError
from sim.lab import load_results
from sim.lab.design import Design
from sim.lab.precision import plan_precision
from sim.lab.worlds import World, latin_hypercube_blocks
from tests import fakes

WANTED = {"trust": 0.02}
"""Reached at the second of the three looks after 4, 8 and 16 worlds."""


def design(half_widths=None, draw="latin_hypercube", names=("baseline", "workforce"), worlds=5, **more):
    """Scenarios of known effects; the fake's luck in trust is 0.002 a seed, and its gain differs by world."""
    goal = plan_precision(half_widths or WANTED, draw, len(names), worlds, **{"looks": (4, 8, 16), **more})
    made = {
        "latin_hypercube": lambda: latin_hypercube_blocks(fakes.SPECS, ["trust.gain"], goal.blocks, "k"),
        "point": lambda: (World("point"),),
        "matched": lambda: tuple(World(f"m{i}", {"trust.gain": 0.03 + 0.01 * i}) for i in range(worlds)),
    }[draw]()
    scenarios = {s.name: s for s in fakes.scenarios(*names)}
    return Design("toy", scenarios, worlds=made, replications=goal.looks[-1].seeds, draw=draw, precision=goal)


def run(plan, folder, engine=None, jobs=1, **more):
    return run_comparison(plan, folder, engine or fakes.FakeEngine(), jobs=jobs, **more)


def test_it_stops_at_the_first_look_at_which_everything_is_known_well_enough(tmp_path):
    results, summary = run(design(), tmp_path)
    stopping = results.manifest["stopping"]
    taken = [look for look in stopping["looks"] if look["half_widths"] is not None]
    widths = [look["half_widths"]["trust"]["workforce"] for look in taken]
    assert stopping["ended"] == "reached" and stopping["look"] == len(taken) == 2
    assert widths[1] <= WANTED["trust"] < widths[0]
    assert summary.total == taken[-1]["runs"] == len(results.runs) and set(results.runs["status"]) == {"ok"}
    assert len(results.worlds) == results.experiment["worlds"]["count"] == taken[-1]["worlds"]


def test_the_effects_have_the_very_width_that_was_waited_for(tmp_path):
    results, _ = run(design(), tmp_path)
    stopping = results.manifest["stopping"]
    level = stopping["interval_confidence"]
    assert level == stopping["looks"][stopping["look"] - 1]["confidence"] > 0.95
    effects = results.effects
    assert set(effects["confidence"]) == {level}
    own = effects.query("outcome == 'trust' and window == 'horizon' and level == 'residents'").iloc[0]
    assert (own["high"] - own["low"]) / 2 == pytest.approx(
        stopping["looks"][stopping["look"] - 1]["half_widths"]["trust"]["workforce"]
    )
    assert own["n"] == len(results.worlds)


def test_the_budget_ends_it_and_what_is_missing_is_said(tmp_path):
    said = []
    results, summary = run(design({"trust": 1e-6, "load": 5.0}, budget=20), tmp_path, say=said.append)
    stopping = results.manifest["stopping"]
    assert stopping["ended"] == "budget" and summary.total == 16
    text = (tmp_path / "manifest.json").read_text()
    json.loads(text, parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))
    assert "trust of workforce only to within" in stopping["words"] and "load to within" in stopping["words"]
    looks = [text for text in said if text.startswith("Look ")]
    assert "the last look that the budget pays for" in looks[-1] and "going on" in looks[-2]


@pytest.mark.parametrize("draw", ["point", "matched"])
def test_other_draws_grow_in_seeds(draw, tmp_path):
    looks = (4, 8) if draw == "point" else (5, 10)
    results, _ = run(design({"trust": 1e-6}, draw, looks=looks), tmp_path)
    assert len(results.worlds) == (1 if draw == "point" else 5)
    assert results.runs["seed"].nunique() == looks[-1]
    assert results.manifest["seeds_per_world"] == looks[-1] // len(results.worlds)
    # in the one world of a point design the units are seeds; of matched worlds they stay the worlds
    assert set(results.effects["n"]) == {8 if draw == "point" else 5}
    assert ("which seeds do not narrow" in results.manifest["stopping"]["words"]) == (draw == "matched")


def tables(folder):
    files = [folder / "effects.parquet", folder / "costs.parquet", folder / "runs.csv", folder / "worlds.csv"]
    return {path.name: path.read_bytes() for path in [*files, *sorted((folder / "tables").iterdir())]}


class Breaks(fakes.FakeEngine):
    """Breaks off in the middle of a run, after some that went well."""

    def __init__(self, after):
        super().__init__()
        object.__setattr__(self, "left", [None] * after)

    def simulate(self, *arguments, **more):
        if not self.left:
            raise KeyboardInterrupt
        self.left.pop()
        return super().simulate(*arguments, **more)


# 8 runs belong to the first look, 8 to the second, 16 to the third
@pytest.mark.parametrize("after", [0, 8, 11])
def test_broken_off_anywhere_it_takes_the_same_looks_and_ends_at_the_same_place(after, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        run(design({"trust": 0.006}), tmp_path / "a", Breaks(after))
    broken = load_results(tmp_path / "a")
    assert (broken.runs["status"] == "ok").sum() == after
    results, summary = run(design({"trust": 0.006}), tmp_path / "a")
    assert summary.kept == after
    whole, _ = run(design({"trust": 0.006}), tmp_path / "b")
    assert whole.manifest["stopping"]["look"] == 3, "or the break would lie behind the end"
    assert tables(tmp_path / "a") == tables(tmp_path / "b")
    assert results.manifest["stopping"] == whole.manifest["stopping"]


def test_a_budget_that_is_raised_later_costs_confidence_and_says_so(tmp_path):
    small, large = (design({"trust": 1e-6}, looks=looks) for looks in ((4, 8), (4, 8, 16)))
    first, _ = run(small, tmp_path)
    assert first.manifest["stopping"]["holds"] == 0.95 and "with 95% at" in first.manifest["stopping"]["intervals"]
    said = []
    second, summary = run(large, tmp_path, say=said.append)
    stopping = second.manifest["stopping"]
    assert summary.kept == 16 and stopping["look"] == 3
    # looks after 4 and 8 worlds were paid with 5%, and the one after 16 with another 5% * 8 / 16
    assert stopping["holds"] == pytest.approx(0.925)
    assert "hold with 92.5% rather than 95%, and a p-value of 5% stands for 7.5%" in stopping["intervals"]
    assert any("92.5%" in text for text in said[:3]), "before the runs are done"
    again, _ = run(large, tmp_path)
    assert again.manifest["stopping"] == stopping, "the same again is no further look"
    whole, _ = run(large, tmp_path / "fresh")
    assert whole.manifest["stopping"]["holds"] == 0.95


def test_looks_that_were_not_taken_cost_nothing(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        run(design({"trust": 1e-6}, looks=(4, 8)), tmp_path, Breaks(5))
    results, _ = run(design({"trust": 1e-6}, looks=(4, 8, 16)), tmp_path)
    assert results.manifest["stopping"]["holds"] == 0.95


def test_a_fixed_number_in_between_does_not_wipe_out_what_was_looked_at(tmp_path):
    small, large = (design({"trust": 1e-6}, looks=looks) for looks in ((4, 8), (4, 8, 16)))
    run(small, tmp_path)
    run(Design("toy", small.scenarios, worlds=small.worlds, draw=small.draw), tmp_path)
    results, _ = run(large, tmp_path)
    assert results.manifest["stopping"]["holds"] == pytest.approx(0.925)


def test_looks_at_other_code_say_nothing_about_these_runs(tmp_path):
    small, large = (design({"trust": 1e-6}, looks=looks) for looks in ((4, 8), (4, 8, 16)))
    run(small, tmp_path)
    results, _ = run(large, tmp_path, fakes.FakeEngine(version="2"))
    assert results.manifest["stopping"]["holds"] == 0.95


def test_several_processes_end_at_the_same_place(tmp_path):
    run(design(), tmp_path / "a", jobs=1)
    run(design(), tmp_path / "b", jobs=2)
    assert tables(tmp_path / "a") == tables(tmp_path / "b")


def test_the_same_again_does_nothing_and_concludes_the_same(tmp_path):
    run(design(), tmp_path)
    before = tables(tmp_path)
    log = []
    _, summary = run(design(), tmp_path, fakes.FakeEngine(log=log))
    assert log == [] and summary.kept == summary.total and tables(tmp_path) == before


def test_a_scenario_that_always_fails_is_not_waited_for(tmp_path):
    plan = design(names=("baseline", "workforce", "online_channel"))
    results, summary = run(plan, tmp_path, fakes.FakeEngine(fails=("online_channel",)))
    stopping = results.manifest["stopping"]
    assert stopping["ended"] == "reached" and list(stopping["looks"][0]["half_widths"]["trust"]) == ["workforce"]
    assert len(summary.failures) == len(results.worlds), "the failures of all looks are told"


def test_if_nothing_goes_well_it_ends_at_the_first_look(tmp_path):
    log = []
    with pytest.raises(RunError, match="no run of the baseline"):
        run(design(), tmp_path, fakes.FakeEngine(fails=("baseline",), log=log))
    assert len(log) < 20


def test_an_outcome_without_any_value_is_not_waited_for(tmp_path):
    plan = design({"cost_per_resident": 1.0})
    results, _ = run(plan, tmp_path)
    # it has no value for residents: then everybody counts
    assert results.manifest["stopping"]["ended"] == "reached"
    assert list(results.manifest["stopping"]["looks"][0]["half_widths"]["cost_per_resident"]) == ["workforce"]


def test_a_fixed_number_of_runs_says_nothing_about_stopping(tmp_path):
    plan = design()
    fixed = Design("toy", plan.scenarios, worlds=plan.worlds[:4], draw=plan.draw)
    run(plan, tmp_path)
    results, summary = run(fixed, tmp_path)
    assert "stopping" not in results.manifest and set(results.effects["confidence"]) == {0.95}
    assert summary.kept == 8, "the runs of a design that grew are those of a fixed one"
