"""What is counted each day, per cell of (group, quarter, age band, vulnerable): the raw material of outcomes.

A *stock* is a sum over the residents present at the end of the day; a *flow* counts what happened that day,
booked on the resident it happened to. Both add over cells and over days, so any breakdown and any window is a sum.
"""

from typing import Final

STOCKS: Final[tuple[str, ...]] = (
    "n",  # residents present
    "adults",  # of those, of an age to take part
    "took_part_30",  # adults who took part in a governance channel in the last 30 days
    "took_part_365",
    "trust",  # sum of trust
    "trust_square",
    "trust_low",  # residents below the threshold of low trust
    "experienced",  # residents with an experience of the service in the last 365 days
    "trust_experienced",  # sum of their trust
    "expectation",
    "knowledge",
    "informed",
    "belonging",
    "efficacy",
    "grievance",
    "friction",
    "contacts_week",  # contacts a week
    "silent_open",  # open needs nobody in the service knows
    "backlog",  # voiced or found needs not yet closed
    "overdue_open",  # of those, past their due time without work begun
    "conflicts_open",
)

FLOWS: Final[tuple[str, ...]] = (
    "acts_meeting",
    "acts_council",
    "acts_online",
    "act_hours",  # residents' hours spent taking part
    "activity_visits",  # attendances at cultural activities
    "session_visits",
    "home_visits",
    "electors",  # adults entitled to vote on the day of an election
    "votes",
    "needs_arose",
    "self_resolved",
    "voiced",
    "stayed_silent",
    "detected",
    "detection_lag",  # days from arising to being found, summed over found needs
    "acknowledged",
    "triaged",
    "triage_right",
    "routed",
    "misrouted",
    "started",
    "wait_days",  # days from voicing to the beginning of work, summed over started demands
    "due_decided",  # demands whose timeliness is decided: work began, or the due time passed
    "on_time",
    "resolved",
    "failed",
    "lapsed_silent",
    "lapsed_waiting",
    "reopened",
    "council_taken",
    "council_resolved",
    "false_alarms",
    "enquiries",
    "enquiries_answered",
    "experiences",
    "performance",  # sum of performance y over experiences
    "disconfirmation",  # sum of performance less expectation
    "conflicts_new",
    "conflicts_known",
    "conflicts_mediated",
    "conflicts_escalated",
    "conflicts_faded",
    "conflict_days",  # days open, summed over conflicts that ended
    "left",
    "arrived",
)

MEASURES: Final[tuple[str, ...]] = STOCKS + FLOWS
INDEX: Final = {name: position for position, name in enumerate(MEASURES)}

INSTITUTION: Final[tuple[str, ...]] = (
    "workers",  # workers in post, own agencies
    "posts",
    "vacant",
    "skill",  # sum over workers in post
    "burnout",
    "familiarity",  # sum over workers of familiarity with the quarters they serve
    "quits",
    "hires",
    "hours_available",  # paid worker-hours of the day
    "hours_cases_offered",  # hours kept for cases
    "hours_cases_used",  # hours worked on cases
    "work_arrived",  # hours of work that arrived at own agencies, at nominal speed
    "delivered",  # share of programme hours that could be given
    "money_wages",
    "money_programmes",
    "council_members",
    "council_legitimacy",
    "council_attendance",
)
"""Community-wide measures of the workforce, hours and councils, one value a day."""

INSTITUTION_INDEX: Final = {name: position for position, name in enumerate(INSTITUTION)}

DELIVERED: Final[tuple[str, ...]] = (
    "days_at_work",
    "dose_given",
    "residents_covered",
    "quarters_covered",
    "posts_filled",
)
"""Columns of a run's costs that say what of each policy block was delivered."""
