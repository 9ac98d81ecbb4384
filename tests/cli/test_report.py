"""``cgsim report``: the brief, its figures and its tables once more, from a folder that a comparison left."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sim.analysis.compare import run_comparison
from sim.cli.main import main
from sim.lab.design import Design
from sim.lab.worlds import World
from tests import fakes


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a comparison of made-up scenarios, without its brief."""
    folder = tmp_path_factory.mktemp("lab") / "toy"
    scenarios = {scenario.name: scenario for scenario in fakes.scenarios("baseline", "workforce")}
    worlds = tuple(World(f"w{i}", {"trust.gain": 0.04 + 0.01 * i}) for i in range(3))
    run_comparison(
        Design("toy", scenarios, worlds=worlds, draw="matched"), folder, fakes.FakeEngine(), jobs=1
    )
    return folder


def files(folder: Path) -> dict[str, bytes]:
    """What a report wrote, by name."""
    found = [folder / "brief.html", *folder.glob("figures/*"), *folder.glob("tables/*")]
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def test_the_brief_the_figures_and_the_tables_are_written_the_same_each_time(
    finished, tmp_path, capsys
) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    assert main(["report", str(finished), "--out", str(one)]) == 0
    out, err = capsys.readouterr()
    assert "“Workforce” helps: " in out and "A comparison of assumptions, not a forecast." in out
    assert str(one / "brief.html") in out and "some seconds" in err
    assert main(["report", str(finished), "--out", str(two), "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")
    assert files(one) == files(two)
    kinds = {Path(name).suffix for name in files(one) if name.startswith("figures/")}
    assert kinds == {".svg", ".png"} and "tables/verdicts.csv" in files(one)
    assert not (finished / "brief.html").exists()


def test_by_default_it_lands_in_the_results_and_json_says_where(finished, capsys) -> None:
    assert main(["report", str(finished), "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["brief"] == str(finished / "brief.html") and (finished / "brief.html").is_file()
    assert all(Path(path).is_file() for path in (*data["figures"], *data["tables"]))
    assert data["finding"].startswith("“Workforce” helps: ")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere"], "not a results folder"),
        (["{finished}", "--window", "year_9"], "no effects in the window 'year_9'; there are: horizon"),
    ],
)
def test_what_cannot_be_met_is_said_and_nothing_is_written(
    finished, tmp_path, capsys, arguments, said
) -> None:
    wanted = [part.format(finished=finished) for part in arguments]
    assert main(["report", *wanted, "--out", str(tmp_path / "out")]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_single_run_is_no_comparison(finished, tmp_path, capsys) -> None:
    manifest = json.loads((finished / "manifest.json").read_text(encoding="utf-8"))
    run = {**manifest, "kind": "run", "scenario": {"name": "baseline"}, "hash": "0"}
    (tmp_path / "manifest.json").write_text(json.dumps(run), encoding="utf-8")
    assert main(["report", str(tmp_path)]) == 2
    assert "holds one run, and a brief compares" in capsys.readouterr().err


def test_a_comparison_that_has_not_ended_is_said_not_to_have(finished, tmp_path, capsys) -> None:
    (tmp_path / "manifest.json").write_bytes((finished / "manifest.json").read_bytes())
    assert main(["report", str(tmp_path)]) == 2
    assert "has not ended yet" in capsys.readouterr().err


def test_a_comparison_forgets_the_brief_of_an_earlier_one_under_its_old_name_too(tmp_path) -> None:
    folder = tmp_path / "toy"
    scenarios = {scenario.name: scenario for scenario in fakes.scenarios("baseline", "workforce")}
    design = Design("toy", scenarios)
    run_comparison(design, folder, fakes.FakeEngine(), jobs=1)
    for name in ("report.html", "brief.html"):
        (folder / name).write_text("old", encoding="utf-8")
    run_comparison(design, folder, fakes.FakeEngine(), jobs=1)
    assert not (folder / "report.html").exists() and not (folder / "brief.html").exists()
