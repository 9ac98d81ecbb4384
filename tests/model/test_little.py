"""Little's law with everything on: what is open is what comes in, times how long it stays (evidence section 5, case 8).

L, open demands on an evening, is the ledger's stock; lambda, demands a day that the service comes to know, is the
ledger's flow; W, nights from being voiced to the end, is followed demand by demand through the table of open ones. On a
sample path that begins empty, with what is still open counted up to now, L = lambda W holds exactly, whatever queues,
priorities, referrals, reopenings, councils, leavers and movers do in between: a demand that is dropped, counted twice,
closed late or given another date breaks it.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.model.columns import NEED, SILENT
from sim.model.counters import flow, stock
from sim.model.world import World
from tests.model import stressed

DAYS = 150


def test_open_demands_are_arrivals_times_nights() -> None:
    world = stressed.under_strain()
    voiced_on: dict[int, int] = {}
    nights: dict[int, int] = {}
    backlog: list[float] = []
    arrived: list[float] = []
    for day, _ in enumerate(stressed.days(world, DAYS)):
        backlog.append(float(world.stocks[:, stock("backlog")].sum()))
        arrived.append(float(world.flows[:, [flow("voiced"), flow("detected")]].sum()))
        known = _known(world)
        for key, voiced in known.items():
            assert voiced_on.setdefault(key, math.floor(voiced)) == math.floor(voiced), "the first date is kept"
            nights[key] = day + 1 - voiced_on[key]
    long = sum(1 for n in nights.values() if n > 10)
    assert len(nights) > 1_000 and long > 100, "demands enough, and some that stay"
    per_day = np.sum(arrived) / DAYS
    mean_nights = sum(nights.values()) / np.sum(arrived)  # those that end on their first day stay no night
    assert np.mean(backlog) == pytest.approx(per_day * mean_nights, rel=1e-12)
    assert len(nights) <= np.sum(arrived)


def _known(world: World) -> dict[int, float]:
    """Open needs that the service knows of, by identity, and when each was voiced or found."""
    table, n = world.demands.columns, world.demands.count
    rows = np.flatnonzero((table.kind[:n] == NEED) & (table.state[:n] != SILENT))
    return {int(table.id[row]): float(table.voiced[row]) for row in rows}
