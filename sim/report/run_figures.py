"""The figures of one run: main outcomes over time, and by group and quarter."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol

from sim.lab.moving import with_numerators
from sim.report import labels, panels
from sim.report.selection import EVERYONE, RESIDENTS
from sim.report.series import SMOOTH_DAYS, smoothed, thinned
from sim.report.style import BETTER, GRID, NEUTRAL, SERIES, drawing, quiet_axes, save
from sim.vocabulary.outcomes import BY_NAME, Outcome

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["MAIN", "Run", "run_figures"]

MAIN: Final = (
    "trust",
    "participation_30d",
    "conflicts_per_1000",
    "on_time",
    "wait_mean_days",
    "backlog_per_1000",
    "load",
)
"""What is drawn over time."""
BY: Final = ("trust", "participation_30d", "conflicts_per_1000", "on_time")
"""What is drawn by group and quarter."""
GROUP_DAYS: Final = 91
"""Flows of a group are drawn over this many days: in a group of a few hundred one conflict a month is chance."""
LEAST_SPAN: Final = 4.0
"""An axis spans at least so many smallest changes that matter."""
_LINES: Final = (SERIES[1], SERIES[2], SERIES[0], *SERIES[3:])


class Run(Protocol):
    """One run: its scenario and its daily and windowed outcomes (see ``sim.simulate``)."""

    scenario: Any
    daily: pd.DataFrame
    windows: pd.DataFrame


@dataclass
class _Drawn:
    """What is drawn: daily values with what it takes to average them."""

    scenario: Any
    daily: pd.DataFrame
    windows: pd.DataFrame


def run_figures(run: Run, folder: Path) -> list[Path]:
    """Draw ``over_time``, ``by_group`` and ``by_quarter``, each as PNG and SVG.

    Parameters
    ----------
    run
        A finished run.
    folder
        Where the files go; made where it is missing.

    Returns
    -------
    list of Path
        The files written. A figure without any data is left out. The same run gives the same bytes.
    """
    run = _Drawn(run.scenario, with_numerators(run), run.windows)
    written: list[Path] = []
    with drawing():
        for stem, figure in (
            ("over_time", _over_time(run)),
            ("by_group", _by_group(run)),
            ("by_quarter", _by_quarter(run)),
        ):
            if figure is not None:
                written += save(figure, Path(folder), stem)
    return written


def _over_time(run: Run) -> Figure | None:
    """Main outcomes of residents, a panel each; days before the policies on grey."""
    found = []
    for name in MAIN:
        line = _line(run, BY_NAME[name], RESIDENTS)
        line = _line(run, BY_NAME[name], EVERYONE) if line is None else line
        if line is not None:
            found.append((BY_NAME[name], line))
    if not found:
        return None
    columns = 2
    figure = _figure(7.6, 0.5 + 1.75 * math.ceil(len(found) / columns))
    for i, (outcome, line) in enumerate(found):
        axes = figure.add_subplot(math.ceil(len(found) / columns), columns, i + 1)
        axes.plot(line.index, line, color=BETTER)
        _time_axis(axes, outcome, line)
    note = f"Flows are over the {SMOOTH_DAYS} days before. Grey: before the policies began."
    figure.supxlabel(f"Days since the policies began. {note}", fontsize=8, x=0.01, ha="left")
    figure.suptitle(f"{_title(run)}: residents", x=0.01, ha="left", fontweight="bold", fontsize=10)
    return figure


def _by_group(run: Run) -> Figure | None:
    """Headline outcomes by group over time, labelled at the right."""
    groups = _levels(run.daily, "group")
    if not groups:
        return None
    names = [_label(run, "groups", group) for group in groups]
    lines = sum(1 + labels.wrapped(name, 14).count("\n") for name in names)
    tall = max(1.6, 0.152 * lines)  # so that the names at the lines' ends keep clear of each other
    figure = _figure(7.6, 1.4 + 2.0 * tall)
    for i, name in enumerate(BY):
        axes = figure.add_subplot(2, 2, i + 1)
        outcome, ends, last = BY_NAME[name], [], None
        for j, group in enumerate(groups):
            line = _line(run, outcome, ("group", group), GROUP_DAYS)
            if line is None:
                continue
            colour, style = _LINES[j % len(_LINES)]
            axes.plot(line.index, line, color=colour, linestyle=style, linewidth=1.3)
            known = line.dropna()
            ends.append(
                (names[j], float(known.iloc[-1]) if len(known) else math.nan, colour)
            )
            last = line
        if last is not None:
            _time_axis(axes, outcome, last)
            panels.end_labels(axes, ends, gap=0.152 / tall)
    note = f"Flows are over the {GROUP_DAYS} days before. Grey: before the policies began."
    figure.supxlabel(f"Days since the policies began. {note}", fontsize=8, x=0.01, ha="left")
    figure.suptitle(f"{_title(run)}: by group", x=0.01, ha="left", fontweight="bold", fontsize=10)
    return figure


def _by_quarter(run: Run) -> Figure | None:
    """Outcomes by quarter over the whole horizon, as dots on one line a quarter; the mean of residents is a rule."""
    windows = run.windows[run.windows["window"] == "horizon"]
    quarters = _levels(windows, "quarter")
    if not quarters:
        return None
    figure = _figure(8.6, 1.2 + 0.22 * len(quarters))
    grid = figure.subplots(1, len(BY), sharey=True, squeeze=False)
    rows = windows[windows["by"] == "quarter"].set_index("level").reindex(quarters)
    mean = windows[(windows["by"] == RESIDENTS[0]) & (windows["level"] == RESIDENTS[1])]
    for axes, name in zip(grid[0], BY, strict=True):
        outcome = BY_NAME[name]
        if name not in rows:
            continue
        axes.hlines(range(len(quarters)), *_span(rows[name]), color=GRID, linewidth=0.6, zorder=0)
        axes.plot(rows[name], range(len(quarters)), "o", color=BETTER, markersize=4.5, zorder=3)
        if len(mean):
            axes.axvline(
                float(mean[name].iloc[0]), color=NEUTRAL, linewidth=0.9, linestyle="dashed", zorder=1
            )
        _roomy(axes, outcome, "x")
        labels.percent_axis(axes, outcome, "x")
        axes.set_title(labels.wrapped(labels.heading(outcome), 20), fontsize=8.5, x=0.0)
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
    grid[0, 0].set_yticks(range(len(quarters)), [_label(run, "blocks", quarter) for quarter in quarters])
    grid[0, 0].set_ylim(len(quarters) - 0.5, -0.5)
    figure.supxlabel("Whole horizon. Dashed: all residents.", fontsize=8, x=0.01, ha="left")
    figure.suptitle(f"{_title(run)}: by quarter", x=0.01, ha="left", fontweight="bold", fontsize=10)
    return figure


def _line(run: Run, outcome: Outcome, level: tuple[str, str], over: int = SMOOTH_DAYS) -> pd.Series | None:
    """One outcome at one level, smoothed where it is a flow, with at most a quarter of the horizon before day 0."""
    daily = run.daily
    if outcome.name not in daily.columns:
        return None
    rows = daily[(daily["by"] == level[0]) & (daily["level"] == level[1])]
    if rows.empty or rows[outcome.name].isna().all():
        return None
    rows = rows.sort_values("day", ignore_index=True)
    table = smoothed(rows, outcome, over=over).to_frame(outcome.name).set_index(rows["day"])
    first = -max(1, int(table.index.max()) // 4)
    return thinned(table[table.index >= first])[outcome.name]


def _time_axis(axes: Axes, outcome: Outcome, line: pd.Series) -> None:
    first, last = float(line.index[0]), float(line.index[-1])
    if first < 0:
        axes.axvspan(first, 0.0, color="#eceff1", zorder=0, linewidth=0)
    axes.set_xlim(first, max(last, first + 1.0))
    quiet_axes(axes, "y")
    _roomy(axes, outcome)
    labels.percent_axis(axes, outcome)
    axes.set_title(labels.heading(outcome), x=0.0, fontsize=9)


def _roomy(axes: Axes, outcome: Outcome, which: Literal["x", "y"] = "y") -> None:
    """Show a few smallest changes that matter at least, so that next to nothing does not look like a collapse."""
    low, high = axes.get_ylim() if which == "y" else axes.get_xlim()
    least = LEAST_SPAN * outcome.smallest_change
    if high - low < least:
        low, high = (low + high - least) / 2.0, (low + high + least) / 2.0
    if outcome.unit != "-1 to 1" and low < 0.0:
        # nothing here can be below zero: a sliver below, for the line to be seen
        low = -0.02 * (high - low)
    (axes.set_ylim if which == "y" else axes.set_xlim)(low, high)


def _span(values: pd.Series) -> tuple[float, float]:
    return float(values.min()), float(values.max())


def _levels(table: pd.DataFrame, by: str) -> list[str]:
    return sorted(str(level) for level in table.loc[table["by"] == by, "level"].unique())


def _title(run: Run) -> str:
    return str(getattr(run.scenario, "title", "") or getattr(run.scenario, "name", "Run"))


def _label(run: Run, kind: str, name: str) -> str:
    """The label that the community gives a group or block, such as a Chinese name; its key where it gives none."""
    declared = getattr(getattr(run.scenario, "community", None), kind, None) or ()
    labels = {part.name: part.label for part in declared}
    return str(labels.get(name) or name)


def _figure(width: float, height: float) -> Figure:
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")
