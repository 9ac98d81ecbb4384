"""Packages by cost and effect in the worlds held out, one panel an outcome, as a page places them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sim.report import frontier, words
from sim.report.labels import heading
from sim.report.panels import WIDTH
from sim.report.pictures import Picture
from sim.report.style import NEUTRAL

__all__ = ["frontier_pictures"]

NOTHING: Final = "nothing"


def frontier_pictures(
    rows: Sequence[Mapping[str, Any]], marks: Mapping[str, str], outcomes: Sequence[Any]
) -> list[Picture]:
    """One panel an outcome: each package by its letter, with its interval, and a cross where the search had promised.

    Parameters
    ----------
    rows
        The packages tested (rows of ``tables/frontier.csv``).
    marks
        The letter of each package.
    outcomes
        Headline outcomes.
    """
    from matplotlib.figure import Figure

    found = []
    for outcome in outcomes:
        points = [frontier.Point(NOTHING, NOTHING, 0.0, 0.0, False)]
        sense = outcome.direction
        for row in rows:
            low, high = sorted((sense * row[f"{outcome.name}_low"], sense * row[f"{outcome.name}_high"]))
            effect = sense * row[outcome.name]
            name = marks[row["package"]]
            points.append(
                frontier.Point(row["package"], name, row["cost"], effect, False, effect_ends=(low, high))
            )
        points = frontier.judged(points)
        figure = Figure(figsize=(WIDTH, 3.4), layout="constrained")
        axes = figure.subplots()
        frontier.draw(axes, outcome, points, outcome.smallest_change)
        promised = [sense * row[f"{outcome.name}_promised"] for row in rows]
        axes.plot([row["cost"] for row in rows], promised, "x", markersize=4, color=NEUTRAL, alpha=0.7)
        axes.set_title(heading(outcome), x=0.0)
        frontier.label(axes, outcome, points, outcome.smallest_change, small_too=True)
        best = words.join([point.label for point in points if not point.dominated])
        said = "; ".join(
            f"{marks[row['package']]} {words.money(row['cost'])} yuan, "
            f"{words.difference(outcome, row[outcome.name], unit=True)}"
            for row in rows
        )
        alt = f"Cost and effect of each package on {words.subject(outcome)}: {said}. Not dominated here: {best}."
        found.append(Picture(f"frontier-{outcome.name}", outcome.label, alt, figure))
    return found
