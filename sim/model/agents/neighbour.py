"""A resident as somebody who lives among others: moving, quarrelling, talking (phases 2, 10 and 11)."""

# mypy: disable-error-code="has-type, misc"
# (columns become attributes at run time, from their declaration; mypy cannot infer their types)

from typing import Any

from sim.model.agents.backing import Backed
from sim.model.agents.records import INSTITUTION, Conflict
from sim.model.columns import LONG_AGO
from sim.model.identifiers import CONFLICT_KIND, record_key_py
from sim.model.persons import draw_person_py, resident_key_py
from sim.model.phases.movement import ARRIVAL, DEPARTURE
from sim.rules import belonging, conflict, diffusion, functions, knowledge

_PERSON = (
    "age", "vulnerable", "online", "time_value", "taste", "knowledge", "informed", "efficacy", "belonging", "trust",
    "expectation", "friction", "ties",
)
_NEVER_YET = ("last_meeting", "last_council", "last_online", "last_experience", "invited")


class Neighbour(Backed):
    """What a resident has to do with the others."""

    # --- phase 2: movement ----------------------------------------------------------------------------------

    def move(self, term: int) -> None:
        """Leave or stay; a newcomer takes a leaver's place. Students leave in June and are replaced in September."""
        today, groups = self.model.today, self.model.world.groups
        if not self.present:
            awaited = self.generation < 0
            if self.model.world.arrivals.get(self.group) == today.tick if awaited else term == ARRIVAL:
                self.arrive()
            return
        key, group = self.key, self.group
        if term == DEPARTURE and today.draw("movement.campus", key) < groups.academic_leave.item(group):
            self.leave()
            self.present = False
        elif today.draw("movement.leave", key) < groups.turnover.item(group):
            self.leave()
            self.arrive()

    def leave(self) -> None:
        """Move away."""
        self.moved = True
        self.model.today.book(self.cell, "left")

    def arrive(self) -> None:
        """Become the next person who holds this place: a newcomer's states, a new key, and the old contacts."""
        world, row, columns = self.model.world, self.row, self._columns
        people = world.population
        columns.generation[row] = self.generation + 1
        key = resident_key_py(people.places, row, self.group, self.generation)
        person = draw_person_py(
            people.parameters, people.newcomer, people.places, world.streams, row, self.group, key
        )
        columns.key[row] = key
        for name in _PERSON:
            getattr(columns, name)[row] = getattr(person, name)
        self.present = self.moved = True
        self.anchor = person.trust
        self.evidence = world.rules.trust.evidence_start
        self.grievance = 0.0
        self.representative = self.active = False
        for name in _NEVER_YET:
            setattr(self, name, LONG_AGO)
        self.acts = 0
        self.experience_sum = self.experience_n = 0.0
        columns.cell[row] = world.cell_table.item(self.quarter, self.group, person.age, person.vulnerable)
        self.model.today.book(self.cell, "arrived")

    # --- phase 10: conflict ---------------------------------------------------------------------------------

    def quarrel(self) -> None:
        """Does a conflict break out, where grievance meets contact?"""
        self.onset = False
        if not self.present or self.age == 0:
            return
        today = self.model.today
        p = today.rules.conflict
        hazard = conflict.onset_hazard(p, self.meetings(), self.grievance, self.trust, self.belonging)
        self.onset = today.draw("conflict.onset", self.key) < conflict.chance(hazard)

    def meetings(self) -> float:
        """Contacts a week that conflict can start at: contacts, weighted up by friction, and the institutions."""
        r = self.model.today.rules
        others = self.degree * belonging.contact_intensity(r.belonging, self.ties)
        return others * (1.0 + r.conflict.friction * self.friction * self.cross) + r.conflict.institution

    def fall_out(self) -> None:
        """A conflict breaks out; it draws when a party would report it, when it escalates and when it fades."""
        today = self.model.today
        p = today.rules.conflict
        key = record_key_py(CONFLICT_KIND, self.key, today.tick)
        time = today.tick + today.lasting("conflict.onset", key, 1)
        new = Conflict.open(self.model, key, self, time)
        new.other = self.counterpart(key)
        new.reported = time + functions.exponential_time(today.lasting("conflict.report", key), p.reporting)
        new.escalates = time + functions.exponential_time(today.lasting("conflict.escalate", key), p.escalation)
        new.fades = time + functions.exponential_time(today.lasting("conflict.fade", key), p.fade)
        today.book(self.cell, "conflicts_new")

    def counterpart(self, key: int) -> int:
        """Choose the other side: the row of a contact, or -1 for an institution.

        Contacts of another group are the likelier the more friction there is.
        """
        today = self.model.today
        contacts = self.contacts
        total = today.rules.conflict.institution
        for contact in contacts:
            total += self._weight_of(contact)
        mark = today.lasting("conflict.counterpart", key) * total
        for contact in contacts:
            mark -= self._weight_of(contact)
            if mark < 0.0:
                return contact.row
        return INSTITUTION

    def _weight_of(self, contact: Any) -> float:
        r = self.model.today.rules
        if not contact.present:
            return 0.0
        each = belonging.contact_intensity(r.belonging, self.ties)
        if contact.group != self.group:
            return each * (1.0 + r.conflict.friction * self.friction)
        return each

    def suffer_escalation(self) -> None:
        """A conflict of one's own escalates: belonging falls, contacts of any group witness it."""
        b = self.model.today.rules.belonging
        self.belonging = knowledge.lost(self.belonging, b.conflict_loss)
        for contact in self.contacts:
            contact.friction = knowledge.gained(contact.friction, b.friction_witness)
        self.friction = knowledge.gained(self.friction, b.friction_witness)

    # --- phase 11: word of mouth ----------------------------------------------------------------------------

    def speak(self) -> None:
        """Say what one thinks and knows this morning; an empty place says -1."""
        self.said = self.trust if self.present else -1.0
        self.known = self.informed

    def talk(self) -> None:
        """Talk matters over with the contacts who are here: opinions and information pass."""
        today, r = self.model.today, self.model.today.rules
        p = r.diffusion
        if not self.present or today.draw("diffusion.meet", self.key) >= p.meet:
            return
        here, said, known = 0, 0.0, 0.0
        for contact in self.contacts:
            if contact.present:
                here += 1
                said += contact.said
                known += contact.known
        if here == 0:
            return
        if p.susceptibility > 0.0:
            self.trust = diffusion.opinion(p, self.anchor, said / here)
        if today.draw("diffusion.pass", self.key) < diffusion.chance_to_hear(p, known / here):
            self.informed = knowledge.gained(self.informed, r.knowledge.informed_gain)
