"""Who gains, who loses, and how gaps move, on lives that are known."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.multitest import multipletests

from sim.analysis.effects import paired_effects
from sim.analysis.equity import EQUITY, WHO_GAINS, equity_effects, who_gains
from sim.analysis.gaps import signed_gaps
from sim.stats import paired_interval

WORLDS = 8
LEVELS = {
    "group": {"registered": 0.60, "floating": 0.50, "students": 0.40},
    "quarter": {"Q1": 0.60, "Q2": 0.50, "Q3": 0.45},
    "age": {"0_17": 0.30, "18_29": 0.50, "50_59": 0.55, "70_plus": 0.62},
    "vulnerable": {"no": 0.55, "yes": 0.45},
}


def lives(moves, worlds=WORLDS, noise=0.001, outcome="trust", key=1, base=LEVELS, names=("a",)):
    """Trust by level; a scenario adds what ``moves`` says of a level, or nothing, and a little luck of its own."""
    generator = np.random.default_rng(key)
    rows = []
    for i in range(worlds):
        common = generator.normal(0.0, 0.02)
        for name in ("baseline", *names):
            where = {"scenario": name, "world": f"w{i}", "seed": i, "window": "horizon"}
            values = {}
            for by, levels in base.items():
                for level, start in levels.items():
                    luck = generator.normal(0.0, noise) if name != "baseline" else 0.0
                    more = moves.get((by, level), 0.0) if name != "baseline" else 0.0
                    values[(by, level)] = start + common + more + luck
            values[("scope", "residents")] = (
                0.5 + common + (moves.get("mean", 0.0) + luck if name != "baseline" else 0.0)
            )
            for by in base:
                own = [v for (b, _), v in values.items() if b == by]
                values[("gap", by)] = max(own) - min(own)
            rows += [{**where, "by": by, "level": level, outcome: v} for (by, level), v in values.items()]
    return pd.DataFrame(rows)


def cell(table, kind, by, level=None):
    found = table[(table["kind"] == kind) & (table["by"] == by)]
    if level is not None:
        found = found[found["level"] == level]
    assert len(found) == 1
    return found.iloc[0]


def test_levels_gain_and_lose_what_they_do():
    table = equity_effects(lives({("group", "registered"): 0.05, ("group", "students"): -0.04}), "baseline")
    assert list(table.columns) == list(EQUITY)
    assert cell(table, "level", "group", "registered")["mean"] == pytest.approx(0.05, abs=0.002)
    assert cell(table, "level", "group", "registered")["verdict"] == "better"
    assert cell(table, "level", "group", "students")["verdict"] == "worse"
    assert cell(table, "level", "group", "floating")["verdict"] == "too_small"


def test_an_effect_on_a_level_is_the_one_in_effects_but_for_the_correction():
    data = lives({("age", "50_59"): 0.01})
    effects, table = paired_effects(data, "baseline"), equity_effects(data, "baseline")
    one = effects[(effects["by"] == "age") & (effects["level"] == "50_59")].iloc[0]
    other = cell(table, "level", "age", "50_59")
    for name in ("n", "pairs", "baseline", "mean", "low", "high", "method", "p_value", "share_sign"):
        assert one[name] == other[name]


def test_levels_are_corrected_for_their_number_as_statsmodels_does():
    table = equity_effects(lives({("age", "18_29"): 0.0012}, noise=0.002), "baseline")
    for by, count in (("age", 4), ("group", 3), ("quarter", 3), ("vulnerable", 2)):
        family = table[(table["kind"] == "level") & (table["by"] == by)]
        assert set(family["comparisons"]) == {count} == {len(family)}
        expected = multipletests(family["p_value"], method="holm")[1]
        assert family["p_corrected"].to_numpy() == pytest.approx(expected, rel=1e-12)
    gaps = table[table["kind"] == "gap"]
    assert set(gaps["comparisons"]) == {4} and set(gaps["by"]) == set(LEVELS)


def test_a_verdict_that_the_correction_changes_says_so():
    data = lives({}, noise=0.0)
    six = np.array([0.03, 0.02, 0.01, -0.004, 0.02, 0.005])
    mine = (
        (data["scenario"] == "a")
        & (data["level"] == "70_plus")
        & data["world"].isin([f"w{i}" for i in range(6)])
    )
    data = data[data["world"].isin([f"w{i}" for i in range(6)])]
    data.loc[mine, "trust"] += six
    found = cell(equity_effects(data, "baseline"), "level", "age", "70_plus")
    assert found["p_value"] < 0.05 < found["p_corrected"] and found["verdict"] == "not_distinguishable"
    assert "taking all 4 comparisons together" in found["words"]


def test_signed_gaps_are_between_the_right_levels():
    table = equity_effects(lives({}), "baseline")
    pairs = table[table["kind"] == "pair"]
    assert {(r.by, r.level, r.other) for r in pairs.itertuples()} == {
        ("group", "floating", "registered"),
        ("group", "students", "registered"),
        ("age", "70_plus", "18_29"),
        ("vulnerable", "yes", "no"),
        ("quarter", "worst", "best"),
    }
    assert cell(table, "pair", "age")["baseline"] == pytest.approx(0.12)
    assert cell(table, "pair", "vulnerable")["baseline"] == pytest.approx(-0.10)
    assert cell(table, "pair", "quarter")["baseline"] == pytest.approx(-0.15)
    assert (pairs["moves"] == "too_small").all()


def test_the_change_of_a_gap_is_the_paired_difference_of_differences():
    data = lives({("vulnerable", "yes"): 0.03})
    wide = data[data["by"] == "vulnerable"].pivot(
        index="world", columns=["scenario", "level"], values="trust"
    )
    change = (wide["a"]["yes"] - wide["a"]["no"]) - (wide["baseline"]["yes"] - wide["baseline"]["no"])
    expected, found = (
        paired_interval(change.to_numpy()),
        cell(equity_effects(data, "baseline"), "pair", "vulnerable"),
    )
    assert (found["mean"], found["low"], found["high"]) == pytest.approx(
        (expected.mean, expected.low, expected.high), rel=1e-9
    )


@pytest.mark.parametrize(
    ("shift", "moves"),
    [(0.03, "narrower"), (-0.03, "wider"), (0.08, "narrower"), (0.25, "reversed"), (0.0, "too_small")],
)
def test_a_gap_moves_towards_zero_away_from_it_or_through_it(shift, moves):
    # The vulnerable are 0.10 behind: 0.08 closes most of it, 0.25 puts them 0.15 ahead.
    table = equity_effects(lives({("vulnerable", "yes"): shift}), "baseline")
    assert cell(table, "pair", "vulnerable")["moves"] == moves


def test_a_gap_without_a_clear_sign_has_no_better_direction():
    base = {"vulnerable": {"no": 0.5, "yes": 0.5}}
    data = lives({("vulnerable", "yes"): 0.03}, base=base)
    luck = np.random.default_rng(3).normal(0.0, 0.05, WORLDS)  # of both scenarios alike
    mine = data["level"] == "yes"
    data.loc[mine, "trust"] += data.loc[mine, "seed"].map(dict(enumerate(luck)))
    found = cell(equity_effects(data, "baseline"), "pair", "vulnerable")
    assert found["direction"] == 0.0 and found["verdict"] == found["moves"] == "higher"


def test_which_quarter_is_worst_is_not_told_by_luck_that_then_fades():
    # Six quarters that are alike: in each world the worst one is so by luck, and a policy that changes nothing draws
    # anew. Told by the same world, the gap would seem to close; told by the others it does not.
    worlds = 320
    data = lives({}, base={"quarter": {f"Q{i}": 0.5 for i in range(6)}}, noise=0.0, worlds=worlds)
    data = data[data["by"] == "quarter"]
    data["trust"] += np.random.default_rng(4).normal(0.0, 0.05, len(data))
    gaps = signed_gaps(data, "baseline", ["trust"], {}, worlds)
    gaps = gaps.pivot(index="world", columns="scenario", values="trust")
    wide = data.pivot(index=["scenario", "world"], columns="level", values="trust")
    naive = wide.loc["baseline"].max(axis=1) - wide.loc["baseline"].min(axis=1)
    # A change of such a gap has a standard deviation of 0.05 * 2; its mean over 320 worlds one of 0.0056.
    assert abs((gaps["a"] - gaps["baseline"]).mean()) < 4 * 0.0056 < 0.1 < naive.mean()


def test_somebody_loses_while_the_mean_gains():
    data = lives({"mean": 0.03, ("group", "registered"): 0.05, ("group", "students"): -0.04})
    equity, effects = equity_effects(data, "baseline"), paired_effects(data, "baseline")
    table = who_gains(equity, effects)
    assert list(table.columns) == list(WHO_GAINS)
    groups = table[table["by"] == "group"].iloc[0]
    assert groups["verdict"] == "better" and groups["loses_while_mean_gains"]
    assert (groups["gains"], groups["loses"], groups["small"], groups["open"]) == (
        "registered",
        "students",
        1,
        0,
    )
    assert (groups["most"], groups["least"]) == ("registered", "students")
    assert groups["least_gain"] == pytest.approx(-0.04, abs=0.002)
    assert not table.loc[table["by"] == "age", "loses_while_mean_gains"].any()


def test_where_less_is_better_a_gain_is_a_fall():
    data = lives({("group", "students"): -3.0}, noise=0.1, outcome="conflicts_per_1000")
    table = who_gains(equity_effects(data, "baseline"), paired_effects(data, "baseline"))
    groups = table[table["by"] == "group"].iloc[0]
    assert groups["gains"] == "students" and groups["most_gain"] == pytest.approx(3.0, abs=0.2)


def test_how_unequally_people_take_part_is_there_for_residents():
    data = lives({})
    data["participation_gini"] = np.where(data["scenario"] == "a", 0.6, 0.7)
    table = equity_effects(data, "baseline")
    found = table[table["kind"] == "concentration"]
    assert list(found["outcome"]) == ["participation_gini"] and list(found["level"]) == ["residents"]
    assert found.iloc[0]["verdict"] == "better" and found.iloc[0]["comparisons"] == 1


def test_where_nothing_happens_nobody_gains_or_loses():
    # 30 scenarios that change nothing, each with luck of its own: a family of levels is wrong in at most 5% of them,
    # and 4 standard errors more are 16%.
    data = lives({}, noise=0.02, names=tuple(f"a{i}" for i in range(30)))
    table = equity_effects(data, "baseline", {"trust": 0.0})
    levels = table[table["kind"] == "level"]
    wrong = levels["verdict"].isin(("better", "worse")).groupby([levels["by"], levels["scenario"]]).any()
    assert (wrong.groupby("by").mean() <= 0.05 + 4 * np.sqrt(0.05 * 0.95 / 30)).all()


def test_missing_levels_runs_and_outcomes_are_left_out():
    data = lives({("group", "students"): -0.04})
    data.loc[data["level"] == "0_17", "trust"] = np.nan
    data = data[~((data["scenario"] == "a") & (data["world"] == "w3"))]
    table = equity_effects(data, "baseline")
    assert set(table["n"]) == {7} and "0_17" not in set(table["level"])
    assert set(table.loc[(table["kind"] == "level") & (table["by"] == "age"), "comparisons"]) == {3}


def test_one_world_and_one_seed_have_effects_and_no_verdicts_on_them():
    table = equity_effects(lives({("group", "students"): -0.04}, worlds=1), "baseline")
    assert table["low"].isna().all() and set(table["verdict"]) == {"not_distinguishable"}
    assert set(table["n"]) == {1}


def test_nothing_to_compare_is_an_empty_table():
    data = lives({})
    table = equity_effects(data[data["scenario"] == "baseline"], "baseline")
    assert table.empty and list(table.columns) == list(EQUITY)
    assert who_gains(table, paired_effects(data[data["scenario"] == "baseline"], "baseline")).empty
