"""Effects are what the runs say, judged by stated rules."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from sim.analysis.effects import headline, paired_effects
from sim.stats import paired_interval
from tests.fakes import windows


def row(table, scenario, outcome, level=("scope", "residents"), window="horizon"):
    found = table[
        (table["scenario"] == scenario)
        & (table["outcome"] == outcome)
        & (table["window"] == window)
        & (table["by"] == level[0])
        & (table["level"] == level[1])
    ]
    assert len(found) == 1
    return found.iloc[0]


@pytest.fixture(scope="module")
def effects():
    return paired_effects(windows(), "baseline")


def test_true_effects_are_found_and_named(effects):
    assert row(effects, "workforce", "trust")["verdict"] == "better"
    assert row(effects, "workforce", "trust")["mean"] == pytest.approx(0.03, abs=0.003)
    assert row(effects, "workforce", "conflicts_per_1000")["verdict"] == "better"
    assert row(effects, "online_channel", "participation_30d")["verdict"] == "better"


def test_where_nothing_changes_it_is_too_small(effects):
    assert row(effects, "workforce", "participation_30d")["verdict"] == "too_small"
    assert row(effects, "workforce", "participation_30d")["words"] == "too small to matter"


def test_an_effect_that_may_reach_what_matters_is_only_perhaps_too_small(effects):
    trust = row(effects, "workforce", "trust")
    between = (trust["mean"] + trust["high"]) / 2
    table = paired_effects(windows(), "baseline", {"trust": between})
    assert (row(table, "workforce", "trust")["verdict"], row(table, "workforce", "trust")["words"]) == (
        "small",
        "small, perhaps too small to matter",
    )
    beyond = paired_effects(windows(), "baseline", {"trust": 1.001 * trust["high"]})
    assert row(beyond, "workforce", "trust")["verdict"] == "too_small"


def test_what_is_worse_is_called_worse():
    table = paired_effects(windows(("baseline", "demand_without_capacity")), "baseline")
    assert row(table, "demand_without_capacity", "trust")["verdict"] == "worse"
    assert row(table, "demand_without_capacity", "conflicts_per_1000")["verdict"] == "worse"
    assert row(table, "demand_without_capacity", "participation_30d")["verdict"] == "better"


def test_the_interval_is_the_one_of_paired_differences_over_worlds(effects):
    data = windows()
    cell = data[(data["by"] == "group") & (data["level"] == "floating") & (data["window"] == "last_90")]
    by = cell.pivot(index="world", columns="scenario", values="trust")
    expected = paired_interval((by["workforce"] - by["baseline"]).to_numpy())
    ours = row(effects, "workforce", "trust", ("group", "floating"), "last_90")
    assert ours["p_value"] == pytest.approx(expected.p_value, rel=1e-8)
    assert (ours["low"], ours["high"]) == pytest.approx((expected.low, expected.high), rel=1e-9)
    assert ours["n"] == 12 and ours["method"] == "skew_t"


def test_of_four_worlds_it_is_scipys_paired_t():
    data = windows(worlds=4)
    cell = data[(data["by"] == "group") & (data["level"] == "floating") & (data["window"] == "last_90")]
    by = cell.pivot(index="world", columns="scenario", values="trust")
    expected = stats.ttest_rel(by["workforce"], by["baseline"])
    ours = row(paired_effects(data, "baseline"), "workforce", "trust", ("group", "floating"), "last_90")
    interval = expected.confidence_interval()
    assert ours["p_value"] == pytest.approx(expected.pvalue, rel=1e-8)
    assert (ours["low"], ours["high"]) == pytest.approx((interval.low, interval.high), rel=1e-9)
    assert ours["method"] == "student"


def test_a_constant_shift_is_known_exactly():
    data = windows(("baseline", "a"), gains=False)
    mine = (data["scenario"] == "a") & (data["by"] == "scope") & (data["level"] == "residents")
    data.loc[mine, "trust"] = data.loc[mine, "trust"] + 0.25
    cell = row(paired_effects(data, "baseline"), "a", "trust")
    assert cell["method"] == "exact" and cell["verdict"] == "better" and cell["share_sign"] == 1.0
    assert (cell["mean"], cell["low"], cell["high"]) == pytest.approx((0.25, 0.25, 0.25))


def test_an_outcome_that_is_missing_has_no_row_and_takes_no_other_with_it():
    data = windows(("baseline", "workforce"), worlds=6)
    data.loc[data["by"] == "group", "trust"] = np.nan
    data.loc[(data["world"] == "w2") & (data["scenario"] == "baseline"), "on_time"] = np.nan
    table = paired_effects(data, "baseline")
    assert table[(table["by"] == "group") & (table["outcome"] == "trust")].empty
    assert row(table, "workforce", "trust")["n"] == 6 and row(table, "workforce", "on_time")["n"] == 5


def test_seeds_of_one_world_are_averaged_before_worlds_are_counted():
    table = paired_effects(windows(("baseline", "workforce"), worlds=5, seeds=12), "baseline")
    cell = row(table, "workforce", "trust")
    assert (cell["n"], cell["pairs"]) == (5, 60)
    # 55 degrees of freedom: a relative standard error of 19%
    assert cell["variance_seeds"] == pytest.approx(0.002**2, rel=0.6)
    assert cell["variance_worlds"] > 0.0


def test_every_world_counts_once_however_many_seeds_it_has():
    data = windows(("baseline", "workforce"), worlds=5, seeds=2)
    data = data[(data["seed"] % 2 == 1) | (data["world"] == "w4")]
    mine = data[(data["by"] == "scope") & (data["level"] == "residents") & (data["window"] == "horizon")]
    means = mine.groupby(["scenario", "world"])["trust"].mean().unstack("scenario")
    cell = row(paired_effects(data, "baseline"), "workforce", "trust")
    assert (cell["n"], cell["pairs"]) == (5, 6)
    assert cell["baseline"] == pytest.approx(means["baseline"].mean())
    assert cell["baseline"] + cell["mean"] == pytest.approx(means["workforce"].mean())


def test_pairing_takes_shared_luck_out():
    data = windows(gains=False)
    cell = row(paired_effects(data, "baseline"), "workforce", "trust")
    levels = data[(data["by"] == "scope") & (data["level"] == "residents") & (data["window"] == "horizon")]
    unpaired = levels[levels["scenario"] == "workforce"]["trust"].std()
    assert cell["high"] - cell["low"] < 0.5 * unpaired


def test_what_the_interval_holds_is_said():
    assert set(paired_effects(windows(), "baseline")["interval_holds"]) == {
        "seed noise and parameter uncertainty"
    }
    alone = paired_effects(windows(worlds=1, seeds=6), "baseline")
    assert set(alone["interval_holds"]) == {"seed noise"} and set(alone["n"]) == {6}


def test_one_run_of_each_has_a_difference_and_no_verdict_on_it():
    cell = row(paired_effects(windows(worlds=1), "baseline"), "workforce", "trust")
    assert cell["verdict"] == "not_distinguishable" and np.isnan(cell["low"]) and np.isfinite(cell["mean"])


def test_a_missing_run_takes_its_pair_out_and_no_other():
    data = windows()
    data = data[~((data["scenario"] == "workforce") & (data["world"] == "w3"))]
    table = paired_effects(data, "baseline")
    assert row(table, "workforce", "trust")["n"] == 11 and row(table, "online_channel", "trust")["n"] == 12


def test_headline_comparisons_are_corrected_and_no_others(effects):
    main = headline(effects)
    assert main.sum() == 2 * 3
    assert effects.loc[main, "p_corrected"].notna().all()
    small = ~effects["by"].isin(("scope", "all"))
    assert effects.loc[small | (effects["window"] != "horizon"), "p_corrected"].isna().all()
    assert (effects.loc[main, "p_corrected"] >= effects.loc[main, "p_value"]).all()


def test_a_headline_effect_that_does_not_survive_the_correction_says_so():
    data = windows(("baseline", "a"), worlds=6, gains=False)
    mine = (data["scenario"] == "a") & (data["by"] == "scope") & (data["level"] == "residents")
    # p = 0.03 for these six; three comparisons make it 0.09.
    by_world = dict(zip(range(6), (0.03, 0.02, 0.01, -0.004, 0.02, 0.005), strict=True))
    data.loc[mine, "trust"] += data.loc[mine, "world"].str[1:].astype(int).map(by_world)
    cell = row(paired_effects(data, "baseline"), "a", "trust")
    assert cell["p_value"] < 0.05 < cell["p_corrected"], "the example no longer tests anything"
    assert cell["verdict"] == "not_distinguishable" and cell["comparisons"] == 3
    assert "taking all 3 headline comparisons" in cell["words"]


def test_comparisons_are_corrected_as_statsmodels_does_and_counted(effects):
    main = effects[headline(effects)]
    expected = multipletests(main["p_value"], method="holm")[1]
    assert main["p_corrected"].to_numpy() == pytest.approx(expected, rel=1e-12)
    assert set(main["comparisons"]) == {6}
    assert set(effects.loc[effects["p_corrected"].isna(), "comparisons"]) == {0}


def test_shares_of_worlds_count_sign_and_size():
    data = windows(("baseline", "a"), worlds=10, gains=False)
    mine = (data["scenario"] == "a") & (data["by"] == "scope") & (data["level"] == "residents")
    number = data.loc[mine, "world"].str[1:].astype(int)
    data.loc[mine, "conflicts_per_1000"] += np.where(number < 6, -1.0, np.where(number < 8, -0.1, 2.0))
    cell = row(paired_effects(data, "baseline"), "a", "conflicts_per_1000")
    assert cell["share_sign"] == pytest.approx(0.8)
    assert cell["p_exceeds"] == pytest.approx(0.6) and cell["p_harms"] == pytest.approx(0.2)


def test_a_narrower_gap_is_better():
    data = windows(("baseline", "a"), gains=False)
    gap = (data["by"] == "gap") & (data["level"] == "quarter") & (data["scenario"] == "a")
    data.loc[gap, "trust"] -= 0.02 + 0.001 * (data.loc[gap, "seed"] % 3)
    assert row(paired_effects(data, "baseline"), "a", "trust", ("gap", "quarter"))["verdict"] == "better"


def test_an_experiments_own_smallest_change_and_direction_count():
    data = windows()
    assert (
        row(paired_effects(data, "baseline", {"trust": 0.2}), "workforce", "trust")["verdict"] == "too_small"
    )
    assert (
        row(paired_effects(data, "baseline", directions={"trust": -1}), "workforce", "trust")["verdict"]
        == "worse"
    )
    assert (
        row(paired_effects(data, "baseline", directions={"trust": 0}), "workforce", "trust")["verdict"]
        == "higher"
    )


def test_a_verdict_that_is_another_with_the_campus_is_with_conditions():
    data = windows()
    data.loc[(data["scenario"] == "workforce") & (data["by"] == "all"), "trust"] -= 0.08
    table = paired_effects(data, "baseline")
    assert bool(row(table, "workforce", "trust")["with_conditions"])
    assert not bool(row(table, "workforce", "conflicts_per_1000")["with_conditions"])


def test_intervals_hold_the_true_effect_95_times_in_100():
    # 1,500 groups of people, in six worlds, each with luck of its own: 1,500 trials with a standard error of 0.6%.
    generator = np.random.default_rng(8)
    groups = [f"g{i}" for i in range(1500)]
    parts = []
    for world in range(6):
        common = generator.normal(0.5, 0.1, len(groups))
        effect = generator.normal(0.03, 0.01, len(groups))
        for scenario, trust in (("baseline", common), ("a", common + effect)):
            parts.append(
                pd.DataFrame({"window": "horizon", "by": "group", "level": groups, "trust": trust}).assign(
                    scenario=scenario, world=f"w{world}", seed=world
                )
            )
    table = paired_effects(pd.concat(parts, ignore_index=True), "baseline")
    held = (table["low"] <= 0.03) & (table["high"] >= 0.03)
    assert len(table) == 1500 and held.mean() == pytest.approx(0.95, abs=0.02)


def test_nothing_to_compare_gives_an_empty_table():
    table = paired_effects(windows(("baseline",)), "baseline")
    assert table.empty and "verdict" in table.columns
