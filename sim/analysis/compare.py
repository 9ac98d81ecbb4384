"""From a design to conclusions: run what is missing, then write what it means beside the runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.analysis.costs import incremental_costs
from sim.analysis.effects import paired_effects
from sim.analysis.equity import equity_effects, who_gains
from sim.analysis.frontier import acceptability, frontier
from sim.analysis.variance import variance_split
from sim.analysis.worth import cost_per_effect, worths
from sim.errors import RunError
from sim.lab.cluster import check_cluster
from sim.lab.design import Design
from sim.lab.engine import Driver, Engine, ModelEngine
from sim.lab.estimate import expected_seconds, measure, spoken
from sim.lab.executors import Where, chosen, default_jobs, undisturbed
from sim.lab.files import written_whole
from sim.lab.folder import begin, check_folder, write_runs
from sim.lab.request import requested_design
from sim.lab.results import Results, load_results
from sim.lab.runner import ProgressHook, Summary, run_batch
from sim.lab.running import OnError, Running
from sim.lab.store import Store

if TYPE_CHECKING:
    import pandas as pd


def compare(
    *what: Any,
    sets: Sequence[str] = (),
    seeds: int | None = None,
    worlds: int | None = None,
    days: int | None = None,
    out: Path | str | None = None,
    jobs: int | None = None,
    fresh: bool = False,
    driver: Driver = "compiled",
    first_seed: int | None = None,
    draw: str | None = None,
    progress: ProgressHook | None = None,
    executor: str | None = None,
    timeout: float | None = None,
    on_error: OnError | None = None,
) -> Results:
    """Compare scenarios under common random numbers, in the same parameter worlds.

    Parameters
    ----------
    *what
        One experiment, or two scenarios or more (the baseline first); names, paths or loaded ones.
    sets
        ``key=value`` texts laid over every scenario.
    seeds, worlds, days, first_seed, draw
        See ``sim.lab.request.requested_design``.
    out
        The results folder; ``results/NAME`` by default. Runs of the same comparison that are there are used.
    jobs
        Processes; as many as there are processors by default. A script has to call this under
        ``if __name__ == "__main__":``, because worker processes import it.
    fresh
        Forget the runs that are there.
    driver
        ``compiled`` or ``agents``; the results are the same.
    progress
        Told how far it is.
    executor, timeout, on_error
        How the runs are done (``sim.lab.running.Running``), in place of what an experiment says.

    Returns
    -------
    Results
        ``effects`` has the paired differences, ``costs`` what they cost, ``runs`` which runs failed.

    Raises
    ------
    CgsimError
        If the request makes no sense, or no comparison could be made of the runs there are.
    """
    design = requested_design(what, sets, seeds, worlds, days, driver, first_seed, draw)
    folder = Path("results") / design.name if out is None else Path(out)
    running = design.running.but(executor, timeout, on_error)
    results, _ = run_comparison(
        design, folder, ModelEngine(_policy_modules()), jobs, fresh, progress=progress, running=running
    )
    return results


def run_comparison(
    design: Design,
    folder: Path,
    engine: Engine,
    jobs: int | None = None,
    fresh: bool = False,
    say: Callable[[str], None] | None = None,
    progress: ProgressHook | None = None,
    running: Running | None = None,
) -> tuple[Results, Summary]:
    """Do what is missing of a design and draw conclusions.

    Parameters
    ----------
    design, folder, engine
        What to run, where it lands, and with what.
    jobs, fresh, progress
        As in :func:`compare`.
    say
        Told before anything starts what will be done and how long it will take.
    running
        How the runs are done; by default as the design says.

    Returns
    -------
    Results, Summary
        Runs that failed are in the summary and do not raise, unless there is nothing left to compare or the first
        of them was to end the batch.
    """
    running = running or design.running
    where = chosen(running.executor, jobs)
    store, version = Store(folder), engine.code_version()
    check_folder(folder, "comparison")  # before anything is written, the lock included
    processes = where.jobs if where.here else check_cluster(where)
    with store.lock():
        begin(design, store, version, fresh)
        expected = _announce(design, store, engine, where, processes, version, say)
        try:
            summary = run_batch(design, store, engine, jobs, progress, expected, running)
        finally:
            with undisturbed():
                write_runs(design, store, version)
        if summary.stopped:
            raise RunError(_stopped(summary, folder))
        results = load_results(folder)
        if summary.done == 0:
            raise RunError(f"none of {summary.total} runs went well: {first_error(summary)}")
        if not (results.runs["status"] == "ok")[results.runs["scenario"] == design.baseline].any():
            raise RunError(f"no run of the baseline {design.baseline} went well: {first_error(summary)}")
        conclude(results)
    return results, summary


def conclude(results: Results) -> None:
    """Write what the runs of a comparison mean beside them, as Parquet and CSV (``Results.written``)."""
    asked, windows, baseline = results.experiment, results.windows, results.baseline
    window, worlds = asked.get("window") or "horizon", asked["worlds"]["count"]
    judged = (asked.get("smallest_changes"), asked.get("directions"), window, worlds)
    effects = paired_effects(windows, baseline, *judged)
    equity = equity_effects(windows, baseline, *judged)
    found = worths(effects, windows, baseline, window, worlds)
    tables = {
        "effects": effects,
        "costs": incremental_costs(results.read("costs"), windows, baseline, window),
        "variance": variance_split(windows, baseline, window),
        "cost_effect": cost_per_effect(found),
        "frontier": frontier(found),
        "acceptability": acceptability(found),
        "equity": equity,
        "who_gains": who_gains(equity, effects, window),
    }
    for name, table in tables.items():
        _write(table, results.folder / f"{name}.parquet")
        if name != "effects":  # the report writes its CSV
            _write(table, results.folder / "tables" / f"{name}.csv")
    results.forget()  # what was read before is not what was written now


def first_error(summary: Summary) -> str:
    """The first error of a batch, in one line."""
    return next(
        (str(record["error"]).splitlines()[0] for record in summary.failures.values()), "no error is recorded"
    )


def _stopped(summary: Summary, folder: Path) -> str:
    """What is said when the first run that failed ended the batch, as was asked for."""
    record = next(iter(summary.failures.values()))
    return (
        f"Stopped at the first failure: {record['scenario']}, world {record['world']}, seed {record['seed']}: "
        f"{first_error(summary)}\n{summary.done} of {summary.total} runs are finished and kept in {folder}; the "
        "traceback is in its failures. The same command tries the failed run again and goes on; with --on-error "
        "continue the others are done whatever becomes of it."
    )


def _announce(
    design: Design,
    store: Store,
    engine: Engine,
    where: Where,
    processes: int | None,
    version: str,
    say: Callable[[str], None] | None,
) -> float | None:
    """Measure a few days and say how long the batch will take, if anybody wants to know."""
    if say is None:
        return None
    jobs = processes or 1
    ids = [key.id for key in design.keys(version)]
    done = store.finished(ids, thorough=True)
    tasks = design.tasks(version, engine.branch_key, done, jobs)
    count = (
        f"{len(design.scenarios)} scenarios, {_plural(len(design.worlds), 'parameter world')}, "
        f"{_plural(design.replications, 'seed')}{' each' if len(design.worlds) > 1 else ''}: {_plural(len(ids), 'run')}"
    )
    if done:
        count += f", of which {len(done)} are there already"
    if not tasks:
        say(f"{count}. Nothing is left to run.")
        return 0.0
    say(f"{count}. Timing a few days of one of them ...")
    pace = measure(engine, design.scenarios[design.baseline], design.first_seed, design.driver)
    used = min(jobs, len(tasks))
    if where.here:
        place = "in this process" if used == 1 else f"on {used} processes"
    else:
        place = f"on {where}" + (f" with {processes} workers" if processes else "")
    if pace is None or processes is None:
        say(f"How long it will take {place} is not known yet.")
        return None
    expected = expected_seconds(design, tasks, pace, jobs, branched=True)
    say(
        f"This will take {spoken(expected)} {place} (measured just now: {1000 * pace.day:.1f} ms a simulated day)."
    )
    if where.here and used > default_jobs():
        say(f"There are {default_jobs()} processors for {used} processes: more of them do not make it faster.")
    return expected


def _write(table: pd.DataFrame, path: Path) -> None:
    """Write a table whole, as its ending says."""
    with written_whole(path) as file:
        if path.suffix == ".csv":
            file.write(table.to_csv(index=False, lineterminator="\n").encode())
        else:
            table.to_parquet(file, index=False, compression="zstd")


def _policy_modules() -> tuple[str, ...]:
    """Policies of the user's own that this process has loaded; worker processes need them, too."""
    from sim.policies import modules

    return modules()


def _plural(count: int, word: str) -> str:
    """A count with its word."""
    return f"{count} {word}{'' if count == 1 else 's'}"
