"""Living again the phases in which cases and people meet: needs, the service, conflicts."""

from typing import Any, Final

import numpy as np

from sim.model.agents.quarrels import end_conflicts, report_conflicts, settle_mediations
from sim.model.agents.records import Conflict
from sim.model.columns import ESCALATED, FADED, FOUND, KNOWN, LATENT, MEDIATED, ROUTING, SILENT
from sim.model.identifiers import DEMAND_KIND, record_key_py
from sim.model.phases.participation import ENQUIRY, NEED_ARISES
from sim.model.trace.recorder import NEWS, Draw, Moment, Subject
from sim.model.trace.stage import Rows, Stage, resident_of, states
from sim.model.trace.watched import WatchedDemand, WatchedDesk
from sim.model.trace.words import case_name, moment_of_day, short


def _ids(stage: Stage, kind: str) -> frozenset[int]:
    return frozenset(number for name, number in stage.recorder.followed if name == kind)


def needs(stage: Stage, rows: Rows) -> None:
    """Needs arise; silent ones come to light; new ones are solved alone, voiced or kept silent."""
    noticed: dict[int, Moment] = {}
    for row in rows:
        resident = stage.residents[row]
        with stage.recorder.moment(keys=frozenset((resident.key,))) as moment:
            resident.notice_need()
        noticed[row] = moment
    wanted = _ids(stage, "demand")
    for place in range(stage.world.demands.count):
        case = WatchedDemand(stage, place)
        if case.id in wanted and case.state == SILENT:
            with stage.recorder.moment(case.subject) as moment:
                case.come_to_light()
                if case.state == ROUTING:
                    moment.at = case.voiced
                    how = "is found" if case.channel == FOUND else "is spoken of at last"
                    moment.tell(NEWS, "A silent need comes to light", f"{case_name(case)}; it {how}")
    for row in rows:
        need = stage.residents[row].need
        if need & NEED_ARISES:
            _need(stage, row, noticed[row])
        if need & ENQUIRY:
            _enquiry(stage, row, noticed[row])


def _need(stage: Stage, row: int, noticed: Moment) -> None:
    resident, count, alone = stage.residents[row], stage.world.demands.count, stage.residents[row].successes
    key = record_key_py(DEMAND_KIND, resident.key, stage.today.tick)
    with stage.recorder.moment(resident_of(row), ("demand", key)) as moment:
        moment.notes += noticed.draws("needs.arise", 0)
        resident.have_need()
        if stage.world.demands.count == count:
            how = "it is solved alone" if resident.successes > alone else "services prevent it at the source"
            moment.tell(NEWS, "A need arises", how)
            return
        case = WatchedDemand(stage, count)
        moment.at = case.arose
        voiced = "voiced in person" if case.channel == 1 else "voiced online"
        how = "kept silent" if case.state == SILENT else voiced
        until = moment_of_day(stage.world, case.deadline)
        moment.tell(NEWS, "A need arises", f"{case_name(case)}; it is {how}; patience would last until {until}")


def _enquiry(stage: Stage, row: int, noticed: Moment) -> None:
    with stage.recorder.moment(resident_of(row)) as moment:
        moment.notes += noticed.draws("needs.arise", 1)
        stage.residents[row].enquire()
        answered = any(draw.happened for draw in moment.draws("enquiry.answer"))
        moment.tell(NEWS, "Asks the service a question", "and gets an answer" if answered else "and gets no answer")


def service(stage: Stage, _rows: Rows) -> None:
    """The whole day of the service, event by event."""
    WatchedDesk(stage).serve()


def conflict(stage: Stage, rows: Rows) -> None:
    """Conflicts break out, are settled, escalate or fade, and become known."""
    onset = stage.world.residents.onset
    onset[:] = stage.live.residents.onset
    fresh: dict[int, Moment] = {}
    for row in rows:
        with stage.recorder.moment(resident_of(row)) as moment:
            stage.residents[row].quarrel()
        fresh[row] = moment
    for row in np.flatnonzero(onset).tolist():
        count = stage.world.conflicts.count
        with stage.recorder.moment(keys=_ids(stage, "conflict")) as drawn:
            stage.residents[row].fall_out()
        new = Conflict(stage, count)
        if row in fresh:
            fresh[row].subjects |= {("conflict", new.id)}
            fresh[row].notes += drawn.notes
            fresh[row].at = new.onset
            fresh[row].tell(NEWS, "A conflict breaks out", _prospects(stage, new))
        else:
            stage.recorder.add(NEWS, "A conflict breaks out", ("conflict", new.id), detail=_prospects(stage, new))
    before = states(stage)
    with stage.recorder.moment(keys=_ids(stage, "conflict")) as drawn:
        settle_mediations(stage)
        end_conflicts(stage)
        report_conflicts(stage)
    _tell_conflicts(stage, before, drawn)


def _prospects(stage: Stage, new: Conflict) -> str:
    """Who is in a new conflict, and what its draws mean for it."""
    with_whom = "an institution" if new.other < 0 else f"resident {new.other}"
    times = (("be reported", new.reported), ("escalate", new.escalates), ("fade", new.fades))
    plans = ", ".join(f"{what} {moment_of_day(stage.world, time)}" for what, time in times)
    return f"{short(new.id)}, resident {new.initiator} with {with_whom}; left alone it would {plans}"


_ENDS: Final = {
    KNOWN: "A conflict becomes known", MEDIATED: "A conflict is settled by mediation",
    LATENT: "A mediation has failed: the conflict goes on", ESCALATED: "A conflict escalates",
    FADED: "A conflict fades",
}  # fmt: skip


def _tell_conflicts(stage: Stage, before: dict[Subject, int], drawn: Moment) -> None:
    for subject, state in states(stage).items():
        kind, number = subject
        if kind == "conflict" and state != before.get(subject, state):
            notes: list[Any] = [note for note in drawn.notes if isinstance(note, Draw) and note.key == number]
            stage.recorder.add(NEWS, _ENDS[state], subject, detail=short(number), notes=notes)
