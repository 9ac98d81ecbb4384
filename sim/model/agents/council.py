"""Residents' councils: elections, and the common matters they take up (phases 5 and 8)."""

# mypy: disable-error-code="has-type, misc"
# (columns become attributes at run time, from their declaration; mypy cannot infer their types)

from typing import Any

import mesa

from sim.model.agents.backing import Backed, backed_by
from sim.model.columns import COUNCIL
from sim.model.elections import RECENT_DAYS
from sim.rules import council, election, knowledge


@backed_by(COUNCIL, fixed=("quarter",))
class ResidentsCouncil(Backed, mesa.Agent):
    """The residents' council of one quarter.

    Parameters
    ----------
    model : CommunityModel
    row : int
    number : int
        Mesa's ``unique_id``.
    """

    BEHAVIOUR = ("hold_election", "stands", "favourite_of", "give_seats", "settles")

    def __init__(self, model: Any, row: int, number: int) -> None:
        self.model, self.row, self.unique_id, self.pos = model, row, number, None
        self._columns = model.world.councils

    def __repr__(self) -> str:
        return f"<ResidentsCouncil of {self.quarter_name}: {self.members} of {self.seats} seats taken>"

    @property
    def quarter_name(self) -> str:
        """Name of the quarter."""
        return self.model.world.community.block_names[self.quarter]

    @property
    def residents(self) -> list[Any]:
        """Who lives in the quarter, empty places included."""
        first, last = self.model.world.starts[self.quarter : self.quarter + 2].tolist()
        return self.model.residents[first:last]

    @property
    def representatives(self) -> list[Any]:
        """The elected, in office."""
        return [resident for resident in self.residents if resident.representative]

    # --- phase 5: elections ---------------------------------------------------------------------------------

    def hold_election(self) -> None:
        """Participants stand, electors vote, the best supported take the seats; turnout makes standing."""
        today, world, people = self.model.today, self.model.world, self.residents
        p, effort = today.rules.election, today.everywhere("election")
        for resident in people:
            resident.representative = False
        support = {resident.row: 0.0 for resident in people if self.stands(resident)}
        standing = len(support)
        electors, votes = 0.0, 0.0
        for resident in people:
            if not resident.present or resident.age == 0 or not world.groups.elector.item(resident.group):
                continue
            electors += 1.0
            today.book(resident.cell, "electors")
            chance = election.votes(p, resident.age, resident.belonging, resident.trust, effort)
            if today.draw("election.vote", resident.key, 0) >= chance:
                continue
            votes += 1.0
            today.book(resident.cell, "votes")
            if standing > self.seats:
                resident.friction = knowledge.gained(resident.friction, p.rivalry)
            if support:
                support[self.favourite_of(resident, support)] += 1.0
        self.give_seats(support)
        self.members = min(standing, self.seats)
        self.term_ends = today.tick + int(world.community.councils.term * 365)
        turnout = votes / electors if electors > 0.0 else 0.0
        filled = self.members / self.seats if self.seats > 0 else 0.0
        self.legitimacy = knowledge.gained(self.legitimacy, p.legitimacy * turnout * filled)

    def stands(self, resident: Any) -> bool:
        """Whether an elector who took part within a year stands as a candidate."""
        today = self.model.today
        lately = max(resident.last_meeting, resident.last_council, resident.last_online)
        elector = self.model.world.groups.elector.item(resident.group) == 1
        if not resident.present or not elector or today.tick - lately > RECENT_DAYS:
            return False
        return today.draw("election.stand", resident.key) < today.rules.election.stand

    def favourite_of(self, voter: Any, support: dict[int, float]) -> int:
        """Row of the candidate a voter supports: the first among the contacts, else one by a keyed draw."""
        for row in self.model.contact_rows(voter.row):
            if row in support:
                return row
        candidates = list(support)
        return candidates[int(self.model.today.draw("election.vote", voter.key, 1) * len(candidates))]

    def give_seats(self, support: dict[int, float]) -> None:
        """Give the seats to those with most support; equals by a keyed draw."""
        today, people = self.model.today, self.model.residents

        def rank(row: int) -> tuple[float, float]:
            return -support[row], today.draw("election.tie", people[row].key)

        for row in sorted(support, key=rank)[: self.seats]:
            people[row].representative = True

    # --- phase 8: common matters ----------------------------------------------------------------------------

    def settles(self, case: Any) -> bool:
        """Whether the council settles a common matter that it took up."""
        today = self.model.today
        chance = council.settles(today.rules.council, self.attendance, self.legitimacy)
        return today.lasting("service.council", case.id, 1) < chance
