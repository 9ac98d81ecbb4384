"""Plain data from a scenario and back: what a manifest keeps, and what reproduces it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sim.scenario.build import assemble, community_tree
from sim.scenario.community import Community
from sim.scenario.compose import Trees
from sim.scenario.dated import START
from sim.scenario.nodes import MapNode, from_plain, plain
from sim.scenario.problems import Mark, Problems
from sim.scenario.scenario import PolicyBlock, Scenario
from sim.scenario.shocks import Shock

__all__ = ["from_resolved", "resolved"]


def resolved(scenario: Scenario) -> dict[str, Any]:
    """Return a scenario as plain data that JSON can hold (see :meth:`Scenario.resolved`)."""
    return {
        "scenario": _scenario_document(scenario),
        "community": _json(plain(community_tree(scenario.trees, Problems()))),
        "parameters": _json(plain(scenario.trees.parameters)),
    }


def _scenario_document(scenario: Scenario) -> dict[str, Any]:
    community = scenario.trees.scenario.get("community")
    return {
        "schema": 1,
        "kind": "scenario",
        "name": scenario.name,
        "title": scenario.title,
        **({"question": scenario.question} if scenario.question else {}),
        **({"description": scenario.description} if scenario.description else {}),
        "community": plain(community) if community is not None else scenario.community.name,
        "start": scenario.start.isoformat(),
        "burn_in": scenario.burn_in,
        "horizon": scenario.horizon,
        "parameters": {**scenario.parameters.chosen, **_dated(scenario)},
        "mechanisms": dict(scenario.mechanisms),
        "policies": {block.name: _block(block, scenario.community) for block in scenario.policies},
        **({"shocks": {shock.name: _shock(shock) for shock in scenario.shocks}} if scenario.shocks else {}),
    }


def _dated(scenario: Scenario) -> dict[str, Any]:
    """Values by date of the parameters that change."""
    chosen = scenario.parameters.chosen
    return {
        name: {
            **({START: chosen[name]} if name in chosen else {}),
            **{scenario.calendar.date(day).isoformat(): value for day, value in later},
        }
        for name, later in scenario.dated.items()
    }


def _covered(names: tuple[str, ...], known: tuple[str, ...]) -> Any:
    """The word all where a block covers all: not every policy takes a list of groups."""
    return "all" if names == known else list(names)


def _block(block: PolicyBlock, community: Community) -> dict[str, Any]:
    return {
        "policy": block.policy,
        "dose": block.dose,
        "from_start": block.from_start,
        **({} if block.from_start else {"start": block.start.isoformat()}),
        "end": block.end.isoformat() if block.end else None,
        "ramp": block.ramp,
        "fidelity": block.fidelity,
        "coverage": {
            "quarters": _covered(block.quarters, community.block_names),
            "groups": _covered(block.groups, community.group_names),
        },
        "settings": dict(block.chosen),
        **({"when": block.when.written()} if block.when else {}),
    }


def _shock(shock: Shock) -> dict[str, Any]:
    values = {key: list(value) if isinstance(value, tuple) else value for key, value in shock.values.items()}
    return {
        "kind": shock.kind,
        "start": shock.start.isoformat(),
        "end": shock.end.isoformat() if shock.end else None,
        **{key: value for key, value in values.items() if value not in (None, [])},
    }


def _json(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _json(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_json(inner) for inner in value]
    return value.isoformat() if isinstance(value, dt.date) else value


def from_resolved(data: Mapping[str, Any]) -> Scenario:
    """Make a scenario of the plain data that :meth:`Scenario.resolved` returned.

    Raises
    ------
    ScenarioError
        If the data are not a resolved scenario of this version.
    """
    problems = Problems()
    documents: dict[str, MapNode] = {}
    for key in ("scenario", "community", "parameters"):
        mark = Mark(f"resolved {key}", 1, 1)
        given = data.get(key)
        document = dict(given) if isinstance(given, Mapping) else {}
        if key == "scenario":
            document = _with_dates(document)
        node = from_plain(document, mark)
        assert isinstance(node, MapNode)
        documents[key] = node
        if not isinstance(given, Mapping):
            problems.add(
                mark, key, "is missing", hint="a resolved scenario has scenario, community and parameters"
            )
    problems.raise_if_any()
    name = str(data["scenario"].get("name") or "scenario")
    return assemble(
        Trees(documents["scenario"], documents["community"], documents["parameters"], name, ()), problems
    )


def _with_dates(document: dict[str, Any]) -> dict[str, Any]:
    """Return a scenario document whose dates are dates again."""

    def date(value: Any) -> Any:
        return dt.date.fromisoformat(value) if isinstance(value, str) else value

    blocks = {
        section: {
            name: {key: date(value) if key in ("start", "end") else value for key, value in block.items()}
            for name, block in document[section].items()
        }
        for section in ("policies", "shocks")
        if document.get(section)
    }
    return {**document, "start": date(document.get("start")), **blocks}
