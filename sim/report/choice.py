"""What to choose, in sentences: the pick of each rule, what it gives up, how sure that is, and who gets least."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from sim.report import words
from sim.report.people import level_words
from sim.vocabulary.outcomes import BY_NAME, HEADLINE

__all__ = ["UNIT", "choice_sentences", "wanted", "worst_words"]

UNIT: Final = (
    "A score is the mean of the effects on participation, trust and conflict, each in smallest changes that matter and "
    "weighted as asked."
)
FEW: Final = 20
"""Worlds below which it is said that the largest regret rests on one of few."""


def choice_sentences(
    decision: Any, spoken: Callable[[str], str], baseline: str, labels: Mapping[str, str]
) -> list[tuple[str, str]]:
    """Say what the rules pick, what the robust choice gives up, how sure it is, and who gets least.

    Parameters
    ----------
    decision
        A ``sim.analysis.decisions.Decision``.
    spoken
        An option's name as people say it.
    baseline
        Doing nothing.
    labels
        Names that people know groups and quarters by.

    Returns
    -------
    list of pairs
        What it is about ("How sure"), and the sentences.
    """
    rows = decision.options.set_index("scenario")
    robust = rows.loc[decision.robust]
    nothing = decision.robust == baseline
    found = [
        ("Robust choice", _named(decision, robust, spoken, nothing)),
        ("What it changes", "" if nothing else _changed(robust)),
        ("What it gives up", _given_up(decision, rows, spoken)),
        ("How sure", _sure(decision, robust, nothing)),
        ("Where it does harm", _harms(decision, robust)),
        ("Least favoured", "" if nothing or not robust["worst_by"] else worst_words(robust, labels)),
        ("Also", _others(decision, rows, spoken)),
    ]
    return [(what, said) for what, said in found if said]


def wanted(budget: float | None, targets: Mapping[str, float]) -> str:
    """What is wanted, as a clause after "met where"."""
    parts = []
    for name, change in targets.items():
        outcome = BY_NAME[name]
        size = words.difference(outcome, abs(change), abs(change), unit=True).lstrip("+")
        parts.append(f"{words.subject(outcome)} {words.verb(outcome, change >= 0.0)} by {size} or more")
    if not parts:
        things = words.join([words.subject(BY_NAME[name]) for name in HEADLINE], "or")
        parts.append(f"{things} is better by as much as matters and none of them is worse by as much")
    if budget is None:
        return words.join(parts)
    return f"{words.join(parts)}, and the cost stays within {words.money(budget)} yuan per resident a year"


def worst_words(row: Any, labels: Mapping[str, str]) -> str:
    """Who is least favoured by an option, on what, and whether they lose."""
    outcome, effect = BY_NAME[row["worst_outcome"]], float(row["worst_effect"])
    who = level_words(labels, row["worst_by"], row["worst_level"])
    size = words.difference(
        outcome,
        outcome.direction * effect * outcome.smallest_change,
        outcome.smallest_change / 10.0,
        unit=True,
    )
    how = (
        "they lose by as much as matters"
        if effect <= -1.0
        else "a loss, but smaller than matters"
        if effect < -0.1
        else "nobody loses in the mean"
    )
    return f"{who}, on {words.subject(outcome)} ({size}: {how})."


def _named(decision: Any, robust: Any, spoken: Callable[[str], str], nothing: bool) -> str:
    """The robust choice, what it costs, and how far it can miss."""
    what = (
        "do nothing; no affordable option misses less in its worst world."
        if nothing
        else f"{spoken(decision.robust)}, for {words.extra_money(robust['cost'])}."
    )
    return (
        f"{what} Whichever of the {decision.worlds} worlds is true, it scores at most {robust['regret_max']:.1f} below "
        f"the best affordable option there (regret; in the mean {robust['regret_mean']:.1f})."
    )


def _changed(robust: Any) -> str:
    """Mean effects and score."""
    effects = [
        f"{words.subject(BY_NAME[name])} {words.difference(BY_NAME[name], robust[name], unit=True)}"
        for name in HEADLINE
        if name in robust.index
    ]
    low, high = (words.signed(robust[name], 1) for name in ("score_low", "score_high"))
    score = words.signed(robust["score"], 1)
    told = robust["score_low"] > 0.0 or robust["score_high"] < 0.0
    more = "" if told else ", which cannot be told from doing nothing"
    return f"{words.join(effects)} in the mean; score {score} (95% interval {low} to {high}){more}."


def _sure(decision: Any, robust: Any, nothing: bool) -> str:
    """How often it is the best, meets what is wanted and does harm, and whether one world decides about it."""
    from sim.analysis.option_checks import stays_robust

    count = decision.worlds

    def often(share: float) -> str:
        return f"{round(share * count)} of {count}"

    stays = stays_robust(decision)
    met = f"meets what is wanted in {often(robust['satisfied'])} worlds, does harm in {often(robust['harms'])}, and "
    left_out = "always" if stays == count else f"{stays} of {count} times"
    text = (
        f"it {'' if nothing else met}scores highest in {often(robust['best_share'])}; with any one world left out it "
        f"stays the choice {left_out}."
    )
    if count < FEW:
        text += f" {words.count(count).capitalize()} worlds are few: the largest regret rests on one of them."
    return text


def _given_up(decision: Any, rows: Any, spoken: Callable[[str], str]) -> str:
    """What the robust choice gives up against the option with the highest mean score."""
    if decision.expected == decision.robust:
        return "nothing; it also has the highest mean score."
    expected, robust = rows.loc[decision.expected], rows.loc[decision.robust]
    lost = [
        f"{words.subject(BY_NAME[name])} {words.difference(BY_NAME[name], -value, unit=True)}"
        for name, value in decision.gives_up.items()
        if name != "score" and abs(value) >= BY_NAME[name].smallest_change / 10.0
    ]
    money = robust["cost"] - expected["cost"]
    price = f", at {words.extra_money(money)}" if round(money, 1) else ""
    return (
        f"in the mean {spoken(decision.expected)} scores {decision.gives_up['score']:.1f} more, but misses up to "
        f"{expected['regret_max']:.1f} in its worst world. Against it the robust choice has "
        f"{words.join(lost) or 'no difference that shows'}{price}."
    )


def _harms(decision: Any, robust: Any) -> str:
    """On which outcomes the robust choice does harm, and where it scores least."""
    harmed = [
        f"{words.subject(BY_NAME[name])} in {words.percent(robust[f'{name}_harmed'])} of worlds"
        for name in decision.gives_up
        if name != "score" and robust[f"{name}_harmed"] > 0.0
    ]
    return f"{words.join(harmed)}; it scores least in world {robust['worst_world']}." if harmed else ""


def _others(decision: Any, rows: Any, spoken: Callable[[str], str]) -> str:
    """What satisficing picks, where it is something else, and what is left out."""
    found = []
    share = float(rows.loc[decision.satisficing, "satisfied"])
    if decision.satisficing not in (decision.robust, decision.expected) and share > 0.0:
        name = spoken(decision.satisficing)
        found.append(f"what is wanted is most often met by {name} ({words.percent(share)} of worlds).")
    if decision.left_out:
        verb = "world is" if decision.left_out == 1 else "worlds are"
        found.append(f"{decision.left_out} {verb} left out, as some option lacks a run there.")
    return " ".join(found)
