"""Published figures, taken as they are published: what the model needs is worked out of them, and said.

Tables round their shares, count people, give per cent, have age bands of their own, or say how many households have
one person, two and so on. Numbers that many groups share stand once, under ``each_group``. Here a community becomes
what the model is made of: every group whole, shares of the model's age bands, a mean household size, whole posts.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sim.scenario.nodes import Entry, MapNode, Node, Scalar
from sim.scenario.problems import Mark, Problems
from sim.scenario.texts import quoted
from sim.vocabulary.categories import AGE_BANDS

__all__ = ["Reading", "each_group", "read_figures"]

TOLERANCE = 1e-6
"""How far shares may miss 1 before it is called rounding."""

OLDEST = 100
"""Age at which nobody is left: over a last, open band people thin out evenly until then."""

MOST_AGE = 150
MOST_PERSONS = 50
FEWEST_COUNTED = 10
"""Whole numbers that add up to less are shares gone wrong, not counts."""

_CLOSED = re.compile(r"(\d{1,3})\s*(?:_|-|–|_to_| to )\s*(\d{1,3})\Z")
_OPEN = re.compile(r"(\d{1,3})\s*(?:_?plus|\+|_and_(?:over|older|more)| and (?:over|older|more)|_or_more)\Z")
_SINGLE = re.compile(r"(\d{1,3})\Z")
_UNDER = re.compile(r"(?:under|below)[_ ](\d{1,3})\Z")


_ONE = Scalar(1.0, "1.0", Mark("", 1, 1))


@dataclass(frozen=True, slots=True)
class Reading:
    """What was made of a published figure, and where that stands."""

    mark: Mark
    path: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.mark}: {self.path}: {self.sentence}"


def each_group(tree: MapNode) -> MapNode:
    """Return a community in which every group has what ``each_group`` says, unless it says otherwise itself."""
    shared, groups = tree.get("each_group"), tree.get("groups")
    if not (isinstance(shared, MapNode) and isinstance(groups, MapNode)):
        return tree
    entries = {}
    for name, entry in groups.entries.items():
        own = entry.node
        if isinstance(own, MapNode):
            both = dict(shared.entries)
            for key, inner in own.entries.items():
                # a group's own figure takes the place of the whole shared one, its source included
                both[key] = inner
            own = MapNode(both, own.mark)
        entries[name] = Entry(entry.key_mark, own)
    return tree.without("each_group").replaced("groups", MapNode(entries, groups.mark))


def read_figures(tree: MapNode, problems: Problems) -> tuple[MapNode, list[Reading]]:
    """Return a community with its published figures as the model takes them.

    Parameters
    ----------
    tree
        A community document, checked or not: what is not of a known shape stays for the schema to report.
    problems
        Where to note what is wrong about the figures.

    Returns
    -------
    MapNode
        The document.
    list of Reading
        What was made of the figures that were not taken word for word.
    """
    readings: list[Reading] = []
    for section, read in (("groups", _group), ("agencies", _agency)):
        node = tree.get(section)
        if isinstance(node, MapNode):
            entries = {
                name: Entry(entry.key_mark, read(entry.node, f"{section}.{name}", problems, readings))
                if isinstance(entry.node, MapNode)
                else entry
                for name, entry in node.entries.items()
            }
            tree = tree.replaced(section, MapNode(entries, node.mark))
    return tree, readings


def _group(group: MapNode, path: str, problems: Problems, readings: list[Reading]) -> MapNode:
    for key, read in (("ages", _ages), ("household_size", _household_size)):
        cell = group.get(key)
        value = cell.get("value") if isinstance(cell, MapNode) else None
        if isinstance(cell, MapNode) and isinstance(value, MapNode):
            new = read(value, f"{path}.{key}.value", problems, readings)
            group = group.replaced(key, cell.replaced("value", new))
    return group


def _agency(agency: MapNode, path: str, _problems: Problems, readings: list[Reading]) -> MapNode:
    """Return an agency whose posts are whole: the model has no part-time workers."""
    cell = agency.get("staff")
    value = cell.get("value") if isinstance(cell, MapNode) else None
    posts = _number(value)
    if not isinstance(cell, MapNode) or posts is None or posts < 0 or posts == int(posts):
        return agency
    whole = max(1, math.floor(posts + 0.5))
    assert isinstance(value, Scalar)
    more = f"{abs(whole - posts):g} {'more' if whole > posts else 'fewer'}"
    note = f"{posts:g} posts are taken as {whole} whole ones, {more}"
    readings.append(Reading(value.mark, f"{path}.staff", note))
    return agency.replaced("staff", cell.replaced("value", replace(value, value=whole, text=str(whole))))


def _number(node: Node | None) -> float | None:
    """Return the number at a node; None where there is none."""
    value = node.value if isinstance(node, Scalar) else None
    return None if isinstance(value, bool) or not isinstance(value, (int, float)) else value


def _shares(value: MapNode, path: str, problems: Problems, readings: list[Reading]) -> list[float] | None:
    """Return figures as shares that add up to 1, be they shares, per cent or counts; None where they are neither."""
    numbers = [_number(entry.node) for entry in value.entries.values()]
    if not numbers or any(number is None or number < 0 for number in numbers):
        return None  # the schema says so
    found = [float(number) for number in numbers if number is not None]
    total, digits = math.fsum(found), max(_decimals(entry.node) for entry in value.entries.values())
    slack = 0.5 * 10.0**-digits * sum(number > 0 for number in found)
    counts = digits == 0 and all(number == int(number) for number in found)
    # a share is less than half a last digit away from what it was, or it would have been rounded the other way
    if abs(total - 1.0) <= max(0.0 if counts else slack * (1 - 1e-9), TOLERANCE):
        if abs(total - 1.0) <= TOLERANCE:
            return found
        note = f"the shares add up to {total:.6g} by rounding; they are divided by it"
    elif max(found) > 1 and abs(total - 100.0) <= max(slack * (1 - 1e-9), TOLERANCE):
        note = f"the figures add up to {total:.6g} and are taken as per cent"
    elif counts and total >= FEWEST_COUNTED:
        note = f"the figures are taken as counts, of {total:,.0f} together"
    else:
        problems.add(
            value.mark,
            path,
            "the shares do not add up to 1",
            got=f"{total:.6g}",
            allowed=f"1, or between {1 - slack:.6g} and {1 + slack:.6g} by rounding; per cent that add up to 100; "
            "or counts",
        )
        return None
    readings.append(Reading(value.mark, path, note))
    return [number / total for number in found]


def _decimals(node: Node) -> int:
    """Return the digits after the point of a number as it is written."""
    text = node.text if isinstance(node, Scalar) else ""
    mantissa, _, exponent = text.lower().partition("e")
    digits = len(mantissa.partition(".")[2])
    return max(0, digits - int(exponent)) if exponent.lstrip("+-").isdigit() else digits


def _with(value: MapNode, shares: Mapping[str, float]) -> MapNode:
    """Return a table of figures with other names and numbers in it, all marked where the table stands."""
    entries = {
        name: Entry(
            value.entries[name].key_mark if name in value.entries else value.mark,
            Scalar(
                share, repr(share), value.entries[name].node.mark if name in value.entries else value.mark
            ),
        )
        for name, share in shares.items()
    }
    return MapNode(entries, value.mark)


def _ages(value: MapNode, path: str, problems: Problems, readings: list[Reading]) -> MapNode:
    """Return shares of the model's age bands."""
    ours = all(band in AGE_BANDS for band in value.entries)
    bands = {} if ours else _bands(value, path, problems)
    shares = _shares(value, path, problems, readings)
    if shares is None or bands is None:
        # what was reported gives way to something sound: the schema need not complain about it again
        return MapNode({AGE_BANDS[0]: Entry(value.mark, _ONE)}, value.mark) if _reported(value, problems) else value
    if ours:
        own = dict(zip(value.entries, shares, strict=True))
        unchanged = all(_number(value.entries[band].node) == share for band, share in own.items())
        return value if unchanged else _with(value, own)
    parts = dict.fromkeys(AGE_BANDS, 0.0)
    for (low, high), share in zip(bands.values(), shares, strict=True):
        for band, part in _spread(low, high).items():
            parts[band] += part * share
    total = math.fsum(parts.values())
    taken = {band: part / total for band, part in parts.items() if part > 0}
    said = ", ".join(f"{band} {part:.4g}" for band, part in taken.items())
    readings.append(
        Reading(
            value.mark,
            path,
            f"the bands {', '.join(value.entries)} are taken as {said} (ages spread evenly within a band, and thin out "
            f"to none at {OLDEST} over an open one)",
        )
    )
    return _with(value, taken)


def _bands(value: MapNode, path: str, problems: Problems) -> dict[str, tuple[int, int | None]] | None:
    """Return first and last age of each published band (None: open), or None where they do not go together."""
    bands: dict[str, tuple[int, int | None]] = {}
    sound = True
    for name, entry in value.entries.items():
        band = _band(name)
        if band is None or band[0] > MOST_AGE or (band[1] is not None and not band[0] <= band[1] <= MOST_AGE):
            problems.add(
                entry.key_mark,
                f"{path}.{name}",
                "not an age band",
                got=quoted(name),
                allowed="bands such as 0_14, 15-64, under_18, 65_plus, 65+, or single years",
            )
            sound = False
        else:
            bands[name] = band
    ordered = sorted(bands.items(), key=lambda item: item[1][0])
    for (before, (_, last)), (name, (low, _)) in zip(ordered, ordered[1:], strict=False):
        if last is None or low <= last:
            wrong = f"overlaps with {before}"
        elif low > last + 1 and sound:
            wrong = f"leaves out the ages from {last + 1} to {low - 1} after {before}"
        else:
            continue
        problems.add(value.entries[name].key_mark, f"{path}.{name}", wrong, allowed="bands that follow each other")
        sound = False
    return bands if sound else None


def _band(name: str) -> tuple[int, int | None] | None:
    """Return first and last age of a band by its name; the last is None where the band is open."""
    if match := _CLOSED.match(name):
        return int(match[1]), int(match[2])
    if match := _OPEN.match(name):
        return int(match[1]), None
    if match := _SINGLE.match(name):
        return int(match[1]), int(match[1])
    if match := _UNDER.match(name):
        return 0, int(match[1]) - 1
    return None


def _spread(low: int, high: int | None) -> dict[str, float]:
    """Return which part of an age band lies in each of the model's."""
    last = max(low, OLDEST - 1) if high is None else high
    weights = {age: 1.0 if high is not None else float(max(OLDEST - age, 1)) for age in range(low, last + 1)}
    total = math.fsum(weights.values())
    parts = dict.fromkeys(AGE_BANDS, 0.0)
    edges = [(_band(band) or (0, None), band) for band in AGE_BANDS]
    for age, weight in weights.items():
        parts[next(band for (first, _), band in reversed(edges) if age >= first)] += weight / total
    return {band: part for band, part in parts.items() if part > 0}


def _household_size(value: MapNode, path: str, problems: Problems, readings: list[Reading]) -> Scalar | MapNode:
    """Return the mean size of the households in a table of how many there are of each size."""
    sizes: list[float] = []
    for name, entry in value.entries.items():
        band = _band(name)
        if band is None or not 1 <= band[0] <= MOST_PERSONS or (band[1] is not None and band[1] < band[0]):
            problems.add(
                entry.key_mark,
                f"{path}.{name}",
                "not a number of persons",
                got=quoted(name),
                allowed="1, 2, 3 and so on, 5_plus or 5+ for the last",
            )
        else:
            sizes.append(band[0] if band[1] is None else (band[0] + band[1]) / 2)
    shares = _shares(value, path, problems, readings)
    if shares is None or len(sizes) < len(shares):
        return replace(_ONE, mark=value.mark) if _reported(value, problems) else value
    mean = math.fsum(size * share for size, share in zip(sizes, shares, strict=True))
    open_ones = [name for name in value.entries if (_band(name) or (0, 0))[1] is None]
    rest = f"; households of {open_ones[0]} are counted with {int(max(sizes))}" if open_ones else ""
    readings.append(Reading(value.mark, path, f"{mean:.4g} persons in the mean of these households{rest}"))
    return Scalar(round(mean, 6), f"{mean:.6g}", value.mark)


def _reported(value: MapNode, problems: Problems) -> bool:
    """Whether something about a table of figures was reported already."""
    marks: Iterable[Mark] = (value.mark, *(entry.key_mark for entry in value.entries.values()))
    return any(problems.at(mark) for mark in marks)
