"""Every column of the model's state: name, type, bounds, meaning, and whether a snapshot saves it.

The state of a community is columns: one set of NumPy arrays for each kind of agent or record. Both drivers read and
write the same columns. What is ``saved`` is enough to go on from any morning; the rest is derived again.

The records at the end hold the arrays and are what kernels take. Times are in days since the start of the burn-in
(day 3, noon is 3.5); a date that has not come is ``NEVER``.
"""

from dataclasses import dataclass
from typing import Any, Final

from sim.model.handles import record

NEVER: Final = -1.0e9
"""A time that has not come, for columns of times (float)."""

LONG_AGO: Final = -1_000_000
"""A day that has not come, for columns of days (integer)."""

# states of a demand
SILENT, ROUTING, QUEUED, IN_WORK, AT_COUNCIL, RESOLVED, FAILED, LAPSED = range(8)
# kinds of a case, in the order of ``vocabulary.categories.CASE_KINDS``
NEED, MEDIATION, FALSE_ALARM = range(3)
# ways a need can surface
NO_CHANNEL, OWN_VOICE, ONLINE_VOICE, FOUND, LATER_VOICE = range(5)
# states of a conflict
LATENT, KNOWN, MEDIATED, ESCALATED, FADED = range(5)
# classes in which cases wait: lower is served first
URGENT_CLASS, MEDIATION_CLASS, ORDINARY_CLASS = range(3)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: ``lower`` and ``upper`` bound what it may hold (None: unbounded)."""

    name: str
    dtype: str
    meaning: str
    lower: float | None = None
    upper: float | None = None
    saved: bool = True


def _unit(name: str, meaning: str) -> Column:
    return Column(name, "f8", meaning, 0.0, 1.0)


def _flag(name: str, meaning: str, saved: bool = True) -> Column:
    return Column(name, "i1", meaning, 0, 1, saved)


RESIDENT: Final[tuple[Column, ...]] = (
    Column("key", "u8", "identity, from the slot and how many have held it"),
    Column("generation", "i4", "how many have held this slot before; -1 before the first arrives", -1),
    Column("group", "i1", "index into the community's groups", 0),
    Column("age", "i1", "index into AGE_BANDS", 0, 5),
    _flag("vulnerable", "vulnerable or not"),
    Column("quarter", "i2", "index into the community's blocks", 0),
    Column("household", "i4", "household number", 0),
    _flag("online", "has access to online channels"),
    Column("time_value", "f8", "value of time, relative to the mean adult", 0.0),
    Column("taste", "f8", "fixed personal term of the utility of taking part"),
    _flag("present", "lives here now; an empty slot is 0"),
    _flag("representative", "elected representative in the council"),
    _unit("knowledge", "knowing how governance works"),
    _unit("informed", "awareness of current community matters"),
    _unit("efficacy", "sense of being able to change something"),
    _unit("belonging", "sense of belonging"),
    _unit("trust", "trust in community social work"),
    _unit("anchor", "trust from own experience, to which opinion is anchored"),
    Column("evidence", "f8", "experiences that trust is worth (beta form)", 0.0),
    _unit("expectation", "expected performance of the service"),
    _unit("grievance", "grievance"),
    _unit("friction", "friction felt towards other groups"),
    _unit("ties", "strength of ties with contacts"),
    Column("last_meeting", "i4", "day of the last meeting attended"),
    Column("last_council", "i4", "day of the last act in the council"),
    Column("last_online", "i4", "day of the last act online"),
    Column("last_experience", "i4", "day of the last experience of the service"),
    Column("invited", "i4", "day of the last invitation in person"),
    Column("acts", "i4", "acts of participation since arrival", 0),
    _flag("active", "took part in the last neighbour_days days, as of last night", False),
    Column("act", "i1", "today's way of taking part (0 none)", 0, 3, False),
    Column("exposure", "i1", "today's outreach: bit 1 publicity, 2 session, 4 activity, 8 visit", 0, 15, False),
    Column("proposal", "i1", "today's proposal: 0 none, 1 adopted, 2 turned down", 0, 2, False),
    Column("need", "i1", "today: bit 1 a need arises, 2 an enquiry, 4 a silent need is voiced after all", 0, 7, False),
    Column("overdue", "f8", "weight of today's overdue and silent needs", 0.0, None, False),
    Column("failures", "f8", "demands that failed or lapsed today", 0.0, None, False),
    Column("successes", "f8", "demands that were resolved today, own solutions included", 0.0, None, False),
    Column("experience_sum", "f8", "sum of performances met since trust was last updated, weighted", 0.0),
    Column("experience_n", "f8", "weight of the experiences since trust was last updated", 0.0),
    _flag("heard", "a contact had an experience today", False),
    _flag("onset", "a conflict breaks out today", False),
    Column("said", "f8", "trust as others hear it, before opinions change; -1 for an empty place", -1.0, 1.0, False),
    Column("known", "f8", "information as others hear it, before word goes round", 0.0, 1.0, False),
    Column("degree", "f8", "number of contacts", 0.0, None, False),
    Column("cross", "f8", "share of contacts in another group", 0.0, 1.0, False),
    Column("moved", "i1", "left or arrived today", 0, 1, False),
    Column("cell", "i4", "cell of (quarter, group, age band, vulnerable)", 0, None, False),
)

WORKER: Final[tuple[Column, ...]] = (
    Column("key", "u8", "identity, from the post and how many have held it"),
    Column("generation", "i4", "how many have held this post before", 0),
    Column("agency", "i2", "index into the community's agencies", 0),
    Column("pool", "i2", "pool of colleagues who share a queue", 0),
    Column("role", "i1", "0 counsellor, 1 coordinator, 2 advocate", 0, 2),
    _flag("licence", "licensed social worker"),
    _flag("in_post", "the post is filled; 0: vacant or not opened"),
    _flag("open", "the post exists today (extra posts come and go with policies)"),
    _flag("cut", "the post is closed by a cut in posts"),
    _flag("outside", "belongs to a partner that serves only needs that take outside competence"),
    _unit("skill", "skill"),
    _unit("burnout", "burnout"),
    Column("load", "f8", "load felt, a running mean", 0.0),
    Column("case", "i4", "row of the demand in work, -1 when free", -1),
    Column("speed", "f8", "hours of nominal work done per day of shift (24 h clock)", 0.0, None, False),
    Column("clock", "f8", "time up to which work is booked today", None, None, False),
    Column("busy", "f8", "hours worked on cases today", 0.0, None, False),
    Column("closed", "i4", "cases ended since taking the post", 0),
)

AGENCY: Final[tuple[Column, ...]] = (
    Column("posts", "i4", "posts by the community's description", 0, None, False),
    Column("extra", "i4", "extra posts open today", 0, None, False),
    _flag("outside", "partner outside social work", False),
    Column("pool_first", "i4", "first pool of the agency", 0, None, False),
    Column("pools", "i4", "number of pools", 0, None, False),
    Column("filled", "i4", "posts filled today", 0, None, False),
)

COUNCIL: Final[tuple[Column, ...]] = (
    Column("quarter", "i2", "the block it stands for", 0),
    Column("seats", "i4", "seats", 0),
    Column("members", "i4", "elected representatives in office", 0),
    Column("attendance", "f8", "attendances, fading by attendance_memory a day", 0.0),
    _unit("legitimacy", "standing, from turnout"),
    Column("taken", "i4", "demands taken up so far", 0),
    Column("settled", "i4", "demands settled so far", 0),
    Column("term_ends", "i4", "day on which the term of the representatives ends"),
)

DEMAND: Final[tuple[Column, ...]] = (
    Column("id", "u8", "identity: hash of the resident's key, the day and an index"),
    Column("kind", "i1", "NEED, MEDIATION or FALSE_ALARM", 0, 2),
    Column("resident", "i4", "row of the resident (of the initiator, for a mediation; whom a false alarm is about)", 0),
    Column("conflict", "u8", "id of the conflict, for a mediation"),
    Column("category", "i1", "index into CATEGORIES", 0, 5),
    _flag("urgent", "urgent in truth"),
    _flag("judged", "judged urgent at triage"),
    _flag("outside", "takes competence from outside social work"),
    _flag("common", "a common matter that a council can take up"),
    _flag("unmatched", "takes outside competence but is served without it"),
    Column("state", "i1", "SILENT to LAPSED", 0, 7),
    Column("channel", "i1", "how it surfaced", 0, 4),
    Column("arose", "f8", "time it arose"),
    Column("voiced", "f8", "time it was voiced or found"),
    Column("next", "f8", "time of its next step while ROUTING or AT_COUNCIL"),
    Column("entered", "f8", "time it entered the queue it waits in"),
    Column("first", "f8", "time substantive work first began"),
    Column("deadline", "f8", "time at which it lapses, or the conflict escalates or fades, unless work has begun"),
    Column("work", "f8", "hours of work left, at nominal speed", 0.0),
    Column("worked", "f8", "hours worked on it so far", 0.0),
    Column("pool", "i2", "pool in whose queue it waits, -1 none", -1),
    Column("klass", "i1", "class in the queue", 0, 2),
    Column("attempts", "i2", "times it was taken up again", 0),
    _flag("decided", "its timeliness has been booked"),
    _flag("acknowledged", "acknowledged and followed up"),
    Column("tie", "u8", "keyed draw that orders equals"),
    Column("cell", "i4", "cell of measures on which it is booked: the resident's when it arose", 0),
)

CONFLICT: Final[tuple[Column, ...]] = (
    Column("id", "u8", "identity: hash of the initiator's key and the day"),
    Column("initiator", "i4", "row of the resident with the grievance", 0),
    Column("other", "i4", "row of the contact, -1: an institution", -1),
    Column("state", "i1", "LATENT to FADED", 0, 4),
    Column("onset", "f8", "time it broke out"),
    Column("reported", "f8", "time at which a party will report it"),
    Column("escalates", "f8", "time at which it escalates unless it has ended"),
    Column("fades", "f8", "time at which it fades unless it has ended"),
    _flag("case_open", "a mediation case waits or is in work"),
    Column("cell", "i4", "cell of measures on which it is booked: the initiator's at onset", 0),
)

TABLES: Final = {
    "residents": RESIDENT,
    "workers": WORKER,
    "agencies": AGENCY,
    "councils": COUNCIL,
    "demands": DEMAND,
    "conflicts": CONFLICT,
}


def _shape(name: str, columns: tuple[Column, ...], *more: str) -> Any:
    """A record with a field for each column: what kernels take."""
    return record(name, [*(column.name for column in columns), *more])


Residents = _shape("Residents", RESIDENT)
Workers = _shape("Workers", WORKER, "familiarity")
"""Workers' columns; ``familiarity`` has shape (workers, blocks), values in [0, 1], and is saved."""
Agencies = _shape("Agencies", AGENCY)
Councils = _shape("Councils", COUNCIL)
Demands = _shape("Demands", DEMAND)
Conflicts = _shape("Conflicts", CONFLICT)
