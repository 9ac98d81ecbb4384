"""Say what a comparison will take, before anything of it starts: runs, time, memory and disk."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli._options import design_options, jobs_option, json_option, quiet_option, scenario_options
from sim.cli._output import print_json

if TYPE_CHECKING:
    from sim.lab.engine import Driver


@click.command(
    name="plan",
    epilog="""\b
Examples:
  cgsim plan paths
  cgsim plan experiments/mine.yaml --jobs 16 --no-timing
  cgsim plan baseline online_channel --worlds 32 --draw sobol --days 365
""",
)
@click.argument("names", nargs=-1, required=True, metavar="EXPERIMENT|SCENARIO...")
@design_options
@jobs_option
@click.option(
    "--executor",
    metavar="EXECUTOR",
    help="What does the runs: serial, local, mpi, or dask://HOST:PORT.  [default: local]",
)
@click.option(
    "--timing/--no-timing", default=True, show_default=True, help="Time some days of a run, or give no time."
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
    days: int | None,
    driver: Driver,
    out: Path | None,
    timing: bool,
    sets: tuple[str, ...],
    policy_modules: tuple[str, ...],
    as_json: bool,
    quiet: bool,
) -> int:
    """Say how many runs, how long, and how much memory and disk `cgsim compare` with the same words would take.

    Nothing is written. Of a design that grows until it is precise enough, the looks are listed: it stops at one of
    them, at the first at best. Runs that are in the results folder already are counted. Times are for this machine
    as it is just now.
    """
    from sim.lab.cluster import check_cluster
    from sim.lab.engine import ModelEngine
    from sim.lab.executors import chosen
    from sim.lab.folder import check_folder
    from sim.lab.plan import make_plan, timed
    from sim.lab.request import requested_design
    from sim.lab.store import Store

    design = requested_design(names, sets, seeds, worlds, days, driver, first_seed, draw)
    folder = Path("results") / design.name if out is None else out
    check_folder(folder, "comparison")
    store, engine = Store(folder), ModelEngine(policy_modules)
    place = chosen(executor or design.running.executor, jobs)
    plan = make_plan(design, store, engine, place, place.jobs if place.here else check_cluster(place))
    if timing and not plan.nothing_left:
        if not (quiet or as_json):
            click.echo("Timing a few days of one of the runs ...", err=True)
        plan = timed(plan, store, engine)
    if as_json:
        print_json(plan.as_data())
    elif not quiet:
        lines = [f"{plan.counts()}.", *plan.looks(), *([plan.time()] if timing or plan.nothing_left else [])]
        click.echo("\n".join([*lines, plan.space(), f"Results: {folder}"]))
    return 0
