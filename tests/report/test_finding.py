"""The finding says what the numbers say, by the stated rules, and nothing more."""

from __future__ import annotations

import pytest

from sim.report.finding import classify, find, finding
from sim.report.selection import select

SMALL = {"days": 5, "worlds": 6}


def with_effects(fake, effects: dict[str, tuple[float, float, float]], noise: float = 0.05, **more):
    """Results whose scenarios have these true effects, in smallest changes that matter."""
    true = {name: (name.capitalize(), sizes, 2.0 + i) for i, (name, sizes) in enumerate(effects.items())}
    return fake.fake_results(true=true, noise=noise, **SMALL, **more)


def test_the_scenario_that_helps_on_most_outcomes_is_named_with_its_numbers_and_cost(fake) -> None:
    results = with_effects(fake, {"alpha": (4.0, 5.0, -3.0), "beta": (9.0, 0.0, 0.0)})
    found = finding(results)
    assert (found.kind, found.scenario) == ("gain", "alpha")
    assert "“Alpha” helps most: participation rises by" in found.text
    assert "trust rises by" in found.text and "new conflicts fall by" in found.text
    assert "for 2.0 yuan more per resident a year" in found.text
    assert "1 other helps" in found.text


def test_the_numbers_in_the_sentence_are_those_of_the_table(fake) -> None:
    results = with_effects(fake, {"alpha": (4.0, 0.0, 0.0)})
    selection = select(results)
    effect = selection.effect("alpha", "participation_30d")
    assert effect is not None
    text = f"rises by {100 * effect.mean:.1f} points ({100 * effect.low:.1f} to {100 * effect.high:.1f})"
    assert text in find(selection).text


def test_nothing_that_matters_is_called_nothing_that_matters(fake) -> None:
    found = finding(with_effects(fake, {"alpha": (0.1, 0.1, 0.1), "beta": (0.0, -0.2, 0.0)}))
    assert (found.kind, found.scenario) == ("null", None)
    assert found.text == (
        "None of the 2 scenarios changes participation, trust or new conflicts by an amount that matters."
    )


def test_what_cannot_be_told_apart_is_not_called_no_effect(fake) -> None:
    results = with_effects(fake, {"alpha": (0.5, 0.2, 0.3), "beta": (-0.5, 0.0, 0.1)}, noise=6.0)
    results.effects["verdict"] = "not_distinguishable"
    found = finding(results)
    assert found.kind == "null"
    assert "can be told from the baseline" in found.text
    assert "not the same as no effect" in found.text
    assert "rise" not in found.text and "fall" not in found.text


def test_a_result_of_harm_only_is_said_to_be_harm(fake) -> None:
    found = finding(with_effects(fake, {"alpha": (0.0, -4.0, 3.0), "beta": (0.0, -2.0, 0.0)}))
    assert (found.kind, found.scenario) == ("harm", "alpha")
    assert found.text.startswith("None of the 2 scenarios helps: with “Alpha” trust falls by")
    assert "new conflicts rise by" in found.text


def test_a_leader_that_also_harms_is_said_to_harm(fake) -> None:
    found = finding(with_effects(fake, {"alpha": (5.0, -5.0, 0.0)}))
    assert found.kind == "mixed"
    assert "participation rises by" in found.text and ", but trust falls by" in found.text


def test_a_fall_in_conflicts_is_better_and_a_rise_is_worse(fake) -> None:
    selection = select(with_effects(fake, {"fewer": (0.0, 0.0, -4.0), "more": (0.0, 0.0, 4.0)}))
    assert classify(selection, "fewer") == "helps"
    assert classify(selection, "more") == "harms"
    assert selection.ranked == ("fewer", "more")


def test_the_cheaper_of_two_equals_comes_first(fake) -> None:
    results = with_effects(fake, {"dear": (3.0, 0.0, 0.0), "cheap": (3.0, 0.0, 0.0)})
    rows = results.effects["scenario"] == "cheap"
    same = results.effects[results.effects["scenario"] == "dear"]
    for column in ("mean", "low", "high", "verdict"):
        results.effects.loc[rows, column] = same[column].to_numpy()
    price = "incremental_per_resident"
    results.costs.loc[results.costs["scenario"] == "dear", price] = 50.0
    assert select(results).ranked[0] == "cheap"


def test_an_effect_that_is_too_small_never_makes_the_sentence(fake) -> None:
    found = finding(with_effects(fake, {"alpha": (4.0, 0.1, 0.0)}))
    assert "trust" not in found.text.split(";")[0]


@pytest.mark.parametrize("count", [1, 2, 16])
def test_it_is_one_sentence(fake, count: int) -> None:
    names = dict(list(fake.TRUE.items())[:count])
    text = finding(fake.fake_results(true=names, **SMALL)).text
    assert text.endswith(".") and ". " not in text


def test_at_most_three_scenarios_are_shown_over_time(fake) -> None:
    selection = select(fake.fake_results(**SMALL))
    assert selection.shown == ("baseline", "full_package", "demand_without_capacity")


def test_an_experiment_may_say_which_are_shown(fake) -> None:
    results = fake.fake_results(**SMALL)
    results.experiment["show"] = ["baseline", "workforce", "close_ties", "online_channel"]
    assert select(results).shown == ("baseline", "workforce", "close_ties")


def test_an_experiment_may_say_which_way_is_better(fake) -> None:
    results = with_effects(fake, {"alpha": (0.0, 0.0, 4.0)})
    results.effects["direction"] = 1
    assert select(results).outcomes[2].direction == 1
