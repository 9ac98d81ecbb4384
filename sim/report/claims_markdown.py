"""The ledger of claims as a page of Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sim.report import words
from sim.report.claims import (
    ABOUT_GROUPS,
    GROUPS,
    LEGEND,
    MARKS,
    RESULT_WORDS,
    alarms,
    arm,
    beyond,
    caveat,
    correction,
    effect_line,
    grouped,
    judged,
    label,
    rules,
    smallest,
    tally,
    where,
    why,
)
from sim.report.claims_conditions import about_conditions, conditions
from sim.report.claims_map import about_map, map_markdown, map_sentence

__all__ = ["ledger_markdown"]


def ledger_markdown(ledger: Any, source: str = "cgsim claims") -> str:
    """The ledger as a page of Markdown.

    Parameters
    ----------
    source
        The command that made it.
    """
    sections = (_head(ledger, source), _verdicts(ledger), _map(ledger), _conditions(ledger))
    parts = (*sections, _end(ledger))
    return "\n".join(line for part in parts for line in part) + "\n"


def _head(ledger: Any, source: str) -> Iterator[str]:
    yield f"<!-- Written by `{source}`. Edit experiments/claims.yaml or the code, not this page. -->"
    yield from ("", f"# {ledger.about['title']}", "", str(ledger.about["question"]), "")
    yield from (f"**{tally(ledger)}**", "", f"{caveat(ledger)} {correction(ledger)}", "")
    if ledger.about.get("description"):
        yield from (str(ledger.about["description"]), "")
    for line in alarms(ledger):
        yield from (f"> **Warning.** {line}", "")
    yield "Marks: " + ", ".join(f"{MARKS[key]} {RESULT_WORDS[key]}" for key in LEGEND) + "."
    yield (
        "In round brackets: the 95% interval of the mean over worlds. Then the share of worlds in which the claimed "
        "direction holds."
    )


def _text(text: str) -> str:
    """People's text inside a table of Markdown: no cell ends in it, and nothing in it is a tag or code."""
    return re.sub(r"[|`]", r"\\\g<0>", text.replace("<", "&lt;")).replace("\n", " ")


def _verdicts(ledger: Any) -> Iterator[str]:
    main = judged(ledger)
    for key, rows in grouped(ledger):
        yield from ("", f"## {GROUPS[key]}", "")
        if key in ABOUT_GROUPS:
            yield from (ABOUT_GROUPS[key], "")
        if key == "untestable":
            yield from (f"- **{row.claim}** ({where(row)}) {_text(row.text)} *{_text(row.reason)}*" for row in rows)
            continue
        yield "| | claim | what was found | why | without its mechanism |"
        yield "|---|---|---|---|---|"
        for row in rows:
            effects = "<br>".join(
                f"{effect_line(effect)}; {words.percent(effect.share_holds)}{beyond(effect)}"
                for effect in main[main["claim"] == row.claim].itertuples(index=False)
            )
            left = _text(row.ablation or row.reason or "–")
            yield f"| {row.claim} | {_text(row.text)} ({where(row)}) | {effects} | {_text(why(row)) or '–'} | {left} |"


def _map(ledger: Any) -> Iterator[str]:
    if len(ledger.map):
        yield from ("", "## What hangs on due times, staff and hours", "", about_map(ledger.about), "")
        yield from (map_sentence(ledger.map), "", *map_markdown(ledger.map))


def _conditions(ledger: Any) -> Iterator[str]:
    found = conditions(ledger)
    if found:
        yield from ("", "## Conditions under which claims turn", "", about_conditions(ledger), "")
        yield "| claim | outcome | condition | in worlds kept back | in the worlds of this page |"
        yield "|---|---|---|---|---|"
        for row in found:
            yield f"| {row['claim']} | {row['outcome']} | {row['rule']} | {row['held_out']} | {row['confirmed']} |"


def _end(ledger: Any) -> Iterator[str]:
    yield from ("", "## How verdicts are given", "")
    yield from (f"- {line}" for line in rules(ledger))
    tested = ledger.claims[ledger.claims["treatment"] != ""]
    yield from ("", "## What each experiment compares", "")
    yield (
        "Judged by: which way each outcome should go, and the smallest change of it that matters, which is a "
        "judgement. On the way: what else moved, shown and not judged."
    )
    yield from ("", "| | with | without | judged by | on the way | runs through | note |")
    yield "|---|---|---|---|---|---|---|"
    main, shown = judged(ledger), judged(ledger, "shown")
    for row in tested.itertuples(index=False):
        own = main[main["claim"] == row.claim].itertuples(index=False)
        by = "; ".join(f"{label(outcome)} {outcome.expected}, {smallest(outcome)}" for outcome in own)
        along = "<br>".join(effect_line(o) for o in shown[shown["claim"] == row.claim].itertuples(index=False))
        arms = _text(arm(row.treatment)), _text(arm(row.control))
        cells = (row.claim, *arms, by, along, row.mechanisms, _text(row.note))
        yield f"| {' | '.join(text or '–' for text in cells)} |"
