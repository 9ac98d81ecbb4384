"""Dropping closed demands from the table at the end of the day."""

import numpy as np

from sim.model.columns import RESOLVED
from sim.model.compiled import kernel
from sim.model.world import World


@kernel
def open_rows(state, count, kept, moved):
    """Fill ``kept`` with the rows still open, in order, and ``moved`` with each row's new place (-1: dropped)."""
    total = 0
    for row in range(count):
        moved[row] = -1
        if state[row] < RESOLVED:
            kept[total] = row
            moved[row] = total
            total += 1
    return total


@kernel
def follow(case, moved):
    """Let workers keep hold of the cases they have in hand."""
    for worker in range(case.shape[0]):
        if case[worker] >= 0:
            case[worker] = moved[case[worker]]


def compact(world: World) -> None:
    """Drop demands that have ended (resolved, failed or lapsed), keeping the order of the others.

    Called once a day, after every phase that looks at ended cases. Workers' ``case`` follows the rows.
    """
    count = world.demands.count
    kept = np.empty(count, dtype=np.int64)
    moved = np.empty(count, dtype=np.int64)
    total = open_rows(world.demands.columns.state, count, kept, moved)
    if total == count:
        return
    follow(world.workers.case, moved)
    world.demands.keep(kept[:total])
