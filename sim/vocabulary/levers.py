"""The levers: the only numbers through which a policy can touch the community.

A policy turns its dose into values of these levers, day by day. Several policies on one lever combine by the
lever's own rule, which is commutative, so their order never matters:

``union``  shares that add up like independent chances, ``1 - (1 - a)(1 - b)``; neutral 0.
``add``    amounts that add; neutral 0.

``hours`` marks levers that exist only through workers' time: when the hours are not there, the lever falls short
of its dose by the share that could not be delivered (M16).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Axis = Literal["community", "quarter_group", "agency", "use"]
Combine = Literal["union", "add"]


@dataclass(frozen=True, slots=True)
class Lever:
    """One lever: where it acts (``axis``), in what unit, how two policies combine, and whether it needs hours."""

    name: str
    axis: Axis
    unit: str
    combine: Combine
    hours: bool
    description: str

    @property
    def neutral(self) -> float:
        """The value at which the lever does nothing: 0 under both rules of combination."""
        return 0.0


def _lever(name: str, axis: Axis, unit: str, combine: Combine, hours: bool, description: str) -> Lever:
    return Lever(name, axis, unit, combine, hours, description)


LEVERS: Final[tuple[Lever, ...]] = (
    # what residents meet, by quarter and group
    _lever("online_supply", "quarter_group", "share of occasions", "union", True, "An online way to take part is open to those with access."),
    _lever("meeting_supply", "quarter_group", "share of occasions", "union", True, "A residents' meeting is there to go to."),
    _lever("council_supply", "quarter_group", "share of occasions", "union", True, "The council is open to take part in."),
    _lever("invitation", "quarter_group", "per week", "union", True, "Chance of being asked in person to take part."),
    _lever("publicity", "quarter_group", "per week", "union", True, "Chance of being reached by information about governance."),
    _lever("session", "quarter_group", "per week", "union", True, "Chance of attending an education session."),
    _lever("activity", "quarter_group", "per week", "union", True, "Chance of attending a cultural activity."),
    _lever("visit", "quarter_group", "per week", "union", True, "Chance of a visit by one's own worker."),
    _lever("acknowledgement", "quarter_group", "share of demands", "union", True, "A voiced demand is acknowledged, followed, and answered for."),
    _lever("promise", "quarter_group", "share", "union", False, "Strength of what residents are led to expect (X5)."),
    _lever("voice_ease", "quarter_group", "logit", "add", False, "Ease of voicing a need, added to its logit."),
    _lever("claim_ease", "quarter_group", "logit", "add", False, "Ease of claiming welfare services, added to the logit of voicing such a need."),
    _lever("monitoring", "quarter_group", "per week", "add", True, "Hazard of finding a silent need or a latent conflict."),
    _lever("relief", "quarter_group", "share of needs", "union", True, "Share of welfare needs prevented at the source."),
    _lever("relief_vulnerable", "quarter_group", "share of needs", "union", True, "The same, for vulnerable residents, on top."),
    # institutions
    _lever("adoption", "community", "share of proposals", "union", False, "Extra chance that a proposal from residents is adopted."),
    _lever("council_share", "community", "share of common demands", "union", True, "Common demands handed to the residents' council."),
    _lever("election", "community", "share", "union", True, "An election of representatives is held today, with this effort at mobilising."),
    _lever("cooperation", "community", "share", "union", True, "Working agreements with partners outside social work."),
    _lever("platform", "community", "share", "union", True, "Depth to which the smart platform is used."),
    # workforce, by agency
    _lever("extra_staff", "agency", "posts", "add", False, "Additional posts."),
    _lever("training", "agency", "hours per worker a week", "add", True, "Hours of professional training."),
    _lever("support", "agency", "share", "union", False, "Supervision, pay and career prospects that keep workers."),
    _lever("continuity", "agency", "share", "union", True, "How far workers keep to their own quarters."),
    # what all this takes
    _lever("hours", "use", "worker-hours per week", "add", False, "Programme hours by use; the price of the levers above."),
)

BY_NAME: Final[Mapping[str, Lever]] = {lever.name: lever for lever in LEVERS}
