"""Stepping a world by a day with the compiled driver."""

from collections.abc import Callable

from sim.model.changes import put_in_force
from sim.model.counters import institution
from sim.model.phases import PHASES
from sim.model.world import World

_WORKERS = institution("workers")

Watcher = Callable[[World, str], None]
"""Called after each phase with the world and the phase's name."""


def begin(world: World) -> None:
    """Put the day's parameters in force, and clear its counters."""
    put_in_force(world, world.tick)
    world.flows[:] = 0.0
    world.hours[:] = 0.0
    world.residents.moved[:] = 0
    workers = world.institution[_WORKERS]
    world.institution[:] = 0.0
    world.institution[_WORKERS] = workers


def step(world: World, watch: Watcher | None = None) -> None:
    """Live one day: the thirteen phases, in order; what is left of it, where it had begun when it was saved."""
    if world.phase == 0:
        begin(world)
    for phase in PHASES[world.phase :]:
        phase.run(world)
        world.phase += 1
        if watch is not None:
            watch(world, phase.__name__.rpartition(".")[2])
    end(world)


def end(world: World) -> None:
    """Turn to the next day."""
    world.tick += 1
    world.phase = 0
