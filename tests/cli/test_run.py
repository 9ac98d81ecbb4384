"""``cgsim run``: a results folder, and a summary that can be read aloud."""

import json
from types import SimpleNamespace

import pandas as pd
import pytest

import sim
from sim.cli._spoken import run_sentences
from sim.cli.main import main
from tests import fakes


@pytest.fixture(autouse=True)
def toy(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sim.scenario.load_scenario", lambda name, sets=(): fakes.scenarios(name)[0])
    monkeypatch.setattr("sim.lab.engine.ModelEngine", lambda modules=(): fakes.FakeEngine())


def test_the_summary_begins_with_the_main_numbers(capsys):
    assert main(["run", "baseline", "--seed", "3", "--no-figures"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("Baseline, seed 3, over the whole run: ")
    first = out.splitlines()[0]
    assert (
        "took part within a month" in first and "trust was 0." in first and "new conflicts per 1,000" in first
    )
    assert "not a forecast" in out and "results/baseline-seed3" in out


def test_the_folder_is_complete_in_itself(tmp_path):
    assert main(["run", "baseline", "--quiet", "--out", "here", "--csv"]) == 0
    names = {path.name for path in (tmp_path / "here").iterdir()}
    assert {
        "manifest.json",
        "figures",
        *(f"{n}.{e}" for n in ("daily", "windows", "hours", "costs") for e in ("parquet", "csv")),
    } <= names
    manifest = json.loads((tmp_path / "here" / "manifest.json").read_text())
    assert manifest["kind"] == "run" and manifest["seed"] == 1 and manifest["hash"]
    assert {"resolved", "versions", "platform", "code_version", "git", "command"} <= set(manifest)


def test_results_open_as_tidy_frames(tmp_path):
    main(["run", "workforce", "--quiet", "--no-figures", "--seed", "5"])
    results = sim.load_results(tmp_path / "results" / "workforce-seed5")
    assert list(results.windows.columns[:6]) == ["scenario", "world", "seed", "window", "by", "level"]
    assert set(results.daily["seed"]) == {5} and results.daily["day"].min() == -30
    assert pd.read_parquet(results.folder / "windows.parquet").equals(
        fakes.fake_run(fakes.scenarios("workforce")[0], 5).windows
    )


def test_quiet_prints_nothing_and_json_only_json(capsys):
    assert main(["run", "baseline", "--quiet", "--no-figures"]) == 0
    assert capsys.readouterr() == ("", "")
    assert main(["run", "baseline", "--json", "--no-figures", "--days", "20"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["seed"] == 1 and 0.0 < data["residents"]["horizon"]["trust"] < 1.0
    assert data["residents"]["horizon"]["cost_per_resident"] is None


def test_a_later_run_replaces_an_earlier_one(capsys):
    for days in ("20", "30"):
        assert main(["run", "baseline", "--quiet", "--no-figures", "--out", "here", "--days", days]) == 0
    assert sim.load_results("here").daily["day"].max() == 29


def test_other_files_are_in_nobodys_way(tmp_path, capsys):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.doc").write_text("mine")
    assert main(["run", "baseline", "--out", "mine"]) == 2
    assert "holds other files" in capsys.readouterr().err and len(list((tmp_path / "mine").iterdir())) == 1


def test_ctrl_c_gives_status_130(monkeypatch, capsys):
    monkeypatch.setattr(
        "sim.lab.engine.ModelEngine", lambda modules=(): fakes.FakeEngine(interrupts=("baseline",))
    )
    assert main(["run", "baseline", "--no-figures"]) == 130


def test_a_folder_that_cannot_be_written_is_told_before_the_run(monkeypatch, tmp_path, capsys):
    def never(*_, **__):
        raise AssertionError("nothing is to be run")

    monkeypatch.setattr(fakes.FakeEngine, "simulate", never)
    monkeypatch.setattr("os.access", lambda path, mode: path != tmp_path)
    assert main(["run", "baseline", "--out", str(tmp_path / "mine" / "deep")]) == 2
    assert f"{tmp_path} may not be written to" in capsys.readouterr().err
    (tmp_path / "notes.txt").write_text("mine")
    assert main(["run", "baseline", "--out", str(tmp_path / "notes.txt" / "deep")]) == 2
    assert "notes.txt is a file" in capsys.readouterr().err


def test_a_folder_that_the_system_refuses_after_all_is_told_in_a_line(monkeypatch, capsys):
    def refused(path, *_, **__):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("pathlib.Path.mkdir", refused)
    assert main(["run", "baseline", "--no-figures", "--out", "mine"]) == 1
    assert capsys.readouterr().err.endswith("mine: cannot be written (Permission denied)\n")


def test_nothing_is_said_of_campuses_where_there_are_none():
    run = fakes.fake_run(fakes.scenarios("workforce")[0], 5)
    total = run.windows[run.windows["by"] == "all"]
    nobody = total.assign(by="scope", level="campus", trust=float("nan"), participation_30d=float("nan"))
    residents = total.assign(by="scope", level="residents")

    def said(campus):
        whole = SimpleNamespace(
            windows=pd.concat([total, residents, campus]), scenario=run.scenario, seed=run.seed, meta=run.meta
        )
        return " ".join(run_sentences(whole))

    assert "campus" not in said(nobody)
    assert "With the campuses counted in" in said(total.assign(by="scope", level="campus"))


@pytest.mark.parametrize(
    "arguments",
    [
        ["run"],
        ["run", "baseline", "--days", "0"],
        ["run", "baseline", "--days", "36526"],
        ["run", "baseline", "--driver", "magic"],
        ["run", "baseline", "--seed", str(2**63)],
        ["compare", "paths", "--first-seed", str(2**63 - 1)],
        ["run", "harbour_today", "--out", "s3:bucket"],
        ["compare", "paths", "--out", "file:"],
        ["run", "harbour_today", "--out", "x" * 300],
    ],
)
def test_mistakes_give_status_2(arguments, capsys):
    assert main(arguments) == 2
    assert "Error" in capsys.readouterr().err


def test_a_run_may_be_as_long_as_a_scenario_and_no_longer() -> None:
    from sim.cli._options import DAYS
    from sim.scenario.schema.scenario import MAX_DAYS

    assert DAYS.max == MAX_DAYS
