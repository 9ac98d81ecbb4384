"""Searching packages: a multi-objective optimiser that sees packages, and is told what each is worth.

The optimiser is NSGA-II (Deb and others 2002, IEEE Trans. Evol. Comput. 6:182) as pymoo implements it. Everything it
does is a function of its seed and of the values it is told, so a search that was broken off is started again from the
beginning and finds the runs it needs in the store.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sim.analysis.packages.grid import Grid, Steps
from sim.errors import UsageError
from sim.lab.worlds import keyed_generator

if TYPE_CHECKING:
    import numpy as np

Method = Literal["nsga2", "random"]

_BARREN = 20
"""Generations without a package that is new, after which the search has nothing left to find."""


@dataclass(frozen=True, slots=True)
class Value:
    """What a package is worth in the worlds it was searched in.

    Attributes
    ----------
    gains
        Mean effect on each outcome, positive for the better, in any unit that is the same for all packages.
    cost
        Yuan per resident a year beyond the baseline.
    delivered
        Share of its programme hours that there were hours for.
    """

    gains: tuple[float, ...]
    cost: float
    delivered: float = 1.0

    @property
    def known(self) -> bool:
        """Whether all of it could be found out; a package with a failed run is not."""
        return all(math.isfinite(number) for number in (*self.gains, self.cost, self.delivered))


FAILED = Value((math.nan,), math.nan, math.nan)
Evaluate = Callable[[Sequence[Steps]], Sequence[Value]]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a package has to keep: a budget (yuan per resident a year), and hours for what it promises."""

    budget: float | None = None
    delivered: float = 0.0

    def excess(self, value: Value) -> tuple[float, float]:
        """How far a package goes beyond each limit; none of them above zero where it keeps both."""
        over = -1.0 if self.budget is None else value.cost - self.budget
        return over, self.delivered - value.delivered

    def kept(self, value: Value) -> bool:
        """Whether a package is known and keeps both limits."""
        return value.known and max(self.excess(value)) <= 1e-9


def search(
    space: Grid,
    evaluate: Evaluate,
    limits: Limits,
    evaluations: int,
    population: int,
    seed: int,
    method: Method = "nsga2",
) -> dict[Steps, Value]:
    """Search for packages that no other beats on every gain and on cost.

    Parameters
    ----------
    space
        The packages there are.
    evaluate
        Told some packages that are new; answers with the value of each.
    limits
        What a package has to keep; packages that do not are passed over for those that do.
    evaluations
        Packages to evaluate, each once.
    population
        Packages of a generation. The first holds nothing at all, everything, and each lever alone, as far as there
        is room; the rest of it is drawn.
    seed
        Of the search, not of the simulations.
    method
        ``nsga2``, or ``random`` for the same number of packages drawn without looking.

    Returns
    -------
    dict
        Every package evaluated and its value, in the order in which they were.
    """
    evaluations = min(evaluations, space.size)
    proposals = _optimised(space, limits, population, seed) if method == "nsga2" else _drawn(space, seed)
    found: dict[Steps, Value] = {}
    asked, barren = next(proposals), 0
    while True:
        new = list(dict.fromkeys(steps for steps in asked if steps not in found))
        new = new[: evaluations - len(found)]
        found.update(zip(new, evaluate(new), strict=True) if new else ())
        barren = 0 if new else barren + 1
        if len(found) >= evaluations or barren > _BARREN:
            return found
        asked = proposals.send([found[steps] for steps in asked])


def frontier(found: Mapping[Steps, Value], limits: Limits) -> list[Steps]:
    """The packages within the limits that no other within them beats: as good on every gain and on cost, better on one.

    The cheapest come first.
    """
    import numpy as np

    kept = [steps for steps, value in found.items() if limits.kept(value)]
    if not kept:
        return []
    costs = np.array([_objectives(found[steps]) for steps in kept])
    front = [kept[i] for i in range(len(kept)) if not _beaten(costs, i)]
    return sorted(front, key=lambda steps: (found[steps].cost, steps))


def spread(front: Sequence[Steps], found: Mapping[Steps, Value], count: int) -> list[Steps]:
    """Some packages of a frontier that stand for all of it: the best on each count, then those farthest from others."""
    import numpy as np

    if len(front) <= count:
        return list(front)
    points = np.array([_objectives(found[steps]) for steps in front])
    scale = np.ptp(points, axis=0)
    points = (points - points.min(axis=0)) / np.where(scale > 0.0, scale, 1.0)
    chosen = list(dict.fromkeys(int(i) for i in points.argmin(axis=0)))[:count]
    while len(chosen) < count:
        distance = np.linalg.norm(points[:, None] - points[None, chosen], axis=2).min(axis=1)
        chosen.append(int(distance.argmax()))
    return [front[i] for i in sorted(chosen)]


def hypervolume(found: Mapping[Steps, Value], limits: Limits, worst: Value) -> float:
    """Volume of what the frontier is better than, down to a worst value: larger is better."""
    import numpy as np

    _pymoo()
    from pymoo.indicators.hv import HV

    points = [_objectives(found[steps]) for steps in frontier(found, limits)]
    return float(HV(ref_point=np.array(_objectives(worst)))(np.array(points))) if points else 0.0


def _objectives(value: Value) -> tuple[float, ...]:
    """What is made small: the gains' negatives, and the cost."""
    return (*(-gain for gain in value.gains), value.cost)


def _beaten(points: np.ndarray, i: int) -> bool:
    """Whether some other point is nowhere larger than point ``i`` and somewhere smaller."""
    return bool(((points <= points[i]).all(axis=1) & (points < points[i]).any(axis=1)).any())


def _optimised(space: Grid, limits: Limits, population: int, seed: int) -> Any:
    """Generations of NSGA-II; each is sent the values of the last."""
    import numpy as np

    _pymoo()
    from pymoo.algorithms.moo.nsga2 import NSGA2
    from pymoo.core.evaluator import Evaluator
    from pymoo.core.problem import Problem
    from pymoo.operators.crossover.sbx import SBX
    from pymoo.operators.mutation.pm import PM
    from pymoo.operators.repair.rounding import RoundingRepair
    from pymoo.problems.static import StaticProblem

    trim = keyed_generator("trim", str(seed))

    class Fitting(RoundingRepair):  # type: ignore[misc]
        """Whole steps, and no more levers than a package may hold."""

        def _do(self, problem: Any, X: Any, **how: Any) -> Any:
            whole = super()._do(problem, X, **how)
            return np.array([space.trimmed(steps, trim) for steps in whole]).reshape(whole.shape)

    algorithm = NSGA2(
        pop_size=population,
        sampling=np.array(_first(space, population, seed)),
        crossover=SBX(prob=0.9, eta=3, vtype=float, repair=Fitting()),
        mutation=PM(eta=3, vtype=float, repair=Fitting()),
        eliminate_duplicates=True,
    )
    problem: Any = None
    while True:
        if problem is None:
            first = [tuple(int(step) for step in row) for row in _first(space, population, seed)]
            values = yield first
            # How many objectives there are is known once something has been evaluated.
            problem = Problem(
                n_var=len(space.levers),
                n_obj=len(_objectives(next((v for v in values if v.known), values[0]))),
                n_ieq_constr=2,
                xl=0,
                xu=len(space.doses) - 1,
                vtype=int,
            )
            algorithm.setup(problem, termination=("n_gen", 10**9), seed=seed, verbose=False)
            infills = algorithm.ask()
        else:
            infills = algorithm.ask()
            if infills is None or len(infills) == 0:
                return
            values = yield [tuple(int(step) for step in row) for row in infills.get("X")]
        aims = np.array([_told(value, problem.n_obj) for value in values])
        excess = np.array([limits.excess(value) if value.known else (1e9, 1e9) for value in values])
        Evaluator().eval(StaticProblem(problem, F=aims, G=excess), infills)
        algorithm.tell(infills=infills)


def _told(value: Value, count: int) -> tuple[float, ...]:
    """The objectives the optimiser is told; a package that failed is worth less than any."""
    return _objectives(value) if value.known else (1e9,) * count


def _drawn(space: Grid, seed: int) -> Any:
    """Packages drawn evenly, one at a time."""
    generator = keyed_generator("packages", str(seed))
    while True:
        yield [space.trimmed(generator.integers(0, len(space.doses), len(space.levers)), generator)]


def _first(space: Grid, population: int, seed: int) -> list[Steps]:
    """The first generation: nothing, everything, each lever alone, and packages drawn evenly."""
    levers, top = range(len(space.levers)), len(space.doses) - 1
    generator = keyed_generator("first generation", str(seed))
    everything = space.trimmed((top,) * len(space.levers), generator)
    first: dict[Steps, None] = {(0,) * len(space.levers): None, everything: None}
    first.update(dict.fromkeys(space.single(lever) for lever in levers))
    while len(first) < min(population, space.size):
        first[space.trimmed(generator.integers(0, len(space.doses), len(space.levers)), generator)] = None
    return list(first)[:population]


def _pymoo() -> None:
    """Say what to install where the optimiser is missing."""
    try:
        import pymoo  # noqa: F401
    except ImportError:
        raise UsageError(
            "the search needs pymoo, which is not installed: pip install 'community-governance-sim[decisions]'"
        ) from None
