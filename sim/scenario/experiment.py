"""Experiments: a baseline, the scenarios compared with it, and how they are compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from sim.errors import ScenarioError
from sim.scenario.build import load_from
from sim.scenario.check import check
from sim.scenario.compose import Desk
from sim.scenario.finder import SUFFIXES, available, find_file, home_of, shipped, within
from sim.scenario.frozen import FrozenMapping
from sim.scenario.nodes import MapNode, find, plain
from sim.scenario.overrides import parse_sets, tree_of_sets
from sim.scenario.problems import Problem, Problems, did_you_mean, listing
from sim.scenario.scenario import Scenario
from sim.scenario.schema.experiment import ExperimentDocument
from sim.scenario.variants import Wanted, wanted_scenarios
from sim.vocabulary.outcomes import BY_NAME as OUTCOMES
from sim.vocabulary.outcomes import WINDOWS

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
    """How uncertain parameters are varied: ``draw`` (point, latin_hypercube, matched), how many, which (None: all)."""

    draw: str = "point"
    count: int | None = None
    parameters: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class OutcomeChoice:
    """An outcome's direction (+1, -1, 0) and smallest change that matters, where the experiment says so."""

    direction: int | None = None
    smallest_change: float | None = None


@dataclass(frozen=True, slots=True)
class Precision:
    """Stop adding seeds once an outcome's 95% half-width is reached; looked at after fixed numbers of seeds."""

    outcome: str
    half_width: float
    looks: tuple[int, ...]
    budget: int | None


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
        When to stop adding seeds, or None.
    executor
        ``local`` or the address of a cluster.
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
    tree = check(tree, ExperimentDocument, problems)
    data = plain(tree)
    common = tree.get("set")
    if isinstance(common, MapNode):
        everywhere = [*tree_of_sets(common, "set", problems), *everywhere]
    wanted = wanted_scenarios(tree, problems)
    scenarios: dict[str, Scenario] = {}
    for item in wanted:
        loaded = _load(item, path, everywhere, desk)
        if loaded is None:
            continue
        if loaded.name in scenarios:
            problems.add(item.mark, item.path, "two scenarios are called the same", got=repr(loaded.name))
        scenarios[loaded.name] = loaded
    outcomes = _check_names(tree, [*scenarios, *(item.name for item in wanted)], scenarios, problems)
    problems.raise_if_any()
    name = data.get("name") or path.stem
    worlds = data.get("worlds") or {}
    chosen = worlds.get("parameters", "all")
    precision = data.get("precision")
    return Experiment(
        name=name,
        title=data.get("title") or name,
        question=data.get("question") or "",
        description=data.get("description") or "",
        path=path,
        scenarios=FrozenMapping(scenarios),
        worlds=WorldsChoice(
            worlds.get("draw", "point"), worlds.get("count"), None if chosen == "all" else tuple(chosen)
        ),
        seeds=data.get("seeds") or data.get("replications"),
        first_seed=1 if data.get("first_seed") is None else data["first_seed"],
        horizon=data.get("horizon"),
        outcomes=FrozenMapping(outcomes),
        window=data.get("window"),
        show=tuple(data.get("show") or ()),
        precision=None
        if not precision
        else Precision(
            precision["outcome"],
            float(precision["half_width"]),
            tuple(precision["looks"]),
            precision.get("budget"),
        ),
        executor=data.get("executor") or "local",
    )


def _load(item: Wanted, path: Path, everywhere: Sequence[MapNode], desk: Desk) -> Scenario | None:
    file = scenario_file(item.source, path)
    if file is None:
        known = sorted(set(available(scenarios_of(path))))
        desk.problems.add(
            item.mark,
            item.path,
            "no such scenario",
            got=repr(item.source),
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
    homes = (home_of(path, "experiments"), scenarios_of(path), Path.cwd() / "scenarios", shipped())
    for folder in dict.fromkeys((scenarios_of(path), path.parent, *homes)):
        for suffix in ("", *SUFFIXES):
            candidate = folder / (name + suffix)
            if (
                candidate.suffix in SUFFIXES
                and candidate.is_file()
                and any(within(candidate, h) for h in homes)
            ):
                return candidate
    return None


def _check_names(
    tree: MapNode, names: Sequence[str], scenarios: dict[str, Scenario], problems: Problems
) -> dict[str, OutcomeChoice]:
    """Report outcomes, windows, parameters and scenarios that do not exist; return the outcomes chosen."""
    data = plain(tree)
    known = list(OUTCOMES)
    outcomes: dict[str, OutcomeChoice] = {}
    for name, choice in (data.get("outcomes") or {}).items():
        if name not in known and name not in _users_outcomes():
            problems.unknown(find(tree, ("outcomes", name))[0], f"outcomes.{name}", "outcome", name, known)
        choice = choice or {}
        direction = {"higher": 1, "lower": -1, "neutral": 0}.get(choice.get("direction", ""))
        outcomes[name] = OutcomeChoice(direction, choice.get("smallest_change"))
    precision = data.get("precision")
    if precision and precision["outcome"] not in known and precision["outcome"] not in _users_outcomes():
        mark = find(tree, ("precision", "outcome"))[1]
        problems.unknown(mark, "precision.outcome", "outcome", precision["outcome"], known)
    if data.get("window") and data["window"] not in WINDOWS:
        problems.unknown(find(tree, ("window",))[1], "window", "window", data["window"], WINDOWS)
    for index, name in enumerate(data.get("show") or ()):
        if name not in names:
            problems.unknown(find(tree, ("show", index))[1], f"show[{index}]", "scenario", name, names)
    if data.get("seeds") and data.get("replications"):
        mark = find(tree, ("replications",))[0]
        problems.add(
            mark, "replications", "is another word for seeds, which is given too", allowed="one of the two"
        )
    base = next(iter(scenarios.values()), None)
    parameters = (data.get("worlds") or {}).get("parameters", "all")
    for index, name in enumerate(parameters if base is not None and parameters != "all" else ()):
        mark = find(tree, ("worlds", "parameters", index))[1]
        path = f"worlds.parameters[{index}]"
        assert base is not None
        if name not in base.parameters.specs:
            problems.unknown(mark, path, "parameter", name, list(base.parameters.specs))
        elif not base.parameters.specs[name].varies:
            problems.add(
                mark,
                path,
                "has no range to vary in",
                got=repr(name),
                hint="give it a range where it is declared",
            )
    return outcomes


def _users_outcomes() -> set[str]:
    """Return the names of outcomes that installed packages add."""
    from importlib.metadata import entry_points

    return {point.name for point in entry_points(group="cgsim.outcomes")}
