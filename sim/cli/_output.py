"""What several commands say, and where: results on standard output, all else on standard error."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.errors import printable

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["print_json", "print_table", "records", "stopped", "table_lines", "teller"]

_WIDEST = 140
_WORD = 18
"""Longer words of a cell may be broken."""


def print_json(data: Any) -> None:
    """Print data as JSON on standard output."""
    click.echo(json.dumps(data, indent=2, ensure_ascii=False, default=str))


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as plain data; a missing value is null, because JSON knows no NaN."""
    return table.astype(object).where(table.notna(), None).to_dict("records")


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]], right: Iterable[int] = ()) -> None:
    """Print a table as wide as the terminal (or COLUMNS) allows; see :func:`table_lines`."""
    for line in table_lines(columns, rows, right):
        click.echo(line)


def table_lines(columns: Sequence[str], rows: Iterable[Sequence[str]], right: Iterable[int] = ()) -> list[str]:
    """Lay out a table in lines; where the terminal is too narrow for its words, each row as lines of its own.

    Parameters
    ----------
    columns
        Headings; the first column names the row.
    rows
        Cells, as text; people's text is shown as it stands, without markup or terminal codes.
    right
        Columns, by position, whose cells are set right and never broken: numbers.
    """
    from rich.cells import cell_len
    from rich.console import Console
    from rich.text import Text

    heads, cells = [printable(c) for c in columns], [[printable(c) for c in row] for row in rows]
    wide = _width()
    console = Console(width=wide, color_system=None)
    numbers, gap = set(right), 2
    least, most = [], []
    for i, head in enumerate(heads):
        column = [row[i] for row in cells]
        lines = [line for text in (head, *column) for line in text.splitlines()] or [""]
        parts = [part for text in column for part in (text.splitlines() if i in numbers else text.split())]
        words = [min(cell, _WORD) for cell in _cells(parts)]
        least.append(max((*_cells(head.split()), *words), default=0))
        most.append(max(*_cells(lines), least[-1]))
    free = wide - sum(least) - gap * (len(heads) - 1)
    if free < 0:
        return _as_lines(heads, cells, wide)
    widths = list(least)
    while free > 0 and widths != most:
        i = max(range(len(widths)), key=lambda j: most[j] - widths[j])
        widths[i], free = widths[i] + 1, free - 1

    def laid(row: Sequence[str]) -> list[str]:
        parts = [
            [line.plain.rstrip() for line in Text(text).wrap(console, w)] for text, w in zip(row, widths, strict=True)
        ]
        return [
            (" " * gap)
            .join(
                " " * (w - cell_len(text)) + text if i in numbers else text + " " * (w - cell_len(text))
                for i, (text, w) in enumerate(zip(line, widths, strict=True))
            )
            .rstrip()
            for line in zip_longest(*parts, fillvalue="")
        ]

    return [*laid(heads), "─" * (sum(widths) + gap * (len(widths) - 1)), *(line for row in cells for line in laid(row))]


def _as_lines(heads: Sequence[str], cells: Sequence[Sequence[str]], wide: int) -> list[str]:
    """Each row as lines: its name, then a line for each other cell with the heading before it."""
    from rich.console import Console
    from rich.text import Text

    console, lines = Console(width=wide, color_system=None), [" ".join(heads[0].split()) + ":"] if heads[0] else []
    for row in cells:
        lines += [line.plain.rstrip() for line in Text(row[0]).wrap(console, wide)]
        for head, cell in zip(heads[1:], row[1:], strict=True):
            text = f"{' '.join(head.split())}: {' '.join(cell.split())}"
            broken = [line.plain.rstrip() for line in Text(text).wrap(console, max(wide - 4, 8))]
            lines += [f"{'    ' if i else '  '}{line}" for i, line in enumerate(broken)]
    return lines


def _width() -> int:
    """Columns of the terminal, or what COLUMNS says; in a file or pipe without it, as wide as a table likes."""
    asked = sys.stdout.isatty() or os.environ.get("COLUMNS")
    return max(20, shutil.get_terminal_size((_WIDEST, 24)).columns) if asked else _WIDEST


def _cells(texts: Iterable[str]) -> list[int]:
    """How many columns each text takes, of which a Chinese character takes two."""
    from rich.cells import cell_len

    return [cell_len(text) for text in texts]


def teller(quiet: bool) -> Callable[[str], None] | None:
    """A way to tell what is planned, on standard error so that standard output stays for results; None when quiet."""
    return None if quiet else lambda text: click.echo(printable(text), err=True)


def stopped(folder: Path) -> int:
    """Say that a batch was broken off and goes on; returns the exit status for it."""
    click.echo(f"Stopped. Finished runs are kept in {folder}; the same command goes on from there.", err=True)
    return 130
