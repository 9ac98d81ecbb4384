"""The ledger of claims at the terminal."""

from __future__ import annotations

import shutil
import sys
from typing import Any

import click

__all__ = ["print_ledger"]

_WIDEST = 140
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
    from rich import box
    from rich.console import Console
    from rich.table import Table

    from sim.report.claims import alarms, effect_line, grouped, tally

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for title in ("", "claim", "verdict", "effects on residents"):
        table.add_column(title, overflow="fold")
    own = ledger.outcomes[(ledger.outcomes["role"] == "judged") & ledger.outcomes["judged_level"]]
    for key, rows in grouped(ledger):
        for row in rows:
            effects = [effect_line(effect) for effect in own[own["claim"] == row.claim].itertuples(index=False)]
            said = SHORT.get(key, row.words) + (" (!)" if row.alarm else "")
            table.add_row(row.claim, row.text, said, "\n".join(effects))
    wide = shutil.get_terminal_size((_WIDEST, 24)).columns if sys.stdout.isatty() else _WIDEST
    Console(width=wide, highlight=False, markup=False, emoji=False, color_system=None).print(table)
    click.echo(f"\n{tally(ledger)}")
    for line in alarms(ledger):
        click.echo(f"WARNING: {line}")
