"""Who took part in the last 30 days: with a chance p a day the share is 1 - (1 - p)^30, whatever the day."""

from __future__ import annotations

import numpy as np
import pytest

from sim.rules.functions import logit
from tests.analytic.test_binomial_participation import BARE
from tests.analytic.towns import live, stocks, town


@pytest.mark.parametrize(("occasions", "chance"), [(1.0 / 7.0, 0.057), (1.0 / 7.0, 0.3), (0.5, 0.02)])
def test_the_30_day_share_follows_from_the_daily_chance(occasions: float, chance: float) -> None:
    n, windows = 20_000, 10
    rules = {"participation": {**BARE, "base": logit(chance), "occasions": occasions}}
    world = town(on=("M1",), people=n, rules=rules, meeting_supply=1.0)
    world.residents.taste[:] = 0.0
    shares = []
    for _ in range(windows):  # windows that do not overlap are independent
        live(world, 30)
        shares.append(stocks(world, "took_part_30") / stocks(world, "adults"))
    expected = 1.0 - (1.0 - occasions * chance) ** 30
    error = np.sqrt(expected * (1.0 - expected) / (n * windows))
    assert abs(np.mean(shares) - expected) < 4.5 * error
    assert 4.5 * error < 0.02 * expected or chance < 0.06, "2% off would be caught"


def test_the_share_of_a_first_month_grows_day_by_day_and_then_stands() -> None:
    n, p = 20_000, 0.02
    rules = {"participation": {**BARE, "base": logit(p)}}
    world = town(on=("M1",), people=n, rules=rules, meeting_supply=1.0)
    world.residents.taste[:] = 0.0
    for day in range(1, 61):
        live(world, 1)
        expected = 1.0 - (1.0 - p) ** min(day, 30)
        assert abs(stocks(world, "took_part_30") / n - expected) < 5.0 * np.sqrt(expected * (1.0 - expected) / n)
    year = 1.0 - (1.0 - p) ** 60
    assert abs(stocks(world, "took_part_365") / n - year) < 5.0 * np.sqrt(year * (1.0 - year) / n)
