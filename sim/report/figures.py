"""The figures that land beside the results, as PNG and SVG."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

from sim.lab.batch import StepHook
from sim.report import frontier, labels, panels, people, pictures, words
from sim.report.finding import find
from sim.report.interaction_pictures import interaction_figure
from sim.report.run_figures import run_figures
from sim.report.selection import Results, Selection, select
from sim.report.style import drawing, in_legend, save

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["compare_figures", "run_figures"]

_COLUMNS = 5


def compare_figures(
    results: Results, folder: Path, window: str | None = None, step: StepHook | None = None
) -> list[Path]:
    """Draw the figures of a comparison.

    Parameters
    ----------
    results
        The results of an experiment.
    folder
        Where the files go; made where it is missing.
    window
        The window of the effects; see :func:`sim.report.selection.select`.
    step
        Told before each figure how many there are already.

    Returns
    -------
    list of Path
        ``effects``, ``over_time``, ``gaps``, ``gaps_by_age``, ``who_gains``, ``quarters``, ``interactions`` and
        ``costs``, each as ``.png`` and ``.svg``. Those for which the results hold no data are left out; ones of that
        name from an earlier time are removed. The same results give the same bytes.
    """
    selection = select(results, window)
    written: list[Path] = []
    with drawing():
        for i, (stem, draw) in enumerate(_FIGURES.items()):
            if step is not None:
                step("Drawing figures", i, len(_FIGURES))
            figure = draw(selection)
            if figure is not None:
                written += save(figure, Path(folder), stem)
                continue
            for kind in ("png", "svg"):
                (Path(folder) / f"{stem}.{kind}").unlink(missing_ok=True)
    return written


def _effects(selection: Selection) -> Figure | None:
    return _effect_panels(selection, None)


def _gaps(selection: Selection) -> Figure | None:
    return _effect_panels(selection, ("gap", "group"))


def _gaps_by_age(selection: Selection) -> Figure | None:
    return _effect_panels(selection, ("gap", "age"))


def _who_gains(selection: Selection) -> Figure | None:
    """Effects by group, age and vulnerability of the scenarios that the brief follows, one row of panels each."""
    if not selection.equity:
        return None
    followed = people.followed(selection, find(selection))
    rows = [
        [people.level_rows(selection, name, outcome) for outcome in selection.outcomes] for name in followed
    ]
    if not any(found for parts in rows for found in parts):
        return None
    tallest = max((part for parts in rows for part in parts), key=len)
    count = len(selection.outcomes)
    figure = _figure(panels.WIDTH * count, panels.effect_rows([label for label, _ in tallest]) * len(followed) + 0.3)
    for i, (name, parts) in enumerate(zip(followed, rows, strict=True)):
        for j, (outcome, found) in enumerate(zip(selection.outcomes, parts, strict=True)):
            if found:
                axes = figure.add_subplot(len(followed), count, i * count + j + 1)
                title = f"{labels.wrapped(selection.titles[name], 30)}\n{outcome.label}"
                panels.effects(axes, outcome, found, title)
    _note(figure, _how_to_read(selection))
    return figure


def _effect_panels(selection: Selection, level: tuple[str, str] | None) -> Figure | None:
    """Effect plots side by side; the scenarios' names stand once, at the left."""
    found = [(outcome, pictures.effect_row_data(selection, outcome, level)) for outcome in selection.outcomes]
    if not any(effect for _, rows in found for _, effect in rows):
        return None
    titles = [selection.titles[name] for name in selection.scenarios]
    figure = _figure(1.2 + 2.6 * len(found), panels.effect_rows(titles))
    parts = [
        (outcome, rows, outcome.label if level is None else words.gap(outcome))
        for outcome, rows in found
    ]
    panels.effects_side_by_side(figure, parts, lower_better=None if level is None else True)
    _note(figure, _how_to_read(selection))
    return figure


def _how_to_read(selection: Selection) -> str:
    return (
        "▲ better   ▽ worse   ■ too small to matter   □ perhaps too small   ○ cannot be told from no change.   "
        "Shaded: too small to matter.\n"
        f"Differences from the baseline, {words.window_words(selection.window)}; "
        f"95% intervals holding {selection.interval_holds}."
    )


def _over_time(selection: Selection) -> Figure | None:
    count = len(selection.outcomes)
    figure = _figure(panels.WIDTH * count, 4.3)
    grid = figure.subplots(2, count, sharex=True, squeeze=False)
    drawn = [
        pictures.draw_over_time(selection, outcome, grid[0, i], grid[1, i])
        for i, outcome in enumerate(selection.outcomes)
    ]
    _note(
        figure,
        "Bands: middle 80% of parameter worlds (of levels, the baseline's). Grey zone: too small to matter.",
    )
    return figure if all(drawn) else None


def _quarters(selection: Selection) -> Figure | None:
    outcome, daily = pictures.quarter_outcome(selection), selection.daily
    if outcome is None or daily is None or daily.empty:
        return None
    quarters = sorted(daily.loc[daily["by"] == "quarter", "level"].unique())
    if not quarters:
        return None
    span = pictures.quarter_range(selection, outcome, quarters)
    rows = math.ceil(len(quarters) / _COLUMNS)
    figure = _figure(2.0 * _COLUMNS, 0.5 + 1.35 * rows)
    for i, quarter in enumerate(quarters):
        axes = figure.add_subplot(rows, _COLUMNS, i + 1)
        pictures.draw_quarter(selection, outcome, quarter, axes, span)
        axes.set_title(selection.label(quarter), fontsize=8, fontweight="normal", x=0.0)
    figure.suptitle(
        f"{outcome.label} by quarter, over {_days(selection)} days",
        x=0.01,
        ha="left",
        fontsize=9.5,
        fontweight="bold",
    )
    handles = [
        figure.axes[0].plot([], [], color=colour, linestyle=line, label=in_legend(selection.titles[name]))[0]
        for name, (colour, line) in zip(selection.shown, panels.SERIES, strict=False)
    ]
    figure.legend(handles=handles, loc="outside lower left", ncols=3, frameon=False, fontsize=8)
    return figure


def _interactions(selection: Selection) -> Figure | None:
    figure = interaction_figure(selection)
    if figure is not None:
        _note(
            figure,
            "Differences from both policies at their lowest dose. Dotted: where the line would be if effects added up. "
            f"Bars: 95% intervals of the interaction,\nthe distance from the dotted line, holding "
            f"{selection.interval_holds}.",
        )
    return figure


def _costs(selection: Selection) -> Figure | None:
    count = len(selection.outcomes)
    found = [frontier.points(selection, outcome) for outcome in selection.outcomes]
    if any(len(points) < 2 for points in found):
        return None
    figure = _figure(panels.WIDTH * count, 3.6)
    for i, (outcome, points) in enumerate(zip(selection.outcomes, found, strict=True)):
        axes = figure.add_subplot(1, count, i + 1)
        frontier.draw(axes, outcome, points, pictures.smallest_change(selection, outcome))
    _note(
        figure,
        "Filled: on the frontier. Hollow: dominated, as much is had elsewhere for no more money. Shaded: too small to "
        f"matter.\nThin lines: 95% intervals holding {selection.interval_holds}.",
    )
    # Labels look for room, so they come when everything else has its place.
    for axes, outcome, points in zip(figure.axes, selection.outcomes, found, strict=True):
        smallest = pictures.smallest_change(selection, outcome)
        frontier.label(axes, outcome, points, smallest)
    return figure


def _note(figure: Figure, text: str) -> None:
    """One line below the panels that says how to read them."""
    figure.supxlabel(text, fontsize=8, x=0.01, ha="left")


def _days(selection: Selection) -> int:
    return int(selection.daily["day"].max()) + 1


def _figure(width: float, height: float) -> Figure:
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


_FIGURES = {
    "effects": _effects,
    "over_time": _over_time,
    "gaps": _gaps,
    "gaps_by_age": _gaps_by_age,
    "who_gains": _who_gains,
    "quarters": _quarters,
    "interactions": _interactions,
    "costs": _costs,
}
