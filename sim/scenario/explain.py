"""What every key of a scenario came out as, and which line of which file made it so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sim.errors import UsageError
from sim.scenario.build import DEFAULTS, community_tree, readings_of
from sim.scenario.dated import START
from sim.scenario.nodes import MapNode, find, leaves, plain
from sim.scenario.parameters import ParameterSpec
from sim.scenario.problems import Mark, Problems, did_you_mean
from sim.scenario.published import Reading
from sim.scenario.scenario import PolicyBlock, Scenario

__all__ = ["Difference", "Row", "compare", "explain", "select", "written"]

DEFAULT = "default"
HEAD = ("name", "title", "question", "description")
"""Keys that say how a scenario is called; they make no difference to what it does."""


@dataclass(frozen=True, slots=True)
class Row:
    """One key of a scenario.

    Attributes
    ----------
    key
        Its path, as ``--set`` takes it.
    value
        What it came out as, as written in a file.
    where
        ``FILE:LINE`` that set it, or ``default``.
    daily
        The value of one day that rules see, where it differs from `value`.
    why
        Why it is what it is, where no line says so (a mechanism that is off).
    spec
        What is declared about it, where it is a parameter.
    """

    key: str
    value: Any
    where: str
    daily: Any = None
    why: str = ""
    spec: ParameterSpec | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """A key whose value differs between two scenarios; None stands for a key that is not there."""

    key: str
    first: Row | None
    second: Row | None


def explain(scenario: Scenario) -> list[Row]:
    """Return every key of a scenario, in the order: head, calendar, policies, mechanisms, community, parameters."""
    tree = scenario.trees.scenario
    rows = [Row(key, value, _where(tree, key)) for key, value in _head(scenario).items() if value]
    rows.append(Row("community", scenario.community.name, _where(tree, "community")))
    rows += [Row(key, getattr(scenario, key), _where(tree, key)) for key in DEFAULTS]
    for block in _blocks(scenario):
        rows += block
    rows += _shocks(scenario)
    rows += [
        Row(f"mechanisms.{name}", on, _where(tree, "mechanisms", name))
        for name, on in scenario.mechanisms.items()
    ]
    rows += _community(scenario)
    rows += _parameters(scenario)
    return rows


def _head(scenario: Scenario) -> dict[str, str]:
    return {key: getattr(scenario, key) for key in HEAD}


def _place(mark: Mark) -> str:
    return mark.file if mark.file.startswith("--set") else f"{mark.file}:{mark.line}"


def _where(tree: MapNode, *path: str) -> str:
    key_mark, mark, node, depth = find(tree, path)
    if depth < len(path):
        return DEFAULT
    return _place(key_mark if isinstance(node, MapNode) else mark)


def _blocks(scenario: Scenario) -> Iterator[list[Row]]:
    """Yield the rows of each policy block, those that are off included."""
    tree = scenario.trees.scenario
    at_work = {block.name: block for block in scenario.policies}
    node = tree.get("policies")
    for name in sorted(node.entries) if isinstance(node, MapNode) else ():
        if name in at_work:
            yield list(_block(scenario, at_work[name]))
        else:
            yield [Row(f"policies.{name}.off", True, _where(tree, "policies", name, "off"))]


def _block(scenario: Scenario, block: PolicyBlock) -> Iterator[Row]:
    base = ("policies", block.name)
    tree = scenario.trees.scenario
    values: dict[str, Any] = {
        "policy": block.policy,
        "dose": block.dose,
        "start": block.start,
        "from_start": block.from_start,
        "end": block.end or scenario.calendar.last_day,
        "ramp": block.ramp,
        "fidelity": block.fidelity,
        "coverage.quarters": _covered(block.quarters, scenario.community.block_names),
        "coverage.groups": _covered(block.groups, scenario.community.group_names),
    }
    for key, value in values.items():
        yield Row(f"policies.{block.name}.{key}", value, _where(tree, *base, *key.split(".")))
    for key, value in (block.when.written() if block.when else {}).items():
        yield Row(f"policies.{block.name}.when.{key}", value, _where(tree, *base, "when", key))
    for setting, daily in block.settings.items():
        name = f"policy.{block.policy}.{setting}"
        spec = scenario.parameters.specs[name]
        own = setting in block.chosen
        value = block.chosen[setting] if own else scenario.parameters.raw(name)
        where = _where(tree, *base, "settings", setting) if own else _parameter_place(scenario, name)
        yield Row(f"policies.{block.name}.settings.{setting}", value, where, _other(daily, value), spec=spec)


def _shocks(scenario: Scenario) -> Iterator[Row]:
    for shock in scenario.shocks:
        values = {"kind": shock.kind, "start": shock.start, "end": shock.end or scenario.calendar.last_day}
        for key, value in {**values, **shock.values}.items():
            shown = list(value) if isinstance(value, tuple) else value
            where = _where(scenario.trees.scenario, "shocks", shock.name, key)
            yield Row(f"shocks.{shock.name}.{key}", shown, where)


def _covered(names: tuple[str, ...], known: tuple[str, ...]) -> Any:
    return "all" if names == known else list(names)


def _other(daily: Any, value: Any) -> Any:
    return None if daily == value else daily


def _parameter_place(scenario: Scenario, name: str) -> str:
    first = (START,) if name in scenario.dated else ()
    where = _where(scenario.trees.scenario, "parameters", name, *first)
    if where != DEFAULT:
        return where
    if name.startswith("group."):
        town = community_tree(scenario.trees, Problems())
        _, group, field = name.split(".", 2)
        return _where(town, "groups", group, field, "value")
    where = _where(scenario.trees.parameters, "parameters", name, "value")
    return where if where != DEFAULT else "the policy's own file"


def _parameters(scenario: Scenario) -> Iterator[Row]:
    off = {p: m for m, on in scenario.mechanisms.items() if not on for p in _off_names(m)}
    for name, daily in scenario.parameters.items():
        if name.startswith("group."):
            continue  # shown with the community
        value = scenario.parameters.raw(name)
        why = f"mechanism {off[name]} is off" if name in off else ""
        yield Row(
            f"parameters.{name}",
            value,
            _parameter_place(scenario, name),
            _other(daily, value),
            why,
            scenario.parameters.specs[name],
        )
        for day, later in scenario.dated.get(name, ()):
            date = scenario.calendar.date(day).isoformat()
            where = _where(scenario.trees.scenario, "parameters", name, date)
            if where == DEFAULT:  # the file gives the day of the run
                where = _where(scenario.trees.scenario, "parameters", name, str(day))
            yield Row(f"parameters.{name}.{date}", later, where, spec=scenario.parameters.specs[name])


def _off_names(mechanism: str) -> tuple[str, ...]:
    from sim.vocabulary.mechanisms import BY_ID

    return tuple(BY_ID[mechanism].off)


def _community(scenario: Scenario) -> Iterator[Row]:
    """Yield the rows of the community, a number with its source in one row."""
    town = community_tree(scenario.trees, Problems())
    readings = readings_of(scenario)
    for section in ("blocks", "groups", "agencies", "councils", "elections"):
        node = town.get(section)
        if not isinstance(node, MapNode):
            continue
        for path, leaf in leaves(node):
            full = (section, *path)
            if path and path[-1] in ("source", "grade", "range", "unit", "note") or "range" in path:
                continue
            if section == "groups" and len(path) > 1 and path[-1] == "value" and path[1] != "ages":
                name = f"group.{path[0]}.{path[1]}"
                spec = scenario.parameters.specs.get(name)
                value = scenario.parameters.raw(name)
                yield Row(
                    "community." + ".".join(full[:-1]),
                    value,
                    _parameter_place(scenario, name),
                    _other(scenario.parameters[name], value),
                    _why(readings, full),
                    spec=spec,
                )
            else:
                key = ".".join(step for step in full if step != "value")
                why, spec = _why(readings, full), _cell_spec(town, full)
                yield Row(f"community.{key}", plain(leaf), _place(leaf.mark), why=why, spec=spec)


def _why(readings: list[Reading], path: tuple[str, ...]) -> str:
    """Say what was made of the published figures at a path; nothing where they were taken word for word."""
    key = ".".join(path) + "."
    about = [reading for reading in readings if key.startswith(f"{reading.path}.")]
    readings[:] = [reading for reading in readings if reading not in about]  # each is told once
    return "; ".join(reading.sentence for reading in about)


def _cell_spec(town: MapNode, path: tuple[str, ...]) -> ParameterSpec | None:
    """Return source and grade of a number of the community that is not a parameter."""
    if "value" not in path:
        return None
    cell = plain(find(town, path[: path.index("value")])[2])
    low, high = cell.get("range") or (None, None)
    return ParameterSpec(
        name=".".join(path),
        value=0.0,
        kind="plain",
        unit=cell.get("unit") or "",
        low=low,
        high=high,
        choices=(),
        mechanism="M0",
        source=cell.get("source", ""),
        grade=cell.get("grade", ""),
        description=cell.get("note") or "",
    )


def select(rows: list[Row], key: str) -> list[Row]:
    """Return the rows of one key, or of all keys below it.

    Parameters
    ----------
    rows
        All rows of a scenario.
    key
        A key as ``--set`` takes it; ``parameters.`` may be left out before a parameter's name.

    Raises
    ------
    UsageError
        If there is no such key.
    """
    if key.startswith("parameters.group."):
        key = "community.groups." + key.removeprefix("parameters.group.")
    if key.startswith("group."):
        key = "community.groups." + key.removeprefix("group.")
    key = key.replace("community_overrides.", "community.", 1)
    for candidate in (key, f"parameters.{key}"):
        dated = f"{candidate}." if candidate.startswith("parameters.") else None
        found = [row for row in rows if row.key == candidate or dated and row.key.startswith(dated)] or [
            row for row in rows if row.key.startswith(candidate + ".")
        ]
        if found:
            return found
    known = [row.key for row in rows]
    hint = did_you_mean(key, known + [k.removeprefix("parameters.") for k in known])
    raise UsageError(
        f"no key {key!r} in this scenario" + (f"; {hint}" if hint else "; leave the key out to see all")
    )


def compare(first: Scenario, second: Scenario) -> list[Difference]:
    """Return the keys whose resolved value differs between two scenarios; titles and names are left aside."""
    left = {row.key: row for row in explain(first) if row.key not in HEAD}
    right = {row.key: row for row in explain(second) if row.key not in HEAD}
    return [
        Difference(key, left.get(key), right.get(key))
        for key in dict.fromkeys((*left, *right))
        if _effect(left.get(key)) != _effect(right.get(key))
    ]


def _effect(row: Row | None) -> Any:
    return None if row is None else (row.value, row.daily)


def written(value: Any) -> str:
    """Return a value as it would stand in a file."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return f"{value:g}" if abs(value) < 1e6 else f"{value:.0f}"
    if isinstance(value, list):
        return "[" + ", ".join(written(item) for item in value) + "]"
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value)
