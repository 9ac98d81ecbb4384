"""The table that says where the uncertainty of a headline effect comes from."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sim.analysis.effects import paired_effects
from sim.analysis.variance import COLUMNS, variance_split
from tests.fakes import NOISE, draw, windows

NAMES = ("baseline", "workforce")
NUMBERS = list(COLUMNS[COLUMNS.index("se") : COLUMNS.index("split")])


def cell(table, outcome="trust", level="residents"):
    return table[(table["outcome"] == outcome) & (table["level"] == level)].iloc[0]


def test_known_variances_are_found_and_shown_for_every_headline_effect():
    worlds, seeds = 16, 3
    table = variance_split(windows(NAMES, worlds=worlds, seeds=seeds), "baseline")
    assert len(table) == 3 * 3 and set(table["split"]) == {"split"}
    found = cell(table)
    # The made-up lives are known: this luck was drawn for the scenario, and the effect grows evenly over the worlds.
    luck = np.array([draw("own", 1 + i, "trust", "residents", "workforce") for i in range(worlds * seeds)])
    within = (NOISE["trust"] * luck).reshape(worlds, seeds).var(axis=1, ddof=1).mean()
    assert found["variance_seeds"] == pytest.approx(within)
    true = np.var(0.03 * 0.5 * (0.02 + 0.06 * (np.arange(worlds) + 0.5) / worlds) / 0.05, ddof=1)
    # The spread of the worlds' means holds a third of the luck, 1.3e-6, known to 37%, beside 2.9e-5.
    assert found["variance_worlds"] == pytest.approx(true, rel=0.25)
    for name in ("variance_worlds", "variance_seeds", "share_worlds"):
        assert found[f"{name}_low"] < found[name] < found[f"{name}_high"]


def test_the_interval_is_that_of_the_effect_and_its_sources_add_up():
    data = windows(NAMES, worlds=8, seeds=2)
    found = cell(variance_split(data, "baseline"))
    by = data[(data["by"] == "scope") & (data["level"] == "residents") & (data["window"] == "horizon")]
    wide = by.pivot(index=["world", "seed"], columns="scenario", values="trust")
    means = (wide["workforce"] - wide["baseline"]).groupby("world").mean()
    interval = stats.ttest_1samp(means, 0.0).confidence_interval()
    assert 2 * found["half_width"] == pytest.approx(interval.high - interval.low)
    assert found["se_worlds"] ** 2 + found["se_seeds"] ** 2 == pytest.approx(found["se"] ** 2)
    assert found["share_seeds"] == pytest.approx((found["se_seeds"] / found["se"]) ** 2)
    assert found["half_width_worlds"] < found["half_width"]


def test_a_second_seed_in_some_worlds_is_enough():
    data = windows(NAMES, worlds=8, seeds=2)
    second = (data["seed"] % 2 == 0) & ~data["world"].isin(("w0", "w1", "w2"))
    found = cell(variance_split(data[~second], "baseline"))
    assert (found["worlds"], found["split_worlds"], found["pairs"], found["split"]) == (8, 3, 11, "split")
    assert np.isfinite(found[NUMBERS].astype(float)).all()
    effects = paired_effects(data[~second], "baseline")
    row = effects[
        (effects["outcome"] == "trust") & (effects["level"] == "residents") & (effects["window"] == "horizon")
    ].iloc[0]
    assert row["variance_seeds"] == found["variance_seeds"]
    assert row["variance_worlds"] == found["variance_worlds"]


def test_one_seed_a_world_cannot_be_split_and_says_so():
    table = variance_split(windows(NAMES), "baseline")
    assert set(table["split"]) == {"not split: one seed a world"}
    assert table["se"].notna().all() and table["half_width"].notna().all()
    assert table[[name for name in NUMBERS if name not in ("se", "half_width")]].isna().all(axis=None)


def test_one_world_is_luck_alone():
    found = cell(variance_split(windows(NAMES, worlds=1, seeds=6), "baseline"))
    assert found["split"] == "luck only: one world" and found["se_seeds"] == found["se"]
    assert found["share_seeds"] == 1.0 and np.isnan(found["variance_worlds"])


def test_one_run_is_nothing():
    found = cell(variance_split(windows(NAMES, worlds=1), "baseline"))
    assert found["split"] == "not split: one run" and np.isnan(found["se"])


def test_missing_runs_take_their_pairs_out():
    data = windows(NAMES, worlds=4, seeds=2)
    gone = (data["scenario"] == "workforce") & (data["seed"].isin((1, 3, 4)))
    found = cell(variance_split(data[~gone], "baseline"))
    assert (found["worlds"], found["split_worlds"], found["pairs"]) == (3, 2, 5)


def test_nothing_to_compare_is_an_empty_table():
    table = variance_split(windows(("baseline",)), "baseline")
    assert table.empty and list(table.columns) == list(COLUMNS)
    assert variance_split(pd.DataFrame(columns=windows(NAMES, worlds=1).columns), "baseline").empty
