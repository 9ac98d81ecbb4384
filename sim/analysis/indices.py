"""What each factor does to each quantity: elementary effects (Morris) and shares of variance (Sobol), by SALib.

A *quantity* is a headline outcome under the baseline, or the difference that a scenario makes to it in the same world
with the same seed.

How luck is told from parameters. Luck is a factor like any other (see ``sampling``). A parameter that changes nothing
on average may still reshuffle who meets whom when, so its total index holds part of the luck. By the decomposition of
variance that part is never more than the total index of luck less its first-order index, the joint part of luck with
all parameters. ``floor`` is an estimate of it that errs upwards: of the first-order index only as much is taken off as
is sure (the lower end of its interval). A parameter's total index less ``floor`` is therefore a lower bound of what it
carries in the mean over luck, and the total index itself an upper bound.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sim.analysis.effects import RESIDENTS
from sim.analysis.sampling import LEVELS, LUCK, Sample, draw_seed
from sim.errors import RunError
from sim.vocabulary.outcomes import HEADLINE

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

RESAMPLES: Final = 500
LARGE_SHARE: Final = 0.10
"""A factor is screened in where its mean absolute effect is at least this share of the largest parameter's ..."""
NOISE_Z: Final = 2.326
"""... and beyond what luck alone would give in 99 of 100 cases."""
HALF_NORMAL_CV: Final = math.sqrt(math.pi / 2.0 - 1.0)
"""Standard deviation over mean of the absolute value of a centred normal variable."""
SMALLEST_SHARE: Final = 0.01
"""A total index below this is not worth naming, whatever its interval."""
FEWEST: Final = {"trajectories": 2, "base points": 8}
"""Blocks that have to be complete; with fewer there is no answer."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """An outcome under the baseline (``scenario`` empty), or the difference that a scenario makes to it."""

    scenario: str
    outcome: str

    @property
    def key(self) -> str:
        """A name for tables."""
        return f"{self.scenario}: {self.outcome}" if self.scenario else self.outcome


def quantities(scenarios: Sequence[str]) -> tuple[Quantity, ...]:
    """Levels under the baseline (the first scenario), then every other scenario's differences."""
    return tuple(Quantity(name, outcome) for name in ("", *scenarios[1:]) for outcome in HEADLINE)


def read_values(
    results: Any, sample: Sample, window: str = "horizon", level: tuple[str, str] = RESIDENTS
) -> dict[Quantity, np.ndarray]:
    """Read every quantity at every point of a sample, NaN where a run is missing or has no value."""
    windows = results.read("windows", HEADLINE, [level])
    windows = windows[windows["window"] == window].set_index(["scenario", "world"])
    ids = [world.id for world in sample.worlds]
    found = {}
    base = results.baseline
    for quantity in quantities(results.scenarios):
        column = windows[quantity.outcome].astype(float)
        values = _of(column, base, ids)
        if quantity.scenario:
            values = _of(column, quantity.scenario, ids) - values
        found[quantity] = values[sample.rows]
    return found


def _of(column: pd.Series, scenario: str, ids: list[str]) -> np.ndarray:
    """Values of one scenario by world, NaN where there is none."""
    if scenario not in column.index.get_level_values(0):
        return column.iloc[:0].droplevel(0).reindex(ids).to_numpy()
    return column.xs(scenario, level=0).reindex(ids).to_numpy()


def whole_blocks(
    sample: Sample, values: np.ndarray, called: str, needed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Drop every block in which a value is missing: SALib can only use whole ones.

    Returns
    -------
    array, array
        Values of whole blocks, and their points of the unit cube.

    Raises
    ------
    RunError
        If fewer than ``needed`` are left.
    """
    import numpy as np

    whole = np.isfinite(values.reshape(sample.blocks, sample.block)).all(axis=1)
    if whole.sum() < needed:
        raise RunError(
            f"only {whole.sum()} of {sample.blocks} {called} are complete, {needed} are needed; "
            "the same command tries the failed runs again"
        )
    keep = np.repeat(whole, sample.block)
    return values[keep], sample.unit[keep]


def screen(sample: Sample, values: Mapping[Quantity, np.ndarray]) -> pd.DataFrame:
    """Elementary effects of every factor on every quantity.

    Returns
    -------
    DataFrame
        One row a quantity and factor, luck among them: ``mu_star`` (mean absolute effect of moving through the whole
        range, in the quantity's unit), ``mu`` (mean effect), ``sigma`` (its standard deviation: interactions and
        curvature), ``share`` of the largest parameter's ``mu_star``, ``noise`` (the ``mu_star`` that luck alone exceeds
        in one case of a hundred), ``passes``, and ``blocks`` and ``dropped`` trajectories. Of a choice between forms
        the effects are those of changing the form, and ``mu`` is empty: forms have no order.
    """
    import pandas as pd
    from SALib.analyze import morris

    parts = []
    for quantity, row in values.items():
        y, unit = whole_blocks(sample, row, "trajectories", FEWEST["trajectories"])
        found = morris.analyze(sample.problem, unit, y, num_levels=LEVELS, seed=draw_seed("screen"))
        part = pd.DataFrame({name: list(found[name]) for name in ("names", "mu_star", "mu", "sigma")})
        part = _over_steps(part.rename(columns={"names": "factor"}), sample, unit, y)
        own = part["factor"].str.startswith(f"{LUCK} ")
        luck = part[own][["mu_star", "mu", "sigma"]].mean()
        part = pd.concat([part[~own], pd.DataFrame([{"factor": LUCK, **luck, "per_step": 1.0}])], ignore_index=True)
        blocks = len(y) // sample.block
        noise = luck["mu_star"] * (1.0 + NOISE_Z * HALF_NORMAL_CV / math.sqrt(blocks))
        largest = part.loc[part["factor"] != LUCK, "mu_star"].max()
        part["share"] = part["mu_star"] / largest if largest > 0.0 else 0.0
        # Luck moves through as much of its range as SALib takes a step for; a count or a choice by its own.
        part["noise"] = noise * part.pop("per_step")
        part["passes"] = (part["share"] >= LARGE_SHARE) & (part["mu_star"] > noise) & (part["factor"] != LUCK)
        parts.append(_of_quantity(part, quantity).assign(blocks=blocks, dropped=sample.blocks - blocks))
    return pd.concat(parts, ignore_index=True)


def _over_steps(part: pd.DataFrame, sample: Sample, unit: np.ndarray, y: np.ndarray) -> pd.DataFrame:
    """Elementary effects of counts and choices by how far they really moved.

    SALib divides by two thirds of a range. A parameter with two values has then moved through all of it, one with three
    through all or half, and a choice from one form to another. ``per_step`` is what the mean absolute effect is of
    SALib's, for what luck gives to be measured alike.
    """
    import numpy as np

    part = part.set_index("factor").assign(per_step=1.0)
    dy = np.diff(y.reshape(-1, sample.block), axis=1)
    for name, steps in sample.steps.items():
        if name not in part.index:
            continue  # moves with others, as one group
        column = unit[:, sample.group.index(name)].reshape(-1, sample.block)
        moved = np.diff(column, axis=1) != 0.0
        place = np.minimum((column * steps).astype(int), steps - 1) / (steps - 1)
        step = np.ones(len(dy)) if name in sample.unordered else np.diff(place, axis=1)[moved]
        effects = dy[moved] / step
        mean = np.nan if name in sample.unordered else effects.mean()
        size, former = float(np.abs(effects).mean()), float(part.loc[name, "mu_star"])
        columns = ["mu_star", "mu", "sigma", "per_step"]
        part.loc[name, columns] = size, mean, effects.std(ddof=1), size / former if former > 0.0 else 1.0
    return part.reset_index()


def decompose(
    sample: Sample, values: Mapping[Quantity, np.ndarray]
) -> tuple[pd.DataFrame, dict[Quantity, np.ndarray]]:
    """Sobol indices of every factor for every quantity, with bootstrap intervals over base points.

    Returns
    -------
    DataFrame
        One row a quantity and factor, luck among them: ``first`` and ``total`` order index with 95% intervals
        (``first_low`` ...); ``floor``, the part of a total index that luck alone may give; ``at_least`` = total less
        floor, not below zero; ``told``, whether the total index is not tiny and lies above the floor in 97.5% of the
        resamples; ``variance`` of the quantity; ``blocks`` and ``dropped`` base points. A quantity that does not vary
        at all has no indices (NaN).
    dict
        ``at_least`` of every factor in every resample, shape (resamples, factors), for intervals of sums.
    """
    import pandas as pd

    parts, resampled = [], {}
    for quantity, row in values.items():
        y, _ = whole_blocks(sample, row, "base points", min(FEWEST["base points"], sample.blocks))
        part, resampled[quantity] = _shares(sample, y)
        blocks = len(y) // sample.block
        part = part.assign(variance=float(y.reshape(-1, sample.block)[:, [0, -1]].var()), blocks=blocks)
        parts.append(_of_quantity(part, quantity).assign(dropped=sample.blocks - blocks))
    return pd.concat(parts, ignore_index=True), resampled


def _shares(sample: Sample, y: np.ndarray) -> tuple[pd.DataFrame, np.ndarray]:
    """Indices of one quantity, and what each factor carries at least in every resample."""
    import numpy as np
    import pandas as pd
    from SALib.analyze import sobol

    factors = sample.factors
    table = pd.DataFrame({"factor": factors})
    names = ["first", "first_low", "first_high", "total", "total_low", "total_high", "floor", "at_least"]
    if np.ptp(y) <= 1e-12 * max(1.0, float(np.abs(y).max())):
        return table.assign(**dict.fromkeys(names, math.nan), told=False), np.zeros((RESAMPLES, len(factors)))
    found = sobol.analyze(
        sample.problem, y, calc_second_order=False, num_resamples=RESAMPLES, keep_resamples=True,
        seed=draw_seed("decompose"),
    )  # fmt: skip
    luck = factors.index(LUCK)
    for name, key in (("first", "S1"), ("total", "ST")):
        table[name] = found[key]
        table[f"{name}_low"], table[f"{name}_high"] = np.percentile(
            found[f"{key}_conf_all"], (2.5, 97.5), axis=0
        )
    sure = max(0.0, float(table.loc[luck, "first_low"]))
    floor = max(0.0, float(table.loc[luck, "total"]) - sure)
    floors = np.maximum(found["ST_conf_all"][:, luck] - sure, 0.0)
    table["floor"] = floor
    table["at_least"] = np.maximum(table["total"] - floor, 0.0)
    # The floor is an estimate as well: what counts is whether the difference holds in nearly all resamples.
    beyond = found["ST_conf_all"] - floors[:, None]
    large = (np.percentile(beyond, 2.5, axis=0) > 0.0) & (table["total"] >= SMALLEST_SHARE)
    table["told"] = large & (table["factor"] != LUCK)
    at_least = np.maximum(beyond, 0.0)
    # What luck carries is all that it carries; there is nothing to take off.
    table.loc[luck, ["floor", "at_least"]] = 0.0, table.loc[luck, "total"]
    at_least[:, luck] = found["ST_conf_all"][:, luck]
    return table, at_least


def _of_quantity(table: pd.DataFrame, quantity: Quantity) -> pd.DataFrame:
    """A table of one quantity, which it says in its first columns."""
    table.insert(0, "outcome", quantity.outcome)
    table.insert(0, "scenario", quantity.scenario)
    return table
