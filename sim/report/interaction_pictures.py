"""Interaction plots: an outcome along the doses of one policy, at each dose of another."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.report import labels, panels, pictures
from sim.report.interactions import Lines, interaction_lines, is_value, level_text, pairs_shown
from sim.report.paper import WIDTH as PAPER
from sim.report.pictures import Picture
from sim.report.selection import Selection
from sim.report.short_names import one_word
from sim.report.style import NEUTRAL, SERIES, in_legend, quiet_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from sim.vocabulary.outcomes import Outcome

__all__ = ["interaction_figure", "interaction_pictures"]

HEIGHT = 2.5
"""Inches of one panel."""


def interaction_pictures(selection: Selection) -> list[tuple[str, list[Picture], Picture]]:
    """For the pairs of policies that are drawn, who they are, a picture for each headline outcome, and one of all."""
    found = []
    for i, pair in enumerate(pairs_shown(selection)):
        own = []
        for outcome in selection.outcomes:
            figure = pictures.new_figure(HEIGHT)
            lines = interaction_lines(selection, pair, outcome)
            draw(selection, figure.subplots(), outcome, lines, pair[0])
            alt = (
                f"{outcome.label} along the levels of {_title(selection, pair[0])}, "
                f"{' and '.join(line.label for line in lines)}. All numbers are in the table below."
            )
            own.append(Picture(f"interaction-{i}-{outcome.name}", outcome.label, alt, figure))
        found.append((_pair(selection, pair), own, _on_paper(selection, pair, f"paper-interaction-{i}")))
    return found


def interaction_figure(selection: Selection) -> Figure | None:
    """All of them in one figure, a row for each pair; None without a factorial."""
    pairs, count = pairs_shown(selection), len(selection.outcomes)
    if not pairs:
        return None
    figure = pictures.new_figure(0.4 + (HEIGHT + 0.2) * len(pairs), panels.WIDTH * count)
    for i, pair in enumerate(pairs):
        for j, outcome in enumerate(selection.outcomes):
            axes = figure.add_subplot(len(pairs), count, i * count + j + 1)
            draw(selection, axes, outcome, interaction_lines(selection, pair, outcome), pair[0])
    return figure


def _on_paper(selection: Selection, pair: tuple[str, str], key: str) -> Picture:
    """All outcomes side by side as wide as a page of A4, with what the lines are below them."""
    figure = pictures.new_figure(HEIGHT, PAPER)
    for i, outcome in enumerate(selection.outcomes):
        axes = figure.add_subplot(1, len(selection.outcomes), i + 1)
        lines = interaction_lines(selection, pair, outcome)
        draw(selection, axes, outcome, lines, pair[0], named=False)
        axes.set_title(labels.wrapped(axes.get_title(loc="left"), 26), x=0.0)
        axes.set_xlabel(_along(selection, pair[0], one_word(pair[0])))
    handles = [
        figure.axes[0].plot(
            [], [], color=colour, linestyle=style, marker="o", markersize=4.5, label=in_legend(line.label)
        )[0]
        for line, (colour, style) in zip(lines, SERIES, strict=False)
    ]
    figure.legend(handles=handles, loc="outside lower left", ncols=3, frameon=False)
    title = _pair(selection, pair)
    return Picture(key, title, f"{title}: the panels that a screen shows one by one, side by side.", figure)


def draw(
    selection: Selection, axes: Axes, outcome: Outcome, lines: Sequence[Lines], policy: str, named: bool = True
) -> None:
    """Draw the lines, and for each but the first where it would be if effects added up (dotted) and the intervals.

    ``named`` lines have their names at their ends.
    """
    for line, (colour, style) in zip(lines, SERIES, strict=False):
        axes.plot(line.doses, line.values, color=colour, linestyle=style, marker="o", markersize=4.5, zorder=3)
        if line.added:
            axes.plot(line.doses, line.added, color=colour, linestyle=":", linewidth=1.1, zorder=2)
        for dose, low, high in zip(line.doses, line.low, line.high, strict=False):
            if math.isfinite(low) and math.isfinite(high):
                axes.plot([dose, dose], [low, high], color=colour, linewidth=1.0, marker="_", markersize=6, zorder=2)
    axes.axhline(0.0, color=NEUTRAL, linewidth=0.6, zorder=1)
    doses = lines[0].doses
    axes.set_xticks(doses, [level_text(selection, policy, dose) for dose in doses])
    axes.margins(x=0.08, y=0.1)
    quiet_axes(axes, "y")
    labels.percent_axis(axes, outcome, "y", points=True)
    axes.set_title(labels.heading(outcome) + (", points" if outcome.unit == "share" else ""), x=0.0)
    axes.set_xlabel(labels.wrapped(_along(selection, policy, _title(selection, policy)), 44))
    if not named:
        return
    ends = [(line.label, line.values[-1], colour) for line, (colour, _) in zip(lines, SERIES, strict=False)]
    panels.end_labels(axes, ends, gap=0.115)


def _along(selection: Selection, policy: str, title: str) -> str:
    """What the horizontal axis is about."""
    return title if is_value(selection, policy) else f"Dose of {title[:1].lower()}{title[1:]}"


def _title(selection: Selection, policy: str) -> str:
    return str(selection.results.experiment["factorial"]["policies"][policy])


def _pair(selection: Selection, pair: tuple[str, str]) -> str:
    first, second = (_title(selection, policy) for policy in pair)
    between = "by" if is_value(selection, pair[1]) else "without and with"
    return f"{first}, {between} {second[:1].lower()}{second[1:]}"
