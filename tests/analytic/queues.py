"""Exact results on queues, and what a simulated mean may deviate by. Symbols and numbers: evidence, section 5."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.model.draws import stream_day_py as stream_day
from sim.model.draws import stream_key, uniform_py
from sim.model.world import World
from sim.rules import population, service

SIGMAS = 4.0
"""A correct model fails a test of one mean at four standard errors once in 16,000 seeds; seeds are fixed."""


def erlang_c(load: float, servers: int) -> float:
    """Chance of waiting in M/M/c with ``load`` = arrival rate over service rate."""
    b = 1.0
    for k in range(1, servers + 1):
        b = load * b / (k + load * b)
    return b / (1.0 - (load / servers) * (1.0 - b))


def mean_wait(arrivals: float, rate: float, servers: int) -> float:
    """Mean wait in queue of M/M/c."""
    return erlang_c(arrivals / rate, servers) / (servers * rate - arrivals)


def sojourn_tail(arrivals: float, rate: float, servers: int, t: float) -> float:
    """Chance of a time in system longer than ``t`` in M/M/c."""
    c = erlang_c(arrivals / rate, servers)
    theta = servers * rate - arrivals
    if abs(theta - rate) < 1e-12:
        return math.exp(-rate * t) * (1.0 + c * rate * t)
    waits = c * (rate * math.exp(-theta * t) - theta * math.exp(-rate * t)) / (rate - theta)
    return (1.0 - c) * math.exp(-rate * t) + waits


def batch_mean(values: NDArray[np.float64], batches: int = 40, warm_up: float = 0.02) -> tuple[float, float]:
    """Mean and its standard error from means of consecutive batches, each far longer than the queue's memory."""
    kept = values[int(len(values) * warm_up) :]
    means = np.array([part.mean() for part in np.array_split(kept, batches)])
    return float(kept.mean()), float(means.std(ddof=1) / math.sqrt(batches))


def assert_mean(values: NDArray[np.float64], exact: float, if_off: float) -> None:
    """The mean is ``exact`` to within 4 standard errors, and so closely that ``if_off`` would be told apart.

    ``if_off`` is what the mean would be were the model's work 2 per cent off.
    """
    mean, error = batch_mean(values)
    assert SIGMAS * error < abs(if_off - exact), f"too few cases to see 2%: {exact} +- {error}, {if_off}"
    assert abs(mean - exact) < SIGMAS * error, f"{mean} is not {exact} +- {error}"


def works(world: World, ids: NDArray[np.uint64]) -> NDArray[np.float64]:
    """Hours of work of the demands, from their own draws."""
    day = stream_day(stream_key(world.seed, "service.work"), 0, 0)
    p = world.rules.service
    us = [uniform_py(day, int(key)) for key in ids]
    return np.array([service.work(p, p.work_hours, u, population.normal_quantile(u)) for u in us])


def kiefer_wolfowitz(arrivals: Any, durations: Any, servers: int) -> NDArray[np.float64]:
    """Beginnings of work, first come first served: each goes to the server who is free first."""
    free = np.full(servers, -np.inf)
    begins = np.empty(len(arrivals))
    for n, (arrival, duration) in enumerate(zip(arrivals, durations, strict=True)):
        first = int(np.argmin(free))
        begins[n] = max(arrival, free[first])
        free[first] = begins[n] + duration
    return begins
