"""A small town whose service sees everything within months: shifts, classes, councils, partners, turnover, lapses."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sim.model import columns as c
from sim.model.world import World
from tests.worlds import Demands, Office, poisson, small_world

NUMBERS = {
    "hours.week": 40.0, "hours.workdays": 5.0, "hours.shift_start": 9.0, "hours.shift_hours": 8.0,
    "service.work_hours": 6.0, "service.work_form": 2.0, "service.work_cv2": 1.5, "conflict.hours": 4.0,
    "conflict.success": 0.5, "conflict.success_skill": 1.0, "conflict.success_age": 0.5,
    "service.routing_days": 4.0, "service.bounce": 0.3, "service.bounce_days": 2.0, "service.triage": 0.8,
    "service.reopen": 0.5, "service.vulnerable_first": 1.0, "service.acknowledge_routing": 0.5,
    "service.acknowledge_treatment": 0.2, "skill.resolution": -0.3, "skill.on_resolution": 1.0, "skill.on_speed": 0.3,
    "skill.outside_penalty": 1.0, "skill.familiarity_gain": 0.1, "skill.familiarity_on_resolution": 0.5,
    "skill.on_treatment": 0.3, "workforce.burnout_on_speed": 0.3, "council.days": 9.0, "council.success_ceiling": 0.6,
    "council.attendance_scale": 10.0, "council.legitimacy_weight": 0.5, "cooperation.accept_base": 0.3,
    "cooperation.accept_full": 0.9, "cooperation.days_base": 5.0, "cooperation.days_full": 1.0,
    "cooperation.partner_share": 0.1, "cooperation.partner_full": 0.5, "technology.on_routing": 1.0,
    "technology.on_triage": 0.5, "technology.on_speed": 0.1, "technology.offline_delay": 0.1, "grievance.silence": 0.5,
    "grievance.acknowledged": 0.4,
}  # fmt: skip
OFFICES = (
    Office((2, 2, 1)),
    Office((3, 2), categories=(0, 2, 3)),
    Office((1, 1), outside=True, categories=(0, 1, 2, 3)),
)
RESIDENTS, BLOCKS = 60, 5


def town(capacity: int = 1024, seed: int = 7) -> World:
    """The town on its first day. Routing takes residents online no time at all, so that many cases arrive together."""
    world = small_world(NUMBERS, OFFICES, RESIDENTS, BLOCKS, seed, capacity)
    rng = np.random.default_rng(5)
    world.residents.vulnerable[:] = rng.random(RESIDENTS) < 0.2
    world.residents.online[:] = rng.random(RESIDENTS) < 0.6
    world.workers.skill[:] = rng.random(len(world.workers.skill))
    world.workers.burnout[:] = rng.random(len(world.workers.burnout))
    world.workers.role[:] = np.arange(len(world.workers.role)) % 3
    world.councils.attendance[:] = 12.0
    world.councils.legitimacy[:] = 0.6
    world.council_of[-1] = -1
    world.levers.council_share[:] = 0.5
    world.levers.cooperation[:] = 0.3
    world.levers.platform[:] = 1.0
    world.levers.acknowledgement[:] = 0.4
    world.case_share = 0.7
    return world


def stream(days: int, rate: float = 9.0, seed: int = 3) -> Demands:
    """Demands of all kinds, many of them voiced at the same moment."""
    coming = poisson(rate, days, seed)
    rng = np.random.default_rng(seed + 1)
    n = len(coming.voiced)
    coming.voiced = np.floor(coming.voiced * 6.0) / 6.0
    kind = rng.choice([c.NEED, c.MEDIATION, c.FALSE_ALARM], n, p=[0.8, 0.12, 0.08])
    need = kind == c.NEED
    coming.columns.update(
        kind=kind, resident=rng.integers(0, RESIDENTS, n),
        category=np.where(kind == c.MEDIATION, 0, rng.integers(0, 6, n)),
        urgent=need & (rng.random(n) < 0.15), outside=need & (rng.random(n) < 0.25),
        common=need & (rng.random(n) < 0.3),
        deadline=coming.voiced + np.where(kind == c.FALSE_ALARM, 1e9, rng.exponential(30.0, n)),
        state=np.where(need & (rng.random(n) < 0.2), c.SILENT, c.ROUTING),
    )  # fmt: skip
    return coming


def turnover(world: World) -> None:
    """Every few days a worker leaves, and another returns under a new key."""
    workers = world.workers
    if world.tick % 3:
        return
    worker = (world.tick * 7) % len(workers.key)
    if workers.in_post[worker]:
        workers.in_post[worker] = 0
    else:
        workers.in_post[worker] = 1
        workers.key[worker] += np.uint64(12345)


def both(*watchers: Callable[[World], None]) -> Callable[[World], None]:
    """One watcher that is several."""

    def watch(world: World) -> None:
        for watcher in watchers:
            watcher(world)

    return watch
