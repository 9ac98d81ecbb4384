"""A resident as somebody who needs the service, and judges it (phases 7 and 9)."""

# mypy: disable-error-code="has-type, misc"
# (columns become attributes at run time, from their declaration; mypy cannot infer their types)

from sim.model.agents.backing import Backed
from sim.model.agents.records import Demand
from sim.model.columns import NEED, ONLINE_VOICE, OWN_VOICE, ROUTING
from sim.model.counters import institution
from sim.model.identifiers import DEMAND_KIND, record_key_py
from sim.model.phases.needs import COMMON, OUTSIDE, RELIEF, URGENT
from sim.model.phases.participation import ENQUIRY, NEED_ARISES
from sim.rules import efficacy, functions, grievance, needs, skill, trust
from sim.vocabulary.categories import CATEGORIES, COMMON_CATEGORIES, WELFARE_CATEGORIES

_DELIVERED = institution("delivered")


class Client(Backed):
    """What a resident asks of the service, and makes of it."""

    # --- phase 7: needs and voice ---------------------------------------------------------------------------

    def notice_need(self) -> None:
        """Have a need today, or a question, or both, or neither."""
        if not self.present or self.age == 0:
            return
        today, groups = self.model.today, self.model.world.groups
        who = self.group, int(self.vulnerable)
        if today.draw("needs.arise", self.key, 0) < groups.need.item(who):
            self.need |= NEED_ARISES
        if today.draw("needs.arise", self.key, 1) < groups.enquiry.item(who):
            self.need |= ENQUIRY

    def have_need(self) -> None:
        """A need arises: prevented at the source, solved alone, voiced, or kept silent."""
        today, cell = self.model.today, self.cell
        p = today.rules.needs
        key = record_key_py(DEMAND_KIND, self.key, today.tick)
        category = needs.category(p, today.lasting("needs.category", key))
        welfare = CATEGORIES[category] in WELFARE_CATEGORIES
        if welfare:
            relief = needs.relieved(
                today.lever("relief", self), today.lever("relief_vulnerable", self), self.vulnerable
            )
            if today.lasting("needs.kind", key, RELIEF) < relief:
                return
        today.book(cell, "needs_arose")
        if today.lasting("needs.self_help", key) < needs.solves_alone(p, self.efficacy, self.knowledge):
            today.book(cell, "self_resolved")
            self.successes += 1.0
            return
        demand = Demand.open(self.model, key, NEED, self, today.tick + today.lasting("needs.time", key))
        demand.category = category
        demand.urgent = today.lasting("needs.kind", key, URGENT) < p.urgent_share
        demand.outside = today.lasting("needs.kind", key, OUTSIDE) < p.outside_share
        could_be_common = CATEGORIES[category] in COMMON_CATEGORIES
        demand.common = could_be_common and today.lasting("needs.kind", key, COMMON) < p.common_share
        self.voice_or_not(demand, welfare)

    def voice_or_not(self, demand: Demand, welfare: bool) -> None:
        """Voice a need by a channel, or keep it silent; either way patience is limited."""
        today = self.model.today
        p, key = today.rules.needs, demand.id
        online = today.lever("online_supply", self) if self.online else 0.0
        ease = today.lever("voice_ease", self)
        if welfare:
            ease += today.lever("claim_ease", self)
        if self.online:
            ease += today.rules.technology.on_voice * today.everywhere("platform")
        chance = needs.voices(
            p, self.trust, self.efficacy, 1.0 if self.active else 0.0, online, 1.0 if demand.urgent else 0.0, ease
        )
        patience = today.lasting("service.lapse", key, 0)
        if today.lasting("needs.voice", key) < chance:
            demand.state = ROUTING
            demand.channel = ONLINE_VOICE if online > 0.0 else OWN_VOICE
            demand.voiced = demand.arose
            demand.deadline = demand.arose + functions.exponential_time(patience, p.lapse_waiting)
            today.book(self.cell, "voiced")
        else:
            demand.deadline = demand.arose + functions.exponential_time(patience, p.lapse_silent)
            today.book(self.cell, "stayed_silent")

    def enquire(self) -> None:
        """Ask a question: answered as far as programme hours are there, and met kindly or not."""
        today, world = self.model.today, self.model.world
        t = today.rules.trust
        today.book(self.cell, "enquiries")
        answered = today.draw("enquiry.answer", self.key) < world.institution.item(_DELIVERED)
        if answered:
            today.book(self.cell, "enquiries_answered")
        met = 1.0 if answered else 0.0
        kindness = skill.treatment(today.rules.skill, world.mean_skill, 0.0)
        self.go_through(trust.performance(t, met, met, kindness * met), t.enquiry_weight)

    # --- phase 9: trust and grievance -----------------------------------------------------------------------

    def go_through(self, performance: float, weight: float = 1.0) -> None:
        """Go through an experience; what it does to trust shows in the trust phase."""
        self.experience_sum += weight * performance
        self.experience_n += weight

    def tell_contacts(self) -> None:
        """Let contacts know that there was an experience."""
        if self.experience_n > 0.0:
            for contact in self.contacts:
                contact.heard = True

    def judge(self) -> None:
        """Hold what was met, and what contacts met, against what was expected; then success, failure and grievance."""
        if not self.present:
            return
        r = self.model.today.rules
        if self.experience_n > 0.0:
            self.judge_own_experience()
        if self.heard:
            self.judge_hearsay()
        overdue, failures = self.overdue, self.failures
        self.grievance = grievance.next_day(r.grievance, self.grievance, overdue, failures)
        if failures > 0.0:
            self.efficacy = efficacy.after(r.efficacy, self.efficacy, False)
        if self.successes > 0.0:
            self.efficacy = efficacy.after(r.efficacy, self.efficacy, True)

    def judge_own_experience(self) -> None:
        """Trust moves by the mean performance met today; then expectation follows it."""
        today = self.model.today
        n = self.experience_n
        y, weight = self.experience_sum / n, min(n, 1.0)
        self.change_mind(y, weight)
        if n >= 1.0:
            self.last_experience = today.tick
        expected = self.expectation
        today.book(self.cell, "experiences")
        today.book(self.cell, "performance", y)
        today.book(self.cell, "disconfirmation", y - expected)
        self.expectation = expected + weight * (trust.expectation_after(today.rules.trust, expected, y) - expected)

    def judge_hearsay(self) -> None:
        """Trust moves, less, by the mean performance that contacts met today."""
        told, performance, weight = 0, 0.0, 0.0
        for contact in self.contacts:
            n = contact.experience_n
            if n > 0.0:
                told += 1
                performance += contact.experience_sum / n
                weight += min(n, 1.0)
        if told > 0:
            self.change_mind(performance / told, self.model.today.rules.trust.hearsay * weight / told)

    def change_mind(self, performance: float, weight: float) -> None:
        """Move the anchor by an experience, and what is said by the part of it that is one's own."""
        r = self.model.today.rules
        t = r.trust
        before = self.anchor
        after = trust.updated(t, before, self.evidence, self.expectation, performance, weight)
        said = self.trust + (1.0 - r.diffusion.susceptibility) * (after - before)
        self.anchor = after
        self.trust = min(max(said, 0.0), 1.0)
        self.evidence = trust.evidence_after(t, self.evidence, weight)

    def put_behind(self) -> None:
        """Forget today's experiences; what comes later today counts tomorrow."""
        self.experience_sum = self.experience_n = 0.0
        self.failures = self.successes = self.overdue = 0.0
        self.heard = False
