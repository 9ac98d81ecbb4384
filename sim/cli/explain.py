"""Show what every key of a scenario came out as, and the file and line that set it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

import click

from sim.cli._options import json_option, scenario_options
from sim.cli._output import print_json

if TYPE_CHECKING:
    from sim.scenario.explain import Row


@click.command(
    name="explain",
    epilog="""\b
Examples:
  cgsim explain scenarios/baseline.yaml
  cgsim explain baseline trust.gain
  cgsim explain baseline policies.online_channel
  cgsim explain baseline community.groups.students --set community.groups.students.size=30000
""",
)
@click.argument("file", metavar="FILE")
@click.argument("key", required=False, metavar="[KEY]")
@scenario_options
@json_option
def command(
    file: str, key: str | None, sets: tuple[str, ...], policy_modules: tuple[str, ...], as_json: bool
) -> None:
    """Show the resolved value of every key of a scenario and the file and line that set it.

    With KEY, only that key and what stands below it; for parameters also unit, range, source and grade.
    """
    from sim.scenario import load_scenario
    from sim.scenario.explain import explain, select

    rows = explain(load_scenario(file, sets))
    if key:
        rows = select(rows, key)
    if as_json:
        print_json([_as_data(row) for row in rows])
        return
    for text in _lines(rows, detailed=bool(key)):
        click.echo(text)


def _lines(rows: list[Row], detailed: bool) -> list[str]:
    """Return the rows as text: key, value and place in columns, and what is known about each where asked for."""
    from sim.scenario.explain import written

    width = min(max(len(row.key) for row in rows), 52)
    lines = []
    for row in rows:
        value = written(row.value)
        unit = f" {row.spec.unit}" if row.spec is not None and row.spec.unit and detailed else ""
        lines.append(f"{_padded(row.key, width)}  {_padded(value + unit, 24)}  {row.where}")
        if detailed or row.why:
            lines += [f"    {text}" for text in _details(row, detailed)]
    return lines


def _padded(text: str, width: int) -> str:
    """Pad a text with blanks to a width in columns, of which a Chinese character takes two."""
    return text + " " * max(0, width - sum(1 + (east_asian_width(letter) in "WF") for letter in text))


def _details(row: Row, detailed: bool) -> list[str]:
    from sim.scenario.explain import written

    texts = []
    if row.why:
        texts.append(f"{row.why}: counts as {written(row.daily if row.daily is not None else row.value)}")
    elif row.daily is not None:
        texts.append(f"a day: {row.daily:.6g}" if isinstance(row.daily, float) else f"a day: {row.daily}")
    spec = row.spec
    if spec is None or not detailed:
        return texts
    if spec.description:
        texts.insert(0, spec.description)
    if spec.low is not None and spec.high is not None:
        texts.append(f"range: {spec.low:g} to {spec.high:g}")
    if spec.choices:
        texts.append(f"choices: {', '.join(spec.choices)}")
    texts.append(f"source: {spec.source}")
    texts.append(f"grade: {spec.grade}; mechanism: {spec.mechanism}; kind: {spec.kind}")
    if spec.note:
        texts.append(f"note: {spec.note}")
    return texts


def _as_data(row: Row) -> dict[str, Any]:
    data: dict[str, Any] = {"key": row.key, "value": row.value, "set_by": row.where}
    if row.daily is not None:
        data["daily"] = row.daily
    if row.why:
        data["why"] = row.why
    if row.spec is not None:
        spec = row.spec
        data |= {
            "unit": spec.unit,
            "range": None if spec.low is None else [spec.low, spec.high],
            "choices": list(spec.choices) or None,
            "kind": spec.kind,
            "source": spec.source,
            "grade": spec.grade,
            "mechanism": spec.mechanism,
            "description": spec.description,
        }
    return data
