"""Parameters that change on a day of the run: putting those of a day in force.

Rules are tuples of numbers that phases are given every day, so a day with other parameters is lived under other tuples.
What is made of parameters once, who lives here and who knows whom, does not change: loading a scenario refuses dates
for it.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sim.model.arrivals import meet
from sim.model.build import fixed_limits, group_table
from sim.model.persons import newcomer_start
from sim.model.rulebook import rules_from
from sim.model.world import World


def put_in_force(world: World, tick: int) -> None:
    """Put the parameters of a day in force, unless they are already; both drivers call it as a day begins."""
    if world.arrivals:
        meet(world, tick)
    changes = world.scenario.changes
    count = sum(world.scenario.burn_in + day <= tick for day, _ in changes)
    if count == world.changed:
        return
    world.changed = count
    numbers: Mapping[str, Any] = {**world.scenario.parameters, **(changes[count - 1][1] if count else {})}
    world.rules = rules_from(numbers)
    world.groups = group_table(world.community, numbers, world.rules, world.adults)
    fixed = fixed_limits(world.groups, world.cell_levels)
    for name in ("turnover", "academic_leave", "need", "enquiry"):
        getattr(world.limits, name)[:] = getattr(fixed, name)
    world.population = replace(world.population, newcomer=newcomer_start(numbers))
