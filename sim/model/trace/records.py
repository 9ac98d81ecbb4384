"""A diary as lines of JSON, for scripts."""

import json
from collections.abc import Iterator
from typing import Any

from sim.model.trace.recorder import ORDINARY, QUIET, Draw, Moment, equation
from sim.model.trace.tracer import DayOfLife, Diary, PhaseOfLife
from sim.model.world import World


def as_records(diary: Diary, world: World, every_day: bool) -> Iterator[str]:
    """The life as JSON, one line for each phase of a day that has anything to say."""
    least = ORDINARY if every_day else QUIET
    for day in diary.days:
        for phase in day.phases:
            if phase.level >= least:
                yield json.dumps(_record(diary, world, day, phase), ensure_ascii=False)


def _record(diary: Diary, world: World, day: DayOfLife, phase: PhaseOfLife) -> dict[str, Any]:
    return {
        "trace": diary.target.name,
        "date": day.date.isoformat(),
        "day": day.tick - world.scenario.burn_in,
        "phase": phase.name,
        "moments": [_moment_record(moment) for moment in phase.moments],
        "changes": [
            {"of": subject[0], "number": _number(subject), "column": name, "before": before, "after": after}
            for subject, columns in phase.changes.items() for name, (before, after) in columns.items()
        ],
    }  # fmt: skip


def _number(subject: tuple[str, int]) -> int | str:
    """A row, or the id of a record as text: 64 bits are more than JSON's numbers hold."""
    return f"{subject[1]:016x}" if subject[0] in ("demand", "conflict") else subject[1]


def _moment_record(moment: Moment) -> dict[str, Any]:
    return {
        "title": moment.title, "detail": moment.detail, "at": moment.at,
        "notes": [
            {"draw": note.stream, "index": note.index, "u": note.u, "chance": note.chance, "happened": note.happened}
            if isinstance(note, Draw) else
            {"rule": note.rule, "equation": equation(note.rule)[0], "inputs": note.inputs,
             "parameters": note.parameters, "result": note.result}
            for note in moment.notes
        ],
    }  # fmt: skip
