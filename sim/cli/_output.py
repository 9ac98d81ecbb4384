"""What several commands say, and where: results on standard output, all else on standard error."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table

__all__ = ["print_json", "print_table", "records", "stopped", "teller"]

_WIDEST = 140


def print_json(data: Any) -> None:
    """Print data as JSON on standard output."""
    click.echo(json.dumps(data, indent=2, ensure_ascii=False, default=str))


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as plain data; a missing value is null, because JSON knows no NaN."""
    return table.astype(object).where(table.notna(), None).to_dict("records")


def print_table(table: Table) -> None:
    """Print a Rich table: as wide as the terminal, or as wide as it likes in a file or pipe; cut off it is no table."""
    from rich.console import Console

    wide = shutil.get_terminal_size((_WIDEST, 24)).columns if sys.stdout.isatty() else _WIDEST
    Console(width=wide, highlight=False, markup=False, emoji=False, color_system=None).print(table)


def teller(quiet: bool) -> Callable[[str], None] | None:
    """A way to tell what is planned, on standard error so that standard output stays for results; None when quiet."""
    return None if quiet else lambda text: click.echo(text, err=True)


def stopped(folder: Path) -> int:
    """Say that a batch was broken off and goes on; returns the exit status for it."""
    click.echo(f"Stopped. Finished runs are kept in {folder}; the same command goes on from there.", err=True)
    return 130
