"""What a unit of effect costs, what is dominated, and how sure the frontier is."""

import numpy as np
import pandas as pd
import pytest

from sim.analysis.effects import paired_effects
from sim.analysis.frontier import acceptability, frontier
from sim.analysis.worth import cost_per_effect, worths
from sim.stats import fieller
from tests.fakes import windows

NAMES = ("baseline", "workforce", "online_channel", "demand_without_capacity")


def found(data, **options):
    return worths(paired_effects(data, "baseline", **options), data, "baseline")


@pytest.fixture(scope="module")
def worth():
    return found(windows(NAMES))


def made(gains, costs, base=0.2):
    """Windowed outcomes in which participation and cost differ from the baseline by known amounts, world by world."""
    rows = []
    for name, more in {"baseline": 0.0, **gains}.items():
        paid = costs.get(name, 0.0)
        worlds = len(next(iter(gains.values())))
        for i in range(worlds):
            key = {"scenario": name, "world": f"w{i}", "seed": i, "window": "horizon"}
            gain = more[i] if name != "baseline" else 0.0
            cost = (paid[i] if np.ndim(paid) else paid) + 100.0
            rows.append(
                {
                    **key,
                    "by": "scope",
                    "level": "residents",
                    "participation_30d": base + gain,
                    "cost_per_resident": np.nan,
                }
            )
            rows.append(
                {
                    **key,
                    "by": "all",
                    "level": "total",
                    "participation_30d": base + gain,
                    "cost_per_resident": cost,
                }
            )
    return pd.DataFrame(rows)


def spread(mean, worlds=8):
    """Gains around a mean, one a world, that everybody can write down."""
    return mean + 0.004 * (np.arange(worlds) - (worlds - 1) / 2) / worlds


def test_a_unit_of_effect_has_a_price_only_where_there_is_a_gain(worth):
    table = cost_per_effect(worth).set_index(["scenario", "outcome"])
    trust = table.loc[("workforce", "trust")]
    assert trust["cost_per_unit"] == pytest.approx(40.0 / 0.03, rel=0.1) and trust["price"] == "fieller"
    assert trust["cost_per_unit_low"] < trust["cost_per_unit"] < trust["cost_per_unit_high"]
    for scenario, outcome, why in (
        ("workforce", "participation_30d", "effect too small"),
        ("demand_without_capacity", "trust", "effect for the worse"),
    ):
        cell = table.loc[(scenario, outcome)]
        assert pd.isna(cell["cost_per_unit"]) and pd.isna(cell["cost_per_unit_high"]) and cell["price"] == why


def test_the_price_is_the_ratio_of_the_means_with_fiellers_interval():
    gain, cost = spread(0.05), 10.0 + 100.0 * spread(0.05)
    table = cost_per_effect(found(made({"a": gain}, {"a": cost}))).iloc[0]
    assert table["cost_per_unit"] == pytest.approx(15.0 / 0.05)
    assert tuple(table[["cost_per_unit", "cost_per_unit_low", "cost_per_unit_high"]]) == pytest.approx(
        fieller(cost, gain), rel=1e-6
    )


def test_an_effect_whose_sign_is_not_sure_has_no_price():
    table = cost_per_effect(found(made({"a": spread(0.05) * [1, -1, 1, -1, 1, -1, 1, 1]}, {"a": 5.0})))
    assert table.loc[0, "price"] == "effect not sure" and pd.isna(table.loc[0, "cost_per_unit"])


def test_what_saves_money_and_what_nobody_knows_the_cost_of_have_no_price():
    data = made({"a": spread(0.05)}, {"a": -5.0})
    assert cost_per_effect(found(data)).loc[0, "price"] == "costs no more"
    table = cost_per_effect(found(data.drop(columns="cost_per_resident")))
    assert table.loc[0, "price"] == "cost not known" and not table.loc[0, "dominated"]
    assert frontier(found(data.drop(columns="cost_per_resident")))["n"].eq(0).all()


def test_what_is_worse_and_dearer_is_dominated(worth):
    table = cost_per_effect(worth).set_index(["scenario", "outcome"])
    assert table.loc[("demand_without_capacity", "trust"), "dominated_by"] == "baseline"
    assert table.loc[("workforce", "participation_30d"), "dominated"]
    assert not table.loc[("workforce", "trust"), "dominated"]
    assert table.loc[("online_channel", "participation_30d"), "dominated_by"] == ""


GAINS = {"cheap": spread(0.02), "dear": spread(0.06), "between": spread(0.03), "less": spread(0.01)}
COSTS = {"cheap": 2.0, "dear": 18.0, "between": 9.0, "less": 5.0}


def test_the_frontier_of_known_effects():
    table = frontier(found(made(GAINS, COSTS))).set_index("scenario")
    assert table["status"].to_dict() == {
        "baseline": "frontier",
        "cheap": "frontier",
        "dear": "frontier",
        "between": "extended",
        "less": "dominated",
    }
    assert (
        table.loc["between", "dominated_by"] == "cheap + dear"
        and table.loc["less", "dominated_by"] == "cheap"
    )
    assert table.loc["cheap", "step_cost_per_unit"] == pytest.approx(100.0)
    assert table.loc["dear", "step_cost_per_unit"] == pytest.approx(400.0)
    # Every world agrees, so nothing is left open.
    assert table["p_frontier"].tolist() == table["share_frontier"].tolist() == [1.0, 1.0, 1.0, 0.0, 0.0]
    assert table["p_undominated"].tolist() == [1.0, 1.0, 1.0, 1.0, 0.0]


def test_a_frontier_that_worlds_disagree_about_says_so():
    # In three of eight worlds "b" is the better one; both cost the same.
    a, b = np.full(8, 0.04), np.where(np.arange(8) < 3, 0.06, 0.02)
    table = frontier(found(made({"a": a, "b": b}, {"a": 5.0, "b": 5.0}))).set_index("scenario")
    assert table.loc["b", "share_frontier"] == 3 / 8 and table.loc["a", "share_frontier"] == 5 / 8
    # b - a has the mean -0.005 and the standard error 0.0073: about one mean in four is above zero.
    assert 0.15 < table.loc["b", "p_frontier"] < 0.35
    assert table.loc["a", "p_frontier"] + table.loc["b", "p_frontier"] == pytest.approx(1.0)


def test_the_best_buy_changes_with_what_one_would_pay():
    table = acceptability(found(made(GAINS, COSTS)), (0.0, 2.0, 10.0))
    best = table[table["share_best"] == 1.0].set_index("willingness")["scenario"].to_dict()
    # A hundredth of participation is worth 0, 2 or 10 yuan: 200 lies between the steps of 100 and 400, 1,000 above.
    assert best == {0.0: "baseline", 2.0: "cheap", 10.0: "dear"}
    cell = table[(table["willingness"] == 10.0) & (table["scenario"] == "dear")].iloc[0]
    assert cell["net_benefit"] == pytest.approx(0.06 * 1_000 - 18.0) and cell["share_beats_baseline"] == 1.0


def test_somebody_is_always_the_best_buy(worth):
    table = acceptability(worth)
    for column in ("p_best", "share_best"):
        assert np.allclose(table.groupby(["outcome", "willingness"])[column].sum(), 1.0)
    assert set(table.loc[(table["willingness"] == 0.0) & (table["share_best"] == 1.0), "scenario"]) == {
        "baseline"
    }


def test_a_missing_run_takes_its_world_out_for_all_of_the_frontier():
    data = windows(NAMES)
    data = data[~((data["scenario"] == "workforce") & (data["world"] == "w3"))]
    found_ = found(data)
    assert set(frontier(found_)["n"]) == {11}
    assert cost_per_effect(found_).set_index("scenario").loc["online_channel", "n"].eq(12).all()


def test_few_worlds_have_shares_and_no_resampled_chances():
    table = frontier(found(windows(NAMES, worlds=3)))
    assert table["p_frontier"].isna().all() and table["share_frontier"].notna().all()
    alone = frontier(found(windows(NAMES, worlds=1)))
    assert set(alone["n"]) == {1} and set(alone["share_frontier"]) <= {0.0, 1.0}


def test_seeds_of_one_world_are_the_units_and_those_of_several_are_averaged():
    assert set(frontier(found(windows(NAMES, worlds=1, seeds=6)))["n"]) == {6}
    assert set(frontier(found(windows(NAMES, worlds=5, seeds=3)))["n"]) == {5}


def test_outcomes_of_which_neither_is_better_are_left_out():
    assert {w.outcome for w in found(windows(NAMES), directions={"trust": 0})} == {
        "participation_30d",
        "conflicts_per_1000",
    }


def test_nothing_compared_is_an_empty_table():
    data = windows(("baseline",))
    assert (
        cost_per_effect(found(data)).empty
        and frontier(found(data)).empty
        and acceptability(found(data)).empty
    )
