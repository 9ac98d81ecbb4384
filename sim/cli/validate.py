"""Check scenario, community, parameter, experiment and claims files, and list everything that is wrong."""

from __future__ import annotations

import click

from sim.cli._options import json_option, quiet_option, scenario_options
from sim.cli._output import print_json


@click.command(
    name="validate",
    epilog="""\b
Examples:
  cgsim validate scenarios/baseline.yaml
  cgsim validate baseline --set horizon=90
  cgsim validate scenarios/*.yaml experiments/*.yaml
""",
)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@scenario_options
@json_option
@quiet_option
def command(
    files: tuple[str, ...], sets: tuple[str, ...], policy_modules: tuple[str, ...], as_json: bool, quiet: bool
) -> int:
    """Check files and list everything that is wrong, each with its line and what was probably meant.

    FILE is a path, or the name of a scenario or experiment in ./scenarios, ./experiments or the shipped set. The exit
    status is 0 where all is well and 2 where anything is wrong. Nothing is written.
    """
    from sim.errors import CgsimError, ScenarioError
    from sim.scenario.published import Reading
    from sim.scenario.validate import validate

    results = []
    lines: dict[str, None] = {}
    wrong: set[str] = set()
    for file in files:
        try:
            summary = validate(file, sets)
            results.append({"file": file, "valid": True, "summary": summary, "problems": []})
            if not quiet and not as_json:
                click.echo(f"{file}: valid. {summary}")
        except CgsimError as error:
            problems = (
                list(error.problems) if isinstance(error, ScenarioError) and error.problems else [error]
            )
            results.append(
                {"file": file, "valid": False, "problems": [_as_data(problem) for problem in problems]}
            )
            lines.update(dict.fromkeys(str(problem) for problem in problems))
            wrong.update(str(problem) for problem in problems if not isinstance(problem, Reading))
    if as_json:
        print_json({"valid": not lines, "files": results})
    for line in lines:
        click.echo(line, err=True)
    if wrong and not quiet:
        click.echo(f"{len(wrong)} problem{'s' if len(wrong) > 1 else ''}.", err=True)
    return 2 if lines else 0


def _as_data(problem: object) -> dict[str, object]:
    mark = getattr(problem, "mark", None)
    if mark is None:
        return {"message": str(problem)}
    return {
        "file": mark.file,
        "line": mark.line,
        "column": mark.column,
        "key": getattr(problem, "path", ""),
        "message": str(problem),
    }
