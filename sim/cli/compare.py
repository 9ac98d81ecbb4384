"""Compare scenarios with a baseline under the same luck, in the same parameter worlds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.cli._options import json_option, print_json, quiet_option, scenario_options

if TYPE_CHECKING:
    from sim.lab.engine import Driver


@click.command(
    name="compare",
    epilog="""\b
Examples:
  cgsim compare paths
  cgsim compare baseline online_channel --seeds 8 --days 365
  cgsim compare baseline workforce full_package --worlds 16 --out results/staff
  cgsim compare experiments/mine.yaml --jobs 4 --json --quiet
Broken off? The same command goes on from the runs that are there.
""",
)
@click.argument("names", nargs=-1, required=True, metavar="EXPERIMENT|SCENARIO...")
@click.option("--seeds", type=click.IntRange(1), help="Seeds in each parameter world.")
@click.option(
    "--worlds", type=click.IntRange(1), help="Parameter worlds; 1 is the world of the written values."
)
@click.option(
    "--draw",
    type=click.Choice(["latin_hypercube", "matched"]),
    help="Of scenarios: worlds over the parameters' whole ranges, or the history-matched ones.",
)
@click.option("--first-seed", type=click.IntRange(0), help="The first seed; the others follow.  [default: 1]")
@click.option("--jobs", "-j", type=click.IntRange(1), help="Processes; one for each processor by default.")
@click.option("--days", type=click.IntRange(1), help="Days after the burn-in.")
@click.option(
    "--driver",
    type=click.Choice(["compiled", "agents"]),
    default="compiled",
    show_default=True,
    help="Compiled kernels, or Mesa agents one at a time; the results are the same.",
)
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="Results folder; results/NAME by default."
)
@click.option(
    "--resume/--fresh", default=True, show_default=True, help="Use the runs that are there, or forget them."
)
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

    Every scenario is run in the same parameter worlds with the same seeds, and differences are taken run by run. The
    exit status is 0 where all runs went well, 1 where one failed (the others are compared all the same), 2 where the
    request cannot be met, and 130 after Ctrl-C (finished runs stay).
    """
    from sim.lab.request import requested_design

    design = requested_design(names, sets, seeds, worlds, days, driver, first_seed, draw)
    folder = Path("results") / design.name if out is None else out

    from sim.analysis.compare import run_comparison
    from sim.cli._progress import batch_progress
    from sim.lab.engine import ModelEngine

    said = None if quiet else _say
    try:
        with batch_progress(design.name, quiet) as progress:
            results, summary = run_comparison(
                design, folder, ModelEngine(policy_modules), jobs, not resume, said, progress
            )
    except KeyboardInterrupt:
        click.echo(_stopped(folder), err=True)
        return 130
    page = _write_report(results) if report else None
    if csv:
        _write_windows(results)
    if as_json:
        print_json(_as_data(results, summary, page))
    elif not quiet:
        _tell(results, page)
    return _failed(summary, folder)


def _say(text: str) -> None:
    """Tell what is planned, on standard error so that standard output stays for results."""
    click.echo(text, err=True)


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


def _write_report(results: Any) -> Path | None:
    """Write tables, figures and the brief; without an effect there is nothing to say."""
    if results.effects.empty:
        return None
    from sim.report.publish import publish

    return publish(results).page


def _write_windows(results: Any) -> None:
    """Windowed outcomes of every run, for spreadsheets."""
    path = results.folder / "tables" / "windows.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    results.windows.to_csv(path, index=False, lineterminator="\n")


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
    from sim.analysis.compare import first_error

    scenarios = sorted({record["scenario"] for record in summary.failures.values()})
    click.echo(
        f"{len(summary.failures)} of {summary.total} runs failed ({', '.join(scenarios)}): {first_error(summary)}\n"
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
            "failed": len(summary.failures),
            "kept": summary.kept,
        },
        "interval_holds": results.manifest["interval_holds"],
        "report": None if page is None else str(page),
        "effects": _records(wanted),
        "costs": _records(results.costs),
    }


def _records(table: Any) -> list[dict[str, Any]]:
    """Rows as plain data; a missing value is null, because JSON knows no NaN."""
    return [
        {
            name: None if value != value else value.item() if hasattr(value, "item") else value
            for name, value in row.items()
        }
        for row in table.to_dict("records")
    ]
