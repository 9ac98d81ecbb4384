"""Agencies: whom they serve, what they are competent in, and how many posts they have filled."""

# mypy: disable-error-code="has-type, misc"
# (columns become attributes at run time, from their declaration; mypy cannot infer their types)

from typing import Any

import mesa

from sim.model.agents.backing import Backed, backed_by
from sim.model.agents.records import Demand
from sim.model.columns import AGENCY, NEED


@backed_by(AGENCY)
class Agency(Backed, mesa.Agent):
    """An organisation that employs social workers, or a partner outside social work (``outside``).

    Parameters
    ----------
    model : CommunityModel
    row : int
    number : int
        Mesa's ``unique_id``.
    """

    BEHAVIOUR = ("competent_in", "posts_for")

    def __init__(self, model: Any, row: int, number: int) -> None:
        self.model, self.row, self.unique_id, self.pos = model, row, number, None
        self._columns = model.world.agencies

    def __repr__(self) -> str:
        return f"<Agency {self.name}: {self.filled} of {self.posts + self.extra} posts filled>"

    @property
    def name(self) -> str:
        """Name in the community's description."""
        return self.model.world.community.agencies[self.row].name

    @property
    def kind(self) -> str:
        """Kind of agency, one of ``AGENCY_KINDS``."""
        return self.model.world.community.agencies[self.row].kind

    @property
    def workers(self) -> list[Any]:
        """Its posts, vacant and closed ones included."""
        return [worker for worker in self.model.workers if worker.agency == self.row]

    def pool_for(self, resident: Any) -> int:
        """Number of the pool that serves a resident; -1 where the agency does not."""
        return self.model.world.pool_of.item(self.row, resident.row)

    def competent_in(self, category: int) -> bool:
        """Whether it can meet needs of a category."""
        return bool(self.model.world.competent.item(self.row, category))

    def posts_for(self, case: Demand, desk: Any, partner: bool, filled: bool) -> int:
        """Posts of this agency that could take a case; 0 where it does not serve the resident or the matter.

        Counted are the whole agency's posts, so that agencies share cases by their size however their pools are cut;
        filled ones count only where the pool in question has somebody.
        """
        pool = self.pool_for(case.who)
        if self.outside != partner or pool < 0:
            return 0
        if case.kind == NEED and not self.competent_in(case.category):
            return 0
        if filled:
            return desk.filled_posts[self.row] if desk.pools[pool].filled > 0 else 0
        return desk.open_posts[self.row]
