"""Which scenarios an experiment asks for: by name, with a few values changed, or all combinations of some policies."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from sim import policies
from sim.scenario.finder import SUFFIXES
from sim.scenario.nodes import ListNode, MapNode, Node, Scalar, find, from_plain, plain
from sim.scenario.overrides import tree_of_sets
from sim.scenario.problems import Mark, Problems

__all__ = ["Wanted", "wanted_scenarios"]

MOST_COMBINATIONS = 256
"""Most scenarios a factorial may make."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One scenario to load: its name, the file's name and where that stands, and what is set on top.

    ``doses`` are those of a factorial's policies where the scenario is one of its combinations.
    """

    name: str
    source: str
    mark: Mark
    path: str
    sets: tuple[MapNode, ...]
    doses: Mapping[str, float] = field(default_factory=dict)


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
        # the baseline may be listed first, and the base of a factorial may be listed, too
        known = item.path in ("scenarios[0]", "factorial") and not item.sets
        if item.name in seen and not known:
            problems.add(
                item.mark,
                item.path,
                "a scenario of this name is already part of the experiment",
                got=repr(item.name),
                hint="give it another name",
            )
        seen[item.name] = replace(seen.get(item.name, item), doses=item.doses)
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
    factors = _factors(node, problems)
    count = math.prod(len(doses) for doses in factors.values())
    if count > MOST_COMBINATIONS:
        problems.add(
            node.mark,
            "factorial",
            "too many combinations",
            got=f"{' x '.join(str(len(doses)) for doses in factors.values())} doses, {count} scenarios",
            allowed=f"up to {MOST_COMBINATIONS}",
        )
        return []
    source = str(plain(node)["base"]) if node.get("base") else str(base.value)
    start = [] if source == base.value else [_stem(source)]
    wanted = []
    for combination in itertools.product(*factors.values()):
        at_work = {policy: dose for policy, dose in zip(factors, combination, strict=True) if dose > 0}
        doses = dict(zip(factors, combination, strict=True))
        if not at_work:  # the base as it is, which may be the baseline itself
            wanted.append(Wanted(_stem(source), source, node.mark, "factorial", (), doses))
            continue
        changes = from_plain(
            {
                "name": "+".join([*start, *(p if d == 1 else f"{p}@{d:g}" for p, d in at_work.items())]),
                "title": " + ".join([*map(_spoken, start), *(_title(p, d) for p, d in at_work.items())]),
                # blocks of their own, so that a programme comes on top of what the base already has
                "policies": {f"factorial_{p}": {"policy": p, "dose": float(d)} for p, d in at_work.items()},
            },
            node.mark,
        )
        assert isinstance(changes, MapNode)
        wanted.append(Wanted(str(plain(changes)["name"]), source, node.mark, "factorial", (changes,), doses))
    return wanted


def _factors(node: MapNode, problems: Problems) -> dict[str, list[float]]:
    """Return the doses of each policy that is combined, leaving out policies that do not exist."""
    data, listed = plain(node), node.get("policies")
    if isinstance(listed, MapNode) and "doses" in node.entries:
        problems.add(
            node.entries["doses"].key_mark,
            "factorial.doses",
            "every policy says its own doses",
            allowed="one of the two: policies with their doses, or a list of policies and doses for all",
        )
    factors: dict[str, list[float]] = {}
    known = policies.names()
    for place, name in enumerate(data["policies"]):
        if isinstance(listed, MapNode):
            path, mark = f"factorial.policies.{name}", listed.entries[name].key_mark
            doses = data["policies"][name] or [0.0, 1.0]
        else:
            path, mark = f"factorial.policies[{place}]", find(node, ("policies", place))[1]
            doses = data.get("doses") or [0.0, 1.0]
        if name in known:
            factors[name] = list(dict.fromkeys(doses))
        else:
            problems.unknown(mark, path, "policy", name, known)
    return factors


def _spoken(name: str) -> str:
    """A scenario's name as people read it."""
    return name.replace("_", " ").capitalize()


def _title(policy: str, dose: float) -> str:
    """A policy at a dose, as people read it."""
    title = policies.get(policy).title
    return title if dose == 1 else f"{title} (dose {dose:g})"
