"""What the brief is on paper: pictures as wide as the page, and no table that nobody reads on paper.

On a screen there is one panel for each outcome, which stand side by side or below each other as there is room. A page
of A4 holds two of them in letters that can be read, and three once the names of rows are written only once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sim.report import labels, panels, people, pictures, words
from sim.report.pictures import GAPS, Picture
from sim.report.selection import Effect, Selection
from sim.report.table import Table

__all__ = ["FILES", "effects_on_paper", "left_out", "people_on_paper", "printed"]

WIDTH: Final = 7.2
"""Inches: A4 less the margins of the style sheet."""
ROW_NAME: Final = 30
"""Letters in a line of a row's name."""
ROW: Final = 0.2
"""Least height of a row in inches."""

FILES: Final = {
    "effects": "effects.csv",
    "spread": "variance.csv",
    "versus": "versus.csv",
    "interactions": "interactions.csv",
    "main": "interactions.csv",
    "time": "over_time.csv",
    "quarters": "over_time.csv",
    "gains": "who_gains.csv",
    "levels": "equity.csv",
    "gaps": "equity.csv",
    "costs": "costs.csv",
    "frontier": "frontier.csv",
    "worth": "acceptability.csv",
}
"""Where the numbers of each folded table stand, in ``tables/``."""
PRINTED: Final = ("interactions", "costs")
"""The folded tables that are printed all the same, while they are short."""
ROWS: Final = 18
"""A table with more rows is not short."""


def printed(tables: Mapping[str, Table | None]) -> set[str]:
    """The folded tables that are on paper, too."""
    return {key for key in PRINTED if (table := tables.get(key)) is not None and len(table.rows) <= ROWS}


def left_out(tables: Mapping[str, Table | None]) -> list[tuple[str, str]]:
    """File and captions of the tables that are on the screen and not on paper."""
    found: dict[str, list[str]] = {}
    on_paper = printed(tables)
    for key, file in FILES.items():
        table = tables.get(key)
        if table is not None and table.rows and key not in on_paper:
            found.setdefault(f"tables/{file}", []).append(table.caption.split("; 95% intervals")[0])
    return [*((file, "; ".join(captions)) for file, captions in found.items()), ("parameters.csv", "All parameters")]


def effects_on_paper(selection: Selection, gap: str | None = None) -> list[Picture]:
    """The effects on all outcomes, or on a gap in them, in one picture."""
    level = None if gap is None else ("gap", gap)
    rows = {outcome.name: pictures.effect_row_data(selection, outcome, level) for outcome in selection.outcomes}
    if gap is None:
        return _side_by_side(selection, rows, "paper-effects", "Effects")
    return _side_by_side(selection, rows, f"paper-gaps-{gap}", f"Gaps between {GAPS[gap]}", gap=True)


def people_on_paper(selection: Selection, scenario: str) -> list[Picture]:
    """The effects of one scenario by group, age and vulnerability on all outcomes, in one picture."""
    rows = {outcome.name: people.level_rows(selection, scenario, outcome) for outcome in selection.outcomes}
    return _side_by_side(selection, rows, f"paper-people-{scenario}", f"Effects of “{selection.titles[scenario]}”")


def _side_by_side(
    selection: Selection,
    rows: Mapping[str, list[tuple[str, Effect | None]]],
    key: str,
    title: str,
    gap: bool = False,
) -> list[Picture]:
    """A picture of the outcomes that have effects; empty where none has."""
    outcomes = [o for o in selection.outcomes if any(effect is not None for _, effect in rows[o.name])]
    if not outcomes:
        return []
    names = [label for label, _ in rows[outcomes[0].name]]
    figure = pictures.new_figure(panels.effect_rows(names, ROW_NAME, ROW), WIDTH)
    figure.get_layout_engine().set(w_pad=0.1)  # type: ignore[union-attr, call-arg]
    titles = {o.name: labels.wrapped(words.gap(o) if gap else o.label, 24) for o in outcomes}
    parts = [(outcome, rows[outcome.name], titles[outcome.name]) for outcome in outcomes]
    panels.effects_side_by_side(figure, parts, True if gap else None, ROW_NAME)
    return [Picture(key, title, f"{title}: the panels that a screen shows one by one, side by side.", figure)]
