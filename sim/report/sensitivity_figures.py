"""Figures of a sensitivity analysis: bars that say what carries the conclusions, told apart by hatch and colour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sim.analysis.sampling import LUCK, REST
from sim.report.style import BETTER, INK, NEUTRAL, WORSE, quiet_axes
from sim.vocabulary.outcomes import BY_NAME

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from sim.analysis.sensitivity_plan import Sensitivity

MOST_BARS: Final = 12
LOOKS: Final = {
    "assumed": (WORSE, "////", "assumed: nobody has measured it"),
    "sourced": (BETTER, "", "from a source: measured, literature or expert"),
    REST: ("#7f8b93", "...", "all other parameters together"),
    LUCK: (NEUTRAL, "xxx", "luck"),
}
"""Colour, hatch and meaning of a bar."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One figure: ``key`` names its files and ids, ``alt`` says what it shows."""

    key: str
    title: str
    alt: str
    figure: Figure
    wide: bool = False


def index_pictures(found: Sensitivity) -> list[Picture]:
    """Figures of what carries each outcome."""
    return [_indices(found, outcome) for outcome in dict.fromkeys(found.tables["indices"]["outcome"])]


def _indices(found: Sensitivity, outcome: str) -> Picture:
    """Total and first-order indices for one outcome: its level, and the mean over scenarios of what they change."""
    table = found.tables["indices"]
    table = table[table["outcome"] == outcome]
    order = [*found.tables["measure_next"]["factor"].head(MOST_BARS), REST, LUCK]
    order = [name for name in order if name in set(table["factor"])]
    grades = found.tables["measure_next"].set_index("factor")["grade"].to_dict()
    parts = {
        "As it is today": table[table["scenario"] == ""],
        "What scenarios change": table[table["scenario"] != ""],
    }
    parts = {title: part for title, part in parts.items() if len(part)}
    figure = _figure(5.6, 0.8 + 0.24 * len(order))
    panels = figure.subplots(1, len(parts), sharey=True, squeeze=False)[0]
    for axes, (title, part) in zip(panels, parts.items(), strict=True):
        means = part.groupby("factor")[["first", "total"]].mean().reindex(order)
        _bars(axes, means, grades)
        if part["scenario"].nunique() == 1:  # a mean over scenarios has no interval that could be drawn
            for at, row in enumerate(part.set_index("factor").reindex(order).itertuples()):
                axes.plot([row.total_low, row.total_high], [at, at], color=INK, linewidth=1.1)
        axes.set_title(title, fontsize=8.5, fontweight="normal")
        axes.set_xlabel("Index")
    panels[0].set_yticks(range(len(order)), order, fontsize=7)
    panels[0].set_ylim(len(order) - 0.4, -0.6)
    subject = BY_NAME[outcome].label
    figure.suptitle(
        subject,
        x=0.01,
        ha="left",
        fontsize=9.5,
        fontweight="bold",
    )
    level = parts.get("As it is today", table)
    top = level[~level["factor"].isin((REST, LUCK))].sort_values("total", ascending=False).head(3)
    said = "; ".join(f"{row.factor} {row.total:.2f}" for row in top.itertuples())
    alt = f"Total and first-order indices for {subject}. Largest total indices as it is today: {said}."
    return Picture(f"indices_{outcome}", subject, alt, figure)


def _bars(axes: Axes, means: pd.DataFrame, grades: dict[str, str]) -> None:
    """Total indices as bars, first-order ones as dots."""
    for at, (name, row) in enumerate(means.iterrows()):
        colour, hatch, _ = look(str(name), grades.get(str(name), ""))
        bar(axes, at, row["total"], colour, hatch)
        axes.plot([row["first"]], [at], marker="o", markersize=3.5, color=INK, linestyle="none")
    axes.axvline(0.0, color=NEUTRAL, linewidth=0.7)
    axes.tick_params(axis="y", length=0)
    quiet_axes(axes, "x")


def bar(axes: Axes, at: int, width: float, colour: str, hatch: str, height: float = 0.62) -> None:
    """One bar, told apart by hatch as well as by colour."""
    axes.barh(at, width, height, color=tint(colour), edgecolor=colour, hatch=hatch, linewidth=0.9)


def tint(colour: str) -> tuple[float, float, float]:
    """A light shade of a colour. Not transparency: in SVG it would swallow the hatch."""
    from matplotlib.colors import to_rgb

    red, green, blue = (1.0 - 0.28 * (1.0 - part) for part in to_rgb(colour))
    return red, green, blue


def look(factor: str, grade: str) -> tuple[str, str, str]:
    """How a factor's bar looks."""
    return LOOKS.get(factor) or LOOKS["assumed" if grade == "assumed" else "sourced"]


def _figure(width: float, height: float) -> Figure:
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")
