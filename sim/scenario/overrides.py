"""``--set key=value`` on the command line, and a scenario's changes to its community."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath

from sim.errors import UsageError
from sim.scenario.nodes import Entry, MapNode, Node, Scalar, merge
from sim.scenario.problems import Mark, Problems, did_you_mean
from sim.scenario.reader import parse

__all__ = ["change_community", "parse_sets", "tree_of_sets"]

TOP_KEYS = (
    "title",
    "question",
    "community",
    "start",
    "burn_in",
    "horizon",
    "parameters",
    "mechanisms",
    "policies",
    "shocks",
    "community_overrides",
)
FORMS = (
    "parameters.NAME, policies.BLOCK.KEY, shocks.SHOCK.KEY, community.groups.GROUP.KEY, "
    "community.agencies.AGENCY.KEY, mechanisms.M3, community, start, burn_in, horizon"
)


def parse_sets(sets: Sequence[str], problems: Problems) -> list[MapNode]:
    """Turn ``key=value`` texts into trees to be laid over a scenario.

    Parameters
    ----------
    sets
        Texts such as ``policies.online_channel.dose=0.5``. The value is read as YAML, so lists work too.
    problems
        Where to note what is wrong.
    """
    if isinstance(sets, (str, bytes, Mapping)) or not isinstance(sets, Iterable):
        raise UsageError(f"sets: a list of texts, as in ['horizon=90'], not {sets!r}")
    trees = []
    for text in sets:
        if not isinstance(text, str):
            raise UsageError(f"sets: texts, as in 'horizon=90', not {text!r}")
        tree = _parse_set(text, problems)
        if tree is not None:
            trees.append(tree)
    return trees


def _parse_set(text: str, problems: Problems) -> MapNode | None:
    place = f"--set {text}"
    key, equals, value = text.partition("=")
    start = Mark(place, 1, 1)
    if not equals or not key.strip():
        problems.add(start, "", "not of the form key=value", got=repr(text), allowed=FORMS)
        return None
    node = parse(value, place, problems, column=len(key) + 2, path=key.strip())
    return None if node is None else _nested(key.strip(), start, node, "", problems)


def tree_of_sets(changes: MapNode, path: str, problems: Problems) -> list[MapNode]:
    """Turn a mapping of keys such as ``policies.online_channel.dose`` to values into trees, as for ``--set``."""
    trees = [
        _nested(key, entry.key_mark, entry.node, path, problems) for key, entry in changes.entries.items()
    ]
    return [tree for tree in trees if tree is not None]


def _nested(key: str, start: Mark, node: Node, path: str, problems: Problems) -> MapNode | None:
    """Put a value under the path that a dotted key means; every step is marked where it stands in the key."""
    steps = _steps(key)
    shown = f"{path}.{key}" if path else key
    if steps[0] not in TOP_KEYS or not all(steps):
        hint = did_you_mean(steps[0], TOP_KEYS)
        if hint is None and "." in key and all(steps):
            hint = f"a parameter is set as parameters.{key}"
        problems.add(start, shown, "unknown key", got=repr(key), allowed=FORMS, hint=hint)
        return None
    column = start.column + len(key)
    for step in reversed(steps):
        column -= len("community" if step == "community_overrides" else step)
        mark = Mark(start.file, start.line, max(start.column, column))
        column -= 1
        node = MapNode({step: Entry(mark, node)}, mark)
    assert isinstance(node, MapNode)
    return node


def _steps(key: str) -> list[str]:
    """Split a key at its dots, where the names of parameters and settings keep theirs."""
    steps = key.split(".")
    if steps[0] == "community" and len(steps) > 1:
        steps[0] = "community_overrides"
    if steps[0] == "parameters" and len(steps) > 1:
        when = steps[-1:] if len(steps) > 3 and re.fullmatch(r"\d+|\d{4}-\d\d-\d\d", steps[-1]) else []
        return ["parameters", ".".join(steps[1 : len(steps) - len(when)]), *when]
    if steps[0] == "policies" and len(steps) > 3 and steps[2] == "settings":
        return [*steps[:3], ".".join(steps[3:])]
    return steps


def change_community(below: MapNode, above: Node) -> MapNode:
    """Lay a scenario's changes over its community.

    The changes have the shape of a community file. Where the file has a number with value, source and grade, the bare
    number will do; its source is then the scenario itself and its grade ``assumed``.
    """
    changed = _change(below, above, ())
    assert isinstance(changed, MapNode)
    return changed


def _change(below: Node | None, above: Node, path: tuple[str, ...]) -> Node:
    is_cell = isinstance(below, MapNode) and "value" in below.entries and "source" in below.entries
    new_number = (
        below is None
        and len(path) == 3
        and path[0] == "agencies"
        and path[2] in ("staff", "workers_per_pool")
    )
    if (is_cell or new_number) and not isinstance(above, MapNode):
        return _cell(below, Entry(above.mark, above), above.mark)
    if is_cell and isinstance(above, MapNode) and "value" in above.entries:
        # the new value takes the place of the whole old one, be it a number or a table of shares
        return merge(_cell(below, above.entries["value"], above.mark), above.without("value"))
    if not isinstance(above, MapNode):
        return above
    entries = dict(below.entries) if isinstance(below, MapNode) else {}
    for key, entry in above.entries.items():
        old = entries.get(key)
        entries[key] = Entry(entry.key_mark, _change(old.node if old else None, entry.node, (*path, key)))
    return MapNode(entries, below.mark if isinstance(below, MapNode) else above.mark)


def _cell(below: Node | None, value: Entry, mark: Mark) -> MapNode:
    entries = dict(below.without("note").entries) if isinstance(below, MapNode) else {}
    entries["value"] = value
    # The file's name alone: results are shared, and show it.
    file = mark.file if mark.file.startswith("--set") else PurePath(mark.file).name
    entries["source"] = Entry(mark, Scalar(f"set by the scenario ({file})", mark.file, mark))
    entries["grade"] = Entry(mark, Scalar("assumed", "assumed", mark))
    return MapNode(entries, mark)
