"""Numbers and verdicts in plain words, the same in the brief, the tables and at the terminal."""

from __future__ import annotations

import math
from typing import Final

from sim.vocabulary.outcomes import Outcome

__all__ = [
    "MARKS",
    "MINUS",
    "VERDICT_WORDS",
    "change_sentence",
    "count",
    "difference",
    "difference_unit",
    "extra_money",
    "gap",
    "interval",
    "join",
    "money",
    "percent",
    "short_unit",
    "subject",
    "value",
    "verb",
    "window_words",
]

MINUS: Final = "\u2212"

MARKS: Final = {
    "better": "▲",
    "worse": "▽",
    "too_small": "≈",
    "small": "≈?",
    "not_distinguishable": "?",
    "higher": "↑",
    "lower": "↓",
    "not_delivered": "=",
}
"""A mark for each verdict; they differ in shape, so that they are read without colour."""

VERDICT_WORDS: Final = {
    "better": "better",
    "worse": "worse",
    "too_small": "too small to matter",
    "small": "small, perhaps too small to matter",
    "not_distinguishable": "cannot be told from no change",
    "higher": "higher",
    "lower": "lower",
    "not_delivered": "no verdict: the same as the baseline",
}

# Subject and its verbs; other outcomes use their label and the singular.
_SUBJECTS: Final = {
    "participation_30d": ("participation", "rises", "falls"),
    "participation_365d": ("participation over a year", "rises", "falls"),
    "trust": ("trust", "rises", "falls"),
    "trust_experienced": ("trust among those who met the service", "rises", "falls"),
    "conflicts_per_1000": ("new conflicts", "rise", "fall"),
}
_WINDOWS: Final = {
    "year_1": "first year",
    "year_2": "second year",
    "last_90": "last 90 days",
    "horizon": "whole horizon",
}


def window_words(window: str) -> str:
    """``year_1`` as "first year"."""
    return _WINDOWS.get(window, window.replace("_", " "))


def subject(outcome: Outcome) -> str:
    """What the outcome is called in a sentence."""
    return _SUBJECTS.get(outcome.name, (outcome.label[:1].lower() + outcome.label[1:],))[0]


def gap(outcome: Outcome) -> str:
    """What a gap in the outcome is called above a panel."""
    return f"Gap in {subject(outcome)}"


def verb(outcome: Outcome, up: bool) -> str:
    """ "rises" or "falls", in the number that the subject has."""
    verbs = _SUBJECTS.get(outcome.name, ("", "rises", "falls"))
    return verbs[1] if up else verbs[2]


def value(outcome: Outcome, number: float) -> str:
    """A level of the outcome: shares as per cent, others with the outcome's digits; a dash where missing."""
    if math.isnan(number):
        return "–"
    if outcome.unit == "share":
        return percent(number, 1)
    return f"{number:,.{outcome.digits}f}".replace("-", MINUS)


def difference(
    outcome: Outcome, number: float, smallest_change: float | None = None, unit: bool = False
) -> str:
    """A signed difference: shares in percentage points, digits fit for the smallest change that matters."""
    if math.isnan(number):
        return "–"
    scale = 100.0 if outcome.unit == "share" else 1.0
    smallest = scale * (outcome.smallest_change if smallest_change is None else smallest_change)
    digits = max(0, -math.floor(math.log10(smallest / 2.0))) if smallest > 0 else outcome.digits
    text = f"{abs(number * scale):,.{digits}f}"
    sign = "" if not text.strip("0.,") else ("+" if number > 0 else MINUS)
    return f"{sign}{text}{' ' + difference_unit(outcome) if unit else ''}"


def interval(outcome: Outcome, low: float, high: float, smallest_change: float | None = None) -> str:
    """An interval of differences, "+3.1 to +5.3"."""
    if math.isnan(low) or math.isnan(high):
        return "–"
    return f"{difference(outcome, low, smallest_change)} to {difference(outcome, high, smallest_change)}"


def difference_unit(outcome: Outcome) -> str:
    """The unit of a difference: percentage points for shares."""
    return "points" if outcome.unit == "share" else short_unit(outcome)


def short_unit(outcome: Outcome) -> str:
    """The unit as written after a number or beside an axis."""
    return {"share": "%", "0 to 1": "on a scale of 0 to 1"}.get(outcome.unit, outcome.unit)


def change_sentence(
    outcome: Outcome, mean: float, low: float, high: float, smallest_change: float, first: bool = True
) -> str:
    """ "participation rises by 4.2 percentage points (95% interval 3.1 to 5.3)": a change as a clause.

    Only the ``first`` of several clauses says what stands in the brackets; the others hold numbers alone.
    """
    size = difference(outcome, abs(mean), smallest_change).lstrip("+")
    # In a falling clause the interval is turned round, so that both ends read as amounts of the fall.
    ends = (low, high) if mean >= 0 else (-high, -low)
    plain = [difference(outcome, end, smallest_change).lstrip("+") for end in ends]
    unit = "percentage points" if outcome.unit == "share" else short_unit(outcome)
    moved = f"{subject(outcome)} {verb(outcome, mean >= 0)} by {size} {unit}"
    if math.isnan(low) or math.isnan(high):
        return moved
    return f"{moved} ({'95% interval ' if first else ''}{plain[0]} to {plain[1]})"


def count(number: int) -> str:
    """A count as it is written in a sentence: words up to ten, digits beyond."""
    spelled = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    return spelled[number] if 0 <= number < len(spelled) else str(number)


def none_of(number: int, noun: str) -> str:
    """ "neither scenario" of two, "none of the five scenarios" of more."""
    return f"neither {noun}" if number == 2 else f"none of the {count(number)} {noun}s"


def signed(number: float, digits: int) -> str:
    """A number with its sign, and none where it rounds to zero; a dash where missing."""
    if math.isnan(number):
        return "–"
    text = f"{number:+.{digits}f}"
    return text.lstrip("+-") if float(text) == 0.0 else text.replace("-", MINUS)


def percent(share: float, digits: int = 0) -> str:
    """A share as per cent; a dash where missing."""
    return "–" if math.isnan(share) else f"{100.0 * share:.{digits}f}%".replace("-", MINUS)


def money(amount: float, signed: bool = False) -> str:
    """Yuan with one decimal below 100 and none above; a dash where missing."""
    if math.isnan(amount):
        return "–"
    text = f"{abs(amount):,.{1 if abs(amount) < 100 else 0}f}"
    sign = "" if not text.strip("0.,") else MINUS if amount < 0 else "+" if signed else ""
    return f"{sign}{text}"


def extra_money(amount: float) -> str:
    """A cost beyond the baseline as a clause, "4.2 yuan more per resident a year"."""
    if round(amount, 1) == 0.0:
        return "no extra cost"
    return f"{money(abs(amount))} yuan {'more' if amount > 0 else 'less'} per resident a year"


def join(parts: list[str], last: str = "and") -> str:
    """ "a", "a and b", "a, b and c"."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {last} {parts[-1]}" if parts else ""
