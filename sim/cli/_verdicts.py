"""The verdict table at the terminal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import click

__all__ = ["print_verdicts"]


def print_verdicts(results: Any) -> None:
    """Print the finding, then a row for each scenario, then how to read them."""
    from sim.cli._output import print_table
    from sim.report import words
    from sim.report.finding import find
    from sim.report.selection import select
    from sim.report.verdicts import verdict_rows

    selection = select(results)
    click.echo("\n" + "\n".join(find(selection).lines) + "\n")
    outcomes = [f"{outcome.label}\n({words.difference_unit(outcome)})" for outcome in selection.outcomes]
    columns = ["Against " + selection.titles[selection.baseline], *outcomes, "Cost\n(yuan a resident and year)"]
    lines = []
    rows = verdict_rows(selection)
    found = {cell.verdict for row in rows for cell in row.cells if cell is not None}
    marks = [name for name in words.MARKS if name in found or name != "not_delivered"]
    for row in rows:
        effects = (selection.effect(row.scenario, outcome.name) for outcome in selection.outcomes)
        cells = (_cell(cell, effect) for cell, effect in zip(row.cells, effects, strict=True))
        lines.append((row.title, *cells, row.cost))
    print_table(columns, lines, {len(columns) - 1})
    click.echo(
        f"\nDifferences from the baseline over the {words.window_words(selection.window)}, {selection.people}; "
        f"95% intervals in brackets hold {selection.interval_holds}\n"
        f"({_evidence(selection)}; corrected for the number of comparisons). "
        f"{'   '.join(f'{words.MARKS[name]} {words.VERDICT_WORDS[name]}' for name in marks)}"
    )
    for row in rows:
        if reason := next((effect.reason for effect in selection.headline(row.scenario) if effect.reason), ""):
            click.echo(f"{row.title}: {reason}")
    if fewer := _fewer(selection, rows):
        click.echo(f"Fewer where runs are missing: {fewer}.")
    stopping = results.manifest.get("stopping")
    if stopping is not None:
        click.echo(f"{stopping['words']}\n{stopping['intervals']}")


def _cell(cell: Any, effect: Any) -> str:
    """One effect: mark, difference and interval, and words where nothing can be said."""
    if cell is None:
        return "–"
    if cell.verdict == "not_delivered":
        return f"{cell.mark} no verdict"
    text = f"{cell.mark} {cell.difference} ({cell.interval})"
    if cell.verdict != "not_distinguishable":
        return text
    # Alone it would be told from zero; among so many comparisons it may be the one that chance throws up.
    among_many = effect is not None and (effect.low > 0.0 or effect.high < 0.0)
    return f"{text}\n  not distinguishable{', one of many' if among_many else ''}"


def _evidence(selection: Any) -> str:
    """What the intervals were made from."""
    if selection.worlds > 1:
        return f"{selection.worlds} parameter worlds"
    return f"{selection.seeds} seed{'' if selection.seeds == 1 else 's'} in one parameter world"


def _fewer(selection: Any, rows: Iterable[Any]) -> str:
    """Scenarios whose effects rest on fewer worlds or seeds than there are, because runs of theirs are missing."""
    there = selection.worlds if selection.worlds > 1 else selection.seeds
    found = []
    for row in rows:
        known = [effect.n for outcome in selection.outcomes if (effect := selection.effect(row.scenario, outcome.name))]
        if known and max(known) < there:
            found.append(f"{row.title} {max(known)} of {there}")
    return ", ".join(found)
