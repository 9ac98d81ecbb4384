"""Figures hold what they are said to hold, in both formats, with the same bytes each time."""

from __future__ import annotations

import logging
import math
import re
import warnings
from pathlib import Path

import matplotlib
import pytest

from sim.report import frontier, panels, pictures
from sim.report.figures import compare_figures, run_figures
from sim.report.selection import select
from sim.report.style import drawing, inline_svg
from sim.vocabulary.outcomes import BY_NAME


@pytest.fixture(scope="module")
def results(fake):
    return fake.fake_results(worlds=4, days=30)


def test_a_single_day_is_drawn_without_a_complaint(fake, tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert compare_figures(fake.fake_results(worlds=2, days=1), tmp_path)


def panel(width: float = panels.WIDTH, height: float = 3.0):
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots()


@pytest.mark.slow  # that the same bytes come is held by `cgsim report` in tests/cli, too
def test_a_comparison_gives_each_figure_as_png_and_svg_the_same_each_time(results, tmp_path: Path) -> None:
    first = compare_figures(results, tmp_path / "a")
    second = compare_figures(results, tmp_path / "b")
    names = {path.name for path in first}
    stems = ("effects", "over_time", "gaps", "gaps_by_age", "quarters", "costs")
    assert names == {f"{stem}.{kind}" for stem in stems for kind in ("png", "svg")}
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_a_run_gives_its_figures_and_every_chinese_label_is_drawn(fake, tmp_path: Path, caplog) -> None:
    with warnings.catch_warnings(), caplog.at_level(logging.WARNING):
        warnings.simplefilter("error")  # Matplotlib warns of each character that no font has
        first = run_figures(fake.fake_run(), tmp_path / "a")
    assert {path.stem for path in first} == {"over_time", "by_group", "by_quarter"}
    assert not caplog.records
    again = run_figures(fake.fake_run(), tmp_path / "b")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in again]


def test_drawing_leaves_the_users_settings_alone(results, tmp_path: Path) -> None:
    before = dict(matplotlib.rcParams)
    with drawing():
        pass
    assert dict(matplotlib.rcParams) == before


def test_figures_whose_data_are_missing_are_left_out(fake, tmp_path: Path) -> None:
    results = fake.fake_results(worlds=3, days=6)
    results.daily = results.daily.iloc[:0]
    results.effects = results.effects[results.effects["by"] != "gap"]
    (tmp_path / "gaps.png").write_bytes(b"of an earlier comparison")
    assert {path.stem for path in compare_figures(results, tmp_path)} == {"effects", "costs"}
    assert not (tmp_path / "gaps.png").exists()


def test_right_is_better_on_every_effect_panel(results) -> None:
    selection = select(results)
    with drawing():
        for outcome in selection.outcomes:
            _, axes = panel()
            panels.effects(axes, outcome, pictures.effect_row_data(selection, outcome), "Effect")
            left, right = axes.get_xlim()
            assert (right > left) == (outcome.direction > 0)


def test_the_too_small_zone_is_as_wide_as_the_smallest_change_that_matters(results) -> None:
    selection = select(results)
    outcome = selection.outcomes[0]
    with drawing():
        _, axes = panel()
        panels.effects(axes, outcome, pictures.effect_row_data(selection, outcome), "Effect")
    zone = axes.patches[0].get_extents().transformed(axes.transData.inverted())
    assert sorted((zone.x0, zone.x1)) == pytest.approx([-outcome.smallest_change, outcome.smallest_change])


@pytest.mark.parametrize("ends", [(0.50, 0.50, 0.50), (0.1, 0.11, 0.9), (0.98, 0.99, 1.0), (0.0, 0.01, 0.02)])
def test_labels_at_the_end_of_lines_keep_their_order_and_do_not_touch(ends: tuple[float, ...]) -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    with drawing():
        figure, axes = panel(height=2.0)
        axes.set_ylim(0.0, 1.0)
        panels.end_labels(
            axes, [(f"Scenario of some length {i}", end, "black") for i, end in enumerate(ends)]
        )
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        boxes = [text.get_window_extent(canvas.get_renderer()) for text in axes.texts]
    assert len(boxes) == 3
    for lower, upper in zip(boxes, boxes[1:], strict=False):
        assert lower.y1 <= upper.y0 + 1.0
    assert boxes[0].y0 >= -1.0 and boxes[-1].y1 <= figure.bbox.height + 1.0


def test_a_scenario_is_dominated_when_another_gives_as_much_for_no_more(fake) -> None:
    true = {
        "good": ("Good", (4.0, 0.0, 0.0), 2.0),
        "dear": ("Dear", (3.0, 0.0, 0.0), 9.0),
        "best": ("Best", (8.0, 0.0, 0.0), 20.0),
        "harm": ("Harm", (-4.0, 0.0, 0.0), 1.0),
    }
    selection = select(fake.fake_results(true=true, worlds=4, days=4, noise=0.05))
    found = {
        point.scenario: point.dominated for point in frontier.points(selection, BY_NAME["participation_30d"])
    }
    assert found == {"baseline": False, "good": False, "best": False, "dear": True, "harm": True}


def test_less_conflict_counts_as_a_gain_on_the_frontier(fake) -> None:
    true = {"calm": ("Calm", (0.0, 0.0, -4.0), 2.0)}
    selection = select(fake.fake_results(true=true, worlds=4, days=4, noise=0.05))
    point = next(p for p in frontier.points(selection, BY_NAME["conflicts_per_1000"]) if p.scenario == "calm")
    assert point.effect > 0 and not point.dominated


def test_pictures_for_a_page_have_ids_of_their_own_and_style_nothing_else(results) -> None:
    selection = select(results)
    with drawing():
        drawn = [inline_svg(p.figure, p.key, p.alt) for p in pictures.effect_pictures(selection)]
    ids = [name for svg in drawn for name in re.findall(r'\bid="([^"]+)"', svg)]
    used = [name for svg in drawn for name in re.findall(r'(?:href="|url\()#([^")]+)', svg)]
    assert len(ids) == len(set(ids)) and set(used) <= set(ids)
    for svg in drawn:
        assert svg.startswith('<svg role="img" aria-label="Effects on ')
        assert "<style" not in svg and "<metadata" not in svg and "<script" not in svg


def test_a_difference_over_time_is_paired_within_worlds(results) -> None:
    """Levels differ between worlds far more than the effect does: the band of the difference is much narrower."""
    from sim.report.series import difference_bands, level_bands

    selection = select(results)
    outcome = BY_NAME["trust"]
    level = next(band for band in level_bands(selection, outcome) if band.label == "Full package")
    difference = next(band for band in difference_bands(selection, outcome) if band.label == "Full package")
    width = [float((band.high - band.low)[-1]) for band in (level, difference)]
    assert width[1] < width[0] / 3
    assert math.isclose(difference.middle[-1], 6.1 * 0.005, rel_tol=0.2)
