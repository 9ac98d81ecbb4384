"""The baseline stays where it is: five years without any change of policy change little."""

from __future__ import annotations

import numpy as np
import pytest

import sim

YEARS = 5
# Largest mean change a year, from the first year after the burn-in to the fifth, that counts as standing still: the
# smallest change that matters of each outcome, which a planner would not act on.
STILL = {"trust": 0.005, "participation_30d": 0.01, "conflicts_per_1000": 0.5, "on_time": 0.02, "belonging": 0.01,
         "knowledge": 0.01, "efficacy": 0.01, "skill": 0.01, "burnout": 0.02, "load": 0.02}  # fmt: skip


@pytest.mark.slow
def test_a_five_year_run_of_the_baseline_stays_stationary() -> None:
    run = sim.simulate(sim.load_scenario("baseline"), seed=3, days=365 * YEARS)
    daily = run.daily
    mine = daily[(daily["by"] == "scope") & (daily["level"] == "residents") & (daily["day"] >= 0)]
    by_year = mine.groupby(mine["day"] // 365)[list(STILL)].mean()
    moved = (by_year.iloc[-1] - by_year.iloc[0]) / (YEARS - 1)
    too_far = {name: float(moved[name]) for name, most in STILL.items() if not np.abs(moved[name]) < most}
    assert not too_far
