"""The package works where only its wheel is: installed in a fresh environment, used in an empty folder."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from tests.project.sources import ROOT

pytestmark = pytest.mark.slow


def call(*command: str | Path, cwd: Path, status: int = 0) -> str:
    """Run a command away from the source tree; give what it printed."""
    clean = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    done = subprocess.run([str(part) for part in command], cwd=cwd, env=clean, capture_output=True, text=True)
    assert done.returncode == status, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, as an installer builds it from the sources."""
    out = tmp_path_factory.mktemp("dist")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    call(*pip, "wheel", "--no-deps", "--wheel-dir", out, ROOT, cwd=out)
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def cgsim(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The installed command, in an environment that has nothing else of ours."""
    home = tmp_path_factory.mktemp("environment")
    venv.create(home, with_pip=True)
    scripts = home / ("Scripts" if os.name == "nt" else "bin")
    pip = [scripts / "python", "-m", "pip", "--quiet", "--disable-pip-version-check"]
    call(*pip, "install", "--constraint", ROOT / "constraints.txt", wheel, cwd=home)
    return scripts / "cgsim"


def test_the_wheel_carries_the_starter_set_and_the_types(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("scenarios", "experiments"):
        ours = {file.relative_to(ROOT / folder).as_posix() for file in (ROOT / folder).rglob("*.yaml")}
        assert ours, f"{folder}/ holds no YAML"
        assert {f"sim/_shipped/{folder}/{name}" for name in ours} <= names
    assert "sim/py.typed" in names
    assert not [name for name in names if name.startswith(("tests", "docs", "benchmarks"))]


def test_it_is_useful_in_an_empty_folder(cgsim: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "validate" in call(cgsim, "--help", cwd=empty)
    call(cgsim, "validate", "baseline", cwd=empty)
    assert list(empty.iterdir()) == []  # reading writes nothing
    call(cgsim, "init", "my-town", cwd=empty)
    starter = empty / "my-town"
    files = sorted(starter.rglob("*.yaml"))
    assert (starter / "scenarios" / "baseline.yaml") in files
    scenarios = sorted((starter / "scenarios").glob("*.yaml"))
    call(cgsim, "validate", *scenarios, cwd=starter)
    call(cgsim, "explain", "scenarios/baseline.yaml", "horizon", cwd=starter)


def test_a_mistake_in_the_starter_set_is_named_with_its_line(cgsim: Path, tmp_path: Path) -> None:
    call(cgsim, "init", "my-town", cwd=tmp_path)
    file = tmp_path / "my-town" / "scenarios" / "baseline.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("horizon:", "horizn:"), encoding="utf-8")
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [cgsim, "validate", "scenarios/baseline.yaml"],
        cwd=tmp_path / "my-town", env=clean, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 2
    assert "horizn" in done.stderr and "did you mean" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_comparison_is_made_moved_reproduced_and_exported(cgsim: Path, tmp_path: Path) -> None:
    small = ("--set", "community=harbour_court", "--set", "burn_in=3", "--days", "8")
    call(cgsim, "compare", "baseline", "online_channel", *small, "--seeds", "2", "--out", "ours", cwd=tmp_path)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "ours").rename(elsewhere / "theirs")
    said = call(cgsim, "reproduce", "theirs", "--all", cwd=elsewhere)
    assert said.startswith("MATCH: all ") and "of 4 runs are the same to the last bit" in said
    call(cgsim, "export", "theirs", "--to", "tables", cwd=elsewhere)
    assert (elsewhere / "tables" / "windows.csv").read_text().startswith("scenario,world,seed,window,")
    said = call(cgsim, "debug", "baseline", "online_channel", *small, "--spread", "1", cwd=elsewhere)
    assert "They part on day 0" in said
