"""What to measure next: parameters by how much of the conclusions' variance they carry, and what they could turn.

Weights, stated here and nowhere else: half goes to the levels under the baseline, half to the differences that
scenarios make; within each half every quantity that varies counts the same. What a parameter carries of one quantity is
``at_least`` (see ``indices``): its total index less what luck alone may give.

A verdict *turns* with a parameter where the worlds in the low half of its range and those in the high half give an
effect different verdicts (the rules of ``verdicts``, without correction) and the two mean effects differ by Welch's
test at 5%. How many would turn with a parameter that has nothing to do with it is measured on random halves.
Verdicts of the claims ledger are joined by ``turning``. What is to be measured first has the largest mean of two
shares: of the variance that it carries, and of all these verdicts that it could turn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from sim.analysis.indices import Quantity
from sim.analysis.sampling import LUCK, REST, Sample
from sim.analysis.verdicts import LEVEL, verdicts
from sim.lab.worlds import keyed_generator
from sim.stats import paired_intervals
from sim.vocabulary.outcomes import BY_NAME

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

CHANCE_SPLITS: Final = 200
HALF: Final = 0.5
FEWEST_WORLDS: Final = 4
"""Worlds in each half; fewer give no verdict."""


def weights(found: Sequence[Quantity], varying: Sequence[bool]) -> np.ndarray:
    """The weight of each quantity: half for levels, half for differences, evenly among those that vary.

    Where one of the halves has nothing that varies, the other has all the weight.
    """
    import numpy as np

    alive = np.array(varying, dtype=bool)
    difference = np.array([bool(quantity.scenario) for quantity in found])
    weight = np.zeros(len(found))
    halves = [half for half in (alive & ~difference, alive & difference) if half.any()]
    for half in halves:
        weight[half] = 1.0 / len(halves) / half.sum()
    return weight


def leading(screening: pd.DataFrame, most: int, candidates: Sequence[str]) -> tuple[list[str], int]:
    """Choose the parameters that get indices of their own.

    Parameters
    ----------
    screening
        Of :func:`sim.analysis.indices.screen`.
    most
        How many there is room for.
    candidates
        Parameters that may be chosen.

    Returns
    -------
    list of str, int
        Those that pass the screening for any quantity, the highest weighted mean ``share`` (over the quantities they
        pass for) first, at most ``most``; and how many passed.
    """
    found = list(dict.fromkeys(zip(screening["scenario"], screening["outcome"], strict=True)))
    pairs = [Quantity(*pair) for pair in found]
    largest = screening.groupby(["scenario", "outcome"], sort=False)["mu_star"].max()
    weight = dict(zip(found, weights(pairs, [largest[pair] > 0.0 for pair in found]), strict=True))
    passing = screening[screening["passes"] & screening["factor"].isin(candidates)]
    score: dict[str, float] = {}
    for row in passing.itertuples(index=False):
        score[row.factor] = score.get(row.factor, 0.0) + weight[(row.scenario, row.outcome)] * row.share
    ranked = sorted(score, key=lambda name: (-score[name], name))
    return ranked[:most], len(ranked)


def carried(table: pd.DataFrame, resampled: Mapping[Quantity, np.ndarray]) -> pd.DataFrame:
    """Add up what every factor carries over all quantities.

    Parameters
    ----------
    table, resampled
        Of :func:`sim.analysis.indices.decompose`.

    Returns
    -------
    DataFrame
        One row a factor: ``carried``, its weighted mean of ``at_least``, with the 95% bootstrap interval
        ``carried_low``, ``carried_high``; ``alone``, that of the first-order index (what the variance would lose on
        average if this parameter alone were known); ``at_most``, that of the total index; ``levels`` and
        ``differences``, the same as ``carried`` for each half; ``told``, the number of quantities for which it is told
        from luck. The shares need not add up to one: a joint effect of two factors is counted for both.
    """
    import numpy as np
    import pandas as pd

    found = list(resampled)
    factors = list(dict.fromkeys(table["factor"]))
    wide = {
        name: table.pivot_table(
            index=["scenario", "outcome"], columns="factor", values=name, dropna=False, sort=False
        )
        .reindex([(q.scenario, q.outcome) for q in found])[factors]
        .to_numpy(dtype=float)
        for name in ("at_least", "first", "total", "told")
    }
    varying = np.isfinite(wide["total"]).all(axis=1)
    weight = weights(found, varying)
    filled = {name: np.where(np.isfinite(values), values, 0.0) for name, values in wide.items()}
    sums = sum(w * resampled[q] for w, q in zip(weight, found, strict=True))
    difference = np.array([bool(q.scenario) for q in found])
    low, high = np.percentile(sums, (2.5, 97.5), axis=0)
    return pd.DataFrame(
        {
            "factor": factors,
            "carried": weight @ filled["at_least"],
            "carried_low": low,
            "carried_high": high,
            "alone": np.clip(weight @ filled["first"], 0.0, None),
            "at_most": weight @ filled["total"],
            "levels": _mean(filled["at_least"][varying & ~difference]),
            "differences": _mean(filled["at_least"][varying & difference]),
            "told": filled["told"].sum(axis=0).astype(int),
        }
    )


def _mean(rows: np.ndarray) -> np.ndarray | float:
    """Mean over rows; NaN where there is none."""
    return rows.mean(axis=0) if len(rows) else float("nan")


def turned_verdicts(
    sample: Sample, values: Mapping[Quantity, np.ndarray], factors: Sequence[str],
    smallest_changes: Mapping[str, float] | None = None, key: str = "turned",
) -> tuple[pd.DataFrame, float, int]:  # fmt: skip
    """Find which verdicts turn between the low and the high half of each parameter's range.

    Parameters
    ----------
    sample, values
        The sample for Sobol indices and the quantities at its points; of each base point the two independent worlds
        are used.
    factors
        Parameters with indices of their own.
    smallest_changes
        By outcome, where they differ from the vocabulary's.

    Returns
    -------
    DataFrame, float, int
        One row a verdict that turns: ``factor``, ``scenario``, ``outcome``, ``low_half`` and ``high_half`` (verdicts),
        ``low_mean`` and ``high_mean``; the number of verdicts that turn on a random half, on average; and the number
        of verdicts.
    """
    import numpy as np
    import pandas as pd

    first = np.arange(0, len(sample.unit), sample.block)
    points = np.sort(np.concatenate([first, first + sample.block - 1]))
    effects = [quantity for quantity in values if quantity.scenario]
    columns = ["factor", "scenario", "outcome", "low_half", "high_half", "low_mean", "high_mean"]
    if not effects:
        return pd.DataFrame(columns=columns), 0.0, 0
    y = np.column_stack([values[quantity][points] for quantity in effects])
    known = [BY_NAME[quantity.outcome] for quantity in effects]
    smallest = np.array([(smallest_changes or {}).get(o.name, o.smallest_change) for o in known])
    direction = np.array([float(o.direction) for o in known])

    def split(low: np.ndarray) -> tuple[np.ndarray, ...]:
        halves = [_judged(y[half], smallest, direction) for half in (low, ~low)]
        (a, low_mean), (b, high_mean) = halves
        return (a != b) & _differ(y[low], y[~low]), a, b, low_mean, high_mean

    rows = []
    for factor in factors:
        column = sample.group.index(factor)
        low = sample.unit[points, column] < HALF
        if min(low.sum(), (~low).sum()) < FEWEST_WORLDS:
            continue
        turned, a, b, low_mean, high_mean = split(low)
        rows += [
            (factor, effects[i].scenario, effects[i].outcome, a[i], b[i], low_mean[i], high_mean[i])
            for i in np.flatnonzero(turned)
        ]
    generator = keyed_generator("random halves", key)
    half = np.arange(len(points)) < len(points) // 2
    by_chance = np.mean([split(generator.permutation(half))[0].sum() for _ in range(CHANCE_SPLITS)])
    return pd.DataFrame(rows, columns=columns), float(by_chance), len(effects)


def _judged(y: np.ndarray, smallest: np.ndarray, direction: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Verdicts on the mean of each column, and the means."""
    found = paired_intervals(y)
    return verdicts(found["mean"], found["low"], found["high"], smallest, direction), found["mean"]


def _differ(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Whether the means of two sets of worlds differ, by Welch's test, for each column."""
    import numpy as np
    from scipy.stats import ttest_ind

    with np.errstate(all="ignore"):
        p = np.asarray(ttest_ind(a, b, equal_var=False, nan_policy="omit").pvalue, dtype=float)
    return p < LEVEL


def measure_next(
    shares: pd.DataFrame,
    turned: pd.DataFrame,
    directions: pd.DataFrame,
    specs: Mapping[str, Any],
    verdicts: int,
) -> pd.DataFrame:
    """Join what parameters carry with what is known about them.

    Parameters
    ----------
    shares
        Of :func:`carried`.
    turned
        Of :func:`turned_verdicts`.
    directions
        The screening, for the sign in which a parameter moves an outcome.
    specs
        Parameter specifications by name.
    verdicts
        How many verdicts there are to turn.

    Returns
    -------
    DataFrame
        One row a parameter with indices of its own, in the order of :func:`ranked`: what it is, unit, range, grade and
        source; ``rank`` among the *assumed* ones (empty for others: they have a source already); columns of
        :func:`carried`; ``verdicts_turned``; ``trust``, ``participation_30d`` and ``conflicts_per_1000``: the sign of
        its mean effect under the baseline, ``+``, ``-``, or ``+-`` where it depends on the others or the parameter
        is a choice between forms, which have no order.
    """
    own = shares[~shares["factor"].isin((LUCK, REST))].copy()
    for name in ("description", "unit", "low", "high", "distribution", "grade", "source", "mechanism"):
        own[name] = [getattr(specs[factor], name) for factor in own["factor"]]
    own["verdicts_turned"] = [int((turned["factor"] == factor).sum()) for factor in own["factor"]]
    base = directions[directions["scenario"] == ""].set_index(["factor", "outcome"])
    for outcome in dict.fromkeys(directions["outcome"]):
        own[f"moves_{outcome}"] = [_sign(base, factor, outcome) for factor in own["factor"]]
    return ranked(own, verdicts)


def ranked(table: pd.DataFrame, verdicts: int, claims: int = 0) -> pd.DataFrame:
    """Order parameters by what they carry and what they could turn, and number the assumed ones.

    Parameters
    ----------
    table
        Of :func:`measure_next`, with ``claims_turned`` where a ledger was joined.
    verdicts, claims
        Verdicts on scenarios, and claims of the ledger, that there are to turn.

    Returns
    -------
    DataFrame
        With ``turns_share``, the share of all those verdicts that the parameter could turn; ``priority``, the mean of
        ``carried`` and ``turns_share``, by which it is ordered, the largest first; and ``rank``.
    """
    table = table.drop(columns=["rank", "turns_share", "priority"], errors="ignore")
    turned = table["verdicts_turned"] + (table["claims_turned"] if "claims_turned" in table else 0)
    table["turns_share"] = turned / max(verdicts + claims, 1)
    table["priority"] = 0.5 * (table["carried"] + table["turns_share"])
    order = ["priority", "carried", "factor"]
    table = table.sort_values(order, ascending=[False, False, True], ignore_index=True)
    assumed = table["grade"] == "assumed"
    table.insert(0, "rank", assumed.cumsum().where(assumed).astype("Int64"))
    return table


def _sign(table: pd.DataFrame, factor: str, outcome: str) -> str:
    """The sign of a mean elementary effect; both where it is less than half of the mean absolute one, or has none."""
    if (factor, outcome) not in table.index:
        return ""
    row = table.loc[(factor, outcome)]
    if not row["passes"]:
        return ""
    return "+-" if not abs(row["mu"]) >= 0.5 * row["mu_star"] else "+" if row["mu"] > 0.0 else "-"
