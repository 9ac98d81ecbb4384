"""The frontier of packages: searched in some parameter worlds, tested in others.

A package that looks best in the worlds it was searched in looks better than it is, as the winner of many. What is
reported of a package therefore comes from worlds that the search never saw; what it had promised stands beside it.

Folder of a frontier (layout 1)::

    manifest.json      what was searched, where, with what limits; under ``found`` what came out
    search/            a comparison of all packages in the worlds of the search (its runs, no conclusions)
    held_out/          a comparison of the frontier's packages with the baseline in the worlds held out
    stress/            the same packages in many worlds over the whole ranges of all parameters (its runs, if asked for)
    tables/NAME.csv    search, frontier, failing, options, by_world: see ``docs/choosing.md``
    figures/, frontier.html
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.analysis.compare import run_comparison
from sim.analysis.decisions import Decision, decide
from sim.analysis.packages.about import findings, manifest, nothing_kept
from sim.analysis.packages.evaluation import Evaluation
from sim.analysis.packages.failing import Tested, check_rules, failing_table, tried
from sim.analysis.packages.grid import Steps
from sim.analysis.packages.kept import DIGITS, KIND
from sim.analysis.packages.plan import WINDOW, Part, Plan
from sim.analysis.packages.search import frontier, search, spread
from sim.analysis.packages.tables import frontier_table, searched_table
from sim.errors import RunError
from sim.lab.engine import Engine
from sim.lab.estimate import expected_seconds, measure, spoken
from sim.lab.files import write_json
from sim.lab.results import Results
from sim.lab.runner import ProgressHook, Summary, default_jobs
from sim.lab.study import open_study
from sim.lab.tables import write_table

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Frontier:
    """What a search found, and how it did in worlds it had not seen.

    Attributes
    ----------
    table
        One row a package tested, the cheapest first: see ``tables/frontier.csv`` in ``docs/choosing.md``.
    failing
        One row a package tested: in which worlds it fails, and a rule about them (``failing_table``).
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
    failing: pd.DataFrame
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
    check_rules(max(len(plan.held_out), len(plan.stress)))
    with open_study(folder, KIND) as study:
        about = manifest(plan, engine)
        with study.staged(lambda name: name.startswith("tables/")) as place:
            write_json(place / "manifest.json", about)
        _announce(plan, engine, jobs, say)
        with open_study(folder / "search", "comparison") as searching:
            hunt = Evaluation(plan, searching, engine, jobs, progress)
            found = search(
                plan.space,
                hunt,
                plan.limits,
                plan.evaluations,
                plan.population,
                plan.search_seed,
                plan.method,
            )
        searched = searched_table(plan, found)
        with study.staged() as place:
            write_table(searched, place / "tables" / "search.csv", DIGITS)
        front = frontier(found, plan.limits)
        chosen = [steps for steps in spread(front, found, plan.kept + 1) if any(steps)][: plan.kept]
        if not chosen:
            raise RunError(nothing_kept(plan, found))
        if say is not None:
            say(
                f"{len(found)} packages evaluated, {len(front)} that none beats; "
                f"tested in {len(plan.held_out)} worlds held out: {len(chosen)}."
            )
        design, runs = plan.design("held_out", chosen), (len(found) + 1) * len(plan.searched)
        results, summary = run_comparison(
            design, folder / "held_out", engine, jobs, progress=hunt.further(progress, runs)
        )
        decision = decide(results.windows, plan.base.name, plan.aims, window=WINDOW)
        here = tried(decision, results.windows, plan.base.name, plan.held_out, plan.aims)
        failed, runs = hunt.failed + len(summary.failures), runs + summary.total
        there = None
        if plan.stress:
            there, stressed = _stressed(plan, chosen, folder, engine, jobs, hunt.further(progress, runs))
            failed, runs = failed + len(stressed.failures), runs + stressed.total
        tables = {
            "frontier": frontier_table(plan, chosen, found, results, decision),
            "failing": failing_table([plan.space.name(steps) for steps in chosen], here, there),
            "options": decision.options,
            "by_world": decision.by_world,
        }
        about["found"] = findings(found, len(front), decision, design.holds, runs, failed)
        with study.staged() as place:
            for name, table in tables.items():
                write_table(table, place / "tables" / f"{name}.csv", DIGITS)
            write_json(place / "manifest.json", about)
    return Frontier(tables["frontier"], tables["failing"], searched, decision, results, failed)


def _stressed(
    plan: Plan,
    chosen: Sequence[Steps],
    folder: Path,
    engine: Engine,
    jobs: int,
    progress: ProgressHook | None,
) -> tuple[Tested, Summary]:
    """The packages in worlds over the whole ranges of all parameters; of these runs the windows are kept."""
    with open_study(folder / "stress", "comparison") as study:
        summary = study.do_runs(plan.design("stress", chosen), engine, jobs, progress=progress)
    windows, base = study.load().windows, plan.stress_base.name
    decision = decide(windows, base, plan.aims, window=WINDOW)
    return tried(decision, windows, base, plan.stress, plan.aims), summary


def _announce(plan: Plan, engine: Engine, jobs: int, say: Callable[[str], None] | None) -> None:
    """Say what will be done and how long it should take."""
    if say is None:
        return
    stress = f", and in {len(plan.stress)} to see when they fail" if plan.stress else ""
    say(
        f"{plan.evaluations} packages of {_count(len(plan.space.levers), 'lever')} in "
        f"{_count(len(plan.searched), 'world')}, then up to {plan.kept} of them in "
        f"{len(plan.held_out)} others{stress}: at most {plan.runs} runs. Timing a few days of one ..."
    )
    parts: list[tuple[Part, Any, int]] = [
        ("search", plan.base, plan.evaluations),
        ("held_out", plan.base, plan.kept),
        *([("stress", plan.stress_base, plan.kept)] if plan.stress else []),  # type: ignore[list-item]
    ]
    paces = {base.hash: measure(engine, base, plan.first_seed, "compiled") for _, base, _ in parts}
    version, seconds = engine.code_version(), 0.0
    for name, base, count in parts:
        pace = paces[base.hash]
        if pace is None:
            say("How long it will take is not known yet.")
            return
        design = plan.design(name, [])
        tasks = design.tasks(version, engine.branch_key)
        one = expected_seconds(design, tasks, pace, jobs, branched=True)
        rate = (pace.day * (plan.days or base.horizon) + 0.5) * len(design.worlds) / jobs
        seconds += one * max(1.0, count / plan.population) + rate * count
    say(f"This will take {spoken(seconds)} on {jobs} processes (measured just now).")


def _count(number: int, word: str) -> str:
    """A number with its word."""
    return f"{number} {word}{'' if number == 1 else 's'}"
