"""``cgsim plan`` says what a comparison would take, and writes nothing."""

import json

import pytest

from sim.cli.main import main
from tests import fakes

EXPERIMENT = """
schema: 1
kind: experiment
name: fine
baseline: baseline
scenarios: [online_channel]
worlds: {draw: sobol}
set: {community: harbour_court}
horizon: 60
precision: {trust: 0.001}
budget: 80
"""


@pytest.fixture
def toy(monkeypatch, tmp_path):
    """Scenarios and simulator are fakes."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sim.scenario.load_scenario", lambda name, sets=(): fakes.scenarios(name)[0])
    monkeypatch.setattr("sim.lab.engine.ModelEngine", lambda modules=(): fakes.FakeEngine())


def test_it_says_runs_time_memory_and_disk_and_writes_nothing(toy, capsys, tmp_path):
    assert main(["plan", "baseline", "workforce", "--worlds", "4", "--draw", "sobol", "-j", "2"]) == 0
    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert lines[0] == "2 scenarios, 4 parameter worlds, 1 seed each: 8 runs."
    assert lines[1].startswith("This will take") and "on 2 processes" in lines[1]
    assert "of memory" in lines[-2] and "of disk" in lines[-2]
    assert lines[-1] == "Results: results/baseline-workforce" and "Timing" in err
    assert list(tmp_path.iterdir()) == []


def test_compare_begins_with_the_same_lines(toy, capsys):
    arguments = ["baseline", "workforce", "--seeds", "3", "-j", "1"]
    assert main(["plan", *arguments]) == 0
    planned = capsys.readouterr().out.splitlines()
    assert main(["compare", *arguments, "--no-report"]) == 0
    said = capsys.readouterr().err.splitlines()
    assert said[0].startswith(planned[0]) and said[2] == planned[2]
    assert said[1].partition("(")[0] == planned[1].partition("(")[0]
    assert main(["plan", *arguments]) == 0
    assert "6 runs, of which 6 are there already.\nNothing is left to run." in capsys.readouterr().out


def test_an_experiment_with_precision_lists_its_looks_without_timing(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "fine.yaml").write_text(EXPERIMENT)
    assert main(["plan", "fine.yaml", "--no-timing", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert [look["worlds"] for look in data["looks"]] == [8, 16, 32]
    assert data["runs"] == {"best": 16, "worst": 64, "there": 0}
    assert data["seconds"] == {"best": None, "worst": None}
    assert data["memory"]["process"] > 3e8 and data["disk"]["all"] > 64 * data["disk"]["run"]
    assert [path.name for path in tmp_path.iterdir()] == ["fine.yaml"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["plan"], "Missing argument"),
        (["plan", "baseline"], "single scenario"),
        (["plan", "baseline", "workforce", "--draw", "sobol", "--worlds", "6"], "take 4 or 8 rather than 6"),
        (["plan", "baseline", "workforce", "--draw", "soboll"], "sobol"),
    ],
)
def test_mistakes_give_status_2_and_one_clear_answer(capsys, arguments, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    assert message in capsys.readouterr().err


def test_a_folder_of_something_else_is_told_before_the_batch_meets_it(toy, capsys, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.doc").write_text("mine")
    assert main(["plan", "baseline", "workforce", "--out", "mine"]) == 2
    assert "holds other files" in capsys.readouterr().err
