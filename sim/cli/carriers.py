"""Find what else carries a claim's effect, where cutting the mechanism that it names leaves some of it."""

from __future__ import annotations

from pathlib import Path

import click

from sim.cli._options import COUNT, FOLDER_THAT_IS_THERE, listed, search_options
from sim.cli._output import print_json, records, stopped, teller

QUICK_WORLDS = 6


@click.command(
    name="carriers",
    epilog="""\b
Examples:
  cgsim carriers results/claims
  cgsim carriers results/claims --quick --only C34
  cgsim carriers results/claims --full 17             (and confirm what leads at full size)
  cgsim claims --page results/claims --carriers results/carriers
Broken off? The same command goes on from the runs that are there.
""",
)
@click.argument(
    "ledger",
    type=FOLDER_THAT_IS_THERE,
    default=Path("results/claims"),
    metavar="[LEDGER]",
)
@click.option(
    "--only",
    callback=listed,
    metavar="C34,X1",
    help="Some of the claims in question only; what was found of others stays.",
)
@click.option(
    "--quick",
    "fast",
    is_flag=True,
    help=f"A first look: {QUICK_WORLDS} worlds of the small community, and no single paths.",
)
@click.option(
    "--worlds", type=click.IntRange(2, COUNT.max), help="Worlds of the small community; all that the file asks for."
)
@click.option(
    "--full",
    type=click.IntRange(2, COUNT.max),
    metavar="WORLDS",
    help="Also confirm what leads at full size, in so many of the worlds there; runs of the LEDGER are used.",
)
@click.option("--file", metavar="CLAIMS", help="The file of claims; the one the ledger was made from by default.")
@search_options("results/carriers")
def command(
    ledger: Path,
    only: list[str] | None,
    fast: bool,
    worlds: int | None,
    full: int | None,
    file: str | None,
    days: int | None,
    jobs: int | None,
    out: Path,
    resume: bool,
    sets: tuple[str, ...],
    policy_modules: tuple[str, ...],
    as_json: bool,
    quiet: bool,
) -> int:
    """Find what carries the effects of which a LEDGER says that something else does.

    Where some of an effect is left although the mechanism that the claim names is cut, every other mechanism is cut as
    well, one after the other, in the file's small community: what is lost by that is what it carries. Those that lead
    are then cut together, everything is cut at once, and single paths are cut. `cgsim claims --carriers` puts the
    answers on the ledger's page.
    """
    from sim.analysis.carriers.kept import FILENAME
    from sim.analysis.carriers.plan import questions
    from sim.analysis.carriers.trial import FULL, Place, Work, run_carriers
    from sim.analysis.claims import load_ledger
    from sim.analysis.claims.again import entries_of
    from sim.cli._progress import batch_progress
    from sim.lab.engine import ModelEngine
    from sim.report.claims_carriers import carrier_lines
    from sim.scenario.cutter import load_cutter

    judged = load_ledger(ledger)
    asked = questions(entries_of(judged), only)
    if not asked:
        if not quiet:
            click.echo("Nothing is in question: no effect of this ledger is left when its mechanism is cut.")
        return 0
    name = file or Path(judged.about["file"]).stem
    whole = load_cutter(name, sets)
    cutter = load_cutter(name, sets, quick=True) if whole.claims.has_quick else whole
    small = Place("small", cutter, out, worlds or (QUICK_WORLDS if fast else None))
    runs = ledger if (ledger / "runs").is_dir() else ledger.parent
    large = None if full is None else Place("full", whole, out / FULL, full, runs)
    work = Work(
        ModelEngine(policy_modules), days, jobs, not resume, teller(quiet), lambda title: batch_progress(title, quiet)
    )
    try:
        table, summaries = run_carriers(asked, small, large, work, paths=not fast)
    except KeyboardInterrupt:
        return stopped(out)
    if as_json:
        print_json({"folder": str(out), "carriers": records(table)})
    elif not quiet:
        click.echo("\n".join(carrier_lines(table, {name: path.cuts for name, path in whole.paths.items()})))
        click.echo(f"\nTable: {out / FILENAME}")
    return 1 if any(summary.failures for summary in summaries) else 0
