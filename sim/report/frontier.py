"""Cost beside effect: which scenarios are worth their money, and which are dominated."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sim.report import words
from sim.report.labels import percent_axis, wrapped
from sim.report.panels import half_width
from sim.report.selection import Cost, Selection
from sim.report.style import BETTER, NEUTRAL, ZONE, quiet_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.transforms import Bbox

    from sim.vocabulary.outcomes import Outcome

__all__ = ["Point", "draw", "judged", "label", "points"]


@dataclass(frozen=True, slots=True)
class Point:
    """A scenario at its incremental cost (yuan per resident a year) and effect (positive is better).

    ``dominated`` means that some scenario, or doing nothing, has at least the effect for no more money. ``cost_ends``
    and ``effect_ends`` are the ends of their 95% intervals.
    """

    scenario: str
    label: str
    cost: float
    effect: float
    dominated: bool
    cost_ends: tuple[float, float] = (math.nan, math.nan)
    effect_ends: tuple[float, float] = (math.nan, math.nan)


def points(selection: Selection, outcome: Outcome) -> list[Point]:
    """The scenarios by cost and mean effect, with the baseline at the origin; those without either are left out."""
    found = [Point(selection.baseline, selection.titles[selection.baseline], 0.0, 0.0, False)]
    for scenario in selection.scenarios:
        effect, cost = selection.effect(scenario, outcome.name), selection.costs.get(scenario, Cost())
        if effect is not None and math.isfinite(effect.mean) and math.isfinite(cost.money):
            sense = outcome.direction
            low, high = sorted((sense * effect.low, sense * effect.high))
            found.append(
                Point(
                    scenario,
                    selection.titles[scenario],
                    cost.money,
                    sense * effect.mean,
                    False,
                    (cost.low, cost.high),
                    (low, high),
                )
            )
    return judged(found)


def judged(found: Sequence[Point]) -> list[Point]:
    """The same points, the cheapest first, with ``dominated`` filled in."""
    told = [replace(point, dominated=_dominated(i, found)) for i, point in enumerate(found)]
    return sorted(told, key=lambda point: (point.cost, -point.effect, point.scenario))


def _dominated(i: int, found: Sequence[Point]) -> bool:
    """Whether another point has as much for no more; of two that are the same the first is kept."""
    own = found[i]
    return any(
        other.cost <= own.cost
        and other.effect >= own.effect
        and (other.cost < own.cost or other.effect > own.effect or j < i)
        for j, other in enumerate(found)
        if j != i
    )


def draw(axes: Axes, outcome: Outcome, found: Sequence[Point], smallest: float) -> None:
    """Draw cost across and effect upward; the frontier is joined and filled, dominated scenarios are hollow.

    A scenario far beyond all others stands at the edge as a triangle, and its name comes with its number.
    """
    axes.axhspan(-smallest, smallest, color=ZONE, zorder=0, linewidth=0)
    axes.axhline(0.0, color=NEUTRAL, linewidth=0.8, zorder=1)
    limit = _limit(found, smallest)
    front = [point for point in found if not point.dominated]
    axes.plot(
        [p.cost for p in front], [_height(p, limit) for p in front], color=BETTER, linewidth=1.2, zorder=2
    )
    for point in found:
        for start, end in _arms(point, limit, smallest):
            colour = NEUTRAL if point.dominated else BETTER
            axes.plot(*zip(start, end, strict=True), color=colour, linewidth=0.7, alpha=0.45, zorder=2)
        shape = "o" if abs(point.effect) <= limit else "^" if point.effect > 0 else "v"
        axes.plot(
            [point.cost],
            [_height(point, limit)],
            shape,
            markersize=5.5,
            color=NEUTRAL if point.dominated else BETTER,
            markerfacecolor="white" if point.dominated else BETTER,
            zorder=3,
        )
    axes.margins(x=0.1, y=0.14)
    _cost_axis(axes, [point.cost for point in found])
    percent_axis(axes, outcome, points=True)
    axes.set_title(outcome.label, x=0.0)
    axes.set_ylabel(f"Better by ({words.difference_unit(outcome)})", fontsize=8.5)
    quiet_axes(axes, "both")
    axes.set_xlabel("Yuan per resident a year beyond the baseline")


def label(
    axes: Axes, outcome: Outcome, found: Sequence[Point], smallest: float, small_too: bool = False
) -> None:
    """Name the points that matter, the frontier's first, once the figure has its final shape.

    Each name goes to the first place around its point, or beyond an end of its interval, where it touches no point,
    name, line or edge and is nearer to its own than to any other point. A name of the frontier that finds none may
    cover a line; another is left out.
    Points whose effect is smaller than ``smallest`` have no name, but for the baseline, unless these are wanted
    (``small_too``): all of them stand in the table below the figure.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.transforms import Bbox

    figure = axes.figure
    canvas = FigureCanvasAgg(figure)  # type: ignore[arg-type]
    canvas.draw()
    renderer = canvas.get_renderer()
    inside = axes.get_window_extent(renderer)
    unit, limit = figure.dpi / 72.0, _limit(found, smallest)
    room = Bbox.from_extents(inside.x0, inside.y0, inside.x1 + 3 * unit, inside.y1 + 3 * unit)
    spots = {p.scenario: axes.transData.transform((p.cost, _height(p, limit))) for p in found}
    front = [spots[p.scenario] for p in found if not p.dominated]
    zero = axes.transData.transform((0.0, 0.0))[1]
    lines = [*zip(front, front[1:], strict=False), ((inside.x0, zero), (inside.x1, zero))]
    for p in found:
        for start, end in _arms(p, limit, smallest):
            lines.append((axes.transData.transform(start), axes.transData.transform(end)))
    taken: list[Bbox] = []
    for point in sorted(found, key=lambda p: (p.dominated, -abs(p.effect), p.scenario)):
        if not small_too and abs(point.effect) < smallest and (point.cost, point.effect) != (0.0, 0.0):
            continue
        name = wrapped(point.label, 16)
        if abs(point.effect) > limit:
            name += f" ({words.difference(outcome, outcome.direction * point.effect, smallest)})"
        for at, dx, dy, strict in _places(point, limit, smallest):
            text = axes.annotate(
                name,
                at,
                (dx, dy),
                textcoords="offset points",
                fontsize=8.5,
                color=NEUTRAL if point.dominated else BETTER,
                ha="left" if dx > 0 else "right" if dx < 0 else "center",
                va="center",
                zorder=5,
                linespacing=0.95,
                bbox=None if strict else {"facecolor": "white", "edgecolor": "none", "pad": 1.2},
            )
            box = text.get_window_extent(renderer)
            own = _distance(box, axes.transData.transform(at))
            others = [_distance(box, spot) for name_, spot in spots.items() if name_ != point.scenario]
            clear = min(others, default=math.inf) > max(4.0 * unit, own) and not any(
                box.overlaps(b) for b in taken
            )
            if clear and _within(box, room) and not (strict and _crosses(box, lines)):
                taken.append(Bbox.from_extents(box.x0 - 4 * unit, box.y0, box.x1 + 4 * unit, box.y1))
                break
            text.remove()


def _limit(found: Sequence[Point], smallest: float) -> float:
    """The largest effect, or end of an interval, that is drawn in its place."""
    reach = []
    for point in found:
        quiet = point.dominated and abs(point.effect) < smallest  # its interval is not drawn
        ends = [] if quiet else [abs(end) for end in point.effect_ends if math.isfinite(end)]
        reach.append(max(abs(point.effect), *ends, 0.0))
    return max(2.2 * smallest, half_width(reach)) if found else smallest


def _height(point: Point, limit: float) -> float:
    return max(-limit, min(limit, point.effect))


def _arms(
    point: Point, limit: float, smallest: float
) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """The lines through a point: the intervals of its cost and of its effect, as far as the axes reach.

    Dominated points of the zone that is too small to matter go without: they would make a thicket of it.
    """
    x, y = point.cost, _height(point, limit)
    arms: list[tuple[tuple[float, float], tuple[float, float]]] = []
    if point.dominated and abs(point.effect) < smallest:
        return arms
    if all(math.isfinite(end) for end in point.cost_ends):
        arms.append(((point.cost_ends[0], y), (point.cost_ends[1], y)))
    if all(math.isfinite(end) for end in point.effect_ends):
        low, high = (max(-limit, min(limit, end)) for end in point.effect_ends)
        arms.append(((x, low), (x, high)))
    return arms


def _cost_axis(axes: Axes, costs: Sequence[float]) -> None:
    """Cost across: linear, or logarithmic beyond the usual cost where a few dear packages would squeeze the others."""
    from matplotlib.ticker import FixedLocator, MaxNLocator

    sizes = sorted(abs(cost) for cost in costs if cost) or [1.0]
    usual, widest = sizes[len(sizes) // 2], sizes[-1]
    axes.xaxis.set_major_formatter(lambda number, _: f"{number:.6g}".replace("-", words.MINUS))
    if widest <= 8.0 * usual:
        axes.xaxis.set_major_locator(MaxNLocator(nbins=5))
        return
    axes.set_xscale("symlog", linthresh=usual, linscale=0.8)
    axes.xaxis.set_major_formatter(lambda number, _: f"{number:.6g}".replace("-", words.MINUS))
    axes.xaxis.set_minor_locator(FixedLocator([]))
    low, high = axes.get_xlim()
    powers = range(math.floor(math.log10(usual)) - 1, math.ceil(math.log10(widest)) + 1)
    steps = [step * 10.0**power for power in reversed(powers) for step in (1.0, 3.0)]
    wide = axes.transData.transform([(low, 0.0), (high, 0.0)])[:, 0]
    ticks: list[float] = []
    for tick in (0.0, *(sign * step for step in steps for sign in (1.0, -1.0))):
        x = axes.transData.transform((tick, 0.0))[0]
        near = [abs(x - axes.transData.transform((other, 0.0))[0]) for other in ticks]
        if low <= tick <= high and min(near, default=math.inf) > 0.13 * (wide[1] - wide[0]):
            ticks.append(tick)
    axes.xaxis.set_major_locator(FixedLocator(sorted(ticks)))


def _places(point: Point, limit: float, smallest: float) -> list[tuple[tuple[float, float], float, float, bool]]:
    """Where a name may stand, near places first: by what, offset in points, whether lines are to be kept clear of."""
    own = (point.cost, _height(point, limit))
    beside = [(7.0, 0.0), (-7.0, 0.0), (0.0, 10.0), (0.0, -10.0)]
    around = [(dx, dy) for dx in (7.0, -7.0) for dy in (7.0, -7.0)]
    if point.dominated:
        ends = [end for arm in _arms(point, limit, smallest) for end in arm if end[0] == own[0]]
        beyond = [(end, 0.0, 9.0 if end[1] > own[1] else -9.0, True) for end in reversed(ends)]
        return [(own, dx, dy, True) for dx, dy in beside + around] + beyond
    farther = [(dx, dy) for dy in (14.0, -14.0) for dx in (0.0, 9.0, -9.0)]
    return [(own, dx, dy, strict) for strict in (True, False) for dx, dy in beside + around + farther]


def _distance(box: Bbox, spot: Any) -> float:
    """From a point to the nearest point of a box."""
    return math.hypot(
        max(box.x0 - spot[0], 0.0, spot[0] - box.x1), max(box.y0 - spot[1], 0.0, spot[1] - box.y1)
    )


def _within(box: Bbox, room: Bbox) -> bool:
    return bool(room.x0 <= box.x0 and box.x1 <= room.x1 and room.y0 <= box.y0 and box.y1 <= room.y1)


def _crosses(box: Bbox, lines: Sequence[tuple[Any, Any]]) -> bool:
    """Whether a line runs through the box, looked at in sixty steps of each."""
    for (x0, y0), (x1, y1) in lines:
        for step in range(61):
            t = step / 60.0
            if box.contains(x0 + t * (x1 - x0), y0 + t * (y1 - y0)):
                return True
    return False
