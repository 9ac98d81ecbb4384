"""What to measure next, as a planner sees it: what each parameter carries, and beside it what it could turn.

Drawn narrow, with each parameter's name above its bars, so that it can be read at 400 pixels; grades and kinds are told
apart by words and hatches, so that it can be read without colours.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any, Final

from sim.analysis.sampling import LUCK, REST
from sim.report import words
from sim.report.sensitivity_figures import Picture, bar, look, tint
from sim.report.sensitivity_finding import turned
from sim.report.sensitivity_tables import span
from sim.report.style import INK, NEUTRAL, quiet_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from sim.analysis.sensitivity_plan import Sensitivity

__all__ = ["measure_picture"]

MOST_BARS: Final = 10
_WIDTH: Final = 4.9
_LETTERS: Final = 68
"""Letters of a line of that width."""
_ROW: Final = 0.66
_BAR: Final = 0.34
"""Inches of a row, and the share of it that a bar takes; the rest is for the name above it."""
CLAIMS: Final = "\\\\\\\\"


def measure_picture(found: Sensitivity) -> Picture:
    """What each parameter carries of all conclusions together, and the verdicts that could turn with it."""
    from matplotlib.figure import Figure

    table = found.tables["measure_next"].head(MOST_BARS).to_dict("records")
    totals = found.tables["totals"].set_index("factor")
    rows = [
        *table,
        *({"factor": name, **totals.loc[name].to_dict()} for name in (REST, LUCK) if name in totals.index),
    ]
    height = 1.25 + _ROW * len(rows)
    figure = Figure(figsize=(_WIDTH, height))
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=(2.1, 1.0))
    figure.subplots_adjust(0.03, 0.98 / height, 0.97, 1.0 - 0.1 / height, wspace=0.09)
    _shares(left, rows)
    _verdicts(right, rows, found.manifest)
    for at, row in enumerate(rows):
        left.annotate(
            _title(row), (0.0, at - 0.5 * _BAR), (0, 2), xycoords=("axes fraction", "data"), textcoords="offset points",
            va="bottom", fontsize=7.6, linespacing=1.15, bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.4},
        )  # fmt: skip
    right.patch.set_visible(False)  # names reach over both panels
    left.set_ylim(len(rows) - 0.72, -0.85)
    left.set_yticks([])
    _key(figure, found)
    said = [
        f"{row['description'].rstrip('.')}, {row['grade']}, {words.percent(row['carried'])} of the variance, "
        f"could turn {sum(turned(row))} verdicts"
        for row in table[:5]
    ]
    alt = f"What to measure next, the most first: {'; '.join(said)}. All numbers are in the table below."
    return Picture("measure_next", "What to measure next", alt, figure)


def _shares(axes: Axes, rows: list[dict[str, Any]]) -> None:
    """Bars of what each factor carries at least, with intervals and numbers."""
    ends = []
    for at, row in enumerate(rows):
        colour, hatch, _ = look(row["factor"], row.get("grade", ""))
        low, high, carried = (100.0 * float(row[name]) for name in ("carried_low", "carried_high", "carried"))
        bar(axes, at, carried, colour, hatch, _BAR)
        axes.plot([low, high], [at, at], color=INK, linewidth=1.3, solid_capstyle="butt")
        ends.append(max(high, carried))
        axes.annotate(words.percent(carried / 100.0), (ends[-1], at), (4, 0), textcoords="offset points",
                      va="center", fontsize=8)  # fmt: skip
    axes.set_xlim(0.0, 1.22 * max(ends, default=1.0) + 1.0)
    axes.set_xlabel("Share of the variance of\nthe conclusions, % (line: 95%)", fontsize=7.6)
    quiet_axes(axes, "x")


def _verdicts(axes: Axes, rows: list[dict[str, Any]], manifest: dict[str, Any]) -> None:
    """Bars of how many verdicts a parameter could turn: those on scenarios dark, those on claims hatched."""
    own = [(at, row) for at, row in enumerate(rows) if row["factor"] not in (REST, LUCK)]
    for at, row in own:
        verdicts, claims = turned(row)
        axes.barh(at, verdicts, _BAR, color=INK, edgecolor=INK, linewidth=0.9)
        axes.barh(at, claims, _BAR, left=verdicts, color="white", edgecolor=INK, hatch=CLAIMS, linewidth=0.9)
        said = str(verdicts + claims) if verdicts + claims else "none"
        axes.annotate(
            said, (verdicts + claims, at), (4, 0), textcoords="offset points", va="center", fontsize=8
        )
    axes.set_xlim(0.0, 1.35 * max([2, *(sum(turned(row)) for _, row in own)]))
    axes.xaxis.get_major_locator().set_params(integer=True)  # type: ignore[call-arg]
    count, claims = (
        int(manifest.get(key, {}).get(of, 0)) for key, of in (("verdicts", "count"), ("claims", "claims"))
    )
    axes.set_xlabel(f"Verdicts that it could\nturn, of {count + claims}", fontsize=7.6)
    quiet_axes(axes, "x")


def _title(row: dict[str, Any]) -> str:
    """What a factor is, its grade and range, on two lines at most."""
    if row["factor"] in (REST, LUCK):
        return str(row["factor"]).capitalize()
    grade = f"{str(row['grade']).upper()}: {span(row)}"
    what = textwrap.shorten(str(row["description"]).rstrip("."), _LETTERS, placeholder=" …")
    return f"{what}\n{textwrap.shorten(grade, _LETTERS, placeholder=' …')}"


def _key(figure: Figure, found: Sensitivity) -> None:
    """Say what hatches mean."""
    from matplotlib.patches import Patch

    table = found.tables["measure_next"]
    looks = dict.fromkeys(look(row.factor, row.grade) for row in table.itertuples())
    handles = [Patch(facecolor=tint(c), edgecolor=c, hatch=hatch, label=said) for c, hatch, said in looks]
    handles.append(Patch(facecolor=INK, edgecolor=INK, label="verdict on a scenario"))
    if "claims" in found.manifest:
        handles.append(Patch(facecolor="white", edgecolor=INK, hatch=CLAIMS, label="claim of the ledger"))
    figure.legend(handles=handles, loc="lower left", ncols=2, fontsize=7, frameon=False, labelcolor=NEUTRAL,
                  columnspacing=1.2, borderaxespad=0.2)  # fmt: skip
