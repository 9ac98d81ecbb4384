"""Two worlds side by side, one under each driver, and where they part."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

import sim
from sim.model import agents, day
from sim.model.build import build_world
from sim.model.world import World

DATA = Path(__file__).parent / "data"
SEASON = DATA / "mill_season.yaml"
HASTE: Mapping[str, float] = {
    "needs.rate": 0.018, "needs.enquiries": 0.02, "needs.later_voice": 0.5, "needs.lapse_waiting": 0.03,
    "needs.lapse_silent": 0.02, "needs.self_help": 0.3, "needs.outside_share": 0.4, "monitoring.false_alarms": 0.5,
    "monitoring.visit_finds": 0.5, "service.routing_days": 0.8, "service.bounce": 0.3, "service.bounce_days": 0.4,
    "service.reopen": 0.7, "service.work_hours": 3.0, "service.vulnerable_first": 1.0, "council.days": 2.3,
    "cooperation.days_base": 0.4, "cooperation.days_full": 0.1, "workforce.quit": 0.2, "workforce.hire_days": 2.0,
    "conflict.onset": 0.0008, "conflict.reporting": 0.1, "conflict.escalation": 0.04, "conflict.fade": 0.02,
    "participation.occasions": 0.3, "participation.proposals": 0.5, "participation.base": -1.5, "election.stand": 0.5,
    "election.rivalry": 0.1, "diffusion.meet": 0.2, "trust.hearsay": 0.3,
}  # fmt: skip
"""Values a day at which a season sees more of everything than a lifetime does (well outside what is plausible)."""


def season(*sets: str, haste: Mapping[str, float] = HASTE) -> Any:
    """The test town's season, everything on, in haste unless said otherwise; what is switched off stays off."""
    scenario = sim.load_scenario(str(SEASON), sets=sets)
    off = {name for mechanism, on in scenario.mechanisms.items() if not on for name in _switched(mechanism)}
    numbers = {**scenario.parameters, **{name: value for name, value in haste.items() if name not in off}}
    return dataclasses.replace(scenario, parameters=numbers)


def _switched(mechanism: str) -> Iterator[str]:
    from sim.vocabulary.mechanisms import BY_ID

    yield from BY_ID[mechanism].off


def tables(world: World) -> Iterator[tuple[str, Any]]:
    """Every column of every table, and whatever else a day leaves behind."""
    for table in ("residents", "workers", "agencies", "councils", "levers", "chances"):
        columns = getattr(world, table)
        for name in columns._fields:
            yield f"{table}.{name}", getattr(columns, name)
    for table in ("demands", "conflicts"):
        store = getattr(world, table)
        for name in store.columns._fields:
            yield f"{table}.{name}", getattr(store.columns, name)[: store.count]
    for name in ("flows", "stocks", "institution", "hours", "visits", "load", "attendance_hours", "case_share",
                 "mean_skill", "tick"):  # fmt: skip
        yield name, np.asarray(getattr(world, name))
    yield "waits", np.concatenate([np.zeros(0), *world.waits.wait])
    yield "waits.cell", np.concatenate([np.zeros(0, np.int32), *world.waits.cell])


def differences(a: World, b: World, leave_out: tuple[str, ...] = ()) -> list[str]:
    """Where two worlds differ in any bit."""
    found = []
    for (name, x), (_, y) in zip(tables(a), tables(b), strict=True):
        if name in leave_out:
            continue
        if x.shape != y.shape:
            found.append(f"{name}: {x.shape} and {y.shape}")
        elif x.tobytes() != y.tobytes():
            rows = np.flatnonzero((x != y).reshape(-1))[:3]
            found.append(f"{name} at {rows}: {x.reshape(-1)[rows]} and {y.reshape(-1)[rows]}")
    return found


def first_difference(
    scenario: Any, days: int, seed: int = 1, threads: int = 1, each_day: Callable[[World], None] | None = None
) -> str:
    """Live some days under both drivers, compare after every one; empty where no bit differs."""
    compiled, stepped = build_world(scenario, seed, threads), build_world(scenario, seed)
    for _ in range(days):
        date = compiled.date
        day.step(compiled)
        agents.step(stepped)
        parted = differences(compiled, stepped)
        if parted:
            return f"{date}: " + "\n".join(parted)
        if each_day is not None:
            each_day(stepped)
    return ""


def lived(scenario: Any, days: int, seed: int = 1, **given: Any) -> World:
    """A world after some days under the compiled driver."""
    world = build_world(scenario, seed, **given)
    for _ in range(days):
        day.step(world)
    return world
