"""Write the brief of a comparison again, with its figures and tables."""

from __future__ import annotations

from pathlib import Path

import click

from sim.cli._options import Folder, json_option, print_json, quiet_option


@click.command(
    name="report",
    epilog="""\b
Examples:
  cgsim report results/paths
  cgsim report results/paths --window last_90 --out last-90
  cgsim report results/paths --json --quiet
The brief is one file that needs no network; print it, or send it on.
""",
)
@click.argument("folder", metavar="RESULTS", type=click.Path(path_type=Path))
@click.option(
    "--window",
    "-w",
    help="Which part of the horizon: year_1, year_2, last_90 or horizon.  [default: the experiment's]",
)
@click.option(
    "--out",
    type=Folder(),
    help="Where it goes; RESULTS itself by default.",
)
@json_option
@quiet_option
def command(folder: Path, window: str | None, out: Path | None, as_json: bool, quiet: bool) -> int:
    """Write brief.html, figures (SVG and PNG) and tables (CSV) from the folder of a comparison.

    Nothing is run: the numbers are those that the comparison wrote. The exit status is 2 where RESULTS holds no
    comparison that has ended.
    """
    from sim.errors import NotFoundError
    from sim.lab.results import load_results

    results = load_results(folder)
    if not results.comparison:
        raise NotFoundError(
            f"{folder}: holds one run, and a brief compares; cgsim compare makes one from two scenarios or more"
        )
    if results.effects.empty:
        raise NotFoundError(f"{folder}: there is nothing to compare with the baseline")
    from sim.report.finding import CAVEAT, find
    from sim.report.publish import publish
    from sim.report.selection import select

    found = find(select(results, window))
    if not (quiet or as_json):
        click.echo("Drawing figures and writing the brief (some seconds) ...", err=True)
    written = publish(results, out, window)
    if as_json:
        print_json(
            {
                "finding": found.text,
                "beside": list(found.beside),
                "caveat": CAVEAT,
                "brief": str(written.page),
                "figures": [str(path) for path in written.figures],
                "tables": [str(path) for path in written.tables],
            }
        )
    elif not quiet:
        click.echo("\n".join(found.lines) + f"\n\nBrief: {written.page}")
        click.echo(f"Figures: {written.page.parent / 'figures'}   Tables: {written.page.parent / 'tables'}")
    return 0
