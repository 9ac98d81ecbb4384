"""Write the tables of results as CSV for spreadsheets, or all runs as one Parquet file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli._options import json_option, quiet_option
from sim.cli._output import print_json

if TYPE_CHECKING:
    from sim.lab.export import Format


@click.command(
    name="export",
    epilog="""\b
Examples:
  cgsim export results/paths
  cgsim export results/paths --table windows --to windows.csv --excel
  cgsim export results/paths --table effects --table windows --to for-a-colleague
  cgsim export results/paths --to all_runs.parquet
""",
)
@click.argument("results", type=click.Path(path_type=Path), metavar="RESULTS")
@click.option(
    "--to",
    type=click.Path(path_type=Path),
    metavar="FOLDER|FILE",
    help="A folder, or a file that ends in .csv or .parquet.  [default: RESULTS/export]",
)
@click.option(
    "--table",
    "tables",
    multiple=True,
    default=("all",),
    show_default="all",
    metavar="NAME",
    help="Which table. May be repeated.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "parquet"]),
    help="By default as the file's ending says, else CSV.",
)
@click.option("--excel", is_flag=True, help="Begin CSV files with the mark by which Excel knows UTF-8.")
@click.option("--force", is_flag=True, help="Write over files that are there.")
@json_option
@quiet_option
def command(
    results: Path,
    to: Path | None,
    tables: tuple[str, ...],
    form: Format | None,
    excel: bool,
    force: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Write tables of the folder RESULTS, of a comparison or of one run, for other programs.

    The tables windows, daily, hours and costs have the rows of every finished run, each with its scenario, world and
    seed; runs, worlds and parameters say what was planned; effects and others what the comparison concluded. All
    numbers are written to the last digit.
    """
    from sim.cli._progress import run_progress
    from sim.lab.export import export
    from sim.lab.results import load_results

    loaded = load_results(results)
    target = loaded.folder / "export" if to is None else to
    with run_progress("export", quiet, "runs") as progress:
        written = export(loaded, target, tables, form, excel, force, progress)
    if as_json:
        print_json([{"file": str(each.path), "table": each.table, "rows": each.rows} for each in written])
    elif not quiet:
        for each in written:
            click.echo(f"{each.path}: {each.table}, {each.rows:,} rows")
