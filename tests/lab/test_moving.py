"""Means over days are running sums divided: over a whole window they are what the table of windows says."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import sim
from sim.lab.ended import ended_well
from sim.lab.moving import columns_for, moving, with_numerators
from sim.lab.run_file import RunKey
from sim.lab.store import Store
from sim.model.run import Run, simulate
from sim.report.series import smoothed
from sim.vocabulary.outcomes import BY_NAME, OUTCOMES, Outcome

DAILY = [outcome for outcome in OUTCOMES if outcome.kind != "quantile"]


@pytest.fixture(scope="module")
def run() -> Run:
    return simulate(sim.load_scenario("full_package", sets=("community=harbour_court", "burn_in=10")), 3, 90)


def days_of(run: Run, by: str = "scope", level: str = "residents") -> pd.DataFrame:
    daily = with_numerators(run)
    daily = daily[daily["day"] >= 0]
    return daily[(daily["by"] == by) & (daily["level"] == level)].reset_index(drop=True)


@pytest.mark.parametrize("outcome", DAILY, ids=lambda outcome: outcome.name)
def test_over_a_whole_window_it_is_the_value_of_the_window(run: Run, outcome: Outcome) -> None:
    for by, level in (("scope", "residents"), ("all", "total"), ("group", "tenants")):
        last = moving(days_of(run, by, level), outcome, 90).iloc[-1]
        assert last == pytest.approx(run.value(outcome.name, by=by, level=level), rel=1e-9, nan_ok=True)


def test_a_mean_of_daily_ratios_would_not_be(run: Run) -> None:
    """The test above can fail: plain means of the days are off where denominators vary from day to day."""
    rows = days_of(run)
    for name in ("load", "on_time", "wait_mean_days"):
        assert rows[name].mean() != pytest.approx(run.value(name), rel=0.01)


def test_several_series_in_one_table_are_kept_apart(run: Run) -> None:
    several = run.daily[run.daily["by"] == "group"].reset_index(drop=True)
    together = moving(several, BY_NAME["on_time"], 28, ["by", "level"])
    for level in ("owners", "tenants"):
        mine = several[several["level"] == level]
        alone = moving(mine.reset_index(drop=True), BY_NAME["on_time"], 28)
        np.testing.assert_allclose(together[mine.index].to_numpy(), alone.to_numpy())


def test_days_without_a_denominator_weigh_nothing_and_few_days_are_missing() -> None:
    rows = pd.DataFrame({"on_time": [np.nan, 1.0, 0.25, np.nan], "due_decided": [0.0, 1.0, 4.0, 0.0]})
    assert moving(rows, BY_NAME["on_time"], 2).tolist()[1:] == [1.0, 0.4, 0.25]
    assert np.isnan(moving(rows, BY_NAME["on_time"], 4, least=2).iloc[0])
    assert np.isnan(moving(rows, BY_NAME["on_time"], 1).iloc[3])


def test_without_denominators_every_day_weighs_the_same() -> None:
    rows = pd.DataFrame({"on_time": [0.0, 1.0, np.nan, 0.5]})
    assert moving(rows, BY_NAME["on_time"], 4).iloc[-1] == 0.5


def test_what_a_comparison_keeps_of_groups_still_adds_up(run: Run, tmp_path) -> None:
    """Every seventh day is kept: four rows make the 28 days up to the last of them."""
    store = Store(tmp_path)
    store.keep(ended_well(RunKey("r", "full_package", "point", 3), run, 1.0))
    stored = pd.read_parquet(store.run_file("r"))
    outcome = BY_NAME["conflicts_per_1000"]
    kept = stored[(stored["table"] == "daily") & (stored["level"] == "tenants")].sort_values(
        "day", ignore_index=True
    )
    assert set(columns_for(outcome)) <= set(kept.dropna(axis=1, how="all"))
    over = moving(kept, outcome, 4)
    daily = days_of(run, "group", "tenants")
    np.testing.assert_allclose(
        over.iloc[-1], moving(daily[daily["day"] <= kept["day"].iloc[-1]], outcome, 28).iloc[-1]
    )
    np.testing.assert_allclose(over.iloc[2], moving(daily[daily["day"] <= 14], outcome, 28).iloc[-1])


def test_what_is_drawn_is_made_so(run: Run) -> None:
    rows = days_of(run)
    np.testing.assert_allclose(
        smoothed(rows, BY_NAME["load"]), moving(rows, BY_NAME["load"], 28, least=14), equal_nan=True
    )
    assert smoothed(rows, BY_NAME["trust"]).tolist() == rows["trust"].tolist()
