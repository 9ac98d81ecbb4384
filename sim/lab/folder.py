"""A results folder: what may be in the way of it, what is written before the runs, and what about them after."""

from __future__ import annotations

import contextlib
import csv
import io
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sim import policies
from sim.errors import ExistsError, NotFoundError, UsageError
from sim.lab.checksums import STAGE, DamagedError, read_list, staged
from sim.lab.design import Design
from sim.lab.files import write_json, write_text
from sim.lab.lock import NAME as LOCK
from sim.lab.log import NAME as LOG
from sim.lab.log import note
from sim.lab.manifest import RUNS, lists_runs, read_manifest
from sim.lab.provenance import keep_policy_modules, provenance
from sim.lab.results import OF_FACTORIAL, WRITTEN
from sim.lab.run_file import LAYOUT
from sim.lab.store import SUPERSEDED, Store, is_run_id
from sim.lab.superseded import set_aside, take_back, waiting
from sim.lab.tables import no_formula
from sim.lab.worlds import worlds_csv
from sim.scenario.texts import path_complaint
from sim.scenario.variants import factor_title

MADE = ("runs", SUPERSEDED, "failures", "tables", "figures")
"""Folders that a comparison makes in its own."""
CONCLUSIONS = (*(f"{table}.parquet" for table in (*WRITTEN, OF_FACTORIAL)), "brief.html", "report.html")
"""Files beside the runs that are of no use once the runs are others; so is what we wrote to tables and figures."""


def check_folder(folder: Path, kind: str) -> dict[str, Any] | None:
    """Return the manifest of a results folder of this kind, or None if there is nothing there yet.

    Where the manifest is gone or damaged, and the list of runs or of files says that the folder is of this kind, a
    manifest is returned that says ``lost``: the command that made the folder can go on and write it again.

    Raises
    ------
    ExistsError
        If something else is in the way; nothing is touched.
    UsageError
        If nothing may be written there.
    """
    complaint = path_complaint(str(folder))
    if complaint is not None:
        raise UsageError(complaint)
    if folder.exists() and not folder.is_dir():
        raise ExistsError(f"{folder}: is a file; choose another --out")
    _refuse_unless_writable(folder)
    if not folder.is_dir() or not any(_matters(entry) for entry in folder.iterdir()):
        return None
    _refuse_unless_readable(folder / "manifest.json")
    try:
        manifest = read_manifest(folder, checked=not _has_damaged_list(folder))
    except NotFoundError:
        manifest = {"lost": True, "kind": _kind_without_manifest(folder)}
    if manifest["kind"] is None:
        raise ExistsError(f"{folder}: holds other files and no results of cgsim; choose another --out")
    if manifest["kind"] != kind:
        raise ExistsError(f"{folder}: holds the results of a {manifest['kind']}; choose another --out")
    return manifest


def _kind_without_manifest(folder: Path) -> str | None:
    """What a folder without a manifest holds, by its other lists."""
    if lists_runs(folder):
        return "comparison"
    listed = None if _has_damaged_list(folder) else read_list(folder)
    return None if listed is None else listed.kind


def _has_damaged_list(folder: Path) -> bool:
    """Whether the list of a folder's files is damaged: what it lists may be whole even so."""
    try:
        read_list(folder)
    except DamagedError:
        return True
    except OSError as error:
        raise UsageError(f"{folder}: cannot be read ({error.strerror or error}); nothing was written") from None
    return False


def _refuse_unless_writable(folder: Path) -> None:
    """Say that a folder cannot be made or written to before hours of runs are lost on it."""
    there = next(each for each in (folder, *folder.absolute().parents) if each.exists())
    if not there.is_dir():
        raise ExistsError(f"{folder}: {there} is a file; choose another --out")
    if not os.access(there, os.W_OK | os.X_OK):
        raise UsageError(f"{folder}: {there} may not be written to; choose another --out")


def _refuse_unless_readable(path: Path) -> None:
    """Tell a file that cannot be read now from one that is damaged: nothing is written over it."""
    try:
        with path.open("rb") as file:
            file.read(1)
    except (FileNotFoundError, IsADirectoryError):
        pass
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror or error}); nothing was written") from None


def _matters(entry: Path) -> bool:
    """Whether a file is more than what a batch leaves that was killed before it had begun."""
    return entry.name not in (LOCK, STAGE) and entry.suffix != ".part"


def begin(design: Design, store: Store, code_version: str, fresh: bool = False) -> None:
    """Write what is known before the first run: manifest, scenarios, worlds, parameters and planned runs.

    Parameters
    ----------
    fresh
        Remove the runs that are there; otherwise those that belong to the design are used, and others set aside.

    Raises
    ------
    ExistsError
        If the folder holds something else, or is to be cleared of another comparison's runs.
    """
    folder = store.folder
    before = check_folder(folder, "comparison")
    if fresh and before is not None:
        refuse_clearing(folder, before, design.name)
        _forget_runs(store)
        before = None
    for part in (*folder.glob(".*.part"), *folder.glob("*/.*.part")):
        part.unlink(missing_ok=True)  # left by a process that was killed while it wrote
    ids = [key.id for key in design.keys(code_version)]
    set_aside(store, ids)
    # Conclusions of an earlier batch are not those of this one.
    for name in CONCLUSIONS:
        (folder / name).unlink(missing_ok=True)
    if before is not None and before.get("lost"):
        note(folder, "manifest.json was gone or damaged: it is written again, without what it knew of earlier looks")
        before = None
    varied = {name for world in design.worlds for name in world.values}
    manifest = describe(design, code_version)
    if before is not None:
        manifest["created"] = before.get("created", manifest["created"])
        if before.get("looked") and _same_data(before, manifest):
            manifest["looked"] = before["looked"]
    with staged(folder, "comparison", _concludes) as place:
        keep_policy_modules(place)
        write_json(place / "manifest.json", manifest)
        write_json(place / "scenarios.json", {name: each.resolved() for name, each in design.scenarios.items()})
        write_text(place / "parameters.csv", parameters_csv(design.scenarios.values(), varied))
        write_text(place / "worlds.csv", worlds_csv(design.worlds))
        write_text(place / "runs.csv", runs_csv(design, store, code_version))
    take_back(store, ids)


def refuse_clearing(folder: Path, before: dict[str, Any], name: str) -> None:
    """Refuse to forget what a folder holds (``--fresh``) unless it is of this name.

    Raises
    ------
    ExistsError
        If it is another's, or not known whose it is.
    """
    if before.get("lost"):
        raise ExistsError(
            f"{folder}: its manifest is gone or damaged, so it is not known whose runs --fresh would remove; leave "
            "--fresh out, or choose another --out"
        )
    if before.get("name") != name:
        raise ExistsError(
            f"{folder}: holds {before.get('name')!r}, not {name!r}, and --fresh would remove its runs; leave --fresh "
            "out, or choose another --out"
        )


def _forget_runs(store: Store) -> None:
    """Remove the files of all runs, by their names, and the log."""
    for name in ("runs", SUPERSEDED, "failures"):
        for path in (store.folder / name).glob("*"):
            if path.suffix in (".parquet", ".sha256", ".json", ".damaged") and is_run_id(path.stem):
                path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # it is not there, or something else is in it
            (store.folder / name).rmdir()
    (store.folder / LOG).unlink(missing_ok=True)


def _concludes(name: str) -> bool:
    """Whether a file that we wrote is a conclusion of the runs that were there then."""
    return name in CONCLUSIONS or name.startswith(("tables/", "figures/"))


def _same_data(before: dict[str, Any], now: dict[str, Any]) -> bool:
    """Whether looks that were taken at the runs of one manifest were looks at what another is about."""
    keys = ("code_version", "baseline", "days", "seed")
    hashes, others = before["scenario_hashes"], now["scenario_hashes"]
    shared = [name for name in hashes if hashes[name] == others.get(name)]
    return all(before[key] == now[key] for key in keys) and now["baseline"] in shared and len(shared) > 1


def grow(
    design: Design, store: Store, code_version: str, stopping: dict[str, Any], looked: dict[str, float]
) -> None:
    """Write what a design has grown to: worlds, planned runs, and in the manifest what it is waiting for.

    Parameters
    ----------
    looked
        Looks taken so far, under this plan and earlier ones: what was looked at, and the lowest confidence at which.
    """
    manifest = {**read_manifest(store.folder), "stopping": stopping, "looked": looked}
    manifest["experiment"] = {**manifest["experiment"], "worlds": _worlds(design)}
    manifest["seeds_per_world"] = design.replications
    manifest["interval_holds"] = design.holds
    ids = [key.id for key in design.keys(code_version)]
    set_aside(store, ids)
    with staged(store.folder, "comparison") as place:
        write_text(place / "worlds.csv", worlds_csv(design.worlds))
        write_text(place / "runs.csv", runs_csv(design, store, code_version))
        write_json(place / "manifest.json", manifest)
    take_back(store, ids)


def describe(design: Design, code_version: str) -> dict[str, Any]:
    """The manifest of a comparison."""
    origin = provenance()
    experiment = {
        "name": design.name,
        "title": design.title or design.name,
        "question": design.question,
        "baseline": design.baseline,
        "scenarios": [
            {"name": name, "title": each.title or name, "question": each.question}
            for name, each in design.scenarios.items()
        ],
        "worlds": _worlds(design),
        "show": list(design.show),
        "smallest_changes": dict(design.smallest_changes),
        "directions": dict(design.directions),
        **({"window": design.window} if design.window else {}),
        **({"factorial": _factorial(design)} if design.factorial else {}),
    }
    return {
        "layout": LAYOUT,
        "kind": "comparison",
        "name": design.name,
        "title": experiment["title"],
        "experiment": experiment,
        "baseline": design.baseline,
        "scenarios": list(design.scenarios),
        "scenario_hashes": {name: each.hash for name, each in design.scenarios.items()},
        "labels": labels(design.scenarios[design.baseline].community),
        "seed": design.first_seed,
        "seeds_per_world": design.replications,
        "days": design.days,
        "driver": design.driver,
        "interval_holds": design.holds,
        **({"windows_only": True} if design.windows_only else {}),
        **origin,
        "code_version": code_version,
    }


def _factorial(design: Design) -> dict[str, Any]:
    """What a factorial combines, as people call it, and the doses and values of each of its scenarios."""
    names = next(iter(design.factorial.values()))
    levels = {
        name: {f"{number:g}": text for number, text in texts.items()} for name, texts in design.levels.items()
    }
    return {
        "policies": {
            name: factor_title(name) if name in levels else policies.get(name).title for name in names
        },
        **({"levels": levels} if levels else {}),
        "cells": {scenario: dict(doses) for scenario, doses in design.factorial.items()},
    }


def _worlds(design: Design) -> dict[str, Any]:
    """How many parameter worlds there are, and where they come from."""
    repeated = {"repeated": design.repeated} if design.repeated else {}
    return {"draw": design.draw, "count": len(design.worlds), **repeated}


def labels(community: Any) -> dict[str, str]:
    """The names that people know blocks and groups by."""
    return {
        str(part.name): str(part.label)
        for part in (*getattr(community, "blocks", ()), *getattr(community, "groups", ()))
        if part.label
    }


def write_runs(design: Design, store: Store, code_version: str) -> None:
    """Write ``runs.csv``: every planned run and how it ended."""
    with staged(store.folder, "comparison") as place:
        write_text(place / "runs.csv", runs_csv(design, store, code_version))


def runs_csv(design: Design, store: Store, code_version: str) -> str:
    """Every planned run and how it ended; one that is only set aside is there."""
    keys = list(design.keys(code_version))
    ids = [key.id for key in keys]
    done, failures = store.finished(ids) | waiting(store, ids), store.failures(ids)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(RUNS)
    for key in keys:
        status, error = "ok" if key.id in done else "missing", ""
        if status == "missing" and (record := failures.get(key.id)):
            status, error = str(record.get("kind", "failed")), str(record.get("error", ""))
        writer.writerow([key.id, no_formula(key.scenario), no_formula(key.world), key.seed, status, no_formula(error)])
    return out.getvalue()


def parameters_csv(scenarios: Iterable[Any], varied: set[str]) -> str:
    """The parameters of some scenarios, each with its value in the first that has it, and whether worlds vary it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        ["name", "value", "unit", "low", "high", "grade", "source", "mechanism", "description", "varied"]
    )
    there: set[str] = set()
    for scenario in scenarios:
        for name, spec in scenario.parameters.specs.items():
            if name in there:
                continue
            there.add(name)
            writer.writerow(
                [
                    name,
                    scenario.parameters.raw(name),
                    spec.unit,
                    "" if spec.low is None else spec.low,
                    "" if spec.high is None else spec.high,
                    spec.grade,
                    no_formula(spec.source),
                    spec.mechanism,
                    no_formula(spec.description),
                    name in varied,
                ]
            )
    return out.getvalue()
