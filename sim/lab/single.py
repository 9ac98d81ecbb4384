"""One run and its folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import RunError
from sim.lab.engine import Driver, Engine, ProgressHook
from sim.lab.files import write_json, writing, written_whole
from sim.lab.folder import check_folder, labels
from sim.lab.moving import with_numerators
from sim.lab.provenance import keep_policy_modules, provenance
from sim.lab.run_file import LAYOUT, TABLES
from sim.lab.tables import csv_text

if TYPE_CHECKING:
    import pandas as pd


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
        Where it lands; an earlier run there is replaced.
    csv
        Also write each table as CSV.

    Returns
    -------
    Run
        What ``sim.simulate`` returned.

    Raises
    ------
    ExistsError, UsageError
        If the folder holds something else or may not be written to; known before the run begins.
    RunError
        If the run failed on the way.
    """
    check_folder(folder, "run")
    try:
        run = engine.simulate(scenario, seed, days, driver, progress=progress, threads=threads)
    except ArithmeticError as error:
        raise RunError(f"{scenario.name} with seed {seed}: the run failed: {error}") from error
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    (folder / "manifest.json").unlink(missing_ok=True)  # until all of it is there, it is no results folder
    for name in TABLES:
        table = with_numerators(run) if name == "daily" else getattr(run, name)
        _write(table, folder / f"{name}.parquet")
        _write(table, folder / f"{name}.csv") if csv else (folder / f"{name}.csv").unlink(missing_ok=True)
    keep_policy_modules(folder)
    write_json(folder / "manifest.json", _manifest(scenario, seed, days, driver, engine, run))
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


def _write(table: pd.DataFrame, path: Path) -> None:
    """Write a table whole, as its ending says."""
    with written_whole(path) as file:
        if path.suffix == ".csv":
            file.write(csv_text(table).encode())
        else:
            table.to_parquet(file, index=False, compression="zstd")
