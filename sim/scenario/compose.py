"""Putting a scenario together: its parents first, itself over them, ``--set`` on top."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.scenario.check import check
from sim.scenario.dated import dated_keys
from sim.scenario.finder import available, home_of, homes_of, locate, named, shipped, shown, within
from sim.scenario.in_short import in_short
from sim.scenario.nodes import ListNode, MapNode, Scalar, merge
from sim.scenario.problems import Problems, did_you_mean, listing
from sim.scenario.reader import read
from sim.scenario.schema.parameters import ParametersDocument
from sim.scenario.schema.scenario import ScenarioDocument
from sim.scenario.schema.types import Document
from sim.scenario.texts import name_complaint, normal, quoted

__all__ = ["Desk", "Trees", "check_stem", "gather", "lay_over"]

OWN_KEYS = ("schema", "kind", "name", "title", "question", "description", "extends")
"""Keys that say what one file is; they are not inherited."""

MAX_PARENTS = 64
"""Most files one scenario may be built from."""


@in_short(
    lambda self: {
        "scenario": self.name,
    }
)
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


class Desk:
    """Where files are read: each once, however many scenarios rest on it.

    Parameters
    ----------
    problems
        Where to note what is wrong.
    """

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self.refused: list[str] = []
        self._read: dict[Path, MapNode | None] = {}

    def raw(self, path: Path) -> MapNode | None:
        """Return a file as a tree, unchecked."""
        key = path.resolve()
        if key not in self._read:
            self._read[key] = read(path, shown(path), self.problems)
        return self._read[key]

    def scenario(self, path: Path) -> MapNode | None:
        """Return a scenario file as a tree, without the values that are wrong."""
        tree = self.raw(path)
        return None if tree is None else self._checked(path, tree, ScenarioDocument, None)

    def parameters(self, path: Path) -> MapNode | None:
        """Return a parameter file as a tree, without the parameters that are wrong."""
        tree = self.raw(path)
        if tree is None:
            return None
        checked = self._checked(path, tree, ParametersDocument, 2)
        self.refused += [name for name in _names(tree) if name not in _names(checked)]
        return checked

    def _checked(self, path: Path, tree: MapNode, model: type[Document], whole: int | None) -> MapNode:
        checked = check(tree, model, self.problems, whole=whole)
        self._read[path.resolve()] = checked
        return checked


def gather(path: Path, sets: Sequence[MapNode], desk: Desk) -> Trees | None:
    """Read a scenario and everything it rests on.

    Parameters
    ----------
    path
        The scenario file.
    sets
        Trees of ``--set`` values, laid over the scenario in order.
    desk
        Where files are read and problems noted.

    Returns
    -------
    Trees or None
        The trees, or None where something needed could not be read.
    """
    home = home_of(path)
    files: list[str] = []
    scenario = _with_parents(path, desk, files, ())
    parameters = _parameters(home, desk, files)
    if scenario is None:
        return None
    check_stem(path, scenario, desk.problems)
    scenario = lay_over(scenario, sets, desk.problems)
    community = _community(scenario, path, home, desk, files)
    if community is None or parameters is None:
        return None
    return Trees(scenario, community, parameters, normal(path.stem), tuple(dict.fromkeys(files)), tuple(desk.refused))


def check_stem(path: Path, tree: MapNode, problems: Problems) -> None:
    """Report a file whose own name would be the name of what it describes and cannot be."""
    complaint = None if "name" in tree.entries else name_complaint(path.stem)
    if complaint is not None:
        problems.add(
            tree.mark,
            "name",
            f"is missing, and the file's name cannot be used: {complaint[0]}",
            got=quoted(path.stem),
            allowed=complaint[1],
            hint="give it a name: or rename the file",
        )


def lay_over(scenario: MapNode, sets: Sequence[MapNode], problems: Problems) -> MapNode:
    """Lay trees of ``--set`` values over a scenario, in order."""
    for tree in sets:
        checked = check(_document(tree, "scenario"), ScenarioDocument, problems).without("schema", "kind")
        # the mark of the whole stays that of the file
        scenario = MapNode(_over(scenario, checked).entries, scenario.mark)
    return scenario


def _with_parents(path: Path, desk: Desk, files: list[str], chain: tuple[Path, ...]) -> MapNode | None:
    """Read a scenario, its parents before it, and merge them."""
    tree = desk.scenario(path)
    if tree is None:
        return None
    merged = MapNode({}, tree.mark)
    usable = True
    for parent in _parents(tree):
        found = _parent(parent, path, desk.problems, (*chain, path.resolve()))
        if found is None:
            usable = False
            continue
        if len(files) + len(chain) >= MAX_PARENTS:
            desk.problems.add(
                parent.mark, "extends", "builds on too many files", allowed=f"up to {MAX_PARENTS}"
            )
            return None
        below = _with_parents(found, desk, files, (*chain, path.resolve()))
        if below is None:
            usable = False
            continue
        merged = _over(merged, below.without(*OWN_KEYS))
    files.append(shown(path))
    return _over(merged, tree) if usable else None


def _over(below: MapNode, above: MapNode) -> MapNode:
    """Lay one scenario over another."""
    merged = merge(dated_keys(below, above), above)
    assert isinstance(merged, MapNode)
    return merged


def _parents(tree: MapNode) -> list[Scalar]:
    node = tree.get("extends")
    items = node.items if isinstance(node, ListNode) else (node,)
    return [item for item in items if isinstance(item, Scalar) and isinstance(item.value, str) and item.value]


def _parent(parent: Scalar, path: Path, problems: Problems, chain: tuple[Path, ...]) -> Path | None:
    """Find one parent, refusing circles and files that are out of reach."""
    name = str(parent.value)
    candidate = Path(name)
    homes = homes_of(path)
    reachable = any(within(path.parent / candidate, home) for home in (*homes, shipped()))
    if candidate.is_absolute() or not reachable:
        problems.add(
            parent.mark,
            "extends",
            "lies outside the scenario's own folder",
            got=quoted(name),
            allowed=f"scenarios below {shown(homes[0])}/ and the shipped ones, by name",
        )
        return None
    found = locate(name, path)
    if found is not None and found.resolve() == path.resolve():
        # a user's own "baseline" may build on the shipped "baseline"
        found = named(name, shipped()) or found
    if found is None and problems.at(parent.mark):
        return None  # the text itself was refused when it was read
    if found is None:
        known = sorted(set(available(homes[0])))
        problems.add(
            parent.mark,
            "extends",
            "no such scenario",
            got=quoted(name),
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


def _parameters(home: Path, desk: Desk, files: list[str]) -> MapNode | None:
    """Read the shipped parameters and lay over them those of the scenario's own folder tree."""
    merged: MapNode | None = None
    for folder in dict.fromkeys((shipped().resolve(), home.resolve())):
        path = folder / "parameters.yaml"
        if not path.is_file():
            continue
        tree = desk.parameters(path)
        if tree is None:
            return None
        files.append(shown(path))
        both = tree if merged is None else merge(merged, tree)
        assert isinstance(both, MapNode)
        merged = both
    return merged if merged is not None else MapNode()


def _names(tree: MapNode) -> list[str]:
    node = tree.get("parameters")
    return list(node.entries) if isinstance(node, MapNode) else []


def _community(scenario: MapNode, path: Path, home: Path, desk: Desk, files: list[str]) -> MapNode | None:
    node = scenario.get("community")
    if isinstance(node, Scalar) and (node.value is None or not str(node.value).strip()):
        node = None
    if node is None and any(problem.path.startswith("extends") for problem in desk.problems.items):
        return None  # it may have been what could not be read that says so
    if node is None:
        desk.problems.add(
            scenario.mark,
            "community",
            "is missing (which community the scenario is about)",
            hint="write, for instance, community: xicheng",
        )
        return None
    if not isinstance(node, Scalar) or not isinstance(node.value, str):
        return None  # the schema has reported it
    name = node.value
    # beside the scenario, then where one stands, then among those that come with the package
    homes = (*homes_of(path), Path.cwd() / "scenarios", shipped())
    there = (each for top in homes for each in (top / "communities", top))
    folders = dict.fromkeys((home / "communities", path.parent, *there))
    for folder in folders:
        found = named(name, folder)
        if found is not None and any(within(found, each) for each in homes):
            files.append(shown(found))
            return desk.raw(found)
    if desk.problems.at(node.mark):
        return None  # the text itself was refused when it was read
    known = sorted({normal(p.stem) for h in homes for p in (h / "communities").glob("*.y*ml")})
    looked = dict.fromkeys(shown(folder) for folder in folders if folder.name == "communities")
    desk.problems.add(
        node.mark,
        "community",
        "unknown community",
        got=quoted(name),
        allowed=listing(known),
        hint="; ".join(filter(None, (did_you_mean(name, known), f"looked in {', '.join(looked)}"))),
    )
    return None


def _document(tree: MapNode, kind: str) -> MapNode:
    """Return a tree of overrides as a document of its own, so that the schema can check it."""
    head = {"schema": Scalar(1, "1", tree.mark), "kind": Scalar(kind, kind, tree.mark)}
    for key, node in head.items():
        tree = tree.replaced(key, node)
    return tree
