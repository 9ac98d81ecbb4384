"""From a results folder alone back to what was run: scenarios, parameter worlds, seeds, days and policies.

Nothing outside the folder is read, but for the user's own policy modules: code is run only because the user says so.
"""

from __future__ import annotations

import atexit
import csv
import io
import json
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.errors import CgsimError, NotFoundError, UsageError
from sim.lab.checksums import read_checked
from sim.lab.design import Design
from sim.lab.engine import Driver
from sim.lab.extensions import meaning_of
from sim.lab.provenance import POLICY_MODULES, digest
from sim.lab.results import Results
from sim.lab.run_file import RunKey
from sim.lab.tables import as_it_was, first_line
from sim.lab.worlds import POINT, World
from sim.policies import load_module

Row = tuple[str, str, int]
"""Scenario, world and seed of a run."""


@dataclass(frozen=True)
class Again(Design):
    """A design whose runs are those of a results folder, or some of them."""

    rows: tuple[Row, ...] = field(default=())

    @property
    def count(self) -> int:
        """Runs in all."""
        return len(self.rows)

    def keys(self, code_version: str) -> Iterator[RunKey]:
        """The runs, in the order in which the folder names them."""
        worlds = {world.id: world for world in self.worlds}
        for scenario, world, seed in self.rows:
            yield RunKey(self.run_id(scenario, worlds[world], seed, code_version), scenario, world, seed)


def rebuild(results: Results, rows: Sequence[Row], driver: Driver | None = None) -> Again:
    """Make the scenarios, worlds and seeds of some runs again.

    Parameters
    ----------
    results
        The folder; policy modules that its scenarios need have to be loaded (:func:`load_modules`).
    rows
        The runs wanted.
    driver
        In place of the one that was used.

    Raises
    ------
    CgsimError
        If the folder lacks something, or this version cannot read what is in it.
    """
    manifest = results.manifest
    for name in ("name", "seed", "days", "driver", "code_version"):
        if name not in manifest:
            raise NotFoundError(f"{results.folder / 'manifest.json'}: has no {name}; the runs cannot be made again")
    documents = _resolved(results)
    scenarios = {name: _scenario(results.folder, name, documents[name]) for name in results.scenarios}
    worlds = _worlds(results, scenarios)
    known = {world.id for world in worlds}
    lost = sorted({world for _, world, _ in rows} - known)
    if lost:
        raise NotFoundError(f"{results.folder / 'worlds.csv'}: has no world {lost[0]}, which runs.csv names")
    return Again(
        name=str(manifest["name"]),
        scenarios=scenarios,
        worlds=worlds,
        first_seed=int(manifest["seed"]),
        days=manifest["days"],
        driver=manifest["driver"] if driver is None else driver,
        windows_only=bool(manifest.get("windows_only")),
        rows=tuple(rows),
    )


def unlike(results: Results, again: Again) -> list[str]:
    """What did not come out as it was, before a single day is run: scenarios, or the ids of runs.

    A run's id is a hash of its scenario, world, seed, days and code version, so equal ids under the code version
    of then say that every number that goes into a run came through the folder unchanged.
    """
    manifest = results.manifest
    hashes: Mapping[str, str] = manifest.get("scenario_hashes") or {results.baseline: manifest["hash"]}
    found = [
        f"scenario {name} is not read as it was then"
        for name, scenario in again.scenarios.items()
        if scenario.hash != hashes[name]
    ]
    if found or not results.comparison:
        return found
    runs = results.runs
    stored = dict(
        zip(zip(runs["scenario"], runs["world"], runs["seed"], strict=True), runs["id"], strict=True)
    )
    return [
        f"run {key.id} ({key.scenario}, world {key.world}, seed {key.seed}) was called "
        f"{stored[key.scenario, key.world, key.seed]}"
        for key in again.keys(str(manifest["code_version"]))
        if stored[key.scenario, key.world, key.seed] != key.id
    ]


def load_modules(results: Results, given: Sequence[str], use_stored: bool) -> tuple[str, ...]:
    """See to it that the user's own policies are loaded, and return the modules in the order of then.

    Parameters
    ----------
    given
        Modules that the user named; they are loaded already.
    use_stored
        Run the copies that the folder keeps of those that are not given.

    Raises
    ------
    UsageError
        If one is missing and may not be taken from the folder.
    """
    recorded = results.manifest.get("policy_modules") or ()
    by_hash = {meaning_of(name)[:12]: name for name in given}
    by_name = {Path(name).name: name for name in given}
    chosen: list[str] = []
    for module in recorded:
        name = by_hash.get(module["hash"]) or by_name.get(module["name"])
        if name is None and not use_stored:
            raise UsageError(_needs(results.folder, module))
        chosen.append(name or _stored(results.folder, module))
    return (*chosen, *(name for name in given if name not in chosen))


def _needs(folder: Path, module: Mapping[str, Any]) -> str:
    """What to do about a policy module that was not given."""
    name = module["name"]
    kept = ""
    if (place := _copy_of(folder, module)).is_dir():
        kept = f", or --stored-policies to run the copy in {place}. It is code: look at it first"
    return f"{folder}: its runs used a policy module of the user's own; give it with --policy-module {name}{kept}"


def _copy_of(folder: Path, module: Mapping[str, Any]) -> Path:
    """Where a results folder keeps a policy module."""
    return folder / POLICY_MODULES / Path(str(module["hash"])).name


def _stored(folder: Path, module: Mapping[str, Any]) -> str:
    """Load a folder's copy of a policy module; the files stay until this process ends, for its workers."""
    copy, files = _copy_of(folder, module), module.get("files") or {}
    if not files or not copy.is_dir():
        raise UsageError(_needs(folder, module))
    for label, hashed in files.items():
        if not (copy / label).is_file() or digest((copy / label).read_bytes()) != hashed:
            raise UsageError(f"{copy / label}: is not as it was when the runs were made; give the module itself")
    place = Path(tempfile.mkdtemp(prefix="cgsim-policies-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    shutil.copytree(copy, place, dirs_exist_ok=True)
    sys.path.insert(0, str(place))  # for what the module imports, here and in worker processes
    name = str(module["name"])
    given = str(place / next(iter(files))) if name.endswith(".py") else name
    load_module(given)
    return given


def _resolved(results: Results) -> Mapping[str, Any]:
    """The resolved scenarios of a folder, by name."""
    if not results.comparison:
        return {results.baseline: results.manifest.get("resolved") or {}}
    path = results.folder / "scenarios.json"
    try:
        documents: Mapping[str, Any] = json.loads(read_checked(path))
        missing = [name for name in results.scenarios if name not in documents]
    except FileNotFoundError:
        raise NotFoundError(f"{path}: not there; without it the runs cannot be made again") from None
    except (json.JSONDecodeError, UnicodeDecodeError, TypeError) as error:
        raise NotFoundError(f"{path}: damaged ({error}); without it the runs cannot be made again") from None
    if missing:
        raise NotFoundError(f"{path}: has no scenario {missing[0]}, which the manifest names")
    return documents


def _scenario(folder: Path, name: str, document: Any) -> Any:
    """A scenario again, or what this version does not understand of it."""
    from sim.scenario import from_resolved

    try:
        return from_resolved(document)
    except CgsimError as error:
        raise UsageError(
            f"{folder}: scenario {name} cannot be made again by this version of cgsim (its manifest names the one "
            f"that made it, and the command):\n{error}"
        ) from error


def _worlds(results: Results, scenarios: Mapping[str, Any]) -> tuple[World, ...]:
    """The parameter worlds, with the values they were run with."""
    path = results.folder / "worlds.csv"
    if not results.comparison:
        return (World(POINT),)
    specs: dict[str, Any] = {}
    for scenario in reversed(list(scenarios.values())):
        specs.update(scenario.parameters.specs)
    try:
        return read_worlds(io.StringIO(read_checked(path).decode(), newline=""), specs, path)
    except FileNotFoundError:
        raise NotFoundError(f"{path}: not there; without it the runs cannot be made again") from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise NotFoundError(
            f"{path}: damaged ({first_line(error)}); without it the runs cannot be made again"
        ) from None


def read_worlds(lines: Any, specs: Mapping[str, Any], path: Path) -> tuple[World, ...]:
    """Read what ``worlds_csv`` wrote, to the last bit.

    Parameters
    ----------
    lines
        The file, or its lines.
    specs
        Parameter specifications by name: whether a cell is a switch, a word or a number is for them to say.
    path
        For messages.
    """
    worlds = []
    for row in csv.DictReader(lines):
        values = {name: text for name, text in row.items() if name != "world" and text}
        if None in row.keys() or None in row.values():
            raise NotFoundError(f"{path}: damaged: a row has another number of cells than the head has")
        unknown = [name for name in values if name not in specs]
        if unknown or "world" not in row:
            what = f"there is no parameter {unknown[0]!r} in this version" if unknown else "names no worlds"
            raise UsageError(f"{path}: {what}; the runs cannot be made again")
        try:
            worlds.append(
                World(as_it_was(row["world"]), {name: _value(specs[name], text) for name, text in values.items()})
            )
        except ValueError as error:
            raise NotFoundError(f"{path}: damaged: world {row['world']}: {error}") from None
    return tuple(worlds)


def _value(spec: Any, text: str) -> Any:
    """A cell as it was written: 1 and 1.0 are told apart, because a world's hash tells them apart."""
    if spec.kind == "switch":
        if text not in ("True", "False"):
            raise ValueError(f"{spec.name} is {text!r}, not a switch")
        return text == "True"
    if spec.choices:
        return text
    return int(text) if re.fullmatch(r"[-+]?\d+", text) else float(text)
