r"""History matching: find the parameter worlds that show what is known of the baseline.

Draws worlds from all parameters' ranges, runs the baseline in each, and keeps those that show every published
pattern and the paper's four problems at once. A match that was broken off goes on where it stopped.

\b
Examples:
  cgsim match --tries 20 --out trial          a first look
  cgsim match --tries 400                     the shipped set, written into ./scenarios and ./docs/tables
"""

from __future__ import annotations

import time
from pathlib import Path

import click

from sim.cli._options import COUNT, FIRST_SEED, FOLDER, quiet_option
from sim.cli._output import teller


@click.command(help=(__doc__ or "").replace("\\b", "\b"))
@click.argument("scenario", default="baseline")
@click.option("--tries", default=400, show_default=True, type=COUNT, help="Worlds to draw.")
@click.option("--seed", default=0, show_default=True, type=FIRST_SEED, help="Of the draw and of the runs.")
@click.option("--keep", default=None, type=COUNT, help="Stop when so many worlds are kept.")
@click.option("--jobs", default=None, type=click.IntRange(1), help="Processes; one per core by default.")
@click.option(
    "--out", type=FOLDER, help="Folder for both files; ./scenarios and ./docs/tables by default."
)
@quiet_option
def command(
    scenario: str, tries: int, seed: int, keep: int | None, jobs: int | None, out: Path | None, quiet: bool
) -> None:
    """Match worlds and write what was kept."""
    import os

    from sim.analysis.matching import match, table
    from sim.cli._progress import duration
    from sim.errors import RunError
    from sim.lab.files import write_text
    from sim.lab.worlds import MATCHED_TABLE, worlds_csv
    from sim.scenario import load_scenario

    loaded = load_scenario(scenario)
    began = time.monotonic()

    def show(tried: int, kept: int, all_tries: int) -> None:
        if not quiet and (tried in (2, 5) or tried % 10 == 0 or tried == all_tries):
            left = (time.monotonic() - began) / tried * (all_tries - tried)
            click.echo(f"{tried} of {all_tries} worlds tried, {kept} kept; {duration(left)} left", err=True)

    folder = out or Path("results/matching")
    trials = match(loaded, tries, seed, jobs or os.cpu_count() or 1, keep, folder, show, teller(quiet))
    kept = [trial.world for trial in trials if trial.kept]
    if not kept:
        raise RunError(f"none of {len(trials)} worlds showed every pattern; nothing was written. Try more (--tries)")
    worlds = (out or Path("scenarios")) / MATCHED_TABLE
    page = (out or Path("docs/tables")) / "matching.md"
    for path, text in ((worlds, worlds_csv(kept)), (page, table(trials, loaded, seed))):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_text(path, text)
    if not quiet:
        share = 100 * len(kept) / len(trials)
        click.echo(f"{len(kept)} of {len(trials)} worlds kept ({share:.1f} per cent).")
        click.echo(f"worlds: {worlds}\npatterns: {page}")
