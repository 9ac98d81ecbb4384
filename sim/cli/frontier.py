"""Search the doses of all levers for packages that no other beats, and test them in other worlds."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.cli._aims import aims_of, aims_options
from sim.cli._options import (
    COUNT,
    DAYS,
    FIRST_SEED,
    FOLDER,
    jobs_option,
    json_option,
    quiet_option,
    scenario_options,
)
from sim.cli._output import print_json, records, stopped, teller

if TYPE_CHECKING:
    from sim.analysis.packages.frontier import Frontier
    from sim.analysis.packages.kept import Kept
    from sim.analysis.packages.plan import Plan
    from sim.lab.worlds import World

QUICK = {
    "community": "harbour_court",
    "evaluations": 72,
    "worlds": 2,
    "held_out": 6,
    "days": 180,
    "draw": "latin_hypercube",
}
"""What --quick stands for: a small community, few worlds, half a year."""


@click.command(
    name="frontier",
    epilog="""\b
Examples:
  cgsim frontier --budget 20
  cgsim frontier --budget 20 --lever online_channel --lever workforce --lever smart_platform
  cgsim frontier --budget 20 --at-most 3      # packages of up to three levers
  cgsim frontier --evaluations 480 --worlds 6 --out results/search
  cgsim frontier --budget 20 --stress 80      # also looks for rules about when packages fail
  cgsim frontier --quick                      # minutes, on a small community
  cgsim frontier --page results/frontier      # runs nothing, writes the page again
Broken off? The same command goes on from the runs that are there.
""",
)
@click.argument("scenario", default="baseline")
@aims_options
@click.option(
    "--lever", "levers", multiple=True, metavar="POLICY", help="Search this policy; all fourteen by default."
)
@click.option(
    "--at-most", type=click.IntRange(1), metavar="LEVERS", help="Levers in one package.  [default: no limit]"
)
@click.option("--doses", metavar="LIST", help="Doses tried of each lever.  [default: 0,0.25,0.5,0.75,1]")
@click.option(
    "--delivered",
    type=click.FloatRange(0.0, 1.0),
    default=0.9,
    show_default=True,
    help="Least share of its programme hours that a package has to have hours for.",
)
@click.option("--evaluations", type=COUNT, help="Packages to evaluate.  [default: 240]")
@click.option("--population", type=click.IntRange(4, COUNT.max), default=24, show_default=True, help="Of a generation.")
@click.option("--keep", type=COUNT, default=10, show_default=True, help="Packages to test.")
@click.option("--worlds", type=COUNT, help="Parameter worlds of the search.  [default: 4]")
@click.option(
    "--held-out", type=click.IntRange(2, COUNT.max), help="Worlds of the test.  [default: all other matched ones]"
)
@click.option(
    "--stress",
    type=click.IntRange(40, COUNT.max),
    metavar="WORLDS",
    help="Run the packages kept in so many worlds more, over the whole ranges, in a small community: rules about when "
    "they fail are looked for there.  [default: none]",
)
@click.option(
    "--draw",
    type=click.Choice(["matched", "latin_hypercube"]),
    help="How worlds are made.  [default: matched]",
)
@click.option("--days", type=DAYS, help="Days after the burn-in.  [default: 365]")
@click.option("--seed", type=FIRST_SEED, default=1, show_default=True, help="First seed of the runs.")
@click.option(
    "--search-seed", type=FIRST_SEED, default=1, show_default=True, help="Seed of the search."
)
@click.option(
    "--method",
    type=click.Choice(["nsga2", "random"]),
    default="nsga2",
    show_default=True,
    help="NSGA-II, or packages drawn at random to hold it against.",
)
@click.option("--quick", is_flag=True, help="A small community, few worlds and half a year: minutes.")
@jobs_option
@click.option("--out", type=FOLDER, help="Folder; results/frontier by default.")
@click.option(
    "--page",
    type=FOLDER,
    metavar="FOLDER",
    help="Run nothing: write the page of a frontier that is there again.",
)
@click.option(
    "--tables-to",
    type=FOLDER,
    metavar="FOLDER",
    help="Also keep the tables there, with what they were made from: small enough for git.",
)
@scenario_options
@json_option
@quiet_option
def command(
    scenario: str,
    budget: float | None,
    targets: tuple[str, ...],
    weights: tuple[str, ...],
    quick: bool,
    jobs: int | None,
    out: Path | None,
    page: Path | None,
    tables_to: Path | None,
    sets: tuple[str, ...],
    policy_modules: tuple[str, ...],
    as_json: bool,
    quiet: bool,
    **how: Any,
) -> int:
    """Search packages of policies on top of SCENARIO.

    Every package is run in the same few parameter worlds with the same luck. What is kept is the frontier: packages
    that no other within the budget and the hours beats on participation, trust, conflict and cost. They are then run in
    worlds that the search has not seen, and only what they do there is reported.
    """
    if page is not None:
        return _told_again(page, tables_to, as_json, quiet)
    plan = make_plan(scenario, aims_of(budget, targets, weights), sets, quick, **how)
    folder = Path("results") / "frontier" if out is None else out

    from sim.analysis.packages.frontier import run_frontier
    from sim.cli._progress import batch_progress
    from sim.lab.engine import ModelEngine

    try:
        with batch_progress("frontier", quiet) as progress:
            found = run_frontier(plan, folder, ModelEngine(policy_modules), jobs, teller(quiet), progress)
    except KeyboardInterrupt:
        return stopped(folder)
    kept, written = _publish(folder, tables_to)
    if as_json:
        from sim.cli.choose import decision_data

        print_json(
            {
                "folder": str(folder),
                "page": str(written),
                "evaluated": len(found.searched),
                "failed_runs": found.failed,
                "frontier": records(found.table),
                "failing": records(found.failing),
                **decision_data(found.decision),
            }
        )
    elif not quiet:
        _tell(plan, found, kept, written)
    return 1 if found.failed else 0


def _told_again(folder: Path, tables_to: Path | None, as_json: bool, quiet: bool) -> int:
    """Write the page of a frontier that is there."""
    kept, written = _publish(folder, tables_to)
    if as_json:
        frontier = kept.tables["frontier"]
        table = frontier.astype(object).where(frontier.notna(), None)
        print_json({"folder": str(folder), "page": str(written), "frontier": table.to_dict("records")})
    elif not quiet:
        from sim.report.frontier_page import finding

        click.echo(f"{finding(kept).text}\n\nPage: {written}")
    return 0


def make_plan(scenario: str, aims: Any, sets: tuple[str, ...], quick: bool, **how: Any) -> Plan:
    """The plan that is asked for; what was not said is filled in."""
    from sim.analysis.packages.grid import grid
    from sim.analysis.packages.plan import Plan
    from sim.errors import UsageError
    from sim.lab.worlds import make_worlds, without_choices
    from sim.scenario import load_scenario

    def said(name: str, usual: Any) -> Any:
        return how[name] if how[name] is not None else QUICK.get(name, usual) if quick else usual

    if quick and not any(text.startswith("community=") for text in sets):
        sets = (f"community={QUICK['community']}", *sets)
    base = load_scenario(scenario, sets)
    draw, count, held = said("draw", "matched"), said("worlds", 4), said("held_out", None)
    total = None if held is None else count + held
    many = total or (None if draw == "matched" else count + 8)
    worlds = without_choices(make_worlds(draw, many, None, base, how["seed"]))
    if len(worlds) < count + 2:
        raise UsageError(
            f"worlds: {count} to search in leave {max(0, len(worlds) - count)} of {len(worlds)} to test in"
        )
    stress: tuple[World, ...] = ()
    small = None
    if how["stress"] is not None:
        own = tuple(text for text in sets if not text.startswith("community="))
        small = load_scenario(scenario, (f"community={QUICK['community']}", *own))
        stress = without_choices(
            make_worlds("latin_hypercube", how["stress"], None, small, how["seed"], role="stress")
        )
    return Plan(
        base=base,
        space=grid(how["levers"], _doses(how["doses"]), how["at_most"]),
        searched=tuple(worlds[:count]),
        held_out=tuple(worlds[count:]),
        aims=aims,
        delivered=how["delivered"],
        evaluations=said("evaluations", 240),
        population=how["population"],
        kept=how["keep"],
        days=said("days", 365),
        first_seed=how["seed"],
        search_seed=how["search_seed"],
        method=how["method"],
        draw=draw,
        stress=stress,
        stress_base=small,
    )


def _doses(text: str | None) -> tuple[float, ...]:
    """The doses of a comma-separated list."""
    from sim.errors import UsageError

    if text is None:
        return (0.0, 0.25, 0.5, 0.75, 1.0)
    try:
        doses = tuple(float(part) for part in text.split(","))
        if not all(map(math.isfinite, doses)):
            raise ValueError
        return doses
    except ValueError:
        raise UsageError(f"--doses {text}: numbers with commas between, as in 0,0.5,1") from None


def _publish(folder: Path, tables_to: Path | None) -> tuple[Kept, Path]:
    """Write the page and the figure of a frontier that has ended, and keep its tables elsewhere if asked to."""
    from sim.analysis.packages.kept import keep_frontier, load_frontier
    from sim.report.frontier_page import write_frontier_page
    from sim.report.packages import write_figure

    kept = load_frontier(folder)
    if tables_to is not None:
        keep_frontier(kept, tables_to)
    write_figure(kept.tables["frontier"], kept.manifest["levers"], folder / "figures")
    return kept, write_frontier_page(kept)


def _tell(plan: Plan, found: Frontier, kept: Kept, page: Path) -> None:
    """Print the finding, the choice, the frontier and where everything is."""
    from sim.cli._choices import print_options, told_choice
    from sim.report.frontier_page import finding
    from sim.report.frontier_words import letters, package_words

    rows = kept.tables["frontier"].to_dict("records")
    marks = letters([row["package"] for row in rows])
    titles = {
        row["package"]: f"{marks[row['package']]}: {package_words(row, plan.space.levers)}" for row in rows
    }
    titles[plan.base.name] = "nothing beyond the baseline"
    click.echo(f"\n{finding(kept).text}\n")
    told_choice(found.decision, titles, plan.base.name, plan.aims, kept.manifest["labels"])
    print_options(found.decision, titles)
    still = int(found.table["still_on_frontier"].sum())
    click.echo(
        f"\n{len(found.searched)} packages were searched in {len(plan.searched)} world"
        f"{'' if len(plan.searched) == 1 else 's'}. The figures above are from "
        f"{len(plan.held_out)} other worlds; {still} of {len(found.table)} packages are still on the frontier there."
    )
    click.echo(f"Page: {page}   Everything: {page.parent}")
