"""What a schema cannot see in a community and a parameter file: names that must exist, shares that must add up."""

from __future__ import annotations

import math
import re
from typing import Any

from sim.scenario.community import block_weights
from sim.scenario.nodes import MapNode, find, plain, show
from sim.scenario.parameters import ParameterSpec
from sim.scenario.problems import Mark, Problems, did_you_mean
from sim.scenario.schema.types import NAME_PATTERN
from sim.vocabulary.categories import AGE_BANDS, CATEGORIES
from sim.vocabulary.mechanisms import MECHANISMS

__all__ = ["check_community", "check_overrides", "check_specs"]

TOLERANCE = 1e-6
"""How far shares may miss 1: the rounding of a spreadsheet, not of a table in a report."""

PARAMETER_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9][a-z0-9_]*)+\Z")


def _marks(tree: MapNode, *path: str | int) -> tuple[Mark, Mark, str]:
    """Return the marks of a key and of its value, and the path as text."""
    key_mark, value_mark, _, _ = find(tree, path)
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return key_mark, value_mark, text


def check_overrides(community: MapNode, overrides: MapNode, problems: Problems) -> MapNode:
    """Report changes to blocks, groups or agencies that the community does not have.

    An agency may be new, where its kind is given; people and places are the community's own.

    Returns
    -------
    MapNode
        The changes without those reported.
    """
    for section, what in (("blocks", "block"), ("groups", "group"), ("agencies", "agency")):
        have, changes = community.get(section), overrides.get(section)
        if not isinstance(changes, MapNode):
            continue
        known = list(have.entries) if isinstance(have, MapNode) else []
        for name, entry in changes.entries.items():
            new_agency = (
                section == "agencies" and isinstance(entry.node, MapNode) and "kind" in entry.node.entries
            )
            if name in known or new_agency:
                continue
            hint = did_you_mean(name, known)
            if hint is None and section == "agencies":
                hint = "a new agency needs kind, label, staff and workers_per_pool"
            if section == "groups" and isinstance(entry.node, MapNode) and "arrive" in entry.node.entries:
                hint = f"people who arrive are a shock: shocks: {{{name}: {{kind: influx, people: 600, start: DATE}}}}"
            path = f"community_overrides.{section}.{name}"
            problems.add(
                entry.key_mark,
                path,
                f"unknown {what}",
                got=repr(name),
                allowed=", ".join(known) or "none",
                hint=hint,
            )
            changes = changes.without(name)
        overrides = overrides.replaced(section, changes)
    return overrides


def check_community(tree: MapNode, problems: Problems) -> None:
    """Report names that do not exist, shares that do not add up and numbers outside their own range.

    Parameters
    ----------
    tree
        A community document that passed its schema.
    problems
        Where to note what is wrong.
    """
    data = plain(tree)
    for section in ("blocks", "groups", "agencies"):
        for name in data.get(section) or {}:
            if not re.match(NAME_PATTERN, name):
                key_mark, _, text = _marks(tree, section, name)
                problems.add(
                    key_mark,
                    text,
                    "not a usable name",
                    got=repr(name),
                    allowed="letters, digits and underscores, not beginning with a digit",
                )
    _check_ranges(tree, data, (), problems)
    _check_blocks(tree, data, problems)
    kinds = {block["kind"] for block in data["blocks"].values()}
    for name, group in data["groups"].items():
        _check_ages(tree, name, group["ages"]["value"], problems)
        missing = [kind for kind in group["lives_in"] if kind not in kinds]
        if missing:
            _, mark, text = _marks(tree, "groups", name, "lives_in")
            problems.add(mark, text, f"no block is of kind {missing[0]}", allowed=", ".join(sorted(kinds)))
        elif not sum(block_weights(data, name).values()) > 0:
            key_mark, _, text = _marks(tree, "groups", name)
            problems.add(key_mark, text, "lives nowhere: all blocks it could live in give it weight 0")
    if not any(group["headline"] for group in data["groups"].values()):
        key_mark, _, text = _marks(tree, "groups")
        problems.add(key_mark, text, "no group has headline: true, so headline figures would be about nobody")
    _check_agencies(tree, data, problems)


def _check_ranges(tree: MapNode, data: Any, path: tuple[str, ...], problems: Problems) -> None:
    """Report values outside the range that stands beside them."""
    if not isinstance(data, dict):
        return
    value, limits = data.get("value"), data.get("range")
    if limits and isinstance(value, (int, float)) and not limits[0] <= value <= limits[1]:
        _, mark, text = _marks(tree, *path, "value")
        problems.add(
            mark,
            text,
            "out of its own range",
            got=show(find(tree, (*path, "value"))[2]),
            allowed=f"{limits[0]:g} to {limits[1]:g}",
        )
    for key, inner in data.items():
        _check_ranges(tree, inner, (*path, key), problems)


def _check_blocks(tree: MapNode, data: dict[str, Any], problems: Problems) -> None:
    groups = data["groups"]
    for name, block in data["blocks"].items():
        for group in (block.get("weight") or {}).get("value", {}):
            key_mark, _, text = _marks(tree, "blocks", name, "weight", "value", group)
            if group not in groups:
                problems.unknown(key_mark, text, "group", group, list(groups))
            elif block["kind"] not in groups[group]["lives_in"]:
                problems.add(
                    key_mark,
                    text,
                    f"this group does not live in a {block['kind']}",
                    got=repr(group),
                    allowed=", ".join(g for g in groups if block["kind"] in groups[g]["lives_in"]) or "none",
                )


def _check_ages(tree: MapNode, group: str, ages: dict[str, float], problems: Problems) -> None:
    for band in ages:
        if band not in AGE_BANDS:
            key_mark, _, text = _marks(tree, "groups", group, "ages", "value", band)
            problems.unknown(key_mark, text, "age band", band, AGE_BANDS)
    total = math.fsum(ages.values())
    if abs(total - 1.0) > TOLERANCE:
        key_mark, _, text = _marks(tree, "groups", group, "ages", "value")
        problems.add(key_mark, text, "the shares do not add up to 1", got=f"{total:.6g}")


def _check_agencies(tree: MapNode, data: dict[str, Any], problems: Problems) -> None:
    for name, agency in (data.get("agencies") or {}).items():
        for field, known, what in (
            ("serves", list(data["blocks"]), "block"),
            ("competences", list(CATEGORIES), "category of needs"),
        ):
            words = agency.get(field, "all")
            for index, word in enumerate(words if words != "all" else ()):
                if word not in known:
                    _, mark, text = _marks(tree, "agencies", name, field, index)
                    problems.unknown(mark, text, what, word, known)


def check_specs(tree: MapNode, specs: dict[str, ParameterSpec], problems: Problems) -> None:
    """Report parameters whose declaration contradicts itself.

    Parameters
    ----------
    tree
        A parameter document that passed its schema.
    specs
        The same parameters as specifications.
    problems
        Where to note what is wrong.
    """
    mechanisms = [*(mechanism.id for mechanism in MECHANISMS), "policy", "structure"]
    for name, spec in specs.items():
        base = ("parameters", name)
        key_mark, value_mark, text = _marks(tree, *base)
        if not PARAMETER_NAME.match(name):
            problems.add(
                key_mark,
                text,
                "not a usable name",
                got=repr(name),
                allowed="lower-case words joined by a dot, as in trust.gain",
            )
        if spec.mechanism not in mechanisms:
            _, mark, inner = _marks(tree, *base, "mechanism")
            problems.unknown(
                mark, inner, "mechanism", spec.mechanism, mechanisms, allowed="M0 to M16, policy, structure"
            )
        declared = find(tree, base)[2]
        assert isinstance(declared, MapNode)
        needs = {"choice": ("choices",), "switch": ()}.get(spec.kind, ("unit", "range"))
        for field in needs:
            if field not in declared.entries or plain(declared.entries[field].node) is None:
                what = {
                    "unit": "in what the number is counted",
                    "range": "[lowest, highest] it may take",
                    "choices": "the words of the choice",
                }
                problems.add(key_mark, f"{text}.{field}", f"is missing ({what[field]})")
        complaint = spec.complaint(spec.value)
        if complaint and (spec.kind != "choice" or spec.choices):
            _, mark, inner = _marks(tree, *base, "value")
            problems.add(
                mark, inner, complaint[0], got=show(find(tree, (*base, "value"))[2]), allowed=complaint[1]
            )
