"""History matching: which parameter worlds could be Xicheng as the paper describes it?

No level is fitted to one point. Worlds are drawn from the ranges of all parameters at once, each is run under the
baseline, and those are kept that show every published pattern and the paper's four problems together. What is kept,
and what share of the tries it was, is written beside the scenarios (``matched_worlds.csv``) and into
``docs/tables/matching.md``.

A pattern that was used here is matched, not found: it is no evidence for the model.

Most worlds miss by far, so a world is looked at twice: over the last half-year of its burn-in against bounds widened by
a third, and only if it passes, over the year after against the bounds themselves. Every world tried is written to a
journal at once (:class:`Journal`); a match that was broken off goes on from there.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, wait
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import RunError, UsageError
from sim.lab.files import write_text, writing
from sim.lab.lock import locked
from sim.lab.store import SUPERSEDED

if TYPE_CHECKING:
    from sim.lab.worlds import World

HORIZON = 365
"""Days after the burn-in that patterns are looked at: one year."""

JOURNAL = "journal.jsonl"
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
    scenario: Any, tries: int, seed: int = 0, jobs: int = 2, keep: int | None = None, folder: Path | None = None,
    progress: Callable[[int, int, int], None] | None = None, say: Callable[[str], None] | None = None,
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
    folder : path, optional
        Holds the journal to which every trial is added at once, and from which a match that was broken off goes on.
    progress : callable, optional
        Called as ``progress(tried, kept, tries)`` after each world.
    say : callable, optional
        Told what was wrong with the journal, and whose it was.

    Returns
    -------
    list of Trial
        In the order of the draw, whatever finished first.

    Raises
    ------
    UsageError
        If the burn-in is too short to see a drift, or another match is writing to the folder.
    RunError
        If a world's run fails.
    """
    if scenario.burn_in < 180:
        raise UsageError(f"matching needs a burn-in of 180 days or more, {scenario.name} has {scenario.burn_in}")
    from sim.model.sources import code_version

    worlds = draw(scenario, tries, seed)
    with locked(folder) if folder is not None else nullcontext():
        journal = Journal(folder, f"{code_version()}/{scenario.hash}/{seed}/{tries}")
        trials = journal.open(worlds, say)
        kept = sum(trial.kept for trial in trials)
        done = {trial.world.id for trial in trials}
        for trial in _results(scenario, [world for world in worlds if world.id not in done], seed, jobs):
            trials.append(trial)
            journal.add(trial)
            kept += trial.kept
            if progress is not None:
                progress(len(trials), kept, tries)
            if keep is not None and kept >= keep:
                break
    order = {world.id: k for k, world in enumerate(worlds)}
    return sorted(trials, key=lambda trial: order[trial.world.id])


class Journal:
    """The trials of a match, one line each as they come, in a folder that is locked.

    Its first line names the match. The journal of another match (of more worlds, say, or of other code) is kept in
    ``superseded`` and taken back when that match goes on. A line ends with its checksum: one that is cut short or
    damaged is left out, and its world is tried again.

    Parameters
    ----------
    folder
        Where it is; None for no journal at all.
    key
        Names the match: the same worlds, tried alike, have the same.
    """

    def __init__(self, folder: Path | None, key: str) -> None:
        self.folder, self.key = folder, key

    def open(self, worlds: Sequence[World], say: Callable[[str], None] | None = None) -> list[Trial]:
        """Return the trials of an earlier, broken-off match of the same worlds, and make ready for others.

        Raises
        ------
        WriteError
            If nothing can be written.
        """
        if self.folder is None:
            return []
        path, mine = self.folder / JOURNAL, self._place(self.key)
        content = _content(path)
        other = content.partition(b"\n")[0].decode(errors="replace")
        if content and other != self.key:
            with writing(mine):
                mine.parent.mkdir(exist_ok=True)
                os.replace(path, self._place(other))
            if say is not None:
                say(f"{path}: is of another match; its tries are kept as {self._place(other)}")
            content = b""
        if not content and mine.is_file():
            with writing(path):
                os.replace(mine, path)
            content = _content(path)
        by_id = {world.id: world for world in worlds}
        trials: dict[str, Trial] = {}
        lines = content.splitlines(keepends=True)[1:]
        for line in lines:
            row = _row(line)
            if row is not None and row["world"] in by_id:
                trials[row["world"]] = Trial(by_id[row["world"]], row["values"], tuple(row["missed"]))
        if (lost := len(lines) - len(trials)) or not content:
            # Nothing is added behind half a line: the journal is written anew, without what is of no use.
            write_text(path, "".join([f"{self.key}\n", *(_line(trial) for trial in trials.values())]))
        if lost and say is not None:
            say(f"{path}: {lost} of {len(lines)} lines were cut short or damaged and are left out; tried again")
        return list(trials.values())

    def add(self, trial: Trial) -> None:
        """Add a trial at the end."""
        if self.folder is not None:
            with writing(self.folder / JOURNAL), (self.folder / JOURNAL).open("ab") as file:
                file.write(_line(trial).encode())

    def _place(self, key: str) -> Path:
        """Where the journal of a match is that is not the one at work."""
        assert self.folder is not None
        return self.folder / SUPERSEDED / f"journal-{hashlib.sha256(key.encode()).hexdigest()[:16]}.jsonl"


def _content(path: Path) -> bytes:
    """What a journal holds; nothing where there is none."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise RunError(f"{path}: cannot be read ({error.strerror or error}); it is left as it is") from error


def _line(trial: Trial) -> str:
    """A trial as a line of a journal."""
    row = {"world": trial.world.id, "values": trial.values, "missed": trial.missed}
    return json.dumps({**row, "check": _check(row)}) + "\n"


def _row(line: bytes) -> dict[str, Any] | None:
    """The trial in a line of a journal; None if it is not as it was written."""
    try:
        row = json.loads(line)
        check = row.pop("check")
    except (ValueError, AttributeError, KeyError, TypeError):
        return None
    return row if line.endswith(b"\n") and check == _check(row) else None


def _check(row: dict[str, Any]) -> int:
    """Checksum of a trial."""
    return zlib.crc32(json.dumps(row).encode())


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
