"""Compare scenarios with a baseline under the same luck, in the same parameter worlds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.cli._options import (
    design_options,
    jobs_option,
    json_option,
    quiet_option,
    resume_option,
    scenario_options,
)
from sim.cli._output import print_json, records, teller

if TYPE_CHECKING:
    from sim.lab.batch import StepHook
    from sim.lab.engine import Driver
    from sim.lab.running import OnError


@click.command(
    name="compare",
    epilog="""\b
Examples:
  cgsim compare paths
  cgsim compare baseline online_channel --seeds 8 --days 365
  cgsim compare baseline workforce full_package --worlds 16 --out results/staff
  cgsim compare baseline workforce --draw sobol --worlds 32
  cgsim compare experiments/mine.yaml --jobs 4 --json --quiet
  cgsim compare paths --timeout 300 --on-error stop
  cgsim compare paths --executor dask://scheduler:8786
How long would it take? Ask cgsim plan with the same words.
Broken off? The same command goes on from the runs that are there.
""",
)
@click.argument("names", nargs=-1, required=True, metavar="EXPERIMENT|SCENARIO...")
@design_options
@jobs_option
@click.option(
    "--executor",
    metavar="EXECUTOR",
    help="What does the runs: serial, local, mpi, or dask://HOST:PORT (docs/cluster.md).  [default: local]",
)
@click.option(
    "--timeout",
    type=click.FloatRange(0, min_open=True),
    metavar="SECONDS",
    help="Time a run may take; one that takes longer is ended, and the others go on.",
)
@click.option(
    "--on-error",
    type=click.Choice(["continue", "stop"]),
    help="Whether the others go on when a run fails or times out.  [default: continue]",
)
@resume_option
@click.option(
    "--csv", "csv", is_flag=True, help="Also write windowed outcomes of every run as tables/windows.csv."
)
@click.option(
    "--report/--no-report", default=True, show_default=True, help="Write the brief and its figures."
)
@scenario_options
@json_option
@quiet_option
def command(
    names: tuple[str, ...],
    seeds: int | None,
    worlds: int | None,
    draw: str | None,
    first_seed: int | None,
    jobs: int | None,
    executor: str | None,
    timeout: float | None,
    on_error: OnError | None,
    days: int | None,
    driver: Driver,
    out: Path | None,
    resume: bool,
    csv: bool,
    report: bool,
    sets: tuple[str, ...],
    policy_modules: tuple[str, ...],
    as_json: bool,
    quiet: bool,
) -> int:
    """Compare an EXPERIMENT, or two SCENARIOs or more of which the first is the baseline.

    Every scenario is run in the same parameter worlds with the same seeds, and differences are taken run by run. An
    experiment may ask for precision: replications are then added until it is reached, or its budget ends. The exit
    status is 0 where all runs went well, 1 where one failed or timed out (the others are compared all the same), 2
    where the request cannot be met, and 130 after Ctrl-C (finished runs stay).
    """
    from sim.lab.request import requested_design

    design = requested_design(names, sets, seeds, worlds, days, driver, first_seed, draw)
    folder = Path("results") / design.name if out is None else out
    running = design.running.but(executor, timeout, on_error)

    from sim.analysis.compare import run_comparison
    from sim.cli._progress import comparison_progress
    from sim.lab.engine import ModelEngine
    from sim.lab.files import noting_a_full_disk

    try:
        with comparison_progress(design.name, quiet, steps=not as_json) as (progress, step):
            results, summary = run_comparison(
                design, folder, ModelEngine(policy_modules), jobs, not resume, teller(quiet), progress, running, step
            )
            with noting_a_full_disk(folder):
                page = _write_report(results, step) if report else None
                if csv:
                    _write_windows(results)
    except KeyboardInterrupt:
        click.echo(_stopped(folder), err=True)
        return 130
    if as_json:
        print_json(_as_data(results, summary, page))
    elif not quiet:
        _tell(results, page)
    return _failed(summary, folder)


def _stopped(folder: Path) -> str:
    """What Ctrl-C leaves."""
    from sim.errors import CgsimError
    from sim.lab.results import load_results

    try:
        status = load_results(folder).runs["status"]
    except (CgsimError, OSError):
        return "Stopped before the first run."
    return (
        f"Stopped. {(status == 'ok').sum()} of {len(status)} runs are finished and kept in {folder}; "
        "the same command goes on from there."
    )


def _write_report(results: Any, step: StepHook | None) -> Path | None:
    """Write tables, figures and the brief; without an effect there is nothing to say."""
    if results.effects.empty:
        return None
    from sim.report.publish import publish

    return publish(results, step=step).page


def _write_windows(results: Any) -> None:
    """Windowed outcomes of every run, for spreadsheets."""
    from sim.lab.study import rewriting
    from sim.lab.tables import write_table

    with rewriting(results.folder, "comparison") as place:
        write_table(results.windows, place / "tables" / "windows.csv")


def _tell(results: Any, page: Path | None) -> None:
    """Print the finding, the table, and where everything is."""
    if results.effects.empty:
        click.echo("There is nothing to compare with the baseline.")
    else:
        from sim.cli._verdicts import print_verdicts

        print_verdicts(results)
    click.echo(f"\nBrief: {page}" if page is not None else "")
    click.echo(f"Tables: {results.folder / 'tables'}   Everything: {results.folder}")


def _failed(summary: Any, folder: Path) -> int:
    """Say which runs failed and return the exit status."""
    if not summary.failures:
        return 0
    from sim.lab.study import first_error

    scenarios = sorted({record["scenario"] for record in summary.failures.values()})
    what = "timed out" if summary.timed_out == len(summary.failures) else "failed"
    if 0 < summary.timed_out < len(summary.failures):
        what = f"failed or timed out ({summary.timed_out})"
    click.echo(
        f"{len(summary.failures)} of {summary.total} runs {what} ({', '.join(scenarios)}): {first_error(summary)}\n"
        f"Their tracebacks are in {folder / 'failures'}; the same command tries them again.",
        err=True,
    )
    return 1


def _as_data(results: Any, summary: Any, page: Path | None) -> dict[str, Any]:
    """The comparison as plain data: effects on residents and everybody, and costs."""
    effects = results.effects
    wanted = effects[effects["by"].isin(("scope", "all"))]
    return {
        "name": results.manifest["name"],
        "folder": str(results.folder),
        "baseline": results.baseline,
        "runs": {
            "all": summary.total,
            "finished": summary.done,
            "failed": len(summary.failures) - summary.timed_out,
            "timed_out": summary.timed_out,
            "kept": summary.kept,
        },
        "interval_holds": results.manifest["interval_holds"],
        "stopping": results.manifest.get("stopping"),
        "report": None if page is None else str(page),
        "effects": records(wanted),
        "costs": records(results.costs),
    }
