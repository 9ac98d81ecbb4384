"""One more need or one more resident leaves everybody else's luck alone: draws are keyed by identity."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.model import day
from sim.model.build import build_world
from sim.model.columns import NEED
from sim.model.identifiers import DEMAND_KIND, record_key_py
from sim.model.phases.participation import NEED_ARISES
from sim.model.world import World
from tests.analytic.towns import scenario

DAYS, PEOPLE = 45, 1_500
# what is left on cannot carry one resident's fate to another: no trust, no contacts, no efficacy from service
APART = ("M1", "M2", "M5", "M7", "M13", "M16")
BUSY = ("parameters.needs.rate=0.4", "policies.online_channel.dose=1.0", "policies.participatory_decisions.dose=1.0")


def village(people: int = PEOPLE, seed: int = 4) -> World:
    """A village in which people share nothing but the queue."""
    return build_world(scenario(on=APART, sets=BUSY, people=people), seed)


def diary(world: World, days: int, extra: tuple[int, int] | None = None) -> dict[str, dict[int, Any]]:
    """Live some days and note, by identity, what luck decided.

    Parameters
    ----------
    extra
        Row of a resident who is given one more need, and the day.
    """
    needs: dict[int, tuple[Any, ...]] = {}
    routes: dict[int, tuple[Any, ...]] = {}
    acts: dict[int, list[int]] = {int(key): [] for key in world.residents.key}

    def watch(w: World, phase: str) -> None:
        if phase == "learning" and extra is not None and w.tick == extra[1]:
            w.residents.need[extra[0]] |= NEED_ARISES
        table, n = w.demands.columns, w.demands.count
        if phase == "needs":
            for d in range(n):
                if int(table.id[d]) not in needs and table.kind[d] == NEED:
                    needs[int(table.id[d])] = (
                        int(table.category[d]), int(table.urgent[d]), int(table.outside[d]), int(table.common[d]),
                        float(table.arose[d]), float(table.voiced[d]), float(table.deadline[d]),
                    )  # fmt: skip
            for key, way in zip(w.residents.key, w.residents.act, strict=True):
                acts[int(key)].append(int(way))
        if phase == "service":
            for d in range(n):
                key = int(table.id[d])
                if key not in routes and table.tie[d] != 0:
                    routes[key] = (int(table.tie[d]), int(table.judged[d]), int(table.klass[d]))

    for _ in range(days):
        day.step(world, watch)
    return {"needs": needs, "routes": routes, "acts": acts}


@cache
def plain_diary() -> dict[str, dict[int, Any]]:
    """The village without anything added."""
    return diary(village(), DAYS)


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(resident=st.integers(0, PEOPLE - 1), when=st.integers(0, DAYS - 10))
def test_one_more_need_changes_nobody_elses_draws(resident: int, when: int) -> None:
    plain = plain_diary()
    world = village()
    added = record_key_py(DEMAND_KIND, int(world.residents.key[resident]), when)
    more = diary(world, DAYS, (resident, when))
    assert len(plain["needs"]) > 30
    others = {key: drawn for key, drawn in more["needs"].items() if key != added}
    assert others == {key: drawn for key, drawn in plain["needs"].items() if key != added}
    common = more["routes"].keys() & plain["routes"].keys() - {added}
    assert all(more["routes"][key] == plain["routes"][key] for key in common)
    assert (more["routes"].keys() ^ plain["routes"].keys()) <= {added}
    assert more["acts"] == plain["acts"]


def test_the_added_need_was_there() -> None:
    """The property above says something only if the need arose, and solving it alone is ruled out."""
    found = 0
    for resident in (3, 500, 1_200):
        world = village()
        key = record_key_py(DEMAND_KIND, int(world.residents.key[resident]), 5)
        more = diary(world, 7, (resident, 5))
        found += key in more["needs"] and key not in diary(village(), 7)["needs"]
    assert found >= 2


def test_one_more_resident_changes_nobody_elses_draws() -> None:
    plain = plain_diary()
    more = diary(village(PEOPLE + 1), DAYS)
    assert len(more["acts"]) == PEOPLE + 1
    assert all(more["acts"][key] == ways for key, ways in plain["acts"].items())
    assert sum(map(any, plain["acts"].values())) > 100
    assert all(more["needs"][key] == drawn for key, drawn in plain["needs"].items())
    assert len(more["needs"]) - len(plain["needs"]) <= 3


def test_another_seed_changes_everybodys() -> None:
    other = diary(village(seed=5), 20)
    assert not other["needs"].keys() & plain_diary()["needs"].keys() or other["needs"] != plain_diary()["needs"]
    mine = np.array([len([w for w in ways[:20] if w]) for ways in plain_diary()["acts"].values()])
    theirs = np.array([len([w for w in ways if w]) for ways in other["acts"].values()])
    assert (mine != theirs).any()
