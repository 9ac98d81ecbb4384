"""Checking one file of any kind by itself."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sim.errors import NotFoundError, ScenarioError
from sim.scenario.build import load_from, readings_of
from sim.scenario.checks import check_community, check_specs
from sim.scenario.community import build_community
from sim.scenario.compose import Desk, check_stem
from sim.scenario.finder import find_file
from sim.scenario.memory import refuse_if_too_large
from sim.scenario.nodes import MapNode, Scalar, show
from sim.scenario.overrides import parse_sets
from sim.scenario.problems import Problems, did_you_mean
from sim.scenario.published import Reading, each_group, read_figures
from sim.scenario.specs import parameter_specs

__all__ = ["KINDS", "validate"]

KINDS = ("scenario", "community", "parameters", "experiment", "claims")


def validate(name_or_path: str, sets: Sequence[str] = ()) -> str:
    """Check a file, and everything it rests on.

    Parameters
    ----------
    name_or_path
        A path, or the name of a scenario or experiment.
    sets
        ``key=value`` texts laid over scenarios.

    Returns
    -------
    str
        One line that says what was found valid.

    Raises
    ------
    CgsimError
        If the file does not exist or anything is wrong.
    """
    path = _find(name_or_path)
    problems = Problems()
    desk = Desk(problems)
    tree = desk.raw(path)
    if tree is None:
        problems.raise_if_any()
        raise AssertionError("nothing was read, yet nothing was wrong")
    node = tree.get("kind")
    kind = node.value if isinstance(node, Scalar) else None
    if kind == "experiment":
        from sim.scenario.experiment import load_experiment

        found = load_experiment(path, sets)
        return f"Experiment: {_count(len(found.scenarios) - 1, 'scenario')} compared with {found.baseline}."
    if kind == "claims":
        return _claims(path, sets)
    if kind == "community":
        return _community(tree, path, problems)
    if kind == "parameters":
        return _parameters(desk, path)
    if kind != "scenario":
        _wrong_kind(tree, problems)
    scenario = load_from(path, parse_sets(sets, problems), desk)
    town, dates = scenario.community, scenario.calendar
    return (
        f"Scenario: {town.title}, {town.population:,} residents, {_count(town.staff, 'worker')}, "
        f"{_count(len(scenario.policies), 'policy block')}, {dates.first_day} to {dates.last_day}."
        + _told(readings_of(scenario))
    )


def _find(name_or_path: str) -> Path:
    """Find a scenario, or else an experiment, of a name."""
    try:
        return find_file(name_or_path)
    except NotFoundError:
        try:
            return find_file(name_or_path, "experiments")
        except NotFoundError:
            pass
        raise


def _wrong_kind(tree: MapNode, problems: Problems) -> None:
    """Report a file that does not say what it is, or says something unknown, and stop there."""
    entry = tree.entries.get("kind")
    if entry is None:
        problems.add(tree.mark, "kind", "is missing (what the file describes)", allowed=", ".join(KINDS))
    else:
        word = str(getattr(entry.node, "value", ""))
        problems.add(
            entry.node.mark,
            "kind",
            "not one of the allowed words",
            got=show(entry.node),
            allowed=", ".join(KINDS),
            hint=did_you_mean(word, KINDS),
        )
    problems.raise_if_any()


def _claims(path: Path, sets: Sequence[str]) -> str:
    from sim.scenario.read_claims import load_claims

    claims = load_claims(path, sets)
    if claims.has_quick:
        load_claims(path, sets, quick=True)
    return f"Claims: {len(claims.claims)}, tried with {_count(len(claims.arms), 'arm')}."


def _community(tree: MapNode, path: Path, problems: Problems) -> str:
    check_stem(path, tree, problems)
    tree, readings = read_figures(each_group(tree), problems)
    tree = check_community(tree, problems)
    try:
        problems.raise_if_any()
    except ScenarioError as error:
        # what was made of the other figures is told with what is wrong
        raise ScenarioError([*error.problems, *readings]) from None
    town = build_community(tree, path.stem)
    refuse_if_too_large(town, tree.entries["groups"].key_mark)
    agencies = _count(len(town.agencies), "agency")
    return (
        f"Community: {town.title}, {town.population:,} residents in {_count(len(town.blocks), 'block')}, "
        f"{_count(len(town.groups), 'group')}, {_count(town.staff, 'worker')} in {agencies}." + _told(readings)
    )


def _told(readings: Sequence[Reading]) -> str:
    """Return what was made of published figures, a line for each; what several groups share stands there once."""
    first = {(reading.mark, reading.sentence): reading for reading in reversed(readings)}
    return "".join(f"\n  {reading}" for reading in reversed(first.values()))


def _parameters(desk: Desk, path: Path) -> str:
    tree = desk.parameters(path)
    assert tree is not None
    specs = parameter_specs(tree)
    check_specs(tree, specs, desk.problems)
    desk.problems.raise_if_any()
    assumed = sum(spec.grade == "assumed" for spec in specs.values())
    return f"Parameters: {len(specs)}, of which {assumed} are assumed."


def _count(number: int, thing: str) -> str:
    """Return a number of things in words that agree with it."""
    many = thing[:-1] + "ies" if thing.endswith("y") else thing + "s"
    return f"{number} {thing if number == 1 else many}"
