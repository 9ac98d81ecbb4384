"""What a search for packages is asked: what is searched, in which worlds, within what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from sim.analysis.decisions import Aims
from sim.analysis.packages.grid import Grid, Steps, maker
from sim.analysis.packages.search import Limits, Method
from sim.errors import UsageError
from sim.lab.design import Design
from sim.lab.worlds import World

Part = Literal["search", "held_out", "stress"]
"""Where packages are run: the worlds of the search, those held out, and those in which rules are looked for."""
WINDOW: Final = "horizon"
"""The window that packages are judged over."""


@dataclass(frozen=True)
class Plan:
    """What is searched, where, and within what.

    Attributes
    ----------
    base
        The scenario that packages are put on top of, and that they are compared with.
    space
        The packages there are.
    searched, held_out
        Parameter worlds of the search, and those the frontier is tested in; no world is in both.
    aims
        Budget, targets and weights.
    delivered
        Least share of its programme hours that a package has to have hours for, in the mean over worlds.
    evaluations, population, kept
        Packages to evaluate, packages of a generation, and packages of the frontier to test.
    days, first_seed, search_seed, method
        Days after the burn-in; the first seed of the simulations; the seed of the search; how to search.
    draw
        How the worlds were made.
    stress, stress_base
        Worlds over the whole ranges of all parameters in which rules about when a package fails are looked for, and
        what packages are put on top of there: the base scenario in a small community. None by default.
    """

    base: Any
    space: Grid
    searched: tuple[World, ...]
    held_out: tuple[World, ...]
    aims: Aims = field(default_factory=Aims)
    delivered: float = 0.9
    evaluations: int = 240
    population: int = 24
    kept: int = 10
    days: int | None = 365
    first_seed: int = 1
    search_seed: int = 1
    method: Method = "nsga2"
    draw: str = "matched"
    stress: tuple[World, ...] = ()
    stress_base: Any = None

    def __post_init__(self) -> None:
        if not self.searched or len(self.held_out) < 2:
            raise UsageError("a frontier needs a world to search in, and two or more to test it in")
        if {w.id for w in self.searched} & {w.id for w in self.held_out}:
            raise UsageError("a world is either searched in or held out")
        if self.stress and self.stress_base is None:
            raise UsageError("stress: which scenario packages are put on top of there has to be said")
        if not 0.0 <= self.delivered <= 1.0:
            raise UsageError(f"delivered: a share from 0 to 1 (got {self.delivered:g})")

    @property
    def limits(self) -> Limits:
        """What a package has to keep."""
        return Limits(self.aims.budget, self.delivered)

    @property
    def runs(self) -> int:
        """Runs there will be, at most."""
        search_runs = (self.evaluations + 1) * len(self.searched)
        return search_runs + (self.kept + 1) * (len(self.held_out) + len(self.stress))

    def design(self, name: Part, packages: Sequence[Steps]) -> Design:
        """The comparison of some packages with the base in the worlds of one part."""
        worlds = {"search": self.searched, "held_out": self.held_out, "stress": self.stress}[name]
        before = {"search": 0, "held_out": len(self.searched), "stress": len(self.searched + self.held_out)}
        base = self.stress_base if name == "stress" else self.base
        make = maker(base, self.space)
        return Design(
            name=name,
            scenarios={each.name: each for each in (base, *map(make, packages))},
            worlds=worlds,
            title=f"Packages against {base.title or base.name}",
            question="Which packages of policies does no other beat?",
            first_seed=self.first_seed + before[name],
            days=self.days,
            draw="latin_hypercube" if name == "stress" else self.draw,
            windows_only=name != "held_out",
        )
