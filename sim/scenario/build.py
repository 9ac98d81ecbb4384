"""From trees to a scenario: every name looked up, every value checked, every rate converted, once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any

from sim.scenario.check import check
from sim.scenario.checks import check_community, check_overrides, check_specs
from sim.scenario.community import build_community
from sim.scenario.compose import Desk, Trees, gather, lay_over
from sim.scenario.dated import START, Dated, in_parameter_set, read_dated
from sim.scenario.dates import Calendar
from sim.scenario.finder import find_file
from sim.scenario.frozen import FrozenMapping
from sim.scenario.memory import refuse_if_too_large
from sim.scenario.nodes import Entry, MapNode, from_plain, merge, plain, show
from sim.scenario.overrides import change_community, parse_sets
from sim.scenario.parameters import ParameterSet, ParameterSpec, Value
from sim.scenario.policies import build_blocks, check_blocks, check_reach, user_specs
from sim.scenario.problems import Mark, Problems
from sim.scenario.published import Reading, each_group, read_figures
from sim.scenario.scenario import Scenario
from sim.scenario.schema.community import CommunityDocument
from sim.scenario.shocks import build_shocks, check_shocks, timeline, with_newcomers
from sim.scenario.specs import group_specs, parameter_specs
from sim.vocabulary.mechanisms import BY_ID

__all__ = [
    "DEFAULTS",
    "assemble",
    "community_tree",
    "load_from",
    "load_scenario",
    "readings_of",
    "with_parameters",
    "with_sets",
]

DEFAULTS: dict[str, Any] = {"start": dt.date(2024, 1, 1), "burn_in": 365, "horizon": 730}
"""Calendar of a scenario that says nothing about it."""


def load_scenario(name_or_path: str | PathLike[str], sets: Sequence[str] = ()) -> Scenario:
    """Load a scenario.

    Parameters
    ----------
    name_or_path
        Path of a scenario file, or a name in ``./scenarios`` or among the shipped ones.
    sets
        ``key=value`` texts laid over it, as with ``--set``.

    Returns
    -------
    Scenario
        Checked, resolved and immutable.

    Raises
    ------
    NotFoundError
        If there is no such scenario.
    ScenarioError
        If anything is wrong in the files or values; the message has one line for each problem.
    TooLargeError
        If the declared community would not fit into memory.
    """
    path = find_file(name_or_path)
    problems = Problems()
    return load_from(path, parse_sets(sets, problems), Desk(problems))


def load_from(path: Path, sets: Sequence[MapNode], desk: Desk) -> Scenario:
    """Load a scenario from a file, reading other files at a desk that may have read them before.

    Raises
    ------
    ScenarioError
        If anything is wrong, in this scenario or in what was read at the desk before.
    """
    trees = gather(path, sets, desk)
    if trees is None:
        desk.problems.raise_if_any()
        raise AssertionError("nothing was read, yet nothing was wrong")
    return assemble(trees, desk.problems)


def assemble(trees: Trees, problems: Problems, known: Mapping[str, ParameterSpec] | None = None) -> Scenario:
    """Check three documents against each other and make a scenario of them.

    Parameters
    ----------
    trees
        What was read.
    problems
        What was found wrong while reading; what is found here is added, and all of it raised together.
    known
        The specifications of the parameter file, where they were checked before.

    Raises
    ------
    ScenarioError
        If anything is wrong.
    """
    if known is None:
        specs, declared = _specs(trees, problems)
    else:
        specs, declared = dict(known), list(known)
    town = community_tree(trees, problems)
    checked, town_ok = _check_town(town, trees, problems)
    if town_ok:
        town = checked
        specs |= group_specs(town)
        declared = list(dict.fromkeys((*declared, *specs)))
    calendar = _calendar(trees.scenario)
    chosen, dated = _chosen(trees.scenario, specs, declared, town_ok, calendar, problems)
    if town_ok:
        town = _with_group_numbers(town, trees.scenario, chosen)
        check(town, CommunityDocument, problems)
    mechanisms, off = _mechanisms(trees.scenario, problems)
    quarters, groups = _names(checked, "blocks"), _names(checked, "groups")
    check_blocks(trees.scenario, calendar, quarters, groups, specs, declared, problems)
    agencies = _names(checked, "agencies")
    own = [name for name in agencies if not (plain(checked)["agencies"][name] or {}).get("outside")]
    check_shocks(trees.scenario, calendar, agencies, own, problems)
    problems.raise_if_any()

    community = build_community(town, _stem(trees))
    refuse_if_too_large(community, town.entries["groups"].key_mark)
    parameters = ParameterSet(specs, chosen, off)
    own = [agency.name for agency in community.agencies if not agency.outside]
    shocks = build_shocks(trees.scenario, calendar, own)
    data = plain(trees.scenario)
    name = data.get("name") or trees.name
    blocks = build_blocks(trees.scenario, calendar, quarters, groups, parameters)
    check_reach(trees.scenario, blocks, community, problems)
    problems.raise_if_any()
    return Scenario(
        name=name,
        title=data.get("title") or name,
        question=data.get("question") or "",
        description=data.get("description") or "",
        community=community,
        parameters=parameters,
        calendar=calendar,
        policies=blocks,
        mechanisms=mechanisms,
        trees=trees,
        dated=FrozenMapping(dated),
        changes=timeline(dated, shocks, parameters, calendar),
        shocks=shocks,
    )


def _specs(trees: Trees, problems: Problems) -> tuple[dict[str, ParameterSpec], list[str]]:
    """Return the usable specifications of parameters, and the names of all that are declared."""
    specs = parameter_specs(trees.parameters)
    check_specs(trees.parameters, specs, problems)
    specs |= user_specs(trees.scenario, specs)
    return specs, [*specs, *trees.refused]


def community_tree(trees: Trees, problems: Problems) -> MapNode:
    """Return the community document with the scenario's changes laid over it and those who will arrive, its figures as
    the model takes them."""
    return _town(trees, problems)[0]


def readings_of(scenario: Scenario) -> list[Reading]:
    """Return what was made of the published figures of a scenario's community."""
    return _town(scenario.trees, Problems())[1]


def _town(trees: Trees, problems: Problems) -> tuple[MapNode, list[Reading]]:
    town = with_newcomers(each_group(trees.community), trees.scenario, problems)
    overrides = trees.scenario.get("community_overrides")
    if isinstance(overrides, MapNode):
        town = change_community(town, check_overrides(town, overrides, problems))
    found = Problems()
    town, readings = read_figures(town, found)
    _take(found, trees, problems)
    return town, readings


def _check_town(town: MapNode, trees: Trees, problems: Problems) -> tuple[MapNode, bool]:
    """Check a community with its changes; return it without what is wrong, and whether nothing was."""
    found = Problems()
    checked = check_community(town, found)
    _take(found, trees, problems)
    return checked, not found


def _take(found: Problems, trees: Trees, problems: Problems) -> None:
    """Take over what is wrong about a community."""
    for problem in found.items:
        if problem.mark.file != trees.community.mark.file:
            # a change: say it as the scenario does, where the bare number stands for its value
            path = "community_overrides." + problem.path.removesuffix(".value")
            problem = replace(problem, path=path)
        problems.take(problem)


def _names(tree: MapNode, section: str) -> list[str]:
    node = tree.get(section)
    return list(node.entries) if isinstance(node, MapNode) else []


def _stem(trees: Trees) -> str:
    node = trees.scenario.get("community")
    return str(plain(node)).rsplit("/", 1)[-1] if node is not None else "community"


def _chosen(
    tree: MapNode,
    specs: Mapping[str, ParameterSpec],
    declared: Sequence[str],
    complete: bool,
    calendar: Calendar,
    problems: Problems,
) -> tuple[dict[str, Value], Dated]:
    """Return the parameter values the scenario sets, and those that it dates, reporting what is wrong."""
    node = tree.get("parameters")
    chosen: dict[str, Value] = {}
    known = frozenset(declared)
    dated: dict[str, tuple[tuple[int, Value], ...]] = {}
    for name, entry in (node.entries if isinstance(node, MapNode) else {}).items():
        path = f"parameters.{name}"
        value = plain(entry.node)
        if name not in known:
            if complete or not name.startswith("group."):
                problems.unknown(entry.key_mark, path, "parameter", name, list(declared))
        elif name in specs and isinstance(entry.node, MapNode):
            later = read_dated(name, entry.node, specs[name], calendar, problems)
            dated |= {name: later} if later else {}
            chosen |= {name: value[START]} if START in value else {}
        elif name in specs and not problems.at(entry.node.mark):
            complaint = specs[name].complaint(value)
            if complaint:
                problems.add(entry.node.mark, path, complaint[0], got=show(entry.node), allowed=complaint[1])
            else:
                chosen[name] = value
    return chosen, dated


def _with_group_numbers(town: MapNode, scenario: MapNode, chosen: Mapping[str, Value]) -> MapNode:
    """Carry values of ``group.<group>.<field>`` over into the community."""
    node = scenario.get("parameters")
    changes: dict[str, dict[str, Entry]] = {}
    for name in chosen:
        if name.startswith("group.") and isinstance(node, MapNode):
            _, group, field = name.split(".", 2)
            entry = node.entries[name]
            first = entry.node.entries[START] if isinstance(entry.node, MapNode) else entry
            changes.setdefault(group, {})[field] = first
    if not changes:
        return town
    mark = scenario.mark
    groups = MapNode({g: Entry(mark, MapNode(fields, mark)) for g, fields in changes.items()}, mark)
    return change_community(town, MapNode({"groups": Entry(mark, groups)}, mark))


def _calendar(tree: MapNode) -> Calendar:
    values = {key: plain(entry.node) for key, entry in tree.entries.items() if key in DEFAULTS}
    given = {key: value for key, value in values.items() if value is not None}
    return Calendar(**{**DEFAULTS, **given})


def _mechanisms(tree: MapNode, problems: Problems) -> tuple[FrozenMapping[str, bool], dict[str, float]]:
    """Return which mechanisms are on, and the daily values of the parameters of those that are off."""
    node = tree.get("mechanisms")
    on = dict.fromkeys(BY_ID, True)
    for name, entry in (node.entries if isinstance(node, MapNode) else {}).items():
        if name in on:
            value = plain(entry.node)
            on[name] = True if value is None else bool(value)
        else:
            problems.unknown(
                entry.key_mark, f"mechanisms.{name}", "mechanism", name, list(on), allowed="M0 to M16"
            )
    off: dict[str, float] = {}
    for name, is_on in on.items():
        if not is_on:
            off |= BY_ID[name].off
    return FrozenMapping(on), off


def with_parameters(scenario: Scenario, values: Mapping[str, Value]) -> Scenario:
    """Return a scenario with other parameter values, as written (see :meth:`Scenario.with_parameters`)."""
    problems = Problems()
    dated, specs = scenario.dated, scenario.parameters.specs
    given = {
        name: in_parameter_set(value, scenario.parameters.raw(name), dated[name], specs[name])
        if name in dated and not isinstance(value, Mapping)
        else value
        for name, value in values.items()
    }
    tree = scenario.trees.scenario
    written = tree.get("parameters")
    if isinstance(written, MapNode):
        tree = tree.replaced("parameters", written.without(*(name for name in given if name in dated)))
    merged = merge(tree, from_plain({"parameters": given}, Mark("with_parameters", 1, 1)))
    assert isinstance(merged, MapNode)
    known = {name: spec for name, spec in scenario.parameters.specs.items() if not name.startswith("group.")}
    return assemble(replace(scenario.trees, scenario=merged), problems, known)


def with_sets(scenario: Scenario, sets: Sequence[str]) -> Scenario:
    """Return a scenario with ``key=value`` texts applied (see :meth:`Scenario.with_sets`)."""
    problems = Problems()
    trees = parse_sets(sets, problems)
    merged = lay_over(scenario.trees.scenario, trees, problems)
    if any("community" in tree.entries for tree in trees):
        for tree in trees:
            if "community" in tree.entries:
                problems.add(
                    tree.entries["community"].key_mark,
                    "community",
                    "cannot be changed on a loaded scenario",
                    hint="load the scenario again with this --set",
                )
    return assemble(replace(scenario.trees, scenario=merged), problems)
