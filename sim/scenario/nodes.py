"""Trees of plain data in which every key and value remembers the file, line and column it was written at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from sim.scenario.problems import Mark
from sim.scenario.texts import quoted

__all__ = ["Entry", "ListNode", "MapNode", "Node", "Scalar", "find", "from_plain", "merge", "plain", "show"]


@dataclass(frozen=True, slots=True)
class Scalar:
    """A leaf: its value as plain Python data, and its text as it stands in the file."""

    value: str | int | float | bool | dt.date | None
    text: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class ListNode:
    """A sequence of nodes."""

    items: tuple[Node, ...]
    mark: Mark


@dataclass(frozen=True, slots=True)
class Entry:
    """What a key of a mapping leads to, and where the key itself stands."""

    key_mark: Mark
    node: Node


@dataclass(frozen=True, slots=True)
class MapNode:
    """A mapping from text keys to nodes, in the order of the file."""

    entries: Mapping[str, Entry] = field(default_factory=dict)
    mark: Mark = Mark("<nowhere>", 1, 1)

    def get(self, key: str) -> Node | None:
        """Return the node under a key, or None."""
        entry = self.entries.get(key)
        return entry.node if entry else None

    def without(self, *keys: str) -> MapNode:
        """Return the same mapping without some keys."""
        return MapNode({k: e for k, e in self.entries.items() if k not in keys}, self.mark)

    def replaced(self, key: str, node: Node) -> MapNode:
        """Return the same mapping with another node under a key (whose own mark stays, if it had one)."""
        old = self.entries.get(key)
        return MapNode({**self.entries, key: Entry(old.key_mark if old else node.mark, node)}, self.mark)


Node: TypeAlias = "Scalar | ListNode | MapNode"


def plain(node: Node) -> Any:
    """Return a tree as plain dicts, lists and scalars."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, ListNode):
        return [plain(item) for item in node.items]
    return {key: plain(entry.node) for key, entry in node.entries.items()}


def from_plain(value: Any, mark: Mark) -> Node:
    """Return plain data as a tree whose every node carries one mark (for data that comes from no file)."""
    if isinstance(value, Mapping):
        return MapNode({str(k): Entry(mark, from_plain(v, mark)) for k, v in value.items()}, mark)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ListNode(tuple(from_plain(v, mark) for v in value), mark)
    return Scalar(value, "null" if value is None else str(value), mark)


def merge(below: Node, above: Node) -> Node:
    """Lay one tree over another: mappings merge key by key, anything else is replaced.

    Keys keep the order of ``below``, new ones follow. An empty mapping on either side changes nothing, and layers of
    one schema (a value under a key in all of them, or a mapping in all) can be merged in any grouping.
    """
    if not (isinstance(below, MapNode) and isinstance(above, MapNode)):
        return above
    entries = dict(below.entries)
    for key, entry in above.entries.items():
        old = entries.get(key)
        entries[key] = entry if old is None else Entry(entry.key_mark, merge(old.node, entry.node))
    return MapNode(entries, above.mark)


def find(node: Node, path: Sequence[str | int]) -> tuple[Mark, Mark, Node, int]:
    """Follow a path as far as it goes.

    Returns
    -------
    tuple
        Mark of the last key followed, mark of the value there, the node itself, and how many steps were followed.
    """
    key_mark = node.mark
    for depth, step in enumerate(path):
        if isinstance(node, MapNode) and str(step) in node.entries:
            entry = node.entries[str(step)]
            key_mark, node = entry.key_mark, entry.node
        elif isinstance(node, ListNode) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
            key_mark = node.mark
        else:
            return key_mark, node.mark, node, depth
    return key_mark, node.mark, node, len(path)


def leaves(node: Node, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Node]]:
    """Yield every leaf with its path; a list counts as one leaf, and so does an empty mapping."""
    if isinstance(node, MapNode) and node.entries:
        for key, entry in node.entries.items():
            yield from leaves(entry.node, (*path, key))
    else:
        yield path, node


def show(node: Node) -> str:
    """Say in a few words what stands at a node, for "got ..." in a message."""
    if isinstance(node, MapNode):
        return "a mapping" if node.entries else "an empty mapping"
    if isinstance(node, ListNode):
        return "a list" if node.items else "an empty list"
    if node.value is None:
        return "nothing"
    if isinstance(node.value, str):
        return quoted(node.text)
    return node.text if len(node.text) <= 60 else node.text[:57] + "..."
