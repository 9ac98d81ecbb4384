"""One day of the service, event by event, over workers and cases (phase 8).

The order of a day is that of :mod:`sim.model.service.loop`: muster, lines, agenda, events by (time, ends before steps,
lot), the end of the shift, and the closing of the day.
"""

import heapq
from typing import Any

from sim.model.agents.office import Pool
from sim.model.agents.records import Demand
from sim.model.agents.routing import Routing
from sim.model.columns import AT_COUNCIL, NEVER, QUEUED, ROUTING
from sim.rules import cooperation

ENDS, STEP = 0, 1
"""What can fall due: a worker ends a case, or a step of routing or of a council. At one moment, ends come first."""


class Desk(Routing):
    """Everything that happens in the service on one day.

    Attributes
    ----------
    cases : list of Demand
        Every row of the table of demands.
    pools : list of Pool
    opens, closes : float
        Beginning and end of the shift, in days.
    offered, arrived, casework, mediating : float
        Own agencies' hours kept for cases, hours of work that arrived, hours worked on needs and on mediations.
    waits : list of (cell, days)
        Waits of needs on which work began.
    """

    def __init__(self, model: Any) -> None:
        world, rules = model.world, model.world.rules
        self.model, self.today = model, model.today
        self.platform, self.cooperation = self.today.everywhere("platform"), self.today.everywhere("cooperation")
        self.start = float(world.tick)
        self.end = self.start + 1.0
        self.opens = self.start + rules.hours.shift_start / 24.0
        shift = rules.hours.shift_hours / 24.0
        self.closes = min(self.opens + shift, self.end)
        self.workday = world.workday
        paid = rules.hours.week / rules.hours.workdays
        c = rules.cooperation
        self.own_hours = paid * world.case_share
        self._own_rate = self.own_hours / shift
        self._partner_rate = paid * cooperation.between(c.partner_share, c.partner_full, self.cooperation) / shift
        self.cases = Demand.all(model)
        self.pools = [Pool(agency) for agency in world.pool_agency.tolist()]
        self.open_posts = [0] * len(model.agencies)
        self.filled_posts = [0] * len(model.agencies)
        self.offered = self.arrived = self.casework = self.mediating = 0.0
        self.waits: list[tuple[int, float]] = []
        self._agenda: list[tuple[float, int, int, int]] = []
        self._at_work = False

    def rate(self, worker: Any) -> float:
        """Hours on cases that a worker gives per day of shift clock."""
        return self._partner_rate if worker.outside else self._own_rate

    # --- the day --------------------------------------------------------------------------------------------

    def serve(self) -> None:
        """Live through the day."""
        self.muster()
        self.prepare()
        while True:
            if self.workday and not self._at_work and (not self._agenda or self._agenda[0][0] >= self.opens):
                self.open_shift()
            elif self._agenda:
                self.next_event()
            else:
                break
        if self.workday:
            for worker in self.model.workers:
                if worker.case >= 0:
                    worker.put_in_hours(self.cases[worker.case], self, self.closes)
        for case in self.cases:
            case.end_day(self.end)

    def muster(self) -> None:
        """Count who is there, set today's speeds, put back the cases of those who left."""
        for worker in self.model.workers:
            worker.begin_day(self)
            self.pools[worker.pool].members.append(worker)
            self.open_posts[worker.agency] += worker.open
            self.filled_posts[worker.agency] += worker.in_post
            if worker.in_post and self.workday and not worker.outside:
                self.offered += self.own_hours

    def prepare(self) -> None:
        """Line up the cases that wait; put today's steps on the agenda, those of cases that surfaced today included."""
        for case in self.cases:
            state = case.state
            if state == QUEUED:
                self.pools[case.pool].join(case)
            elif state == ROUTING and case.next == NEVER:
                self.take_in(case)
            elif state == ROUTING or state == AT_COUNCIL:
                self.schedule(case, case.next)

    def next_event(self) -> None:
        """Live through what falls due next; a queue that grew or a worker who became free makes the pool assign."""
        now, order, _, subject = heapq.heappop(self._agenda)
        if order == ENDS:
            worker = self.model.workers[subject]
            pool = worker.pool
            worker.finish(self.cases[worker.case], self, now)
        else:
            pool = self.take_step(self.cases[subject], now)
        if pool >= 0 and self._at_work and now < self.closes:
            self.assign(self.pools[pool], now)

    def take_step(self, case: Demand, now: float) -> int:
        """Take the step of routing or of a council that falls due; the pool whose queue grew, or -1."""
        if case.deadline <= now:
            return -1  # it lapses at the end of the day
        if case.state == AT_COUNCIL:
            self.council_decides(case, now)
            return -1
        return self.enter_queue(case, now)

    # --- the shift ------------------------------------------------------------------------------------------

    def open_shift(self) -> None:
        """Begin the shift: unfinished work goes on, then every pool assigns cases."""
        self._at_work = True
        for worker in self.model.workers:
            if worker.case >= 0:
                worker.work_on(self.cases[worker.case], self, self.opens)
        for pool in self.pools:
            self.assign(pool, self.opens)

    def assign(self, pool: Pool, now: float) -> None:
        """Give cases to free workers of a pool while there are both; cases past their deadline are dropped."""
        while line := pool.next_line():
            case = line[0]
            if case.deadline <= now:
                line.popleft()
                case.lapse()
                continue
            worker = pool.worker_for(case)
            if worker is None:
                return
            line.popleft()
            worker.take_up(case, self, now)

    # --- the agenda -----------------------------------------------------------------------------------------

    def note_end(self, worker: Any, case: Demand, time: float) -> None:
        """Note that a worker ends a case today."""
        heapq.heappush(self._agenda, (time, ENDS, case.tie, worker.row))

    def schedule(self, case: Demand, time: float) -> None:
        """Note when the next step of a case falls due; put it on the agenda when that is today."""
        case.next = time
        if time < self.end:
            heapq.heappush(self._agenda, (max(time, self.start), STEP, case.tie, case.row))
