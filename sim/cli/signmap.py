"""Try claims under other due times, staff and hours: on which of these do verdicts hang?"""

from __future__ import annotations

from pathlib import Path

import click

from sim.cli._options import COUNT, listed, search_options
from sim.cli._output import print_json, records, stopped, teller


@click.command(
    name="signmap",
    epilog="""\b
Examples:
  cgsim signmap --worlds 8
  cgsim signmap --only C28,X1 --out results/map
  cgsim claims --page results/reference/claims --map results/map --docs docs/claims.md
Broken off? The same command goes on from the runs that are there.
""",
)
@click.argument("file", default="claims", metavar="[CLAIMS]")
@click.option("--only", callback=listed, metavar="C28,X1", help="Some claims only.")
@click.option("--full", is_flag=True, help="At full size, in place of the file's cheap setting.")
@click.option("--worlds", type=COUNT, help="Parameter worlds; as the file says by default.")
@click.option("--seeds", type=COUNT, help="Seeds in each world.")
@search_options("results/map")
def command(
    file: str,
    only: list[str] | None,
    full: bool,
    worlds: int | None,
    seeds: int | None,
    days: int | None,
    jobs: int | None,
    out: Path,
    resume: bool,
    sets: tuple[str, ...],
    policy_modules: tuple[str, ...],
    as_json: bool,
    quiet: bool,
) -> int:
    """Try a file of CLAIMS again under each setting of its map, and say which outcomes change sides.

    The settings are those of what is a convention or a choice: what counts as in time, how many staff there are, how
    many of their hours go to cases, and how many programmes may take. Ablations are left out. `cgsim claims --map`
    puts the map on the ledger's page.
    """
    from sim.analysis.claims.sign_map import FILENAME, run_map
    from sim.cli._progress import batch_progress
    from sim.errors import UsageError
    from sim.lab.engine import ModelEngine
    from sim.report.claims_map import map_lines
    from sim.scenario.claims import Claims
    from sim.scenario.read_claims import load_claims

    def load(setting: str | None) -> Claims:
        claims = load_claims(file, sets, not full, setting)
        return claims if only is None else claims.only(only)

    if not load(None).settings:
        raise UsageError(f"{file}: has no map (settings under which its claims are tried again)")
    try:
        with batch_progress("map", quiet) as progress:
            table, summary = run_map(
                load, out, ModelEngine(policy_modules), worlds, seeds, days, jobs, not resume, teller(quiet), progress
            )
    except KeyboardInterrupt:
        return stopped(out)
    if as_json:
        print_json({"folder": str(out), "map": records(table)})
    elif not quiet:
        click.echo("\n".join(map_lines(table)))
        click.echo(f"\nTable: {out / FILENAME}")
    return 1 if summary.failures else 0
