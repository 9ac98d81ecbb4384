"""Shocks: what befalls a community on a day, named and dated, in plain words. A crisis is more needs for a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.scenario.dated import Dated
from sim.scenario.dates import Calendar
from sim.scenario.frozen import FrozenMapping
from sim.scenario.nodes import ListNode, MapNode, plain
from sim.scenario.parameters import ParameterSet, Value, daily
from sim.scenario.policies import check_dates
from sim.scenario.problems import Problems
from sim.scenario.texts import name_complaint, quoted
from sim.vocabulary.categories import CATEGORIES

__all__ = ["Shock", "build_shocks", "check_shocks", "timeline"]

KEYS: Mapping[str, tuple[str, ...]] = {"crisis": ("needs", "enquiries", "categories")}
"""By kind of shock, the keys that it takes besides kind, start, end and off; the first is needed."""

NO_END = 1 << 30
"""The day on which something ends that lasts."""

_ALWAYS = ("kind", "start", "end", "off")


@dataclass(frozen=True, slots=True)
class Shock:
    """What befalls the community for some time.

    Attributes
    ----------
    name
        The block's own name.
    kind
        ``crisis``: more needs.
    start, end
        First and last day; `end` is None where it lasts.
    start_day, end_day
        The same as days of the run: the first day, and the first day no longer.
    values
        What the kind takes: of a crisis the factors ``needs`` and ``enquiries`` and the ``categories`` (empty: all).
    """

    name: str
    kind: str
    start: dt.date
    end: dt.date | None
    start_day: int
    end_day: int
    values: FrozenMapping[str, Any]

    @property
    def behaviour(self) -> list[Any]:
        """Everything that can change a result, as plain data."""
        return [self.name, self.kind, self.start_day, self.end_day, _plain(self.values)]


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: list(value) if isinstance(value, tuple) else value for key, value in sorted(values.items())}


def _blocks(tree: MapNode) -> dict[str, MapNode]:
    node = tree.get("shocks")
    entries = sorted(node.entries.items()) if isinstance(node, MapNode) else ()
    return {name: entry.node for name, entry in entries if isinstance(entry.node, MapNode)}


def check_shocks(tree: MapNode, calendar: Calendar, problems: Problems) -> None:
    """Report keys that do not belong to a kind of shock, dates that cannot be and names that do not exist."""
    for name, node in _blocks(tree).items():
        data, path = plain(node), f"shocks.{name}"
        complaint = name_complaint(name)
        if complaint is not None:
            problems.add(node.mark, path, complaint[0], got=quoted(name), allowed=complaint[1])
            continue
        if data.get("off"):
            continue
        kind = data.get("kind")
        told = {problem.path for problem in problems.items}  # wrong, and dropped when the file was read
        if kind is None:
            if f"{path}.kind" not in told:
                problems.add(node.mark, f"{path}.kind", "is missing", allowed=", ".join(KEYS))
            continue
        for key, entry in node.entries.items():
            if key not in (*_ALWAYS, *KEYS[kind]):
                problems.unknown(entry.key_mark, f"{path}.{key}", f"key of a {kind}", key, (*KEYS[kind], *_ALWAYS))
        main = f"{path}.{KEYS[kind][0]}"
        if data.get(KEYS[kind][0]) is None and main not in told:
            problems.add(node.mark, main, f"is missing (what a {kind} is about)")
        check_dates(node, data, path, calendar, problems)
        categories = node.get("categories")
        for index, item in enumerate(categories.items if isinstance(categories, ListNode) else ()):
            if plain(item) not in CATEGORIES:
                inner = f"{path}.categories[{index}]"
                problems.unknown(item.mark, inner, "category of needs", str(plain(item)), CATEGORIES)


def factor(written: Any) -> float:
    """The number that a factor means: 3, or the text x3."""
    return float(written.lstrip("x×")) if isinstance(written, str) else float(written)


def build_shocks(tree: MapNode, calendar: Calendar) -> tuple[Shock, ...]:
    """Return the shocks that befall, in the order of their names; those that are off are left out."""
    shocks = []
    for name, node in _blocks(tree).items():
        data = plain(node)
        if data.get("off"):
            continue
        start = calendar.at(data.get("start") or 0)
        end = None if data.get("end") is None else calendar.at(data["end"])
        shocks.append(
            Shock(
                name=name,
                kind=data["kind"],
                start=start,
                end=end,
                start_day=calendar.day(start),
                end_day=NO_END if end is None else calendar.day(end) + 1,
                values=FrozenMapping(_VALUES[data["kind"]](data)),
            )
        )
    return tuple(shocks)


def _crisis(data: Mapping[str, Any]) -> dict[str, Any]:
    categories = data.get("categories") or ()
    return {
        "needs": factor(data["needs"]),
        "enquiries": factor(1 if data.get("enquiries") is None else data["enquiries"]),
        "categories": tuple(name for name in CATEGORIES if name in categories),
    }


_VALUES = {"crisis": _crisis}


def timeline(
    dated: Dated, shocks: Sequence[Shock], parameters: ParameterSet, calendar: Calendar
) -> tuple[tuple[int, FrozenMapping[str, Value]], ...]:
    """Return the days on which parameters change, with the daily values in force from each on that ever differ.

    Dated parameters have their values of the day, and crises multiply what is then in force. Parameters whose
    mechanism is switched off stay as that leaves them.
    """
    crises = [shock for shock in shocks if shock.kind == "crisis"]
    days = {day for later in dated.values() for day, _ in later}
    days |= {day for shock in crises for day in (shock.start_day, shock.end_day)}
    names = [*dated, *(_OF_CRISES if crises else ())]
    result = []
    for day in sorted(days - {NO_END}):
        now: dict[str, Value] = {name: parameters[name] for name in names if name in parameters}
        for name, later in dated.items():
            past = [value for from_day, value in later if from_day <= day]
            if past:
                now[name] = daily(past[-1], parameters.specs[name].kind)
        for shock in crises:
            if shock.start_day <= day < shock.end_day:
                _multiply(now, shock.values)
        off = parameters.switched_off
        result.append((day, FrozenMapping({name: off.get(name, value) for name, value in sorted(now.items())})))
    return tuple(result)


_MIX = tuple(f"needs.mix_{name}" for name in CATEGORIES)
_OF_CRISES = ("needs.rate", "needs.enquiries", *_MIX)


def _multiply(now: dict[str, Any], values: Mapping[str, Any]) -> None:
    """Multiply the needs of some categories, or of all: their rate, and their part in all needs."""
    now["needs.enquiries"] *= values["enquiries"]
    if not values["categories"]:
        now["needs.rate"] *= values["needs"]
        return
    # the last category has what the others leave, as in the rule that draws it
    shares = [now[name] for name in _MIX[:-1]]
    shares.append(max(1.0 - sum(shares), 0.0))
    chosen = values["categories"]
    weights = [
        share * (values["needs"] if name in chosen else 1.0) for name, share in zip(CATEGORIES, shares, strict=True)
    ]
    total = sum(weights)
    now["needs.rate"] *= total
    if total > 0.0:
        now.update({name: weight / total for name, weight in zip(_MIX, weights, strict=True)})
