"""Arms of a claim's experiment: the baseline with some policies, values or institutions changed.

A counterfactual may take a parameter where no world would have it (time that costs nothing, waiting that nobody
resents). Its declared range is then widened to hold the value, in that arm alone, so that everything that is checked
about a scenario is checked here, too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sim.errors import ScenarioError
from sim.scenario.arm_spec import ArmSpec
from sim.scenario.build import assemble
from sim.scenario.compose import Desk, Trees, gather, lay_over
from sim.scenario.frozen import FrozenMapping
from sim.scenario.nodes import Entry, ListNode, MapNode, from_plain, plain
from sim.scenario.overrides import tree_of_sets
from sim.scenario.problems import Mark, Problem, Problems
from sim.scenario.scenario import Scenario

__all__ = ["Arm", "Workshop", "held", "parameters_set"]


@dataclass(frozen=True)
class Arm:
    """A scenario, and what about its parameters no world may change.

    Attributes
    ----------
    name
        What it differs in from the baseline, in words; "baseline" where in nothing.
    scenario
        Loaded, with every parameter at its written value.
    fixed
        Parameters that have this arm's value in every world: they are the treatment.
    scaled
        Parameters whose value in a world is multiplied, and by how much.
    """

    name: str
    scenario: Scenario
    fixed: frozenset[str] = frozenset()
    scaled: FrozenMapping[str, float] = field(default_factory=lambda: FrozenMapping({}))

    @property
    def key(self) -> tuple[str, frozenset[str], tuple[tuple[str, float], ...]]:
        """Equal for arms whose runs are the same in every world."""
        return self.scenario.hash, self.fixed, tuple(sorted(self.scaled.items()))


class Workshop:
    """Where arms are made of specifications; files are read once, and equal arms are made once.

    Parameters
    ----------
    desk
        Where files are read and problems noted.
    files
        The file of the baseline, and those of other scenarios that arms start from, by name.
    everywhere
        Trees of values set in every arm.
    hold
        Parameters that are the same in every world and arm.
    ramp
        Days over which an arm's policies grow from nothing.
    setting
        What holds in all arms, the baseline included.
    """

    def __init__(
        self,
        desk: Desk,
        files: Mapping[str | None, Path],
        everywhere: Sequence[MapNode],
        hold: frozenset[str],
        ramp: int,
        setting: ArmSpec | None = None,
    ) -> None:
        self.desk, self.files, self.everywhere = desk, files, tuple(everywhere)
        self.hold, self.ramp, self.setting = hold, ramp, setting
        self._trees: dict[Path, Trees | None] = {}
        self._made: dict[str, Arm | None] = {}
        self.arms: dict[Any, Arm] = {}

    def make(self, spec: ArmSpec | None) -> Arm | None:
        """Return the arm of a specification (None: the baseline), or None where something in it is wrong."""
        if self.setting is not None:
            spec = self.setting if spec is None else spec.over(self.setting)
        return self._make(spec)

    def _make(self, spec: ArmSpec | None) -> Arm | None:
        key = "" if spec is None else repr(spec.data)
        if key not in self._made:
            try:
                made = self._arm(spec)
            except ScenarioError as error:
                made = None
                for problem in error.problems:
                    if isinstance(problem, Problem):
                        self.desk.problems.take(problem)
            self._made[key] = None if made is None else self.arms.setdefault(made.key, made)
        return self._made[key]

    def _arm(self, spec: ArmSpec | None) -> Arm | None:
        data: dict[str, Any] = {} if spec is None else spec.data
        trees = self._gathered(self.files[data.get("scenario")])
        if trees is None:
            return None
        problems = Problems()
        if spec is None:
            return Arm("baseline", _named(assemble(trees, problems), "baseline"), self.hold)
        base = self._make(None)
        if base is None:
            return None
        mark = spec.tree.mark
        # Posts are multiplied where the arm starts from: another scenario may have other agencies.
        own = base.scenario if "scenario" not in data else assemble(trees, problems)
        changes = [*self._sets(spec, problems), *self._rest(spec, data, own, mark, problems)]
        fixed = frozenset(parameters_set(changes))
        scaled = FrozenMapping({name: float(factor) for name, factor in data.get("scale", {}).items()})
        changes += self._scaled(spec, scaled, base.scenario, problems)
        problems.raise_if_any()
        scenario_tree = lay_over(trees.scenario, changes, problems)
        trees = replace(trees, scenario=scenario_tree, parameters=_widened(trees.parameters, changes))
        scenario = assemble(trees, problems)
        return Arm(spec.name, _named(scenario, spec.name), fixed | self.hold, scaled)

    def _gathered(self, path: Path) -> Trees | None:
        if path not in self._trees:
            self._trees[path] = gather(path, self.everywhere, self.desk)
        return self._trees[path]

    def _sets(self, spec: ArmSpec, problems: Problems) -> list[MapNode]:
        node = spec.tree.get("set")
        return tree_of_sets(node, f"{spec.path}.set", problems) if isinstance(node, MapNode) else []

    def _rest(
        self, spec: ArmSpec, data: Mapping[str, Any], base: Scenario, mark: Mark, problems: Problems
    ) -> list[MapNode]:
        """Everything but plain sets and scales, as trees to lay over the scenario."""
        changes: list[MapNode] = []
        first_day = base.calendar.first_day
        policies = spec.tree.get("policies")
        for name, value in data.get("policies", {}).items():
            block = {
                "policy": name,
                "ramp": self.ramp,
                **(value if isinstance(value, dict) else {"dose": value}),
            }
            block["dose"] = float(block["dose"])
            days = block.pop("days", None)
            if days is not None:
                block["end"] = first_day + dt.timedelta(days=days - 1)
            at = policies.entries[name].key_mark if isinstance(policies, MapNode) else mark
            changes.append(_tree({"policies": {name: block}}, at))
        removed = spec.tree.get("remove")
        for item in removed.items if isinstance(removed, ListNode) else ():
            name, known = str(plain(item)), [block.name for block in base.policies]
            if name not in known:
                problems.unknown(
                    item.mark, f"{spec.path}.remove", "policy block of the baseline", name, known
                )
            changes.append(_tree({"policies": {name: {"off": True}}}, item.mark))
        if "staff" in data:
            posts = {
                agency.name: {"staff": int(agency.staff * data["staff"] + 0.5)}
                for agency in base.community.agencies
                if not agency.outside
            }
            changes.append(_tree({"community_overrides": {"agencies": posts}}, mark))
        if data.get("movement") is False:
            still = {"value": 0.0, "range": [0.0, 1.0]}
            groups = {
                group.name: {"turnover": still, **({"academic_leave": still} if group.academic_leave else {})}
                for group in base.community.groups
            }
            changes.append(_tree({"community_overrides": {"groups": groups}}, mark))
        if "mechanisms_off" in data:
            changes.append(_tree({"mechanisms": dict.fromkeys(data["mechanisms_off"], False)}, mark))
        return changes

    def _scaled(
        self, spec: ArmSpec, scaled: Mapping[str, float], base: Scenario, problems: Problems
    ) -> list[MapNode]:
        """The written values times their factors, with the ends of the range, which worlds may come to."""
        node = spec.tree.get("scale")
        changes = []
        for name, factor in scaled.items():
            assert isinstance(node, MapNode)
            at = node.entries[name].key_mark
            declared = base.parameters.specs.get(name)
            if declared is None:
                problems.unknown(
                    at, f"{spec.path}.scale.{name}", "parameter", name, list(base.parameters.specs)
                )
            elif declared.kind in ("choice", "switch", "count") or isinstance(declared.value, (str, bool)):
                problems.add(at, f"{spec.path}.scale.{name}", "is not a number that can be scaled")
            else:
                for end in (
                    declared.low,
                    declared.high,
                ):  # ranges first: the last value laid over is the one that counts
                    if end is not None:
                        changes.append(_tree({"parameters": {name: end * factor}}, at))
                changes.append(_tree({"parameters": {name: float(base.parameters.raw(name)) * factor}}, at))
        return changes


def held(hold: MapNode) -> MapNode:
    """Parameters that are the same in every world, as a tree to lay over a scenario."""
    return _tree({}, hold.mark).replaced("parameters", hold)


def _tree(data: Mapping[str, Any], mark: Mark) -> MapNode:
    tree = from_plain(data, mark)
    assert isinstance(tree, MapNode)
    return tree


def _named(scenario: Scenario, name: str) -> Scenario:
    return replace(scenario, name=name, title=name, question="", description="")


def parameters_set(changes: Sequence[MapNode]) -> set[str]:
    """Names of the parameters that changes give a value to, those of groups included."""
    names: set[str] = set()
    for tree in changes:
        data = plain(tree)
        names.update(data.get("parameters") or {})
        for group, fields in ((data.get("community_overrides") or {}).get("groups") or {}).items():
            names.update(f"group.{group}.{name}" for name in fields)
    return names


def _widened(tree: MapNode, changes: Sequence[MapNode]) -> MapNode:
    """A parameter document whose ranges hold every number that changes set."""
    declared = tree.get("parameters")
    if not isinstance(declared, MapNode):
        return tree
    for change in changes:
        node = change.get("parameters")
        for name, entry in (node.entries if isinstance(node, MapNode) else {}).items():
            own = declared.get(name)
            value = plain(entry.node)
            limits = own.get("range") if isinstance(own, MapNode) else None
            if isinstance(own, MapNode) and limits is not None and _is_number(value):
                low, high = plain(limits)
                wider = [min(low, value), max(high, value)]
                if wider != [low, high]:
                    declared = declared.replaced(name, own.replaced("range", from_plain(wider, limits.mark)))
    return MapNode(
        {**tree.entries, "parameters": Entry(tree.entries["parameters"].key_mark, declared)}, tree.mark
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
