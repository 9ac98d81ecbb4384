"""The life of one agent or record, phase by phase, with the draws and rules behind each change.

>>> from sim.model.trace import trace                                  # doctest: +SKIP
>>> print(trace("baseline", "resident:1234", seed=1, days=90)[0].text)  # doctest: +SKIP

A traced run is lived by the compiled driver; the followed agents live each phase again in plain Python on a copy of the
columns before it, and the two must agree to the last bit. Following a resident among 60,000 takes some ten milliseconds
a day beyond the run itself.

``targets``   who is followed, and what belongs to a life;
``recorder``  what is noted: draws and what they were compared with, rules with inputs and results;
``stage``     the copy that a phase is lived on again, and the comparison;
``watched``   agents that say what they do;
``replay``, ``meetings``  living a phase again;
``tracer``    following lives through a run;
``words``, ``layout``, ``text``  the diary to read; ``records``  the diary as lines for scripts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.errors import UsageError
from sim.model import day
from sim.model.build import build_world
from sim.model.run import Progress
from sim.model.trace.records import as_records
from sim.model.trace.targets import KINDS, Target, parse
from sim.model.trace.text import as_text
from sim.model.trace.tracer import DayOfLife, Diary, Tracer

__all__ = ["KINDS", "DayOfLife", "Diary", "Target", "Trace", "Tracer", "parse", "trace"]


@dataclass(frozen=True)
class Trace:
    """The traced life of one agent or record.

    Attributes
    ----------
    name : str
        As asked for: ``resident:1234``.
    text : str
        To read.
    records : tuple of str
        JSON, one line for each phase of a day: date, moments with draws and rules, columns before and after.
    days : list of DayOfLife
        The same as objects.
    """

    name: str
    text: str
    records: tuple[str, ...]
    days: list[DayOfLife]

    def write(self, folder: Path) -> tuple[Path, Path]:
        """Write ``trace-NAME.txt`` and ``trace-NAME.jsonl`` into a folder and return where they are."""
        stem = f"trace-{self.name.replace(':', '-')}"
        paths = folder / f"{stem}.txt", folder / f"{stem}.jsonl"
        paths[0].write_text(self.text, encoding="utf-8")
        paths[1].write_text("".join(f"{line}\n" for line in self.records), encoding="utf-8")
        return paths


def trace(
    scenario: Any,
    targets: str | Iterable[str],
    seed: int = 0,
    days: int | None = None,
    threads: int = 1,
    every_day: bool = False,
    progress: Progress | None = None,
) -> tuple[Trace, ...]:
    """Run a scenario and follow some lives through it, from the first day of the burn-in.

    Parameters
    ----------
    scenario : Scenario or str
        A loaded scenario, or its name or path.
    targets : str or iterable of str
        ``resident:ROW``, ``worker:ROW``, ``demand:N`` or ``conflict:N``: the N-th of the run in order of appearance,
        from 1, or its id in hexadecimal.
    seed : int
    days : int, optional
        Days after the burn-in; the scenario's horizon by default.
    threads : int
    every_day : bool
        Tell of every day, ordinary fading included.
    progress : callable, optional
        Called as ``progress(days_done, days_in_all)``. The run ends early where every life has ended.

    Returns
    -------
    tuple of Trace
        In the order of ``targets``, without repetition.

    Raises
    ------
    UsageError
        If a target makes no sense, there is no such row, or a record never appeared.
    RunError
        If the compiled driver and the agents do not agree.
    """
    if isinstance(scenario, str):
        from sim.scenario import load_scenario

        scenario = load_scenario(scenario)
    days = scenario.horizon if days is None else days
    if days < 1:
        raise UsageError(f"a run needs at least 1 day after the burn-in, got {days}")
    wanted = [parse(text) for text in dict.fromkeys((targets,) if isinstance(targets, str) else targets)]
    world = build_world(scenario, seed, threads)
    tracer = Tracer(world, wanted)
    total = scenario.burn_in + days
    for done in range(total):
        day.step(world, tracer)
        if progress is not None:
            progress(done + 1, total)
        if tracer.over:
            break
    _check_all_appeared(tracer, total)
    return tuple(
        Trace(
            diary.target.name, as_text(diary, world, every_day), tuple(as_records(diary, world, every_day)), diary.days
        )
        for diary in tracer.diaries
    )


def _check_all_appeared(tracer: Tracer, total: int) -> None:
    for diary in tracer.diaries:
        target = diary.target
        if not target.appeared:
            seen = tracer.appeared[target.kind]
            what = "no such id came up" if target.key is not None else f"they are numbered 1 to {seen}"
            count = f"{seen} {target.kind}s appeared; {what}" if seen else f"no {target.kind} appeared"
            raise UsageError(
                f"--trace {target.name}: in the {total} days of this run {count}. "
                "More days, or another seed, bring others"
            )
