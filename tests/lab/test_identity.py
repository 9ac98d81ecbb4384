"""What a run is: its id holds all that decides its file, and its file nothing else."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from sim import policies
from sim.errors import UsageError
from sim.lab import extensions
from sim.lab.engine import ModelEngine
from sim.lab.extensions import meaning_of, own_files
from sim.lab.provenance import command_line, keep_policy_modules, policy_modules, surroundings
from sim.lab.rebuild import load_modules
from sim.lab.reproduce import reproduce
from sim.lab.results import load_results
from sim.lab.run_file import made_with
from sim.report.origin import facts
from tests import fakes
from tests.lab.repeated import comparison, from_resolved

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "examples" / "street_cafes.py"


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extensions, "_first_seen", {})


@dataclass(frozen=True)
class Elsewhere(fakes.FakeEngine):
    """A simulator that says what its runs were made with."""

    pyarrow: str = "1.0"

    def simulate(self, *given: Any, **more: Any) -> fakes.FakeRun:
        run = super().simulate(*given, **more)
        around = surroundings()
        versions = {**around["versions"], "pyarrow": self.pyarrow}
        made = {"code_version": self.code_version(), **around, "versions": versions}
        return replace(run, meta={**run.meta, "made_with": made})


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "runs").iterdir()}


def test_a_run_has_the_same_bytes_whenever_and_in_whatever_time_it_is_made(tmp_path: Path) -> None:
    quick = files(comparison(tmp_path / "a"))
    slow = files(comparison(tmp_path / "b", seconds=0.02))
    assert len(quick) > 4 and quick == slow


def test_runs_made_with_other_libraries_are_counted_where_a_batch_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here = surroundings()["versions"]["pyarrow"]
    folder = comparison(tmp_path / "a", engine=Elsewhere())
    assert "made with" not in capsys.readouterr().err
    (first, *_) = sorted((folder / "runs").glob("*.parquet"))
    assert made_with(first)["versions"]["pyarrow"] == "1.0"
    comparison(folder, seeds=3, engine=Elsewhere(pyarrow=here))
    text = f"of the finished runs were made with another pyarrow (1.0; now {here})"
    assert text in capsys.readouterr().err and text in (folder / "log.txt").read_text()
    told = dict(facts(json.loads((folder / "manifest.json").read_text())))
    assert text in told["Runs that were made otherwise"]
    comparison(tmp_path / "b", engine=Elsewhere(pyarrow=here))
    comparison(tmp_path / "b", seeds=3, engine=Elsewhere(pyarrow=here))
    assert "made with" not in capsys.readouterr().err


def test_a_repetition_compares_what_each_run_was_made_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The manifest is of the last batch; runs of an earlier one may have been made with something else."""
    folder = comparison(tmp_path / "a", engine=Elsewhere())
    comparison(folder, seeds=3, engine=Elsewhere(pyarrow=surroundings()["versions"]["pyarrow"]))
    monkeypatch.setattr("sim.scenario.from_resolved", from_resolved)
    found = reproduce(folder, tmp_path / "again", None, 1, engine=lambda modules: fakes.FakeEngine())
    assert found.origins.expected == "last_bits"
    assert [(each.what, each.then) for each in found.origins.differences] == [("pyarrow", "1.0")]


# ---- code of the user's own


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    """A policy that imports a module beside it, a package, and a module of that package by a relative import."""
    folder = tmp_path / "mine"
    (folder / "parts").mkdir(parents=True)
    (folder / "factor.py").write_text("FACTOR = 1.0\n")
    (folder / "late.py").write_text("LATE = 1.0\n")
    (folder / "parts" / "__init__.py").write_text("from .inner import SIZE\n")
    (folder / "parts" / "inner.py").write_text("SIZE = 1.0\n")
    (folder / "unused.py").write_text("x = 1\n")
    head = (
        "import sys, pathlib, importlib\nimport numpy\nsys.path.insert(0, str(pathlib.Path(__file__).parent))\n"
        "from factor import FACTOR\nimport parts\nKEY = 'a-planted-secret'\n"
        "def late():\n    return importlib.import_module('late').LATE\n"
    )
    path = folder / "cafes.py"
    path.write_text(head + EXAMPLE.read_text())
    return path


def test_a_policy_is_what_it_imports_from_the_users_folders(policy: Path) -> None:
    found = own_files(str(policy))
    assert next(iter(found)) == policy
    assert set(found.values()) == {"cafes.py", "factor.py", "late.py", "parts/__init__.py", "parts/inner.py"}


@pytest.mark.parametrize("name", ["cafes.py", "factor.py", "late.py", "parts/__init__.py", "parts/inner.py"])
def test_an_edit_of_anything_that_a_policy_imports_is_another_version(
    policy: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, engine = meaning_of(str(policy)), ModelEngine((str(policy),))
    version = engine.code_version()
    path = policy.parent / name
    text = path.read_text()
    path.write_text("# why it is so\n" + text)
    assert meaning_of(str(policy)) == first
    path.write_text(text + "\nMORE = 2.0\n")
    if name != "cafes.py":  # Python would go on with the one that it has imported
        with pytest.raises(UsageError, match=r"was edited after this process had imported it"):
            meaning_of(str(policy))
    monkeypatch.setattr(extensions, "_first_seen", {})  # as in a new process
    assert meaning_of(str(policy)) != first and engine.code_version() != version


def test_what_a_policy_does_not_import_is_not_in_its_version(policy: Path) -> None:
    first = meaning_of(str(policy))
    (policy.parent / "unused.py").write_text("x = 2\n")
    assert meaning_of(str(policy)) == first


@pytest.fixture
def cafes(policy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Results whose runs used that policy, in a process that does not know it."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(policies, "_modules", [])
    monkeypatch.delitem(policies._registry, "street_cafes", raising=False)
    policies.load_module(policy)
    folder = comparison(tmp_path / "shared", names=("baseline", "workforce"))
    monkeypatch.setattr(policies, "_modules", [])
    monkeypatch.delitem(policies._registry, "street_cafes", raising=False)
    for name in ("factor", "parts", "parts.inner", "late"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    return folder


def test_results_to_be_shared_say_neither_where_a_policy_lay_nor_its_text(cafes: Path, tmp_path: Path) -> None:
    manifest = (cafes / "manifest.json").read_text()
    page = "\n".join(text for _, text in facts(json.loads(manifest)))
    assert "cafes.py" in manifest and "factor.py" in manifest and "cafes.py" in page
    for secret in ("a-planted-secret", "A weekly table", str(tmp_path)):
        assert secret not in manifest and secret not in page
    kept = [path for path in cafes.rglob("*") if path.is_file() and b"a-planted-secret" in path.read_bytes()]
    assert [path.relative_to(cafes).parts[0] for path in kept] == ["policy_modules"]


def test_the_copy_of_a_policy_runs_with_what_it_imports_and_only_as_it_was(
    cafes: Path, policy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = load_results(cafes)
    for path in policy.parent.rglob("*.py"):
        path.unlink()
    (copy,) = load_modules(results, (), True)
    (recorded,) = results.manifest["policy_modules"]
    assert "street_cafes" in policies._registry and meaning_of(copy).startswith(recorded["hash"])
    assert policy_modules()[-1]["files"] == recorded["files"]
    (factor,) = (cafes / "policy_modules").rglob("factor.py")
    factor.write_text("FACTOR = 2.0\n")
    with pytest.raises(UsageError, match=r"factor\.py: is not as it was when the runs were made"):
        load_modules(results, (), True)


def test_nothing_is_kept_where_no_policy_was_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policies, "_modules", [])
    keep_policy_modules(tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("typed", "told"), [
    ("{here}/sub/e.yaml", "sub/e.yaml"), ("/home/somebody/private/e.yaml", "e.yaml"), ("--out=/srv/x/r1", "--out=r1"),
    ("community=/srv/x/town.yaml", "community=town.yaml"), ("dask:/srv/scheduler.json", "dask:scheduler.json"),
    ("dask:tcp://10.0.0.1:8786", "dask:tcp://10.0.0.1:8786"), ("../e.yaml", "../e.yaml"), ("a/b.yaml", "a/b.yaml"),
    ("needs.rate=1/2", "needs.rate=1/2"),
])
def test_the_command_names_files_from_here_and_no_folder_of_this_machine(
    typed: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["/usr/bin/cgsim", "compare", typed.format(here=tmp_path), "--jobs", "2"])
    assert command_line() == f"cgsim compare {told} --jobs 2"
