"""Living a phase once more, on a stage, for those who are followed: the agents driver's methods, and what they say.

Who is not followed is left out where that changes nothing for those who are; where people or cases meet (the service,
conflicts), the whole phase is lived, with what the compiled driver found for everybody else (who moved, whose conflict
broke out).
"""

from collections.abc import Callable
from typing import Any, Final

from sim.model.agents.day import let_go, look_after_workers
from sim.model.columns import (
    RESIDENT,
)
from sim.model.elections import election_today
from sim.model.phases.movement import term_day
from sim.model.phases.outreach import ACTIVITY, PUBLICITY, SESSION, VISIT
from sim.model.phases.participation import ADOPTED, TURNED_DOWN
from sim.model.trace.meetings import conflict, needs, service
from sim.model.trace.recorder import NEWS, ORDINARY, QUIET, Draw
from sim.model.trace.stage import Row, Rows, Stage, resident_of, states
from sim.model.trace.words import WAYS, quantity
from sim.rules.participation import STAY

# --- phases 2, 4, 5, 6: moving, outreach, taking part, learning --------------------------------------------------


def movement(stage: Stage, rows: Rows) -> None:
    """Who leaves, who arrives; what leavers had open ends."""
    moved, term = stage.world.residents.moved, term_day(stage.live)
    moved[:] = stage.live.residents.moved
    for row in rows:
        resident, here = stage.residents[row], stage.residents[row].present
        moved[row] = 0
        with stage.recorder.moment(resident_of(row)) as moment:
            resident.move(term)
            if resident.moved and resident.present:
                moment.tell(NEWS, "Moves away; a newcomer takes the place" if here else "A newcomer takes the place")
            elif resident.moved:
                moment.tell(NEWS, "Moves away for the summer")
    before = states(stage)
    let_go(stage)
    for subject, state in states(stage).items():
        if state != before[subject]:
            stage.recorder.add(NEWS, "Ends: somebody it concerns has moved away", subject)


_FORMS: Final = (
    (PUBLICITY, "publicity"), (SESSION, "a session"), (ACTIVITY, "an activity"), (VISIT, "a visit at home"),
)  # fmt: skip
_PROPOSED: Final = {
    ADOPTED: "; makes a proposal, which is adopted", TURNED_DOWN: "; makes a proposal, which is turned down",
}  # fmt: skip


def outreach(stage: Stage, rows: Rows) -> None:
    """What reaches a resident."""
    for row in rows:
        resident = stage.residents[row]
        with stage.recorder.moment(resident_of(row)) as moment:
            resident.be_reached()
            reached = [name for bit, name in _FORMS if resident.exposure & bit]
            if resident.present and resident.invited == stage.today.tick:
                reached.append("an invitation in person")
            if reached:
                moment.tell(NEWS, "Reached by outreach", ", ".join(reached))


def participation(stage: Stage, rows: Rows) -> None:
    """An election, where it is the day for one; then taking part or staying away."""
    if election_today(stage.live):
        _elect(stage, rows)
    for row in rows:
        resident = stage.residents[row]
        with stage.recorder.moment(resident_of(row)) as moment:
            resident.participate()
            if resident.act != STAY:
                moment.tell(NEWS, "Takes part", WAYS[resident.act] + _PROPOSED.get(resident.proposal, ""))
            elif any(draw.happened for draw in moment.draws("participation.occasion")):
                moment.tell(QUIET, "Has an occasion to take part and stays away")


def _elect(stage: Stage, rows: Rows) -> None:
    sitting = {stage.world.council_of.item(stage.residents[row].quarter) for row in rows}
    keys = frozenset(stage.residents[row].key for row in rows)
    with stage.recorder.moment(keys=keys) as heard:
        for council in sorted(sitting - {-1}):
            stage.councils[council].hold_election()
    for row in rows:
        resident = stage.residents[row]
        mine: list[Any] = [note for note in heard.notes if isinstance(note, Draw) and note.key == resident.key]
        if mine:
            voted = any(draw.stream == "election.vote" and draw.index == 0 and draw.happened for draw in mine)
            said = "votes" if voted else "does not vote"
            said += "; is elected" if resident.representative else ""
            stage.recorder.add(NEWS, "Election of representatives", resident_of(row), detail=said, notes=mine)


def learning(stage: Stage, rows: Rows) -> None:
    """Forgetting and gaining; an ordinary day is lived first, to tell what today added to it."""
    for row in rows:
        resident, table = stage.residents[row], stage.world.residents
        before = _values(stage, row)
        today = resident.exposure, resident.act, resident.proposal
        resident.exposure, resident.act, resident.proposal = 0, STAY, 0
        with stage.recorder.moment(resident_of(row)) as ordinary:
            resident.learn()
        usual = _values(stage, row)
        if stage.recorder.follows(resident_of(row)):
            stage.recorder.moments.pop()
        for name, value in before.items():
            getattr(table, name)[row] = value
        resident.exposure, resident.act, resident.proposal = today
        with stage.recorder.moment(resident_of(row)) as moment:
            resident.learn()
            moment.ordinary, moment.before = len(ordinary.notes), before
            changed = [name for name, value in _values(stage, row).items() if value != usual[name]]
            changed = [name for name in changed if name not in ("exposure", "act", "proposal")]
            if changed:
                moment.tell(NEWS, "Changes more than on an ordinary day", ", ".join(changed))


def _values(stage: Stage, row: int) -> Row:
    return {column.name: getattr(stage.world.residents, column.name).item(row) for column in RESIDENT}


# --- phases 9, 11 and 12: trust, word of mouth, workforce -------------------------------------------------------


def trust(stage: Stage, rows: Rows) -> None:
    """Experience against expectation, one's own and what contacts tell; grievance."""
    if stage.today.rules.trust.hearsay > 0.0:
        for row in rows:
            for contact in stage.residents[row].contacts:
                contact.tell_contacts()
    for row in rows:
        resident = stage.residents[row]
        n, heard, news = resident.experience_n, resident.heard, resident.failures + resident.successes
        met = resident.experience_sum / n if n > 0.0 else 0.0
        expected, overdue = resident.expectation, resident.overdue
        with stage.recorder.moment(resident_of(row)) as moment:
            resident.judge()
            if not resident.present:
                pass
            elif n > 0.0:
                than = "better" if met > expected else "no better" if met == expected else "worse"
                said = f"met {quantity(met)}, expected {quantity(expected)}: {than} than expected"
                moment.tell(NEWS, "Weighs what was met against what was expected", said)
            elif heard:
                moment.tell(NEWS, "Hears from contacts what they met")
            elif news > 0.0:
                moment.tell(NEWS, "Success or failure changes the sense of being able")
            elif overdue > 0.0:
                moment.tell(QUIET, "Grievance from waiting or keeping silent")
    for row in rows:
        stage.residents[row].put_behind()


def word_of_mouth(stage: Stage, rows: Rows) -> None:
    """What contacts say."""
    p = stage.today.rules.diffusion
    if p.meet <= 0.0 or (p.pass_on <= 0.0 and p.susceptibility <= 0.0):
        return
    for row in rows:
        for resident in (stage.residents[row], *stage.residents[row].contacts):
            resident.speak()
    for row in rows:
        resident, said = stage.residents[row], stage.residents[row].trust
        with stage.recorder.moment(resident_of(row)) as moment:
            resident.talk()
            if any(draw.happened for draw in moment.draws("diffusion.meet")):
                shift = resident.trust - said
                moment.tell(QUIET, "Talks matters over with contacts", f"trust moves by {quantity(shift)}")
            else:
                moment.level = ORDINARY


def workforce(stage: Stage, _rows: Rows) -> None:
    """Workers learn, tire, leave and are replaced."""
    look_after_workers(stage)


PHASES: Final[dict[str, Callable[[Stage, Rows], None]]] = {
    "movement": movement, "outreach": outreach, "participation": participation, "learning": learning, "needs": needs,
    "service": service, "trust": trust, "conflict": conflict, "word_of_mouth": word_of_mouth, "workforce": workforce,
}  # fmt: skip
"""How each phase is lived again; policies, hours and the ledger are shared by both drivers."""
