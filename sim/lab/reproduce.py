"""Running what a results folder says again, and saying whether the same numbers come out."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.errors import ExistsError, NotFoundError, RunError, UsageError
from sim.lab.checksums import read_checked
from sim.lab.drift import Drift, Status, compare_tables, together, worst
from sim.lab.engine import Driver, Engine, ModelEngine
from sim.lab.estimate import spoken
from sim.lab.files import write_bytes, write_json, write_text
from sim.lab.folder import check_folder, runs_csv
from sim.lab.log import mean_seconds
from sim.lab.origins import Origins, origins
from sim.lab.provenance import keep_policy_modules, provenance
from sim.lab.rebuild import Again, Row, load_modules, rebuild, unlike
from sim.lab.results import Results, load_results
from sim.lab.run_file import made_with
from sim.lab.runner import ProgressHook, default_jobs
from sim.lab.single import run_single
from sim.lab.store import Store
from sim.lab.study import open_study

SAMPLE = 4
"""Runs that are repeated where nothing says how many."""
_COPIED = ("scenarios.json", "worlds.csv", "parameters.csv")


@dataclass(frozen=True)
class Reproduction:
    """What came of running stored runs again.

    Attributes
    ----------
    results, again
        The stored results, and the repeated runs as results.
    finished
        Finished runs that the folder names.
    compared
        Runs that were repeated and compared. A damaged run is repeated only where all are, and cannot be compared.
    drifts
        One entry an outcome.
    damaged
        Ids of stored runs that cannot be read as they were written; they were not compared.
    failed
        Errors of runs that went well then and failed now.
    unlike
        What was not the same before the first day was run.
    origins
        What differs between there and here.
    """

    results: Results
    again: Results
    finished: int
    compared: tuple[Row, ...]
    drifts: tuple[Drift, ...]
    damaged: tuple[str, ...]
    failed: Mapping[Row, str]
    unlike: tuple[str, ...]
    origins: Origins

    @property
    def complete(self) -> bool:
        """Whether every finished run was repeated, so that conclusions can be drawn from the repeated ones."""
        return len(_ids(self.again)) == self.finished

    @property
    def status(self) -> Status:
        """The worst of all outcomes; a run that fails now has drifted."""
        return "drift" if self.failed else worst(self.drifts)

    @property
    def matches(self) -> bool:
        """Whether all was readable and is the same, or differs by no more than another platform may make it differ."""
        if self.damaged or self.status == "drift":
            return False
        return self.status == "identical" or self.origins.expected != "none"


def reproduce(
    path: Path | str,
    folder: Path,
    sample: int | None = SAMPLE,
    jobs: int | None = None,
    driver: Driver | None = None,
    policy_modules: Sequence[str] = (),
    use_stored_policies: bool = False,
    engine: Callable[[tuple[str, ...]], Engine] = ModelEngine,
    say: Callable[[str], None] | None = None,
    progress: ProgressHook | None = None,
    days_progress: Callable[[int, int], None] | None = None,
) -> Reproduction:
    """Run stored runs again and compare.

    Parameters
    ----------
    path
        A folder of a comparison or of one run, wherever it is now.
    folder
        Where the repeated runs land: an empty place, or one of an earlier repetition that was broken off.
    sample
        How many runs, chosen by key over scenarios and worlds; all that went well where it is None.
    jobs
        Processes; as many as there are processors by default.
    driver
        In place of the one that was used; the results are the same.
    policy_modules, use_stored_policies
        See :func:`sim.lab.rebuild.load_modules`.
    engine
        Makes the simulator from policy modules.
    say, progress, days_progress
        Told what will be done, how far a batch is, and how far a single run is.

    Raises
    ------
    CgsimError
        If the runs cannot be made again.
    """
    if sample is not None and sample < 1:
        raise UsageError(f"sample: at least 1, not {sample}")
    results = load_results(path)
    stored, damaged = _stored(results)
    rows = tuple(_ids(results)) if sample is None else choose(tuple(stored), sample)
    _check_place(results, folder)
    modules = load_modules(results, policy_modules, use_stored_policies)
    again, machine = rebuild(results, rows, driver), engine(modules)
    here = {**provenance(), "code_version": machine.code_version()}
    if say is not None:
        say(_plan(results, again, jobs or default_jobs()))
    if results.comparison:
        _batch(results, again, folder, machine, here, jobs or default_jobs(), progress)
    else:
        scenario, seed = again.scenarios[results.baseline], rows[0][2]
        run_single(scenario, seed, folder, machine, again.days, again.driver, progress=days_progress)
    repeated, store = load_results(folder), Store(results.folder)
    ids = _ids(repeated)
    compared = tuple(row for row in rows if row in ids and row in stored)
    return Reproduction(
        results,
        repeated,
        len(stored) + len(damaged),
        compared,
        tuple(together(compare_tables(results.run(stored[row]), repeated.run(ids[row])) for row in compared)),
        tuple(damaged),
        _errors(repeated),
        tuple(unlike(results, again)),
        origins(results.manifest, here, [each for row in compared if (each := made_with(store.run_file(stored[row])))]),
    )


def choose(rows: Sequence[Row], count: int) -> tuple[Row, ...]:
    """Choose runs so that scenarios, and then worlds, are met about equally often.

    The choice depends on the runs' own names alone, so that everybody who takes as many takes the same.
    """
    left = sorted(rows, key=lambda row: hashlib.sha256("\0".join(map(str, row)).encode()).digest())
    scenarios: Counter[str] = Counter()
    worlds: Counter[str] = Counter()
    chosen = []
    for _ in range(min(count, len(left))):
        row = min(left, key=lambda row: (scenarios[row[0]], worlds[row[1]]))
        left.remove(row)
        scenarios[row[0]] += 1
        worlds[row[1]] += 1
        chosen.append(row)
    return tuple(sorted(chosen, key=list(rows).index))


def _stored(results: Results) -> tuple[dict[Row, str], list[str]]:
    """The finished runs of a folder, by what they are of, and the ids of those whose files are damaged."""
    ids = _ids(results)
    if not results.comparison:
        try:
            results.run("")
        except RunError as error:
            raise NotFoundError(f"{error}; there is nothing to compare with") from error
        return ids, []
    store = Store(results.folder)
    damaged = [run_id for run_id in ids.values() if not store.is_whole(run_id)]
    whole = {row: run_id for row, run_id in ids.items() if run_id not in set(damaged)}
    if not whole:
        what = f"all {len(damaged)} run files are damaged or gone" if damaged else "no run is finished"
        raise NotFoundError(f"{results.folder}: {what}; there is nothing to compare with")
    return whole, damaged


def _ids(results: Results) -> dict[Row, str]:
    """Ids of finished runs, by what they are of."""
    runs = results.runs[results.runs["status"] == "ok"]
    return {
        (str(scenario), str(world), int(seed)): str(run_id)
        for run_id, scenario, world, seed in zip(
            runs["id"], runs["scenario"], runs["world"], runs["seed"], strict=True
        )
    }


def _errors(results: Results) -> dict[Row, str]:
    """Why runs are not finished, by what they are of."""
    runs = results.runs[results.runs["status"] != "ok"]
    return {
        (str(row["scenario"]), str(row["world"]), int(row["seed"])): str(row["error"] or row["status"])
        for row in runs.to_dict("records")
    }


def _check_place(results: Results, folder: Path) -> None:
    """Refuse to write over the stored results, or over those of something else."""
    if folder.resolve() == results.folder.resolve():
        raise UsageError(f"{folder}: holds the stored results; choose another --out")
    there = check_folder(folder, results.manifest["kind"])
    if there is not None and there.get("repeats") != _named(results) and results.comparison:
        raise ExistsError(f"{folder}: holds other results; choose another --out")


def _named(results: Results) -> dict[str, Any]:
    """How a repetition names what it repeats."""
    return {key: results.manifest.get(key) for key in ("name", "created", "code_version")}


def _batch(
    results: Results,
    again: Again,
    folder: Path,
    engine: Engine,
    here: Mapping[str, Any],
    jobs: int,
    progress: ProgressHook | None,
) -> None:
    """Do the runs into a results folder of their own."""
    with open_study(folder, "comparison") as study:
        hashes = {name: scenario.hash for name, scenario in again.scenarios.items()}
        keep_policy_modules(folder)
        now = {**here, "driver": again.driver, "scenario_hashes": hashes, "repeats": _named(results)}
        with study.staged() as place:
            for name in _COPIED:
                if (results.folder / name).exists():
                    write_bytes(place / name, read_checked(results.folder / name))
            write_json(place / "manifest.json", {**results.manifest, **now})
            write_text(place / "runs.csv", runs_csv(again, study.store, engine.code_version()))
        study.run(again, engine, jobs, progress)


def _plan(results: Results, again: Again, jobs: int) -> str:
    """What will be done, and how long it took then."""
    made = (
        f"made {str(results.manifest.get('created'))[:10]} by cgsim {results.manifest['versions']['cgsim']}"
    )
    if not results.comparison:
        seconds = float(results.manifest["run"].get("seconds", 0.0))
        return f"{results.folder}: one run of {results.baseline}, {made}. It took {spoken(seconds)}; running it again."
    each = mean_seconds(results.folder)
    took = "how long they took is not known" if each is None else (
        f"by the time they took then, {spoken(each * again.count / min(jobs, again.count))}"
    )
    return (
        f"{results.folder}: {results.manifest['name']}, {made}. Running {again.count} of {len(_ids(results))} "
        f"finished runs again; {took}."
    )
