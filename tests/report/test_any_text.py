"""Any text as a name, title or label goes through a comparison: every id comes back, and every file parses."""

from __future__ import annotations

import csv
import json
import warnings
from html.parser import HTMLParser
from types import SimpleNamespace
from xml.dom import minidom

import pandas as pd
import pytest

from sim.analysis.compare import run_comparison
from sim.cli._verdicts import print_verdicts
from sim.lab import load_results
from sim.lab.design import Design
from sim.lab.export import export
from sim.lab.worlds import World
from sim.report.publish import publish
from tests import fakes

TITLES = {
    "2024": "=cmd|' /C calc'!A0",
    "007": "<script>alert(1)</script> & \"quotes\" 'too'",
    "true": r"Rents $900 to $1500, \frac $a_b^{c$",
    "NA": "[bold]markup[/] [/] `code` | a | b |",
    "NaN": "_starts with an underscore",
    "null": "\x1b[31mred\x1b[0m \x07\x9b1m",
    "1e5": "구시가지 กรุงเทพ السوق القديم",
    "inf": "+1 more worker, -2 elsewhere @home",
}
WORLDS = ("NA", "007", "1e5", "true")


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    parts = [SimpleNamespace(name="q1", label="$x$ <b>"), SimpleNamespace(name="q2", label="=1+1")]
    community = SimpleNamespace(name="toy", blocks=tuple(parts), groups=(), population=1000)
    scenarios = {s.name: s for s in fakes.scenarios(*TITLES, community=community)}
    scenarios = {name: fakes.replace(s, title=TITLES[name]) for name, s in scenarios.items()}
    worlds = tuple(World(name, {"trust.gain": 0.01 * (i + 1)}) for i, name in enumerate(WORLDS))
    folder = tmp_path_factory.mktemp("any") / "text"
    results, summary = run_comparison(Design("any", scenarios, worlds=worlds), folder, fakes.FakeEngine(), 1)
    assert not summary.failures
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of scripts without a font on this machine
        publish(results)
    export(load_results(folder), folder / "export")
    return load_results(folder)


def test_every_name_comes_back_from_every_table(results) -> None:
    assert set(results.runs["scenario"]) == set(TITLES)
    assert set(results.runs["world"]) == set(results.worlds["world"]) == set(WORLDS)
    assert set(results.windows["scenario"]) == set(TITLES)
    assert set(results.effects["scenario"]) == {*TITLES} - {results.baseline}


def test_every_file_parses_and_no_cell_is_a_formula(results) -> None:
    files = [path for path in results.folder.rglob("*") if path.is_file()]
    kinds = {path.suffix for path in files}
    assert {".csv", ".json", ".parquet", ".svg", ".html"} <= kinds
    for path in files:
        if path.suffix == ".csv":
            for row in csv.reader(path.read_text(encoding="utf-8").splitlines()):
                cells = [cell for cell in row if cell[:1] in tuple("=+-@")]
                assert all(_number(cell) for cell in cells), (path, cells)
        elif path.suffix == ".json":
            json.loads(path.read_text(encoding="utf-8"))
        elif path.suffix == ".parquet":
            pd.read_parquet(path)
        elif path.suffix == ".svg":
            minidom.parse(str(path))


def test_the_page_holds_titles_as_text(results) -> None:
    scripts: list[str] = []

    class Parser(HTMLParser):
        def handle_data(self, data: str) -> None:
            scripts.extend([data] if self.lasttag == "script" else [])

    text = (results.folder / "brief.html").read_text(encoding="utf-8")
    Parser().feed(text)
    assert "alert(1)" in text
    assert not any("alert(1)" in data for data in scripts)
    assert not set(text) & set("\x1b\x07\x9b")


def test_the_terminal_gets_text(results, capsys) -> None:
    print_verdicts(results)
    said = capsys.readouterr().out
    assert "[bold]" in said and "[/]" in said
    assert not set(said) & set("\x1b\x07\x9b")


def _number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
