"""Every outcome the simulator reports, declared once.

An outcome is ``scale * sum(top) / sum(bottom)`` over the cells of a level and the days of a window, where top and
bottom are measures (``measures.py``). A daily value is the same ratio on one day. Where the denominator is zero
the outcome is missing (NaN), never zero. Outcomes of kind ``quantile`` come from records of single demands or
residents and exist for windows only; those of kind ``institution`` are community-wide.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Pillar = Literal["participation", "trust", "conflict", "service", "community", "workforce", "money"]
Kind = Literal["stock", "flow", "quantile", "institution"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One outcome.

    ``direction`` is +1 where more is better, -1 where less is, 0 where neither. ``top`` is a sum of measures.
    ``smallest_change`` is the default smallest change that matters, in the outcome's unit (assumed; an
    experiment may set its own).
    """

    name: str
    label: str
    definition: str
    unit: str
    direction: int
    pillar: Pillar
    kind: Kind
    top: tuple[str, ...] = ()
    bottom: tuple[str, ...] = ("n",)
    scale: float = 1.0
    digits: int = 3
    smallest_change: float = 0.01
    headline: bool = False


YEAR_1000: Final = 365_000.0
"""Turns a flow per resident-day into one per 1,000 residents a year."""


def _share(name: str, label: str, definition: str, direction: int, pillar: Pillar, kind: Kind, top: str, bottom: str, **more: object) -> Outcome:
    return Outcome(name, label, definition, "share", direction, pillar, kind, (top,), (bottom,), **more)  # type: ignore[arg-type]


def _mean(name: str, label: str, definition: str, direction: int, pillar: Pillar, top: str, bottom: str = "n", unit: str = "0 to 1", **more: object) -> Outcome:
    return Outcome(name, label, definition, unit, direction, pillar, "stock", (top,), (bottom,), **more)  # type: ignore[arg-type]


def _rate(name: str, label: str, definition: str, direction: int, pillar: Pillar, *top: str, **more: object) -> Outcome:
    unit = "per 1,000 residents a year"
    return Outcome(name, label, definition, unit, direction, pillar, "flow", top, ("n",), YEAR_1000, digits=1, **{"smallest_change": 1.0, **more})  # type: ignore[arg-type]


OUTCOMES: Final[tuple[Outcome, ...]] = (
    # ---- participation
    _share("participation_30d", "Participation, 30 days", "Adults who took part in a governance channel in the last 30 days.", 1, "participation", "stock", "took_part_30", "adults", headline=True),
    _share("participation_365d", "Participation, 365 days", "Adults who took part in a governance channel in the last 365 days.", 1, "participation", "stock", "took_part_365", "adults"),
    _rate("meeting_acts", "Meetings attended", "Attendances at residents' meetings.", 1, "participation", "acts_meeting", smallest_change=20.0),
    _rate("council_acts", "Council acts", "Acts of taking part in a residents' council, the deep form.", 1, "participation", "acts_council", smallest_change=5.0),
    _rate("online_acts", "Online acts", "Acts of taking part online.", 1, "participation", "acts_online", smallest_change=20.0),
    Outcome("hours_per_act", "Hours per act", "Residents' hours per act of participation.", "hours", -1, "participation", "flow", ("act_hours",), ("acts_meeting", "acts_council", "acts_online"), smallest_change=0.1, digits=2),
    _share("turnout", "Turnout", "Votes cast per elector on election days.", 1, "participation", "flow", "votes", "electors", smallest_change=0.02),
    Outcome("participation_gini", "Inequality of participation", "Gini index of acts per adult over the window (0 equal, 1 one person does all).", "0 to 1", -1, "participation", "quantile"),
    # ---- trust
    _mean("trust", "Trust in community social work", "Mean trust of residents.", 1, "trust", "trust", headline=True, smallest_change=0.005),
    _mean("trust_experienced", "Trust, with experience", "Mean trust of residents with an experience of the service in the last year.", 1, "trust", "trust_experienced", "experienced", smallest_change=0.01),
    _share("low_trust", "Low trust", "Residents whose trust is below the low-trust threshold.", -1, "trust", "stock", "trust_low", "n"),
    _share("experienced_share", "Met the service", "Residents with an experience of the service in the last year.", 0, "trust", "stock", "experienced", "n"),
    # ---- conflict
    _rate("conflicts_per_1000", "New conflicts", "New conflicts, known or not.", -1, "conflict", "conflicts_new", headline=True, smallest_change=0.5),
    _rate("conflicts_mediated_per_1000", "Conflicts mediated", "Conflicts that ended in mediation.", 0, "conflict", "conflicts_mediated", smallest_change=0.5),
    _rate("conflicts_escalated_per_1000", "Conflicts escalated", "Conflicts that escalated.", -1, "conflict", "conflicts_escalated", smallest_change=0.2),
    Outcome("conflicts_open_per_1000", "Open conflicts", "Conflicts open at the end of a day.", "per 1,000 residents", -1, "conflict", "stock", ("conflicts_open",), ("n",), 1000.0, digits=2, smallest_change=0.1),
    Outcome("conflict_duration", "Duration of conflicts", "Mean days from onset to end, of conflicts that ended.", "days", -1, "conflict", "flow", ("conflict_days",), ("conflicts_mediated", "conflicts_escalated", "conflicts_faded"), digits=1, smallest_change=1.0),
    # ---- service
    _rate("needs_per_1000", "Needs that arose", "Needs that require work.", -1, "service", "needs_arose"),
    _share("voiced_share", "Voiced", "Needs voiced by the resident, of those that arose and were not solved by the resident.", 1, "service", "flow", "voiced", "needs_arose"),
    _share("silent_share", "Silent", "Needs kept silent, of those that arose.", -1, "service", "flow", "stayed_silent", "needs_arose"),
    _share("self_resolved_share", "Solved by residents", "Needs that residents solved themselves, of those that arose.", 1, "service", "flow", "self_resolved", "needs_arose"),
    _rate("detected_per_1000", "Silent needs found", "Silent needs found by monitoring, visits or meetings.", 1, "service", "detected"),
    Outcome("detection_lag", "Detection lag", "Mean days from arising to being found, of silent needs that were found.", "days", -1, "service", "flow", ("detection_lag",), ("detected",), digits=1, smallest_change=1.0),
    Outcome("wait_mean_days", "Mean wait", "Mean days from voicing to the beginning of substantive work.", "days", -1, "service", "flow", ("wait_days",), ("started",), digits=2, smallest_change=0.25),
    Outcome("wait_median_days", "Median wait", "Median days from voicing to the beginning of substantive work.", "days", -1, "service", "quantile", digits=2, smallest_change=0.25),
    Outcome("wait_p90_days", "90th percentile of waits", "90th percentile of days from voicing to the beginning of substantive work.", "days", -1, "service", "quantile", digits=2, smallest_change=0.5),
    _share("on_time", "On time", "Demands on which substantive work began within the due time, of those decided.", 1, "service", "flow", "on_time", "due_decided"),
    _share("coverage", "Coverage", "Needs served within the due time, of all that arose.", 1, "service", "flow", "on_time", "needs_arose"),
    Outcome("resolved_share", "Resolved", "Resolved, of known demands that came to an end.", "share", 1, "service", "flow", ("resolved",), ("resolved", "failed", "lapsed_waiting")),
    Outcome("lapsed_share", "Given up waiting", "Given up by the resident, of known demands that came to an end.", "share", -1, "service", "flow", ("lapsed_waiting",), ("resolved", "failed", "lapsed_waiting")),
    Outcome("met_share", "Needs met", "Resolved or solved alone, of all needs that came to an end, silent ones included.", "share", 1, "service", "flow", ("resolved", "self_resolved"), ("resolved", "self_resolved", "failed", "lapsed_silent", "lapsed_waiting")),
    _share("reopened_share", "Reopened", "Work that failed and was taken up again, per work begun.", -1, "service", "flow", "reopened", "started"),
    _share("triage_accuracy", "Triage accuracy", "Demands whose urgency was judged rightly.", 1, "service", "flow", "triage_right", "triaged"),
    _share("misrouted_share", "Misrouted", "Routings that went to the wrong place first.", -1, "service", "flow", "misrouted", "routed"),
    Outcome("backlog_per_1000", "Backlog", "Known demands not yet closed, at the end of a day.", "per 1,000 residents", -1, "service", "stock", ("backlog",), ("n",), 1000.0, digits=2, smallest_change=0.25),
    Outcome("unmet_per_1000", "Unmet needs", "Open needs, silent or known, at the end of a day.", "per 1,000 residents", -1, "service", "stock", ("silent_open", "backlog"), ("n",), 1000.0, digits=2, smallest_change=0.5),
    Outcome("load", "Load", "Hours of work arriving over hours kept for cases, own agencies; above one the backlog grows.", "ratio", -1, "service", "institution", ("work_arrived",), ("hours_cases_offered",), smallest_change=0.02),
    Outcome("utilisation", "Utilisation", "Hours worked on cases over hours kept for cases, own agencies.", "ratio", 0, "service", "institution", ("hours_cases_used",), ("hours_cases_offered",), smallest_change=0.02),
    _share("enquiries_answered_share", "Enquiries answered", "Enquiries answered, of those made.", 1, "service", "flow", "enquiries_answered", "enquiries"),
    _share("council_settled_share", "Settled by councils", "Demands a council took up and settled, of those that arose.", 1, "service", "flow", "council_resolved", "needs_arose"),
    # ---- community
    _mean("knowledge", "Knowledge", "Mean knowledge of how governance works.", 1, "community", "knowledge"),
    _mean("informed", "Informed", "Mean awareness of current community matters.", 1, "community", "informed"),
    _mean("belonging", "Belonging", "Mean sense of belonging.", 1, "community", "belonging"),
    _mean("efficacy", "Efficacy", "Mean sense of being able to change something.", 1, "community", "efficacy"),
    _mean("contacts_week", "Contacts a week", "Mean contacts with other residents a week.", 1, "community", "contacts_week", unit="contacts", digits=2, smallest_change=0.1),
    _mean("grievance", "Grievance", "Mean grievance.", -1, "community", "grievance"),
    _mean("friction", "Friction between groups", "Mean friction felt towards other groups.", -1, "community", "friction"),
    _mean("expectation", "Expectation", "Mean expectation of the service.", 0, "community", "expectation"),
    Outcome("satisfaction", "Satisfaction", "Mean performance less expectation, over experiences.", "-1 to 1", 1, "community", "flow", ("disconfirmation",), ("experiences",)),
    Outcome("performance", "Performance", "Mean performance met, over experiences.", "0 to 1", 1, "community", "flow", ("performance",), ("experiences",)),
    Outcome("wellbeing", "Well-being", "Mean of belonging, 1 - grievance and the share of needs met, equally weighted: an index, not a measurement.", "0 to 1", 1, "community", "flow"),
    # ---- workforce
    Outcome("skill", "Skill", "Mean skill of workers in post.", "0 to 1", 1, "workforce", "institution", ("skill",), ("workers",)),
    Outcome("burnout", "Burnout", "Mean burnout of workers in post.", "0 to 1", -1, "workforce", "institution", ("burnout",), ("workers",)),
    Outcome("familiarity", "Familiarity", "Mean familiarity of workers with the quarters they serve.", "0 to 1", 1, "workforce", "institution", ("familiarity",), ("workers",)),
    Outcome("turnover", "Turnover", "Workers leaving a year, per worker in post.", "share a year", -1, "workforce", "institution", ("quits",), ("workers",), 365.0),
    Outcome("vacancy_share", "Vacancies", "Posts standing empty.", "share", -1, "workforce", "institution", ("vacant",), ("posts",)),
    Outcome("case_hours_share", "Hours for cases", "Share of paid hours kept for cases.", "share", 1, "workforce", "institution", ("hours_cases_offered",), ("hours_available",)),
    Outcome("delivered_share", "Programmes delivered", "Share of planned programme hours that could be given.", "share", 1, "workforce", "institution", ("delivered",), ()),
    # ---- money
    Outcome("cost_per_resident", "Cost per resident", "Wages and programme money, per resident a year.", "yuan a year", -1, "money", "institution", ("money_wages", "money_programmes"), ("residents",), 365.0, digits=1, smallest_change=1.0),
)

DENOMINATORS: Final[tuple[str, ...]] = tuple(
    dict.fromkeys(name for outcome in OUTCOMES if outcome.kind != "quantile" for name in outcome.bottom)
)
"""What outcomes are divided by: measures, and all ``residents`` of the community. Daily tables carry them: the mean of a
ratio over days weighs each day by its denominator."""
BY_NAME: Final[Mapping[str, Outcome]] = {outcome.name: outcome for outcome in OUTCOMES}
HEADLINE: Final[tuple[str, ...]] = tuple(outcome.name for outcome in OUTCOMES if outcome.headline)
WINDOWS: Final[tuple[str, ...]] = ("year_1", "year_2", "last_90", "horizon")
"""Windows of a run: first and second year of the horizon, its last 90 days, and all of it."""
