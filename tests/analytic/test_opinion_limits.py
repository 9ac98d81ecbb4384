"""Opinions settle where Friedkin and Johnsen say, and keep their spread; plain averaging would lose it."""

from __future__ import annotations

import numpy as np
import pytest

from sim.model.world import World
from tests.analytic.towns import live, town

PEOPLE = 800


def talking(susceptibility: float, meet: float = 1.0) -> World:
    """A town in which nothing happens but talk."""
    rules = {"diffusion": {"susceptibility": susceptibility, "meet": meet, "pass_on": 0.0}}
    world = town(on=("M0", "M3"), people=PEOPLE, rules=rules)
    rng = np.random.default_rng(2)
    world.residents.anchor[:] = rng.uniform(0.1, 0.9, PEOPLE)
    world.residents.trust[:] = rng.uniform(0.0, 1.0, PEOPLE)
    return world


def weights(world: World) -> np.ndarray:
    """Who listens to whom: the mean of one's contacts; nobody for those without any."""
    indptr, indices = world.contacts
    w = np.zeros((PEOPLE, PEOPLE))
    for i in range(PEOPLE):
        mine = indices[indptr[i] : indptr[i + 1]]
        if len(mine):
            w[i, mine] = 1.0 / len(mine)
    return w


@pytest.mark.parametrize(("susceptibility", "meet", "days"), [(0.15, 1.0, 60), (0.4, 0.3, 400), (0.9, 1.0, 300)])
def test_opinions_end_at_the_solution_of_the_linear_equations(susceptibility: float, meet: float, days: int) -> None:
    """``x = s W x + (1 - s) x0``, however often people meet: the contraction is s a meeting, so no start is left."""
    world = talking(susceptibility, meet)
    said = world.residents.trust.copy()
    live(world, days)
    w = weights(world)
    listens = w.sum(axis=1) > 0
    anchor = world.residents.anchor
    alone = np.where(listens, 0.0, said)  # without contacts nobody says anything new
    expected = np.linalg.solve(
        np.eye(PEOPLE) - np.where(listens[:, None], susceptibility * w, 0.0),
        np.where(listens, (1.0 - susceptibility) * anchor, alone),
    )
    assert np.abs(world.residents.trust - expected).max() < 1e-9


def test_the_spread_of_trust_is_kept_where_averaging_would_lose_it() -> None:
    anchored, averaging = talking(0.4), talking(1.0)
    connected = weights(anchored).sum(axis=1) > 1e-9
    for world in (anchored, averaging):
        live(world, 730)
    assert anchored.residents.trust[connected].std() > 0.6 * anchored.residents.anchor[connected].std()
    lonely_pairs = np.diff(averaging.contacts[0]) <= 1
    assert averaging.residents.trust[connected & ~lonely_pairs].std() < 0.25 * anchored.residents.trust[connected].std()


def test_talk_alone_moves_no_anchor() -> None:
    world = talking(0.4)
    before = world.residents.anchor.copy()
    live(world, 50)
    assert (world.residents.anchor == before).all()
