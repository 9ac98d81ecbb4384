"""What an arm of a claim's experiment differs in from the baseline, as the file says it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from sim.scenario.nodes import ListNode, MapNode, from_plain, merge, plain
from sim.scenario.problems import Mark

__all__ = ["ArmSpec", "no_change"]

LONGEST_NAME = 90
"""Longer names of arms are cut and told apart by a few letters of their hash."""


@dataclass(frozen=True)
class ArmSpec:
    """What an arm differs in from the baseline, as the file says it; see ``ArmDocument``."""

    tree: MapNode
    path: str

    @property
    def data(self) -> dict[str, Any]:
        """The same as plain data."""
        found: dict[str, Any] = plain(self.tree)
        return {key: value for key, value in found.items() if value not in (None, {}, [])}

    def over(self, other: ArmSpec | None) -> ArmSpec:
        """This one laid over another: keys are merged, lists are joined, factors are multiplied."""
        if other is None:
            return self
        merged = merge(other.tree, self.tree)
        assert isinstance(merged, MapNode)
        for key in ("remove", "mechanisms_off"):
            both = [node for node in (other.tree.get(key), self.tree.get(key)) if isinstance(node, ListNode)]
            if len(both) == 2:
                merged = merged.replaced(key, ListNode(both[0].items + both[1].items, both[1].mark))
        merged = _product(merged, other.tree, self.tree, "staff")
        factors = other.tree.get("scale"), self.tree.get("scale"), merged.get("scale")
        if all(isinstance(node, MapNode) for node in factors):
            below, above, scale = (node for node in factors if isinstance(node, MapNode))
            for name in set(below.entries) & set(above.entries):
                scale = _product(scale, below, above, name)
            merged = merged.replaced("scale", scale)
        return ArmSpec(merged, self.path)

    def policies_alone(self) -> list[ArmSpec]:
        """Each policy of the arm as an arm with nothing else."""
        policies, found = self.tree.get("policies"), []
        for name, entry in policies.entries.items() if isinstance(policies, MapNode) else ():
            tree = no_change(entry.key_mark).tree.replaced("policies", MapNode({name: entry}, entry.key_mark))
            found.append(ArmSpec(tree, self.path))
        return found

    @property
    def name(self) -> str:
        """A name that says what the arm is, the same for the same changes."""
        data = self.data
        parts = [str(data["scenario"])] if "scenario" in data else []
        parts += [_programme_name(name, value) for name, value in data.get("policies", {}).items()]
        parts += [f"without {name}" for name in data.get("remove", ())]
        parts += [
            f"{key.removeprefix('parameters.')} = {_spoken(value)}"
            for key, value in data.get("set", {}).items()
        ]
        parts += [f"{key} x {value:g}" for key, value in data.get("scale", {}).items()]
        parts += [f"staff x {data['staff']:g}"] if "staff" in data else []
        parts += ["nobody moves"] if data.get("movement") is False else []
        parts += [f"{name} off" for name in data.get("mechanisms_off", ())]
        text = ", ".join(parts)
        if len(text) <= LONGEST_NAME:
            return text
        return f"{text[:LONGEST_NAME]}... {hashlib.sha256(text.encode()).hexdigest()[:6]}"


def no_change(mark: Mark) -> ArmSpec:
    """An arm that differs in nothing from the baseline."""
    tree = from_plain({}, mark)
    assert isinstance(tree, MapNode)
    return ArmSpec(tree, "control")


def _product(tree: MapNode, below: MapNode, above: MapNode, key: str) -> MapNode:
    """The tree with the product of two factors where both are there."""
    one, two = below.get(key), above.get(key)
    if one is None or two is None:
        return tree
    return tree.replaced(key, from_plain(float(plain(one)) * float(plain(two)), two.mark))


def _spoken(value: Any) -> str:
    return {True: "on", False: "off"}[value] if isinstance(value, bool) else str(value)


def _programme_name(name: str, value: Any) -> str:
    data = value if isinstance(value, dict) else {"dose": value}
    text = name if data["dose"] == 1 else f"{name} at {data['dose']:g}"
    text += f" for {data['days']} days" if data.get("days") else ""
    settings = data.get("settings") or {}
    return text + "".join(f" ({key} {inner})" for key, inner in settings.items())
