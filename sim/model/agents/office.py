"""Pools of colleagues, and the queues they share."""

from collections import deque
from typing import Any

from sim.model.agents.records import Demand
from sim.model.columns import MEDIATION_CLASS, ORDINARY_CLASS, URGENT_CLASS


class Pool:
    """Workers of one agency who share a queue, with a line for each class of case.

    Parameters
    ----------
    agency : int
        Row of the agency.
    """

    def __init__(self, agency: int) -> None:
        self.agency = agency
        self.members: list[Any] = []
        self.lines: dict[int, deque[Demand]] = {
            klass: deque() for klass in (URGENT_CLASS, MEDIATION_CLASS, ORDINARY_CLASS)
        }

    @property
    def filled(self) -> int:
        """Posts filled."""
        return len([worker for worker in self.members if worker.in_post])

    def join(self, case: Demand) -> None:
        """Line up a case by (time of entry, lot); looked for from the end, where nearly all belong."""
        line = self.lines[case.klass]
        place = len(line)
        while place > 0 and _stands_before(case, line[place - 1]):
            place -= 1
        line.insert(place, case)

    def next_line(self) -> deque[Demand] | None:
        """The line whose first case is next: the lowest class in which anybody waits."""
        return next((line for line in self.lines.values() if line), None)

    def worker_for(self, case: Demand) -> Any:
        """The free worker who takes a case: one whose role suits before others, then by lot; None: nobody is free."""
        free = [worker for worker in self.members if worker.is_free]
        if not free:
            return None
        today = case.model.today

        def rank(worker: Any) -> tuple[bool, int]:
            return not worker.suits(case), today.lot("service.worker", worker.key ^ case.id)

        return min(free, key=rank)


def _stands_before(a: Demand, b: Demand) -> bool:
    return (a.entered, a.tie) < (b.entered, b.tie)
