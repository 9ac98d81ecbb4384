"""The agents driver: one day, phase by phase, one agent at a time, in plain Python.

The phases are those of :mod:`sim.model.phases`, in the same order. Policies, hours and the ledger are shared with the
compiled driver: they are books of the community, not anybody's behaviour. The rest is here, written independently of
the kernels; the two drivers give the same bits, and a test holds them to it.
"""

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from sim.model import day
from sim.model.agents.desk import Desk
from sim.model.agents.quarrels import end_conflicts, report_conflicts, settle_mediations
from sim.model.agents.records import Conflict, Demand
from sim.model.columns import FADED, IN_WORK, LAPSED, NEED, SILENT
from sim.model.counters import flow, institution, use
from sim.model.elections import election_today
from sim.model.phases import hours, ledger, policies
from sim.model.phases.movement import term_day
from sim.model.phases.participation import ENQUIRY, NEED_ARISES

_VISITS = flow("home_visits")
_ARRIVED, _OFFERED = institution("work_arrived"), institution("hours_cases_offered")
_BURNOUT, _FAMILIARITY = institution("burnout"), institution("familiarity")


def set_policies(model: Any) -> None:
    """Phase 1, shared: policies set the day's levers."""
    policies.run(model.world)


def move(model: Any) -> None:
    """Phase 2: residents leave and arrive; what leavers had open is given up."""
    term = term_day(model.world)
    for resident in model.residents:
        resident.move(term)
    let_go(model)


def let_go(model: Any) -> None:
    """Let open demands of those who moved lapse, and conflicts fade; free the workers who were at them."""
    today = model.today
    given_up = set()
    for demand in Demand.all(model):
        if not demand.is_open or not demand.who.moved:
            continue
        if demand.kind == NEED:
            today.book(demand.cell, "lapsed_silent" if demand.state == SILENT else "lapsed_waiting")
        if demand.state == IN_WORK:
            given_up.add(demand.row)
        demand.state = LAPSED
    for worker in model.workers:
        if worker.case in given_up:
            worker.case = -1
    for conflict in Conflict.all(model):
        if conflict.is_open and any(party.moved for party in conflict.parties):
            conflict.state = FADED
            today.book(conflict.cell, "conflicts_faded")
            today.book(conflict.cell, "conflict_days", float(today.tick) - conflict.onset)


def share_hours(model: Any) -> None:
    """Phase 3, shared: hours are shared out, and levers delivered as far as hours are there."""
    hours.run(model.world)


def reach_out(model: Any) -> None:
    """Phase 4: outreach reaches residents."""
    for resident in model.residents:
        resident.be_reached()


def participate(model: Any) -> None:
    """Phase 5: elections, where it is their day; then everybody takes part or stays away."""
    if election_today(model.world):
        for council in model.councils:
            council.hold_election()
    for resident in model.residents:
        resident.participate()


def learn(model: Any) -> None:
    """Phase 6: residents learn and forget, come together and drift apart."""
    for resident in model.residents:
        resident.learn()


def have_needs(model: Any) -> None:
    """Phase 7: needs arise; silent ones come to light; new ones are solved alone, voiced or kept silent."""
    for resident in model.residents:
        resident.notice_need()
    for demand in Demand.all(model):
        demand.come_to_light()
    for resident in model.residents:
        need = resident.need
        if need & NEED_ARISES:
            resident.have_need()
        if need & ENQUIRY:
            resident.enquire()


def serve(model: Any) -> None:
    """Phase 8: the service's day, event by event; then its hours and waits are booked."""
    desk = Desk(model)
    desk.serve()
    book_service(model, desk)


def book_service(model: Any, desk: Desk) -> None:
    """Book the day's hours and waits."""
    world, used = model.world, desk.casework + desk.mediating
    for name, amount in (
        ("hours_cases_offered", desk.offered), ("hours_cases_used", used), ("work_arrived", desk.arrived),
    ):  # fmt: skip
        world.institution[institution(name)] += amount
    for name, amount in (
        ("casework", desk.casework), ("mediation", desk.mediating), ("unused", desk.offered - used),
    ):  # fmt: skip
        world.hours[use(name)] += amount
    if desk.waits:
        world.waits.day.append(world.tick)
        world.waits.cell.append(np.array([cell for cell, _ in desk.waits], dtype=np.int32))
        world.waits.wait.append(np.array([wait for _, wait in desk.waits]))


def judge(model: Any) -> None:
    """Phase 9: experience against expectation, one's own and what contacts tell; grievance."""
    if model.today.rules.trust.hearsay > 0.0:
        for resident in model.residents:
            resident.tell_contacts()
    for resident in model.residents:
        resident.judge()
    for resident in model.residents:
        resident.put_behind()


def quarrel(model: Any) -> None:
    """Phase 10: conflicts break out, are settled, escalate or fade, and become known."""
    for resident in model.residents:
        resident.quarrel()
    for resident in model.residents:
        if resident.onset:
            resident.fall_out()
    settle_mediations(model)
    end_conflicts(model)
    report_conflicts(model)


def let_word_go_round(model: Any) -> None:
    """Phase 11: everybody hears what contacts said this morning."""
    p = model.today.rules.diffusion
    if p.meet <= 0.0 or (p.pass_on <= 0.0 and p.susceptibility <= 0.0):
        return
    for resident in model.residents:
        resident.speak()
    for resident in model.residents:
        resident.talk()


def look_after_workers(model: Any) -> None:
    """Phase 12: workers learn, tire, leave and are replaced."""
    world, p = model.world, model.today.rules.workforce
    arrived, offered = world.load.tolist()
    arrived += p.load_memory * (world.institution.item(_ARRIVED) - arrived)
    offered += p.load_memory * (world.institution.item(_OFFERED) - offered)
    world.load[:] = arrived, offered
    world.visits[:] = 0.0
    for cell in range(len(world.flows)):
        world.visits[world.cell_levels.item(cell, 0)] += world.flows.item(cell, _VISITS)
    felt = arrived / offered if offered > 0.0 else 0.0
    for worker in model.workers:
        worker.age_a_day(felt)
    count_workers(model)


def count_workers(model: Any) -> None:
    """Sum burnout, and familiarity with the blocks they serve, over own workers in post."""
    world = model.world
    burnout, familiarity = 0.0, 0.0
    for worker in model.workers:
        if not worker.in_post or worker.outside:
            continue
        burnout += worker.burnout
        known, blocks = 0.0, 0.0
        for block in range(world.pool_blocks.shape[1]):
            if world.pool_blocks.item(worker.pool, block) > 0.0:
                known += worker.knows(block)
                blocks += 1.0
        if blocks > 0.0:
            familiarity += known / blocks
    world.institution[_BURNOUT] = burnout
    world.institution[_FAMILIARITY] = familiarity


def close_books(model: Any) -> None:
    """Phase 13, shared: stocks, hours and money are counted, closed records dropped."""
    ledger.run(model.world)


PHASES: Final[tuple[tuple[str, Callable[[Any], None]], ...]] = (
    ("policies", set_policies),
    ("movement", move),
    ("hours", share_hours),
    ("outreach", reach_out),
    ("participation", participate),
    ("learning", learn),
    ("needs", have_needs),
    ("service", serve),
    ("trust", judge),
    ("conflict", quarrel),
    ("word_of_mouth", let_word_go_round),
    ("workforce", look_after_workers),
    ("ledger", close_books),
)


def live_a_day(model: Any, watch: day.Watcher | None = None) -> None:
    """Live one day: the thirteen phases, in order; what is left of it, where it had begun when it was saved."""
    world = model.world
    if world.phase == 0:
        day.begin(world)
    for name, phase in PHASES[world.phase :]:
        phase(model)
        world.phase += 1
        if watch is not None:
            watch(world, name)
    day.end(world)
