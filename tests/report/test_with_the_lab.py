"""A folder that the lab wrote can be reported on, whatever simulated it."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.analysis.compare import run_comparison
from sim.lab import load_results
from sim.lab.design import Design
from sim.lab.worlds import World
from sim.report.brief import write_brief
from sim.report.figures import compare_figures
from sim.report.finding import finding
from sim.report.selection import select
from tests import fakes

NAMES = ("baseline", "workforce", "online_channel", "demand_without_capacity")


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("lab") / "toy"
    scenarios = {scenario.name: scenario for scenario in fakes.scenarios(*NAMES)}
    worlds = tuple(World(f"w{i}", {"trust.gain": 0.04 + 0.01 * i}) for i in range(4))
    design = Design("toy", scenarios, title="Toy", question="What helps?", worlds=worlds, draw="matched")
    run_comparison(design, path, fakes.FakeEngine(), jobs=1)
    return path


def test_the_brief_lands_beside_the_runs_and_holds_all_sections(folder: Path) -> None:
    path = write_brief(load_results(folder))
    text = path.read_text(encoding="utf-8")
    assert path == folder / "brief.html"
    for heading in (
        "Over time",
        "Quarter by quarter",
        "The gaps between people",
        "What it costs",
        "What it rests on",
    ):
        assert heading in text
    assert text == write_brief(load_results(folder)).read_text(encoding="utf-8")


def test_all_figures_are_drawn(folder: Path, tmp_path: Path) -> None:
    stems = {path.stem for path in compare_figures(load_results(folder), tmp_path)}
    assert stems == {"effects", "over_time", "gaps", "who_gains", "quarters", "costs"}


def test_the_finding_and_the_costs_are_those_that_the_lab_was_given(folder: Path) -> None:
    results = load_results(folder)
    found = finding(results)
    assert (found.kind, found.scenario) == ("gain", "workforce")
    assert found.classes == {
        "workforce": "helps",
        "online_channel": "helps",
        "demand_without_capacity": "mixed",
    }
    assert [outcome.direction for outcome in select(results).outcomes] == [1, 1, -1]
    assert select(results).costs["workforce"].money == pytest.approx(fakes.COSTS["workforce"])
