"""``cgsim compare``: the finding first, then the table, then where everything is; and the exit statuses."""

import errno
import json

import pytest

from sim.cli.main import main
from tests import fakes

NAMES = ("baseline", "workforce", "online_channel", "demand_without_capacity")


@pytest.fixture
def toy(monkeypatch, tmp_path):
    """Scenarios and simulator are fakes; returns a function that says how the simulator behaves."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setattr("sim.scenario.load_scenario", lambda name, sets=(): fakes.scenarios(name)[0])

    def behave(**options):
        monkeypatch.setattr("sim.lab.engine.ModelEngine", lambda modules=(): fakes.FakeEngine(**options))

    behave()
    return behave


def compare(*options):
    return main(["compare", *NAMES, "--jobs", "1", "--seeds", "6", *options])


def test_the_finding_comes_first_then_the_table_then_the_places(toy, capsys, tmp_path):
    assert compare() == 0
    out, err = capsys.readouterr()
    lines = out.strip().splitlines()
    assert "helps most" in lines[0] and lines[1] == "A comparison of assumptions, not a forecast."
    assert out.index("Against Baseline") < out.index("95% intervals") < out.index("Brief:")
    assert "▲" in out and "▽" in out and "hold seed noise" in out
    report = tmp_path / "results" / "baseline-and-3-more" / "brief.html"
    assert report.is_file() and (report.parent / "tables" / "verdicts.csv").is_file()
    assert list((report.parent / "figures").glob("*.svg"))


def test_how_long_it_will_take_is_said_first_and_on_standard_error(toy, capsys):
    compare("--no-report")
    out, err = capsys.readouterr()
    assert err.splitlines()[0].startswith("4 scenarios, 1 parameter world, 6 seeds: 24 runs.")
    assert "This will take" in err and "This will take" not in out


def test_quiet_prints_nothing(toy, capsys):
    assert compare("--quiet", "--no-report") == 0
    assert capsys.readouterr() == ("", "")


def test_json_is_all_that_is_on_standard_output(toy, capsys):
    assert compare("--json", "--no-report") == 0
    data = json.loads(capsys.readouterr().out)
    assert data["runs"] == {"all": 24, "finished": 24, "failed": 0, "timed_out": 0, "kept": 0}
    trust = [
        e
        for e in data["effects"]
        if (e["scenario"], e["outcome"], e["level"], e["window"])
        == ("workforce", "trust", "residents", "horizon")
    ]
    assert trust[0]["verdict"] == "better" and trust[0]["low"] < 0.03 < trust[0]["high"]


def test_what_is_not_distinguishable_is_said_in_words(toy, capsys, monkeypatch):
    monkeypatch.setitem(fakes.TRUE_EFFECTS, "online_channel", {"trust": 0.0001})
    monkeypatch.setitem(fakes.NOISE, "trust", 0.02)
    compare("--no-report")
    assert "not distinguishable" in capsys.readouterr().out


def test_several_worlds_are_said_to_be_in_the_interval(toy, capsys):
    assert main(["compare", *NAMES, "-j", "1", "--worlds", "5", "--no-report"]) == 0
    out, err = capsys.readouterr()
    assert "seed noise and parameter uncertainty" in out and "5 parameter worlds, 1 seed each: 20 runs" in err


def test_a_failed_run_gives_status_1_and_the_others_are_compared(toy, capsys, tmp_path):
    toy(fails=("online_channel",))
    assert compare("--no-report") == 1
    out, err = capsys.readouterr()
    assert "Workforce" in out and "6 of 24 runs failed (online_channel)" in err and "Traceback" not in err
    assert len(list((tmp_path / "results").glob("*/failures/*.json"))) == 6


def test_an_effect_without_some_of_its_runs_says_how_many_it_rests_on(toy, capsys, monkeypatch):
    simulate = fakes.FakeEngine.simulate

    def now_and_then(self, scenario, seed, *arguments, **options):
        if (scenario.name, seed) == ("workforce", 3):
            raise ValueError("not in this one")
        return simulate(self, scenario, seed, *arguments, **options)

    assert compare("--no-report", "--fresh") == 0
    assert "missing" not in capsys.readouterr().out
    monkeypatch.setattr(fakes.FakeEngine, "simulate", now_and_then)
    assert compare("--no-report", "--fresh") == 1
    assert "Fewer where runs are missing: Workforce 5 of 6.\n" in capsys.readouterr().out


def test_runs_that_take_too_long_are_told_and_the_others_are_compared(toy, capsys, tmp_path):
    toy(slow=("online_channel",))
    assert compare("--no-report", "--executor", "serial", "--timeout", "0.05", "--out", "here") == 1
    out, err = capsys.readouterr()
    assert "Workforce" in out
    assert "6 of 24 runs timed out (online_channel): took longer than 0.05 s" in err
    assert (tmp_path / "here" / "runs.csv").read_text().count(",timed_out,") == 6


def test_the_first_failure_can_be_the_last(toy, capsys, tmp_path):
    toy(fails=("online_channel",))
    assert compare("--no-report", "--on-error", "stop", "--out", "here") == 1
    out, err = capsys.readouterr()
    assert out == "" and "2 of 24 runs are finished and kept in here" in err and "Traceback" not in err
    toy()
    assert compare("--no-report", "--out", "here") == 0
    assert "of which 2 are there already" in capsys.readouterr().err


def test_a_full_disk_is_one_clear_answer(toy, capsys, tmp_path, monkeypatch):
    toy(disk=5)
    assert compare("--no-report", "--out", "here", "--jobs", "2") == 1
    err = capsys.readouterr().err
    assert "the disk is full. Everything that was finished is kept; free some space" in err
    assert "Traceback" not in err and "internal error" not in err


def test_a_disk_that_is_full_when_the_report_is_written_is_told_too(toy, capsys, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("sim.report.publish.write_tables", full)
    assert compare("--out", "here", "--quiet") == 1
    assert capsys.readouterr().err.startswith("here: the disk is full.")


def test_ctrl_c_gives_status_130_and_the_same_command_goes_on(toy, capsys):
    toy(interrupts=("online_channel",))
    assert compare("--no-report") == 130
    assert "2 of 24 runs are finished and kept" in capsys.readouterr().err
    toy()
    assert compare("--no-report") == 0
    assert "of which 2 are there already" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["compare"], "Missing argument"),
        (["compare", "a", "a"], "two scenarios are called 'a'"),
        (["compare", "baseline"], "single scenario"),
        (["compare", "a", "b", "--seeds", "0"], "0 is not in the range"),
        (["compare", "a", "b", "--seedz", "3"], "--seeds"),
        (["compare", "a", "b", "--executor", "dask"], "allowed: serial, local, mpi, or dask://HOST:PORT"),
        (["compare", "a", "b", "--executor", "serial", "--jobs", "2"], "jobs cannot be 2"),
        (["compare", "a", "b", "--timeout", "0"], "--timeout"),
        (["compare", "a", "b", "--on-error", "ignore"], "--on-error"),
    ],
)
def test_mistakes_give_status_2_and_one_clear_answer(toy, capsys, arguments, message):
    assert main(arguments) == 2
    assert message in capsys.readouterr().err


def test_other_peoples_files_are_not_touched(toy, capsys, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.doc").write_text("mine")
    assert compare("--out", "mine") == 2
    assert "holds other files" in capsys.readouterr().err


def test_spreadsheets_get_every_runs_windows(toy, tmp_path):
    compare("--csv", "--no-report", "--quiet", "--out", "here")
    assert (tmp_path / "here" / "tables" / "windows.csv").read_text().startswith("scenario,world,seed,window")
