"""Functions with known indices go through the whole analysis: samples, worlds, runs, store, reading, SALib."""

from __future__ import annotations

import math
import os
from pathlib import Path

import numpy as np
import pytest

from sim.analysis import sensitivity as analysis
from sim.analysis.indices import Quantity, decompose, quantities, screen, whole_blocks
from sim.analysis.measure_next import carried, turned_verdicts, weights
from sim.analysis.sampling import IDLE, LUCK, REST, index_sample, screening_sample, uncertain
from sim.analysis.sensitivity import run_sensitivity
from sim.analysis.sensitivity_plan import Plan, Size, keep_tables, load_sensitivity
from sim.errors import RunError, UsageError
from tests.analysis.known_functions import (
    ANGLES,
    UNITS,
    KnownEngine,
    KnownScenario,
    g_indices,
    ishigami,
    ishigami_indices,
    luck,
    sobol_g,
)
from tests.fakes import Spec

pytest.importorskip("SALib")

NOISE = Spec("n.reshuffles", 0.5, 0.0, 1.0)
LUCK_SD = 2.0
MOST_SDS = 4.0
"""Standard deviations by which one of the indices below may be off: a chance of 1 in 16,000 for each."""


@pytest.fixture(autouse=True)
def fast_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda handle: None)


def size(blocks: int = 64, keep: int = 8, trajectories: int = 4) -> Size:
    return Size(trajectories=trajectories, keep=keep, blocks=blocks, days=1, burn_in=0, confirm=0)


def plan(specs, *names, **more) -> Plan:
    scenarios = {name: KnownScenario(name, tuple(specs), title=name.title()) for name in ("baseline", *names)}
    return Plan("known", scenarios, **{"size": size(), **more})


def with_luck(x, seed):
    return sobol_g(x) + LUCK_SD * luck(seed)


FUNCTIONS = {
    "baseline": {
        "participation_30d": ishigami,
        "trust": lambda x, seed: 10.0 * x["g.u1"] + luck(seed, x["n.reshuffles"]),
        "conflicts_per_1000": lambda x, seed: luck(seed),
    },
    "policy": {
        "participation_30d": lambda x, seed: ishigami(x) + sobol_g(x),
        "trust": lambda x, seed: 10.0 * x["g.u1"] + luck(seed, x["n.reshuffles"]) + with_luck(x, seed),
        "conflicts_per_1000": lambda x, seed: luck(seed) + luck("other", seed),
    },
}


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda handle: None)
        folder = tmp_path_factory.mktemp("known")
        whole = plan((*ANGLES, *UNITS, NOISE), "policy")
        return run_sensitivity(whole, folder / "out", KnownEngine(FUNCTIONS), jobs=1)


def of(found, scenario: str, outcome: str):
    table = found.tables["indices"]
    return table[(table["scenario"] == scenario) & (table["outcome"] == outcome)].set_index("factor")


def spread(function, specs, blocks: int, designs: int = 300) -> dict[str, tuple[float, float]]:
    """Standard deviation of both estimators over designs of independent points, by plain simulation.

    Scrambled Sobol points are no worse than independent ones in the mean, so this bounds the spread of the analysis.
    """
    generator = np.random.default_rng(7)
    names = [spec.name for spec in specs]
    low = np.array([spec.low for spec in specs])[:, None, None]
    width = np.array([spec.high - spec.low for spec in specs])[:, None, None]
    a, b = (low + width * generator.random((len(specs), designs, blocks)) for _ in range(2))
    ya, yb = (function(dict(zip(names, part, strict=True))) for part in (a, b))
    both = np.concatenate([ya, yb], axis=1)
    mean, variance = both.mean(axis=1, keepdims=True), both.var(axis=1)
    answer = {}
    for i, name in enumerate(names):
        mixed = a.copy()
        mixed[i] = b[i]
        yab = function(dict(zip(names, mixed, strict=True)))
        first = ((yb - mean) * (yab - ya)).mean(axis=1) / variance
        total = 0.5 * ((ya - yab) ** 2).mean(axis=1) / variance
        answer[name] = float(first.std()), float(total.std())
    return answer


@pytest.mark.parametrize(
    ("scenario", "function", "specs", "truth"),
    [("", ishigami, ANGLES, ishigami_indices()), ("policy", sobol_g, UNITS, g_indices())],
    ids=["Ishigami as a level", "Sobol g as a difference"],
)
def test_known_indices_are_found(found, scenario, function, specs, truth) -> None:
    table = of(found, scenario, "participation_30d")
    sds = spread(function, specs, 64)
    for name, (first, total) in truth.items():
        if name not in table.index:
            # A factor that the screening left out is in the group of all others, which is checked in its place.
            name = REST
            sds[REST] = max(sds.values())
        assert table.loc[name, "first"] == pytest.approx(first, abs=MOST_SDS * sds[name][0])
        assert table.loc[name, "total"] == pytest.approx(total, abs=MOST_SDS * sds[name][1])
    others = table.index.difference([*truth, REST])
    assert (table.loc[others, "total"] < 1e-12).all() and not table.loc[others, "told"].any()


def test_the_tolerances_could_tell_a_wrong_index() -> None:
    """A total index taken for a first-order one, or two parameters exchanged, is outside of what is allowed."""
    sds = spread(sobol_g, UNITS, 64)
    truth = g_indices()
    assert abs(truth["g.u1"][1] - truth["g.u2"][1]) > MOST_SDS * sds["g.u2"][1]
    sds = spread(ishigami, ANGLES, 64)
    assert ishigami_indices()["f.x3"][1] > MOST_SDS * sds["f.x3"][1]


def test_what_only_luck_moves_is_called_luck(found) -> None:
    for scenario in ("", "policy"):
        table = of(found, scenario, "conflicts_per_1000")
        assert (table.drop(LUCK)[["first", "total"]].abs() < 1e-12).all(axis=None)
        # A one-factor function: its total index is E(ya - yb)^2 / 2V, whose sd for a normal variable over n pairs is
        # sqrt(2/n) from the pairs and as much from V at most.
        assert table.loc[LUCK, "total"] == pytest.approx(1.0, abs=MOST_SDS * 2.0 * math.sqrt(2.0 / 64))
        assert not table["told"].any()


def test_a_parameter_that_only_reshuffles_luck_carries_nothing(found) -> None:
    table = of(found, "", "trust")
    noise = table.loc[NOISE.name] if NOISE.name in table.index else table.loc[REST]
    share = 1.0 / (1.0 + 100.0 / 12.0)  # variance of luck over the whole
    # First order: mean of b(ab - a) / V, where ab - a is luck of two draws, variance 2 share V; b has variance V.
    assert noise["first"] == pytest.approx(0.0, abs=MOST_SDS * math.sqrt(2.0 * share / 64))
    assert not noise["told"]
    assert noise["total"] == pytest.approx(share, abs=MOST_SDS * share * 2.0 * math.sqrt(2.0 / 64))
    assert table.loc["g.u1", "told"] and table.loc["g.u1", "at_least"] > 0.5


def test_luck_that_adds_to_parameters_has_its_share_and_takes_none_of_theirs(found) -> None:
    table = of(found, "policy", "trust")
    own = math.prod(1.0 + 1.0 / (3.0 * (1.0 + a) ** 2) for a in (0.0, 1.0, 4.5, 9.0)) - 1.0
    share = LUCK_SD**2 / (LUCK_SD**2 + own)
    sd = 2.0 * math.sqrt(2.0 / 64)
    assert table.loc[LUCK, "total"] == pytest.approx(share, abs=MOST_SDS * sd * share)
    truth = {name: total * (1.0 - share) for name, (_, total) in g_indices().items()}
    assert table.loc["g.u1", "total"] == pytest.approx(truth["g.u1"], abs=MOST_SDS * sd * truth["g.u1"])


def test_elementary_effects_of_known_functions_are_exact() -> None:
    names = [spec.name for spec in UNITS]
    sample = screening_sample({s.name: s for s in UNITS}, names, frozenset(), 4, 1, "exact")
    u = {name: sample.unit[:, i] for i, name in enumerate(names)}
    # Linear: its coefficient. A parabola about the middle: from 0 to 2/3 and from 1/3 to 1 it moves by 2/9 each.
    y = 3.0 * u["g.u1"] - 0.5 * u["g.u2"] + (u["g.u3"] - 0.5) ** 2
    table = screen(sample, {Quantity("", "trust"): y}).set_index("factor")
    assert table["mu_star"].to_dict() == pytest.approx(
        {"g.u1": 3.0, "g.u2": 0.5, "g.u3": 1.0 / 3.0, "g.u4": 0.0, LUCK: 0.0}, abs=1e-12
    )
    assert table.loc["g.u2", "mu"] == pytest.approx(-0.5)
    assert table.loc["g.u2", "sigma"] == pytest.approx(0.0, abs=1e-12)
    assert table["passes"].to_dict() == {"g.u1": True, "g.u2": True, "g.u3": True, "g.u4": False, LUCK: False}


def test_what_luck_alone_would_give_does_not_pass_the_screening() -> None:
    """With 40 parameters that only reshuffle luck, one in a hundred passes: at most 4 by chance (P < 0.1%)."""
    specs = [Spec(f"n.p{k:02d}", 0.5, 0.0, 1.0) for k in range(40)]
    sample = screening_sample(
        {s.name: s for s in specs}, [s.name for s in specs], frozenset(), 10, 1, "noise"
    )
    y = np.array([luck(*row) for row in sample.unit.round(6).tolist()])
    table = screen(sample, {Quantity("", "trust"): y})
    assert table["passes"].sum() <= 4


def test_points_share_luck_unless_the_sample_moves_it() -> None:
    specs = {s.name: s for s in UNITS}
    for sample in (
        screening_sample(specs, list(specs), frozenset(), 3, 1, "k"),
        index_sample(specs, list(specs), list(specs), 16, 1, "k"),
    ):
        seeds = np.array(sample.seeds)[sample.rows]
        moved = np.array([i for i, name in enumerate(sample.group) if name.startswith(LUCK)])
        for start in range(0, len(sample.unit), sample.block):
            for i in range(start, start + sample.block - 1):
                same = (sample.unit[i, moved] == sample.unit[i + 1, moved]).all()
                assert (seeds[i] == seeds[i + 1]) == same
    assert len(set(seeds)) == 2 * 16


def test_more_base_points_begin_with_the_same_runs() -> None:
    specs = {s.name: s for s in UNITS}
    few, many = (index_sample(specs, list(specs), list(specs), blocks, 1, "k") for blocks in (8, 16))
    assert [w.digest for w in few.worlds] == [w.digest for w in many.worlds[: len(few.worlds)]]
    assert few.seeds == many.seeds[: len(few.seeds)]


def test_the_same_world_with_the_same_seed_is_run_once() -> None:
    specs = {s.name: s for s in (*UNITS, Spec("k.count", 1, 1, 2, kind="count"))}
    sample = index_sample(specs, list(specs), list(specs), 16, 1, "twins")
    pairs = {(w.digest, s) for w, s in zip(sample.worlds, sample.seeds, strict=True)}
    assert len(pairs) == len(sample.worlds) < len(sample.unit)
    for point, row in zip(sample.unit, sample.rows, strict=True):
        assert sample.worlds[row].values["k.count"] == 1 + int(point[list(specs).index("k.count")] * 2)


def test_settings_of_policies_that_are_not_at_work_move_together(tmp_path: Path) -> None:
    specs = (*UNITS, Spec("policy.absent.size", 1.0, 0.0, 2.0), Spec("policy.absent.reach", 1.0, 0.0, 2.0))
    chosen = {"baseline": KnownScenario("baseline", specs)}
    names, idle = uncertain(chosen, "baseline")
    assert len(names) == 6 and idle == {"policy.absent.size", "policy.absent.reach"}
    sample = screening_sample({s.name: s for s in specs}, names, idle, 2, 1, "k")
    assert sample.factors.count(IDLE) == 1 and sample.block == len(UNITS) + 1 + 4 + 1


def test_a_failed_run_takes_its_block_and_says_so(tmp_path: Path) -> None:
    def fails(values, seed):
        return values["g.u1"] > 0.97 and values["g.u2"] < 0.5

    engine = KnownEngine({"baseline": {"trust": sobol_g}}, fails=fails)
    done = run_sensitivity(plan(UNITS, size=size(32, trajectories=8)), tmp_path / "out", engine, jobs=1)
    assert done.failures
    screening, indices = done.tables["screening"], done.tables["indices"]
    assert 0 < screening["dropped"].max() < 8 and screening["blocks"].max() + screening["dropped"].max() == 8
    assert 0 < indices["dropped"].max() < 24 and (indices["blocks"] + indices["dropped"] == 32).all()


def test_too_many_failed_runs_are_an_error_and_not_an_index(tmp_path: Path) -> None:
    engine = KnownEngine({"baseline": {"trust": sobol_g}}, fails=lambda values, seed: values["g.u1"] > 0.1)
    with pytest.raises(RunError, match="this world cannot be simulated|complete"):
        run_sensitivity(plan(UNITS), tmp_path / "out", engine, jobs=1)


def test_whole_blocks_are_kept_in_order() -> None:
    specs = {s.name: s for s in UNITS}
    sample = index_sample(specs, list(specs), list(specs), 8, 1, "k")
    y = np.arange(len(sample.unit), dtype=float)
    y[sample.block + 2] = math.nan
    kept, unit = whole_blocks(sample, y, "base points", 7)
    assert kept.tolist() == [v for i, v in enumerate(y) if i // sample.block != 1] and len(unit) == len(kept)
    with pytest.raises(RunError, match="only 7 of 8 base points are complete, 8 are needed"):
        whole_blocks(sample, y, "base points", 8)


def test_an_analysis_goes_on_from_the_runs_that_are_there(tmp_path: Path) -> None:
    seen = []

    def once(values, seed):
        seen.append(seed)
        return False

    engine = KnownEngine({"baseline": {"trust": sobol_g}}, fails=once)
    first = run_sensitivity(plan(UNITS, size=size(16)), tmp_path / "out", engine, jobs=1)
    count = len(seen)
    again = run_sensitivity(plan(UNITS, size=size(16)), tmp_path / "out", engine, jobs=1)
    assert len(seen) == count
    assert again.tables["indices"].equals(first.tables["indices"])
    # More base points keep the trajectories.
    run_sensitivity(plan(UNITS, size=size(32)), tmp_path / "out", engine, jobs=1)
    assert len(seen) - count <= 32 * 7


def test_where_all_is_luck_there_is_nothing_to_decompose(tmp_path: Path) -> None:
    engine = KnownEngine({"baseline": {"trust": lambda x, seed: luck(seed)}})
    with pytest.raises(RunError, match="all that varies here is luck"):
        run_sensitivity(plan(UNITS), tmp_path / "out", engine, jobs=1)


def test_weights_give_half_to_levels_and_half_to_differences() -> None:
    found = quantities(["baseline", "a", "b"])
    weight = weights(found, [True] * 9)
    assert weight[:3].sum() == pytest.approx(0.5) and weight[3:].sum() == pytest.approx(0.5)
    weight = weights(found, [True, False, True] + [False] * 6)
    assert weight.tolist() == [0.5, 0.0, 0.5] + [0.0] * 6


def test_what_is_carried_is_the_weighted_mean_of_the_indices() -> None:
    specs = {s.name: s for s in UNITS}
    sample = index_sample(specs, list(specs), list(specs), 64, 1, "sum")
    u = sample.unit
    values = {
        Quantity("", "trust"): u[:, 0],
        Quantity("policy", "trust"): u[:, 1],
        Quantity("policy", "participation_30d"): u[:, 1] + 0.0 * u[:, 0],
        Quantity("policy", "conflicts_per_1000"): np.zeros(len(u)),
    }
    shares = carried(*decompose(sample, values)).set_index("factor")
    sd = 2.0 * math.sqrt(0.4 / 64)  # of a total index whose truth is one, uniform input
    assert shares.loc["g.u1", "carried"] == pytest.approx(0.5, abs=MOST_SDS * sd * 0.5)
    assert shares.loc["g.u2", "differences"] == pytest.approx(1.0, abs=MOST_SDS * sd)
    assert shares.loc[["g.u3", "g.u4", LUCK], "carried"].tolist() == [0.0, 0.0, 0.0]


def test_a_verdict_that_turns_is_found_with_its_parameter_alone() -> None:
    specs = {s.name: s for s in UNITS}
    sample = index_sample(specs, list(specs), list(specs), 64, 1, "turn")
    u = sample.unit
    values = {
        Quantity("", "trust"): u[:, 3],
        Quantity("policy", "trust"): np.where(u[:, 0] < 0.5, 0.1, -0.1) + 0.02 * u[:, 1],
        Quantity("policy", "participation_30d"): 0.5 + u[:, 2],
    }
    turned, by_chance, count = turned_verdicts(sample, values, list(specs))
    found = turned[["factor", "outcome", "low_half", "high_half"]].values.tolist()
    assert found == [["g.u1", "trust", "better", "worse"]]
    # Random halves: Welch at 5% for two verdicts, of which one is never open: below 0.2 however the other falls.
    assert count == 2 and by_chance < 0.2


def test_full_range_effects_are_those_of_the_function_in_both_places(tmp_path: Path) -> None:
    """The large place lacks one parameter and is luckier; the effect of the others is three times as large."""

    def trust(x, seed):
        return 6.0 * x["g.u1"] + 3.0 * x["g.u2"] + x.get("g.u3", 0.0) ** 2 + 1e-3 * luck(seed)

    def tripled(x, seed):
        return 3.0 * trust(x, 0) + luck(seed)

    engine = KnownEngine({"baseline": {"trust": trust}, "large": {"trust": tripled}})
    asked = plan(
        UNITS,
        size=Size(trajectories=4, keep=4, blocks=16, days=1, burn_in=0, confirm=4),
        large={"large": KnownScenario("large", UNITS[:2])},
    )
    done = run_sensitivity(asked, tmp_path / "out", engine, jobs=1)
    table = done.tables["confirm"]
    table = table[table["outcome"] == "trust"].set_index(["place", "factor"])["effect"]
    assert table["small"].to_dict() == pytest.approx({"g.u1": 6.0, "g.u2": 3.0, "g.u3": 1.0})
    assert table["large"].to_dict() == pytest.approx({"g.u1": 18.0, "g.u2": 9.0})
    row = done.tables["agreement"].set_index("outcome").loc["trust"]
    assert row["compared"] == 2 and row["both"] == 2 and row["same_sign"] == 1.0


def test_kept_tables_open_again(found, tmp_path: Path) -> None:
    keep_tables(found, tmp_path / "kept")
    again = load_sensitivity(tmp_path / "kept")
    assert set(again.tables) == set(found.tables)
    assert set(again.tables["indices"]["scenario"]) == {"", "policy"}
    assert again.tables["measure_next"]["carried"].tolist() == pytest.approx(
        found.tables["measure_next"]["carried"].tolist(), rel=1e-3, abs=1e-9
    )
    assert again.manifest["parameters"]["varied"] == 8


def test_points_that_are_no_power_of_two_and_a_missing_library_are_explained(tmp_path, monkeypatch) -> None:
    with pytest.raises(UsageError, match="power of two"):
        plan(UNITS, size=size(48))
    monkeypatch.setattr(analysis.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"pip install 'community-governance-sim\[sensitivity\]'"):
        run_sensitivity(plan(UNITS), tmp_path / "out", KnownEngine({}), jobs=1)
    assert not (tmp_path / "out").exists()
