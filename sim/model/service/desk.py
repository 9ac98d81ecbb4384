"""What one day of service reads and writes, gathered from a world into one record for the kernels.

Everything here is derived: queues, agenda, speeds and staff counts are made anew each day from the saved columns, so a
snapshot between two days holds nothing of them.
"""

from functools import lru_cache
from typing import Any, Final

import numpy as np

from sim.model.columns import NEVER
from sim.model.handles import record
from sim.model.rulebook import Rules
from sim.model.world import World
from sim.rules import cooperation

HOURS_A_DAY: Final = 24.0
CLASSES: Final = 3
"""Classes in which cases wait; see ``columns.URGENT_CLASS`` and those after it."""

# places in ``Desk.counts``
AGENDA_SIZE, STARTS = range(2)
# places in ``Desk.totals``
OFFERED, ARRIVED, CASEWORK, MEDIATING = range(4)

Place = record("Place", "pool_agency pool_of competent council_of partner acknowledgement flows streams")
"""Who serves whom, the lever of acknowledgement (blocks, groups), today's flows, and the keys of the streams."""

Book = record("Book", "service skill council cooperation conflict technology trust grievance")
"""The rules' parameters."""

Today = record(
    "Today",
    "start end opens closes workday own_hours partner_hours own_rate partner_rate burnout_loss platform council_share "
    "cooperation",
)
"""The day as numbers: its beginning and end, when the shift opens and closes (days), whether staff work, hours on cases
a worker has today, the same per day of shift clock, and the levers of the whole community."""

Lines = record("Lines", "head tail ahead behind")
"""Queues as linked lists: the first and last row of each line (pool times class), each row's neighbours; -1: nobody."""

Agenda = record("Agenda", "time order tie subject")
"""A binary heap of what falls due today, see ``events``."""

Crew = record("Crew", "first member filled posts")
"""Workers by pool: where each pool's members begin in ``member``, posts filled by pool; posts filled and posts by
agency, shape (agencies, 2)."""

Desk = record(
    "Desk",
    "rows people staff table assembly place book today lines agenda crew wait_cell wait counts totals",
)
"""One day of service. ``rows`` is the number of demands; ``wait_cell`` and ``wait`` take the day's waits."""


def _today(world: World) -> Any:
    rules = world.rules
    start = float(world.tick)
    cooperating = float(world.levers.cooperation[0])
    paid = rules.hours.week / rules.hours.workdays
    shift = rules.hours.shift_hours / HOURS_A_DAY
    own = paid * float(world.case_share)
    partner = paid * cooperation.between(
        rules.cooperation.partner_share, rules.cooperation.partner_full, cooperating
    )
    opens = start + rules.hours.shift_start / HOURS_A_DAY
    return Today(
        start=start,
        end=start + 1.0,
        opens=opens,
        closes=min(opens + shift, start + 1.0),
        workday=bool(world.workday),
        own_hours=own,
        partner_hours=partner,
        own_rate=own / shift,
        partner_rate=partner / shift,
        burnout_loss=rules.workforce.burnout_on_speed,
        platform=float(world.levers.platform[0]),
        council_share=float(world.levers.council_share[0]),
        cooperation=cooperating,
    )


@lru_cache(maxsize=8)
def _book(rules: Rules) -> Any:
    """The parameters that the service reads: the same on every day of a run."""
    return Book(
        rules.service, rules.skill, rules.council, rules.cooperation, rules.conflict, rules.technology, rules.trust,
        rules.grievance,
    )


def open_desk(world: World) -> Any:
    """Gather one day of service from a world; arrays are the world's own, scratch space is new.

    Parameters
    ----------
    world : World
        ``world.tick`` is the day; its levers and ``case_share`` are those delivered today.

    Returns
    -------
    Desk
        What :func:`sim.model.service.loop.serve_day` takes.
    """
    rows, workers = world.demands.count, len(world.workers.key)
    pools, agencies = len(world.pool_agency), len(world.agencies.outside)
    rules = world.rules
    # rows and pools are 64-bit numbers throughout: every width is another compile of every kernel
    nobody = np.full(pools * CLASSES, -1, dtype=np.int64)
    # a demand has one step and a worker one completion on the agenda at a time
    due = rows + workers
    return Desk(
        rows=rows,
        people=world.residents,
        staff=world.workers,
        table=world.demands.columns,
        assembly=world.councils,
        place=Place(
            world.pool_agency, world.pool_of, world.competent, world.council_of, world.agencies.outside,
            world.levers.acknowledgement, world.flows, world.streams,
        ),
        book=_book(rules),
        today=_today(world),
        lines=Lines(
            nobody, nobody.copy(), np.full(rows, -1, dtype=np.int64), np.full(rows, -1, dtype=np.int64)
        ),
        agenda=Agenda(
            np.full(due, NEVER), np.zeros(due, dtype=np.int64), np.zeros(due, dtype=np.uint64),
            np.zeros(due, dtype=np.int64),
        ),
        crew=Crew(
            np.zeros(pools + 1, dtype=np.int64), np.zeros(workers, dtype=np.int64),
            np.zeros(pools, dtype=np.int64), np.zeros((agencies, 2), dtype=np.int64),
        ),
        wait_cell=np.zeros(rows, dtype=np.int32),
        wait=np.zeros(rows),
        counts=np.zeros(2, dtype=np.int64),
        totals=np.zeros(4),
    )
