"""Samples of a sensitivity analysis: SALib's points of the unit cube as parameter worlds, with luck as one more factor.

**Luck is a factor of the sample.** Two points that differ in a parameter alone have the same seed (common random
numbers); the seed changes where the sample moves the factor ``luck``. What luck carries is thereby measured by the same
estimators, on the same scale, as what a parameter carries.

Parameters that are not looked at one by one are moved together, as one group. A point that gives the same world and
seed as another (a count that rounds to the same number) is run once.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from sim.analysis.forms import forms, steps_of
from sim.errors import UsageError
from sim.lab.design import Design
from sim.lab.worlds import World, keyed_generator, uncertain_names, value_at

if TYPE_CHECKING:
    import numpy as np

LUCK: Final = "luck"
IDLE: Final = "settings of policies not at work"
REST: Final = "all other parameters"
LEVELS: Final = 4
"""Levels of the grid of a Morris sample: the ends of a range, and its two thirds."""
LUCK_STEPS: Final = 4
"""Times that a trajectory changes the seed alone: one change would tell too little about luck."""
CANDIDATES: Final = 4
"""Trajectories drawn for each that is kept; the set that lies furthest apart is kept (Campolongo et al. 2007)."""
_SEEDS: Final = 1_000_000


@dataclass(frozen=True)
class SampledDesign(Design):
    """A design whose worlds come with their seeds.

    Attributes
    ----------
    seeds_of
        The seed of each world, in their order.
    """

    seeds_of: tuple[int, ...] = ()
    windows_only: bool = True

    def seed(self, world: int, replication: int) -> int:
        """The seed of a world; there is one run of each."""
        return self.seeds_of[world]


@dataclass(frozen=True, eq=False)
class Sample:
    """Points of the unit cube and the worlds they stand for.

    Attributes
    ----------
    parameters
        Names of the parameters that vary.
    group
        The factor that each column of ``unit`` belongs to: parameters first, then luck.
    unit
        Points, shape (points, columns), each between 0 and 1.
    worlds, seeds
        What has to be run: different worlds, and the seed of each.
    rows
        The world of each point, as its position in ``worlds``.
    block
        Points that stand or fall together: a trajectory, or the rows of one base point.
    steps
        How many values a parameter can have, of those that have few: counts and choices.
    unordered
        Those among them that choose between forms.
    """

    parameters: tuple[str, ...]
    group: tuple[str, ...]
    unit: np.ndarray
    worlds: tuple[World, ...]
    seeds: tuple[int, ...]
    rows: np.ndarray
    block: int
    steps: Mapping[str, int] = field(default_factory=dict)
    unordered: frozenset[str] = frozenset()

    @property
    def factors(self) -> tuple[str, ...]:
        """Names of the factors, in the order in which SALib gives their indices."""
        return tuple(dict.fromkeys(self.group))

    @property
    def problem(self) -> dict[str, Any]:
        """The sample as SALib wants it described."""
        return _problem(self.group)

    @property
    def blocks(self) -> int:
        """Trajectories, or base points."""
        return len(self.unit) // self.block


def uncertain(scenarios: Mapping[str, Any], baseline: str) -> tuple[tuple[str, ...], frozenset[str]]:
    """Find which parameters are uncertain, and which of them cannot matter in these scenarios.

    Parameters
    ----------
    scenarios
        Loaded scenarios by name.
    baseline
        The one whose parameters vary.

    Returns
    -------
    tuple of str, frozenset of str
        Parameters with a range or choices, but switches and matters of calendar, in name order; and those among them
        that are settings of policies which none of the scenarios has at work. These are moved all the same, together,
        so that it shows whether they really change nothing.
    """
    names = tuple(uncertain_names(scenarios[baseline].parameters.specs))
    if not names:
        raise UsageError("no parameter has a range: there is nothing to analyse")
    blocks = [block for each in scenarios.values() for block in getattr(each, "policies", ())]
    working = {block.policy for block in blocks if block.dose}
    idle = {n for n in names if n.startswith("policy.") and n.split(".")[1] not in working}
    return names, frozenset(idle)


def screening_sample(
    specs: Mapping[str, Any],
    names: Sequence[str],
    idle: frozenset[str],
    trajectories: int,
    first_seed: int,
    key: str,
) -> Sample:
    """Draw a Morris sample: trajectories in which one factor at a time moves by two thirds of its range.

    Parameters
    ----------
    specs
        Parameter specifications by name.
    names, idle
        Parameters that vary, and those among them that move together.
    trajectories
        Trajectories kept, 2 or more.
    first_seed
        Seeds follow from it.
    key
        Words that the draw depends on.
    """
    from SALib.sample import morris

    group = [
        *(IDLE if name in idle else name for name in names),
        *(f"{LUCK} {k + 1}" for k in range(LUCK_STEPS)),
    ]
    unit = morris.sample(
        _problem(group),
        CANDIDATES * trajectories,
        num_levels=LEVELS,
        optimal_trajectories=trajectories,
        seed=draw_seed("morris", key),
    )
    block = len(dict.fromkeys(group)) + 1
    # Levels of the luck factors, read as digits, number the seeds of a trajectory.
    digits = (unit[:, len(names) :] * (LEVELS - 1)).round().astype(int)
    number = digits @ [LEVELS**k for k in range(LUCK_STEPS)]
    seeds = [first_seed + (i // block) * LEVELS**LUCK_STEPS + int(n) for i, n in enumerate(number)]
    return _sample(specs, names, group, unit, seeds, block, "m")


def index_sample(
    specs: Mapping[str, Any],
    names: Sequence[str],
    kept: Sequence[str],
    blocks: int,
    first_seed: int,
    key: str,
) -> Sample:
    """Draw a sample for Sobol indices (Saltelli et al. 2010): base points, each with one row a factor.

    Parameters
    ----------
    specs, names, first_seed, key
        As in :func:`screening_sample`.
    kept
        Parameters that are factors of their own; all others move together.
    blocks
        Base points, a power of two.
    """
    from SALib.sample import sobol

    if blocks < 2 or blocks & (blocks - 1):
        raise UsageError(f"base points: a power of two, such as 16, 64 or 256, not {blocks}")
    group = [*(name if name in kept else REST for name in names), LUCK]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        unit = sobol.sample(_problem(group), blocks, calc_second_order=False, seed=draw_seed("sobol", key))
    seeds = [first_seed + int(u * _SEEDS) for u in unit[:, -1]]
    return _sample(specs, names, group, unit, seeds, len(dict.fromkeys(group)) + 2, "s")


def draw_seed(*key: str) -> int:
    """A whole number that depends on words alone, for libraries that want a seed; never zero, which SALib ignores."""
    return int(keyed_generator(*key).integers(1, 2**31))


def _problem(group: Sequence[str]) -> dict[str, Any]:
    """Columns of the unit cube, and the factor that each belongs to."""
    names = [f"x{i}" for i in range(len(group))]
    return {
        "num_vars": len(group),
        "names": names,
        "bounds": [[0.0, 1.0]] * len(group),
        "groups": list(group),
    }


def _sample(
    specs: Mapping[str, Any],
    names: Sequence[str],
    group: Sequence[str],
    unit: np.ndarray,
    seeds: Sequence[int],
    block: int,
    letter: str,
) -> Sample:
    """Turn points into worlds, each different one once."""
    import numpy as np

    width = len(str(len(unit)))
    known: dict[tuple[str, int], int] = {}
    worlds: list[World] = []
    own: list[int] = []
    rows: list[int] = []
    for i, (point, seed) in enumerate(zip(unit, seeds, strict=True)):
        values = {name: value_at(specs[name], float(u)) for name, u in zip(names, point, strict=False)}
        world = World(f"{letter}{i + 1:0{width}d}", values)
        at = known.setdefault((world.digest, seed), len(worlds))
        if at == len(worlds):
            worlds.append(world)
            own.append(seed)
        rows.append(at)
    return Sample(
        tuple(names), tuple(group), unit, tuple(worlds), tuple(own), np.array(rows), block,
        steps={name: steps_of(specs[name]) for name in names if steps_of(specs[name])},
        unordered=frozenset(name for name in names if forms(specs[name])),
    )  # fmt: skip
