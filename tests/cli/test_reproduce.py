"""A comparison made on the command line: the same command, ``reproduce``, ``export`` and ``debug`` on what it left."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SMALL = "--set community=harbour_court --set burn_in=3 --days 8".split()


def from_a_shell(folder: Path, *arguments: str) -> None:
    """Call the command line as a shell does: the command it notes is the one that was typed."""
    done = subprocess.run(
        [sys.executable, "-m", "sim.cli.main", *arguments],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small comparison over two parameter worlds, of a scenario whose file is gone by now."""
    home = tmp_path_factory.mktemp("made")
    (home / "scenarios").mkdir()
    mine = home / "scenarios" / "mine.yaml"
    mine.write_text(
        "schema: 1\nkind: scenario\nname: mine\nextends: baseline\npolicies:\n  online_channel: {dose: 0.7}\n"
    )
    kept = mine.read_text()
    from_a_shell(
        home, "compare", "baseline", "scenarios/mine.yaml", *SMALL, "--worlds", "2", "--no-report", "--jobs", "1",
        "--out", "results/ours",
    )  # fmt: skip
    mine.unlink()
    (home / "mine.kept").write_text(kept)
    return home


def test_the_command_in_the_manifest_gives_the_same_bytes_in_another_folder(made: Path, tmp_path: Path) -> None:
    command = json.loads((made / "results" / "ours" / "manifest.json").read_text())["command"]
    (tmp_path / "scenarios").mkdir()
    shutil.copyfile(made / "mine.kept", tmp_path / "scenarios" / "mine.yaml")
    program, *arguments = shlex.split(command)
    assert program == "cgsim"
    from_a_shell(tmp_path, *arguments)
    one, two = made / "results" / "ours", tmp_path / "results" / "ours"
    names = [
        path.relative_to(one)
        for path in (*one.glob("*.parquet"), *one.glob("*.csv"), *one.glob("tables/*.csv"), one / "scenarios.json")
    ]
    assert len(names) >= 8 and any(name.name == "effects.parquet" for name in names)
    assert [name for name in names if (one / name).read_bytes() != (two / name).read_bytes()] == []


def test_a_moved_folder_is_reproduced_without_the_files_it_was_made_from(
    made: Path, tmp_path: Path, cgsim: Callable
) -> None:
    shutil.copytree(made / "results" / "ours", tmp_path / "elsewhere")
    answer = cgsim("reproduce", "elsewhere", "--sample", "2", "--jobs", "1")
    assert answer.status == 0, answer.err
    assert answer.out.startswith("MATCH: all ") and "of 2 runs are the same to the last bit" in answer.out
    assert "Any drift is a defect" in answer.out and "effects.parquet" in answer.out
    assert "Before the first day" not in answer.out, "scenarios and worlds came through unchanged"
    assert "byte for byte the same" in answer.out and "Running 2 of 4 finished runs" in answer.err


def test_a_changed_number_gives_status_1_and_a_damaged_file_too(made: Path, tmp_path: Path, cgsim: Callable) -> None:
    folder = shutil.copytree(made / "results" / "ours", tmp_path / "elsewhere")
    table = folder / "tables" / "costs.csv"
    table.write_text(table.read_text().replace("7", "8", 1))
    answer = cgsim("reproduce", folder, "--sample", "1", "--jobs", "1", "--json", "--quiet")
    data = json.loads(answer.out)
    assert answer.status == 1 and data["status"] == "identical" and not data["match"] and answer.err == ""
    assert {"file": "tables/costs.csv", "sameness": "differs"} in data["conclusions"]
    victim = sorted((folder / "runs").glob("*.parquet"))[0]
    victim.write_bytes(victim.read_bytes()[:-7])
    answer = cgsim("reproduce", folder, "--sample", "1", "--jobs", "1")
    assert answer.status == 1 and f"Damaged and not compared: {victim}" in answer.out


def test_a_single_run_is_reproduced_by_the_other_driver(tmp_path: Path, cgsim: Callable) -> None:
    assert cgsim("run", "baseline", *SMALL[:-1], "3", "--out", "one", "--no-figures", "--quiet").status == 0
    answer = cgsim("reproduce", "one", "--driver", "agents", "--quiet")
    assert (answer.status, answer.out, answer.err) == (0, "", "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["reproduce", "nowhere"], "not a results folder"),
        (["reproduce", "nowhere", "--all", "--sample", "2"], "exclude each other"),
        (["reproduce", "nowhere", "--sample", "0"], "0 is not in the range"),
        (["export", "nowhere"], "not a results folder"),
        (["debug", "baselin"], "did you mean 'baseline'?"),
        (["debug", "baseline", "--set-b", "burn_in=4"], "other calendars"),
        (["debug", "baseline", "--driver-b", "agent"], "agent"),
    ],
)
def test_what_cannot_be_done_gives_status_2_and_one_answer(cgsim: Callable, arguments: list[str], said: str) -> None:
    answer = cgsim(*arguments)
    assert answer.status == 2 and said in answer.err and answer.out == "" and "Traceback" not in answer.err


def test_export_writes_beside_the_results_and_never_over_them(made: Path, tmp_path: Path, cgsim: Callable) -> None:
    folder = shutil.copytree(made / "results" / "ours", tmp_path / "elsewhere")
    answer = cgsim("export", folder)
    assert answer.status == 0 and "effects.csv: effects" in answer.out
    assert (folder / "export" / "windows.csv").read_text().startswith("scenario,world,seed,window,by,level,")
    answer = cgsim("export", folder)
    assert answer.status == 2 and "--force" in answer.err
    answer = cgsim("export", folder, "--table", "windows", "--to", "w.parquet", "--json")
    assert json.loads(answer.out)[0]["table"] == "windows" and Path("w.parquet").is_file()


def test_debug_says_where_two_runs_part_and_gives_a_status_where_asked(cgsim: Callable) -> None:
    small = ("--set", "community=harbour_court", "--set", "burn_in=2", "--days", "3", "--spread", "2")
    answer = cgsim("debug", "baseline", "full_package", *small, "--exit-code")
    assert answer.status == 1
    assert "They part on day 0" in answer.out and "in phase hours" in answer.out
    assert "First agent on day 0" in answer.out
    assert "cgsim run baseline --seed 1 --days 1 --trace resident:" in answer.out
    assert "How it spreads" in answer.out
    answer = cgsim("debug", "baseline", *small, "--threads-b", "2", "--exit-code", "--json", "--quiet")
    data = json.loads(answer.out)
    assert answer.status == 0 and data["same"] and data["burn_in_shared"] and data["days_compared"] == 3
