"""The panels of a comparison: each function draws one picture on the axes it is given.

Panels are 3.6 inches wide, so that at their natural size text is readable on a phone and three stand side by side on
a desk screen.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.report import words
from sim.report.labels import percent_axis, wrapped
from sim.report.style import BETTER, NEUTRAL, SERIES, WORSE, ZONE, quiet_axes

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from sim.report.selection import Effect
    from sim.vocabulary.outcomes import Outcome

__all__ = [
    "Band",
    "ROW_NAME",
    "WIDTH",
    "bands",
    "effect_rows",
    "effects",
    "effects_side_by_side",
    "end_labels",
    "half_width",
]

WIDTH = 3.6
"""Width of a panel in inches."""

ROW_NAME = 21
"""Letters in a line of a row's name."""

_LOOKS: Mapping[str, tuple[str, str, bool]] = {
    "better": ("^", BETTER, True),
    "worse": ("v", WORSE, False),
    "too_small": ("s", NEUTRAL, True),
    "small": ("s", NEUTRAL, False),
    "not_distinguishable": ("o", NEUTRAL, False),
    "higher": ("D", NEUTRAL, True),
    "lower": ("D", NEUTRAL, False),
}


@dataclass(frozen=True, slots=True)
class Band:
    """One scenario over time: ``middle``, ``low`` and ``high``, one value for each of ``days`` (1-D arrays)."""

    label: str
    days: np.ndarray
    middle: np.ndarray
    low: np.ndarray | None = None
    high: np.ndarray | None = None
    series: int = 0


def half_width(reach: Sequence[float]) -> float:
    """How far an axis goes for values of these sizes: to the largest, unless a few would squeeze all others.

    Where the largest lies more than several times beyond four fifths of them, the axis stops short of it.
    """
    ordered = sorted(reach)
    usual = 1.6 * ordered[max(0, math.ceil(0.8 * len(ordered)) - 1)]
    widest = 1.12 * ordered[-1]
    return widest if widest <= 3.5 * usual else usual


def effect_rows(names: Sequence[str], width: int = ROW_NAME, least: float = 0.25) -> float:
    """Height in inches of an effect panel with rows of these names: as many lines as the longest of them takes.

    ``width`` is that of the names in letters, ``least`` the height of a row in inches.
    """
    lines = max((_row_name(name, width).count("\n") + 1 for name in names), default=1)
    return 1.05 + max(least, 0.06 + 0.12 * lines) * max(len(names), 3)


def _row_name(name: str, width: int) -> str:
    """A row's name in at most three lines: combinations of policies are told apart by what comes last."""
    return wrapped(name, width, most=3)


def effects(
    axes: Axes,
    outcome: Outcome,
    found: Sequence[tuple[str, Effect | None]],
    title: str,
    lower_better: bool | None = None,
    width: int = ROW_NAME,
) -> None:
    """Draw effects with intervals, one row for each scenario, the too-small zone shaded; right is better.

    Parameters
    ----------
    axes
        Where to draw.
    outcome
        What the effects are on; gives the unit.
    found
        Label and effect of each scenario, from the top; an effect that is missing leaves its row empty.
    title
        Headline of the panel.
    lower_better
        Whether less is better; by default as the outcome says.
    width
        Of the rows' names, in letters.
    """
    reverse = outcome.direction < 0 if lower_better is None else lower_better
    present = [effect for _, effect in found if effect is not None and not math.isnan(effect.mean)]
    smallest = max((effect.smallest_change for effect in present), default=outcome.smallest_change)
    limit = _limit(present, smallest)
    axes.axvspan(-smallest, smallest, color=ZONE, zorder=0, linewidth=0)
    axes.axvline(0.0, color=NEUTRAL, linewidth=0.8, zorder=1)
    for row, (_, effect) in enumerate(found):
        if effect is None or math.isnan(effect.mean) or effect.verdict not in _LOOKS:
            continue  # what was never at work has no place between better and worse
        shape, colour, filled = _LOOKS[effect.verdict]
        if math.isfinite(effect.low) and math.isfinite(effect.high):
            axes.plot(
                [max(effect.low, -limit), min(effect.high, limit)],
                [row, row],
                color=colour,
                linewidth=1.4,
                zorder=3,
                solid_capstyle="butt",
            )
        if abs(effect.mean) <= 0.97 * limit:
            axes.plot(
                [effect.mean],
                [row],
                shape,
                color=colour,
                markersize=5.5,
                markerfacecolor=colour if filled else "white",
                zorder=4,
            )
            continue
        # Far outside: the marker stands at the edge with its number, so that the others keep their shape.
        edge = math.copysign(0.97 * limit, effect.mean)
        axes.plot(
            [edge],
            [row],
            shape,
            color=colour,
            markersize=5.5,
            markerfacecolor=colour if filled else "white",
            zorder=4,
            clip_on=False,
        )
        inward_left = (edge > 0) != reverse
        axes.annotate(
            words.difference(outcome, effect.mean, smallest),
            (edge, row),
            (-7 if inward_left else 7, 0),
            textcoords="offset points",
            ha="right" if inward_left else "left",
            va="center",
            fontsize=8.5,
            color=colour,
            zorder=5,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.85},
        )
    axes.set_xlim(*((limit, -limit) if reverse else (-limit, limit)))
    axes.set_ylim(len(found) - 0.4, -0.6)
    axes.set_yticks(range(len(found)), [_row_name(label, width) for label, _ in found], linespacing=0.95)
    axes.tick_params(axis="y", length=0, labelsize=8.5)
    percent_axis(axes, outcome, "x", points=True)
    axes.spines["left"].set_visible(False)
    quiet_axes(axes, "x")
    left, right = ("+", words.MINUS) if reverse else (words.MINUS, "+")
    axes.set_xlabel(
        f"{left} worse · better {right}\n{_axis_unit(outcome)}",
        fontsize=8.5,
    )
    axes.set_title(title, x=0.0, pad=6)


def effects_side_by_side(
    figure: Figure,
    parts: Sequence[tuple[Outcome, Sequence[tuple[str, Effect | None]], str]],
    lower_better: bool | None = None,
    width: int = ROW_NAME,
) -> None:
    """Draw effect panels (outcome, rows, headline) in one row; the rows' names stand once, at the left."""
    for i, (outcome, found, title) in enumerate(parts):
        axes = figure.add_subplot(1, len(parts), i + 1)
        effects(axes, outcome, found, title, lower_better, width)
        if i:
            axes.tick_params(axis="y", labelleft=False)


def bands(axes: Axes, outcome: Outcome, shown: Sequence[Band], difference: bool = False) -> None:
    """Draw up to three scenarios over time, with their bands and labels at the right that keep clear of each other.

    With ``difference`` the values are differences from the baseline: a zero line and the too-small zone are drawn.
    """
    if difference:
        axes.axhspan(-outcome.smallest_change, outcome.smallest_change, color=ZONE, zorder=0, linewidth=0)
        axes.axhline(0.0, color=NEUTRAL, linewidth=0.8, zorder=1)
    for band in shown:
        colour, line = SERIES[band.series % len(SERIES)]
        if band.low is not None and band.high is not None:
            axes.fill_between(band.days, band.low, band.high, color=colour, alpha=0.16, linewidth=0, zorder=2)
        axes.plot(band.days, band.middle, color=colour, linestyle=line, zorder=3)
    quiet_axes(axes, "y")
    percent_axis(axes, outcome, "y", points=difference)
    if shown:
        from_first_to_last(axes, shown[0].days)
    end_labels(
        axes, [(band.label, _last(band.middle), SERIES[band.series % len(SERIES)][0]) for band in shown]
    )


def from_first_to_last(axes: Axes, days: np.ndarray) -> None:
    """Let days fill the width, of which a single day takes as much as two."""
    first = float(days[0])
    axes.set_xlim(first, max(float(days[-1]), first + 1.0))


def end_labels(axes: Axes, ends: Sequence[tuple[str, float, str]], gap: float = 0.085) -> None:
    """Write labels at the right edge, in the order of the lines' ends, pushed apart so that none touch or cross.

    ``gap`` is the distance between one-line labels, in heights of the axes. The limits along y are fixed by this call.
    """
    axes.set_ylim(*axes.get_ylim())
    low, high = axes.get_ylim()
    kept = sorted(
        (
            (number, wrapped(text, 18 if " + " in text else 14), colour)
            for text, number, colour in ends
            if math.isfinite(number)
        ),
        key=lambda end: (end[0], end[1]),
    )
    heights = [gap * (1 + text.count("\n")) * 1.05 for _, text, _ in kept]
    places = [(number - low) / (high - low) for number, _, _ in kept]
    for _ in range(60):  # relaxes quickly: at most a handful of labels
        for i in range(len(places) - 1):
            overlap = (heights[i] + heights[i + 1]) / 2 - (places[i + 1] - places[i])
            if overlap > 1e-9:
                places[i] -= overlap / 2
                places[i + 1] += overlap / 2
    if places:
        shift = max(0.0, heights[0] / 2 - places[0]) - max(0.0, places[-1] + heights[-1] / 2 - 1.0)
        places = [place + shift for place in places]
    for place, (_, text, colour) in zip(places, kept, strict=True):
        axes.annotate(
            text,
            (1.0, place),
            (4, 0),
            xycoords="axes fraction",
            textcoords="offset points",
            va="center",
            ha="left",
            fontsize=8.5,
            color=colour,
            linespacing=0.95,
            annotation_clip=False,
        )


def _limit(found: Sequence[Effect], smallest: float) -> float:
    """Half-width of the axis: wide enough for all, unless a few would squeeze the rest into a point."""
    reach = sorted(
        max(
            abs(e.low) if math.isfinite(e.low) else 0.0,
            abs(e.high) if math.isfinite(e.high) else 0.0,
            abs(e.mean),
        )
        for e in found
    )
    return max(2.2 * smallest, half_width(reach)) if reach else 3.0 * smallest


def _axis_unit(outcome: Outcome) -> str:
    return {
        "share": "points",
        "per 1,000 residents a year": "per 1,000 a year",
        "0 to 1": "0 to 1",
    }.get(outcome.unit, outcome.unit)


def _last(numbers: np.ndarray) -> float:
    finite = [float(number) for number in numbers if math.isfinite(number)]
    return finite[-1] if finite else math.nan
