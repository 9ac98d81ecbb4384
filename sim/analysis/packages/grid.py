"""Packages: doses of several policies at once, as points of a grid, and the scenarios they make.

A package is a tuple of steps, one for each lever; step 0 leaves the base scenario as it is. The name of its scenario
is a function of what it holds, so that a package met twice is the same run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from math import comb
from typing import TYPE_CHECKING, Any

from sim.errors import UsageError
from sim.policies import BUILT_IN, names
from sim.scenario.problems import did_you_mean

if TYPE_CHECKING:
    import numpy as np

Steps = tuple[int, ...]

RAMP_DAYS = 60
"""Days over which a package's policies begin, as in the shipped scenario of each policy."""
MOST_DOSE = 2.0
"""The highest dose a scenario file allows."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The packages that can be searched: which levers, in what doses.

    Attributes
    ----------
    levers
        Names of policies, in the order of the paper.
    doses
        Doses of each lever, ascending, the first 0.
    most
        Levers that a package may hold at once; None for all.
    """

    levers: tuple[str, ...]
    doses: tuple[float, ...]
    most: int | None = None

    def __post_init__(self) -> None:
        if not self.levers or len(self.doses) < 2:
            raise UsageError("a search needs at least one lever and two doses")
        if self.doses[0] != 0.0 or list(self.doses) != sorted(set(self.doses)):
            raise UsageError(f"doses: ascend from 0, each once (got {_listed(self.doses)})")
        if self.doses[-1] > MOST_DOSE:
            raise UsageError(f"doses: at most {MOST_DOSE:g} (got {self.doses[-1]:g})")
        if len(self.doses) > len(_DIGITS):
            raise UsageError(f"doses: at most {len(_DIGITS)} of them (got {len(self.doses)})")

    @property
    def size(self) -> int:
        """How many packages there are, the empty one included."""
        most = len(self.levers) if self.most is None else min(self.most, len(self.levers))
        return sum(
            comb(len(self.levers), count) * (len(self.doses) - 1) ** count for count in range(most + 1)
        )

    def trimmed(self, steps: Iterable[int], generator: np.random.Generator) -> Steps:
        """A package with as many levers as it may hold; which of more it keeps is drawn."""
        found = tuple(int(step) for step in steps)
        held = [i for i, step in enumerate(found) if step]
        if self.most is None or len(held) <= self.most:
            return found
        kept = set(generator.choice(held, self.most, replace=False).tolist())
        return tuple(step if i in kept else 0 for i, step in enumerate(found))

    def contents(self, steps: Steps) -> dict[str, float]:
        """What a package holds: the dose of each lever that has one."""
        return {name: self.doses[step] for name, step in zip(self.levers, steps, strict=True) if step}

    def name(self, steps: Steps) -> str:
        """The name of a package's scenario: one character a lever, in their order."""
        return "package_" + "".join(_DIGITS[step] for step in steps)

    def spoken(self, steps: Steps) -> str:
        """What a package holds, in words."""
        held = self.contents(steps)
        return ", ".join(f"{name} {dose:g}" for name, dose in held.items()) or "nothing"

    def single(self, lever: int) -> Steps:
        """One lever at its highest dose."""
        return tuple(len(self.doses) - 1 if i == lever else 0 for i in range(len(self.levers)))


_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def grid(
    levers: Sequence[str] = (),
    doses: Sequence[float] = (0.0, 0.25, 0.5, 0.75, 1.0),
    most: int | None = None,
) -> Grid:
    """The grid of some levers and doses.

    Parameters
    ----------
    levers
        Names of policies; the fourteen of the paper by default.
    doses
        Doses tried of each; 0 is added where it is missing.
    most
        Levers that a package may hold at once.

    Raises
    ------
    UsageError
        If a policy does not exist, or a dose cannot be.
    """
    for name in levers:
        if name not in names():
            hint = did_you_mean(name, names())
            raise UsageError(f"levers: there is no policy {name!r}{f'; {hint}' if hint else ''}")
    wanted = tuple(dict.fromkeys(levers)) or BUILT_IN
    order = {name: i for i, name in enumerate(names())}
    return Grid(
        tuple(sorted(wanted, key=order.__getitem__)),
        tuple(sorted({0.0, *(float(dose) for dose in doses)})),
        most,
    )


def maker(base: Any, space: Grid, ramp: int = RAMP_DAYS) -> Callable[[Steps], Any]:
    """Return the function that makes a package's scenario on top of a base scenario.

    Each lever is a block called by its policy's name, beside whatever blocks the base has.
    """

    def scenario(steps: Steps) -> Any:
        sets = []
        for lever, dose in space.contents(steps).items():
            sets += [f"policies.{lever}.dose={dose!r}", f"policies.{lever}.ramp={ramp}"]
        made = base.with_sets(sets) if sets else base
        return replace(made, name=space.name(steps), title=space.spoken(steps), question="")

    return scenario


def _listed(doses: Sequence[float]) -> str:
    return ", ".join(f"{dose:g}" for dose in doses)
