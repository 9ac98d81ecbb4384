"""Write a starter set of scenarios and experiments to edit."""

from __future__ import annotations

from pathlib import Path

import click

from sim.cli._options import FOLDER, json_option, quiet_option
from sim.cli._output import print_json


@click.command(
    name="init",
    epilog="""\b
Examples:
  cgsim init my-town
  cd my-town && cgsim validate scenarios/*.yaml
""",
)
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--force", is_flag=True, help="Replace starter files that you changed, too.")
@json_option
@quiet_option
def command(folder: Path, force: bool, as_json: bool, quiet: bool) -> None:
    """Copy the shipped scenarios and experiments into DIR.

    What else is in the folder stays. Starter files that you changed are replaced only with --force. Files are written
    whole or not at all.
    """
    from sim.scenario.starter import write_starter

    written = write_starter(folder, force=force)
    if as_json:
        print_json({"folder": str(folder), "files": [str(path) for path in written]})
    elif not quiet:
        click.echo(f"{len(written)} files written to {folder}. Next:")
        there = "" if folder == Path() else f"cd {folder} && "
        click.echo(f"  {there}cgsim validate scenarios/baseline.yaml")
