"""A resident as a citizen: reached by outreach, taking part, learning (phases 4, 5 and 6)."""

# mypy: disable-error-code="has-type, misc"
# (columns become attributes at run time, from their declaration; mypy cannot infer their types)

from sim.model.agents.backing import Backed
from sim.model.phases.outreach import ACTIVITY, PUBLICITY, SESSION, VISIT
from sim.model.phases.participation import ADOPTED, INVITED_DAYS, NO_PROPOSAL, TURNED_DOWN, VOICES_LATER
from sim.rules import efficacy, functions, knowledge, skill, trust
from sim.rules import participation as rules
from sim.rules.participation import COUNCIL, MEETING, ONLINE, STAY

_FLOW_OF_WAY = {MEETING: "acts_meeting", COUNCIL: "acts_council", ONLINE: "acts_online"}


class Citizen(Backed):
    """What a resident does in the life of the community."""

    # --- phase 4: outreach ----------------------------------------------------------------------------------

    def be_reached(self) -> None:
        """Be reached by publicity, sessions, activities, visits and invitations; children go to activities only."""
        today = self.model.today
        self.exposure = 0
        if not self.present:
            return
        exposure = 0
        if today.reaches("activity", self):
            exposure |= ACTIVITY
            today.book(self.cell, "activity_visits")
        if self.age > 0:
            if today.reaches("publicity", self):
                exposure |= PUBLICITY
            if today.reaches("session", self):
                exposure |= SESSION
                today.book(self.cell, "session_visits")
            if today.reaches("visit", self):
                exposure |= VISIT
                self.go_through(self.kindness(), today.rules.trust.enquiry_weight)
                today.book(self.cell, "home_visits")
            if today.reaches("invitation", self):
                self.invited = today.tick
        self.exposure = exposure

    # --- phase 5: participation -----------------------------------------------------------------------------

    def participate(self) -> None:
        """On an occasion, weigh meeting, council and online against staying away, and take part or not."""
        today, key = self.model.today, self.key
        p = today.rules.participation
        self.act, self.proposal, self.need = STAY, NO_PROPOSAL, 0
        if not self.present or self.age == 0 or today.draw("participation.occasion", key) >= p.occasions:
            return
        meeting = self._is_open(MEETING, "meeting_supply")
        council = self._is_open(COUNCIL, "council_supply")
        online = self.online and self._is_open(ONLINE, "online_supply")
        if not (meeting or council or online):
            return
        way = rules.choose(
            p, self.inclination(), self.time_value, meeting, council, online, today.draw("participation.choice", key)
        )
        if way != STAY:
            self.take_part(way)

    def _is_open(self, way: int, lever: str) -> bool:
        """Whether a way to take part is there on this occasion."""
        today = self.model.today
        return today.draw("participation.supply", self.key, way) < today.lever(lever, self)

    def inclination(self) -> float:
        """Utility of taking part that every way shares, this resident's group and contacts counted in."""
        today = self.model.today
        p = today.rules.participation
        invited = 1.0 if today.tick - self.invited < INVITED_DAYS else 0.0
        alone = self.model.world.groups.participation_shift.item(self.group) + rules.inclination(
            p, self.taste, self.knowledge, self.efficacy, self.belonging, self.trust, self.informed, invited
        )
        return alone + p.b_neighbours * self.share_of_contacts_active()

    def share_of_contacts_active(self) -> float:
        """Share of contacts who took part lately; 0 without contacts."""
        contacts = self.contacts
        if not contacts:
            return 0.0
        active = 0
        for contact in contacts:
            if contact.active:
                active += 1
        return active / len(contacts)

    def take_part(self, way: int) -> None:
        """Take part in one way: time spent, expectations raised, perhaps a proposal, perhaps a need spoken of."""
        today, key, cell = self.model.today, self.key, self.cell
        p, t = today.rules.participation, today.rules.trust
        self.act = way
        self.acts += 1
        today.book(cell, "act_hours", rules.hours_of(p, way))
        today.book(cell, _FLOW_OF_WAY[way])
        if way == MEETING:
            self.last_meeting = today.tick
        elif way == COUNCIL:
            self.last_council = today.tick
        else:
            self.last_online = today.tick
        promise = functions.union(t.act_promise, today.lever("promise", self))
        self.expectation = trust.expectation_promised(t, self.expectation, promise)
        if today.draw("participation.proposal", key, 0) < p.proposals:
            self.propose()
        elif way != ONLINE:
            self.go_through(self.kindness(), t.enquiry_weight)
        if today.draw("participation.proposal", key, 2) < today.rules.needs.later_voice:
            self.need = VOICES_LATER

    def propose(self) -> None:
        """Make a proposal, which is adopted or turned down: an experience of governance."""
        today = self.model.today
        p, t = today.rules.participation, today.rules.trust
        chance = functions.union(p.adoption, today.everywhere("adoption"))
        adopted = today.draw("participation.proposal", self.key, 1) < chance
        self.proposal = ADOPTED if adopted else TURNED_DOWN
        answer = 1.0 if adopted else 0.0
        self.go_through(trust.performance(t, answer, answer, self.kindness()))

    def kindness(self) -> float:
        """How workers treat people these days: the listening and respect of a worker of mean skill."""
        return skill.treatment(self.model.today.rules.skill, self.model.world.mean_skill, 0.0)

    # --- phase 6: learning and belonging --------------------------------------------------------------------

    def learn(self) -> None:
        """Forget a little; gain by sessions, publicity, doing things together, and proposals that were adopted."""
        if not self.present:
            return
        r = self.model.today.rules
        know = knowledge.lost(self.knowledge, r.knowledge.decay)
        informed = knowledge.lost(self.informed, r.knowledge.informed_decay)
        ties = knowledge.lost(self.ties, r.belonging.ties_decay)
        belonging = knowledge.lost(self.belonging, r.belonging.decay)
        belonging = knowledge.gained(belonging, r.belonging.from_ties * ties)
        friction = knowledge.lost(self.friction, r.belonging.friction_decay)
        able = knowledge.lost(self.efficacy, r.efficacy.decay)
        exposure, act, proposal = self.exposure, self.act, self.proposal
        if exposure & SESSION:
            know = knowledge.gained(know, r.knowledge.gain)
        if act != STAY:
            know = knowledge.gained(know, r.knowledge.gain * r.knowledge.practice)
        if exposure & PUBLICITY:
            informed = knowledge.gained(informed, r.knowledge.informed_gain)
            promise = self.model.today.lever("promise", self)
            self.expectation = trust.expectation_promised(r.trust, self.expectation, promise)
        if exposure & (ACTIVITY | SESSION) or act == MEETING or act == COUNCIL:
            ties = knowledge.gained(ties, r.belonging.ties_gain)
            belonging = knowledge.gained(belonging, r.belonging.gain)
            friction = knowledge.lost(friction, r.belonging.friction_contact)
        if proposal != NO_PROPOSAL:
            able = efficacy.after(r.efficacy, able, proposal == ADOPTED)
        self.knowledge, self.informed = know, informed
        self.ties, self.belonging, self.friction = ties, belonging, friction
        self.efficacy = functions.clamp01(able)
