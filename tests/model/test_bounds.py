"""Every column holds what it is declared to hold, every evening of a community under strain with every policy on."""

from __future__ import annotations

import numpy as np
import pytest

from sim.model.build import build_world
from sim.model.columns import AGENCY, CONFLICT, COUNCIL, DEMAND, RESIDENT, WORKER, Column
from sim.model.counters import flow
from sim.model.world import World
from tests.model import stressed

EXTREMES = (
    (),
    ("parameters.trust.form=1", "parameters.needs.self_help=0.8", "parameters.grievance.overdue=0.05",
     "parameters.grievance.failed=0.5", "parameters.trust.gain=0.1", "parameters.trust.loss_ratio=4"),
    ("parameters.trust.form=2", "parameters.hours.programme_cap=0.6", "parameters.hours.administration=0.4",
     "community_overrides.agencies.office.staff.value=1"),
    ("mechanisms.M16=off", "parameters.diffusion.susceptibility=0.4", "parameters.trust.hearsay=0.5"),
)  # fmt: skip


def broken(table: object, declared: tuple[Column, ...], rows: int | None = None) -> list[str]:
    """What of a table lies outside its bounds or is no number."""
    found = []
    for column in declared:
        values = getattr(table, column.name)[:rows]
        if len(values) == 0:
            continue
        if values.dtype.kind == "f" and not np.isfinite(values).all():
            found.append(f"{column.name} is not a number")
        if column.lower is not None and values.min() < column.lower:
            found.append(f"{column.name} below {column.lower}: {values.min()}")
        if column.upper is not None and values.max() > column.upper:
            found.append(f"{column.name} above {column.upper}: {values.max()}")
    return found


def all_broken(world: World) -> list[str]:
    """Everything out of bounds in a world."""
    found = broken(world.residents, RESIDENT) + broken(world.workers, WORKER) + broken(world.agencies, AGENCY)
    found += broken(world.councils, COUNCIL) + broken(world.demands.columns, DEMAND, world.demands.count)
    found += broken(world.conflicts.columns, CONFLICT, world.conflicts.count)
    known = world.workers.familiarity
    if known.min() < 0.0 or known.max() > 1.0:
        found.append("familiarity")
    counted = np.delete(world.flows, flow("disconfirmation"), axis=1)  # the one flow that has a sign
    for name, array in (("flows", counted), ("stocks", world.stocks), ("hours", world.hours)):
        if not np.isfinite(array).all() or array.min() < -1e-9:
            found.append(f"{name}: {array.min()}")
    return found


@pytest.mark.parametrize("sets", EXTREMES, ids=["strain", "beta reputation", "one worker", "hours without end"])
def test_all_columns_stay_within_their_bounds_every_evening(sets: tuple[str, ...]) -> None:
    world = build_world(stressed.scenario(sets, dose=1.0 if sets == () else 2.0), 5)
    for evening in stressed.days(world, 200 if sets == () else 120):
        assert not all_broken(evening), f"day {evening.tick}"


def test_the_check_sees_a_value_out_of_bounds() -> None:
    world = stressed.under_strain()
    assert not all_broken(world)
    world.residents.trust[7] = 1.0 + 1e-9
    world.workers.skill[0] = np.nan
    assert len(all_broken(world)) == 2
