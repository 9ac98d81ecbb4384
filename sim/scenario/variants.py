"""Which scenarios an experiment asks for: by name, with a few values changed, or all combinations of some policies."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import Path

from sim.scenario.finder import SUFFIXES
from sim.scenario.nodes import ListNode, MapNode, Node, Scalar, from_plain, plain
from sim.scenario.overrides import tree_of_sets
from sim.scenario.problems import Mark, Problems

__all__ = ["Wanted", "wanted_scenarios"]

MOST_COMBINATIONS = 256
"""Most scenarios a factorial may make."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One scenario to load: its name, the file's name and where that stands, and what is set on top."""

    name: str
    source: str
    mark: Mark
    path: str
    sets: tuple[MapNode, ...]


def wanted_scenarios(tree: MapNode, problems: Problems) -> list[Wanted]:
    """Return the scenarios an experiment asks for, the baseline first."""
    base = tree.get("baseline")
    if not isinstance(base, Scalar) or not isinstance(base.value, str):
        return []
    wanted = [Wanted(_stem(base.value), base.value, base.mark, "baseline", ())]
    listed = tree.get("scenarios")
    for index, node in enumerate(listed.items if isinstance(listed, ListNode) else ()):
        item = _variant(node, f"scenarios[{index}]", base.value, problems)
        if item is not None:
            wanted.append(item)
    factorial = tree.get("factorial")
    if isinstance(factorial, MapNode):
        wanted += _combinations(factorial, base, problems)
    seen: dict[str, Wanted] = {}
    for item in wanted:
        if item.name in seen and not (item.path == "scenarios[0]" and not item.sets):
            problems.add(
                item.mark,
                item.path,
                "a scenario of this name is already part of the experiment",
                got=repr(item.name),
                hint="give it another name",
            )
        seen.setdefault(item.name, item)
    return list(seen.values())


def _stem(name: str) -> str:
    return Path(name).stem if name.endswith(SUFFIXES) else name.rsplit("/", 1)[-1]


def _variant(node: Node, path: str, base: str, problems: Problems) -> Wanted | None:
    if isinstance(node, Scalar):
        return Wanted(_stem(str(node.value)), str(node.value), node.mark, path, ())
    if not isinstance(node, MapNode):
        return None
    source, name, changes = node.get("scenario"), node.get("name"), node.get("set")
    sets: list[MapNode] = []
    if isinstance(changes, MapNode):
        sets = tree_of_sets(changes, f"{path}.set", problems)
        if name is None:
            problems.add(node.mark, f"{path}.name", "is missing (a changed scenario needs a name of its own)")
            return None
    texts = {key: plain(e.node) for key, e in node.entries.items() if key in ("name", "title", "question")}
    if texts:
        head = from_plain(texts, node.mark)
        assert isinstance(head, MapNode)
        sets.append(head)
    file = str(plain(source)) if source is not None else base
    label = str(plain(name)) if name is not None else _stem(file)
    return Wanted(label, file, source.mark if source is not None else node.mark, path, tuple(sets))


def _combinations(node: MapNode, base: Scalar, problems: Problems) -> list[Wanted]:
    """Return one scenario for each combination of doses; the names say which policies are at which dose."""
    data = plain(node)
    policies, doses = data["policies"], data.get("doses") or [0.0, 1.0]
    if len(doses) ** len(policies) > MOST_COMBINATIONS:
        problems.add(
            node.mark,
            "factorial",
            "too many combinations",
            got=f"{len(doses)} doses of {len(policies)} policies, {len(doses) ** len(policies)} scenarios",
            allowed=f"up to {MOST_COMBINATIONS}",
        )
        return []
    source = data.get("base") or base.value
    wanted = []
    for combination in itertools.product(doses, repeat=len(policies)):
        at_work = {p: d for p, d in zip(policies, combination, strict=True) if d > 0}
        if not at_work and source == base.value:
            continue  # that is the baseline itself
        label = "+".join(p if d == 1 else f"{p}@{d:g}" for p, d in at_work.items()) or "none"
        changes = from_plain(
            {
                "name": label,
                "title": label.replace("+", " + ").replace("_", " "),
                # blocks of their own, so that a programme comes on top of what the base already has
                "policies": {f"factorial_{p}": {"policy": p, "dose": float(d)} for p, d in at_work.items()},
            },
            node.mark,
        )
        assert isinstance(changes, MapNode)
        wanted.append(Wanted(label, str(source), node.mark, "factorial", (changes,)))
    return wanted
