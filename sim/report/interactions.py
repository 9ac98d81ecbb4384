"""What a factorial is run for, as people read it: does one policy do more with another than without it?

Read out of the table ``interactions`` of a comparison (``docs/results.md``); nothing is judged here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sim.analysis.interactions import factors
from sim.report import words
from sim.report.selection import Selection
from sim.report.short_names import called, one_word
from sim.report.table import Table
from sim.vocabulary.outcomes import Outcome

__all__ = [
    "Lines",
    "interaction_lines",
    "interactions_said",
    "interactions_table",
    "is_value",
    "level_text",
    "main_table",
    "pairs_shown",
]

FEW: Final = 3
"""Interactions that the sentence names, and pairs of policies that are drawn."""
_JUDGED: Final = {
    "better": "better together",
    "worse": "worse together",
    "higher": "higher together",
    "lower": "lower together",
    "not_distinguishable": "no interaction can be told",
}


@dataclass(frozen=True, slots=True)
class Lines:
    """How one outcome moves with the doses of a policy, at some doses of another.

    ``label`` says at which dose of the other; ``doses`` and ``values`` are the line, as differences from both policies
    at their lowest dose. ``added`` is where it would be if effects added up, with the interaction's interval laid on
    it (``low``, ``high``); of the other's lowest dose these are empty.
    """

    label: str
    doses: tuple[float, ...]
    values: tuple[float, ...]
    added: tuple[float, ...] = ()
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()


def interactions_said(selection: Selection) -> str | None:
    """Which policies do better or worse with another than without it; None where the results do not say."""
    rows = _rows(selection, "interaction")
    if not rows:
        return None
    largest: dict[tuple[str, str, str], dict[str, Any]] = {}
    for row in sorted(rows, key=lambda row: (-_size(row), row["dose"], row["other_dose"])):
        if row["verdict"] in ("better", "worse"):
            largest.setdefault((row["policy"], row["other"], row["outcome"]), row)
    told = list(largest.values())
    known = {key[2] for key in largest}
    rest = [outcome for outcome in selection.outcomes if outcome.name not in known]
    open_: list[str] = []
    small: list[str] = []
    for outcome in rest:
        own = {row["verdict"] for row in rows if row["outcome"] == outcome.name}
        (open_ if "not_distinguishable" in own else small).append(words.subject(outcome))
    clauses = [_clause(selection, row) for row in told[:FEW]]
    if len(told) > FEW:
        clauses.append(f"{words.count(len(told) - FEW)} more such {'pair is' if len(told) == FEW + 1 else 'pairs are'} "
                       "in the table")
    if open_:
        clauses.append(f"{'no interaction can be told on' if not clauses else 'none can be told on'} "
                       f"{words.join(open_, 'or')}")
    if small:
        clauses.append(
            f"on {words.join(small)} {'every interaction' if not clauses else 'it'} is too small to matter"
        )
    text = "; ".join(clauses)
    more = "" if told or not open_ else " That is not the same as none: the intervals say how large one could be."
    return f"{text[:1].upper()}{text[1:]}.{more}"


def interactions_table(selection: Selection) -> Table | None:
    """One row for every two policies at their doses and outcome: the effect without, with, and the difference."""
    rows = _rows(selection, "interaction")
    if not rows:
        return None
    simple, found = _simple(selection), []
    for row in rows:
        outcome, small = _outcome(selection, row), float(row["smallest_change"])
        apart = _apart(simple, row)
        effects = ("–" if each is None else words.difference(outcome, each["mean"], small) for each in apart)
        named = _JUDGED.get(row["verdict"], words.VERDICT_WORDS.get(row["verdict"], row["verdict"]))
        if row["verdict"] == "not_distinguishable" and (row["low"] > 0.0 or row["high"] < 0.0):
            named = f"{named}: one of many"
        name = f"{_at(selection, row['policy'], row['dose'])} with {_at(selection, row['other'], row['other_dose'])}"
        found.append(
            (
                f"{name[:1].upper()}{name[1:]}",
                outcome.label,
                *effects,
                words.difference(outcome, row["mean"], small),
                words.interval(outcome, row["low"], row["high"], small),
                f"{words.MARKS.get(row['verdict'], '')} {named}",
            )
        )
    number = int(rows[0]["comparisons"])
    columns = ("Policies", "Outcome", "Effect without", "Effect with", "Difference", "95% interval", "In words")
    return Table(
        f"Interactions: what the first policy does without and with the second; verdicts allow for {number} of them",
        columns,
        tuple(found),
        frozenset({2, 3, 4, 5}),
    )


def main_table(selection: Selection) -> Table | None:
    """The effect of each policy at each dose, averaged over the doses of all others."""
    rows = _rows(selection, "main")
    if not rows:
        return None
    found = []
    for row in rows:
        outcome, small = _outcome(selection, row), float(row["smallest_change"])
        name = _at(selection, row["policy"], row["dose"])
        said = words.VERDICT_WORDS.get(row["verdict"], row["verdict"])
        found.append(
            (
                f"{name[:1].upper()}{name[1:]}",
                outcome.label,
                words.difference(outcome, row["mean"], small),
                words.interval(outcome, row["low"], row["high"], small),
                f"{words.MARKS.get(row['verdict'], '')} {said}",
            )
        )
    columns = ("Policy", "Outcome", "Difference", "95% interval", "Verdict")
    caption = "Main effects: each policy averaged over the doses of the others"
    return Table(caption, columns, tuple(found), frozenset({2, 3}))


def pairs_shown(selection: Selection) -> list[tuple[str, str]]:
    """The pairs of policies that are drawn: those with the largest interactions, the one with more doses first."""
    rows = _rows(selection, "interaction")
    if not rows:
        return []
    doses = _doses(selection)
    pairs = list(dict.fromkeys((row["policy"], row["other"]) for row in rows))
    size = {pair: max(_size(row) for row in rows if (row["policy"], row["other"]) == pair) for pair in pairs}
    kept = sorted(pairs, key=lambda pair: -size[pair])[:FEW]
    return [
        (a, b) if len(doses[a]) >= len(doses[b]) else (b, a) for a, b in pairs if (a, b) in kept
    ]


def interaction_lines(selection: Selection, pair: tuple[str, str], outcome: Outcome) -> list[Lines]:
    """One line for each of at most three doses of the second policy, along the doses of the first."""
    policy, other = pair
    doses = _doses(selection)
    simple = {_key(row): row for row in _rows(selection, "simple") if row["outcome"] == outcome.name}
    both = {_key(row): row for row in _rows(selection, "interaction") if row["outcome"] == outcome.name}

    def effect(own: str, dose: float, at: str, at_dose: float) -> float:
        row = simple.get((own, dose, at, at_dose, outcome.name))
        return math.nan if row is None else float(row["mean"])

    def interaction(dose: float, other_dose: float, column: str) -> float:
        row = both.get((policy, dose, other, other_dose, outcome.name)) or both.get(
            (other, other_dose, policy, dose, outcome.name)
        )
        return math.nan if row is None else float(row[column])

    start, rising = doses[policy][0], doses[policy][1:]
    lowest = doses[other][0]
    without = [0.0, *(effect(policy, dose, other, lowest) for dose in rising)]
    found = [Lines(_line_label(selection, other, lowest), (start, *rising), tuple(without))]
    for other_dose in _three(doses[other])[1:]:
        shift = effect(other, other_dose, policy, start)
        values = [shift, *(shift + effect(policy, dose, other, other_dose) for dose in rising)]
        added = [shift + value for value in without]
        ends = [
            (math.nan, *(added[i + 1] + interaction(dose, other_dose, column) for i, dose in enumerate(rising)))
            for column in ("low", "high")
        ]
        found.append(
            Lines(_line_label(selection, other, other_dose), (start, *rising), tuple(values), tuple(added), *ends)
        )
    return found


def _clause(selection: Selection, row: Mapping[str, Any]) -> str:
    """ "“Online channel” does better on trust with “Staff and funds” than without it (...)"."""
    outcome, small = _outcome(selection, row), float(row["smallest_change"])
    start, end = _apart(_simple(selection), row)
    doses = _doses(selection)
    titles = selection.results.experiment["factorial"]["policies"]

    def named(policy: str, dose: float) -> str:
        if is_value(selection, policy):
            return f"“{titles[policy]}” ({level_text(selection, policy, dose)})"
        return f"“{titles[policy]}”{f' (dose {dose:g})' if doses[policy] != [0.0, 1.0] else ''}"

    from_value = is_value(selection, row["other"])
    than = "without it" if row["other_from"] == 0.0 and not from_value else f"at dose {row['other_from']:g}"
    than = f"at {level_text(selection, row['other'], row['other_from'])}" if from_value else than
    both = ""
    if start is not None and end is not None:
        both = (
            f"{words.difference(outcome, end['mean'], small)} against "
            f"{words.difference(outcome, start['mean'], small)}, "
        )
    return (
        f"{named(row['policy'], row['dose'])} does {row['verdict']} on {words.subject(outcome)} with "
        f"{named(row['other'], row['other_dose'])} than {than}: {both}a difference of "
        f"{words.difference(outcome, row['mean'], small, unit=True)} (95% interval "
        f"{words.interval(outcome, row['low'], row['high'], small)})"
    )


def _rows(selection: Selection, kind: str) -> list[dict[str, Any]]:
    """The rows of one kind for the people and outcomes that the page is about."""
    table = selection.interactions
    if table is None:
        return []
    found = {outcome.name: i for i, outcome in enumerate(selection.outcomes)}
    own = [row for row in table[table["kind"] == kind].to_dict("records") if row["outcome"] in found]
    return sorted(own, key=lambda row: found[row["outcome"]])


def _doses(selection: Selection) -> dict[str, list[float]]:
    """The doses of each policy, from the lowest up."""
    return factors(selection.results.experiment["factorial"]["cells"])


def _simple(selection: Selection) -> dict[tuple[Any, ...], dict[str, Any]]:
    return {_key(row): row for row in _rows(selection, "simple")}


def _apart(
    simple: Mapping[tuple[Any, ...], dict[str, Any]], row: Mapping[str, Any]
) -> list[dict[str, Any] | None]:
    """Of an interaction, the two effects that it is the difference of: without the other policy, and with it."""
    return [simple.get(_key({**row, "other_dose": row[at]})) for at in ("other_from", "other_dose")]


def _key(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return row["policy"], row["dose"], row["other"], row["other_dose"], row["outcome"]


def _outcome(selection: Selection, row: Mapping[str, Any]) -> Outcome:
    return next(outcome for outcome in selection.outcomes if outcome.name == row["outcome"])


def _size(row: Mapping[str, Any]) -> float:
    """In smallest changes that matter."""
    return abs(float(row["mean"])) / float(row["smallest_change"] or 1.0)


def level_text(selection: Selection, policy: str, dose: float) -> str:
    """A dose, or the level of a factor that is no policy, as it was written."""
    levels = selection.results.experiment["factorial"].get("levels", {})
    return str(levels.get(policy, {}).get(f"{dose:g}", f"{dose:g}"))


def is_value(selection: Selection, policy: str) -> bool:
    """Whether a factor is a value and no policy."""
    return policy in selection.results.experiment["factorial"].get("levels", {})


def _at(selection: Selection, policy: str, dose: float) -> str:
    levels = selection.results.experiment["factorial"].get("levels")
    return called(policy, dose, _doses(selection)[policy], levels)


def _line_label(selection: Selection, policy: str, dose: float) -> str:
    if dose == 0.0 and not is_value(selection, policy):
        return f"without {one_word(policy)}"
    return f"with {_at(selection, policy, dose)}"


def _three(doses: list[float]) -> list[float]:
    """The lowest, a middle and the highest of many doses."""
    return doses if len(doses) <= 3 else [doses[0], doses[len(doses) // 2], doses[-1]]
