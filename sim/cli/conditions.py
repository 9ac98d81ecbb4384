"""Look for the conditions under which claims turn, in many worlds of a small community."""

from __future__ import annotations

from pathlib import Path

import click

from sim.cli._options import COUNT, listed, search_options
from sim.cli._output import print_json, records, stopped, teller

WORLDS = 240


@click.command(
    name="conditions",
    epilog="""\b
Examples:
  cgsim conditions
  cgsim conditions --only C28,X1 --worlds 120
  cgsim claims --conditions results/conditions     (confirms the rules at full size)
Broken off? The same command goes on from the runs that are there.
""",
)
@click.argument("file", default="claims", metavar="[CLAIMS]")
@click.option("--only", callback=listed, metavar="C28,X1", help="Some claims only.")
@click.option(
    "--worlds",
    type=click.IntRange(40, COUNT.max),
    default=WORLDS,
    show_default=True,
    help="Worlds over the whole ranges.",
)
@search_options("results/conditions")
def command(
    file: str,
    only: list[str] | None,
    worlds: int,
    days: int | None,
    jobs: int | None,
    out: Path,
    resume: bool,
    sets: tuple[str, ...],
    policy_modules: tuple[str, ...],
    as_json: bool,
    quiet: bool,
) -> int:
    """Find rules such as "reverses where load today is above 0.9" for the claims that turn.

    The claims of a file of CLAIMS are tried in its small community, in worlds drawn from the whole ranges of all
    parameters. A rule is found in one half of the worlds and judged by the other half.
    """
    from sim.analysis.claims import claims_design, run_claims
    from sim.cli._progress import batch_progress
    from sim.lab.engine import ModelEngine
    from sim.scenario.read_claims import load_claims

    claims = load_claims(file, sets, quick=True)
    if only is not None:
        claims = claims.only(only)
    claims = claims.bare()
    design = claims_design(claims, worlds, 1, days, draw="latin_hypercube")
    try:
        with batch_progress("conditions", quiet) as progress:
            ledger, _, summary = run_claims(
                claims, design, out, ModelEngine(policy_modules), jobs, not resume, teller(quiet), progress, look=True
            )
    except KeyboardInterrupt:
        return stopped(out)
    from sim.report.claims_conditions import condition_lines

    if as_json:
        print_json({"folder": str(ledger.folder), "conditions": records(ledger.conditions)})
    elif not quiet:
        lines = condition_lines(ledger)
        click.echo("\n".join(lines) if lines else "No claim goes well on either side in these worlds.")
        click.echo(f"\nTables: {ledger.folder}")
    return 1 if summary.failures else 0
