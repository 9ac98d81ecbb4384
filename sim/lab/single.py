"""One run and its folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sim.errors import RunError
from sim.lab.engine import Driver, Engine, ProgressHook
from sim.lab.files import write_json
from sim.lab.folder import labels
from sim.lab.moving import with_numerators
from sim.lab.provenance import keep_policy_modules, provenance
from sim.lab.run_file import LAYOUT, TABLES
from sim.lab.study import Study, open_study, refuse_unless_listed
from sim.lab.tables import write_table


def run_single(
    scenario: Any,
    seed: int,
    folder: Path,
    engine: Engine,
    days: int | None = None,
    driver: Driver = "compiled",
    threads: int = 1,
    csv: bool = False,
    progress: ProgressHook | None = None,
) -> Any:
    """Run a scenario once and write its results folder.

    Parameters
    ----------
    scenario, seed, days, driver, threads
        What to run (``sim.simulate``).
    folder
        Where it lands; an earlier run there is replaced, with all that was written of it.
    csv
        Also write each table as CSV.

    Returns
    -------
    Run
        What ``sim.simulate`` returned.

    Raises
    ------
    ExistsError, UsageError
        If the folder holds something else, may not be written to or is being written to; known before the run begins.
    RunError
        If the run failed on the way.
    """
    with open_study(folder, "run") as study:
        return run_in(study, scenario, seed, engine, days, driver, threads, csv, progress)


def run_in(
    study: Study,
    scenario: Any,
    seed: int,
    engine: Engine,
    days: int | None = None,
    driver: Driver = "compiled",
    threads: int = 1,
    csv: bool = False,
    progress: ProgressHook | None = None,
    also: Callable[[Any, Path], None] | None = None,
) -> Any:
    """Run a scenario once into a folder that is held; see :func:`run_single`.

    Parameters
    ----------
    also
        Given the run and a folder, writes what else belongs to the run, such as figures; it lands with the tables.
    """
    refuse_unless_listed(study)
    try:
        run = engine.simulate(scenario, seed, days, driver, progress=progress, threads=threads)
    except ArithmeticError as error:
        raise RunError(f"{scenario.name} with seed {seed}: the run failed: {error}") from error
    with study.staged(stale=lambda name: True) as place:
        for name in TABLES:
            table = with_numerators(run) if name == "daily" else getattr(run, name)
            write_table(table, place / f"{name}.parquet")
            if csv:
                write_table(table, place / f"{name}.csv")
        keep_policy_modules(place)
        write_json(place / "manifest.json", _manifest(scenario, seed, days, driver, engine, run))
        if also is not None:
            also(run, place)
    return run


def _manifest(
    scenario: Any, seed: int, days: int | None, driver: Driver, engine: Engine, run: Any
) -> dict[str, Any]:
    """All that is needed to get the same numbers again."""
    return {
        "layout": LAYOUT,
        "kind": "run",
        "name": scenario.name,
        "title": scenario.title,
        "scenario": {"name": scenario.name, "title": scenario.title, "question": scenario.question},
        "hash": scenario.hash,
        "seed": seed,
        "days": scenario.horizon if days is None else days,
        "burn_in": scenario.burn_in,
        "driver": driver,
        "labels": labels(scenario.community),
        **provenance(),
        "code_version": engine.code_version(),
        "run": dict(run.meta),
        "resolved": scenario.resolved(),
    }
