"""The ledger of claims in words: the sentence on top, one line an effect, and a page of Markdown."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, Final

from sim.report import words
from sim.vocabulary.outcomes import BY_NAME

__all__ = [
    "GROUPS",
    "MARKS",
    "ORDER",
    "alarms",
    "caveat",
    "condition_lines",
    "conditions",
    "effect_line",
    "effect_text",
    "grouped",
    "label",
    "ledger_markdown",
    "rules",
    "tally",
]

GROUPS: Final[Mapping[str, str]] = {
    "contradicted": "Contradicted",
    "conditions": "Supported with conditions",
    "supported": "Supported",
    "open": "Not distinguishable",
    "wired": "True by construction (no findings)",
    "untestable": "Not testable in the model",
    "not_run": "Not run",
}
"""Verdicts in the order in which a reader wants them: what speaks against the paper first."""
ORDER: Final = tuple(GROUPS)
MARKS: Final = {"as_claimed": "▲", "against": "▽", "too_small": "≈", "open": "?", "missing": "–"}
"""Results of outcomes; they differ in shape, so that they are read without colour."""
RESULT_WORDS: Final = {
    "as_claimed": "as claimed",
    "against": "against the claim",
    "too_small": "too small to matter",
    "open": "cannot be told from no change",
    "missing": "no figures",
}

CONDITIONS: Final = (
    "Rules were looked for in a small invented community, in worlds drawn from the whole ranges of all parameters, by "
    "a decision tree of at most two thresholds that saw one half of them. How many of the turned worlds a rule names "
    "(coverage), and how often it is right where it speaks (density), is told for the other half, which it has not "
    "seen."
)

_SHORT: Final = {
    " on a scale of 0 to 1": "",
    " -1 to 1": "",
    " ratio": "",
    " per 1,000 residents a year": " per 1,000 a year",
}
"""Units that say little in a table, and what stands for them."""


def rules(ledger: Any) -> str:
    """How verdicts are given, with the lines as they were drawn."""
    lines = ledger.about["rules"]
    names = ("level", "share_of_worlds", "share_against", "share_left")
    level, worlds, against, left = (words.percent(lines[name]) for name in names)
    return (
        "An outcome goes as claimed, or against the claim, where its whole 95% interval lies on that side, its mean is "
        f"at least the smallest change that matters, and its p-value stays below {level} after Holm's correction for "
        "all comparisons of claims that can come out either way. A claim is supported where all its outcomes go as "
        f"claimed among residents and in at least {worlds} of worlds, campus and everybody do not tell another story, "
        f"and at most {left} of each is left when the mechanism that it names is cut. It is supported with conditions "
        "where some of that "
        f"holds and not all, or where worlds differ by more than luck and {against} of them or more lie well on either "
        "side. It is contradicted where an outcome goes against it and none as claimed. It is not distinguishable "
        "otherwise: too small to matter, or not told from no change. Claims that are wired into the model are true by "
        "construction and no findings; they are checked all the same, and one that does not come out is told in a "
        "warning."
    )


def grouped(ledger: Any) -> list[tuple[str, list[Any]]]:
    """Claims by verdict, in the order of ``GROUPS``; a verdict that nobody got is left out."""
    rows = list(ledger.claims.itertuples(index=False))
    found = [(key, [row for row in rows if row.verdict == key]) for key in ORDER]
    return [(key, own) for key, own in found if own]


def alarms(ledger: Any) -> list[str]:
    """What must not be overlooked: wired claims that do not come out."""
    wrong = ledger.claims[ledger.claims["alarm"].astype(bool)]
    return [f"{row.claim} ({row.text.rstrip('.')}): {row.why}." for row in wrong.itertuples(index=False)]


def tally(ledger: Any) -> str:
    """How often each verdict was given, in one sentence; wired claims are counted apart."""
    emergent = ledger.claims[ledger.claims["nature"] == "emergent"]
    count = emergent["verdict"].value_counts()
    named = {
        "supported": "supported",
        "conditions": "supported with conditions",
        "open": "not to be told from no effect that matters",
        "contradicted": "contradicted",
        "not_run": "not run",
    }
    parts = [f"{count[key]} {_are(count[key])} {text}" for key, text in named.items() if count.get(key)]
    wired = ledger.claims[ledger.claims["nature"] == "wired"]
    failing = int(wired["alarm"].astype(bool).sum())
    rest = []
    if len(wired):
        rest.append(f"{len(wired)} {_are(len(wired))} wired in and no findings")
    if failing:
        rest[-1] += f", and {failing} of these {'does' if failing == 1 else 'do'} not come out all the same"
    untestable = int((ledger.claims["nature"] == "").sum() + (ledger.claims["nature"] == "untestable").sum())
    last = [f"{untestable} cannot be tested"] if untestable else []
    first = (
        f"Of {len(emergent)} claims that can come out either way, {words.join(parts)}"
        if len(emergent)
        else ""
    )
    text = "; ".join(part for part in (first, *rest, *last) if part)
    return f"{text[:1].upper()}{text[1:]}."


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def caveat(ledger: Any) -> str:
    """What the numbers are from, and what they hold."""
    about = ledger.about
    kept = about.get("kept") if about["draw"] == "matched" else None
    worlds = f"{about['worlds']} parameter worlds"
    if kept:
        share = words.percent(kept["worlds"] / kept["tried"])
        worlds += f" (history matching kept {kept['worlds']} of {kept['tried']} drawn, {share})"
    elif about["draw"] == "latin_hypercube":
        worlds += " (over the whole ranges of all parameters, matched to nothing)"
    seeds = f"{about['seeds']} seed{'' if about['seeds'] == 1 else 's'} in each"
    seeds += f" and one more in {about['repeated']} of them" if about.get("repeated") else ""
    return (
        f"{about['community']}, {about['residents']:,} residents, {about['days']} days after a burn-in of "
        f"{about['burn_in']}; {worlds}, {seeds}, the same luck in every arm. Effects are on residents who are not "
        f"students. 95% intervals hold {about['interval_holds']}; p-values are corrected for {about['comparisons']} "
        "comparisons (Holm)."
    )


def conditions(ledger: Any) -> list[dict[str, str]]:
    """Rules about the worlds in which claims turn, with how far they reach and how sure they are."""
    table = ledger.conditions
    found = []
    for row in table.to_dict("records") if len(table) else ():
        outcome = str(row["outcome"])
        name = BY_NAME[outcome].label if outcome in BY_NAME else outcome.replace("_", " ").capitalize()
        said = (
            str(row["rule"])
            if row["valid"] in (True, "True")
            else "no rule that holds in worlds it has not seen"
        )
        there = {"claim": str(row["claim"]), "outcome": name, "rule": said}
        for part in ("held_out", "confirmed"):
            worlds = row.get(f"{part}_worlds")
            known = worlds is not None and worlds == worlds
            there[part] = "–" if not known else _reach(row, part)
        found.append(there)
    return found


def _reach(row: Any, part: str) -> str:
    """Coverage and density in some worlds, beside what a rule that knows nothing would have."""
    turned, named, both, worlds = (
        int(row[f"{part}_{name}"]) for name in ("turned", "named", "both", "worlds")
    )
    return (
        f"names {both} of {turned} ({words.percent(both / turned if turned else math.nan)}), "
        f"right in {both} of {named} ({words.percent(both / named if named else math.nan)}; "
        f"{words.percent(turned / worlds)} of {worlds} worlds anyway)"
    )


def condition_lines(ledger: Any) -> list[str]:
    """The same as lines for the terminal."""
    return [
        f"{row['claim']} {row['outcome']}: {row['rule']}. In worlds kept back: {row['held_out']}."
        + ("" if row["confirmed"] == "–" else f" At full size: {row['confirmed']}.")
        for row in conditions(ledger)
    ]


def label(row: Any) -> str:
    """What an outcome is called, with its level where that is not the usual one."""
    outcome = BY_NAME[row.outcome]
    if row.name != row.outcome:
        return str(row.name).replace("_", " ").capitalize()
    return outcome.label + (" on campus" if getattr(row, "level", "") == "scope/campus" else "")


def effect_line(row: Any) -> str:
    """One effect with its interval: mark, what moved, and by how much."""
    return f"{MARKS[row.result]} {label(row)} {effect_text(row)}"


def effect_text(row: Any, prefix: str = "") -> str:
    """A difference with its interval and unit."""
    outcome = BY_NAME[row.outcome]
    mean, low, high = (float(getattr(row, f"{prefix}{name}")) for name in ("mean", "low", "high"))
    if math.isnan(mean):
        return "–"
    size = words.difference(outcome, mean, row.smallest_change, unit=True)
    for unit, short in _SHORT.items():
        size = size.replace(unit, short)
    return f"{size} ({words.interval(outcome, low, high, row.smallest_change)})"


def ledger_markdown(ledger: Any, source: str = "cgsim claims") -> str:
    """The ledger as a page of Markdown.

    Parameters
    ----------
    source
        The command that made it.
    """
    return "\n".join(_markdown(ledger, source)) + "\n"


def _markdown(ledger: Any, source: str) -> Iterator[str]:
    yield f"<!-- Written by `{source}`. Edit experiments/claims.yaml or the code, not this page. -->"
    yield from ("", f"# {ledger.about['title']}", "", str(ledger.about["question"]), "")
    yield from (f"**{tally(ledger)}**", "", caveat(ledger), "")
    for line in alarms(ledger):
        yield from (f"> **Warning.** {line}", "")
    yield (
        "Marks: "
        + ", ".join(
            f"{MARKS[key]} {RESULT_WORDS[key]}" for key in ("as_claimed", "against", "too_small", "open")
        )
        + "."
    )
    yield "In brackets: 95% intervals, then the share of worlds in which the direction holds."
    outcomes = ledger.outcomes
    main = outcomes[(outcomes["role"] == "judged") & outcomes["judged_level"].astype(bool)]
    for key, rows in grouped(ledger):
        yield from ("", f"## {GROUPS[key]}", "")
        if key == "untestable":
            yield from (f"- **{row.claim}** ({row.section}) {row.text} *{row.reason}*" for row in rows)
            continue
        yield "| | claim | what was found | why | without its mechanism |"
        yield "|---|---|---|---|---|"
        for row in rows:
            effects = "<br>".join(
                f"{effect_line(effect)}; {words.percent(effect.share_holds)}"
                for effect in main[main["claim"] == row.claim].itertuples(index=False)
            )
            where = row.section if row.section.startswith("not") else f"§{row.section}"
            left = row.ablation or row.reason or "–"
            yield f"| {row.claim} | {row.text} ({where}) | {effects} | {row.why or '–'} | {left} |"
    found = conditions(ledger)
    if found:
        yield from ("", "## Conditions under which claims turn", "", CONDITIONS, "")
        yield "| claim | outcome | rule | in worlds kept back | in the worlds above |"
        yield "|---|---|---|---|---|"
        for row in found:
            yield f"| {row['claim']} | {row['outcome']} | {row['rule']} | {row['held_out']} | {row['confirmed']} |"
    yield from ("", "## How verdicts are given", "", rules(ledger))
