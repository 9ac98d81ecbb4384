"""Conflicts break out at the rate ``h0 contacts exp(beta g)(1 - T)(1 - B)``, per person and day."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.optimize import brentq

from sim.model.world import World
from tests.analytic.towns import flows, live, town

PEOPLE, MANY, DAYS = 5_000, 25_000, 40
STILL = {"reporting": 0.0, "escalation": 0.0, "fade": 0.0}


def tense(states: dict[str, float | np.ndarray], seed: int = 1, people: int = PEOPLE, **conflict: float) -> World:
    """A town with given grievance, trust and belonging, where conflicts break out and nothing comes of them."""
    world = town(
        on=("M0", "M8"), people=people, seed=seed,
        rules={
            "conflict": {"onset": 0.004, "institution": 1.0, "grievance": 2.08, **STILL, **conflict},
            "grievance": {"decay": 0.0}, "belonging": {"friction_decay": 0.0},
        },
    )  # fmt: skip
    chosen = {"friction": 0.0, "ties": 0.5, "grievance": 0.0, "trust": 0.5, "belonging": 0.4, **states}
    for name, value in chosen.items():
        getattr(world.residents, name)[:] = value
    world.residents.anchor[:] = world.residents.trust
    return world


def contacts_a_week(world: World) -> np.ndarray:
    """Contacts a week at which conflict can start, friction left out."""
    b, c = world.rules.belonging, world.rules.conflict
    each = b.contact_rate * (b.ties_floor + (1.0 - b.ties_floor) * world.residents.ties)
    return world.residents.degree * each + c.institution


def onset(world: World) -> tuple[float, np.ndarray]:
    """Conflicts that broke out, in all and by initiator."""
    total = 0.0
    for _ in range(DAYS):
        live(world, 1)
        total += flows(world, "conflicts_new")
    by = np.bincount(world.conflicts.columns.initiator[: world.conflicts.count], minlength=world.n)
    assert by.sum() == total
    return total, by


def expected(world: World, factor: np.ndarray | float) -> np.ndarray:
    """Conflicts that each person should start over all days: chance 1 - exp(-hazard) a day."""
    return DAYS * -np.expm1(-world.rules.conflict.onset * contacts_a_week(world) * factor)


def close(found: float, mean: float) -> bool:
    """Within 4.5 standard errors of a Poisson count (which is a little wider than a sum of unlike chances)."""
    return abs(found - mean) < 4.5 * math.sqrt(mean)


def test_unlike_people_start_conflicts_each_at_their_own_rate() -> None:
    rng = np.random.default_rng(3)
    states = {name: rng.uniform(0.0, 1.0, MANY) for name in ("grievance", "trust", "belonging", "ties")}
    world = tense(states, people=MANY, onset=0.016)
    r = world.residents
    factor = np.exp(2.08 * r.grievance) * (1.0 - r.trust) * (1.0 - r.belonging)
    mean = expected(world, factor)
    total, by = onset(world)
    assert mean.sum() > 100_000, "standard error below 0.32%, so 2% off would show as six of them"
    assert close(total, mean.sum())
    # every tenth of the people, in the order of their rates, has its own share
    for part in np.array_split(np.argsort(mean), 10):
        assert close(by[part].sum(), mean[part].sum())


@pytest.mark.parametrize(
    ("state", "low", "high", "ratio"),
    [
        ("grievance", 0.0, 1.0, math.exp(2.08)),
        ("trust", 0.2, 0.6, 0.5),
        ("belonging", 0.1, 0.7, 1.0 / 3.0),
    ],
)
def test_each_state_moves_the_rate_by_its_own_factor(state: str, low: float, high: float, ratio: float) -> None:
    hazards, errors = [], []
    for value in (low, high):
        world = tense({state: value}, seed=2)
        total, _ = onset(world)
        # 1 - exp(-h) falls short of h where h is not small: find the common factor that gives this many conflicts
        factor = brentq(lambda f, w=world, t=total: expected(w, f).sum() - t, 1e-6, 1e3)
        hazards.append(factor)
        errors.append(1.0 / total)
    assert abs(math.log(hazards[1] / hazards[0]) - math.log(ratio)) < 4.5 * math.sqrt(sum(errors))


def test_friction_multiplies_contacts_with_other_groups_only() -> None:
    world = tense({}, friction=2.0)
    world.residents.friction[:] = 0.8
    world.residents.cross[:] = np.arange(PEOPLE) % 2 * 0.5  # every other person has half of the contacts elsewhere
    b = world.rules.belonging
    others = world.residents.degree * b.contact_rate * (b.ties_floor + (1.0 - b.ties_floor) * 0.5)
    mean = DAYS * -np.expm1(-0.004 * (others * (1.0 + 2.0 * 0.8 * world.residents.cross) + 1.0) * 0.5 * 0.6)
    _, by = onset(world)
    for half in (slice(0, None, 2), slice(1, None, 2)):
        assert close(by[half].sum(), mean[half].sum())


def test_full_trust_or_full_belonging_means_no_conflict() -> None:
    assert onset(tense({"trust": 1.0}))[0] == 0.0
    assert onset(tense({"belonging": 1.0}))[0] == 0.0


def test_the_other_side_is_a_contact_or_an_institution_in_proportion_to_contacts() -> None:
    world = tense({}, onset=0.02, institution=4.0)
    onset(world)
    k = world.conflicts.count
    table = world.conflicts.columns
    share = 4.0 / contacts_a_week(world)
    chance = share[table.initiator[:k]]
    found = float((table.other[:k] < 0).sum())
    assert abs(found - chance.sum()) < 4.5 * math.sqrt(float((chance * (1.0 - chance)).sum()))
    indptr, indices = world.contacts
    for c in np.flatnonzero(table.other[:k] >= 0)[:200]:
        i = table.initiator[c]
        assert table.other[c] in indices[indptr[i] : indptr[i + 1]]
