"""A simulator that is known exactly, in the place of the model: same interface, made-up lives, true effects."""

from __future__ import annotations

import errno
import hashlib
import os
import signal
import time
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

LEVELS = (
    ("all", "total"),
    ("scope", "residents"),
    ("scope", "campus"),
    ("group", "registered"),
    ("group", "floating"),
    ("quarter", "q1"),
    ("quarter", "q2"),
    ("vulnerable", "yes"),
    ("vulnerable", "no"),
)
OUTCOMES = {"participation_30d": 0.20, "trust": 0.55, "conflicts_per_1000": 9.0, "on_time": 0.5, "load": 0.95}
TRUE_EFFECTS = {
    "workforce": {
        "participation_30d": 0.0,
        "trust": 0.03,
        "conflicts_per_1000": -2.0,
        "on_time": 0.2,
        "load": -0.2,
    },
    "online_channel": {"participation_30d": 0.05, "trust": 0.0, "conflicts_per_1000": 0.0},
    "demand_without_capacity": {"participation_30d": 0.06, "trust": -0.04, "conflicts_per_1000": 3.0},
}
COSTS = {"workforce": 40.0, "online_channel": 5.0, "demand_without_capacity": 12.0}
NOISE = {"participation_30d": 0.004, "trust": 0.002, "conflicts_per_1000": 0.3, "on_time": 0.02, "load": 0.01}
RESIDENTS = 1000.0


@dataclass(frozen=True)
class Spec:
    name: str
    value: Any
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    kind: str = "plain"
    unit: str = "1"
    distribution: str = "uniform"
    source: str = "made up"
    grade: str = "assumed"
    mechanism: str = "M4"
    description: str = "A number."

    @property
    def varies(self):
        return bool(
            len(self.choices) > 1 or (self.low is not None and self.low < self.high) or self.kind == "switch"
        )


SPECS = {
    spec.name: spec
    for spec in (
        Spec("trust.gain", 0.05, 0.01, 0.1),
        Spec("needs.rate", 110.0, 40.0, 400.0, distribution="log_uniform"),
        Spec("service.pool", 2, 1, 5, kind="count"),
        Spec("structure.trust", "beta", choices=("beta", "plain")),
        Spec("council.seats", 7),
        Spec("structure.drift", False, kind="switch"),
    )
}


class Parameters(dict):
    specs = SPECS

    def raw(self, name):
        return self[name]


@dataclass(frozen=True)
class FakeScenario:
    name: str
    title: str = ""
    question: str = ""
    burn_in: int = 30
    horizon: int = 60
    changed: tuple[tuple[str, Any], ...] = ()
    burn_in_differs: bool = False
    policies: tuple[Any, ...] = ()
    community: Any = field(default_factory=lambda: SimpleNamespace(name="toy", blocks=(), groups=(), population=1000))

    @property
    def parameters(self):
        return Parameters({**{name: spec.value for name, spec in SPECS.items()}, **dict(self.changed)})

    @property
    def hash(self):
        text = repr((self.name, self.burn_in, self.horizon, sorted(self.changed)))
        return hashlib.sha256(text.encode()).hexdigest()

    def resolved(self):
        return {
            "scenario": {
                "name": self.name,
                "start": "2024-12-02",
                "burn_in": self.burn_in,
                "horizon": self.horizon,
                "parameters": {},
                "mechanisms": {},
                "policies": {"programmes": {"policy": self.name, "dose": 1.0}},
            },
            "community": {},
            "parameters": dict(self.parameters),
        }

    def with_parameters(self, values):
        return replace(self, changed=tuple({**dict(self.changed), **values}.items()))


@dataclass
class FakeRun:
    scenario: Any
    seed: int
    daily: pd.DataFrame
    windows: pd.DataFrame
    hours: pd.DataFrame
    costs: pd.DataFrame
    meta: dict[str, Any]


def draw(*key: Any) -> float:
    """A standard normal draw that depends on its key alone."""
    digest = hashlib.blake2b(repr(key).encode(), digest_size=8).digest()
    return float(np.random.default_rng(int.from_bytes(digest, "little")).normal())


def fake_run(scenario: FakeScenario, seed: int, days: int | None = None) -> FakeRun:
    """Luck is shared by scenarios of one seed; the effect is the true one, larger in worlds with a larger gain."""
    days = scenario.horizon if days is None else days
    gain = scenario.parameters["trust.gain"] / 0.05
    rows = []
    for by, level in LEVELS:
        row: dict[str, Any] = {"by": by, "level": level}
        for name, base in OUTCOMES.items():
            effect = TRUE_EFFECTS.get(scenario.name, {}).get(name, 0.0)
            shift = 0.2 * base if level == "q2" else 0.0
            common = 10.0 * NOISE[name] * draw("common", seed, name, level)
            own = NOISE[name] * draw("own", seed, name, level, scenario.name) if effect else 0.0
            row[name] = base + shift + common + effect * (0.5 + 0.5 * gain) + own
        rows.append(row)
    levels = pd.DataFrame(rows)
    money = 100.0 + COSTS.get(scenario.name, 0.0)
    levels["cost_per_resident"] = np.where(levels["by"] == "all", money, np.nan)
    names = [*OUTCOMES, "cost_per_resident"]
    all_days = np.arange(-scenario.burn_in, days)
    daily = levels.loc[levels.index.repeat(len(all_days))].reset_index(drop=True)
    daily.insert(0, "day", np.tile(all_days, len(levels)))
    daily.insert(1, "date", pd.Timestamp("2025-01-01") + pd.to_timedelta(daily["day"], unit="D"))
    gaps = pd.DataFrame(
        [
            {
                "by": "gap",
                "level": by,
                **{name: np.ptp(levels.loc[levels["by"] == by, name].to_numpy()) for name in OUTCOMES},
            }
            for by in ("group", "quarter", "vulnerable")
        ]
    )
    wide = pd.concat([levels, gaps], ignore_index=True)
    windows = pd.concat([wide.assign(window=w) for w in ("last_90", "horizon")], ignore_index=True)
    windows = windows[["window", "by", "level", *names]]
    hours = pd.DataFrame({"window": "horizon", "use": ["casework", "mediation"], "hours": [900.0, 100.0]})
    total = money * RESIDENTS * days / 365.0
    costs = pd.DataFrame(
        {
            "window": "horizon",
            "item": ["wages", "programmes"],
            "hours": [1000.0, 0.0],
            "money": [100.0 * RESIDENTS * days / 365.0, total - 100.0 * RESIDENTS * days / 365.0],
            "days_at_work": [np.nan, float(days)],
            "dose_given": [np.nan, 1.0],
            "residents_covered": [np.nan, RESIDENTS],
            "quarters_covered": [np.nan, 2.0],
            "posts_filled": [np.nan, 0.0],
        }
    )
    return FakeRun(scenario, seed, daily, windows, hours, costs, {"seconds": 0.01})


@dataclass(frozen=True)
class FakeEngine:
    """What can go wrong is told by scenario names.

    They ``fails``, ``kills`` (their process), ``slow`` (every day takes long) or ``hangs`` (no day ever ends, and no
    Python runs beside it, as in a compiled kernel); ``slow_burn_in`` and ``hanging_burn_in`` are about all of them.
    """

    fails: tuple[str, ...] = ()
    kills: tuple[str, ...] = ()
    interrupts: tuple[str, ...] = ()
    crowded: tuple[str, ...] = ()
    """They lack memory wherever several processes work (which have one thread each)."""
    slow: tuple[str, ...] = ()
    hangs: tuple[str, ...] = ()
    slow_burn_in: float = 0.0
    hanging_burn_in: bool = False
    seconds: float = 0.0
    version: str = "1"
    disk: int | None = None
    """Files a worker process can write before its disk is full."""
    log: Any = None

    def prepare(self):
        if self.disk is not None:
            fill_disk(self.disk)

    def code_version(self):
        # a cluster's worker may have other sources
        return os.environ.get("FAKE_VERSION", self.version)

    def branch_key(self, scenario):
        return scenario.name if scenario.burn_in_differs else "shared"

    def burn_in(self, scenario, seed, driver):
        if self.log is not None:
            self.log.append(("burn_in", scenario.name, seed))
        time.sleep(self.slow_burn_in)
        if self.hanging_burn_in:
            hang()
        return ("state", seed, dict(scenario.parameters)["trust.gain"])

    def simulate(self, scenario, seed, days, driver, state=None, progress=None, threads=1):
        if self.log is not None:
            self.log.append((scenario.name, seed, state))
        if scenario.name in self.fails:
            raise ValueError(f"{scenario.name} cannot be simulated")
        if scenario.name in self.interrupts:
            raise KeyboardInterrupt
        if scenario.name in self.crowded and os.environ.get("NUMBA_NUM_THREADS") == "1":
            raise MemoryError
        if scenario.name in self.kills:
            os.kill(os.getpid(), signal.SIGKILL)
        if scenario.name in self.hangs:
            hang()
        time.sleep(self.seconds)
        total = scenario.burn_in + (scenario.horizon if days is None else days)
        for day in range(total if progress else 0):
            time.sleep(0.02 if scenario.name in self.slow else 0.0)
            progress(day + 1, total)
        return fake_run(scenario, seed, days)


def hang() -> None:
    """Sleep for ever without giving way to any other thread of this process."""
    import ctypes

    ctypes.PyDLL(None).pause()


def fill_disk(after: int) -> None:
    """Let this process write so many files; from then on its disk is full. (Folders are still flushed.)"""
    from sim.lab import files

    written = []

    def flush(handle):
        written.append(handle)
        if len(written) > after:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def flush_folder(folder):
        pass

    files.os = SimpleNamespace(**{**vars(os), "fsync": flush})
    files.sync_folder = flush_folder


def scenarios(*names: str, **changes: Any) -> list[FakeScenario]:
    """Fake scenarios of these names."""
    return [FakeScenario(name, title=name.replace("_", " ").capitalize(), **changes) for name in names]


def windows(names=("baseline", "workforce", "online_channel"), worlds=12, seeds=1, first=1, gains=True):
    """Windowed outcomes of a whole design, without running a batch; ``gains`` makes effects differ by world."""
    parts = []
    for i in range(worlds):
        for j in range(seeds):
            seed = first + i * seeds + j
            for scenario in scenarios(*names):
                if gains:
                    scenario = scenario.with_parameters({"trust.gain": 0.02 + 0.06 * (i + 0.5) / worlds})
                frame = fake_run(scenario, seed).windows
                parts.append(frame.assign(scenario=scenario.name, world=f"w{i}", seed=seed))
    return pd.concat(parts, ignore_index=True)
