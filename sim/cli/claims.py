"""Try the claims of a paper: each as an experiment that can come out either way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from sim.cli._options import (
    CLAIM_DAYS,
    COUNT,
    FIRST_SEED,
    FOLDER,
    FOLDER_THAT_IS_THERE,
    jobs_option,
    json_option,
    listed,
    quiet_option,
    resume_option,
    runs_nothing,
    scenario_options,
)
from sim.cli._output import print_json, records, stopped, teller


@click.command(
    name="claims",
    epilog="""\b
Examples:
  cgsim claims --quick
  cgsim claims --quick --only C24,X1
  cgsim claims --out results/trial
  cgsim claims --page results/trial --conditions results/conditions --map results/map
  cgsim claims --page results/trial --docs ledger.md
  cgsim claims --page results/trial --json
Broken off? The same command goes on from the runs that are there.
""",
)
@click.argument("file", default="claims", metavar="[CLAIMS]")
@click.option(
    "--quick", "fast", is_flag=True, help="The cheap setting of the file: a small community, few worlds."
)
@click.option(
    "--only",
    callback=listed,
    metavar="C24,X1",
    help="Some claims only; runs that others share with them are kept.",
)
@click.option(
    "--worlds", type=COUNT, help="Parameter worlds; all that the file asks for by default."
)
@click.option("--seeds", type=COUNT, help="Seeds in each world.")
@click.option("--days", type=CLAIM_DAYS, help="Days after the burn-in.")
@click.option("--first-seed", type=FIRST_SEED, help="The first seed; the others follow.")
@jobs_option
@click.option(
    "--out",
    type=FOLDER,
    help="Results folder; results/claims, or results/claims-quick, by default.",
)
@resume_option
@click.option(
    "--page",
    type=FOLDER_THAT_IS_THERE,
    metavar="FOLDER",
    help="Run nothing: judge a ledger that is there by today's rules, and write its pages again.",
)
@click.option(
    "--conditions",
    type=FOLDER_THAT_IS_THERE,
    metavar="FOLDER",
    help="Confirm in these worlds the rules that cgsim conditions found.",
)
@click.option(
    "--map",
    "sign_map",
    type=FOLDER_THAT_IS_THERE,
    metavar="FOLDER",
    help="Show the sign map that cgsim signmap made.",
)
@click.option(
    "--reference",
    type=FOLDER,
    metavar="FOLDER",
    help="Also keep the ledger there, small enough for git: its tables as CSV, and what it was made from.",
)
@click.option(
    "--docs", type=click.Path(path_type=Path, dir_okay=False), help="Also write the ledger as Markdown."
)
@scenario_options
@json_option
@quiet_option
def command(
    file: str,
    fast: bool,
    only: list[str] | None,
    worlds: int | None,
    seeds: int | None,
    days: int | None,
    first_seed: int | None,
    jobs: int | None,
    out: Path | None,
    resume: bool,
    page: Path | None,
    conditions: Path | None,
    sign_map: Path | None,
    reference: Path | None,
    docs: Path | None,
    sets: tuple[str, ...],
    policy_modules: tuple[str, ...],
    as_json: bool,
    quiet: bool,
) -> int:
    """Try every claim of a file of CLAIMS ("claims" by default), and write a ledger of what holds.

    Claims share runs: all together are one paired design, each arm in the same parameter worlds with the same luck. The
    exit status is 0 where all runs went well, 1 where one failed, 2 where the request cannot be met, and 130 after
    Ctrl-C (finished runs stay).
    """
    if page is not None:
        runs_nothing("fast", "only", "worlds", "seeds", "days", "first_seed", "jobs", "out", "resume")
        ledger = _again(page, file, sets)
        return _told(_with(ledger, conditions, sign_map, reference), None, docs, as_json, quiet)
    from sim.scenario.read_claims import load_claims

    _look(conditions, sign_map)
    claims = load_claims(file, sets, fast)
    if only is not None:
        claims = claims.only(only)
    folder = out or Path("results") / (claims.name + ("-quick" if fast else ""))

    from sim.analysis.claims import claims_design, run_claims
    from sim.cli._progress import batch_progress
    from sim.lab.engine import ModelEngine

    design = claims_design(claims, worlds, seeds, days, first_seed=first_seed)
    try:
        with batch_progress(claims.name, quiet) as progress:
            ledger, _, summary = run_claims(
                claims,
                design,
                folder,
                ModelEngine(policy_modules),
                jobs,
                not resume,
                teller(quiet),
                progress,
            )
    except KeyboardInterrupt:
        return stopped(folder)
    return _told(_with(ledger, conditions, sign_map, reference), summary, docs, as_json, quiet)


def _look(conditions: Path | None, sign_map: Path | None) -> None:
    """Read what was found elsewhere before anything is run, so that a wrong folder costs no hours."""
    if conditions is not None:
        from sim.analysis.claims import load_ledger

        load_ledger(conditions)
    if sign_map is not None:
        from sim.analysis.claims.elsewhere import read_map

        read_map(sign_map)


def _again(folder: Path, file: str, sets: tuple[str, ...]) -> Any:
    """A ledger that is there, judged by the rules and with the texts as they are now."""
    from sim.analysis.claims import load_ledger
    from sim.analysis.claims.again import judged_again
    from sim.errors import NotFoundError
    from sim.scenario.read_claims import load_claims

    ledger = load_ledger(folder)
    if Path(file).stem != Path(ledger.about["file"]).stem:
        return judged_again(ledger)
    try:
        return judged_again(ledger, load_claims(file, sets, bool(ledger.about["quick"])))
    except NotFoundError:  # a ledger can be read where its file of claims is not
        return judged_again(ledger)


def _with(
    ledger: Any,
    conditions: Path | None,
    sign_map: Path | None,
    reference: Path | None,
) -> Any:
    """Add what was found elsewhere to a ledger, and write it, where it is and where it is kept."""
    from sim.analysis.claims import load_ledger
    from sim.analysis.claims.elsewhere import with_conditions, with_map
    from sim.analysis.claims.ledger import keep_ledger, rewrite_ledger

    if conditions is not None:
        ledger = with_conditions(ledger, load_ledger(conditions))
    if sign_map is not None:
        ledger = with_map(ledger, sign_map)
    rewrite_ledger(ledger)
    if reference is not None:
        keep_ledger(ledger, reference)
    return ledger


def _told(ledger: Any, summary: Any, docs: Path | None, as_json: bool, quiet: bool) -> int:
    """Write the pages, print the ledger, and return the exit status."""
    from sim.report.claims_markdown import ledger_markdown
    from sim.report.claims_page import write_claims_page

    path = write_claims_page(ledger)
    if docs is not None:
        from sim.analysis.claims import load_ledger
        from sim.lab.files import write_text

        # From the tables as they are kept: written again from them, the page has the same bytes.
        write_text(docs, ledger_markdown(load_ledger(ledger.folder)))
    if as_json:
        print_json(_as_data(ledger, summary, path))
    elif not quiet:
        from sim.cli._ledger import print_ledger

        print_ledger(ledger)
        click.echo(f"\nLedger: {path}\nTables: {ledger.folder}")
    if summary is None or not summary.failures:
        return 0
    first = next(iter(summary.failures.values()))
    click.echo(
        f"{len(summary.failures)} of {summary.total} runs failed, the first in arm {first['scenario']!r}: "
        f"{first['error']}\nThe same command tries them again.",
        err=True,
    )
    return 1


def _as_data(ledger: Any, summary: Any, page: Path) -> dict[str, Any]:
    """The ledger as plain data."""
    runs = None
    if summary is not None:
        runs = {
            "all": summary.total,
            "finished": summary.done,
            "failed": len(summary.failures),
            "kept": summary.kept,
        }
    return {
        "folder": str(ledger.folder),
        "page": str(page),
        "runs": runs,
        "about": dict(ledger.about),
        "claims": records(ledger.claims),
        "outcomes": records(ledger.outcomes),
    }
