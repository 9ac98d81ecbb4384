"""Which scenarios an experiment asks for: by name, with a few values changed, or all combinations of some policies
and values."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from sim import policies
from sim.scenario.finder import SUFFIXES
from sim.scenario.nodes import Entry, ListNode, MapNode, Node, Scalar, find, from_plain, plain
from sim.scenario.overrides import tree_of_sets
from sim.scenario.problems import Mark, Problems

__all__ = ["Wanted", "factor_title", "wanted_scenarios"]

MOST_COMBINATIONS = 256
"""Most scenarios a factorial may make."""

BLOCK = "factorial_"
"""What the names of the blocks begin with that a factorial adds."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One scenario to load: its name, the file's name and where that stands, and what is set on top.

    ``doses`` are those of a factorial's policies where the scenario is one of its combinations, and the numbers of its
    other factors, whose ``levels`` say what each number stands for.
    """

    name: str
    source: str
    mark: Mark
    path: str
    sets: tuple[MapNode, ...]
    doses: Mapping[str, float] = field(default_factory=dict)
    levels: Mapping[str, Mapping[float, str]] = field(default_factory=dict)


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
    """Return one scenario for each combination of levels; the names say which policies and values are at which."""
    factors = [*_factors(node, problems), *_values(node, problems)]
    if not factors:
        if node.get("policies") is None and node.get("set") is None and not problems:
            problems.add(node.mark, "factorial", "combines nothing", allowed="policies, set, or both")
        return []
    count = math.prod(len(factor.levels) for factor in factors)
    if count > MOST_COMBINATIONS:
        problems.add(
            node.mark,
            "factorial",
            "too many combinations",
            got=f"{' x '.join(str(len(factor.levels)) for factor in factors)} levels, {count} scenarios",
            allowed=f"up to {MOST_COMBINATIONS}",
        )
        return []
    source = str(plain(node)["base"]) if node.get("base") else str(base.value)
    start = [] if source == base.value else [_stem(source)]
    timed = {factor.policy for factor in factors if factor.policy and factor.is_value}
    wanted = []
    for combination in itertools.product(*(factor.levels for factor in factors)):
        chosen = list(zip(factors, combination, strict=True))
        doses = {factor.name: level.number for factor, level in chosen}
        at_work = {
            factor.policy: level.number
            for factor, level in chosen
            if not factor.is_value and (level.number or factor.policy in timed)
        }
        told = [(factor, level) for factor, level in chosen if factor.is_value or level.number]
        if not told:  # the base as it is, which may be the baseline itself
            wanted.append(Wanted(_stem(source), source, node.mark, "factorial", (), doses))
            continue
        changes = from_plain(
            {
                "name": "+".join([*start, *(factor.part(level) for factor, level in told)]),
                "title": " + ".join([*map(_spoken, start), *(factor.spoken(level) for factor, level in told)]),
                # blocks of their own, so that a programme comes on top of what the base already has
                "policies": {f"{BLOCK}{p}": {"policy": p, "dose": float(d)} for p, d in at_work.items()},
            },
            node.mark,
        )
        assert isinstance(changes, MapNode)
        sets = (changes, *(tree for _, level in told for tree in level.trees))
        levels = {f.name: {each.number: each.text for each in f.levels} for f in factors if f.is_value}
        name = str(plain(changes)["name"])
        wanted.append(Wanted(name, source, node.mark, "factorial", sets, doses, levels))
    return wanted


@dataclass(frozen=True, slots=True)
class _Level:
    """A level of a factor: its number (a dose, a value, or the place in the list of words and dates), its text, and
    what it sets where it is no dose."""

    number: float
    text: str
    trees: tuple[MapNode, ...] = ()


@dataclass(frozen=True, slots=True)
class _Factor:
    """What a factorial varies: a policy (``policy``), or a value anywhere (``is_value``), maybe of a policy varied."""

    name: str
    levels: tuple[_Level, ...]
    policy: str = ""
    is_value: bool = False

    def part(self, level: _Level) -> str:
        """What a level adds to the name of a combination."""
        return self.name if not self.is_value and level.number == 1 else f"{self.name}@{level.text}"

    def spoken(self, level: _Level) -> str:
        """The same as people read it."""
        return f"{factor_title(self.name)} {level.text}" if self.is_value else _title(self.policy, level.number)


def factor_title(name: str) -> str:
    """A factor that is no policy, as people read it."""
    return _spoken(name.replace(".", " "))


def _values(node: MapNode, problems: Problems) -> list[_Factor]:
    """Return the factors under ``set``: keys with their values."""
    changes = node.get("set")
    if not isinstance(changes, MapNode):
        return []
    combined = node.get("policies")
    policies_varied = plain(combined) if combined is not None else ()
    short = {key: ".".join(key.split(".")[-2:]) for key in changes.entries}
    for key, name in short.items():  # the parameters keep their whole names, and names stay apart
        if key.startswith("parameters."):
            short[key] = key.removeprefix("parameters.")
        elif list(short.values()).count(name) > 1:
            short[key] = key
    factors = []
    for key, entry in changes.entries.items():
        policy = key.split(".")[1] if key.startswith("policies.") and key.count(".") > 1 else ""
        path = key if policy not in policies_varied else key.replace(policy, f"{BLOCK}{policy}", 1)
        items = entry.node.items if isinstance(entry.node, ListNode) else ()
        values = [plain(item) for item in items]
        numbers = all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values)
        levels = []
        for place, (item, value) in enumerate(zip(items, values, strict=True)):
            one = MapNode({path: Entry(entry.key_mark, item)}, item.mark)
            number, text = (float(value), f"{value:g}") if numbers else (float(place), str(value))
            levels.append(_Level(number, text, tuple(tree_of_sets(one, "factorial.set", problems))))
        factors.append(_Factor(short[key], tuple(levels), policy if path != key else "", True))
    return factors


def _factors(node: MapNode, problems: Problems) -> list[_Factor]:
    """Return each policy that is combined with its doses, leaving out policies that do not exist."""
    data, listed = plain(node), node.get("policies")
    if isinstance(listed, MapNode) and "doses" in node.entries:
        problems.add(
            node.entries["doses"].key_mark,
            "factorial.doses",
            "every policy says its own doses",
            allowed="one of the two: policies with their doses, or a list of policies and doses for all",
        )
    factors = []
    known = policies.names()
    for place, name in enumerate(data.get("policies") or ()):
        if isinstance(listed, MapNode):
            path, mark = f"factorial.policies.{name}", listed.entries[name].key_mark
            doses = data["policies"][name] or [0.0, 1.0]
        else:
            path, mark = f"factorial.policies[{place}]", find(node, ("policies", place))[1]
            doses = data.get("doses") or [0.0, 1.0]
        if name in known:
            levels = tuple(_Level(float(dose), f"{dose:g}") for dose in dict.fromkeys(doses))
            factors.append(_Factor(name, levels, name))
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
