"""Show in what two scenarios differ once everything is resolved."""

from __future__ import annotations

import click

from sim.cli._options import json_option, scenario_options
from sim.cli._output import print_json


@click.command(
    name="diff",
    epilog="""\b
Examples:
  cgsim diff baseline online_channel
  cgsim diff scenarios/baseline.yaml scenarios/mine.yaml --json
""",
)
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@click.option("--exit-code", is_flag=True, help="End with status 1 where they differ.")
@scenario_options
@json_option
def command(
    first: str,
    second: str,
    exit_code: bool,
    sets: tuple[str, ...],
    policy_modules: tuple[str, ...],
    as_json: bool,
) -> int:
    """Show the keys whose resolved values differ between the scenarios A and B.

    Names and titles are left aside. --set applies to both.
    """
    from sim.scenario import load_scenario
    from sim.scenario.explain import compare, written

    one, two = load_scenario(first, sets), load_scenario(second, sets)
    differences = compare(one, two)
    if as_json:
        print_json(
            {
                "same": not differences,
                "differences": [
                    {
                        "key": d.key,
                        "first": d.first.value if d.first else None,
                        "second": d.second.value if d.second else None,
                        "first_set_by": d.first.where if d.first else None,
                        "second_set_by": d.second.where if d.second else None,
                    }
                    for d in differences
                ],
            }
        )
    elif not differences:
        click.echo(f"{one.name} and {two.name} do the same.")
    else:
        width = max(len(d.key) for d in differences)
        for d in differences:
            left = written(d.first.value) if d.first else "(absent)"
            right = written(d.second.value) if d.second else "(absent)"
            if left == right and d.first and d.second:
                left, right = (
                    f"{left} (counts as {written(r.daily)})" if r.daily is not None else left
                    for r in (d.first, d.second)
                )
            place = (d.second or d.first).where  # type: ignore[union-attr]
            click.echo(f"{d.key:<{width}}  {left} -> {right}  ({place})")
    return 1 if differences and exit_code else 0
