"""History matching: which parameter worlds could be Xicheng as the paper describes it?

No level is fitted to one point. Worlds are drawn from the ranges of all parameters at once, each is run under the
baseline, and those are kept that show every published pattern and the paper's four problems together. What is kept,
and what share of the tries it was, is written beside the scenarios (``matched_worlds.csv``) and into
``docs/tables/matching.md``.

A pattern that was used here is matched, not found: it is no evidence for the model.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim.errors import RunError, UsageError

if TYPE_CHECKING:
    from sim.lab.worlds import World

HORIZON = 365
"""Days after the burn-in that patterns are looked at: one year."""

LEFT_ALONE = (
    "hours.workdays",
    "policy.representative_elections.first_after_days",
    "policy.representative_elections.every_days",
)
"""Parameters that have a range but are matters of calendar, not of ignorance."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """What a world must show: an outcome at a level within bounds, with the published figure it is held against."""

    name: str
    outcome: str
    by: str
    level: str
    low: float
    high: float
    source: str

    def shown(self, value: float) -> bool:
        """Whether a value lies within the bounds; a missing one does not."""
        return self.low <= value <= self.high


PATTERNS: tuple[Pattern, ...] = (
    Pattern("participation", "participation_30d", "scope", "residents", 0.10, 0.30,
            "Low participation (paper, 4.2.2); resident-committee turnout and contact shares bound it from above"),
    Pattern("trust", "trust", "scope", "residents", 0.40, 0.70,
            "Satisfaction with the lowest tiers of government 43.6 to 73.9 per cent (31,000 interviews, 2003 to 2016)"),
    Pattern("mediated disputes", "conflicts_mediated_per_1000", "all", "total", 6.0, 11.0,
            "People's mediation: 5.8, 6.6, 6.8 and 10.6 per 1,000 a year (2009, 2011, 2018, 2022)"),
    Pattern("timeliness", "on_time", "scope", "residents", 0.0, 0.60,
            "Untimely response (paper, 4.2.3); about a third of counties answered an online request (2014)"),
    Pattern("resources", "coverage", "scope", "residents", 0.0, 0.50,
            "Insufficient resources (paper, 4.2.1): at most half of the needs that arise are served in time"),
    Pattern("professionalism", "skill", "scope", "residents", 0.0, 0.50,
            "Low professionalism (paper, 4.2.4): workers' mean skill in the lower half of the scale"),
    Pattern("stationarity", "trust_drift", "scope", "residents", -0.02, 0.02,
            "The baseline is how things stand: trust moves by less than 0.02 over the last half-year of the burn-in"),
)


@dataclass(frozen=True, slots=True)
class Trial:
    """One world that was tried: its values, what it showed, and which patterns it missed."""

    world: World
    values: dict[str, float]
    missed: tuple[str, ...]

    @property
    def kept(self) -> bool:
        """Whether it showed every pattern."""
        return not self.missed


def draw(scenario: Any, tries: int, seed: int) -> tuple[World, ...]:
    """Draw worlds from the ranges of all parameters but calendar ones, as a Latin hypercube keyed by the seed."""
    from sim.lab.worlds import latin_hypercube

    specs = scenario.parameters.specs
    names = sorted(n for n, spec in specs.items() if spec.varies and spec.kind != "switch" and n not in LEFT_ALONE)
    return latin_hypercube(specs, names, tries, f"matching/{scenario.name}/{seed}")


def judge(world: World, values: dict[str, float]) -> Trial:
    """Hold what a world showed against the patterns."""
    missed = tuple(p.name for p in PATTERNS if not p.shown(values[p.outcome]))
    return Trial(world, values, missed)


def try_world(scenario: Any, world: World, seed: int) -> dict[str, float]:
    """Run one world for a year after the burn-in and read off the patterns' outcomes."""
    from sim.model import simulate

    run = simulate(scenario.with_parameters(dict(world.values)), seed=seed, days=HORIZON)
    read = [p for p in PATTERNS if p.outcome != "trust_drift"]
    values = {p.outcome: run.value(p.outcome, "horizon", p.by, p.level) for p in read}
    values["trust_drift"] = float(run.meta["burn_in_drift"].get("trust", 0.0))
    return values


_scenario: Any = None
_seed = 0


def _prepare(scenario: Any, seed: int) -> None:
    global _scenario, _seed
    _scenario, _seed = scenario, seed


def _try(world: World) -> dict[str, float]:
    return try_world(_scenario, world, _seed)


def match(
    scenario: Any, tries: int, seed: int = 0, jobs: int = 2, progress: Callable[[int, int, int], None] | None = None
) -> list[Trial]:
    """Try worlds and judge each.

    Parameters
    ----------
    scenario : Scenario
        The baseline.
    tries : int
        Worlds to draw.
    seed : int
        Of the draw and of the runs.
    jobs : int
        Processes.
    progress : callable, optional
        Called as ``progress(tried, kept, tries)`` after each world.

    Returns
    -------
    list of Trial
        In the order of the draw, whatever finished first.

    Raises
    ------
    UsageError
        If the burn-in is too short to see a drift.
    RunError
        If a world's run fails.
    """
    if scenario.burn_in < 180:
        raise UsageError(f"matching needs a burn-in of 180 days or more, {scenario.name} has {scenario.burn_in}")
    worlds = draw(scenario, tries, seed)
    trials: list[Trial] = []
    kept = 0
    for world, values in _results(scenario, worlds, seed, jobs):
        trials.append(judge(world, values))
        kept += trials[-1].kept
        if progress is not None:
            progress(len(trials), kept, tries)
    order = {world.id: k for k, world in enumerate(worlds)}
    return sorted(trials, key=lambda trial: order[trial.world.id])


def _results(
    scenario: Any, worlds: Sequence[World], seed: int, jobs: int
) -> Iterator[tuple[World, dict[str, float]]]:
    """Run worlds on local processes; yield each as it finishes."""
    from sim.lab.executors import process_executor, stop

    pool = process_executor(jobs, _prepare, (scenario, seed))
    try:
        waiting: dict[Future[dict[str, float]], World] = {pool.submit(_try, world): world for world in worlds}
        while waiting:
            done, _ = wait(waiting, return_when="FIRST_COMPLETED")
            for future in done:
                world = waiting.pop(future)
                try:
                    yield world, future.result()
                except Exception as error:
                    raise RunError(f"world {world.id}: {type(error).__name__}: {error}") from error
    finally:
        stop(pool)


def table(trials: Sequence[Trial], scenario: Any, seed: int) -> str:
    """What was tried and kept, as a page of Markdown."""
    kept = [trial for trial in trials if trial.kept]
    lines = [
        "<!-- Written by `make match`. Run it again when rules, parameters or the baseline change. -->",
        "",
        "# History matching of the baseline",
        "",
        f"{len(trials)} worlds were drawn from the ranges of all uncertain parameters (Latin hypercube, seed {seed}) "
        f"and run under `{scenario.name}` at full size, {scenario.community.population:,} residents, for "
        f"{scenario.burn_in} days of burn-in and {HORIZON} days. **{len(kept)} were kept "
        f"({100 * len(kept) / max(len(trials), 1):.1f} per cent)**: they show every pattern below at once.",
        "",
        "A matched level is an input. It is no evidence for the model.",
        "",
        "| pattern | outcome | level | bounds | held against | worlds that show it | kept worlds, lowest to highest |",
        "|---|---|---|---|---|---|---|",
    ]
    for p in PATTERNS:
        share = sum(p.name not in trial.missed for trial in trials) / max(len(trials), 1)
        values = sorted(trial.values[p.outcome] for trial in kept)
        span = f"{values[0]:.3g} to {values[-1]:.3g}" if values else "none"
        lines.append(
            f"| {p.name} | `{p.outcome}` | {p.level} | {p.low:g} to {p.high:g} | {p.source} "
            f"| {100 * share:.0f}% | {span} |"
        )
    return "\n".join([*lines, "", f"Matched {dt.date.today().isoformat()}.", ""])
