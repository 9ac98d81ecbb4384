"""What else carries an effect, as a section of the ledger's page and as lines for the terminal."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from sim.analysis.carriers.measure import TELLING
from sim.analysis.carriers.reading import MOST, Left, Reading, readings_of
from sim.analysis.carriers.words import left_words, mechanisms, reading_words
from sim.report import words
from sim.vocabulary.outcomes import BY_NAME

__all__ = ["TITLE", "about_carriers", "carrier_lines", "carriers"]

TITLE: Final = "What carries an effect that its mechanism does not"


def about_carriers(ledger: Any) -> list[str]:
    """Where it was looked for and how, in paragraphs."""
    facts = ledger.about.get("carriers") or {}
    small, full = facts.get("small"), facts.get("full")
    where = "in a small community" if not small else f"in {_place(small)}"
    confirmed = "" if not full else f" What leads there was tried again in {_place(full)}."
    return [
        "Of some effects a share is left although the mechanism that the claim names is cut. To find what carries it, "
        f"each other mechanism was cut as well, {where}: the same arms, the same worlds, the same luck.{confirmed}",
        f"A mechanism carries an effect where at least {words.percent(TELLING)} of what was left is lost with it, told "
        "from nothing after Holm's correction for all that were tried; or where without it treatment and control are "
        "the same in every world, to the last digit. The shares of several can add up to more than all, because each "
        "step of a chain carries all of it. An effect is direct where with every other mechanism cut at once more than "
        f"{words.percent(MOST)} of it is left, by the whole interval: what the treatment gives is then an input of the "
        "outcome itself. A share says what the effect needs, not that the mechanism passes something on: a cut changes "
        "the community that the treatment meets, too.",
    ]


def _place(facts: Any) -> str:
    matched = "history-matched " if facts["draw"] == "matched" else ""
    return f"{facts['community']} ({facts['residents']:,} residents, {facts['worlds']} {matched}worlds)"


def carriers(ledger: Any) -> list[dict[str, str]]:
    """For each outcome in question: what is left without its mechanism, and what carries that in each place."""
    paths = dict(zip(ledger.claims["claim"], ledger.claims["cuts"], strict=True))
    found: dict[tuple[str, str], dict[str, str]] = {}
    for reading in readings_of(ledger.carriers):
        row = found.setdefault(
            (reading.claim, reading.name),
            {"claim": reading.claim, "outcome": _label(reading.name), "small": "–", "full": "–"},
        )
        row[reading.place] = _cell(reading, paths)
    return list(found.values())


def _cell(reading: Reading, paths: Mapping[str, str]) -> str:
    """All that was found of one outcome in one place."""
    if reading.kind == "unclear":
        return "Too little is left without its mechanism to tell what carries it."
    said, share = reading_words(reading), words.percent(reading.named.share)
    lines = [
        f"{said[:1].upper()}{said[1:]}.",
        "Of the effect as a whole too little is left to tell how much it is."
        if reading.named.small
        else f"{share} of the effect is left without its mechanism.",
    ]
    if reading.carriers and reading.rest is not None and not math.isnan(reading.rest.share):
        lines.append(f"With all that can be cut: {left_words(reading.rest)}.")
    lines += [f"Held back by {mechanisms(own.cut)}: without that {left_words(own)}." for own in reading.against]
    lines += [_path(own, paths) for own in reading.paths]
    if reading.still and reading.kind != "direct":
        lines.append(f"Nothing moves without {mechanisms(reading.still)}, which says nothing of a path.")
    return " ".join(lines)


def _path(left: Left, paths: Mapping[str, str]) -> str:
    return f"Where {paths.get(left.cut[0]) or left.cut[0]}, {left_words(left)}."


def _label(name: str) -> str:
    return BY_NAME[name].label if name in BY_NAME else name.replace("_", " ").capitalize()


def carrier_lines(table: Any, paths: Mapping[str, str]) -> list[str]:
    """The readings of a table as lines for the terminal; ``paths`` say what the ablation of a claim cuts."""
    place = {"small": "small community", "full": "full size"}
    return [
        f"{reading.claim} {_label(reading.name)}, {place[reading.place]}: {_cell(reading, paths)}"
        for reading in readings_of(table)
    ]
