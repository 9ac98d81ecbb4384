"""Agents whose doings are noted: those of the agents driver, with a word about each step where somebody is followed.

They add nothing to what agents do; every method calls the driver's own and tells what came of it.
"""

from typing import Any, Final

from sim.model.agents.desk import Desk
from sim.model.agents.records import Demand
from sim.model.agents.resident import Resident
from sim.model.agents.worker import SocialWorker
from sim.model.columns import (
    AT_COUNCIL,
    FAILED,
    FALSE_ALARM,
    MEDIATION,
    NEED,
    NEVER,
    QUEUED,
    RESOLVED,
    SILENT,
)
from sim.model.trace.recorder import NEWS, QUIET
from sim.model.trace.words import case_name, moment_of_day, quantity

_ENDED_WELL: Final = {
    NEED: "A case is resolved", MEDIATION: "A mediation succeeds", FALSE_ALARM: "A false alarm is seen to be one",
}  # fmt: skip


class WatchedResident(Resident):
    """A resident on a stage."""


class WatchedDemand(Demand):
    """A case on a stage."""

    __slots__ = ()

    @property
    def subject(self) -> tuple[str, int]:
        """How it is followed."""
        return "demand", self.id

    def lapse(self) -> None:
        """End a case that nobody took up in time."""
        silent = self.state == SILENT
        with self.model.recorder.moment(self.subject, at=self.deadline) as moment:
            super().lapse()
            if silent:
                moment.tell(NEWS, "A silent need is given up", f"{case_name(self)}; nobody ever heard of it")
            else:
                moment.tell(NEWS, "A case lapses", f"{case_name(self)}; nobody took it up before patience ran out")

    def _weigh(self, end: float) -> None:
        decided, weighed = self.decided, self.who.overdue
        with self.model.recorder.moment(self.subject) as moment:
            super()._weigh(end)
            if self.state == SILENT:
                moment.tell(QUIET, "A need is kept silent", case_name(self))
            elif self.decided and not decided:
                late = f"{quantity(self.due_days())} days after it was voiced nobody has begun, an experience too"
                moment.tell(NEWS, "A case passes its due time", f"{case_name(self)}; {late}")
            elif self.who.overdue > weighed:
                moment.tell(QUIET, "A case is overdue", case_name(self))
            else:
                moment.tell(QUIET, "A case waits", case_name(self))


class WatchedWorker(SocialWorker):
    """A worker on a stage."""

    def _moment(self, case: Any, now: float) -> Any:
        return self.model.recorder.moment(case.subject, ("worker", self.row), at=now)

    def name(self) -> str:
        """Who it is, in words."""
        return f"worker {self.row} ({self.role_name}, {self.model.world.community.agencies[self.agency].label})"

    def let_go(self, desk: Any) -> None:
        """Part from a case that ended otherwise, or put it back into its queue."""
        case = desk.cases[self.case] if self.case >= 0 else None
        super().let_go(desk)
        if case is not None and case.state == QUEUED:
            self.model.recorder.add(
                NEWS, "A case goes back to its queue", case.subject, ("worker", self.row),
                detail=f"{case_name(case)}; {self.name()} has left, {quantity(case.work)} hours of work are left",
            )  # fmt: skip

    def take_up(self, case: Any, desk: Any, now: float) -> None:
        """Take a case from the queue."""
        again = case.first != NEVER
        with self._moment(case, now) as moment:
            super().take_up(case, desk, now)
            verdict = "in time" if case.in_time() else "late"
            waited = f"{quantity(now - case.voiced)} days after it was voiced, {verdict}"
            moment.tell(
                NEWS, "Work on a case goes on" if again else "Work on a case begins",
                f"{case_name(case)}; {self.name()}" + ("" if again else f"; {waited}"),
            )  # fmt: skip

    def put_in_hours(self, case: Any, desk: Any, now: float) -> None:
        """Book what was done since the clock was last set."""
        before = self.busy
        super().put_in_hours(case, desk, now)
        if now >= desk.closes:
            self.model.recorder.add(
                QUIET, "A case is in work", case.subject, ("worker", self.row),
                detail=f"{case_name(case)}; {quantity(self.busy - before)} hours today by {self.name()}, "
                f"{quantity(case.work)} hours of work left",
            )  # fmt: skip

    def finish(self, case: Any, desk: Any, now: float) -> None:
        """End work on a case."""
        with self._moment(case, now) as moment:
            super().finish(case, desk, now)
            hours = f"{case_name(case)}; {quantity(case.worked)} hours by {self.name()} in all"
            if case.state == RESOLVED:
                title = _ENDED_WELL[case.kind]
            elif case.state == FAILED:
                title = "A mediation fails" if case.kind == MEDIATION else "A case fails"
            else:
                title = "A case is taken up again"
            moment.tell(NEWS, title, hours)

    def age_a_day(self, load: float) -> None:
        """Learn, tire, perhaps leave; a vacant post may be filled."""
        there = self.in_post
        with self.model.recorder.moment(("worker", self.row)) as moment:
            super().age_a_day(load)
            if there and not self.in_post:
                moment.tell(NEWS, "Leaves the post")
            elif self.in_post and not there:
                moment.tell(NEWS, "A newcomer takes the post", f"skill {quantity(self.skill)}")


class WatchedDesk(Desk):
    """A day of the service on a stage."""

    def __init__(self, model: Any) -> None:
        super().__init__(model)
        self.cases = [WatchedDemand(model, row) for row in range(model.world.demands.count)]

    def take_in(self, case: Any) -> None:
        """Take in a case that has surfaced."""
        with self.model.recorder.moment(case.subject, at=max(case.voiced, self.start)) as moment:
            super().take_in(case)
            judged = "urgent" if case.judged else "ordinary"
            moment.tell(
                NEWS, "Taken in by the service",
                f"{case_name(case)}" + ("; judged " + judged if case.kind == NEED else "")
                + f"; it will take {quantity(case.work)} hours of work"
                + ("; receipt is acknowledged" if case.acknowledged else "")
                + ("; the residents' council takes it up" if case.state == AT_COUNCIL else ""),
            )  # fmt: skip

    def route(self, case: Any, now: float) -> None:
        """Send a case on its way to staff."""
        with self.model.recorder.moment(case.subject, at=now) as moment:
            super().route(case, now)
            wrong = any(draw.happened for draw in moment.draws("service.bounce"))
            there = moment_of_day(self.model.world, case.next)
            moment.tell(
                NEWS, "On its way to staff", f"{case_name(case)}; there in {quantity(case.next - now)} days, {there}"
                + ("; it goes to the wrong place first" if wrong else ""),
            )  # fmt: skip

    def council_decides(self, case: Any, now: float) -> None:
        """End a council's deliberation."""
        with self.model.recorder.moment(case.subject, at=now) as moment:
            super().council_decides(case, now)
            title = "The council settles it" if case.state == RESOLVED else "The council does not settle it"
            moment.tell(NEWS, title, case_name(case))

    def enter_queue(self, case: Any, now: float) -> int:
        """End the routing of a case."""
        with self.model.recorder.moment(case.subject, at=now) as moment:
            pool = super().enter_queue(case, now)
            if pool < 0:
                moment.tell(QUIET, "Nobody is there to take it", f"{case_name(case)}; it tries again tomorrow")
            else:
                agency = self.model.world.community.agencies[self.pools[pool].agency]
                ahead = len(self.pools[pool].lines[case.klass]) - 1
                moment.tell(
                    NEWS, "Joins a queue",
                    f"{case_name(case)}; {agency.label}, pool {pool}; {ahead} others of its class wait there"
                    + ("; outside competence was not to be had" if case.unmatched else ""),
                )  # fmt: skip
        return pool


