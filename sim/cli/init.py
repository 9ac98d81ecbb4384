"""Write a starter set of scenarios and experiments to edit."""

from __future__ import annotations

from pathlib import Path

import click

from sim.cli._options import json_option, print_json, quiet_option


@click.command(
    name="init",
    epilog="""\b
Examples:
  cgsim init my-town
  cd my-town && cgsim validate scenarios/*.yaml
""",
)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--force", is_flag=True, help="Write into a folder that is not empty; starter files there are replaced."
)
@json_option
@quiet_option
def command(folder: Path, force: bool, as_json: bool, quiet: bool) -> None:
    """Copy the shipped scenarios and experiments into DIR.

    A folder that is not empty is left alone unless --force is given. Files are written whole or not at all.
    """
    from sim.scenario.starter import write_starter

    written = write_starter(folder, force=force)
    if as_json:
        print_json({"folder": str(folder), "files": [str(path) for path in written]})
    elif not quiet:
        click.echo(f"{len(written)} files written to {folder}. Next:")
        click.echo(f"  cd {folder} && cgsim validate scenarios/baseline.yaml")
