"""Print the JSON Schema of the scenario language, for editors."""

from __future__ import annotations

import click

from sim.cli._output import print_json


@click.command(
    name="schema",
    epilog="""\b
Examples:
  cgsim schema > cgsim.schema.json
  cgsim schema scenario
A first line in a file then gives completion and checks in many editors:
  # yaml-language-server: $schema=cgsim.schema.json
""",
)
@click.argument(
    "kind",
    required=False,
    type=click.Choice(["scenario", "community", "parameters", "experiment", "claims"]),
)
def command(kind: str | None) -> None:
    """Print the JSON Schema of one kind of file, or of all of them in one."""
    from sim.scenario.schema import json_schema

    print_json(json_schema(kind))
