"""Specifications of parameters, from the parameter file and from the numbers of a community's groups."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sim.scenario.nodes import MapNode, plain
from sim.scenario.parameters import ParameterSpec
from sim.scenario.schema.community import GROUP_NUMBERS, GroupSchema

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario

__all__ = ["group_specs", "parameter_specs", "specs_of"]


def parameter_specs(tree: MapNode) -> dict[str, ParameterSpec]:
    """Return the specifications in a parameter document that passed its schema."""
    node = tree.get("parameters")
    declared: dict[str, dict[str, Any]] = plain(node) if isinstance(node, MapNode) else {}
    return {name: _spec(name, item) for name, item in declared.items()}


def _spec(name: str, item: dict[str, Any]) -> ParameterSpec:
    low, high = item.get("range") or (None, None)
    return ParameterSpec(
        name=name,
        value=item["value"],
        kind=item["kind"],
        unit=item.get("unit") or "",
        low=None if low is None else float(low),
        high=None if high is None else float(high),
        choices=tuple(item.get("choices") or ()),
        mechanism=item["mechanism"],
        source=item["source"],
        grade=item["grade"],
        description=item["description"],
        distribution=item.get("distribution") or "uniform",
        note=item.get("note") or "",
    )


def group_specs(community: MapNode) -> dict[str, ParameterSpec]:
    """Return the numbers of a community's groups as parameters named ``group.<group>.<field>``."""
    specs = {}
    for group, data in plain(community)["groups"].items():
        for field, (unit, kind) in GROUP_NUMBERS.items():
            cell = data.get(field) or {"value": 0.0, "source": "not declared", "grade": "assumed"}
            low, high = cell.get("range") or (None, None)
            name = f"group.{group}.{field}"
            specs[name] = ParameterSpec(
                name=name,
                value=cell["value"],
                kind=kind,
                unit=cell.get("unit") or unit,
                low=None if low is None else float(low),
                high=None if high is None else float(high),
                choices=(),
                mechanism="M0",
                source=cell["source"],
                grade=cell["grade"],
                description=f"{data['label']}: {GroupSchema.model_fields[field].description}",
                note=cell.get("note") or "",
            )
    return specs


def specs_of(scenarios: Iterable[Scenario]) -> dict[str, ParameterSpec]:
    """Specifications of all parameters that any of some scenarios has, the first scenario's before others'.

    The settings of a user's own policy are parameters of the scenarios that run it, and of no others.
    """
    specs: dict[str, ParameterSpec] = {}
    for scenario in scenarios:
        for name, spec in scenario.parameters.specs.items():
            specs.setdefault(name, spec)
    return specs
