"""Stepping a world by a day with the compiled driver."""

from collections.abc import Callable

from sim.model.counters import institution
from sim.model.phases import PHASES
from sim.model.world import World

_WORKERS = institution("workers")

Watcher = Callable[[World, str], None]
"""Called after each phase with the world and the phase's name."""


def begin(world: World) -> None:
    """Clear the day's counters."""
    world.flows[:] = 0.0
    world.hours[:] = 0.0
    world.residents.moved[:] = 0
    workers = world.institution[_WORKERS]
    world.institution[:] = 0.0
    world.institution[_WORKERS] = workers


def step(world: World, watch: Watcher | None = None) -> None:
    """Live one day: the thirteen phases, in order."""
    begin(world)
    for phase in PHASES:
        phase.run(world)
        if watch is not None:
            watch(world, phase.__name__.rpartition(".")[2])
    world.tick += 1
