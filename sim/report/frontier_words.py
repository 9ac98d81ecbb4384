"""A frontier of packages in words: the sentence on top, what a package holds, and when it fails.

The rules of the sentence
-------------------------
1. Only the tested packages whose mean cost in the worlds held out keeps the budget count, by their verdicts there on
   participation, trust and conflict among residents. A package *helps* when it is better on at least one and worse on
   none, is *mixed* when it is both, and *harms* when it is worse on one and better on none.
2. Where none helps, the sentence says so, and how many do harm.
3. Where one package helps and every other that helps costs at least as much and has no better mean on any outcome, it
   is said to beat them all (or to be the only one that helps).
4. Otherwise it is a trade-off between the cheapest that helps and, of the others that help, the one with the highest
   score.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from sim.analysis.verdicts import only_small
from sim.report import words
from sim.report.finding import helps_or_harms
from sim.vocabulary.outcomes import BY_NAME, HEADLINE

__all__ = ["RULES", "Finding", "contents", "failing_why", "find", "letters", "package_words", "rule_words"]

RULES: Final = (
    "Only the packages tested in the worlds held out count, and of these the ones that keep the budget there, by their "
    "verdicts on participation, trust and conflicts among residents. A package helps when it is better on at least one "
    "and worse on none, is mixed when it is both, and harms when it is worse on one and better on none. One package "
    "beats the others that help when none of them is cheaper, and none has a better mean on any outcome. Otherwise it "
    "is a trade-off, and two are named: the cheapest that helps and, of the others that help, the one with the highest "
    "score. Changes that are too small to matter or cannot be told from no change are never called a rise or a fall."
)
_MOST_NAMED: Final = 3
"""Levers of a package that the sentence names; of more it gives the number."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The sentence, which rule spoke, and the packages that it names."""

    text: str
    kind: Literal["null", "harm", "mixed", "one", "trade_off"]
    named: tuple[str, ...]


def letters(packages: Sequence[str]) -> dict[str, str]:
    """A letter for each package, in their order: A to Z, then AA and so on."""

    def letter(place: int) -> str:
        more, own = divmod(place, 26)
        return (letter(more - 1) if more else "") + chr(ord("A") + own)

    return {package: letter(place) for place, package in enumerate(packages)}


def contents(row: Any, levers: Sequence[str]) -> list[tuple[str, float]]:
    """What a package holds: title and dose of each lever that has one."""
    from sim.policies import get, names

    known = set(names())
    return [
        (get(lever).title if lever in known else lever.replace("_", " "), float(row[lever]))
        for lever in levers
        if row[lever] > 0.0
    ]


def package_words(row: Any, levers: Sequence[str]) -> str:
    """What a package holds, as a list."""
    return ", ".join(f"{title} {dose:g}" for title, dose in contents(row, levers))


def find(
    rows: Sequence[Mapping[str, Any]], scores: Mapping[str, float], levers: Sequence[str], worlds: int
) -> Finding:
    """The sentence; the rules stand at the top of this module.

    Parameters
    ----------
    rows
        The packages tested, the cheapest first (rows of ``tables/frontier.csv``).
    scores
        Mean score of each package.
    levers
        The levers searched.
    worlds
        How many worlds were held out.
    """
    marks = letters([row["package"] for row in rows])
    allowed = [row for row in rows if row["affordable"]]
    classes = {row["package"]: _class(row) for row in allowed}
    helping = [row for row in allowed if classes[row["package"]] == "helps"]
    where = f"In {words.count(worlds)} worlds that the search had not seen, "
    count = len(allowed)
    if not helping:
        kind, text, named = _none(allowed, classes, marks, levers)
        return Finding(where + text, kind, named)
    first = helping[0]
    better = [row for row in helping[1:] if _better_somewhere(row, first)]
    if not better:
        return Finding(where + _one(first, len(helping), count, marks, levers), "one", (first["package"],))
    second = max(better, key=lambda row: (scores[row["package"]], -row["cost"]))
    met = " and in ".join(dict.fromkeys(words.percent(row["satisfied"]) for row in (first, second)))
    text = (
        f"{words.count(len(helping))} of {words.count(count)} packages help, and which to take depends on what counts: "
        f"with {_said(first, marks, levers)}, the cheapest, {_changes(first)}; with {_said(second, marks, levers)} "
        f"{_changes(second, first=False)}. What is wanted is met in {met} of these worlds."
    )
    return Finding(where + text, "trade_off", (first["package"], second["package"]))


def _one(
    first: Mapping[str, Any], helping: int, count: int, marks: Mapping[str, str], levers: Sequence[str]
) -> str:
    """Rule 3: one package beats all others that help, or is the only one."""
    said = _said(first, marks, levers)
    if helping > 1:
        rest = "the other that helps" if helping == 2 else f"the {words.count(helping - 1)} others that help"
        none = "which is neither" if helping == 2 else "none of which is"
        lead = f"{said} beats {rest}, {none} cheaper {'nor' if helping == 2 else 'or'} better on any outcome"
    elif count > 1:
        lead = f"of {words.count(count)} packages only {said} helps"
    else:
        lead = f"{said} helps"
    return f"{lead}: {_changes(first)}. What is wanted is met in {words.percent(first['satisfied'])} of these worlds."


def failing_why(text: str) -> str:
    """The reasons of ``tables/failing.csv`` in words, "too little gained in 3; trust worse in 2"."""
    said = {"little": "too little gained", "budget": "over the budget"}
    parts = []
    for entry in str(text).split():
        kind, _, count = entry.rpartition("=")
        name = kind.partition(":")[2]
        if kind.startswith("harm:"):
            outcome = BY_NAME[name]
            worse = "more conflicts" if name == "conflicts_per_1000" else f"{words.subject(outcome)} worse"
            parts.append(f"{worse} in {count}")
        elif kind.startswith("target:"):
            parts.append(f"target for {words.subject(BY_NAME[name])} missed in {count}")
        else:
            parts.append(f"{said.get(kind, kind)} in {count}")
    return "; ".join(parts)


def rule_words(row: Mapping[str, Any], stressed: str | None) -> str:
    """The rule about the worlds in which a package fails, or why there is none.

    Parameters
    ----------
    row
        A row of ``tables/failing.csv``.
    stressed
        The community in which rules were looked for, where that was not in the worlds held out.
    """
    looked = int(row["looked_worlds"])
    where = (
        f"{looked} worlds over the whole ranges in {stressed}"
        if row["looked_in"] == "stress"
        else "these worlds"
    )
    if row["status"] == "few":
        return f"{looked} worlds are too few to look for a rule."
    if row["status"] == "one_sided":
        failed = int(row["looked_failed"])
        rare = "too few" if 2 * failed < looked else "all but too few"
        return (
            f"No rule: it fails in {failed} of {where}, {rare} for one."
            if row["looked_in"] == "stress"
            else ""
        )
    if row["status"] == "none":
        return f"Nothing known of {where} tells those in which it fails from the others."
    if row["status"] == "not_valid":
        return f"No rule from {where} that holds in worlds it was not found in."
    side = "Fails" if row["fails"] in (True, "True") else "Does what is wanted"
    text = f"{side} where {row['rule']}: {_reach(row, 'kept_back')}, in worlds kept back of {where}"
    confirmed = row.get("confirmed_worlds")
    if confirmed is not None and confirmed == confirmed and confirmed:
        text += f"; {_reach(row, 'confirmed')} in the worlds held out"
    return f"{text}."


def _reach(row: Mapping[str, Any], part: str) -> str:
    """How far a rule reaches and how sure it is, beside what one that knows nothing would have."""
    worlds, turned, named, both = (
        int(row[f"{part}_{name}"]) for name in ("worlds", "turned", "named", "both")
    )
    return (
        f"names {both} of {turned} such worlds, right in {both} of {named} "
        f"({words.percent(turned / worlds)} of {worlds} anyway)"
    )


def _class(row: Mapping[str, Any]) -> str:
    verdicts = {row[f"{name}_verdict"] for name in HEADLINE if f"{name}_verdict" in row}
    return helps_or_harms(verdicts)


def _better_somewhere(row: Mapping[str, Any], first: Mapping[str, Any]) -> bool:
    """Whether a package has a better mean than another on some outcome; it is the dearer one by its place."""
    return any((row[name] - first[name]) * BY_NAME[name].direction > 0.0 for name in HEADLINE if name in row)


def _none(
    rows: Sequence[Mapping[str, Any]],
    classes: Mapping[str, str],
    marks: Mapping[str, str],
    levers: Sequence[str],
) -> tuple[Literal["null", "harm", "mixed"], str, tuple[str, ...]]:
    """Rule 2: none helps."""
    if not rows:
        return "null", "no package that was tested keeps the budget.", ()
    kinds = list(classes.values())
    which = words.none_of(len(rows), "package") if len(rows) > 1 else "the one package tested"
    lead = f"{which} is {'' if len(rows) > 1 else 'not '}better than doing nothing"
    harms = kinds.count("harms")
    harm = f"{words.count(harms)} {'does' if harms == 1 else 'do'} harm"
    if "mixed" in kinds:
        mixed = next(row for row in rows if classes[row["package"]] == "mixed")
        good, bad = _changes(mixed), _changes(mixed, "worse", first=False)
        said, more = _said(mixed, marks, levers), f"; {harm} and no good" if harms else ""
        text = (
            f"{lead} without doing harm: with {said}, the cheapest that does both, {good}, but {bad}{more}."
        )
        return "mixed", text, (mixed["package"],)
    if harms:
        return "harm", f"{lead}, and {harm}.", ()
    verdicts = {row[f"{name}_verdict"] for row in rows for name in HEADLINE if f"{name}_verdict" in row}
    if only_small(verdicts):
        average = " on average" if "small" in verdicts else ""
        return "null", f"{lead}: no change is as large as would matter{average}.", ()
    return "null", f"{lead} by anything that can be told; that is not the same as no effect.", ()


def _said(row: Mapping[str, Any], marks: Mapping[str, str], levers: Sequence[str]) -> str:
    """A package as the sentence names it: its letter, what it holds if that is little, and its cost."""
    held = contents(row, levers)
    what = (
        words.join([f"{title.lower()} at {dose:g}" for title, dose in held])
        if len(held) <= _MOST_NAMED
        else f"{words.count(len(held))} levers"
    )
    return f"{marks[row['package']]} ({what}; {words.extra_money(row['cost'])})"


def _changes(row: Mapping[str, Any], verdict: str = "better", first: bool = True) -> str:
    """What changes, by the verdicts; the first interval says that it is one."""
    names = [name for name in HEADLINE if row.get(f"{name}_verdict") == verdict]
    return words.join(
        [
            words.change_sentence(
                BY_NAME[name],
                row[name],
                row[f"{name}_low"],
                row[f"{name}_high"],
                BY_NAME[name].smallest_change,
                first=first and i == 0,
            )
            for i, name in enumerate(names)
        ]
    )
