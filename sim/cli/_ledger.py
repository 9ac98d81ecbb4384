"""The ledger of claims at the terminal."""

from __future__ import annotations

from typing import Any

import click

__all__ = ["print_ledger"]

SHORT = {
    "turns": "turns from world to world",
    "small": "too small to matter",
    "open": "cannot be told",
    "broken": "wired, and does not come out",
    "unsure": "wired, cannot be told",
}
"""Verdicts that a word of the ledger alone does not tell apart."""


def print_ledger(ledger: Any) -> None:
    """Print one row a claim, what was found for residents, and how often each verdict was given."""
    from sim.cli._output import print_table
    from sim.report.claims import alarms, effect_line, grouped, tally

    lines = []
    own = ledger.outcomes[(ledger.outcomes["role"] == "judged") & ledger.outcomes["judged_level"]]
    for key, rows in grouped(ledger):
        for row in rows:
            effects = [effect_line(effect) for effect in own[own["claim"] == row.claim].itertuples(index=False)]
            said = SHORT.get(key, row.words) + (" (!)" if row.alarm else "")
            lines.append((row.claim, row.text, said, "\n".join(effects)))
    print_table(("", "claim", "verdict", "effects on residents"), lines)
    click.echo(f"\n{tally(ledger)}")
    for line in alarms(ledger):
        click.echo(f"WARNING: {line}")
