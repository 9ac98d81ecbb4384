"""What a batch will be, before anything of it starts: runs, what is there already, time, memory and disk."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sim.errors import NotFoundError
from sim.lab.design import Design
from sim.lab.engine import Engine
from sim.lab.estimate import Pace, expected_seconds, measure, spoken
from sim.lab.executors import Where, default_jobs
from sim.lab.manifest import read_manifest
from sim.lab.precision import NOTHING, Look
from sim.lab.size import BATCH_FILES, Size, free_disk, said, size
from sim.lab.store import Store
from sim.lab.superseded import waiting
from sim.scenario.in_short import in_short


@dataclass(frozen=True, slots=True)
class Stage:
    """A design as far as it has grown at one look; a fixed design has one.

    ``runs``, ``there`` (finished already) and ``seconds`` (still to come) count from the beginning of the design;
    ``tasks`` are those of this stage alone.
    """

    look: Look
    runs: int
    there: int
    tasks: int
    seconds: float | None = None


@in_short(
    lambda self: {
        "name": self.design.name,
        "runs": self.stages[-1].runs,
        "folder": self.folder,
    }
)
@dataclass(frozen=True)
class Plan:
    """What a batch will be.

    Attributes
    ----------
    design, folder
        What will be run, and where it lands.
    stages
        One for each look; of a design that has ended already, up to the one at which it ended.
    place, jobs
        What does the runs, and with how many processes; None where a cluster does not say.
    size
        Memory and disk.
    memory_free, disk_free
        Bytes that can be had, or None where the system does not say.
    pace
        How fast a run was when it was timed, or None.
    """

    design: Design
    folder: Path
    stages: tuple[Stage, ...]
    place: Where
    jobs: int | None
    size: Size
    memory_free: int | None
    disk_free: int
    pace: Pace | None = None

    @property
    def processes(self) -> int:
        """Processes that will be used: no more than there are tasks."""
        return max(1, min(self.jobs or 1, max(stage.tasks for stage in self.stages)))

    @property
    def nothing_left(self) -> bool:
        """Whether all runs are there."""
        return all(stage.tasks == 0 for stage in self.stages)

    @property
    def disk(self) -> int:
        """Bytes of the runs still to come, at worst, and of what is made of them."""
        return (self.stages[-1].runs - self.stages[-1].there) * self.size.run + BATCH_FILES

    @property
    def where(self) -> str:
        """Where the runs are done."""
        if self.place.here:
            return "in this process" if self.processes == 1 else f"on {self.processes} processes"
        return f"on {self.place}" + (f" with {self.jobs} workers" if self.jobs else "")

    def counts(self) -> str:
        """Scenarios, worlds, seeds and runs in one sentence."""
        design, last = self.design, self.stages[-1]
        goal = design.precision
        if goal is None:
            more = f" and one more in {design.repeated} of them" if design.repeated else ""
            extent = f"{_extent(last.look)}{more}"
            text = f"{_plural(len(design.scenarios), 'scenario')}, {extent}: {_plural(last.runs, 'run')}"
        else:
            wanted = ", ".join(f"{name} ±{width:g}" for name, width in goal.half_widths.items())
            text = (
                f"{_plural(len(design.scenarios), 'scenario')} until every effect is known to within {wanted}: "
                f"{self.stages[0].runs} to {last.runs} runs in up to {_plural(len(self.stages), 'look')}"
            )
        return text + (f", of which {last.there} are there already" if last.there else "")

    def looks(self) -> list[str]:
        """One line a look of a design that grows."""
        goal = self.design.precision
        if goal is None:
            return []
        lines = [
            f"  look {i + 1}: {_extent(stage.look)}, {_plural(stage.runs, 'run')}, intervals at {percent(level)}"
            + ("" if stage.seconds is None else f", {spoken(stage.seconds)} from now" if stage.seconds else ", there")
            for i, (stage, level) in enumerate(zip(self.stages, goal.confidences, strict=False))
        ]
        if goal.unaffordable:
            more = _plural(goal.unaffordable, "further look")
            lines.append(f"  {more} would take more than the budget of {goal.budget} runs")
        return lines

    def time(self) -> str:
        """How long it will take, as well as is known."""
        best, worst = self.stages[0].seconds, self.stages[-1].seconds
        if self.nothing_left:
            return "Nothing is left to run."
        if self.pace is None or best is None or worst is None or self.jobs is None:
            return f"How long it will take {self.where} is not known yet."
        length = spoken(worst) if best == worst else f"{spoken(best)} at best, {spoken(worst)} at worst,"
        measured = f"measured just now: {1000 * self.pace.day:.1f} ms a simulated day"
        text = f"This will take {length} {self.where} ({measured})."
        if self.place.here and self.processes > default_jobs():
            text += (
                f"\nThere are {default_jobs()} processors for {self.processes} processes: more of them do not make it "
                "faster."
            )
        return text

    def space(self) -> str:
        """Memory and disk, and a word of warning where there is too little."""
        total, each = self.size.together, self.size.each
        memory = f"{said(total)} of memory" + (f" ({said(each)} a process)" if self.processes > 1 else "")
        if not self.place.here:
            memory, total = f"{said(each)} of memory a worker", 0
        text = f"About {memory} and {said(self.disk)} of disk ({said(self.size.run)} a run)."
        if self.memory_free is not None and total > self.memory_free:
            text += f" That is more memory than the {said(self.memory_free)} available: take fewer --jobs."
        if self.disk > self.disk_free:
            text += f" That is more disk than the {said(self.disk_free)} that are free there."
        return text

    def as_data(self) -> dict[str, Any]:
        """The plan as plain data; seconds are null where nothing was timed."""
        design, goal = self.design, self.design.precision
        levels = (None,) * len(self.stages) if goal is None else goal.confidences
        return {
            "name": design.name,
            "folder": str(self.folder),
            "baseline": design.baseline,
            "scenarios": list(design.scenarios),
            "draw": design.draw,
            "days": design.days,
            "precision": None if goal is None else {"half_widths": dict(goal.half_widths), "budget": goal.budget},
            "looks": [
                {
                    "worlds": stage.look.worlds,
                    "seeds": stage.look.seeds,
                    "runs": stage.runs,
                    "there": stage.there,
                    "confidence": level,
                    "seconds": stage.seconds,
                }
                for stage, level in zip(self.stages, levels, strict=False)
            ],
            "runs": {"best": self.stages[0].runs, "worst": self.stages[-1].runs, "there": self.stages[-1].there},
            "seconds": {"best": self.stages[0].seconds, "worst": self.stages[-1].seconds},
            "seconds_a_day": None if self.pace is None else self.pace.day,
            "processes": self.processes,
            "memory": {"process": self.size.each, "all": self.size.together, "available": self.memory_free},
            "disk": {"run": self.size.run, "all": self.disk, "free": self.disk_free},
        }


def make_plan(
    design: Design, store: Store, engine: Engine, place: Where, jobs: int | None, thorough: bool = False
) -> Plan:
    """Say what a batch will be, without running or writing anything.

    Parameters
    ----------
    design, store, engine
        As for ``run_batch``.
    place, jobs
        What does the runs, and with how many processes, where that is known.
    thorough
        Check every stored run and remove damaged ones; otherwise those that are there count.
    """
    version = engine.code_version()
    ids = [key.id for key in design.keys(version)]
    done = store.finished(ids, thorough=thorough)
    stored = [store.run_file(run_id).stat().st_size for run_id in sorted(done)]
    done |= waiting(store, ids)
    stages = []
    for part, whole in zip(_parts(design), _wholes(design), strict=True):
        planned = {key.id for key in whole.keys(version)}
        tasks = part.tasks(version, engine.branch_key, done, jobs or 1)
        look = Look(len(whole.worlds), whole.replications)
        stages.append(Stage(look, len(planned), len(planned & done), len(tasks)))
    stages = stages[: _ended(design, store.folder, stages)]
    from sim.scenario.memory import available_bytes

    plan = Plan(
        design, store.folder, tuple(stages), place, jobs, Size(0, 0, 0), available_bytes(), free_disk(store.folder)
    )
    found = size(list(design.scenarios.values()), design.days, plan.processes)
    # Runs of this very design say best what a run takes.
    return replace(plan, size=replace(found, run=sum(stored) // len(stored)) if stored else found)


def timed(plan: Plan, store: Store, engine: Engine) -> Plan:
    """The plan with expected seconds, from some days of a run that are timed now; as it was if they tell nothing."""
    design, version = plan.design, engine.code_version()
    if plan.nothing_left:
        return replace(plan, stages=tuple(replace(stage, seconds=0.0) for stage in plan.stages))
    pace = measure(engine, design.scenarios[design.baseline], design.first_seed, design.driver)
    if pace is None:
        return plan
    ids = [key.id for key in design.keys(version)]
    done = store.finished(ids) | waiting(store, ids)
    stages, seconds = [], 0.0
    for part, stage in zip(_parts(design), plan.stages, strict=True):
        jobs = plan.jobs or 1
        tasks = part.tasks(version, engine.branch_key, done, jobs)
        seconds += expected_seconds(part, tasks, pace, min(jobs, max(1, len(tasks))), branched=True)
        stages.append(replace(stage, seconds=seconds))
    return replace(plan, stages=tuple(stages), pace=pace)


def percent(confidence: float) -> str:
    """A confidence as people write it: "95%", "98.75%"."""
    return f"{100 * confidence:.2f}".rstrip("0").rstrip(".") + "%"


def _parts(design: Design) -> list[Design]:
    """What is new at each look."""
    if design.precision is None:
        return [design]
    looks = design.precision.looks
    return [design.at(look, before) for before, look in zip((NOTHING, *looks), looks, strict=False)]


def _wholes(design: Design) -> list[Design]:
    """All there is at each look."""
    return [design] if design.precision is None else [design.at(look) for look in design.precision.looks]


def _ended(design: Design, folder: Path, stages: list[Stage]) -> int | None:
    """The look at which this very design ended when it was last run, if nothing of it has been lost since."""
    goal = design.precision
    if goal is None:
        return None
    try:
        manifest = read_manifest(folder)
    except NotFoundError:
        return None
    last = manifest.get("stopping") or {}
    looks = [(each["worlds"], each["seeds"], each["confidence"]) for each in last.get("looks", ())]
    same = looks == [(o.worlds, o.seeds, c) for o, c in zip(goal.looks, goal.confidences, strict=True)]
    same = same and manifest["experiment"].get("window") == design.window
    if not (same and last["ended"] and last["half_widths"] == dict(goal.half_widths)):
        return None
    reached = stages[last["look"] - 1]
    return int(last["look"]) if reached.there == reached.runs else None


def _extent(look: Look) -> str:
    """Worlds and seeds in words."""
    each = " each" if look.worlds > 1 else ""
    return f"{_plural(look.worlds, 'parameter world')}, {_plural(look.seeds, 'seed')}{each}"


def _plural(count: int, word: str) -> str:
    """A count with its word."""
    return f"{count} {word}{'' if count == 1 else 's'}"
