"""Run one scenario once and write tables and figures of what happened."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.cli._options import (
    DAYS,
    FOLDER,
    SEED,
    THREADS,
    driver_option,
    json_option,
    quiet_option,
    scenario_options,
)
from sim.cli._output import print_json
from sim.cli._trace import follow, trace_options

if TYPE_CHECKING:
    from sim.lab.engine import Driver


@click.command(
    name="run",
    epilog="""\b
Examples:
  cgsim run baseline
  cgsim run online_channel --seed 7 --days 365 --csv
  cgsim run baseline --set policies.online_channel.dose=0.5 --out results/half
  cgsim run scenarios/mine.yaml --json --quiet
  cgsim run baseline --days 90 --trace resident:1234 --trace demand:77
""",
)
@click.argument("scenario")
@click.option("--seed", type=SEED, default=1, show_default=True, help="The luck of this run.")
@click.option(
    "--days", type=DAYS, help="Days after the burn-in; the scenario's horizon by default."
)
@driver_option
@click.option(
    "--threads", type=THREADS, default=1, show_default=True, help="Threads; results are the same."
)
@click.option(
    "--out",
    type=FOLDER,
    help="Results folder; results/SCENARIO-seedN by default. An earlier run there is replaced.",
)
@click.option("--csv", "csv", is_flag=True, help="Also write every table as CSV.")
@click.option(
    "--figures/--no-figures", default=True, show_default=True, help="Draw the main outcomes as PNG and SVG."
)
@trace_options
@scenario_options
@json_option
@quiet_option
def command(
    scenario: str,
    seed: int,
    days: int | None,
    driver: Driver,
    threads: int,
    out: Path | None,
    csv: bool,
    figures: bool,
    traces: tuple[str, ...],
    trace_all: bool,
    sets: tuple[str, ...],
    policy_modules: tuple[str, ...],
    as_json: bool,
    quiet: bool,
) -> None:
    """Run SCENARIO once, a path or a name in ./scenarios or the shipped set.

    The results folder holds a manifest (the resolved scenario, its hash, seed, versions), daily and windowed outcomes,
    hours and costs as Parquet, and figures. One run shows what may happen; what a policy changes is shown by
    cgsim compare.
    """
    from sim.scenario import load_scenario

    loaded = load_scenario(scenario, sets)
    folder = Path("results") / f"{loaded.name}-seed{seed}" if out is None else out

    from sim.cli._progress import run_progress
    from sim.lab.engine import ModelEngine
    from sim.lab.folder import check_folder
    from sim.lab.single import run_in
    from sim.lab.study import open_study

    check_folder(folder, "run")
    traced = follow(loaded, traces, seed, days, threads, trace_all, quiet)  # a mistake in it leaves no folder behind
    with open_study(folder, "run") as study:
        told: list[Path] = []

        def also(run: Any, place: Path) -> None:
            told.extend(folder / life.write(place)[0].name for life in traced)
            if figures:
                _draw(run, place)

        with run_progress(f"{loaded.name}, seed {seed}", quiet) as progress:
            run = run_in(
                study, loaded, seed, ModelEngine(policy_modules), days, driver, threads, csv, progress, also
            )
    if as_json:
        print_json(_as_data(run, folder))
    elif not quiet:
        _tell(run, folder, figures)
        for path in told:
            click.echo(f"A life to read is in {path}.")


def _draw(run: Any, folder: Path) -> None:
    """Draw the figures of a run."""
    from sim.report.figures import run_figures

    run_figures(run, folder / "figures")


def _tell(run: Any, folder: Path, drawn: bool) -> None:
    """Print what a planner can read aloud, then where everything is."""
    from sim.cli._spoken import run_sentences

    for sentence in run_sentences(run):
        click.echo(sentence)
    click.echo(
        f"\nTables and manifest are in {folder}" + (f", figures in {folder / 'figures'}." if drawn else ".")
    )


def _as_data(run: Any, folder: Path) -> dict[str, Any]:
    """What happened as plain data: outcomes of residents by window."""
    windows = run.windows
    mine = windows[(windows["by"] == "scope") & (windows["level"] == "residents")]
    everyone = windows[(windows["by"] == "all") & (windows["level"] == "total")]
    names = [name for name in windows.columns if name not in ("window", "by", "level")]
    return {
        "scenario": run.scenario.name,
        "hash": run.scenario.hash,
        "seed": run.seed,
        "folder": str(folder),
        "residents": _by_window(mine, names),
        "everyone": _by_window(everyone, names),
    }


def _by_window(rows: Any, names: list[str]) -> dict[str, dict[str, float | None]]:
    """Outcomes by window; a missing value is null, because JSON knows no NaN."""
    return {
        str(row["window"]): {name: None if row[name] != row[name] else float(row[name]) for name in names}
        for row in rows.to_dict("records")
    }
