"""History matching: which parameter worlds could be Xicheng as the paper describes it?

No level is fitted to one point. Worlds are drawn from the ranges of all parameters at once, each is run under the
baseline, and those are kept that show every published pattern and the paper's four problems together. What is kept,
and what share of the tries it was, is written beside the scenarios (``matched_worlds.csv``) and into
``docs/tables/matching.md``.

A pattern that was used here is matched, not found: it is no evidence for the model.

Most worlds miss by far, so a world is looked at twice: over the last half-year of its burn-in against bounds widened by
a third, and only if it passes, over the year after against the bounds themselves. Every world tried is written to a
journal at once; a match that was broken off goes on from there.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import RunError, UsageError

if TYPE_CHECKING:
    from sim.lab.worlds import World

HORIZON = 365
"""Days after the burn-in that patterns are looked at: one year."""

SCREEN_DAYS = 180
SLACK = 1.0 / 3.0
"""The first look: days at the end of the burn-in, and the share by which bounds are widened for it."""


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

    def shown(self, value: float, slack: float = 0.0) -> bool:
        """Whether a value lies within the bounds, widened by a share; a missing one does not."""
        room = slack * (self.high - self.low)
        return self.low - room <= value <= self.high + room


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
    from sim.lab.worlds import latin_hypercube, uncertain_names, world_key

    specs = scenario.parameters.specs
    return latin_hypercube(specs, uncertain_names(specs), tries, world_key(scenario, seed, "matching"))


def missed(values: dict[str, float], slack: float = 0.0) -> tuple[str, ...]:
    """Names of the patterns that values miss, with bounds widened by a share."""
    return tuple(p.name for p in PATTERNS if not p.shown(values[p.outcome], slack))


def try_world(scenario: Any, world: World, seed: int) -> Trial:
    """Run one world, look at the end of its burn-in, and if that is near enough, at the year after."""
    from sim.model.build import build_world
    from sim.model.day import step
    from sim.model.recorder import Recorder
    from sim.model.run import drift

    chosen = scenario.with_parameters(dict(world.values))
    state = build_world(chosen, seed)
    end = chosen.burn_in
    recorder = Recorder(state, end + HORIZON)

    def live(days: int) -> None:
        for _ in range(days):
            step(state)
            recorder.record(state)

    live(end)
    moved = float(drift(recorder, chosen).get("trust", 0.0))
    values = {**_read(recorder, state, end - SCREEN_DAYS, end), "trust_drift": moved}
    far = missed(values, SLACK)
    if far:
        return Trial(world, values, far)
    live(HORIZON)
    values = {**_read(recorder, state, end, end + HORIZON), "trust_drift": moved}
    return Trial(world, values, missed(values))


def _read(recorder: Any, state: Any, first: int, last: int) -> dict[str, float]:
    """The patterns' outcomes over days ``first`` to before ``last``."""
    from sim.model.outcomes import window_table

    table = window_table(recorder, state, {"look": (first, last)}).set_index(["by", "level"])
    return {p.outcome: float(table.loc[(p.by, p.level), p.outcome]) for p in PATTERNS if p.outcome != "trust_drift"}


_scenario: Any = None
_seed = 0


def _prepare(scenario: Any, seed: int) -> None:
    global _scenario, _seed
    _scenario, _seed = scenario, seed


def _try(world: World) -> Trial:
    return try_world(_scenario, world, _seed)


def match(
    scenario: Any, tries: int, seed: int = 0, jobs: int = 2, keep: int | None = None, journal: Path | None = None,
    progress: Callable[[int, int, int], None] | None = None,
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
    keep : int, optional
        Stop as soon as so many worlds are kept.
    journal : path, optional
        File to which every trial is added at once, and from which a match that was broken off goes on.
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
    from sim.model.sources import code_version

    worlds = draw(scenario, tries, seed)
    trials = _known(journal, worlds, f"{code_version()}/{scenario.hash}/{seed}/{tries}")
    kept = sum(trial.kept for trial in trials)
    done = {trial.world.id for trial in trials}
    for trial in _results(scenario, [world for world in worlds if world.id not in done], seed, jobs):
        trials.append(trial)
        _note(journal, trial)
        kept += trial.kept
        if progress is not None:
            progress(len(trials), kept, tries)
        if keep is not None and kept >= keep:
            break
    order = {world.id: k for k, world in enumerate(worlds)}
    return sorted(trials, key=lambda trial: order[trial.world.id])


def _known(journal: Path | None, worlds: Sequence[World], key: str) -> list[Trial]:
    """Trials of an earlier, broken-off match of the same worlds; begins the journal where there is none."""
    if journal is None:
        return []
    by_id = {world.id: world for world in worlds}
    lines = journal.read_text(encoding="utf-8").splitlines() if journal.is_file() else []
    if not lines or lines[0] != key:
        journal.parent.mkdir(parents=True, exist_ok=True)
        journal.write_text(f"{key}\n", encoding="utf-8")
        return []
    rows = [json.loads(line) for line in lines[1:] if line.endswith("}")]
    return [Trial(by_id[row["world"]], row["values"], tuple(row["missed"])) for row in rows]


def _note(journal: Path | None, trial: Trial) -> None:
    """Add a trial to the journal."""
    if journal is not None:
        with journal.open("a", encoding="utf-8") as file:
            row = {"world": trial.world.id, "values": trial.values, "missed": trial.missed}
            file.write(json.dumps(row) + "\n")


def _results(scenario: Any, worlds: Sequence[World], seed: int, jobs: int) -> Iterator[Trial]:
    """Try worlds on local processes; yield each as it finishes."""
    from sim.lab.executors import process_executor, stop

    if not worlds:
        return
    pool = process_executor(jobs, _prepare, (scenario, seed))
    try:
        waiting: dict[Future[Trial], World] = {pool.submit(_try, world): world for world in worlds}
        while waiting:
            done, _ = wait(waiting, return_when="FIRST_COMPLETED")
            for future in done:
                world = waiting.pop(future)
                try:
                    yield future.result()
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
        f"{scenario.burn_in} days of burn-in; those that came near at its end, for {HORIZON} days more. "
        f"**{len(kept)} were kept ({100 * len(kept) / max(len(trials), 1):.1f} per cent)**: they show every pattern "
        "below at once.",
        "",
        "A matched level is an input. It is no evidence for the model.",
        "",
        "| pattern | outcome | level | bounds | held against | worlds that show it | kept worlds, lowest to highest |",
        "|---|---|---|---|---|---|---|",
    ]
    for p in PATTERNS:
        share = sum(p.shown(trial.values[p.outcome]) for trial in trials) / max(len(trials), 1)
        values = sorted(trial.values[p.outcome] for trial in kept)
        span = f"{values[0]:.3g} to {values[-1]:.3g}" if values else "none"
        lines.append(
            f"| {p.name} | `{p.outcome}` | {p.level} | {p.low:g} to {p.high:g} | {p.source} "
            f"| {100 * share:.0f}% | {span} |"
        )
    return "\n".join([*lines, "", f"Matched {dt.date.today().isoformat()}.", ""])
