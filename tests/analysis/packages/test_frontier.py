"""The frontier from search to test, with a simulator whose best packages are known."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from sim.analysis.decisions import Aims
from sim.analysis.packages.frontier import run_frontier
from sim.analysis.packages.grid import Grid
from sim.analysis.packages.kept import load_frontier
from sim.analysis.packages.plan import Plan
from sim.cli.frontier import make_plan
from sim.errors import ExistsError, RunError, UsageError
from sim.lab import load_results
from sim.lab.worlds import World
from tests import fakes

pytest.importorskip("pymoo")

LEVERS = ("good", "dear", "harmful", "fair_weather")
PRICE = {"good": 5.0, "dear": 50.0, "harmful": 1.0, "fair_weather": 2.0}


@dataclass(frozen=True)
class Packaged(fakes.FakeScenario):
    """A made-up scenario that takes doses as the language of scenarios sets them."""

    doses: tuple[tuple[str, float], ...] = ()

    def with_sets(self, sets):
        pairs = dict(text.split("=") for text in sets)
        return replace(
            self, doses=tuple((k.split(".")[1], float(v)) for k, v in pairs.items() if k.endswith(".dose"))
        )

    @property
    def hash(self):
        return repr((super().hash, self.doses))

    def with_parameters(self, values):
        return replace(self, changed=tuple({**dict(self.changed), **values}.items()))


@dataclass(frozen=True)
class Town(fakes.FakeEngine):
    """Trust rises with good and dear, falls with harmful; fair_weather helps in worlds of the search alone."""

    broken: str = ""

    def simulate(self, scenario, seed, days, driver, state=None, progress=None, threads=1):
        if self.log is not None:
            self.log.append(scenario.name)
        if self.broken and dict(scenario.doses).get(self.broken):
            raise ValueError("this lever breaks")
        run = fakes.fake_run(replace(scenario, name="baseline"), seed, days)
        dose, held_out = dict(scenario.doses), scenario.parameters["trust.gain"] > 0.05
        turn = -1.0 if held_out else 1.0
        trust = 0.02 * dose.get("good", 0.0) + 0.03 * dose.get("dear", 0.0) - 0.02 * dose.get("harmful", 0.0)
        run.windows["trust"] += trust + turn * 0.04 * dose.get("fair_weather", 0.0)
        price = sum(PRICE[name] * d for name, d in dose.items())
        run.windows["cost_per_resident"] += price
        run.windows["delivered_share"] = np.where(
            run.windows["by"] == "all", 1.0 - 0.2 * dose.get("dear", 0.0), np.nan
        )
        run.costs["money"] += price
        return run


def plan(**changes):
    worlds = [World(f"w{i}", {"trust.gain": 0.04 if i < 1 else 0.06}) for i in range(4)]
    usual = {
        "base": Packaged("baseline", title="As it is"),
        "space": Grid(LEVERS, (0.0, 1.0)),
        "searched": tuple(worlds[:1]),
        "held_out": tuple(worlds[1:]),
        "evaluations": 14,
        "population": 8,
        "kept": 5,
        "days": 10,
    }
    return Plan(**{**usual, **changes})


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    folder = tmp_path_factory.mktemp("frontier") / "out"
    return run_frontier(plan(delivered=0.0), folder, Town(), jobs=1), folder


def test_what_is_reported_comes_from_worlds_that_the_search_never_saw(found):
    table = found[0].table.set_index("contents")
    fooled = table[table["fair_weather"] > 0.0]
    assert len(fooled) and (fooled["trust_promised"] > fooled["trust"]).all()
    assert table.loc["fair_weather 1", "trust"] == pytest.approx(-0.04)
    assert table.loc["fair_weather 1", "trust_promised"] == pytest.approx(0.04)
    assert not table.loc["fair_weather 1", "still_on_frontier"]
    assert (table["harmful"] == 0.0).all()  # it only costs


def test_what_fails_in_the_worlds_held_out_is_not_chosen(found):
    decision = found[0].decision
    rows = decision.options.set_index("scenario")
    assert rows.loc["package_0001", "harms"] == 1.0 and rows.loc["package_0001", "satisfied"] == 0.0
    assert rows.loc[decision.robust, "trust"] > 0.0 and rows.loc[decision.robust, "harms"] == 0.0


def test_both_parts_are_comparisons_that_open_like_any_other(found):
    _, folder = found
    search, held_out = load_results(folder / "search"), load_results(folder / "held_out")
    assert set(search.windows["world"]) == {"w0"} and len(search.scenarios) == 15
    assert set(held_out.windows["world"]) == {"w1", "w2", "w3"}
    assert set(search.windows["seed"]).isdisjoint(held_out.windows["seed"])
    assert {p.name for p in (folder / "tables").iterdir()} == {
        "search.csv",
        "frontier.csv",
        "failing.csv",
        "options.csv",
        "by_world.csv",
    }


def test_a_search_that_was_broken_off_ends_at_the_same_tables(found, tmp_path):
    calls = []

    def stop(progress):
        calls.append(progress)
        if len(calls) == 8:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_frontier(plan(delivered=0.0), tmp_path / "out", Town(), jobs=1, progress=stop)
    log = []
    run_frontier(plan(delivered=0.0), tmp_path / "out", Town(log=log), jobs=1)
    assert 0 < sum(isinstance(entry, str) for entry in log) < 15 + 3 * 6
    for name in ("search.csv", "frontier.csv", "failing.csv", "options.csv", "by_world.csv"):
        assert (tmp_path / "out" / "tables" / name).read_bytes() == (found[1] / "tables" / name).read_bytes()


def test_what_was_kept_is_read_back_and_says_in_which_worlds_a_package_fails(found):
    kept = load_frontier(found[1])
    rows = kept.tables["failing"].set_index("package")
    assert (
        rows.loc["package_0001", "failed_worlds"] == "w1 w2 w3"
        and "harm:trust=3" in rows.loc["package_0001", "why"]
    )
    assert (rows["status"] == "few").all()
    assert kept.manifest["found"]["robust"] == found[0].decision.robust
    assert kept.manifest["found"]["runs"] == 15 + 3 * (len(found[0].table) + 1)


@pytest.mark.slow
def test_worlds_of_stress_are_run_counted_and_give_a_rule(tmp_path):
    pytest.importorskip("sklearn")
    generator = np.random.default_rng(3)
    stress = tuple(
        World(f"s{i}", {"trust.gain": float(x)}) for i, x in enumerate(generator.uniform(0.01, 0.09, 60))
    )
    asked = plan(
        delivered=0.0, kept=4, stress=stress, stress_base=Packaged("baseline", title="A small place")
    )
    seen, said = [], []
    result = run_frontier(asked, tmp_path / "out", Town(), jobs=1, say=said.append, progress=seen.append)
    rows = result.failing.set_index("package")
    assert "60 to see when they fail" in said[0]
    assert (
        rows.loc["package_0001", "status"] == "rule"
        and "trust.gain is above 0.05" in rows.loc["package_0001", "rule"]
    )
    assert (
        rows.loc["package_0001", "looked_in"] == "stress"
        and rows.loc["package_0001", "confirmed_worlds"] == 3
    )
    counts = [progress.done for progress in seen]
    assert counts == sorted(counts) and counts[-1] <= asked.runs
    with pytest.raises(UsageError, match="stress"):
        plan(stress=stress)


def test_how_many_posts_a_dose_of_staff_adds_is_no_unknown():
    """Worlds draw posts from 0 to 120; a dose that meant another programme in each would be no dose."""
    how = dict.fromkeys(("doses", "evaluations", "worlds", "held_out", "draw", "at_most", "days"))
    how |= {"levers": (), "delivered": 0.9, "population": 4, "keep": 2, "seed": 1, "search_seed": 1, "method": "nsga2"}
    plan = make_plan("baseline", Aims(budget=20.0), (), False, **how, stress=4)
    worlds = plan.searched + plan.held_out + plan.stress
    assert len(worlds) == 21 and all("policy.workforce.support" in world.values for world in worlds)
    staff = plan.space.levers.index("workforce")
    steps = tuple(len(plan.space.doses) - 1 if i == staff else 0 for i in range(len(plan.space.levers)))
    for part in ("search", "held_out", "stress"):
        design = plan.design(part, [steps])
        name = plan.space.name(steps)
        posts = {design.in_world(name, world).parameters["policy.workforce.posts"] for world in design.worlds}
        assert posts == {10}, "ten posts at full dose, in every world"


def test_limits_are_kept(tmp_path):
    aims = Aims(budget=20.0)
    table = run_frontier(plan(aims=aims, delivered=0.95), tmp_path / "out", Town(), jobs=1).table
    assert (table["dear"] == 0.0).all() and (table["cost"] <= 20.0 + 1e-9).all()
    with pytest.raises(RunError, match="kept the limits|better than doing nothing"):
        run_frontier(plan(aims=Aims(budget=0.0)), tmp_path / "none", Town(), jobs=1)


def test_a_package_that_cannot_be_run_is_counted_and_passed_over(tmp_path):
    result = run_frontier(plan(delivered=0.0), tmp_path / "out", Town(broken="good"), jobs=1)
    assert result.failed > 0 and (result.table["good"] == 0.0).all()


def test_what_is_said_beforehand_and_how_far_it_is(tmp_path):
    said, seen = [], []
    run_frontier(plan(), tmp_path / "out", Town(), jobs=1, say=said.append, progress=seen.append)
    assert "14 packages of 4 levers in 1 world" in said[0]
    counts = [progress.done for progress in seen]
    assert counts == sorted(counts) and all(progress.total == plan().runs for progress in seen)


def test_plans_that_make_no_sense_and_folders_in_the_way_are_refused(tmp_path):
    with pytest.raises(UsageError, match="two or more"):
        plan(held_out=())
    with pytest.raises(UsageError, match="either searched in or held out"):
        plan(held_out=plan().held_out[:1] + plan().searched)
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(ExistsError):
        run_frontier(plan(), tmp_path, Town(), jobs=1)
    assert {p.name for p in tmp_path.iterdir()} == {"mine.txt"}
