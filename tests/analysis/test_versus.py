"""Scenarios against each other: direct, paired, and corrected for all that are looked at."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from sim.analysis.effects import paired_effects
from sim.analysis.versus import VERSUS, versus

RNG = np.random.default_rng(5)
WORLDS = 12


def _windows(shifts, noise=0.004, rng=RNG):
    """Trust of residents in some worlds: what a world has in common, and each scenario's own noise."""
    common = rng.normal(0.5, 0.1, WORLDS)
    return pd.DataFrame(
        [
            {
                "scenario": name, "world": f"w{i}", "seed": i, "window": "horizon", "by": "scope", "level": "residents",
                "trust": common[i] + shift + rng.normal(0.0, noise),
            }
            for name, shift in shifts.items() for i in range(WORLDS)
        ]
    )  # fmt: skip


def test_every_two_are_compared_directly_and_in_the_order_listed():
    windows = _windows({"base": 0.0, "a": 0.02, "b": 0.03, "c": 0.02})
    found = versus(windows, "base").set_index(["scenario", "other"])
    assert list(found.index) == [("a", "b"), ("a", "c"), ("b", "c")]
    wide = windows.pivot(index="world", columns="scenario", values="trust")
    for (own, other), row in found.iterrows():
        difference = wide[own] - wide[other]
        assert row["mean"] == pytest.approx(difference.mean(), rel=1e-9)
        assert row["low"] <= difference.mean() - stats.sem(difference) * stats.t.ppf(0.975, WORLDS - 1) + 1e-12
        assert row["comparisons"] == 3 and row["n"] == WORLDS
    assert found.loc[("a", "b"), "verdict"] == "worse" and found.loc[("b", "c"), "verdict"] == "better"
    assert found.loc[("a", "c"), "verdict"] in ("too_small", "not_distinguishable")


def test_turned_round_it_is_what_effects_say():
    windows = _windows({"base": 0.0, "a": 0.02, "b": 0.03})
    one = versus(windows, "base").iloc[0]
    other = paired_effects(windows[windows["scenario"] != "base"], "b").iloc[0]
    assert (one["mean"], one["low"], one["high"]) == pytest.approx((other["mean"], other["low"], other["high"]))


def test_it_is_corrected_for_all_that_are_compared():
    windows = _windows({"base": 0.0, "a": 0.0, "b": 0.004, "c": 0.008, "d": 0.03})
    found = versus(windows.assign(participation_30d=windows["trust"] + RNG.normal(0, 0.02, len(windows))), "base")
    assert len(found) == 12 == found["comparisons"].iloc[0]
    assert found["p_corrected"].to_numpy() == pytest.approx(multipletests(found["p_value"], method="holm")[1])
    named = found["verdict"].isin(("better", "worse"))
    assert (found.loc[named, "p_corrected"] <= 0.05).all() and 0 < named.sum() < 12


def test_one_scenario_alone_has_nobody_to_be_compared_with():
    found = versus(_windows({"base": 0.0, "a": 0.02}), "base")
    assert found.empty and list(found.columns) == list(VERSUS)
