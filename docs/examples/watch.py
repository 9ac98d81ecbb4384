"""Two observers: functions of one's own, called with the state after each day; what they return becomes columns.

    run = sim.simulate("baseline", seed=1, observers={"lonely_share": lonely_share})
    run.daily[["day", "lonely_share"]]
"""

from sim.model import World

LONELY = 0.2


def lonely_share(world: World) -> float:
    """Share of residents whose ties with their contacts are weak, or who have no contacts."""
    people = world.residents
    here = people.present == 1
    return float(((people.ties < LONELY) | (people.degree == 0))[here].mean())


def longest_queue(world: World) -> float:
    """Cases in the longest queue of any pool this evening."""
    demands = world.demands.columns
    pools = demands.pool[: world.demands.count][demands.entered[: world.demands.count] >= 0.0]
    return float(max((pools == pool).sum() for pool in range(len(world.pool_agency))))
