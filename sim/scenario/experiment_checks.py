"""What an experiment names must exist, and its keys must go together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sim.scenario.nodes import MapNode, find, plain
from sim.scenario.problems import Problems
from sim.scenario.scenario import Scenario
from sim.scenario.specs import specs_of
from sim.vocabulary.outcomes import BY_NAME as OUTCOMES
from sim.vocabulary.outcomes import WINDOWS

__all__ = ["check_experiment"]


def check_experiment(
    tree: MapNode, names: Sequence[str], scenarios: Mapping[str, Scenario], problems: Problems
) -> None:
    """Report outcomes, windows, parameters and scenarios that do not exist, and keys that contradict each other.

    Parameters
    ----------
    tree
        The experiment, checked against its schema.
    names
        All scenarios it asks for.
    scenarios
        Those that could be loaded, the baseline first.
    problems
        Where to note what is wrong.
    """
    data = plain(tree)
    known = list(OUTCOMES)
    for key in ("outcomes", "precision"):
        for name in data.get(key) or ():
            if name not in known and name not in _users_outcomes():
                problems.unknown(find(tree, (key, name))[0], f"{key}.{name}", "outcome", name, known)
    if data.get("window") and data["window"] not in WINDOWS:
        problems.unknown(find(tree, ("window",))[1], "window", "window", data["window"], WINDOWS)
    for index, name in enumerate((data.get("show") or ()) if names else ()):
        if name not in names:
            problems.unknown(find(tree, ("show", index))[1], f"show[{index}]", "scenario", name, names)
    _check_counts(tree, data, problems)
    _check_parameters(tree, data, scenarios, problems)


def _check_counts(tree: MapNode, data: Mapping[str, Any], problems: Problems) -> None:
    """Report two keys that say how many runs there are in two ways."""

    def refuse(path: str, wrong: str, allowed: str) -> None:
        problems.add(find(tree, path.split("."))[0], path, wrong, allowed=allowed)

    if data.get("seeds") and data.get("replications"):
        refuse("replications", "is another word for seeds, which is given too", "one of the two")
    worlds = data.get("worlds") or {}
    draw, count, repeated = worlds.get("draw", "point"), worlds.get("count"), worlds.get("repeated")
    if repeated and draw == "point":
        refuse("worlds.repeated", "there is one world", "seeds, to say how many it has; or another draw")
    elif repeated and data.get("precision"):
        refuse("worlds.repeated", "is what precision finds out", "looks, to say after how many replications to look")
    elif repeated and count and repeated > count:
        problems.add(
            find(tree, ("worlds", "repeated"))[1],
            "worlds.repeated",
            "more than there are worlds",
            got=str(repeated),
            allowed=f"at most {count}",
        )
    if not data.get("precision"):
        for key in ("looks", "budget"):
            if data.get(key):
                refuse(key, "belongs to precision, which is not there", "with precision: {OUTCOME: HALF_WIDTH}")
        if draw == "sobol" and count and not power_of_two(count):
            problems.add(
                find(tree, ("worlds", "count"))[1],
                "worlds.count",
                "a Sobol sequence is even at powers of two only",
                got=str(count),
                allowed=f"{below(count)} or {2 * below(count)}; or draw: latin_hypercube, which takes any count",
            )
        return
    if draw in ("latin_hypercube", "sobol") and count:
        refuse("worlds.count", "is what precision finds out", "looks, to say after how many worlds to look")
    if draw in ("point", "matched"):
        for key in ("seeds", "replications"):
            if data.get(key):
                refuse(key, "is what precision finds out", "looks, to say after how many seeds to look")
    for index, look in enumerate(data.get("looks") or () if draw == "sobol" else ()):
        if not power_of_two(look):
            problems.add(
                find(tree, ("looks", index))[1],
                f"looks[{index}]",
                "a Sobol sequence is even at powers of two only",
                got=str(look),
                allowed=f"{below(look)} or {2 * below(look)}",
            )


def _check_parameters(
    tree: MapNode, data: Mapping[str, Any], scenarios: Mapping[str, Scenario], problems: Problems
) -> None:
    """Report parameters to vary that do not exist or have no range."""
    parameters = (data.get("worlds") or {}).get("parameters", "all")
    if not scenarios or parameters == "all":
        return
    # The settings of a user's own policy are known to the scenarios that run it alone.
    specs = specs_of(scenarios.values())
    for index, name in enumerate(parameters):
        mark = find(tree, ("worlds", "parameters", index))[1]
        path = f"worlds.parameters[{index}]"
        if name not in specs:
            problems.unknown(mark, path, "parameter", name, list(specs))
        elif not specs[name].varies:
            problems.add(
                mark,
                path,
                "has no range to vary in",
                got=repr(name),
                hint="give it a range where it is declared",
            )


def power_of_two(count: int) -> bool:
    """Whether a number is 1, 2, 4, 8 and so on."""
    return count > 0 and count & (count - 1) == 0


def below(count: int) -> int:
    """The greatest power of two that is no more than a number."""
    return 1 << (count.bit_length() - 1)


def _users_outcomes() -> set[str]:
    """Return the names of outcomes that installed packages add."""
    from importlib.metadata import entry_points

    return {point.name for point in entry_points(group="cgsim.outcomes")}
