"""Policy blocks: which policy, how much, when, where, for whom."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sim import policies as registry
from sim.scenario.community import Community
from sim.scenario.dates import Calendar
from sim.scenario.frozen import FrozenMapping
from sim.scenario.nodes import ListNode, MapNode, Scalar, find, plain, show
from sim.scenario.parameters import ParameterSet, ParameterSpec, Value, daily
from sim.scenario.problems import Problems, did_you_mean, listing
from sim.scenario.scenario import PolicyBlock, Scenario, When
from sim.scenario.schema.scenario import when_in_full
from sim.scenario.texts import name_complaint, quoted
from sim.vocabulary.levers import BY_NAME as LEVERS
from sim.vocabulary.outcomes import BY_NAME as OUTCOMES

__all__ = ["build_blocks", "check_begins", "check_blocks", "check_dates", "check_reach", "user_specs"]


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
        _check_coverage(node, f"{path}.coverage", policy if policy in known else None, quarters, groups, problems)
        if data.get("fidelity") == 0:
            mark = find(node, ("fidelity",))[1]
            hint = "for no programme say dose: 0, or off: true"
            allowed = "more than 0, up to 1"
            problems.add(mark, f"{path}.fidelity", "delivers nothing", got="0", allowed=allowed, hint=hint)
        check_dates(node, data, path, calendar, problems)
        _check_when(node, data, f"{path}.when", problems)


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
    node: MapNode,
    path: str,
    policy: str | None,
    quarters: Sequence[str],
    groups: Sequence[str],
    problems: Problems,
) -> None:
    coverage = node.get("coverage")
    if not isinstance(coverage, MapNode):
        return
    for key, what, known in (("quarters", "quarter", quarters), ("groups", "group", groups)):
        names = coverage.get(key)
        if isinstance(names, ListNode) and not names.items:
            problems.add(names.mark, f"{path}.{key}", "covers nobody", got="[]", allowed=f"all, or a list of {key}")
        if key == "groups" and policy and isinstance(names, ListNode) and not _reaches_groups(policy):
            problems.add(
                find(coverage, (key,))[1],
                f"{path}.{key}",
                f"{policy} reaches no particular group: it acts through agencies and the community as a whole",
                got=show(names),
                allowed="coverage by quarters",
            )
        for index, item in enumerate(names.items if isinstance(names, ListNode) else ()):
            if isinstance(item, Scalar) and isinstance(item.value, str) and item.value not in known:
                problems.unknown(item.mark, f"{path}.{key}[{index}]", what, item.value, known)


def _reaches_groups(policy: str) -> bool:
    """Whether a policy sets a lever that differs between groups of residents."""
    return any(LEVERS[lever].axis == "quarter_group" for lever in registry.get(policy).touches)


def check_reach(tree: MapNode, blocks: Sequence[PolicyBlock], community: Community, problems: Problems) -> None:
    """Report blocks that cover quarters and groups, but nobody who lives there, or whom no agency serves."""
    nodes = _blocks(tree)
    own = [agency for agency in community.agencies if not agency.outside]
    for block in blocks:
        names = community.block_names
        if len(block.quarters) == len(names) and len(block.groups) == len(community.group_names):
            continue
        mark = find(nodes[block.name][0], ("coverage",))[1]
        path = f"policies.{block.name}.coverage"
        groups = [community.group(name) for name in block.groups]
        homes = {q for g in groups if g.size for q in names if community.block(q).weights.get(g.name, 0.0) > 0.0}
        got = f"quarters {listing(block.quarters)}; groups {listing(block.groups)}"
        if not homes.intersection(block.quarters):
            problems.add(
                mark, path, "covers nobody: of these groups nobody lives in these quarters", got=got,
                allowed=f"for these groups: {listing(sorted(homes))}" if homes else "groups that have members",
            )  # fmt: skip
        elif all(LEVERS[lever].axis == "agency" for lever in registry.get(block.policy).touches):
            served = {q for agency in own for q in agency.serves}
            if not served.intersection(block.quarters):
                problems.add(
                    mark, path, f"{block.policy} works through agencies, and none serves these quarters", got=got,
                    allowed=listing([q for q in names if q in served]) or "none",
                )  # fmt: skip
def _check_when(node: MapNode, data: dict[str, Any], path: str, problems: Problems) -> None:
    """Report an outcome that cannot be waited for, and values that contradict each other."""
    when, tree = when_in_full(data.get("when")), node.get("when")
    if when is None or tree is None:
        return

    def refuse(key: str, wrong: str, allowed: str) -> None:
        problems.add(find(tree, (key,))[1], f"{path}.{key}", wrong, got=str(when.get(key)), allowed=allowed)

    name, outcome = when.get("outcome"), OUTCOMES.get(when.get("outcome"))
    usable = [each.name for each in OUTCOMES.values() if each.kind != "quantile" and each.top]
    if name is None:
        problems.add(tree.mark, f"{path}.outcome", "is missing (what is waited for)")
    elif outcome is None or name not in usable:
        problems.unknown(find(tree, ("outcome",))[1], f"{path}.outcome", "outcome of a day", name, usable)
    sides = [side for side in ("above", "below") if when.get(side) is not None]
    if len(sides) != 1:
        problems.add(tree.mark, path, "above or below, and one of them", got=" and ".join(sides) or "neither")
        return
    (side,), other = sides, "below" if sides == ["above"] else "above"
    off = when.get(f"off_{other}")
    if when.get(f"off_{side}") is not None:
        refuse(f"off_{side}", f"does not go with {side}", f"off_{other}")
    elif off is not None and (off > when[side] if side == "above" else off < when[side]):
        limit = f"{when[side]:g} or {'less' if side == 'above' else 'more'}"
        refuse(f"off_{other}", "beyond the value at which it begins", limit)
    if (when.get("for") or 7) % 7:
        refuse("for", "no whole weeks: it is looked at every week", "7, 14, 21, 28 ...")
    if data.get("from_start"):
        problems.add(tree.mark, path, "contradicts from_start: nothing is waited for in the burn-in")


def check_begins(scenario: Scenario, baseline: Scenario, days: int | None, problems: Problems) -> None:
    """Report a scenario of which nothing differs from the baseline before the last day that is looked at.

    A block at dose 0 is as none, and a scenario that is the same as the baseline is no mistake.

    Parameters
    ----------
    days
        Days after the burn-in; the scenario's own horizon where None.
    """
    length = scenario.horizon if days is None else days
    own, base = ({block for block in each.policies if block.dose} for each in (scenario, baseline))
    late = {block for block in own - base if block.start_day >= length}
    if not late or own - late != base or _beside_policies(scenario) != _beside_policies(baseline):
        return
    calendar = scenario.calendar
    for block in sorted(late, key=lambda block: block.name):
        problems.add(
            find(scenario.trees.scenario, ("policies", block.name, "start"))[1],
            f"policies.{block.name}.start",
            f"after the last day that is looked at, so that {scenario.name} never differs from {baseline.name}",
            got=str(block.start),
            allowed=f"{calendar.first_day} to {calendar.date(length - 1)}",
            hint=f"look at more than {block.start_day} days",
        )


def _beside_policies(scenario: Scenario) -> tuple[Any, ...]:
    """What decides a scenario's runs beside its policies."""
    parameters = (dict(scenario.parameters.chosen), dict(scenario.dated))
    return scenario.community, parameters, dict(scenario.mechanisms), scenario.calendar, scenario.shocks


def check_dates(
    node: MapNode, data: dict[str, Any], path: str, calendar: Calendar, problems: Problems
) -> None:
    """Report a start and an end of a block on which nothing can change, or that contradict each other."""
    dates = {key: calendar.at(data[key]) for key in ("start", "end") if data.get(key) is not None}
    for key, date in dates.items():
        complaint = calendar.complaint(date)
        if complaint:
            hint = (
                "from_start: true is for what is at work from the beginning"
                if key == "start" and date <= calendar.first_day and path.startswith("policies.")
                else None
            )
            problems.add(
                find(node, (key,))[1],
                f"{path}.{key}",
                complaint,
                got=str(data[key]),
                allowed=calendar.span(data[key]),
                hint=hint,
            )
    if len(dates) == 2 and dates["end"] < dates["start"]:
        problems.add(
            find(node, ("end",))[1],
            f"{path}.end",
            "ends before it begins",
            got=str(data["end"]),
            allowed=f"{data['start']} or later",
        )
    if "start" in dates and data.get("from_start"):
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
    start = calendar.start if from_start else calendar.at(_or(data.get("start"), 0))
    end = None if data.get("end") is None else calendar.at(data["end"])
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
        when=_when(when_in_full(data.get("when"))),
    )


def _when(data: dict[str, Any] | None) -> When | None:
    if data is None:
        return None
    above = data.get("above") is not None
    off = data.get("off_below" if above else "off_above")
    threshold = float(data["above"] if above else data["below"])
    return When(data["outcome"], above, threshold, data.get("for") or 7, None if off is None else float(off))


def _covered(names: Any, known: Sequence[str]) -> tuple[str, ...]:
    return tuple(known) if names is None or names == "all" else tuple(name for name in known if name in names)
