"""The frontier of packages: searched in some parameter worlds, tested in others.

A package that looks best in the worlds it was searched in looks better than it is, as the winner of many. What is
reported of a package therefore comes from worlds that the search never saw; what it had promised stands beside it.

Folder of a frontier (layout 1)::

    manifest.json      what was searched, where, with what limits
    search/            a comparison of all packages in the worlds of the search (its runs, no conclusions)
    held_out/          a comparison of the frontier's packages with the baseline in the worlds held out
    tables/search.csv, tables/frontier.csv, tables/options.csv      every package; the frontier's; the options
    figures/frontier.svg, frontier.png
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sim.analysis.compare import run_comparison
from sim.analysis.decisions import Decision, decide
from sim.analysis.packages.evaluation import Evaluation
from sim.analysis.packages.grid import Steps, maker
from sim.analysis.packages.plan import WINDOW, Plan
from sim.analysis.packages.search import Value, frontier, search, spread
from sim.analysis.packages.tables import frontier_table, searched_table
from sim.errors import RunError
from sim.lab.engine import Engine
from sim.lab.estimate import expected_seconds, measure, spoken
from sim.lab.files import write_json, written_whole
from sim.lab.folder import check_folder
from sim.lab.provenance import provenance
from sim.lab.results import Results
from sim.lab.runner import ProgressHook, default_jobs
from sim.lab.store import Store

if TYPE_CHECKING:
    import pandas as pd

KIND: Final = "frontier"
LAYOUT: Final = 1


@dataclass(frozen=True)
class Frontier:
    """What a search found, and how it did in worlds it had not seen.

    Attributes
    ----------
    table
        One row a package tested, the cheapest first: see ``tables/frontier.csv`` in ``docs/choosing.md``.
    searched
        One row a package evaluated: what it holds, and its value in the worlds of the search.
    decision
        The packages as options, in the worlds held out.
    results
        The comparison in the worlds held out.
    failed
        Runs that failed, in the search and the test.
    """

    table: pd.DataFrame
    searched: pd.DataFrame
    decision: Decision
    results: Results
    failed: int


def run_frontier(
    plan: Plan,
    folder: Path,
    engine: Engine,
    jobs: int | None = None,
    say: Callable[[str], None] | None = None,
    progress: ProgressHook | None = None,
) -> Frontier:
    """Search for packages that nothing beats, and test them in other worlds.

    Parameters
    ----------
    plan
        What to search.
    folder
        Where everything lands; runs that are there are used, so that the same call goes on where one was broken off.
    engine, jobs, say, progress
        As for ``sim.analysis.compare.run_comparison``; progress counts the runs of both parts.

    Raises
    ------
    ExistsError
        If the folder holds something else.
    RunError
        If no package kept the limits, or none could be tested.
    """
    jobs = default_jobs() if jobs is None else jobs
    check_folder(folder, KIND)
    with Store(folder).lock():
        write_json(folder / "manifest.json", _manifest(plan, engine))
        _announce(plan, engine, jobs, say)
        hunt = Evaluation(plan, folder / "search", engine, jobs, progress)
        found = search(
            plan.space,
            hunt,
            plan.limits,
            plan.evaluations,
            plan.population,
            plan.search_seed,
            plan.method,
        )
        hunt.close()
        searched = searched_table(plan, found)
        _write(searched, folder / "tables" / "search.csv")
        front = frontier(found, plan.limits)
        chosen = [steps for steps in spread(front, found, plan.kept + 1) if any(steps)][: plan.kept]
        if not chosen:
            raise RunError(_nothing_kept(plan, found))
        if say is not None:
            say(
                f"{len(found)} packages evaluated, {len(front)} that none beats; "
                f"{len(chosen)} of them are tested in {len(plan.held_out)} worlds held out."
            )
        make = maker(plan.base, plan.space)
        design = plan.design("held_out", [make(steps) for steps in chosen], plan.held_out)
        results, summary = run_comparison(
            design, folder / "held_out", engine, jobs, progress=hunt.further(progress, baseline=True)
        )
        decision = decide(results.windows, plan.base.name, plan.aims, window=WINDOW)
        table = frontier_table(plan, chosen, found, results, decision)
        _write(table, folder / "tables" / "frontier.csv")
        _write(decision.options, folder / "tables" / "options.csv")
    return Frontier(table, searched, decision, results, hunt.failed + len(summary.failures))


def _announce(plan: Plan, engine: Engine, jobs: int, say: Callable[[str], None] | None) -> None:
    """Say what will be done and how long it should take."""
    if say is None:
        return
    say(
        f"{plan.evaluations} packages of {_count(len(plan.space.levers), 'lever')} in "
        f"{_count(len(plan.searched), 'world')}, then up to {plan.kept} of them in "
        f"{len(plan.held_out)} others: at most {plan.runs} runs. Timing a few days of one ..."
    )
    pace = measure(engine, plan.base, plan.first_seed, "compiled")
    if pace is None:
        say("How long it will take is not known yet.")
        return
    version = engine.code_version()
    parts = [("search", plan.searched, plan.evaluations), ("held_out", plan.held_out, plan.kept)]
    seconds = 0.0
    for name, worlds, count in parts:
        design = plan.design(name, [], worlds)
        tasks = design.tasks(version, engine.branch_key)
        one = expected_seconds(design, tasks, pace, jobs, branched=True)
        rate = (pace.day * (plan.days or plan.base.horizon) + 0.5) * len(worlds) / jobs
        seconds += one * max(1.0, count / plan.population) + rate * count
    say(f"This will take {spoken(seconds)} on {jobs} processes (measured just now).")


def _nothing_kept(plan: Plan, found: dict[Steps, Value]) -> str:
    """Why there is no package to test."""
    known = [value for value in found.values() if value.known]
    if not known:
        return "no package could be evaluated: all of their runs failed"
    if not any(plan.limits.kept(value) for value in known):
        return (
            f"none of {len(known)} packages kept the limits (budget "
            f"{'none' if plan.aims.budget is None else format(plan.aims.budget, 'g')} yuan per resident a year, "
            f"{plan.delivered:.0%} of its hours delivered); allow more of either"
        )
    return f"none of {len(known)} packages is better than doing nothing on any count"


def _manifest(plan: Plan, engine: Engine) -> dict[str, Any]:
    """What it takes to make the same search again."""
    return {
        "layout": LAYOUT,
        "kind": KIND,
        "name": "frontier",
        "title": f"Packages on top of {plan.base.title or plan.base.name}",
        "base": plan.base.resolved(),
        "base_hash": plan.base.hash,
        "levers": list(plan.space.levers),
        "doses": list(plan.space.doses),
        "budget": plan.aims.budget,
        "targets": dict(plan.aims.targets),
        "weights": dict(plan.aims.weights),
        "delivered": plan.delivered,
        "method": plan.method,
        "evaluations": plan.evaluations,
        "population": plan.population,
        "kept": plan.kept,
        "days": plan.days,
        "seed": plan.first_seed,
        "search_seed": plan.search_seed,
        "worlds": {
            "draw": plan.draw,
            "searched": [world.id for world in plan.searched],
            "held_out": [world.id for world in plan.held_out],
        },
        **provenance(),
        "code_version": engine.code_version(),
    }


def _write(table: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV, whole."""
    with written_whole(path) as file:
        file.write(table.to_csv(index=False, lineterminator="\n").encode())


def _count(number: int, word: str) -> str:
    """A number with its word."""
    return f"{number} {word}{'' if number == 1 else 's'}"
