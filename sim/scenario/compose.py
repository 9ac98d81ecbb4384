"""Putting a scenario together: its parents first, itself over them, ``--set`` on top."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.scenario.check import check
from sim.scenario.finder import available, home_of, locate, shipped, shown, within
from sim.scenario.nodes import ListNode, MapNode, Node, Scalar, merge
from sim.scenario.problems import Problems, did_you_mean, listing
from sim.scenario.reader import read
from sim.scenario.schema.parameters import ParametersDocument
from sim.scenario.schema.scenario import ScenarioDocument

__all__ = ["Trees", "compose", "gather", "lay_over"]

OWN_KEYS = ("schema", "kind", "name", "title", "question", "description", "extends")
"""Keys that say what one file is; they are not inherited."""

MAX_PARENTS = 64
"""Most files one scenario may be built from."""


@dataclass(frozen=True, slots=True)
class Trees:
    """Everything a scenario was read from: three documents whose keys remember where they were set.

    Attributes
    ----------
    scenario
        The scenario with its parents and ``--set`` values merged in.
    community
        The community file, before overrides.
    parameters
        The parameter file, with the one in the scenario's own tree laid over the shipped one.
    name
        The scenario's name.
    files
        The files read, as printed, in the order of merging.
    refused
        Names of parameters whose declaration is wrong.
    """

    scenario: MapNode
    community: MapNode
    parameters: MapNode
    name: str
    files: tuple[str, ...]
    refused: tuple[str, ...] = ()


def gather(path: Path, sets: Sequence[MapNode], problems: Problems) -> Trees | None:
    """Read a scenario and everything it rests on.

    Parameters
    ----------
    path
        The scenario file.
    sets
        Trees of ``--set`` values, laid over the scenario in order.
    problems
        Where to note what is wrong.

    Returns
    -------
    Trees or None
        The trees, or None where something needed could not be read.
    """
    home = home_of(path)
    files: list[str] = []
    scenario = compose(path, home, problems, files)
    refused: list[str] = []
    parameters = _parameters(home, problems, files, refused)
    if scenario is None:
        return None
    scenario = lay_over(scenario, sets, problems)
    community = _community(scenario, path, home, problems, files)
    if community is None or parameters is None:
        return None
    return Trees(scenario, community, parameters, path.stem, tuple(files), tuple(refused))


def lay_over(scenario: MapNode, sets: Sequence[MapNode], problems: Problems) -> MapNode:
    """Lay trees of ``--set`` values over a scenario, in order."""
    for tree in sets:
        checked = check(_document(tree, "scenario"), ScenarioDocument, problems).without("schema", "kind")
        merged = merge(scenario, checked)
        assert isinstance(merged, MapNode)
        # the mark of the whole stays that of the file
        scenario = MapNode(merged.entries, scenario.mark)
    return scenario


def compose(path: Path, home: Path, problems: Problems, files: list[str]) -> MapNode | None:
    """Read a scenario with its parents and merge them."""
    return _with_parents(path, home, problems, files, ())


def _with_parents(
    path: Path, home: Path, problems: Problems, files: list[str], chain: tuple[Path, ...]
) -> MapNode | None:
    tree = read(path, shown(path), problems)
    if tree is None:
        return None
    tree = check(tree, ScenarioDocument, problems)
    merged: Node = MapNode({}, tree.mark)
    usable = True
    for parent in _parents(tree):
        found = _parent(parent, path, home, problems, (*chain, path.resolve()))
        if found is None:
            usable = False
            continue
        if len(files) >= MAX_PARENTS:
            problems.add(parent.mark, "extends", "builds on too many files", allowed=f"up to {MAX_PARENTS}")
            return None
        below = _with_parents(found, home_of(found), problems, files, (*chain, path.resolve()))
        if below is None:
            usable = False
            continue
        merged = merge(merged, below.without(*OWN_KEYS))
    merged = merge(merged, tree)
    files.append(shown(path))
    assert isinstance(merged, MapNode)
    return merged if usable else None


def _parents(tree: MapNode) -> list[Scalar]:
    node = tree.get("extends")
    items = node.items if isinstance(node, ListNode) else (node,)
    return [item for item in items if isinstance(item, Scalar) and isinstance(item.value, str) and item.value]


def _parent(
    parent: Scalar, path: Path, home: Path, problems: Problems, chain: tuple[Path, ...]
) -> Path | None:
    """Find one parent, refusing circles and files that are out of reach."""
    name = str(parent.value)
    candidate = Path(name)
    outside = candidate.is_absolute() or not (
        within(path.parent / candidate, home) or within(path.parent / candidate, shipped())
    )
    if outside:
        problems.add(
            parent.mark,
            "extends",
            "lies outside the scenario's own folder",
            got=repr(name),
            allowed=f"scenarios in {shown(home)} and the shipped ones, by name",
        )
        return None
    found = locate(name, path.parent, home)
    if found is not None and found.resolve() == path.resolve() and shipped() != home:
        # a user's own "baseline" may build on the shipped "baseline"
        found = locate(name, shipped(), shipped()) or found
    if found is None:
        known = sorted(set(available()))
        problems.add(
            parent.mark,
            "extends",
            "no such scenario",
            got=repr(name),
            allowed=listing(known),
            hint=did_you_mean(name, known),
        )
        return None
    if found.resolve() in chain:
        start = chain.index(found.resolve())
        circle = " -> ".join(p.stem for p in (*chain[start:], found.resolve()))
        problems.add(
            parent.mark, "extends", f"goes round in a circle: {circle}", hint="remove one of these links"
        )
        return None
    return found


def _parameters(home: Path, problems: Problems, files: list[str], refused: list[str]) -> MapNode | None:
    """Read the shipped parameters and lay over them those of the scenario's own folder tree."""
    merged: MapNode | None = None
    for folder in dict.fromkeys((shipped().resolve(), home.resolve())):
        path = folder / "parameters.yaml"
        if not path.is_file():
            continue
        tree = read(path, shown(path), problems)
        if tree is None:
            return None
        files.append(shown(path))
        names = _names(tree)
        tree = check(tree, ParametersDocument, problems, whole=2)
        refused += [name for name in names if name not in _names(tree)]
        both = tree if merged is None else merge(merged, tree)
        assert isinstance(both, MapNode)
        merged = both
    return merged if merged is not None else MapNode()


def _names(tree: MapNode) -> list[str]:
    node = tree.get("parameters")
    return list(node.entries) if isinstance(node, MapNode) else []


def _community(
    scenario: MapNode, path: Path, home: Path, problems: Problems, files: list[str]
) -> MapNode | None:
    node = scenario.get("community")
    if node is None:
        problems.add(
            scenario.mark,
            "community",
            "is missing",
            hint="it says which community file the scenario is about, as in community: xicheng",
        )
        return None
    if not isinstance(node, Scalar) or not isinstance(node.value, str):
        return None  # the schema has reported it
    name = node.value
    for folder in dict.fromkeys((home / "communities", path.parent, home, shipped() / "communities")):
        for suffix in ("", ".yaml", ".yml"):
            candidate = folder / (name + suffix)
            if (
                candidate.suffix in (".yaml", ".yml")
                and candidate.is_file()
                and (within(candidate, home) or within(candidate, shipped()))
            ):
                files.append(shown(candidate))
                return read(candidate, shown(candidate), problems)
    known = sorted({p.stem for f in (home, shipped()) for p in (f / "communities").glob("*.y*ml")})
    problems.unknown(node.mark, "community", "community", name, known)
    return None


def _document(tree: MapNode, kind: str) -> MapNode:
    """Return a tree of overrides as a document of its own, so that the schema can check it."""
    head = {"schema": Scalar(1, "1", tree.mark), "kind": Scalar(kind, kind, tree.mark)}
    for key, node in head.items():
        tree = tree.replaced(key, node)
    return tree
