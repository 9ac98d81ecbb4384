"""Phase 1, policies: set the day's levers from their start, end, ramp, coverage and fidelity."""

from sim.model.world import World


def run(world: World) -> None:
    """Plan the levers of the day. Both drivers share this phase: policies are neither residents nor workers."""
    world.board.plan(world.tick, world.date, world.agencies.filled)
