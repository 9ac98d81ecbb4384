"""Queues: one line for each pool and class, in order of (time of entry, tie).

A pool takes the first of its lowest class that anybody waits in; within a class it is first come, first served. A case
that comes back (its worker left) takes its old place, because it keeps its time of entry.
"""

import numpy as np

from sim.model.compiled import kernel
from sim.model.service.desk import CLASSES


@kernel
def line_of(pool, klass):
    """Number of the line of a pool and class."""
    return pool * CLASSES + klass


@kernel
def stands_before(table, a, b):
    """Whether row ``a`` comes before row ``b`` in one line."""
    if table.entered[a] != table.entered[b]:
        return table.entered[a] < table.entered[b]
    return table.tie[a] < table.tie[b]


@kernel
def join(lines, table, row):
    """Put a demand into the line of its pool and class; looked for from the end, where nearly all belong."""
    line = line_of(np.int64(table.pool[row]), np.int64(table.klass[row]))
    before = lines.tail[line]
    behind = -1
    while before >= 0 and stands_before(table, row, before):
        behind = before
        before = lines.ahead[before]
    lines.ahead[row] = before
    lines.behind[row] = behind
    if before >= 0:
        lines.behind[before] = row
    else:
        lines.head[line] = row
    if behind >= 0:
        lines.ahead[behind] = row
    else:
        lines.tail[line] = row


@kernel
def next_case(lines, pool):
    """Row of the case that the pool takes next, -1 when none waits."""
    for klass in range(CLASSES):
        row = lines.head[line_of(pool, klass)]
        if row >= 0:
            return row
    return -1


@kernel
def leave(lines, table, row):
    """Take the first of a line out of it."""
    line = line_of(np.int64(table.pool[row]), np.int64(table.klass[row]))
    behind = lines.behind[row]
    lines.head[line] = behind
    if behind >= 0:
        lines.ahead[behind] = -1
    else:
        lines.tail[line] = -1
