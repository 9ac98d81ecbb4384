"""One day of service, event by event.

The day ``d`` is the half-open span [d, d + 1) of continuous time. In order:

1. *Muster*: today's speeds and staff; the cases of workers who left go back to their place in the queue.
2. *Lines*: waiting cases line up by (entered, tie), a line for each pool and class.
3. *Agenda*: steps of routing and councils that fall due today; demands that surfaced are taken in, each at the time it
   was voiced. All this depends on no queue, so it needs no order.
4. *Events* by (time, ends before steps, tie). The shift opens before anything that happens at the same moment: first
   unfinished work goes on, then pools assign cases. A case that enters a queue within the shift, and a worker who
   becomes free, make their pool assign at once: lower class first, within it first come first served; a worker is
   never called off. A case that goes back to routing may enter a queue the same day. Steps happen at any hour and on
   any day, work only within the shift of a workday.
5. The shift closes: unfinished work is kept as work left.
6. *Closing*: what has come to its deadline lapses; timeliness and grievance of what still waits.
"""

import numpy as np

from sim.model.columns import AT_COUNCIL, NEVER, QUEUED, ROUTING
from sim.model.compiled import kernel
from sim.model.service.closing import close_day
from sim.model.service.desk import AGENDA_SIZE
from sim.model.service.events import ENDS, pop
from sim.model.service.queues import join
from sim.model.service.routing import council_decides, enter, intake, schedule
from sim.model.service.work import assign, close_shift, complete, muster, open_shift


@kernel
def serve_day(desk):
    """Run one day of service on a :class:`~sim.model.service.desk.Desk`; kernels below take it by reference."""
    muster(desk)
    prepare(desk)
    at_work = False
    while True:
        size = desk.counts[AGENDA_SIZE]
        if desk.today.workday and not at_work and (size == 0 or desk.agenda.time[0] >= desk.today.opens):
            at_work = True
            open_shift(desk)
            continue
        if size == 0:
            break
        pop(desk.agenda, desk.counts)
        now = desk.agenda.time[size - 1]
        subject = desk.agenda.subject[size - 1]
        if desk.agenda.order[size - 1] == ENDS:
            pool = np.int64(desk.staff.pool[subject])
            complete(desk, subject, now)
        else:
            pool = take_step(desk, subject, now)
        if pool >= 0 and at_work and now < desk.today.closes:
            assign(desk, pool, now)
    if desk.today.workday:
        close_shift(desk)
    close_day(desk)


@kernel
def prepare(desk):
    """Line up the cases that wait; put today's steps on the agenda, those of new demands included."""
    table = desk.table
    for row in range(desk.rows):
        state = table.state[row]
        if state == QUEUED:
            join(desk.lines, table, row)
        elif state == ROUTING and table.next[row] == NEVER:
            intake(desk, row)
        elif state == ROUTING or state == AT_COUNCIL:
            schedule(desk, row, table.next[row])


@kernel
def take_step(desk, row, now):
    """Take the step of routing or of a council that falls due; return the pool whose queue grew, or -1.

    One that comes after the demand's deadline is not taken: the demand lapses at the end of the day.
    """
    if desk.table.deadline[row] <= now:
        return -1
    if desk.table.state[row] == AT_COUNCIL:
        council_decides(desk, row, now)
        return -1
    return enter(desk, row, now)
