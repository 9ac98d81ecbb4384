"""``cgsim init`` writes whole files or none; ``cgsim schema`` describes what ``validate`` accepts."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.scenario import starter
from sim.scenario.schema import json_schema

ROOT = Path(__file__).parents[2]


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_the_starter_set_is_the_shipped_one_and_valid_where_it_lands(
    cgsim: Callable, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cgsim("init", "towns/mine").status == 0
    mine = home / "towns" / "mine"
    shipped = [f"scenarios/{name}" for name in files(ROOT / "scenarios")]
    assert [name for name in files(mine) if name.startswith("scenarios/")] == shipped
    monkeypatch.chdir(mine)
    assert cgsim("validate", *sorted(mine.rglob("*.yaml"))).status == 0


def test_what_else_is_in_the_folder_stays_and_writing_again_changes_nothing(
    cgsim: Callable, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = home / "fresh"
    folder.mkdir()
    (folder / "notes.txt").write_text("mine\n")
    monkeypatch.chdir(folder)
    answer = cgsim("init", ".")
    assert answer.status == 0 and "cd " not in answer.out
    before = {name: (folder / name).read_bytes() for name in files(folder)}
    assert before["notes.txt"] == b"mine\n" and "scenarios/baseline.yaml" in before
    assert cgsim("init", ".").status == 0
    assert {name: (folder / name).read_bytes() for name in files(folder)} == before


def test_starter_files_that_were_changed_are_left_alone(cgsim: Callable, home: Path) -> None:
    (home / "scenarios/baseline.yaml").write_text("mine\n")
    before = files(home)
    answer = cgsim("init", ".")
    assert answer.status == 2 and "scenarios/baseline.yaml" in answer.err and "--force" in answer.err
    assert files(home) == before and (home / "scenarios/baseline.yaml").read_text() == "mine\n"
    answer = cgsim("init", "scenarios/plain.yaml")
    assert answer.status == 2 and "is a file" in answer.err


def test_force_replaces_starter_files_and_keeps_all_others(cgsim: Callable, home: Path) -> None:
    (home / "scenarios/baseline.yaml").write_text("mine\n")
    assert cgsim("init", ".", "--force").status == 0
    assert (home / "scenarios/baseline.yaml").read_text() == (ROOT / "scenarios/baseline.yaml").read_text()
    assert (home / "scenarios/plain.yaml").exists()


def test_nothing_is_left_behind_when_writing_fails(
    cgsim: Callable, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied = []

    def full(source: str, target: str) -> None:
        copied.append(target)
        if len(copied) > 3:
            raise OSError(28, "No space left on device")
        Path(target).write_text("x")

    monkeypatch.setattr(starter.shutil, "copyfile", full)
    answer = cgsim("init", "towns/mine")
    assert answer.status == 2 and "cannot be written" in answer.err
    assert not (home / "towns").exists()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs a user whose writing can be forbidden")
def test_a_folder_that_cannot_be_written_is_told(cgsim: Callable, home: Path) -> None:
    (home / "locked").mkdir(mode=0o500)
    assert cgsim("init", "locked/mine").status == 2


def test_the_schema_knows_every_key_the_language_has(cgsim: Callable) -> None:
    data = json.loads(cgsim("schema", "scenario").out)
    assert data["additionalProperties"] is False and {"schema", "kind"} <= set(data["required"])
    assert {"policies", "extends", "community_overrides", "mechanisms"} <= set(data["properties"])
    block = data["$defs"]["BlockDocument"]["properties"]
    assert {"policy", "dose", "start", "end", "ramp", "fidelity", "coverage", "settings", "off"} <= set(block)


def test_one_schema_takes_any_of_the_five_kinds() -> None:
    data = json_schema()
    assert len(data["oneOf"]) == 5
    kinds = {definition["properties"]["kind"]["const"] for definition in data["$defs"].values()
             if "kind" in definition.get("properties", {}) and "const" in definition["properties"]["kind"]}  # fmt: skip
    assert kinds == {"scenario", "community", "parameters", "experiment", "claims"}


def test_every_shipped_file_fits_the_schema() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    from sim.scenario.nodes import plain
    from sim.scenario.problems import Problems
    from sim.scenario.reader import read

    schema = json_schema()
    for path in sorted(ROOT.glob("scenarios/**/*.yaml")) + sorted(ROOT.glob("experiments/*.yaml")):
        tree = read(path, path.name, Problems())
        assert tree is not None
        jsonschema.validate(json.loads(json.dumps(plain(tree), default=str)), schema)
