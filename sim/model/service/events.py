"""The agenda: a binary heap of what falls due today.

Entries come out by (time, order, tie): earlier first; at one moment work that ends comes before a step that falls due,
so that a worker is free for a case that arrives in the same instant; equals go by the demand's keyed tie. The subject
is the row of the worker for :data:`ENDS`, the row of the demand for :data:`STEP`.
"""

from sim.model.compiled import kernel
from sim.model.service.desk import AGENDA_SIZE

ENDS, STEP = 0, 1


@kernel
def sooner(agenda, a, b):
    """Whether entry ``a`` comes out before entry ``b``."""
    if agenda.time[a] != agenda.time[b]:
        return agenda.time[a] < agenda.time[b]
    if agenda.order[a] != agenda.order[b]:
        return agenda.order[a] < agenda.order[b]
    return agenda.tie[a] < agenda.tie[b]


@kernel
def swap(agenda, a, b):
    """Exchange two entries."""
    agenda.time[a], agenda.time[b] = agenda.time[b], agenda.time[a]
    agenda.order[a], agenda.order[b] = agenda.order[b], agenda.order[a]
    agenda.tie[a], agenda.tie[b] = agenda.tie[b], agenda.tie[a]
    agenda.subject[a], agenda.subject[b] = agenda.subject[b], agenda.subject[a]


@kernel
def push(agenda, counts, time, order, tie, subject):
    """Put an entry on the agenda; there is room for one a demand and one a worker."""
    place = counts[AGENDA_SIZE]
    counts[AGENDA_SIZE] = place + 1
    agenda.time[place] = time
    agenda.order[place] = order
    agenda.tie[place] = tie
    agenda.subject[place] = subject
    while place > 0 and sooner(agenda, place, (place - 1) // 2):
        swap(agenda, place, (place - 1) // 2)
        place = (place - 1) // 2


@kernel
def pop(agenda, counts):
    """Take the next entry off; it then stands at place ``counts[AGENDA_SIZE]``, just behind the heap."""
    size = counts[AGENDA_SIZE] - 1
    counts[AGENDA_SIZE] = size
    swap(agenda, 0, size)
    place = 0
    while True:
        child = 2 * place + 1
        if child >= size:
            return
        if child + 1 < size and sooner(agenda, child + 1, child):
            child += 1
        if not sooner(agenda, child, place):
            return
        swap(agenda, child, place)
        place = child
