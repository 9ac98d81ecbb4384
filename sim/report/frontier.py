"""Cost beside effect: which scenarios are worth their money, and which are dominated."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.report import words
from sim.report.panels import percent_axis, wrapped
from sim.report.selection import Cost, Selection
from sim.report.style import BETTER, NEUTRAL, ZONE, quiet_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.transforms import Bbox

    from sim.vocabulary.outcomes import Outcome

__all__ = ["Point", "draw", "label", "points"]


@dataclass(frozen=True, slots=True)
class Point:
    """A scenario at its incremental cost (yuan per resident a year) and effect (positive is better).

    ``dominated`` means that some scenario, or doing nothing, has at least the effect for no more money.
    """

    scenario: str
    label: str
    cost: float
    effect: float
    dominated: bool


def points(selection: Selection, outcome: Outcome) -> list[Point]:
    """The scenarios by cost and mean effect, with the baseline at the origin; those without either are left out."""
    raw = [(selection.baseline, selection.titles[selection.baseline], 0.0, 0.0)]
    for scenario in selection.scenarios:
        effect, cost = selection.effect(scenario, outcome.name), selection.costs.get(scenario, Cost()).money
        if effect is not None and math.isfinite(effect.mean) and math.isfinite(cost):
            raw.append((scenario, selection.titles[scenario], cost, outcome.direction * effect.mean))
    found = []
    for i, (scenario, label, cost, gain) in enumerate(raw):
        dominated = any(
            (c <= cost and g >= gain and (c < cost or g > gain or j < i))
            for j, (_, _, c, g) in enumerate(raw)
            if j != i
        )
        found.append(Point(scenario, label, cost, gain, dominated))
    return sorted(found, key=lambda point: (point.cost, -point.effect, point.scenario))


def draw(axes: Axes, outcome: Outcome, found: Sequence[Point], smallest: float) -> None:
    """Draw cost across and effect upward; the frontier is joined and filled, dominated scenarios are hollow."""
    from matplotlib.ticker import MaxNLocator, SymmetricalLogLocator

    axes.axhspan(-smallest, smallest, color=ZONE, zorder=0, linewidth=0)
    axes.axhline(0.0, color=NEUTRAL, linewidth=0.8, zorder=1)
    front = [point for point in found if not point.dominated]
    axes.plot([p.cost for p in front], [p.effect for p in front], color=BETTER, linewidth=1.2, zorder=2)
    for point in found:
        axes.plot(
            [point.cost],
            [point.effect],
            "o",
            markersize=5.5,
            color=NEUTRAL if point.dominated else BETTER,
            markerfacecolor="white" if point.dominated else BETTER,
            zorder=3,
        )
    costs = [point.cost for point in found]
    widest = max((abs(cost) for cost in costs), default=1.0) or 1.0
    usual = sorted(abs(cost) for cost in costs)[len(costs) // 2] or widest
    if widest > 8.0 * usual:
        # A few dear packages would push all others against the axis.
        axes.set_xscale("symlog", linthresh=usual, linscale=0.8)
        axes.xaxis.set_major_locator(SymmetricalLogLocator(base=10.0, linthresh=usual, subs=[1.0, 3.0]))
    else:
        axes.xaxis.set_major_locator(MaxNLocator(nbins=5))
    axes.margins(x=0.1, y=0.14)
    percent_axis(axes, outcome, points=True)
    axes.set_title(outcome.label, x=0.0)
    axes.set_ylabel(f"Better by ({words.difference_unit(outcome)})", fontsize=7.5)
    axes.xaxis.set_major_formatter(lambda number, _: f"{number:.6g}".replace("-", words.MINUS))
    quiet_axes(axes, "both")
    axes.set_xlabel("Yuan per resident a year beyond the baseline")


def label(axes: Axes, found: Sequence[Point], smallest: float) -> None:
    """Name the points that matter, the frontier's first, once the figure has its final shape.

    Each name goes to the first place around its point where it touches no point, name, line or edge. A name of the
    frontier that finds none may cover a line; another is left out. Points whose effect is smaller than ``smallest``
    have no name, but for the baseline: all of them stand in the table below the figure.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.transforms import Bbox

    figure = axes.figure
    canvas = FigureCanvasAgg(figure)  # type: ignore[arg-type]
    canvas.draw()
    renderer = canvas.get_renderer()
    inside = axes.get_window_extent(renderer)
    unit = figure.dpi / 72.0
    spots = {p.scenario: axes.transData.transform((p.cost, p.effect)) for p in found}
    taken = [
        Bbox.from_extents(x - 4 * unit, y - 4 * unit, x + 4 * unit, y + 4 * unit) for x, y in spots.values()
    ]
    front = [spots[p.scenario] for p in found if not p.dominated]
    zero = axes.transData.transform((0.0, 0.0))[1]
    lines = [*zip(front, front[1:], strict=False), ((inside.x0, zero), (inside.x1, zero))]
    for point in sorted(found, key=lambda p: (p.dominated, -abs(p.effect), p.scenario)):
        if abs(point.effect) < smallest and (point.cost, point.effect) != (0.0, 0.0):
            continue
        colour = NEUTRAL if point.dominated else BETTER
        for dx, dy, strict in _places(point.dominated):
            text = axes.annotate(
                wrapped(point.label, 22),
                (point.cost, point.effect),
                (dx, dy),
                textcoords="offset points",
                fontsize=7,
                color=colour,
                ha="left" if dx > 0 else "right" if dx < 0 else "center",
                va="center",
                zorder=5,
                linespacing=0.95,
                bbox=None if strict else {"facecolor": "white", "edgecolor": "none", "pad": 0.5},
            )
            box = text.get_window_extent(renderer)
            fits = (
                inside.x0 <= box.x0
                and box.x1 <= inside.x1 + 3 * unit
                and inside.y0 <= box.y0
                and box.y1 <= inside.y1 + 3 * unit
            )
            if (
                fits
                and not any(box.overlaps(other) for other in taken)
                and not (strict and _crosses(box, lines))
            ):
                taken.append(Bbox.from_extents(box.x0 - 4 * unit, box.y0, box.x1 + 4 * unit, box.y1))
                break
            text.remove()


def _places(dominated: bool) -> list[tuple[float, float, bool]]:
    """Offsets in points to try, near ones first, and whether lines are to be kept clear of."""
    if dominated:
        return [(7.0, 0.0, True), (-7.0, 0.0, True), (0.0, 9.0, True), (0.0, -9.0, True)]
    places = []
    for away in (0.0, 6.0, 12.0):
        places += [(7.0 + away, dy, True) for dy in (0.0, 6.0 + away, -6.0 - away)]
        places += [(-7.0 - away, dy, True) for dy in (0.0, 6.0 + away, -6.0 - away)]
        places += [(0.0, 10.0 + away, True), (0.0, -10.0 - away, True)]
    return places + [(dx, dy, False) for dx, dy, _ in places]


def _crosses(box: Bbox, lines: Sequence[tuple[Any, Any]]) -> bool:
    """Whether a line runs through the box, looked at in sixty steps of each."""
    for (x0, y0), (x1, y1) in lines:
        for step in range(61):
            t = step / 60.0
            if box.contains(x0 + t * (x1 - x0), y0 + t * (y1 - y0)):
                return True
    return False
