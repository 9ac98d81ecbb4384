"""The finding says what the numbers say, by the stated rules, and nothing more."""

from __future__ import annotations

import pytest

from sim.report.finding import CAVEAT, classify, find, finding
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
    assert "at 2.0 yuan more per resident a year" in found.text
    assert found.text.endswith("; the other helps.")


def test_the_numbers_in_the_sentence_are_those_of_the_table(fake) -> None:
    results = with_effects(fake, {"alpha": (4.0, 0.0, 0.0)})
    selection = select(results)
    effect = selection.effect("alpha", "participation_30d")
    assert effect is not None
    interval = f"(95% interval {100 * effect.low:.1f} to {100 * effect.high:.1f})"
    text = f"rises by {100 * effect.mean:.1f} percentage points {interval}"
    assert text in find(selection).text


def test_nothing_that_matters_is_called_nothing_that_matters(fake) -> None:
    found = finding(with_effects(fake, {"alpha": (0.1, 0.1, 0.1), "beta": (0.0, -0.2, 0.0)}))
    assert (found.kind, found.scenario) == ("null", None)
    assert found.text == (
        "Neither scenario changes participation, trust or new conflicts by as much as would matter."
    )


def test_what_cannot_be_told_apart_is_not_called_no_effect(fake) -> None:
    results = with_effects(fake, {"alpha": (0.5, 0.2, 0.3), "beta": (-0.5, 0.0, 0.1)}, noise=6.0)
    results.effects["verdict"] = "not_distinguishable"
    found = finding(results)
    assert found.kind == "null"
    assert "shows a clear effect on" in found.text
    assert "not the same as no effect" in found.text
    assert "rise" not in found.text and "fall" not in found.text


def test_a_result_of_harm_only_is_said_to_be_harm(fake) -> None:
    found = finding(with_effects(fake, {"alpha": (0.0, -4.0, 3.0), "beta": (0.0, -2.0, 0.0)}))
    assert (found.kind, found.scenario) == ("harm", "alpha")
    assert found.text.startswith("Neither scenario helps, and “Alpha” harms most: trust falls by")
    assert "new conflicts rise by" in found.text
    assert found.text.endswith(
        "at 2.0 yuan more per resident a year; the other does harm (“Beta”, on trust)."
    )


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
    assert "“Cheap” helps as much as any and costs least: participation rises by" in finding(results).text


def test_a_large_effect_is_not_as_much_as_a_larger_one(fake) -> None:
    results = with_effects(fake, {"cheap": (12.0, 0.0, 0.0), "dear": (30.0, 0.0, 0.0)})
    assert finding(results).text.startswith("Of two scenarios, “Dear” helps most")


def test_an_effect_that_is_too_small_never_makes_the_sentence(fake) -> None:
    found = finding(with_effects(fake, {"alpha": (4.0, 0.1, 0.0)}))
    assert "trust" not in found.text.split(";")[0]


def test_a_change_that_may_reach_what_matters_is_not_said_to_be_too_small(fake) -> None:
    results = with_effects(fake, {"alpha": (0.0, 0.0, 0.0), "beta": (0.0, 0.0, 0.0)}, noise=0.01)
    assert finding(results).text == (
        "Neither scenario changes participation, trust or new conflicts by as much as would matter."
    )
    results.effects.loc[results.effects["scenario"] == "beta", "verdict"] = "small"
    assert finding(results).text.endswith("by as much as would matter on average; that it does is not ruled out.")
    results.effects.loc[results.effects["scenario"] == "alpha", "verdict"] = "not_distinguishable"
    assert finding(results).text.endswith("or only one that is small, perhaps too small to matter.")


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


def test_a_scenario_that_helps_without_harm_is_named_before_one_that_also_harms(fake) -> None:
    found = finding(with_effects(fake, {"torn": (9.0, 9.0, 9.0), "plain": (2.0, 0.0, 0.0)}))
    assert (found.kind, found.scenario) == ("gain", "plain")
    assert found.text.endswith("; the other is mixed.")


def test_where_nothing_helps_without_harm_the_sentence_says_so(fake) -> None:
    found = finding(with_effects(fake, {"torn": (5.0, -5.0, 0.0), "idle": (0.0, 0.0, 0.0)}))
    assert (found.kind, found.scenario) == ("mixed", "torn")
    assert found.text.startswith("Neither scenario helps without also doing harm; “Torn” comes nearest: ")
    assert found.text.endswith("; the other shows no clear effect.")


def test_each_change_is_in_its_own_unit_and_only_the_first_says_what_the_brackets_hold(fake) -> None:
    text = finding(with_effects(fake, {"alpha": (4.0, 5.0, -3.0)})).text
    assert "percentage points (95% interval " in text and text.count("95% interval") == 1
    assert "on a scale of 0 to 1 (" in text and "per 1,000 residents a year (" in text


def test_one_world_is_said_to_allow_for_luck_only(fake) -> None:
    results = with_effects(fake, {"alpha": (4.0, 0.0, 0.0)}, holds="seed noise")
    results.runs["world"] = "point"
    text = finding(results).text
    assert text.startswith(
        "With one set of parameter values, ignoring how uncertain they are: “Alpha” helps: "
    )
    assert "uncertain" not in finding(with_effects(fake, {"alpha": (4.0, 0.0, 0.0)})).text


def test_what_became_of_the_others_adds_up(fake) -> None:
    effects = {
        "best": (9.0, 9.0, -9.0),
        "good": (4.0, 0.0, 0.0),
        "fine": (3.0, 0.0, 0.0),
        "torn": (4.0, -4.0, 0.0),
        "bad": (0.0, -4.0, 0.0),
        "worse": (0.0, -9.0, 4.0),
        "idle": (0.0, 0.0, 0.0),
    }
    text = finding(with_effects(fake, effects)).text
    assert text.startswith("Of seven scenarios, “Best” helps most: ")
    assert text.endswith(
        "; of the six others, two help, one is mixed, two do harm (above all “Worse”, on trust) "
        "and one shows no clear effect."
    )


def test_without_a_cost_no_price_is_named_and_free_is_said_to_be_free(fake) -> None:
    results = with_effects(fake, {"alpha": (4.0, 0.0, 0.0)})
    results.costs["incremental_per_resident"] = 0.0
    assert ", at no extra cost." in finding(results).text
    results.costs = results.costs.iloc[:0]
    assert "yuan" not in finding(results).text and "cost" not in finding(results).text


def test_what_only_the_number_of_comparisons_hides_is_not_called_no_difference(fake) -> None:
    results = with_effects(fake, {"alpha": (4.0, 0.0, 0.0), "beta": (3.0, 0.0, 0.0), "idle": (0.0, 0.0, 0.0)})
    hidden = (results.effects["scenario"] == "beta") & (results.effects["verdict"] == "better")
    results.effects.loc[hidden, "verdict"] = "not_distinguishable"
    found = finding(results)
    assert found.classes["beta"] == "unsure"
    assert found.text.startswith("Of three scenarios, only “Alpha” helps: ")
    assert found.text.endswith(
        "; of the two others, one may differ but not for sure and one shows no clear effect."
    )


def test_what_gains_far_more_for_its_money_has_a_sentence_of_its_own(fake) -> None:
    def found(alpha: float, beta: float, gain: float = 3.0):
        true = {"alpha": ("Alpha", (6.0, 5.0, 0.0), alpha), "beta": ("Beta", (gain, 0.0, 0.0), beta)}
        return finding(fake.fake_results(true=true, noise=0.05, **SMALL))

    dear = found(100.0, 2.0)
    assert dear.scenario == "alpha" and "Beta" not in dear.text
    (sentence,) = dear.beside
    assert sentence.startswith(
        "Of those that help on participation, “Beta” gains most for its money: participation rises by "
    )
    assert sentence.endswith("at 2.0 yuan more per resident a year.")
    assert dear.lines == [dear.text, sentence, CAVEAT]
    assert not found(100.0, 30.0).beside  # half as much for a third of the money is no bargain
    assert not found(100.0, 2.0, gain=0.2).beside and not found(100.0, 2.0, gain=-3.0).beside  # no help
    assert not found(-5.0, 2.0).beside and not found(1.0, 1.0).beside
    assert "gains most" in found(100.0, -2.0).beside[0]


def test_what_gains_more_of_the_same_is_named_with_the_reason_why_it_is_not_first(fake) -> None:
    def found(**true: tuple[float, float, float]):
        titled = {name: (name.title(), effects, 4.0) for name, effects in true.items()}
        return finding(fake.fake_results(true=titled, noise=0.05, **SMALL))

    # Beta raises participation by three points more; what it does to conflict hides behind the many comparisons.
    true = {"alpha": ("Alpha", (4.0, 0.0, 0.0), 4.0), "beta": ("Beta", (7.0, 0.0, 4.0), 4.0)}
    results = fake.fake_results(true=true, noise=0.05, **SMALL)
    hidden = (results.effects["scenario"] == "beta") & (results.effects["verdict"] == "worse")
    results.effects.loc[hidden, "verdict"] = "not_distinguishable"
    (sentence,) = finding(results).beside
    assert sentence.startswith("Of those that help on participation, “Beta” gains most: participation rises by ")
    assert sentence.endswith("; what it may do to new conflicts counts against it.")

    (sentence,) = found(alpha=(4.0, 3.0, 0.0), beta=(7.0, 0.0, 0.0)).beside
    assert sentence.endswith("; it helps on fewer outcomes.")
    assert not found(alpha=(4.0, 3.0, 0.0), beta=(4.3, 0.0, 0.0)).beside  # not by what matters
    assert not found(alpha=(7.0, 0.0, 0.0), beta=(4.0, 0.0, 0.0)).beside  # it is first
