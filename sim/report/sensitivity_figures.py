"""Figures of a sensitivity analysis: bars that say what carries the conclusions, told apart by hatch and colour."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sim.analysis.sampling import LUCK, REST
from sim.report import words
from sim.report.sensitivity_tables import span
from sim.report.style import BETTER, INK, NEUTRAL, WORSE, quiet_axes
from sim.vocabulary.outcomes import BY_NAME

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from sim.analysis.sensitivity_plan import Sensitivity

MOST_BARS: Final = 12
_WIDE: Final = 46
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


def sensitivity_pictures(found: Sensitivity) -> list[Picture]:
    """All figures of an analysis, the one that says what to measure first."""
    pictures = [_measure_next(found)]
    for outcome in dict.fromkeys(found.tables["indices"]["outcome"]):
        pictures.append(_indices(found, outcome))
    return pictures


def _measure_next(found: Sensitivity) -> Picture:
    """What each parameter carries of all conclusions together, with all others and luck below."""
    table = found.tables["measure_next"].head(MOST_BARS).to_dict("records")
    totals = found.tables["totals"].set_index("factor")
    rows = [(_look(row["factor"], row["grade"]), _label(row), row) for row in table]
    for name in (REST, LUCK):
        if name in totals.index:
            rows.append((LOOKS[name], name.capitalize(), totals.loc[name].to_dict()))
    figure = _figure(8.2, 0.9 + 0.46 * len(rows))
    axes = figure.subplots()
    count = found.manifest.get("verdicts", {}).get("count", 0)
    largest = max(float(row["carried_high"]) for _, _, row in rows)
    for at, ((colour, hatch, _), _, row) in enumerate(rows):
        low, high = float(row["carried_low"]), float(row["carried_high"])
        _bar(axes, at, 100 * row["carried"], colour, hatch)
        axes.plot([100 * low, 100 * high], [at, at], color=INK, linewidth=1.2, solid_capstyle="butt")
        axes.plot([100 * row["alone"]], [at], marker="o", markersize=4.5, color=INK, markerfacecolor="white")
        said = words.percent(float(row["carried"])) + _turns(row, count)
        end = (100 * max(high, row["carried"], row["alone"]), at)
        axes.annotate(said, end, (7, 0), textcoords="offset points", va="center", fontsize=8)
    axes.set_yticks(range(len(rows)), [label for _, label, _ in rows])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    turning = any(_turns(row, count) for _, _, row in rows)  # longer words behind the bars
    axes.set_xlim(0.0, 100 * largest * (1.6 if turning else 1.32) + 1.0)
    axes.set_xlabel("Share of the conclusions' variance that it carries, %  (line: 95% interval; dot: alone)")
    axes.tick_params(axis="y", length=0)
    _key(axes, [look for look, _, _ in rows])
    quiet_axes(axes, "x")
    first = [
        f"{row['description'].rstrip('.')} {words.percent(row['carried'])}{_turns(row, count).replace(';', ',')}"
        for row in table[:5]
    ]
    alt = (
        f"What carries the conclusions or turns verdicts, the most first: {'; '.join(first)}. "
        "All numbers are in the table below."
    )
    return Picture("measure_next", "What to measure next", alt, figure, wide=True)


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
        axes.set_title(title, fontsize=8.5, fontweight="normal")
        axes.set_xlabel("Index")
    panels[0].set_yticks(range(len(order)), order, fontsize=7)
    panels[0].set_ylim(len(order) - 0.4, -0.6)
    subject = BY_NAME[outcome].label
    figure.suptitle(
        f"{subject}: bars total, dots first order", x=0.01, ha="left", fontsize=9.5, fontweight="bold"
    )
    level = parts.get("As it is today", table)
    top = level[~level["factor"].isin((REST, LUCK))].sort_values("total", ascending=False).head(3)
    said = "; ".join(f"{row.factor} {row.total:.2f}" for row in top.itertuples())
    alt = f"Total and first-order indices for {subject}. Largest total indices as it is today: {said}."
    return Picture(f"indices_{outcome}", subject, alt, figure)


def _bars(axes: Axes, means: pd.DataFrame, grades: dict[str, str]) -> None:
    """Total indices as bars, first-order ones as dots."""
    for at, (name, row) in enumerate(means.iterrows()):
        colour, hatch, _ = _look(str(name), grades.get(str(name), ""))
        _bar(axes, at, row["total"], colour, hatch)
        axes.plot([row["first"]], [at], marker="o", markersize=3.5, color=INK, linestyle="none")
    axes.axvline(0.0, color=NEUTRAL, linewidth=0.7)
    axes.tick_params(axis="y", length=0)
    quiet_axes(axes, "x")


def _bar(axes: Axes, at: int, width: float, colour: str, hatch: str) -> None:
    axes.barh(at, width, 0.62, color=_tint(colour), edgecolor=colour, hatch=hatch, linewidth=0.9)


def _tint(colour: str) -> tuple[float, float, float]:
    """A light shade of a colour. Not transparency: in SVG it would swallow the hatch."""
    from matplotlib.colors import to_rgb

    red, green, blue = (1.0 - 0.28 * (1.0 - part) for part in to_rgb(colour))
    return red, green, blue


def _look(factor: str, grade: str) -> tuple[str, str, str]:
    """How a factor's bar looks."""
    return LOOKS.get(factor) or LOOKS["assumed" if grade == "assumed" else "sourced"]


def _turns(row: dict[str, Any], count: int) -> str:
    """What a parameter turns, behind its bar; nothing where it turns nothing."""
    own, claims = int(row.get("verdicts_turned", 0) or 0), int(row.get("claims_turned", 0) or 0)
    said = f"; turns {own} of {count} verdicts" if own else ""
    return said + (f"; could turn {claims} of {int(row['claims_tried'])} claims" if claims else "")


def _label(row: dict[str, Any]) -> str:
    """What a parameter is, on one or two lines, with its range and unit."""
    what = textwrap.shorten(str(row["description"]).rstrip("."), 2 * _WIDE - 6, placeholder=" …")
    return f"{textwrap.fill(what, _WIDE)}\n({textwrap.shorten(span(row), _WIDE + 6, placeholder=' …')})"


def _key(axes: Axes, looks: list[tuple[str, str, str]]) -> None:
    """Say what colours and hatches mean."""
    from matplotlib.patches import Patch

    handles = [
        Patch(facecolor=_tint(colour), edgecolor=colour, hatch=hatch, label=said)
        for colour, hatch, said in dict.fromkeys(looks)
    ]
    axes.legend(handles=handles, loc="lower right", fontsize=7.5, frameon=False)


def _figure(width: float, height: float) -> Figure:
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")
