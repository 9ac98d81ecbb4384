"""From what a user typed to a design: the name of an experiment, or names of scenarios."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sim.errors import NotFoundError, UsageError
from sim.lab.design import POINT_SEEDS, Design, design_from_experiment, design_from_scenarios
from sim.lab.engine import Driver


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
        Of scenarios: ``latin_hypercube`` or ``matched``.

    Raises
    ------
    CgsimError
        If something does not exist or makes no sense.
    """
    for label, number in (("seeds", seeds), ("worlds", worlds), ("days", days)):
        if number is not None and number < 1:
            raise UsageError(f"{label}: at least 1, not {number}")
    if len(names) == 1:
        experiment = _experiment(names[0], sets)
        if draw is not None and draw != experiment.worlds.draw:
            raise UsageError("how worlds are drawn is said in the experiment's file; change it there")
        return design_from_experiment(experiment, seeds, worlds, days, driver, first_seed)
    if not names:
        raise UsageError("name an experiment, or at least two scenarios (the first is the baseline)")
    scenarios = [_scenario(name, sets) for name in names]
    count = 1 if worlds is None else worlds
    return design_from_scenarios(
        scenarios,
        seeds=seeds or (POINT_SEEDS if count == 1 else 1),
        first_seed=1 if first_seed is None else first_seed,
        days=days,
        driver=driver,
        worlds=count,
        draw=draw,
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
