"""Residents: who they are, whom they know, and what they have open with the service.

What they do is in three parts: as citizens (:mod:`~sim.model.agents.citizen`: outreach, participation, learning), as
clients (:mod:`~sim.model.agents.client`: needs, judging the service) and as neighbours
(:mod:`~sim.model.agents.neighbour`: moving, conflict, word of mouth).
"""

# mypy: disable-error-code="has-type, misc"
# (columns become attributes at run time, from their declaration; mypy cannot infer their types)

from dataclasses import dataclass
from typing import Any

import mesa

from sim.model.agents.backing import backed_by
from sim.model.agents.citizen import Citizen
from sim.model.agents.client import Client
from sim.model.agents.neighbour import Neighbour
from sim.model.agents.records import Conflict, Demand
from sim.model.columns import NEVER, RESIDENT
from sim.vocabulary.categories import AGE_BANDS, CASE_KINDS, CATEGORIES

STATES = ("silent", "routing", "queued", "in work", "at the council", "resolved", "failed", "lapsed")
NOT_SOON = 1.0e9
_FIXED = (
    "key", "generation", "group", "age", "vulnerable", "quarter", "household", "degree", "cross", "cell",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DemandRecord:
    """One open demand of a resident, as it stands; times in days since the start of the burn-in, None: not yet."""

    id: int
    kind: str
    category: str
    state: str
    urgent: bool
    arose: float
    voiced: float | None
    first_response: float | None
    hours_left: float


@backed_by(RESIDENT, fixed=_FIXED)
class Resident(Citizen, Client, Neighbour, mesa.Agent):
    """A place in the community and who holds it: when somebody moves away, a newcomer takes the place and the contacts.

    Attributes are the columns of :data:`sim.model.columns.RESIDENT`, one row of them; ``present`` is False while the
    place is empty (students in summer). ``generation`` counts who has held the place before.

    Parameters
    ----------
    model : CommunityModel
    row : int
        Row in the table of residents; rows are sorted by quarter and household.
    number : int
        Mesa's ``unique_id``.
    """

    BEHAVIOUR = (
        "move", "leave", "arrive", "be_reached", "participate", "inclination", "share_of_contacts_active", "take_part",
        "propose", "kindness", "learn", "notice_need", "have_need", "voice_or_not", "enquire", "go_through",
        "tell_contacts", "judge", "judge_own_experience", "judge_hearsay", "change_mind", "put_behind", "quarrel",
        "meetings", "fall_out", "counterpart", "suffer_escalation", "speak", "talk",
    )  # fmt: skip

    def __init__(self, model: Any, row: int, number: int) -> None:
        self.model, self.row, self.unique_id, self.pos = model, row, number, None
        self._columns = model.world.residents

    def __repr__(self) -> str:
        return f"<Resident {self.row}: {self.group_name}, {self.age_band}, {self.quarter_name}>"

    @property
    def group_name(self) -> str:
        """Name of the group."""
        return self.model.world.community.group_names[self.group]

    @property
    def quarter_name(self) -> str:
        """Name of the quarter, campus or site."""
        return self.model.world.community.block_names[self.quarter]

    @property
    def age_band(self) -> str:
        """Age band in years, such as ``30_49``."""
        return AGE_BANDS[self.age]

    @property
    def contacts(self) -> list[Any]:
        """Residents one knows, in the order of their rows."""
        residents = self.model.residents
        return [residents[row] for row in self.model.contact_rows(self.row)]

    @property
    def demands(self) -> tuple[DemandRecord, ...]:
        """Open demands about this resident; read-only."""
        store = self.model.world.demands
        mine = (store.columns.resident[: store.count] == self.row).nonzero()[0].tolist()
        return tuple(self._record(row) for row in mine if store.columns.state.item(row) < STATES.index("resolved"))

    def _record(self, row: int) -> DemandRecord:
        d = self.model.world.demands.columns

        def time(column: Any) -> float | None:
            value = column.item(row)
            return None if value == NEVER else value

        return DemandRecord(
            d.id.item(row), CASE_KINDS[d.kind.item(row)], CATEGORIES[d.category.item(row)], STATES[d.state.item(row)],
            d.urgent.item(row) == 1, d.arose.item(row), time(d.voiced), time(d.first), d.work.item(row),
        )

    def remove(self) -> None:
        """Move away and leave the place empty: no longer an agent of the model.

        What was open, and nobody works on, lapses on the next day; conflicts fade. In September a newcomer takes the
        place, as any empty one: another agent.
        """
        if self.present:
            self.present = False
            now = float(self.model.world.tick)
            for demand in Demand.all(self.model):
                if demand.resident == self.row and demand.is_open:
                    demand.deadline = now
            for conflict in Conflict.all(self.model):
                if self in conflict.parties and conflict.is_open:
                    conflict.fades, conflict.escalates = now, NOT_SOON
            self.model.note_departure(Resident, self.row)
        super().remove()
