"""A table at the terminal."""

from __future__ import annotations

import shutil
import sys
from typing import Any

__all__ = ["print_table"]

_WIDEST = 140


def print_table(table: Any) -> None:
    """Print a Rich table: as wide as the terminal, or as wide as it likes in a file or pipe; cut off it is no table."""
    from rich.console import Console

    wide = shutil.get_terminal_size((_WIDEST, 24)).columns if sys.stdout.isatty() else _WIDEST
    Console(width=wide, highlight=False, markup=False, emoji=False, color_system=None).print(table)
