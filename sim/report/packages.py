"""The figure of a frontier: what its packages hold, and what each does in worlds that the search had not seen."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.report import words
from sim.report.labels import percent_axis, wrapped
from sim.report.style import BETTER, GRID, INK, NEUTRAL, WORSE, ZONE, drawing, quiet_axes, save
from sim.vocabulary.outcomes import BY_NAME, HEADLINE

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["frontier_figure", "write_figure"]


def write_figure(table: pd.DataFrame, levers: Sequence[str], folder: Path) -> list[Path]:
    """Write ``frontier.png`` and ``frontier.svg``."""
    with drawing():
        return save(frontier_figure(table, levers), folder, "frontier")


def frontier_figure(table: pd.DataFrame, levers: Sequence[str]) -> Figure:
    """Draw one row a package, the cheapest on top: a dot for each lever's dose, then its cost and its effects.

    Parameters
    ----------
    table
        ``Frontier.table``.
    levers
        Names of the levers searched.
    """
    from matplotlib.figure import Figure

    outcomes = [BY_NAME[name] for name in HEADLINE if name in table.columns]
    used = [lever for lever in levers if (table[lever] > 0.0).any()] or list(levers)
    count = len(table)
    figure = Figure(figsize=(10.5, 2.3 + 0.34 * count), layout="constrained")
    widths = [0.19 * len(used) + 0.5, 1.1, *([1.7] * len(outcomes))]
    axes = figure.subplots(1, 2 + len(outcomes), sharey=True, width_ratios=widths)
    _contents(axes[0], table, used)
    _costs(axes[1], table)
    for panel, outcome in zip(axes[2:], outcomes, strict=True):
        _effects(panel, table, outcome)
    axes[0].set_ylim(count - 0.5, -0.5)
    return figure


def _contents(axes: Axes, table: pd.DataFrame, levers: Sequence[str]) -> None:
    """A dot for each dose: its area is the dose."""
    for i, lever in enumerate(levers):
        axes.axvline(i, color=GRID, linewidth=0.6, zorder=0)
        doses = table[lever].to_numpy()
        axes.scatter([i] * len(table), range(len(table)), s=80.0 * doses, color=INK, zorder=2, linewidths=0)
    axes.set_xticks(
        range(len(levers)), [lever.replace("_", " ") for lever in levers], rotation=90, fontsize=7
    )
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.set_yticks(range(len(table)), [_row_name(row) for row in table.to_dict("records")], fontsize=7.5)
    axes.set_xlim(-0.6, len(levers) - 0.4)
    axes.set_xlabel("What it holds (area: dose)")
    for side in ("bottom", "left"):
        axes.spines[side].set_visible(False)


def _row_name(row: dict[str, Any]) -> str:
    name = "robust choice" if row["robust_choice"] else ""
    return name if row["still_on_frontier"] else f"{name} (beaten)".strip()


def _costs(axes: Axes, table: pd.DataFrame) -> None:
    axes.barh(range(len(table)), table["cost"], height=0.5, color=NEUTRAL, zorder=2)
    axes.axvline(0.0, color=NEUTRAL, linewidth=0.8)
    axes.set_xlabel("Yuan per resident\na year")
    axes.set_title("Cost")
    axes.tick_params(axis="y", length=0)
    quiet_axes(axes, "x")


def _effects(axes: Axes, table: pd.DataFrame, outcome: Any) -> None:
    """Effects with intervals, filled where better or worse by verdict; a cross where the search had promised."""
    smallest = outcome.smallest_change
    axes.axvspan(-smallest, smallest, color=ZONE, zorder=0, linewidth=0)
    axes.axvline(0.0, color=NEUTRAL, linewidth=0.8, zorder=1)
    for i, row in enumerate(table.to_dict("records")):
        verdict = row[f"{outcome.name}_verdict"]
        colour, told = {"better": BETTER, "worse": WORSE}.get(verdict, NEUTRAL), verdict in ("better", "worse")
        axes.plot(
            [row[f"{outcome.name}_low"], row[f"{outcome.name}_high"]], [i, i], color=colour, linewidth=1.3
        )
        axes.plot(
            [row[outcome.name]],
            [i],
            "o",
            markersize=5,
            color=colour,
            markerfacecolor=colour if told else "white",
        )
        axes.plot([row[f"{outcome.name}_promised"]], [i], "x", markersize=4.5, color=NEUTRAL)
    if outcome.direction < 0:
        axes.invert_xaxis()
    percent_axis(axes, outcome, "x", points=True)
    axes.set_title(wrapped(outcome.label, 22))
    axes.set_xlabel(f"{words.difference_unit(outcome)};\nright is better, × as searched")
    axes.tick_params(axis="y", length=0)
    quiet_axes(axes, "x")
