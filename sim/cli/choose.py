"""Choose among the scenarios of a comparison: regret, targets, budget, the worst off."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from sim.cli._aims import aims_of, aims_options
from sim.cli._options import FOLDER, json_option, quiet_option
from sim.cli._output import print_json, records


@click.command(
    name="choose",
    epilog="""\b
Examples:
  cgsim choose results/paths
  cgsim choose results/paths --budget 20
  cgsim choose results/paths --target participation_30d=0.02 --target trust=0.005
  cgsim choose results/paths --weight trust=2 --weight participation_30d=1 --json
""",
)
@click.argument("results", type=FOLDER)
@aims_options
@click.option(
    "--window", metavar="WINDOW", help="The window that is looked at; the comparison's own by default."
)
@json_option
@quiet_option
def command(
    results: Path,
    budget: float | None,
    targets: tuple[str, ...],
    weights: tuple[str, ...],
    window: str | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Compare the scenarios in the folder RESULTS as options, when nobody knows which parameter world is true.

    Nothing is run. Prints the robust choice (the smallest largest regret over the worlds, within the budget), what it
    gives up, and a row for each option; writes tables/options.csv into the folder.
    """
    aims = aims_of(budget, targets, weights)

    from sim.analysis.decisions import decide
    from sim.analysis.delivery import with_delivery
    from sim.lab.results import load_results
    from sim.lab.study import rewriting
    from sim.lab.tables import write_table

    found = load_results(results)
    if not found.comparison:
        from sim.errors import UsageError

        raise UsageError(f"{results}: holds a single run; options are the scenarios of a comparison")
    asked = found.experiment
    window = window or asked.get("window") or "horizon"
    decision = decide(
        found.windows, found.baseline, aims, asked.get("smallest_changes"), asked.get("directions"), window
    )
    decision = replace(decision, options=with_delivery(decision.options, found.effects, window))
    path = found.folder / "tables" / "options.csv"
    with rewriting(found.folder, "comparison") as place:
        write_table(decision.options, place / "tables" / "options.csv")
    titles = {entry["name"]: entry.get("title") or entry["name"] for entry in asked["scenarios"]}
    if as_json:
        print_json(decision_data(decision))
    elif not quiet:
        from sim.cli._choices import print_options, told_choice

        told_choice(decision, titles, found.baseline, aims, found.manifest.get("labels", {}))
        print_options(decision, titles)
        click.echo(f"\nTable: {path}")
    return 0


def decision_data(decision: Any) -> dict[str, Any]:
    """A decision as plain data."""
    from sim.analysis.option_checks import stays_robust

    return {
        "robust": decision.robust,
        "expected": decision.expected,
        "maximin": decision.maximin,
        "satisficing": decision.satisficing,
        "gives_up": dict(decision.gives_up),
        "worlds": decision.worlds,
        "stays_with_a_world_left_out": stays_robust(decision),
        "worlds_left_out": decision.left_out,
        "options": records(decision.options),
    }
