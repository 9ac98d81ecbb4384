"""What a schema cannot see in a community and a parameter file: names that must exist, shares that must add up."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from sim.scenario.check import check
from sim.scenario.nodes import ListNode, MapNode, Scalar, find, plain, show
from sim.scenario.parameters import ParameterSpec
from sim.scenario.problems import Mark, Problems, did_you_mean, listing
from sim.scenario.schema.community import CommunityDocument
from sim.scenario.schema.types import NAME_PATTERN
from sim.scenario.texts import MAX_NAME, quoted
from sim.vocabulary.categories import CATEGORIES
from sim.vocabulary.mechanisms import MECHANISMS

__all__ = ["check_community", "check_overrides", "check_specs"]

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
    shared = overrides.entries.get("each_group")
    if shared is not None:
        problems.add(
            shared.key_mark,
            "community_overrides.each_group",
            "stands in a community file only",
            hint="change the groups, each under its name",
        )
        overrides = overrides.without("each_group")
    for section, what in (("blocks", "block"), ("groups", "group"), ("agencies", "agency")):
        have, changes = community.get(section), overrides.get(section)
        if not isinstance(changes, MapNode):
            continue
        known = dict.fromkeys(have.entries) if isinstance(have, MapNode) else {}
        unknown = []
        for name, entry in changes.entries.items():
            new_agency = (
                section == "agencies" and isinstance(entry.node, MapNode) and "kind" in entry.node.entries
            )
            if name in known or new_agency:
                continue
            unknown.append(name)
            hint = None if problems.full else did_you_mean(name, list(known))
            if hint is None and section == "agencies":
                hint = "a new agency needs kind, label, staff and workers_per_pool"
            if section == "groups" and isinstance(entry.node, MapNode) and "arrive" in entry.node.entries:
                hint = f"people who arrive are a shock: shocks: {{{name}: {{kind: influx, people: 600, start: DATE}}}}"
            path = f"community_overrides.{section}.{name}"
            problems.add(
                entry.key_mark,
                path,
                f"unknown {what}",
                got=quoted(name),
                allowed=listing(list(known)),
                hint=hint,
            )
        overrides = overrides.replaced(section, changes.without(*unknown))
    return overrides


def check_community(tree: MapNode, problems: Problems) -> MapNode:
    """Report what the schema refuses, names that do not exist and numbers outside their own range.

    Whatever part of it is sound is looked at, so that all mistakes are told in one go.

    Parameters
    ----------
    tree
        A community document.
    problems
        Where to note what is wrong.

    Returns
    -------
    MapNode
        The document without the values that are wrong.
    """
    sound = check(tree, CommunityDocument, problems, incomplete=True)
    data = plain(sound)
    # names are those of the whole file: what is wrong about a group does not make it unknown
    names = {section: _names(tree, section) for section in ("blocks", "groups", "agencies")}
    for section, declared in names.items():
        for name in declared:
            if not re.match(NAME_PATTERN, name) or len(name) > MAX_NAME:
                problems.add(
                    _marks(tree, section, name)[0],
                    f"{section}.{name}",
                    "not a usable name",
                    got=quoted(name),
                    allowed=f"letters, digits and underscores, not beginning with a digit, up to {MAX_NAME} of them",
                )
    _check_ranges(sound, (), problems)
    blocks, groups = _maps(data, "blocks"), _maps(data, "groups")
    kinds = Counter(block["kind"] for block in blocks.values() if "kind" in block)
    # blocks of a kind that a group could live in and does not; the others are where it lives
    empty = Counter(
        (place, group)
        for name, block in blocks.items()
        for group, weight in ((block.get("weight") or {}).get("value") or {}).items()
        if weight == 0
        for place in (block.get("kind"), name)
    )
    all_kinds = len(blocks) == len(names["blocks"]) and all("kind" in block for block in blocks.values())
    _check_weights(sound, blocks, groups, names["groups"], problems)
    for name, group in groups.items():
        lives_in = group.get("lives_in")
        for index, place in enumerate(lives_in or ()):
            if all_kinds and place not in kinds and place not in names["blocks"]:
                _, mark, text = _marks(sound, "groups", name, "lives_in", index)
                known = [*sorted(kinds), *names["blocks"]]
                problems.unknown(mark, text, "block or kind of blocks", place, known)
        if lives_in and all_kinds and all(empty[place, name] == kinds.get(place, 1) for place in lives_in):
            key_mark, _, text = _marks(sound, "groups", name)
            problems.add(key_mark, text, "lives nowhere: all blocks it could live in give it weight 0")
    if groups and all(group.get("headline") is False for group in groups.values()):
        key_mark, _, text = _marks(sound, "groups")
        problems.add(key_mark, text, "no group has headline: true, so headline figures would be about nobody")
    _check_elections(sound, data.get("elections"), problems)
    _check_agencies(sound, _maps(data, "agencies"), names["blocks"], problems)
    return sound


def _names(tree: MapNode, section: str) -> dict[str, None]:
    """Return the names that a section of a community declares."""
    node = tree.get(section)
    return dict.fromkeys(node.entries) if isinstance(node, MapNode) else {}


def _maps(data: dict[str, Any], section: str) -> dict[str, dict[str, Any]]:
    """Return a section of a community, without what is not a mapping in it."""
    found = data.get(section)
    return {k: v for k, v in found.items() if isinstance(v, dict)} if isinstance(found, dict) else {}


def _check_ranges(node: MapNode, path: tuple[str, ...], problems: Problems) -> None:
    """Report values outside the range that stands beside them."""
    value, limits = node.get("value"), node.get("range")
    if isinstance(value, Scalar) and isinstance(limits, ListNode):
        low, high = plain(limits)
        if isinstance(value.value, (int, float)) and not low <= value.value <= high:
            problems.add(
                value.mark,
                ".".join((*path, "value")),
                "out of its own range",
                got=show(value),
                allowed=f"{low:g} to {high:g}",
            )
    for key, entry in node.entries.items():
        if isinstance(entry.node, MapNode):
            _check_ranges(entry.node, (*path, key), problems)


def _check_weights(
    tree: MapNode,
    blocks: dict[str, dict[str, Any]],
    groups: dict[str, dict[str, Any]],
    names: dict[str, None],
    problems: Problems,
) -> None:
    for name, block in blocks.items():

        def lives(group: str, places: tuple[Any, str] = (block.get("kind"), name)) -> bool:
            return not set(places).isdisjoint(groups.get(group, {}).get("lives_in") or ())

        for group in (block.get("weight") or {}).get("value") or ():
            key_mark, _, text = _marks(tree, "blocks", name, "weight", "value", group)
            if group not in names:
                problems.unknown(key_mark, text, "group", group, names)
            elif "lives_in" in groups.get(group, {}) and "kind" in block and not lives(group):
                problems.add(
                    key_mark,
                    text,
                    f"this group does not live in a {block['kind']}",
                    got=quoted(group),
                    allowed=listing([g for g in groups if lives(g)]),
                )


def _check_elections(tree: MapNode, elections: dict[str, Any] | None, problems: Problems) -> None:
    """Report elections that are given twice, or half."""
    if elections is None:
        return
    given = [key for key in ("dates", "month_day", "years") if elections.get(key) is not None]
    node = tree.get("elections")
    if given in (["dates"], ["month_day", "years"]) or (isinstance(node, MapNode) and problems.at(node.mark)):
        return
    wrong = "are given twice" if "dates" in given else "lack a day"
    key_mark, _, _ = _marks(tree, "elections")
    problems.add(
        key_mark, "elections", wrong, got=", ".join(given) or "none", allowed="dates; or month_day and years"
    )


def _check_agencies(
    tree: MapNode, agencies: dict[str, dict[str, Any]], blocks: dict[str, None], problems: Problems
) -> None:
    for name, agency in agencies.items():
        for field, known, what in (
            ("serves", blocks, "block"),
            ("competences", dict.fromkeys(CATEGORIES), "category of needs"),
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
