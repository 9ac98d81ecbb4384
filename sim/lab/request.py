"""From what a user typed to a design: the name of an experiment, or names of scenarios."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sim.errors import NotFoundError, UsageError
from sim.lab.design import POINT_SEEDS, Design
from sim.lab.engine import Driver
from sim.lab.precision import plan_precision
from sim.lab.running import Running
from sim.lab.worlds import (
    POINT,
    latin_hypercube_blocks,
    make_worlds,
    table_beside,
    without_choices,
    world_key,
)
from sim.scenario.policies import check_begins
from sim.scenario.problems import Problems
from sim.scenario.specs import specs_of
from sim.scenario.texts import name_complaint

LONGEST = 60
"""Letters kept of names that are too long to make a folder's name together."""

MOST = 100_000
"""Seeds or worlds that a call may ask for; a slip of the finger beyond it would fill the memory."""


def requested_design(
    names: Sequence[Any],
    sets: Sequence[str] = (),
    seeds: int | None = None,
    worlds: int | None = None,
    days: int | None = None,
    driver: Driver = "compiled",
    first_seed: int | None = None,
    draw: str | None = None,
) -> Design:
    """Make the design that is asked for.

    Parameters
    ----------
    names
        One experiment (name, path or loaded), or two scenarios or more, the baseline first.
    sets
        ``key=value`` texts laid over every scenario.
    seeds, worlds, days, first_seed
        In place of what an experiment says; of scenarios 8 seeds in the one world of written values, or one seed
        in each of several worlds.
    draw
        Of scenarios: ``latin_hypercube``, ``sobol`` or ``matched``.

    Raises
    ------
    CgsimError
        If something does not exist or makes no sense.
    """
    for label, number in (("seeds", seeds), ("worlds", worlds), ("days", days)):
        if number is not None and number < 1:
            raise UsageError(f"{label}: at least 1, not {number}")
        if number is not None and number > MOST:
            raise UsageError(f"{label}: at most {MOST:,}, not {number:,}")
    if len(names) == 1:
        experiment = _experiment(names[0], sets)
        if draw is not None and draw != experiment.worlds.draw:
            raise UsageError("how worlds are drawn is said in the experiment's file; change it there")
        return _that_begins(design_from_experiment(experiment, seeds, worlds, days, driver, first_seed))
    if not names:
        raise UsageError("name an experiment, or at least two scenarios (the first is the baseline)")
    scenarios = [_scenario(name, sets) for name in names]
    several = worlds > 1 if worlds is not None else draw is not None
    return _that_begins(
        design_from_scenarios(
            scenarios,
            seeds=seeds or (1 if several else POINT_SEEDS),
            first_seed=1 if first_seed is None else first_seed,
            days=days,
            driver=driver,
            worlds=worlds if draw is not None else worlds or 1,
            draw=draw,
        )
    )


def _that_begins(design: Design) -> Design:
    """The design, unless what a scenario changes begins after its last day: ScenarioError."""
    problems = Problems()
    base, *others = design.scenarios.values()
    for other in others:
        check_begins(other, base, design.days, problems)
    problems.raise_if_any()
    return design


def design_from_experiment(
    experiment: Any,
    seeds: int | None = None,
    worlds: int | None = None,
    days: int | None = None,
    driver: Driver = "compiled",
    first_seed: int | None = None,
) -> Design:
    """Make the design that an experiment file describes.

    Parameters
    ----------
    experiment
        From ``sim.scenario.load_experiment``.
    seeds, worlds, days, first_seed
        In place of what the file says; a number of worlds makes a point experiment one of a Latin hypercube. A
        number of seeds or worlds is a fixed count: what the file says about precision is left aside.

    Raises
    ------
    UsageError
        If the file asks for something this version cannot do, or the worlds cannot be made.
    """
    choice = experiment.worlds
    draw = "latin_hypercube" if choice.draw == "point" and (worlds or 1) > 1 else choice.draw
    count = worlds or choice.count
    first = experiment.first_seed if first_seed is None else first_seed
    base = experiment.scenarios[experiment.baseline]
    table, specs = table_beside(experiment.path), specs_of(experiment.scenarios.values())
    fixed = seeds is not None
    goal = experiment.precision if not fixed and worlds is None else None
    precision = None
    if goal is not None:
        there = make_worlds(draw, count, None, base, first, table) if draw == "matched" else ()
        precision = plan_precision(
            goal.half_widths,
            draw,
            len(experiment.scenarios),
            len(there),
            experiment.seeds or 1,
            goal.looks,
            goal.budget,
        )
        count, seeds = precision.looks[-1].worlds, precision.looks[-1].seeds
    elif seeds is None:
        # One seed in each of many worlds is the best use of runs; a single world needs several for an interval.
        seeds = experiment.seeds or (POINT_SEEDS if draw == POINT else 1)
    repeated = 0 if fixed or draw == POINT else choice.repeated
    if precision is not None and draw == "latin_hypercube":
        key = world_key(base, first)
        drawn = latin_hypercube_blocks(specs, choice.parameters, precision.blocks, key)
    else:
        drawn = make_worlds(draw, count, choice.parameters, base, first, table, specs)
    return Design(
        name=experiment.name,
        title=experiment.title,
        question=experiment.question,
        scenarios=experiment.scenarios,
        worlds=without_choices(drawn, choice.parameters),
        replications=seeds,
        repeated=min(repeated, len(drawn)),
        first_seed=first,
        days=days or experiment.horizon,
        driver=driver,
        draw=draw,
        smallest_changes={
            name: wanted.smallest_change
            for name, wanted in experiment.outcomes.items()
            if wanted.smallest_change is not None
        },
        directions={
            name: wanted.direction
            for name, wanted in experiment.outcomes.items()
            if wanted.direction is not None
        },
        show=experiment.show,
        window=experiment.window,
        precision=precision,
        running=Running(experiment.executor, experiment.timeout, experiment.on_error),
        factorial=experiment.factorial,
        levels=experiment.levels,
    )


def design_from_scenarios(
    scenarios: Sequence[Any],
    name: str | None = None,
    seeds: int = POINT_SEEDS,
    first_seed: int = 1,
    days: int | None = None,
    driver: Driver = "compiled",
    worlds: int | None = 1,
    draw: str | None = None,
) -> Design:
    """Compare scenarios with the first of them.

    Parameters
    ----------
    scenarios
        Loaded scenarios; their names must differ.
    seeds
        Seeds in each world.
    worlds
        Parameter worlds; with one and no ``draw``, every parameter has its written value. None is 16, or all there
        are in a table.
    draw
        ``latin_hypercube`` (the default with several worlds), ``sobol`` or ``matched``.

    Raises
    ------
    UsageError
        If two scenarios have the same name.
    """
    by_name = _by_name(scenarios)
    name = name or _joined(list(by_name))
    method = draw or ("point" if worlds == 1 else "latin_hypercube")
    return Design(
        name=name,
        scenarios=by_name,
        worlds=without_choices(
            make_worlds(method, worlds, None, scenarios[0], first_seed, specs=specs_of(scenarios))
        ),
        title=" against ".join(s.title or s.name for s in reversed(scenarios))
        if len(scenarios) == 2
        else name,
        question=scenarios[0].question if len(scenarios) == 1 else "",
        replications=seeds,
        first_seed=first_seed,
        days=days,
        driver=driver,
        draw=method,
    )


def _experiment(name: Any, sets: Sequence[str]) -> Any:
    """Load an experiment, or say what is missing where the name is a scenario's."""
    from sim.scenario.experiment import Experiment, load_experiment
    from sim.scenario.finder import find_file

    if isinstance(name, Experiment):
        return name
    try:
        path = find_file(str(name), "experiments")
    except NotFoundError:
        try:
            find_file(str(name))
        except NotFoundError:
            pass
        else:
            raise UsageError(_two(name)) from None
        raise
    if _kind(path) == "scenario":
        raise UsageError(_two(name))
    return load_experiment(path, sets)


def _scenario(name: Any, sets: Sequence[str]) -> Any:
    """Load a scenario, unless it is one."""
    if not isinstance(name, (str, Path)):
        return name
    from sim.scenario import load_scenario

    return load_scenario(name, sets)


def _kind(path: Path) -> str | None:
    """What a file says it is, without checking the rest of it."""
    with path.open(encoding="utf-8", errors="replace") as file:
        for line in file:
            if line.startswith("kind:"):
                return line.removeprefix("kind:").split("#")[0].strip().strip("\"'")
    return None


def _two(name: Any) -> str:
    """What to do where one scenario was named."""
    stem = Path(str(name)).stem
    other = f"baseline {name}" if stem != "baseline" else f"{name} SCENARIO"
    return f"{name} is a single scenario: name two or more to compare, the baseline first, as in cgsim compare {other}"


def _by_name(scenarios: Sequence[Any]) -> dict[str, Any]:
    """Scenarios by name, refusing two of one name."""
    by_name: dict[str, Any] = {}
    for scenario in scenarios:
        if scenario.name in by_name:
            raise UsageError(f"two scenarios are called {scenario.name!r}; give one of them another name")
        by_name[scenario.name] = scenario
    return by_name


def _joined(names: list[str]) -> str:
    """A folder's name for a comparison of these scenarios."""
    text = "-".join(names) if len(names) <= 3 else f"{names[0]}-and-{len(names) - 1}-more"
    if name_complaint(text) is None:
        return text
    # several long names, or one that a program has given: the letters of a hash tell them apart
    plain = re.sub(r"[^\w+@]+", "-", text).strip("-+@")[:LONGEST]
    return f"{plain or 'comparison'}-{hashlib.sha256('-'.join(names).encode()).hexdigest()[:6]}"
