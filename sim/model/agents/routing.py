"""From surfacing to a queue: triage, acknowledgement, councils, routing, and the choice of a pool (phase 8).

All draws are keyed by the case and the number of attempts, never by the day or the row.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sim.model.agents.records import Demand
from sim.model.columns import (
    AT_COUNCIL,
    MEDIATION,
    MEDIATION_CLASS,
    NEED,
    ORDINARY_CLASS,
    QUEUED,
    RESOLVED,
    ROUTING,
    URGENT_CLASS,
)
from sim.rules import cooperation, population, service, technology

ACCEPT = 10
"""Index of a partner's acceptance at the first attempt; lower ones choose the agency."""


class Routing:
    """How cases find their way; the part of a :class:`~sim.model.agents.desk.Desk` that sends them."""

    model: Any
    today: Any
    platform: float
    cooperation: float
    start: float
    end: float
    arrived: float
    pools: list[Any]

    if TYPE_CHECKING:
        schedule: Callable[[Demand, float], None]

    def take_in(self, case: Demand) -> None:
        """Take in a case that has surfaced: everything that is settled before it goes anywhere."""
        now = max(case.voiced, self.start)
        case.tie = self.today.lot("service.tie", case.id)
        case.attempts = 0
        self.size(case)
        if case.kind == NEED:
            self.triage(case)
            chance = self.today.lever("acknowledgement", case.who)
            if self.today.lasting("service.acknowledge", case.id) < chance:
                case.acknowledged = True
                self.today.book(case.cell, "acknowledged")
        case.klass = self.class_of(case)
        if not self.hand_to_council(case, now):
            self.route(case, now)

    def size(self, case: Demand) -> None:
        """Hours of work that a case takes, this time."""
        r = self.today.rules
        mean = r.conflict.hours if case.kind == MEDIATION else r.service.work_hours
        u = self.today.lasting("service.work", case.id, case.attempts)
        case.work = service.work(r.service, mean, u, population.normal_quantile(u))

    def triage(self, case: Demand) -> None:
        """Judge the urgency of a need, rightly or not."""
        r = self.today.rules
        chance = technology.triage(r.technology, r.service.triage, self.platform)
        right = self.today.lasting("service.triage", case.id) < chance
        case.judged = case.urgent if right else not case.urgent
        self.today.book(case.cell, "triaged")
        if right:
            self.today.book(case.cell, "triage_right")

    def class_of(self, case: Demand) -> int:
        """Class in which a case waits."""
        if case.kind == MEDIATION:
            return MEDIATION_CLASS
        if case.kind == NEED and case.judged:
            return URGENT_CLASS
        if self.today.rules.service.vulnerable_first > 0.0 and case.who.vulnerable:
            return URGENT_CLASS
        return ORDINARY_CLASS

    def hand_to_council(self, case: Demand, now: float) -> bool:
        """Hand a common need to the residents' council of the quarter, by chance; say whether it was."""
        if case.kind != NEED or not case.common:
            return False
        sitting = self.model.council_of(case.who.quarter)
        share = self.today.everywhere("council_share")
        if sitting is None or self.today.lasting("service.council", case.id, 0) >= share:
            return False
        case.state = AT_COUNCIL
        sitting.taken += 1
        self.today.book(case.cell, "council_taken")
        self.schedule(case, now + self.today.rules.council.days)
        return True

    def council_decides(self, case: Demand, now: float) -> None:
        """End a council's deliberation: the matter is settled, or goes to staff."""
        sitting = self.model.council_of(case.who.quarter)
        if sitting is None or not sitting.settles(case):
            self.route(case, now)
            return
        case.state = RESOLVED
        case.first = now
        on_time = case.in_time()
        case.decide(on_time)
        sitting.settled += 1
        self.today.book(case.cell, "resolved")
        self.today.book(case.cell, "council_resolved")
        case.who.successes += 1.0
        case.leave_experience(on_time, True, case.treatment(0.0))

    def route(self, case: Demand, now: float) -> None:
        """Send a case on its way to staff: time, wrong turns, and the way to a partner outside."""
        r, attempt = self.today.rules, case.attempts
        saved = technology.routing_saved(r.technology, self.platform, case.who.online)
        days = service.routing_time(r.service, self.today.lasting("service.route", case.id, attempt), saved)
        if case.kind != MEDIATION:
            self.today.book(case.cell, "routed")
            prevented = r.service.acknowledge_routing * case.acknowledged
            if self.today.lasting("service.bounce", case.id, attempt) < r.service.bounce * (1.0 - prevented):
                days += r.service.bounce_days
                self.today.book(case.cell, "misrouted")
        if case.kind == NEED and case.outside:
            days += cooperation.between(r.cooperation.days_base, r.cooperation.days_full, self.cooperation)
        case.state = ROUTING
        self.schedule(case, now + days)

    def enter_queue(self, case: Demand, now: float) -> int:
        """End the routing of a case: it joins the queue of a pool, or tries again tomorrow where there is none (-1)."""
        pool = self.choose_pool(case)
        if pool < 0:
            case.next = self.end
            return -1
        case.state = QUEUED
        case.pool = pool
        case.entered = now
        self.pools[pool].join(case)
        if not self.model.agencies[self.pools[pool].agency].outside:
            self.arrived += case.work
        return pool

    def choose_pool(self, case: Demand) -> int:
        """Choose who is to serve a case; it goes unmatched where outside competence is not to be had."""
        case.unmatched = False
        if case.kind == NEED and case.outside:
            c = self.today.rules.cooperation
            chance = cooperation.between(c.accept_base, c.accept_full, self.cooperation)
            if self.today.lasting("service.partner", case.id, ACCEPT + case.attempts) < chance:
                pool = self.choose_among(case, partner=True)
                if pool >= 0:
                    return pool
            case.unmatched = True
        return self.choose_among(case, partner=False)

    def choose_among(self, case: Demand, partner: bool) -> int:
        """Choose a pool of own agencies (or of partners) in proportion to posts filled, or else to posts; -1: none."""
        for filled in (True, False):
            posts = [agency.posts_for(case, self, partner, filled) for agency in self.model.agencies]
            total = 0
            for number in posts:
                total += number
            if total == 0:
                continue
            left = self.today.lasting("service.partner", case.id, case.attempts) * total
            pool = -1
            for agency, number in zip(self.model.agencies, posts, strict=True):
                if number > 0:
                    pool = agency.pool_for(case.who)
                    left -= number
                    if left < 0.0:
                        break
            return pool
        return -1
