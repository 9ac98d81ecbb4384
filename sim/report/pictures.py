"""The pictures of a comparison, one panel each, as the brief places them; ``figures.py`` joins panels into files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.report import frontier, labels, panels, people, words
from sim.report.panels import WIDTH
from sim.report.selection import Effect, Selection
from sim.report.series import daily_table, difference_bands, level_bands

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from sim.vocabulary.outcomes import Outcome

__all__ = [
    "GAPS",
    "Picture",
    "cost_pictures",
    "draw_over_time",
    "draw_quarter",
    "effect_pictures",
    "effect_row_data",
    "gap_pictures",
    "new_figure",
    "over_time_pictures",
    "people_pictures",
    "quarter_outcome",
    "quarter_pictures",
    "quarter_range",
    "smallest_change",
]

GAPS: dict[str, str] = {
    "group": "groups",
    "age": "age bands",
    "quarter": "quarters",
    "vulnerable": "the vulnerable and the others",
}
"""Levels of a gap, and how they are called."""

TILE = (1.75, 1.15)
"""Width and height in inches of a tile of the small multiples."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One drawn panel: ``key`` names it in ids, ``title`` heads it, ``alt`` says what it shows."""

    key: str
    title: str
    alt: str
    figure: Figure


def effect_row_data(
    selection: Selection, outcome: Outcome, level: tuple[str, str] | None = None
) -> list[tuple[str, Effect | None]]:
    """Label and effect of each scenario, the most helpful first, the same order in every panel."""
    return [
        (selection.titles[name], selection.effect(name, outcome.name, level)) for name in selection.ranked
    ]


def effect_pictures(selection: Selection) -> list[Picture]:
    """One effect plot for each headline outcome."""
    found = []
    for outcome in selection.outcomes:
        rows = effect_row_data(selection, outcome)
        figure, axes = _panel(panels.effect_rows([label for label, _ in rows]))
        panels.effects(axes, outcome, rows, "")
        _head(figure, outcome.label)
        found.append(
            Picture(
                f"effect-{outcome.name}",
                outcome.label,
                _effect_alt(rows, words.subject(outcome)),
                figure,
            )
        )
    return found


def gap_pictures(selection: Selection, gap: str = "group") -> list[Picture]:
    """How each scenario moves the gap between groups (or ages) in each headline outcome; empty without data."""
    found = []
    for outcome in selection.outcomes:
        rows = effect_row_data(selection, outcome, ("gap", gap))
        if not any(effect for _, effect in rows):
            continue
        figure, axes = _panel(panels.effect_rows([label for label, _ in rows]))
        title = words.gap(outcome)
        panels.effects(axes, outcome, rows, "", lower_better=True)
        _head(figure, title)
        found.append(
            Picture(
                f"gap-{gap}-{outcome.name}",
                title,
                _effect_alt(rows, f"the gap between {GAPS[gap]} in {words.subject(outcome)}"),
                figure,
            )
        )
    return found


def people_pictures(selection: Selection, scenario: str) -> list[Picture]:
    """For each headline outcome the effects of one scenario on everybody and on each group, age and vulnerability."""
    found = []
    for outcome in selection.outcomes:
        rows = people.level_rows(selection, scenario, outcome)
        if not rows:
            continue
        figure, axes = _panel(panels.effect_rows([label for label, _ in rows]))
        panels.effects(axes, outcome, rows, "")
        _head(figure, outcome.label)
        what = f"{words.subject(outcome)} of “{selection.titles[scenario]}” by group, age and vulnerability"
        found.append(
            Picture(
                f"people-{scenario}-{outcome.name}", outcome.label, _effect_alt(rows, what), figure
            )
        )
    return found


def over_time_pictures(selection: Selection) -> list[Picture]:
    """For each headline outcome its level over time above its difference from the baseline."""
    found = []
    for outcome in selection.outcomes:
        figure = new_figure(4.1)
        top, bottom = figure.subplots(2, 1, sharex=True, height_ratios=[1.15, 1.0])
        if not draw_over_time(selection, outcome, top, bottom):
            continue
        names = words.join([selection.titles[name] for name in selection.shown])
        alt = (
            f"{outcome.label} over time for {names}: level above, difference from the baseline below; "
            "bands hold the middle 80% of worlds."
        )
        found.append(Picture(f"time-{outcome.name}", outcome.label, alt, figure))
    return found


def draw_over_time(selection: Selection, outcome: Outcome, top: Axes, bottom: Axes) -> bool:
    """Draw level and difference of one outcome; False where the results hold no daily values for it."""
    levels = level_bands(selection, outcome, band=(selection.baseline,))
    if not levels:
        return False
    panels.bands(top, outcome, levels)
    top.set_title(labels.heading(outcome), x=0.0)
    panels.bands(bottom, outcome, difference_bands(selection, outcome), difference=True)
    unit = {"share": "points", "0 to 1": ""}.get(outcome.unit, "")
    bottom.set_title(
        f"Difference from the baseline{', ' + unit if unit else ''}", x=0.0, fontsize=8.5, fontweight="normal"
    )
    bottom.set_xlabel("Days since the policies began")
    return True


def quarter_outcome(selection: Selection) -> Outcome | None:
    """The outcome of the small multiples: the stock that the scenarios shown move most, in smallest changes.

    Flows are too rare in one quarter to be read day by day.
    """
    stocks = [outcome for outcome in selection.outcomes if outcome.kind == "stock"]

    def moved(outcome: Outcome) -> float:
        effects = [selection.effect(name, outcome.name) for name in selection.shown]
        return max((abs(effect.size) for effect in effects if effect is not None), default=0.0)

    return max(stocks, key=moved, default=None)


def quarter_range(selection: Selection, outcome: Outcome, quarters: Sequence[str]) -> tuple[float, float]:
    """One range of values for all quarters, so that tiles can be compared."""
    lows, highs = [], []
    for quarter in quarters:
        table = daily_table(selection, outcome, selection.shown, ("quarter", quarter))
        if table is not None:
            means = table.T.groupby(level=0).mean()
            lows.append(float(means.min().min()))
            highs.append(float(means.max().max()))
    if not lows:
        return (0.0, 1.0)
    pad = 0.08 * (max(highs) - min(lows) or 1.0)
    return (min(lows) - pad, max(highs) + pad)


def quarter_pictures(selection: Selection) -> list[Picture]:
    """One tile for each quarter, with the scenarios shown over time on one scale; empty without daily values."""
    outcome = quarter_outcome(selection)
    daily = selection.daily
    if outcome is None or daily is None or daily.empty:
        return []
    quarters = sorted(daily.loc[daily["by"] == "quarter", "level"].unique())
    span = quarter_range(selection, outcome, quarters)
    found = []
    for i, quarter in enumerate(quarters):
        figure = new_figure(TILE[1], TILE[0])
        axes = figure.subplots()
        if not draw_quarter(selection, outcome, quarter, axes, span):
            continue
        ends = level_bands(selection, outcome, ("quarter", quarter), band=())
        said = words.join([f"{band.label} {words.value(outcome, float(band.middle[-1]))}" for band in ends])
        found.append(
            Picture(
                f"quarter-{i}",
                selection.label(quarter),
                f"{outcome.label} in {selection.label(quarter)} at the end: {said}.",
                figure,
            )
        )
    return found


def draw_quarter(
    selection: Selection, outcome: Outcome, quarter: str, axes: Axes, span: tuple[float, float]
) -> bool:
    """Draw one quarter's lines, without labels; False where there are no values."""
    shown = level_bands(selection, outcome, ("quarter", quarter), band=())
    if not shown:
        return False
    for band in shown:
        colour, line = panels.SERIES[band.series % len(panels.SERIES)]
        axes.plot(band.days, band.middle, color=colour, linestyle=line, linewidth=1.3)
    axes.set_ylim(*span)
    panels.from_first_to_last(axes, shown[0].days)
    labels.percent_axis(axes, outcome)
    axes.yaxis.get_major_locator().set_params(nbins=3)  # type: ignore[call-arg]
    axes.set_xticks([float(shown[0].days[0]), float(shown[0].days[-1])])
    axes.tick_params(labelsize=8.2, length=2)
    panels.quiet_axes(axes, "y")
    return True


def cost_pictures(selection: Selection) -> list[Picture]:
    """Cost and effect for each headline outcome; empty where no cost is known."""
    found = []
    for outcome in selection.outcomes:
        points = frontier.points(selection, outcome)
        if len(points) < 2:
            continue
        figure, axes = _panel(3.4)
        frontier.draw(axes, outcome, points, smallest_change(selection, outcome))
        frontier.label(axes, outcome, points, smallest_change(selection, outcome))
        best = words.join([point.label for point in points if not point.dominated])
        alt = f"Cost and effect on {words.subject(outcome)}. Not dominated: {best}."
        found.append(Picture(f"cost-{outcome.name}", outcome.label, alt, figure))
    return found


def smallest_change(selection: Selection, outcome: Outcome) -> float:
    """The smallest change that matters, as the effects have it; the outcome's own where there are none."""
    effects = (selection.effect(name, outcome.name) for name in selection.scenarios)
    return next((effect.smallest_change for effect in effects if effect is not None), outcome.smallest_change)


def new_figure(height: float, width: float = WIDTH) -> Figure:
    """An empty figure of this many inches that finds room for its words."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def _head(figure: Figure, title: str) -> None:
    """A title at the left edge: above long names of rows there is more room for it than above the plot alone."""
    figure.suptitle(title, x=0.01, ha="left", fontsize=9.5, fontweight="bold")


def _panel(height: float) -> tuple[Figure, Axes]:
    figure = new_figure(height)
    return figure, figure.subplots()


def _effect_alt(rows: Sequence[tuple[str, Effect | None]], what: str) -> str:
    """Says how many scenarios fall under each verdict, and names those that are better or worse."""
    said = []
    for verdict in ("better", "worse"):
        names = [label for label, effect in rows if effect is not None and effect.verdict == verdict]
        said.append(f"{verdict}: {words.join(names) or 'none'}")
    never = [label for label, effect in rows if effect is not None and effect.verdict == "not_delivered"]
    if never:
        said.append(f"without a verdict: {words.join(never)}")
    return (
        f"Effects on {what} with intervals, the zone too small to matter shaded. {'; '.join(said)}. "
        "All numbers are in the table below."
    )
