"""Experiments: a baseline, the scenarios compared with it, and how they are compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any, Literal

from sim.errors import ScenarioError
from sim.scenario.build import load_from
from sim.scenario.check import check
from sim.scenario.compose import Desk, check_stem
from sim.scenario.experiment_checks import check_experiment
from sim.scenario.finder import available, find_file, home_of, homes_of, named, shipped, within
from sim.scenario.frozen import FrozenMapping
from sim.scenario.in_short import in_short
from sim.scenario.nodes import MapNode, plain
from sim.scenario.overrides import parse_sets, tree_of_sets
from sim.scenario.policies import check_begins
from sim.scenario.problems import Problem, Problems, did_you_mean, listing
from sim.scenario.scenario import Scenario
from sim.scenario.schema.experiment import ExperimentDocument
from sim.scenario.texts import normal, quoted
from sim.scenario.variants import Wanted, wanted_scenarios

__all__ = [
    "Experiment",
    "OutcomeChoice",
    "Precision",
    "WorldsChoice",
    "load_experiment",
    "scenario_file",
    "scenarios_of",
]


@dataclass(frozen=True, slots=True)
class WorldsChoice:
    """How uncertain parameters are varied.

    ``draw`` is point, latin_hypercube, sobol or matched; ``count`` how many, ``parameters`` which ones (None: all);
    ``repeated`` of the worlds have one seed more than the others.
    """

    draw: str = "point"
    count: int | None = None
    parameters: tuple[str, ...] | None = None
    repeated: int = 0


@dataclass(frozen=True, slots=True)
class OutcomeChoice:
    """An outcome's direction (+1, -1, 0) and smallest change that matters, where the experiment says so."""

    direction: int | None = None
    smallest_change: float | None = None


@dataclass(frozen=True, slots=True)
class Precision:
    """How well effects are to be known: half of the width that the 95% interval of each outcome's effects may have.

    ``looks`` are replications after which to look (empty: the usual ones), ``budget`` the most runs there may be.
    """

    half_widths: FrozenMapping[str, float]
    looks: tuple[int, ...] = ()
    budget: int | None = None


@in_short(
    lambda self: {
        "name": self.name,
        "scenarios": ", ".join(self.scenarios),
        "seeds": "open" if self.seeds is None else self.seeds,
    }
)
@dataclass(frozen=True)
class Experiment:
    """An experiment, checked, with its scenarios loaded.

    Attributes
    ----------
    name, title, question, description
        How people call it and what it asks.
    path
        The file it was read from.
    scenarios
        Name to scenario; the baseline is the first.
    worlds
        How uncertain parameters are varied.
    seeds
        Seeds in each world, or None where the file leaves it open.
    first_seed
        The first of them.
    horizon
        Days after the burn-in, or None for each scenario's own.
    outcomes
        The outcomes to report first, in order, with what differs from the vocabulary.
    window, show
        The window effects are about, and the scenarios shown over time; None and empty for the report's choice.
    precision
        How well effects are to be known, or None for a fixed number of runs.
    executor, timeout, on_error
        What does the runs, the seconds each may take (or None), and what becomes of the others when one fails
        (``continue`` or ``stop``).
    factorial
        Of each scenario that is a combination of a factorial, the doses of the factorial's policies, and the numbers
        of what else it varies; else empty.
    levels
        Of each factor that is no policy, what its numbers stand for.
    """

    name: str
    title: str
    question: str
    description: str
    path: Path
    scenarios: FrozenMapping[str, Scenario]
    worlds: WorldsChoice
    seeds: int | None
    first_seed: int
    horizon: int | None
    outcomes: FrozenMapping[str, OutcomeChoice]
    window: str | None
    show: tuple[str, ...]
    precision: Precision | None
    executor: str
    timeout: float | None
    on_error: Literal["continue", "stop"]
    factorial: FrozenMapping[str, FrozenMapping[str, float]]
    levels: FrozenMapping[str, Mapping[float, str]]

    @property
    def baseline(self) -> str:
        """Name of the scenario everything is compared with."""
        return next(iter(self.scenarios))


def load_experiment(name_or_path: str | PathLike[str], sets: Sequence[str] = ()) -> Experiment:
    """Load an experiment and all its scenarios.

    Parameters
    ----------
    name_or_path
        Path of an experiment file, or a name in ``./experiments`` or among the shipped ones.
    sets
        ``key=value`` texts laid over every scenario, as with ``--set``.

    Raises
    ------
    NotFoundError
        If there is no such experiment.
    ScenarioError
        If anything is wrong in it or in one of its scenarios; one line for each problem.
    """
    path = find_file(name_or_path, "experiments")
    problems = Problems()
    desk = Desk(problems)
    everywhere = parse_sets(sets, problems)
    tree = desk.raw(path)
    if tree is None:
        problems.raise_if_any()
        raise AssertionError("nothing was read, yet nothing was wrong")
    check_stem(path, tree, problems)
    tree = check(tree, ExperimentDocument, problems)
    data = plain(tree)
    common = tree.get("set")
    if isinstance(common, MapNode):
        everywhere = [*tree_of_sets(common, "set", problems), *everywhere]
    wanted = wanted_scenarios(tree, problems)
    scenarios: dict[str, Scenario] = {}
    factorial: dict[str, FrozenMapping[str, float]] = {}
    levels: dict[str, Mapping[float, str]] = {}
    for item in wanted:
        loaded = _load(item, path, everywhere, desk)
        if loaded is None:
            continue
        levels |= item.levels
        base = next(iter(scenarios), None)
        if item.levels and base is not None and loaded == scenarios[base] and base not in factorial:
            factorial[base] = FrozenMapping(item.doses)  # the combination of what the baseline has already
            continue
        if loaded.name in scenarios:
            problems.add(item.mark, item.path, "two scenarios are called the same", got=repr(loaded.name))
        scenarios[loaded.name] = loaded
        if item.doses:
            factorial[loaded.name] = FrozenMapping(item.doses)
    check_experiment(tree, [*scenarios, *(item.name for item in wanted)], scenarios, problems)
    for other in list(scenarios.values())[1:]:
        check_begins(other, next(iter(scenarios.values())), data.get("horizon"), problems)
    problems.raise_if_any()
    name = data.get("name") or normal(path.stem)
    worlds = data.get("worlds") or {}
    chosen = worlds.get("parameters", "all")
    return Experiment(
        name=name,
        title=data.get("title") or name,
        question=data.get("question") or "",
        description=data.get("description") or "",
        path=path,
        scenarios=FrozenMapping(scenarios),
        worlds=WorldsChoice(
            worlds.get("draw", "point"),
            worlds.get("count"),
            None if chosen == "all" else tuple(chosen),
            worlds.get("repeated") or 0,
        ),
        seeds=data.get("seeds") or data.get("replications"),
        first_seed=1 if data.get("first_seed") is None else data["first_seed"],
        horizon=data.get("horizon"),
        outcomes=FrozenMapping({name: _choice(data["outcomes"][name]) for name in data.get("outcomes") or ()}),
        window=data.get("window"),
        show=tuple(data.get("show") or ()),
        precision=Precision(
            FrozenMapping(data["precision"]), tuple(data.get("looks") or ()), data.get("budget")
        )
        if data.get("precision")
        else None,
        executor=data.get("executor") or "local",
        timeout=data.get("timeout"),
        on_error=data.get("on_error") or "continue",
        factorial=FrozenMapping(factorial),
        levels=FrozenMapping(levels),
    )


def _choice(choice: Mapping[str, Any] | None) -> OutcomeChoice:
    """What an experiment says about an outcome."""
    said = choice or {}
    direction = {"higher": 1, "lower": -1, "neutral": 0}.get(said.get("direction", ""))
    return OutcomeChoice(direction, said.get("smallest_change"))


def _load(item: Wanted, path: Path, everywhere: Sequence[MapNode], desk: Desk) -> Scenario | None:
    file = scenario_file(item.source, path)
    if file is None and desk.problems.at(item.mark):
        return None  # the text itself was refused when it was read
    if file is None:
        known = sorted(set(available(scenarios_of(path))))
        desk.problems.add(
            item.mark,
            item.path,
            "no such scenario",
            got=quoted(item.source),
            allowed=listing(known),
            hint=did_you_mean(item.source, known),
        )
        return None
    try:
        return load_from(file, [*item.sets, *everywhere], desk)
    except ScenarioError as error:
        for problem in error.problems:
            if isinstance(problem, Problem):
                desk.problems.take(problem)
        return None


def scenarios_of(path: Path) -> Path:
    """Return the folder of scenarios that belongs to an experiment file."""
    home = home_of(path, "experiments")
    beside = home.parent / "scenarios"
    return beside if home.name == "experiments" and beside.is_dir() else home


def scenario_file(name: str, path: Path) -> Path | None:
    """Find a scenario an experiment names: in its own tree, the scenarios beside it, here, or the shipped ones."""
    homes = (*homes_of(path, "experiments"), scenarios_of(path), Path.cwd() / "scenarios", shipped())
    for folder in dict.fromkeys((scenarios_of(path), path.parent, *homes)):
        found = named(name, folder)
        if found is not None and any(within(found, home) for home in homes):
            return found
    return None
