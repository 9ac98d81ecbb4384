"""The ledger of claims as a page, as Markdown, and as lines at the terminal."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from sim.report import words
from sim.vocabulary.outcomes import BY_NAME

__all__ = ["FILENAME", "ORDER", "alarms", "effect_line", "ledger_markdown", "tally", "write_claims_page"]

FILENAME: Final = "claims.html"
ORDER: Final = ("contradicted", "conditions", "supported", "open", "wired", "untestable", "not_run")
"""Verdicts in the order in which a reader wants them: what speaks against the paper first."""
MARKS: Final = {"as_claimed": "▲", "against": "▽", "too_small": "≈", "open": "?", "missing": "–"}
"""Results of outcomes: with the claim, against it, too small, open."""


def alarms(ledger: Any) -> list[str]:
    """What must not be overlooked: wired claims that do not come out."""
    wrong = ledger.claims[ledger.claims["alarm"].astype(bool)]
    return [f"WARNING: {row.claim} ({row.text}) {row.why}." for row in wrong.itertuples(index=False)]


def tally(ledger: Any) -> str:
    """How often each verdict was given, in one sentence; wired claims are counted apart."""
    emergent = ledger.claims[ledger.claims["nature"] == "emergent"]
    count = emergent["verdict"].value_counts()
    named = {
        "supported": "supported",
        "conditions": "supported with conditions",
        "open": "not distinguishable from no effect that matters",
        "contradicted": "contradicted",
        "not_run": "not run",
    }
    parts = [f"{count[key]} {text}" for key, text in named.items() if count.get(key)]
    wired = ledger.claims[ledger.claims["nature"] == "wired"]
    failing = int(wired["alarm"].astype(bool).sum())
    rest = [f"{len(wired)} wired ones are no findings" + (f", and {failing} of them fail all the same" if failing else "")]
    untestable = int((ledger.claims["nature"] == "untestable").sum())
    rest += [f"{untestable} cannot be tested"] if untestable else []
    if not len(emergent):
        return f"{words.join(rest)}."
    return f"Of {len(emergent)} claims that can come out either way, {words.join(parts)}; {words.join(rest)}."


def effect_line(row: Any) -> str:
    """One effect with its interval: mark, what moved, by how much, and where."""
    outcome = BY_NAME[row.outcome]
    what = outcome.label if row.name == row.outcome else row.name.replace("_", " ")
    return f"{MARKS[row.result]} {what} {effect_text(row)}"


def effect_text(row: Any, prefix: str = "") -> str:
    """A difference with its interval and unit."""
    outcome = BY_NAME[row.outcome]
    mean, low, high = (float(getattr(row, f"{prefix}{name}")) for name in ("mean", "low", "high"))
    if math.isnan(mean):
        return "–"
    size = words.difference(outcome, mean, row.smallest_change, unit=True)
    return f"{size} ({words.interval(outcome, low, high, row.smallest_change)})"


def write_claims_page(ledger: Any, folder: Path | None = None) -> Path:
    """Write the ledger as one HTML page, whole or not at all."""
    folder = Path(ledger.folder) if folder is None else folder
    path = folder / FILENAME
    part = path.with_suffix(".html.part")
    part.write_text(claims_html(ledger), encoding="utf-8", newline="\n")
    part.replace(path)
    return path


def claims_html(ledger: Any) -> str:
    """The ledger as the text of one HTML page."""
    return "<p>" + tally(ledger) + "</p>"


def ledger_markdown(ledger: Any) -> str:
    """The ledger as Markdown."""
    return "\n".join(_markdown(ledger)) + "\n"


def _markdown(ledger: Any) -> Iterator[str]:
    yield tally(ledger)
