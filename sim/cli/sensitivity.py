"""What matters: which uncertain parameters carry the conclusions, and what to measure next."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from sim.cli._options import (
    COUNT,
    DAYS,
    FIRST_SEED,
    FOLDER,
    FOLDER_THAT_IS_THERE,
    driver_option,
    jobs_option,
    json_option,
    quiet_option,
    resume_option,
    scenario_options,
)
from sim.cli._output import print_json, print_table, stopped, teller

if TYPE_CHECKING:
    from sim.analysis.sensitivity_plan import Plan, Sensitivity
    from sim.lab.engine import Driver

SCENARIOS = ("baseline", "online_channel", "feedback_mechanism", "workforce", "full_package")
"""Levels are those of the first; the others' differences from it are analysed, too."""
QUICK_SCENARIOS = ("baseline", "full_package")
COMMUNITY = "harbour_court"
LARGE = "xicheng"


@click.command(
    name="sensitivity",
    epilog="""\b
Examples:
  cgsim sensitivity --quick                        a first look, in minutes
  cgsim sensitivity                                an hour or two on two cores
  cgsim sensitivity baseline workforce --size large --out results/staff
  cgsim sensitivity --community communities/mine.yaml --no-confirm
  cgsim sensitivity --claims results/claims        and which of these claims a parameter could turn
  cgsim sensitivity --page results/sensitivity-harbour_court --claims results/claims
Broken off? The same command goes on from the runs that are there.
""",
)
@click.argument("scenarios", nargs=-1, metavar="[BASELINE SCENARIO...]")
@click.option(
    "--community",
    default=COMMUNITY,
    show_default=True,
    help="Community to analyse; thousands of runs ask for a small one.",
)
@click.option(
    "--size", type=click.Choice(["quick", "small", "default", "large"]), default="default", show_default=True,
    help="Trajectories, base points and days; see docs/sensitivity.md.",
)  # fmt: skip
@click.option(
    "--quick", is_flag=True, help="The same as --size quick: a first look, at the full package alone."
)
@click.option("--trajectories", type=click.IntRange(2, COUNT.max), help="Trajectories of the screening.")
@click.option("--keep", type=click.IntRange(1), help="Parameters that get indices of their own, at most.")
@click.option("--points", type=click.IntRange(8, COUNT.max), help="Base points of the Sobol sample, a power of two.")
@click.option("--days", type=DAYS, help="Days after the burn-in.")
@click.option("--burn-in", type=DAYS, help="Days of burn-in.")
@click.option(
    "--first-seed", type=FIRST_SEED, default=1, show_default=True, help="Seeds follow from it."
)
@click.option("--confirm", default=LARGE, show_default=True, metavar="COMMUNITY",
              help="Where the leading parameters are looked at one at a time.")  # fmt: skip
@click.option("--no-confirm", is_flag=True, help="Leave that out.")
@click.option(
    "--claims",
    type=FOLDER_THAT_IS_THERE,
    metavar="FOLDER",
    help="Join a ledger that cgsim claims wrote: which of its claims a parameter could turn.",
)
@click.option(
    "--page",
    type=FOLDER_THAT_IS_THERE,
    metavar="FOLDER",
    help="Run nothing: write the page and tables of an analysis that is there again, to --out if given.",
)
@jobs_option
@driver_option
@click.option("--out", type=FOLDER, help="Results folder; results/sensitivity-COMMUNITY by default.")
@click.option("--tables-to", type=FOLDER, help="Also copy tables and manifest there.")
@resume_option
@scenario_options
@json_option
@quiet_option
def command(
    scenarios: tuple[str, ...], community: str, size: str, quick: bool, trajectories: int | None, keep: int | None,
    points: int | None, days: int | None, burn_in: int | None, first_seed: int, confirm: str, no_confirm: bool,
    claims: Path | None, page: Path | None, jobs: int | None, driver: Driver, out: Path | None,
    tables_to: Path | None, resume: bool, sets: tuple[str, ...], policy_modules: tuple[str, ...], as_json: bool,
    quiet: bool,
) -> int:  # fmt: skip
    """Find which uncertain parameters carry the conclusions about a BASELINE and what SCENARIOs change.

    Every parameter with a range is screened (Morris); those that matter get first-order and total indices (Sobol)
    for participation, trust and conflict and for the difference that each scenario makes, with luck as a factor.
    Joined with what is known about them they say what to measure next. Indices hold for the community they were
    computed in.
    """
    from sim.errors import UsageError

    said = click.get_current_context().get_parameter_source
    for one, other, both in (
        ("--quick", f"--size {size}", quick and size != "quick" and said("size") is ParameterSource.COMMANDLINE),
        ("--no-confirm", f"--confirm {confirm}", no_confirm and said("confirm") is ParameterSource.COMMANDLINE),
    ):
        if both:
            raise UsageError(f"{one} and {other} exclude each other")
    ledger = None
    if claims is not None:
        from sim.analysis.claims.ledger import load_ledger

        ledger = load_ledger(claims)  # before anything is run
    if page is not None:
        found, folder = _there(page, out, scenarios)
    else:
        changes = {"trajectories": trajectories, "keep": keep, "blocks": points, "days": days, "burn_in": burn_in}
        wanted = {name: value for name, value in changes.items() if value is not None}
        quick = quick or size == "quick"
        names = scenarios or (QUICK_SCENARIOS if quick else SCENARIOS)
        where = None if no_confirm else confirm
        plan = _plan(names, community, "quick" if quick else size, wanted, where, sets, first_seed, driver)
        folder = Path("results") / plan.name if out is None else out
        ran = _run(plan, folder, policy_modules, jobs, not resume, quiet)
        if ran is None:
            return 130
        found = ran
    return _leave(found, folder, ledger, page is not None, tables_to, as_json, quiet)


def _there(page: Path, out: Path | None, scenarios: tuple[str, ...]) -> tuple[Sensitivity, Path]:
    """An analysis that is there, and the folder its page goes to."""
    from sim.analysis.sensitivity_plan import KIND, load_sensitivity
    from sim.errors import UsageError
    from sim.lab.folder import check_folder

    if scenarios:
        raise UsageError("--page runs nothing: leave the scenarios out, they are those of the analysis")
    folder = page if out is None else out
    found = load_sensitivity(page)
    check_folder(folder, KIND)
    return found, folder


def _run(
    plan: Plan, folder: Path, policy_modules: tuple[str, ...], jobs: int | None, fresh: bool, quiet: bool
) -> Sensitivity | None:
    """Do the analysis; None where it was stopped."""
    from sim.analysis.sensitivity import run_sensitivity
    from sim.cli._progress import batch_progress
    from sim.lab.engine import ModelEngine

    try:
        with batch_progress(plan.name, quiet) as progress:
            return run_sensitivity(plan, folder, ModelEngine(policy_modules), jobs, fresh, teller(quiet), progress)
    except KeyboardInterrupt:
        stopped(folder)
        return None


def _leave(
    found: Sensitivity, folder: Path, ledger: Any, again: bool, tables_to: Path | None, as_json: bool, quiet: bool
) -> int:
    """Join the ledger, write what is left of the analysis, and tell."""
    from sim.analysis.sensitivity_plan import KIND, keep_tables, write_tables
    from sim.lab.study import rewriting
    from sim.report.sensitivity import write_page

    if ledger is not None:
        from sim.analysis.turning import join_claims

        found = join_claims(found, ledger)
    with rewriting(folder, KIND) as place:
        if ledger is not None or again:
            write_tables(found, place)
        written = folder / write_page(found, place).name
    if tables_to is not None:
        keep_tables(found, tables_to)
    if as_json:
        print_json(_as_data(found, written))
    elif not quiet:
        _tell(found, written)
    return _failed(found)


def _plan(
    names: tuple[str, ...], community: str, named: str, changes: dict[str, int], confirm: str | None,
    sets: tuple[str, ...], first_seed: int, driver: Driver,
) -> Plan:  # fmt: skip
    """Load the scenarios in both communities; ``changes`` are to the size that is ``named``."""
    from sim.analysis.sensitivity_plan import SIZES, Plan
    from sim.errors import UsageError
    from sim.scenario import load_scenario

    size: Any = replace(SIZES[named], **changes)
    lengths = (f"burn_in={size.burn_in}", f"horizon={size.days}")

    def loaded(where: str) -> dict[str, Any]:
        found = [load_scenario(name, [f"community={where}", *lengths, *sets]) for name in names]
        by_name = {each.name: each for each in found}
        if len(by_name) < len(found):
            raise UsageError("two of the scenarios have the same name; give each once")
        return by_name

    here = loaded(community)
    own = str(next(iter(here.values())).community.name)
    large = loaded(confirm) if confirm is not None and size.confirm and confirm != community else {}
    return Plan(
        f"sensitivity-{own}",
        here,
        size,
        first_seed=first_seed,
        driver=driver,
        large=large,
        large_days=size.days,
    )


def _tell(found: Sensitivity, page: Path) -> None:
    """Print the finding, the leading parameters, and where everything is."""
    from sim.report.sensitivity_finding import finding, qualified
    from sim.report.sensitivity_tables import ranking_table

    click.echo(f"{finding(found)}\n{qualified(found)}\n")
    table = ranking_table(found, 10)
    shown = table.columns.index("Parameter") + 1
    print_table(table.columns[:shown], [row[:shown] for row in table.rows])
    click.echo(f"\nPage: {page}\nTables: {page.parent / 'tables'}   Everything: {page.parent}")


def _failed(found: Sensitivity) -> int:
    """Say what failed runs cost, and return the exit status."""
    if not found.failures:
        return 0
    dropped = {name: int(found.tables[name]["dropped"].max()) for name in ("screening", "indices")}
    first = str(next(iter(found.failures.values()))["error"]).splitlines()[0]
    click.echo(
        f"{len(found.failures)} runs failed: {first}\n"
        f"The samples need whole blocks: {dropped['screening']} trajectories and {dropped['indices']} base points "
        "were left out. The same command tries the failed runs again.",
        err=True,
    )
    return 1


def _as_data(found: Sensitivity, page: Path) -> dict[str, Any]:
    """The analysis as plain data."""
    import json

    return {
        "folder": str(page.parent),
        "page": str(page),
        "failed": len(found.failures),
        "manifest": {name: found.manifest[name] for name in ("community", "size", "screened", "verdicts", "claims")
                     if name in found.manifest},
        **{
            name: json.loads(table.to_json(orient="records"))
            for name, table in found.tables.items()
            if name != "screening"
        },
    }
