"""Shocks: what befalls a community on a day, named and dated, in plain words: more needs for a time, or fewer posts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.scenario.dated import Dated
from sim.scenario.dates import Calendar
from sim.scenario.frozen import FrozenMapping
from sim.scenario.nodes import ListNode, MapNode, Node, find, from_plain, plain
from sim.scenario.parameters import ParameterSet, Value, daily
from sim.scenario.policies import check_dates
from sim.scenario.problems import Problems
from sim.scenario.texts import name_complaint, quoted
from sim.vocabulary.categories import CATEGORIES

__all__ = ["Shock", "build_shocks", "check_shocks", "timeline"]

KEYS: Mapping[str, tuple[str, ...]] = {
    "crisis": ("needs", "enquiries", "categories"),
    "cut": ("posts", "agencies"),
    "influx": ("people", "like", "quarters", "new_quarter", "label", "headline", "elector"),
}
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
        ``crisis``: more needs; ``cut``: fewer posts; ``influx``: people who arrive, a group of the shock's name.
    start, end
        First and last day; `end` is None where it lasts.
    start_day, end_day
        The same as days of the run: the first day, and the first day no longer.
    values
        What the kind takes: of a crisis the factors ``needs`` and ``enquiries`` and the ``categories`` (empty: all); of
        a cut the share of ``posts`` that end, and in which ``agencies``; of an influx the number of ``people``, the
        group that they are ``like``, and the ``quarters`` that they move to.
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


def check_shocks(
    tree: MapNode, calendar: Calendar, agencies: Sequence[str], own: Sequence[str], problems: Problems
) -> None:
    """Report keys that do not belong to a kind of shock, dates that cannot be and names that do not exist.

    ``own`` are the agencies that are no partners from outside.
    """
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
            problems.add(node.mark, main, "is missing (what this kind is about)")
        check_dates(node, data, path, calendar, problems)
        for key, what, known in (("categories", "category of needs", CATEGORIES), ("agencies", "agency", agencies)):
            names = node.get(key)
            for index, item in enumerate(names.items if isinstance(names, ListNode) else ()):
                if plain(item) not in known:
                    problems.unknown(item.mark, f"{path}.{key}[{index}]", what, str(plain(item)), known)
    if not problems:
        _check_overlaps(tree, build_shocks(tree, calendar, own), problems)


def _check_overlaps(tree: MapNode, shocks: Sequence[Shock], problems: Problems) -> None:
    """Report two cuts in one agency at the same time."""
    cuts = [shock for shock in shocks if shock.kind == "cut"]
    for i, later in enumerate(cuts):
        for earlier in cuts[:i]:
            both = set(later.values["agencies"]) & set(earlier.values["agencies"])
            if both and later.start_day < earlier.end_day and earlier.start_day < later.end_day:
                problems.add(
                    find(tree, ("shocks", later.name))[0],
                    f"shocks.{later.name}",
                    f"cuts {sorted(both)[0]} while {earlier.name} does",
                    allowed="one cut at a time in an agency: end the first, and begin another with the sum",
                )


def factor(written: Any) -> float:
    """The number that a factor means: 3, or the text x3."""
    return float(written.lstrip("x×")) if isinstance(written, str) else float(written)


def build_shocks(tree: MapNode, calendar: Calendar, agencies: Sequence[str]) -> tuple[Shock, ...]:
    """Return the shocks that befall, in the order of their names; those that are off are left out.

    ``agencies`` are those that a cut is about where it names none.
    """
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
                values=FrozenMapping(_VALUES[data["kind"]](data, agencies)),
            )
        )
    return tuple(shocks)


def _crisis(data: Mapping[str, Any], agencies: Sequence[str]) -> dict[str, Any]:
    categories = data.get("categories") or ()
    return {
        "needs": factor(data["needs"]),
        "enquiries": factor(1 if data.get("enquiries") is None else data["enquiries"]),
        "categories": tuple(name for name in CATEGORIES if name in categories),
    }


def _cut(data: Mapping[str, Any], agencies: Sequence[str]) -> dict[str, Any]:
    return {"posts": float(data["posts"]), "agencies": tuple(data.get("agencies") or agencies)}


def _influx(data: Mapping[str, Any], agencies: Sequence[str]) -> dict[str, Any]:
    found = {key: data[key] for key in KEYS["influx"] if data.get(key) is not None}
    return {key: tuple(value) if isinstance(value, list) else value for key, value in found.items()}


_VALUES = {"crisis": _crisis, "cut": _cut, "influx": _influx}


def with_newcomers(town: MapNode, scenario: MapNode, problems: Problems) -> MapNode:
    """Return a community with a group for each influx of a scenario: like another group, by default the largest.

    A community that has them already (one that was resolved) is left as it is.
    """
    groups, blocks = town.get("groups"), town.get("blocks")
    if not isinstance(groups, MapNode) or not isinstance(blocks, MapNode):
        return town
    settled = {name: entry.node for name, entry in groups.entries.items() if isinstance(entry.node, MapNode)}
    for name, node in _blocks(scenario).items():
        data, path = plain(node), f"shocks.{name}"
        if data.get("off") or data.get("kind") != "influx":
            continue
        if name in settled:
            if not plain(settled[name]).get("arrives"):
                problems.add(node.mark, path, "a group of this name lives here already", allowed="another name")
            continue
        like = data.get("like") or max(settled, key=lambda group: _size(settled[group]))
        if like not in settled:
            problems.unknown(find(node, ("like",))[1], f"{path}.like", "group", like, list(settled))
            continue
        bad = [quarter for quarter in data.get("quarters") or () if quarter not in blocks.entries]
        for quarter in bad:
            problems.unknown(find(node, ("quarters",))[1], f"{path}.quarters", "block", quarter, list(blocks.entries))
        if bad or not data.get("people"):
            continue
        source = {"source": f"set by the scenario ({node.mark.file})", "grade": "assumed"}
        changes = {"size": {"value": data["people"], **source}, "arrives": True, "label": data.get("label") or name}
        changes |= {key: data[key] for key in ("headline", "elector") if data.get(key) is not None}
        group = settled[like].without("size")
        for key, value in changes.items():
            group = group.replaced(key, from_plain(value, node.mark))
        chosen = data.get("quarters")
        if data.get("new_quarter"):
            if chosen:
                problems.add(node.mark, path, "quarters and new_quarter", allowed="one of the two: where they move to")
                continue
            chosen = [f"{name}_quarter"]
            nobody = {g: 0.0 for g, each in settled.items() if "quarter" in (plain(each).get("lives_in") or ())}
            quarter_of_theirs = {"kind": "quarter", "label": data["new_quarter"], "weight": {"value": nobody, **source}}
            blocks = blocks.replaced(chosen[0], from_plain(quarter_of_theirs, node.mark))
        if chosen:
            kinds = list(dict.fromkeys(plain(blocks)[quarter]["kind"] for quarter in chosen))
            group = group.replaced("lives_in", from_plain(kinds, node.mark))
        groups = groups.replaced(name, group)
        for block, entry in blocks.entries.items():
            blocks = blocks.replaced(block, _weighted(entry.node, name, like, chosen, plain(group)["lives_in"], block))
    return town.replaced("groups", groups).replaced("blocks", blocks)


def _size(group: MapNode) -> float:
    size = plain(group).get("size")
    value = size.get("value") if isinstance(size, dict) else size
    return float(value) if isinstance(value, (int, float)) else 0.0


def _weighted(
    node: Node, name: str, like: str, chosen: Sequence[str] | None, kinds: Sequence[str], block: str
) -> Node:
    """A block with the weight of those who arrive: as of the group they are like, or evenly over chosen quarters."""
    if not isinstance(node, MapNode) or plain(node).get("kind") not in kinds:
        return node
    weight = plain(node).get("weight") or {"value": {}, "source": "even", "grade": "assumed"}
    usual = weight["value"].get(like, 1.0)
    share = usual if chosen is None else float(block in chosen)
    return node.replaced("weight", from_plain({**weight, "value": {**weight["value"], name: share}}, node.mark))


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
