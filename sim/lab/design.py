"""Which runs an experiment consists of, in which order.

Every scenario is run in every parameter world with the same seeds, so that all comparisons are within pairs. The
runs of one world and seed that share a burn-in make one task; tasks go round all worlds before they come to a
second seed. A batch that is stopped has therefore seen every scenario about equally often.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from sim.errors import UsageError
from sim.lab.engine import Driver
from sim.lab.precision import NOTHING, Look, Precision
from sim.lab.run_file import RunKey
from sim.lab.running import Running
from sim.lab.worlds import POINT, World, point_world
from sim.scenario.in_short import in_short

MOST_SEED = 2**62
"""Largest first seed: tables hold whole numbers of 64 bits with a sign, and further seeds follow it."""

SEEDS_APART = 1_000_000
"""Between two seeds of one of several worlds."""
MOST_RUNS = 1_000_000
"""Runs that a comparison may have; a slip of the finger beyond it would fill the memory with its plan."""
POINT_SEEDS = 8
"""Seeds where nothing says how many and there is one world."""


@dataclass(frozen=True)
class Task:
    """Runs of one world and seed that one process does one after another, sharing a burn-in where it can."""

    world: World
    seed: int
    runs: tuple[RunKey, ...]


@in_short(
    lambda self: {
        "name": self.name,
        "scenarios": ", ".join(self.scenarios),
        "worlds": len(self.worlds),
    }
)
@dataclass(frozen=True)
class Design:
    """An experiment, ready to run.

    Attributes
    ----------
    name, title, question
        As people see it.
    scenarios
        Loaded scenarios by name, the baseline first; every other one is compared against it.
    worlds
        Parameter worlds; one called ``point`` where every parameter has its written value.
    replications
        Seeds in each world. No two worlds share a seed: then the spread over worlds holds the luck, too.
    repeated
        Of several worlds, how many (the first) have one seed more, so that luck can be told from parameters.
    first_seed
        The first of the seeds (see :meth:`seed`).
    days
        Days after the burn-in; each scenario's own horizon where it is None.
    smallest_changes
        Smallest change that matters by outcome, where it differs from the vocabulary's.
    directions
        Which way is better by outcome (+1, -1, 0), where it differs from the vocabulary's.
    draw
        How the worlds were made: ``point``, ``latin_hypercube``, ``sobol`` or ``matched``.
    show, window
        What the report shows over time, and the window its effects are about; None for its own choice.
    precision
        How well effects are to be known; ``worlds`` and ``replications`` are then the most there may be.
    begun
        How far the design had grown at the look before: those runs are no part of it (``NOTHING``: all are).
    running
        How the runs are done, unless the command line says otherwise.
    factorial
        Of each scenario that is a combination of a factorial, the doses of the factorial's policies, and the numbers
        of what else it varies; else empty.
    levels
        Of each factor that is no policy, what its numbers stand for.
    windows_only
        Keep the windowed outcomes of each run and nothing else (``sim.lab.windows_only``).
    """

    name: str
    scenarios: Mapping[str, Any]
    title: str = ""
    question: str = ""
    worlds: tuple[World, ...] = field(default_factory=point_world)
    replications: int = 1
    repeated: int = 0
    first_seed: int = 1
    days: int | None = None
    driver: Driver = "compiled"
    smallest_changes: Mapping[str, float] = field(default_factory=dict)
    directions: Mapping[str, int] = field(default_factory=dict)
    draw: str = "point"
    show: tuple[str, ...] = ()
    window: str | None = None
    precision: Precision | None = None
    begun: Look = NOTHING
    running: Running = field(default_factory=Running)
    factorial: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    levels: Mapping[str, Mapping[float, str]] = field(default_factory=dict)
    windows_only: bool = False

    def __post_init__(self) -> None:
        if not self.scenarios:
            raise UsageError("a comparison needs at least one scenario")
        if self.replications < 1:
            raise UsageError(f"seeds: at least 1 in each world, not {self.replications}")
        if not 0 <= self.first_seed <= MOST_SEED:
            raise UsageError(f"first_seed: a whole number from 0 to {MOST_SEED}, not {self.first_seed}")
        if self.replications > 1 and len(self.worlds) > SEEDS_APART:
            raise UsageError(f"worlds: with several seeds in each, at most {SEEDS_APART:,}")
        if self.count > MOST_RUNS:
            raise UsageError(
                f"{self.name}: {self.count:,} runs ({len(self.scenarios)} scenarios, {len(self.worlds):,} worlds, "
                f"{self.replications:,} seeds); a comparison has at most {MOST_RUNS:,}"
            )

    @property
    def baseline(self) -> str:
        """The name of the scenario that others are compared against."""
        return next(iter(self.scenarios))

    @property
    def holds(self) -> str:
        """What the intervals of this design hold."""
        return "seed noise" if len(self.worlds) == 1 else "seed noise and parameter uncertainty"

    @property
    def count(self) -> int:
        """Runs in all."""
        pairs = len(self.worlds) * self.replications + self.repeated - self.begun.replications
        return len(self.scenarios) * pairs

    @property
    def start(self) -> Design:
        """The design at its first look; the design itself where it does not grow."""
        return self if self.precision is None else self.at(self.precision.looks[0])

    def at(self, look: Look, begun: Look = NOTHING) -> Design:
        """The design as far as it has grown at a look, without the runs that it had ``begun`` with."""
        return replace(self, worlds=self.worlds[: look.worlds], replications=look.seeds, begun=begun)

    def seed(self, world: int, replication: int) -> int:
        """The seed of a world's replication.

        In the one world of a point design seeds follow one another; in several worlds the first seeds do, and further
        seeds of a world lie a million apart. A seed never depends on how many worlds or seeds there are, so that a
        design can grow without losing the runs it has.
        """
        step = 1 if self.draw == POINT and len(self.worlds) == 1 else SEEDS_APART
        return self.first_seed + world + step * replication

    def run_id(self, scenario: str, world: World, seed: int, code_version: str) -> str:
        """Hash of everything that decides the file of a run; the driver decides nothing.

        The values are those that the scenario takes from its world: which they are depends on the baseline too. The
        names of the scenario and of the world are in the hash because every row of the file carries them.
        """
        values = self.values_in(scenario, world)
        own = self.scenarios[scenario]
        parts = (
            own.hash,
            *(f"{name}={values[name]!r}" for name in sorted(values)),
            str(seed),
            str(own.horizon if self.days is None else self.days),
            code_version,
            scenario,
            world.id,
            "windows" if self.windows_only else "all",
        )
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:24]

    def values_in(self, scenario: str, world: World) -> dict[str, Any]:
        """The values that a scenario takes from a world.

        A parameter to which the scenario itself gives another value than the baseline does is its treatment:
        the world leaves it alone. So it is with a setting of a policy that the baseline does not know, where the
        scenario gives it another value than its declaration.
        """
        free = self._free[scenario]
        return {name: value for name, value in world.values.items() if name in free}

    @cached_property
    def _free(self) -> dict[str, frozenset[str]]:
        """Of each scenario the parameters that are not its treatment."""
        base = self.scenarios[self.baseline].parameters

        def usual(own: Any, name: str) -> Any:
            return base.raw(name) if name in base.specs else own.specs[name].value

        return {
            scenario: frozenset(name for name in own.specs if own.raw(name) == usual(own, name))
            for scenario, own in ((name, each.parameters) for name, each in self.scenarios.items())
        }

    def in_world(self, scenario: str, world: World) -> Any:
        """A scenario with the values that it takes from a world."""
        values = self.values_in(scenario, world)
        return self.scenarios[scenario].with_parameters(values) if values else self.scenarios[scenario]

    def keys(self, code_version: str) -> Iterator[RunKey]:
        """Every run, in the order in which a single process would do them."""
        for replication in range(self.replications + (self.repeated > 0)):
            worlds = self.worlds if replication < self.replications else self.worlds[: self.repeated]
            for i, world in enumerate(worlds):
                if i < self.begun.worlds and replication < self.begun.seeds:
                    continue
                seed = self.seed(i, replication)
                for name in self.scenarios:
                    yield RunKey(self.run_id(name, world, seed, code_version), name, world.id, seed)

    def tasks(
        self,
        code_version: str,
        branch_key: Callable[[Any], str],
        done: AbstractSet[str] = frozenset(),
        jobs: int = 1,
    ) -> list[Task]:
        """The runs that are left, grouped by shared burn-in.

        Parameters
        ----------
        code_version
            Hash of the code that decides the numbers.
        branch_key
            Equal for scenarios with the same burn-in (``Engine.branch_key``).
        done
            Ids of runs that need not be done again.
        jobs
            Processes; where there are fewer tasks than processes, tasks are cut so that none stands idle.
        """
        branches = {name: branch_key(scenario) for name, scenario in self.scenarios.items()}
        worlds = {world.id: world for world in self.worlds}
        grouped: dict[tuple[str, int, str], list[RunKey]] = {}
        for key in self.keys(code_version):
            if key.id not in done:
                grouped.setdefault((key.world, key.seed, branches[key.scenario]), []).append(key)
        cuts = -(-jobs // len(grouped)) if grouped else 1
        tasks = []
        for (world, seed, _), keys in grouped.items():
            size = -(-len(keys) // cuts)
            tasks += [Task(worlds[world], seed, tuple(keys[i : i + size])) for i in range(0, len(keys), size)]
        return tasks
