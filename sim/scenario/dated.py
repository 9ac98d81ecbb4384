"""Parameters that change on a day of the run: reading their values, and what they come to in a parameter set."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from sim.scenario.dates import Calendar
from sim.scenario.nodes import MapNode, Scalar, plain, show
from sim.scenario.parameters import ParameterSpec, Value
from sim.scenario.problems import Problems
from sim.scenario.texts import quoted

__all__ = ["START", "Dated", "dated_keys", "in_parameter_set", "read_dated"]

START = "start"
"""The key of the value before the first date; the declared value where it is left out."""

Dated = Mapping[str, tuple[tuple[int, Value], ...]]
"""By parameter, days of the run and the value as written that holds from each on, in the order of days."""

_CAN_CHANGE = ("turnover", "academic_leave", "need_ratio", "participation_shift")
_FIXED = {
    "structure": "how queues are shared is decided once, when the community is built",
    "population": "who lives here is decided once, when the community is built",
    "network": "who knows whom is decided once, when the community is built",
    "policy": "a programme's settings are those of its block: end one block and start another with other settings",
    "group": "of a group only " + ", ".join(_CAN_CHANGE) + " can change; who lives here is decided once",
}
"""By the first part of a parameter's name, why it cannot change within a run."""


def _reason(name: str) -> str | None:
    """Why a parameter cannot change within a run; None where it can."""
    first, _, rest = name.partition(".")
    return None if first == "group" and rest.rpartition(".")[2] in _CAN_CHANGE else _FIXED.get(first)


def _day(key: str) -> dt.date | int | None:
    """The date or day of the run that a key stands for, or None."""
    if key.isdecimal() and len(key) < 6:
        return int(key)
    try:
        return dt.date.fromisoformat(key) if len(key) == 10 else None
    except ValueError:
        return None


def read_dated(
    name: str, node: MapNode, spec: ParameterSpec, calendar: Calendar, problems: Problems
) -> tuple[tuple[int, Value], ...]:
    """Return the values that a parameter takes from days on, in the order of days; what is wrong is noted.

    Parameters
    ----------
    name
        The parameter.
    node
        Its values by date, by day of the run, and under ``start``.
    spec
        What is declared about it.
    """
    path = f"parameters.{name}"
    reason = _reason(name)
    if reason:
        problems.add(node.mark, path, "cannot change within a run", got="values by date", hint=reason)
        return ()
    found: dict[int, Value] = {}
    for key, entry in node.entries.items():
        inner = f"{path}.{key}"
        value = plain(entry.node)
        complaint = spec.complaint(value)
        if complaint and not problems.at(entry.node.mark):
            problems.add(entry.node.mark, inner, complaint[0], got=show(entry.node), allowed=complaint[1])
        if key == START:
            continue
        given = _day(key)
        if given is None:
            allowed = f"{START}, a date such as {calendar.first_day}, or a day of the run"
            problems.add(entry.key_mark, inner, "not a date", got=quoted(key), allowed=allowed)
            continue
        date = calendar.at(given)
        wrong = calendar.complaint(date)
        if wrong:
            problems.add(entry.key_mark, inner, wrong, got=key, allowed=calendar.span(given))
        elif calendar.day(date) in found:
            problems.add(entry.key_mark, inner, "this day has a value already", got=key, allowed="one value a day")
        else:
            found[calendar.day(date)] = value
    return tuple(sorted(found.items()))


def dated_keys(below: MapNode, above: MapNode) -> MapNode:
    """Return ``below`` with the plain value of each parameter that ``above`` dates put under ``start``.

    So that a scenario which dates a parameter starts from the value of the scenario that it extends.
    """
    mine, theirs = below.get("parameters"), above.get("parameters")
    if not isinstance(mine, MapNode) or not isinstance(theirs, MapNode):
        return below
    for name, entry in theirs.entries.items():
        old = mine.get(name)
        if isinstance(entry.node, MapNode) and isinstance(old, Scalar) and old.value is not None:
            mine = mine.replaced(name, MapNode({START: mine.entries[name]}, old.mark))
    return below.replaced("parameters", mine)


def in_parameter_set(
    value: Value, first: Value, later: tuple[tuple[int, Value], ...], spec: ParameterSpec
) -> dict[str, Value]:
    """Return a dated parameter's values where a parameter set gives it another value to start from.

    All of them are multiplied by the ratio of the set's value to the first one, and kept within the declared range,
    which is taken as wide as the written values are. Words and switches, and values after a first one of 0, stay.
    """
    values: dict[str, Value] = {START: value, **{str(day): written for day, written in later}}
    if spec.kind in ("choice", "switch") or not float(first):
        return values
    written = [float(first), *(float(each) for _, each in later)]
    low = min(written) if spec.low is None else min(spec.low, *written)
    high = max(written) if spec.high is None else max(spec.high, *written)
    for day, each in later:
        scaled = min(max(float(each) * float(value) / float(first), low), high)
        values[str(day)] = round(scaled) if spec.kind == "count" else scaled
    return values
