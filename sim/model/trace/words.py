"""Words for what a trace shows: questions that chance answers, states, times, and values of columns."""

import datetime as dt
from typing import Any, Final

from sim.model.agents.backing import is_flag
from sim.model.columns import CONFLICT, DEMAND, FALSE_ALARM, LONG_AGO, MEDIATION, NEVER, RESIDENT, WORKER
from sim.vocabulary.categories import AGE_BANDS, CATEGORIES

DEMAND_STATES: Final = (
    "silent", "on its way", "in a queue", "in work", "at the council", "resolved", "failed", "lapsed",
)  # fmt: skip
CONFLICT_STATES: Final = ("latent", "known", "mediated", "escalated", "faded")
CHANNELS: Final = ("none", "in person", "online", "found", "spoken of later")
WAYS: Final = ("stays away", "a meeting", "the council", "an online channel")
CLASSES: Final = ("urgent", "mediation", "ordinary")
ROLES: Final = ("counsellor", "coordinator", "advocate")
_FLAGS: Final = frozenset(
    column.name for declared in (RESIDENT, WORKER, DEMAND, CONFLICT) for column in declared if is_flag(column)
)
SOON: Final = 1.0e8
"""Days beyond which a time means never."""

QUESTIONS: Final[dict[str, tuple[str, ...]]] = {
    "movement.campus": ("Leaves the campus at the end of the year?",),
    "movement.leave": ("Moves away?",),
    "outreach.publicity": ("Reached by publicity?",),
    "outreach.session": ("Comes to a session?",),
    "outreach.activity": ("Comes to an activity?",),
    "outreach.visit": ("Visited at home?",),
    "outreach.invitation": ("Invited in person?",),
    "participation.occasion": ("An occasion to take part today?",),
    "participation.supply": ("", "Is a meeting on offer?", "Is the council open?", "Is an online channel open?"),
    "participation.choice": ("Which way, if any?",),
    "participation.proposal": ("Makes a proposal?", "Is it adopted?", "Speaks of a need kept silent so far?"),
    "needs.arise": ("Does a need arise today?", "A question for the service today?"),
    "needs.category": ("What is it about?",),
    "needs.kind": (
        "Is it urgent?", "Does it take outside competence?", "Is it a common matter?", "Prevented at the source?"
    ),
    "needs.self_help": ("Solved alone?",),
    "needs.voice": ("Is it voiced?",),
    "needs.time": ("At what time of day?",),
    "needs.false_alarm": ("A false alarm beside it?",),
    "enquiry.answer": ("Is the question answered?",),
    "service.detect": ("Does monitoring find it?", "Is it noticed on the visit?", "At what time of day?"),
    "service.bounce": ("Sent to the wrong place first?",) * 9,
    "service.route": ("How quick is the way?",) * 9,
    "service.triage": ("Is its urgency judged rightly?",),
    "service.council": ("Taken up by the residents' council?", "Does the council settle it?"),
    "service.work": ("How much work is it?",) * 9,
    "service.resolve": ("Does the work succeed?",) * 9,
    "service.reopen": ("Is it taken up again?",) * 9,
    "service.lapse": ("How long is patience?",) * 2,
    "service.acknowledge": ("Is receipt acknowledged?",),
    "service.partner": ("Which agency?",) * 10 + ("Does a partner outside accept it?",) * 10,
    "conflict.onset": ("Does a conflict break out?", "At what time of day?"),
    "conflict.counterpart": ("With whom?",),
    "conflict.report": ("When would a party report it?", "When would a party report it again?"),
    "conflict.detect": ("Does monitoring find it?", "At what time of day?"),
    "conflict.escalate": ("When would it escalate?",),
    "conflict.fade": ("When would it fade?",),
    "diffusion.meet": ("Talks matters over with contacts today?",),
    "diffusion.pass": ("Hears of community matters?",),
    "workforce.quit": ("Leaves the post today?",),
    "workforce.hire": ("Is the vacant post filled today?",),
    "workforce.skill": ("How skilled is the newcomer?", "Licensed?"),
    "election.stand": ("Stands as a candidate?",),
    "election.vote": ("Votes?", "For whom, where no candidate is known?"),
    "election.tie": ("Which of equals first?",),
}  # fmt: skip
"""What a draw of a stream answers, by its index."""

PHASES: Final = {
    "policies": "Policies", "movement": "Moving", "hours": "Hours", "outreach": "Outreach",
    "participation": "Taking part", "learning": "Learning and belonging", "needs": "Needs and voice",
    "service": "Service", "trust": "Trust and grievance", "conflict": "Conflict", "word_of_mouth": "Word of mouth",
    "workforce": "Workforce", "ledger": "Evening",
}  # fmt: skip

DAYS: Final = frozenset((
    "last_meeting", "last_council", "last_online", "last_experience", "invited", "term_ends",
))  # fmt: skip
TIMES: Final = frozenset((
    "arose", "voiced", "next", "entered", "first", "deadline", "onset", "reported", "escalates", "fades",
))  # fmt: skip
LEVELS: Final = (
    "trust", "expectation", "grievance", "knowledge", "informed", "efficacy", "belonging", "ties", "friction",
)  # fmt: skip
"""The states of a resident."""

WORKING: Final = frozenset((
    "key", "household", "act", "exposure", "proposal", "need", "overdue", "failures", "successes", "experience_sum",
    "experience_n", "heard", "onset", "said", "known", "moved", "cell", "active", "evidence", "acts",
    "tie", "klass", "clock", "busy", "speed", "case", "id", "kind", "resident", "initiator", "decided", "next",
    "entered", "familiarity", "load", "pool",
))  # fmt: skip
"""Columns that moments tell of in words; files for scripts have them all."""

LABELS: Final = {
    "anchor": "trust by own experience alone", "first": "work first began", "urgent": "urgent in truth",
    "work": "hours of work left", "worked": "hours worked", "escalates": "would escalate", "fades": "would fade",
    "reported": "would be reported", "case_open": "a case is open", "deadline": "patience lasts until",
    "attempts": "times taken up again", "judged": "judged urgent", "closed": "cases ended",
}  # fmt: skip
"""What columns are called, where their name does not say it."""

ADDED_UP: Final = {
    "experience_n": "experiences waiting to be weighed",
    "successes": "successes today",
    "failures": "failures today",
}


def question(stream: str, index: int) -> str:
    """What a draw answers."""
    asked = QUESTIONS.get(stream, ())
    return asked[min(index, len(asked) - 1)] if asked else stream


def quantity(value: float) -> str:
    """A number with three or four significant digits, without trailing zeros."""
    if value == 0.0:
        return "0"
    if 0.01 <= abs(value) < 1.0:
        return f"{value:.4f}".rstrip("0")
    if abs(value) < 0.01:
        return f"{value:.3g}"
    return f"{value:.4g}"


def date_of(world: Any, day: int) -> dt.date:
    """The calendar day of a tick."""
    return world.scenario.start + dt.timedelta(days=day)


def moment_of_day(world: Any, time: float) -> str:
    """A time in the calendar, to the minute; "never" for one that does not come."""
    if time <= NEVER:
        return "not yet"
    if time > SOON:
        return "never"
    minutes = int((time - time // 1.0) * 1440.0)
    return f"{date_of(world, int(time // 1.0))} {minutes // 60:02d}:{minutes % 60:02d}"


def clock(time: float) -> str:
    """The time of day of a time in days."""
    minutes = int((time - time // 1.0) * 1440.0)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def short(number: int) -> str:
    """The first digits of an id."""
    return f"#{number:016x}"[:7]


def case_name(case: Any) -> str:
    """What a case is about."""
    if case.kind == MEDIATION:
        return f"{short(case.id)}, mediation of conflict {short(case.conflict)}"
    category = CATEGORIES[case.category].replace("_", " ")
    if case.kind == FALSE_ALARM:
        return f"{short(case.id)}, a false alarm about {category}"
    return f"{short(case.id)}, {category}{', urgent' if case.urgent else ''}"


def value(world: Any, kind: str, name: str, given: Any) -> str:
    """The value of a column in words."""
    community = world.community
    if name in DAYS:
        return "never" if given == LONG_AGO else str(date_of(world, given))
    if name in TIMES:
        return moment_of_day(world, given)
    if name == "state":
        return (CONFLICT_STATES if kind == "conflict" else DEMAND_STATES)[given]
    if name == "channel":
        return CHANNELS[given]
    if name == "age":
        return AGE_BANDS[given].replace("_plus", " or more").replace("_", " to ")
    if name == "category":
        return CATEGORIES[given].replace("_", " ")
    if name == "group":
        return str(community.groups[given].label)
    if name == "quarter":
        return str(community.blocks[given].label)
    if name == "role":
        return ROLES[given]
    if name == "conflict":
        return short(given) if given else "none"
    if name == "other":
        return f"resident {given}" if given >= 0 else "an institution"
    if name in _FLAGS:
        return "yes" if given else "no"
    if isinstance(given, tuple):
        return ", ".join(quantity(number) for number in given)
    return quantity(given)
