"""Social workers: they take cases, work on them, learn, tire, and leave (phases 8 and 12)."""

# mypy: disable-error-code="has-type, misc"
# (columns become attributes at run time, from their declaration; mypy cannot infer their types)

from typing import Any

import mesa

from sim.model.agents.backing import Backed, backed_by
from sim.model.agents.records import Demand
from sim.model.columns import FAILED, IN_WORK, MEDIATION, NEED, NEVER, QUEUED, RESOLVED, WORKER
from sim.model.counters import institution
from sim.model.draws import mix64_py
from sim.rules import conflict, functions, knowledge, skill, workforce
from sim.rules import population as population_rules
from sim.vocabulary.categories import CATEGORIES

COUNSELLOR, COORDINATOR, ADVOCATE = range(3)
ROLES = ("counsellor", "coordinator", "advocate")
_FOR_COUNSELLORS = ("health", "employment", "hardship_and_welfare")


@backed_by(WORKER, fixed=("key", "generation", "agency", "pool", "outside"))
class SocialWorker(Backed, mesa.Agent):
    """A post in an agency and who holds it; the post may be vacant (``in_post``), or not open yet (``open``).

    Parameters
    ----------
    model : CommunityModel
    row : int
        Row in the table of workers.
    number : int
        Mesa's ``unique_id``.
    """

    BEHAVIOUR = (
        "begin_day", "let_go", "suits", "take_up", "work_on", "put_in_hours", "finish", "age_a_day", "quit_post",
        "take_post", "keep_in_touch",
    )  # fmt: skip

    def __init__(self, model: Any, row: int, number: int) -> None:
        self.model, self.row, self.unique_id, self.pos = model, row, number, None
        self._columns = model.world.workers

    def __repr__(self) -> str:
        return f"<SocialWorker {self.row} of {self.agency_name}: {self.role_name}{'' if self.in_post else ', vacant'}>"

    @property
    def agency_name(self) -> str:
        """Name of the agency."""
        return self.model.world.community.agencies[self.agency].name

    @property
    def role_name(self) -> str:
        """Counsellor, coordinator or advocate."""
        return ROLES[self.role]

    @property
    def familiarity(self) -> dict[str, float]:
        """How well the worker knows each quarter, 0 to 1."""
        names = self.model.world.community.block_names
        return dict(zip(names, self._columns.familiarity[self.row].tolist(), strict=True))

    def knows(self, block: int) -> float:
        """How well the worker knows one block, by its number."""
        return self._columns.familiarity.item(self.row, block)

    def get_to_know(self, block: int, level: float) -> None:
        """Set how well the worker knows one block."""
        self._columns.familiarity[self.row, block] = level

    def remove(self) -> None:
        """Leave the post: no longer an agent of the model. Whoever fills the post later is another agent."""
        if self.in_post:
            self.in_post = False
            self.model.note_departure(SocialWorker, self.row)
        super().remove()

    # --- phase 8: service -----------------------------------------------------------------------------------

    def begin_day(self, desk: Any) -> None:
        """Let go of a case that ended or cannot go on; set today's speed from hours, skill, burnout and tools."""
        self.let_go(desk)
        r = self.model.today.rules
        tools = r.technology.on_speed * desk.platform
        self.speed = desk.rate(self) * skill.speed(
            r.skill, self.skill, self.burnout, r.workforce.burnout_on_speed, tools
        )
        self.busy = 0.0
        self.clock = desk.opens

    def let_go(self, desk: Any) -> None:
        """Part from a case that ended otherwise, or, having left the post, put it back into its queue."""
        if self.case < 0:
            return
        case = desk.cases[self.case]
        if case.state != IN_WORK:
            self.case = -1
        elif not self.in_post:
            case.state = QUEUED
            self.case = -1

    @property
    def is_free(self) -> bool:
        """Whether the worker could take a case now."""
        return self.in_post and self.case < 0 and self.speed > 0.0

    def suits(self, case: Demand) -> bool:
        """Whether a case is one for this worker's role."""
        if case.kind == MEDIATION or case.outside or case.common:
            return self.role == COORDINATOR
        if CATEGORIES[case.category] in _FOR_COUNSELLORS:
            return self.role == COUNSELLOR
        return self.role == ADVOCATE

    def take_up(self, case: Demand, desk: Any, now: float) -> None:
        """Take a case from the queue, for the first time or again."""
        case.state = IN_WORK
        self.case = case.row
        if case.first == NEVER:
            case.first = now
            if case.kind == NEED:
                wait = now - case.voiced
                self.model.today.book(case.cell, "started")
                self.model.today.book(case.cell, "wait_days", wait)
                case.decide(case.in_time())
                desk.waits.append((case.cell, wait))
        self.work_on(case, desk, now)

    def work_on(self, case: Demand, desk: Any, now: float) -> None:
        """Set to work; it ends today when the work left fits into the shift."""
        self.clock = now
        if self.speed <= 0.0:
            return
        ends = now + case.work / self.speed
        if ends < desk.closes:
            desk.note_end(self, case, ends)

    def put_in_hours(self, case: Demand, desk: Any, now: float) -> None:
        """Book what was done on the case in hand since ``clock``, in hours of the worker and in work."""
        spent = now - self.clock
        hours = spent * desk.rate(self)
        self.clock = now
        self.busy += hours
        case.worked += hours
        case.work = max(case.work - spent * self.speed, 0.0)
        if not self.outside:
            if case.kind == MEDIATION:
                desk.mediating += hours
            else:
                desk.casework += hours

    def finish(self, case: Demand, desk: Any, now: float) -> None:
        """End work on a case: it is resolved, fails, or is taken up again. The worker is free, and knows the block."""
        today = self.model.today
        self.put_in_hours(case, desk, now)
        case.work = 0.0
        self.case = -1
        self.closed += 1
        block = case.who.quarter
        known = self.knows(block)
        if case.kind == NEED:
            self._finish_need(case, desk, known, now)
        elif case.kind == MEDIATION:
            chance = conflict.mediation_succeeds(today.rules.conflict, self.skill, now - case.arose)
            success = today.lasting("service.resolve", case.id, case.attempts) < chance
            case.state = RESOLVED if success else FAILED
        else:
            case.state = RESOLVED
        self.get_to_know(block, knowledge.gained(known, today.rules.skill.familiarity_gain))

    def _finish_need(self, case: Demand, desk: Any, known: float, now: float) -> None:
        today = self.model.today
        chance = skill.resolves(today.rules.skill, self.skill, known, case.unmatched, 0.0)
        resolved = today.lasting("service.resolve", case.id, case.attempts) < chance
        if resolved:
            case.state = RESOLVED
            today.book(case.cell, "resolved")
            case.who.successes += 1.0
        elif today.lasting("service.reopen", case.id, case.attempts) < today.rules.service.reopen:
            case.attempts += 1
            today.book(case.cell, "reopened")
            desk.size(case)
            desk.route(case, now)
            return
        else:
            case.state = FAILED
            today.book(case.cell, "failed")
            case.who.failures += 1.0
        case.leave_experience(case.in_time(), resolved, case.treatment(self.skill))

    # --- phase 12: workforce --------------------------------------------------------------------------------

    def age_a_day(self, load: float) -> None:
        """Learn, forget, tire or recover, keep in touch, and perhaps leave; a vacant post may be filled."""
        if not self.open:
            return
        today, levers = self.model.today, self.model.world.levers
        r, agency = today.rules, self.agency
        p = r.workforce
        if not self.in_post:
            if today.draw("workforce.hire", self.key) < 1.0 / max(p.hire_days, 1.0):
                self.take_post()
            return
        support = functions.union(p.support_base, levers.support.item(agency))
        self.skill = skill.trained(r.skill, self.skill, levers.training.item(agency) / 7.0)
        self.load = load
        self.burnout = workforce.burnout_after(p, self.burnout, load, support)
        self.keep_in_touch(levers.continuity.item(agency))
        if today.draw("workforce.quit", self.key) < workforce.quits(p, self.burnout, self.skill, support):
            self.quit_post()

    def quit_post(self) -> None:
        """Leave the post; the case in hand goes back to its queue tomorrow."""
        self.in_post = False
        if not self.outside:
            self.model.world.institution[institution("quits")] += 1.0

    def take_post(self) -> None:
        """A newcomer takes the post, under a new key: a newcomer's skill, and nobody known yet."""
        today, row, columns = self.model.today, self.row, self._columns
        r = today.rules
        columns.generation[row] += 1
        columns.key[row] = mix64_py(self.key)
        self.in_post = True
        self.licence = today.lasting("workforce.skill", self.key, 1) < r.workforce.licensed
        z = population_rules.normal_quantile(today.lasting("workforce.skill", self.key, 0))
        licence = r.skill.licence if self.licence else 0.0
        self.skill = functions.clamp01(r.skill.start + licence + r.skill.start_sd * z)
        self.burnout = r.workforce.burnout_start
        self.load = 0.0
        self.closed = 0
        columns.familiarity[row, :] = r.skill.familiarity_start
        self.model.world.institution[institution("hires")] += 1.0

    def keep_in_touch(self, continuity: float) -> None:
        """Familiarity fades, the slower the more workers keep to their quarters; visits build it."""
        world, p = self.model.world, self.model.today.rules.skill
        for block in range(len(world.visits)):
            known = knowledge.lost(self.knows(block), p.familiarity_decay * (1.0 - continuity))
            visits, part = world.visits.item(block), world.pool_blocks.item(self.pool, block)
            if visits > 0.0 and not self.outside and part > 0.0:
                known = knowledge.gained(known, min(p.familiarity_gain * (visits * part), 1.0))
            self.get_to_know(block, known)
