"""From a design to conclusions: run what is missing, then write what it means beside the runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.analysis.costs import cost_per_effect, incremental_costs
from sim.analysis.effects import paired_effects
from sim.analysis.stopping import first_error, run_in_looks
from sim.lab.design import Design
from sim.lab.engine import Driver, Engine, ModelEngine
from sim.lab.files import written_whole
from sim.lab.folder import begin, check_folder
from sim.lab.plan import make_plan, timed
from sim.lab.precision import CONFIDENCE, NOTHING
from sim.lab.request import requested_design
from sim.lab.results import Results, load_results
from sim.lab.runner import ProgressHook, Summary, default_jobs, run_batch
from sim.lab.store import Store

if TYPE_CHECKING:
    import pandas as pd

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
    results, _ = run_comparison(
        design, folder, ModelEngine(_policy_modules()), jobs, fresh, progress=progress
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

    Returns
    -------
    Results, Summary
        Runs that failed are in the summary and do not raise, unless there is nothing left to compare.
    """
    store, jobs = Store(folder), default_jobs() if jobs is None else jobs
    version = engine.code_version()
    check_folder(folder, "comparison")  # before anything is written, the lock included
    with store.lock():
        begin(design.start, store, version, fresh)
        expected = _announce(design, store, engine, jobs, say)

        def run(part: Design) -> Summary:
            first = part.begun == NOTHING  # what was expected is known of the first look only
            return run_batch(part, store, engine, jobs, progress, expected if first else None)

        summary = run_in_looks(design, store, version, run, say)
        results = load_results(folder)
        conclude(results)
    return results, summary


def conclude(results: Results) -> None:
    """Write effects and costs beside the runs of a comparison, as Parquet and CSV."""
    asked = results.experiment
    window = asked.get("window") or "horizon"
    confidence = results.manifest.get("stopping", {}).get("interval_confidence", CONFIDENCE)
    windows = results.windows
    effects = paired_effects(
        windows,
        results.baseline,
        asked.get("smallest_changes"),
        asked.get("directions"),
        window,
        asked["worlds"]["count"],
        confidence,
    )
    costs = incremental_costs(results.read("costs"), windows, results.baseline, window, confidence)
    _write(effects, results.folder / "effects.parquet")
    _write(costs, results.folder / "costs.parquet")
    _write(costs, results.folder / "tables" / "costs.csv")
    _write(cost_per_effect(effects, costs, window), results.folder / "tables" / "cost_effect.csv")
    for name in ("effects", "costs", "runs"):
        results.__dict__.pop(name, None)  # what was read before is not what was written now


def _announce(
    design: Design, store: Store, engine: Engine, jobs: int, say: Callable[[str], None] | None
) -> float | None:
    """Measure a few days and say how long the batch will take, if anybody wants to know."""
    if say is None:
        return None
    plan = make_plan(design, store, engine, jobs, thorough=True)
    if plan.nothing_left:
        say(f"{plan.counts()}. {plan.time()}")
        return 0.0
    say(f"{plan.counts()}. Timing a few days of one of them ...")
    plan = timed(plan, store, engine)
    say("\n".join([*plan.looks(), plan.time(), plan.space()]))
    return plan.stages[0].seconds


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
