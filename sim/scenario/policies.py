"""Policy blocks: which policy, how much, when, where, for whom."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from sim import policies as registry
from sim.scenario.dates import Calendar
from sim.scenario.frozen import FrozenMapping
from sim.scenario.nodes import ListNode, MapNode, Scalar, find, plain, show
from sim.scenario.parameters import ParameterSet, ParameterSpec, Value, daily
from sim.scenario.problems import Problems, did_you_mean
from sim.scenario.scenario import PolicyBlock
from sim.scenario.texts import name_complaint, quoted

__all__ = ["build_blocks", "check_blocks", "user_specs"]


def user_specs(tree: MapNode, declared: Collection[str]) -> dict[str, ParameterSpec]:
    """Return the settings that a user's own policies declare in their classes, for the policies this scenario uses."""
    specs: dict[str, ParameterSpec] = {}
    for name, (_, data) in _blocks(tree).items():
        policy = data.get("policy") or name
        if policy in registry.BUILT_IN or policy not in registry.names():
            continue
        for key, setting in registry.get(policy).settings.items():
            full = f"policy.{policy}.{key}"
            if full not in declared:
                specs[full] = ParameterSpec(
                    name=full,
                    value=setting.value,
                    kind=setting.kind,
                    unit=setting.unit,
                    low=float(setting.range[0]),
                    high=float(setting.range[1]),
                    choices=(),
                    mechanism=setting.mechanism,
                    source=setting.source,
                    grade=setting.grade,
                    description=setting.description,
                )
    return specs


def _blocks(tree: MapNode) -> dict[str, tuple[MapNode, dict[str, Any]]]:
    node = tree.get("policies")
    if not isinstance(node, MapNode):
        return {}
    return {
        name: (entry.node, plain(entry.node))
        for name, entry in sorted(node.entries.items())
        if isinstance(entry.node, MapNode)
    }


def check_blocks(
    tree: MapNode,
    calendar: Calendar,
    quarters: Sequence[str],
    groups: Sequence[str],
    specs: dict[str, ParameterSpec],
    declared: Collection[str],
    problems: Problems,
) -> None:
    """Report policies, quarters, groups and settings that do not exist, and dates that cannot be.

    Parameters
    ----------
    tree
        The merged scenario.
    calendar
        Its calendar.
    quarters, groups
        Names the community has.
    specs
        All usable parameter specifications.
    declared
        Names of all parameters, usable or not.
    problems
        Where to note what is wrong.
    """
    known = list(registry.names())
    policies = tree.entries.get("policies")
    for name, (node, data) in _blocks(tree).items():
        key_mark = (
            policies.node.entries[name].key_mark
            if policies and isinstance(policies.node, MapNode)
            else node.mark
        )
        path = f"policies.{name}"
        policy = data.get("policy") or name
        complaint = name_complaint(name)
        if complaint is not None:
            problems.add(key_mark, path, complaint[0], got=quoted(name), allowed=complaint[1])
            continue
        if policy not in known:
            if data.get("policy"):
                problems.unknown(find(node, ("policy",))[1], f"{path}.policy", "policy", policy, known)
            else:
                problems.add(
                    key_mark,
                    path,
                    "unknown policy",
                    got=quoted(policy),
                    allowed=", ".join(known) or "none",
                    hint=did_you_mean(policy, known)
                    or "a block under another name says which policy it is, as in policy: "
                    + (known[0] if known else "NAME")
                    + "; one of your own is loaded with --policy-module FILE",
                )
        else:
            _check_settings(node, f"{path}.settings", policy, specs, declared, problems)
        _check_coverage(node, f"{path}.coverage", quarters, groups, problems)
        _check_dates(node, data, path, calendar, problems)


def _check_settings(
    node: MapNode,
    path: str,
    policy: str,
    specs: dict[str, ParameterSpec],
    declared: Collection[str],
    problems: Problems,
) -> None:
    settings = node.get("settings")
    if not isinstance(settings, MapNode):
        return
    prefix = f"policy.{policy}."
    known = [name[len(prefix) :] for name in declared if name.startswith(prefix)]
    for name, entry in settings.entries.items():
        if name not in known:
            problems.unknown(entry.key_mark, f"{path}.{name}", f"setting of {policy}", name, known)
        elif prefix + name in specs and not problems.at(entry.node.mark):
            complaint = specs[prefix + name].complaint(plain(entry.node))
            if complaint:
                problems.add(
                    entry.node.mark,
                    f"{path}.{name}",
                    complaint[0],
                    got=show(entry.node),
                    allowed=complaint[1],
                )


def _check_coverage(
    node: MapNode, path: str, quarters: Sequence[str], groups: Sequence[str], problems: Problems
) -> None:
    coverage = node.get("coverage")
    if not isinstance(coverage, MapNode):
        return
    for key, what, known in (("quarters", "quarter", quarters), ("groups", "group", groups)):
        names = coverage.get(key)
        for index, item in enumerate(names.items if isinstance(names, ListNode) else ()):
            if isinstance(item, Scalar) and isinstance(item.value, str) and item.value not in known:
                problems.unknown(item.mark, f"{path}.{key}[{index}]", what, item.value, known)


def _check_dates(
    node: MapNode, data: dict[str, Any], path: str, calendar: Calendar, problems: Problems
) -> None:
    start, end = data.get("start"), data.get("end")
    for key, date in (("start", start), ("end", end)):
        if not isinstance(date, dt.date):
            continue
        complaint = calendar.complaint(date)
        if complaint:
            hint = (
                "from_start: true is for what is at work from the beginning"
                if key == "start" and (date <= calendar.first_day)
                else None
            )
            problems.add(
                find(node, (key,))[1],
                f"{path}.{key}",
                complaint,
                got=str(date),
                allowed=calendar.span,
                hint=hint,
            )
    if isinstance(start, dt.date) and isinstance(end, dt.date) and end < start:
        problems.add(
            find(node, ("end",))[1],
            f"{path}.end",
            "ends before it begins",
            got=str(end),
            allowed=f"{start} or later",
        )
    if isinstance(start, dt.date) and data.get("from_start"):
        problems.add(
            find(node, ("from_start",))[1],
            f"{path}.from_start",
            "contradicts start, which is given too",
            got="true",
            allowed="one of the two",
        )


def build_blocks(
    tree: MapNode,
    calendar: Calendar,
    quarters: Sequence[str],
    groups: Sequence[str],
    parameters: ParameterSet,
) -> tuple[PolicyBlock, ...]:
    """Return the blocks at work, in the order of their names; blocks that are off are left out."""
    return tuple(
        _block(name, data, calendar, quarters, groups, parameters)
        for name, (_, data) in _blocks(tree).items()
        if not data.get("off")
    )


def _or(value: Any, default: Any) -> Any:
    return default if value is None else value


def _block(
    name: str,
    data: dict[str, Any],
    calendar: Calendar,
    quarters: Sequence[str],
    groups: Sequence[str],
    parameters: ParameterSet,
) -> PolicyBlock:
    policy = data.get("policy") or name
    from_start = bool(data.get("from_start"))
    start = calendar.start if from_start else _or(data.get("start"), calendar.first_day)
    end = data.get("end")
    coverage = data.get("coverage") or {}
    chosen = data.get("settings") or {}
    settings: dict[str, Value] = parameters.settings(policy)
    for setting, value in chosen.items():
        settings[setting] = daily(value, parameters.specs[f"policy.{policy}.{setting}"].kind)
    return PolicyBlock(
        name=name,
        policy=policy,
        dose=float(_or(data.get("dose"), 1.0)),
        start=start,
        end=end,
        from_start=from_start,
        start_day=calendar.day(start),
        end_day=calendar.horizon if end is None else calendar.day(end) + 1,
        ramp=_or(data.get("ramp"), 0),
        fidelity=float(_or(data.get("fidelity"), 1.0)),
        quarters=_covered(coverage.get("quarters"), quarters),
        groups=_covered(coverage.get("groups"), groups),
        settings=FrozenMapping(settings),
        chosen=FrozenMapping(chosen),
    )


def _covered(names: Any, known: Sequence[str]) -> tuple[str, ...]:
    return tuple(known) if names is None or names == "all" else tuple(name for name in known if name in names)
