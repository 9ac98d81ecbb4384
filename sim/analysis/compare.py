"""From a design to conclusions: run what is missing, then write what it means beside the runs."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.analysis.costs import incremental_costs
from sim.analysis.delivery import deliveries, delivery_table
from sim.analysis.effects import paired_effects
from sim.analysis.equity import equity_effects, who_gains
from sim.analysis.frontier import acceptability, frontier
from sim.analysis.interactions import factors, interactions
from sim.analysis.stopping import run_in_looks
from sim.analysis.variance import variance_split
from sim.analysis.versus import versus
from sim.analysis.worth import cost_per_effect, worths
from sim.errors import RunError
from sim.lab.batch import StepHook
from sim.lab.cluster import check_cluster
from sim.lab.design import Design
from sim.lab.engine import Driver, Engine, ModelEngine
from sim.lab.executors import Where, chosen
from sim.lab.folder import begin
from sim.lab.plan import make_plan, timed
from sim.lab.precision import CONFIDENCE, NOTHING
from sim.lab.request import requested_design
from sim.lab.results import OF_FACTORIAL, WRITTEN, Results
from sim.lab.runner import ProgressHook, Summary
from sim.lab.running import OnError, Running
from sim.lab.store import Store
from sim.lab.study import first_error, open_study
from sim.lab.tables import write_table

if TYPE_CHECKING:
    import pandas as pd

BETWEEN_DAYS = (
    "With MPI the time-out is looked at between simulated days only: a run that hangs within one is not ended."
)

__all__ = ["compare", "conclude", "first_error", "run_comparison"]


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
    step: StepHook | None = None,
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
    step
        Told which conclusions are being drawn once the runs are done.

    Returns
    -------
    Results, Summary
        Runs that failed are in the summary and do not raise, unless there is nothing left to compare or the first
        of them was to end the batch.
    """
    running = running or design.running
    where = chosen(running.executor, jobs)
    version = engine.code_version()
    processes = where.jobs if where.here else check_cluster(where)
    with open_study(folder, "comparison") as study:
        begin(design.start, study.store, version, fresh)
        expected = _announce(design, study.store, engine, where, processes, say)
        if say is not None and where.kind == "mpi" and running.timeout is not None:
            say(BETWEEN_DAYS)

        def run(grown: Design, part: Design) -> Summary:
            first = part.begun == NOTHING  # what was expected is known of the first look only
            summary = study.run(grown, engine, jobs, progress, expected if first else None, running, part)
            if summary.stopped:
                raise RunError(_stopped(summary, folder))
            return summary

        summary = run_in_looks(design, study.store, version, run, say)
        results = study.load()
        with study.staged() as place:
            conclude(results, place, step)
    return results, summary


def conclude(results: Results, folder: Path, step: StepHook | None = None) -> None:
    """Write what the runs of a comparison mean to a folder, as Parquet and CSV (``Results.written``).

    ``step`` is told before each table how many there are already.
    """
    asked, baseline = results.experiment, results.baseline
    cells = asked.get("factorial", {}).get("cells", {})
    combined = len(factors(cells)) > 1

    def begin(done: int) -> None:
        if step is not None:
            step("Working out effects", done, 1 + len(WRITTEN) + combined)

    begin(0)
    windows = results.windows
    window, worlds = asked.get("window") or "horizon", asked["worlds"]["count"]
    confidence = results.manifest.get("stopping", {}).get("interval_confidence", CONFIDENCE)
    judged = (asked.get("smallest_changes"), asked.get("directions"), window, worlds, confidence)
    begin(1)
    costs, days = results.read("costs"), results.manifest.get("days")
    documents = resolved_scenarios(results)
    delivery = delivery_table(costs, documents, days)
    effects = paired_effects(windows, baseline, *judged, deliveries(delivery, documents, baseline, days))
    found = worths(effects, windows, baseline, window, worlds)
    tables: dict[str, Callable[[], pd.DataFrame]] = {
        "effects": lambda: effects,
        "delivery": lambda: delivery,
        "costs": lambda: incremental_costs(costs, windows, baseline, window, confidence),
        "variance": lambda: variance_split(windows, baseline, window),
        "cost_effect": lambda: cost_per_effect(found),
        "frontier": lambda: frontier(found),
        "acceptability": lambda: acceptability(found),
        "versus": lambda: versus(windows, baseline, *judged),
        "equity": lambda: equity_effects(windows, baseline, *judged),
        "who_gains": lambda: who_gains(made["equity"], effects, window),
    }
    if combined:
        tables[OF_FACTORIAL] = lambda: interactions(windows, cells, *judged)
    made: dict[str, pd.DataFrame] = {}
    for name, make in tables.items():
        begin(1 + len(made))
        made[name] = make()
    for name, table in made.items():
        write_table(table, folder / f"{name}.parquet")
        if name != "effects":  # the report writes its CSV
            write_table(table, folder / "tables" / f"{name}.csv")


def resolved_scenarios(results: Results) -> dict[str, Any]:
    """The scenarios of a comparison as its folder keeps them, by name; none where the file is gone."""
    try:
        return dict(json.loads((results.folder / "scenarios.json").read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


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
    say: Callable[[str], None] | None,
) -> float | None:
    """Measure a few days and say how long the batch will take, if anybody wants to know."""
    if say is None:
        return None
    plan = make_plan(design, store, engine, where, processes, thorough=True)
    if plan.nothing_left:
        say(f"{plan.counts()}. {plan.time()}")
        return 0.0
    say(f"{plan.counts()}. Timing a few days of one of them ...")
    plan = timed(plan, store, engine)
    say("\n".join([*plan.looks(), plan.time(), plan.space()]))
    return plan.stages[0].seconds


def _policy_modules() -> tuple[str, ...]:
    """Policies of the user's own that this process has loaded; worker processes need them, too."""
    from sim.policies import modules

    return modules()
