"""Which verdicts of the claims ledger a parameter could turn, from the worlds that the claims were tried in.

The ledger has each claim's effect in each parameter world; the worlds differ in all parameters at once. For every
judged outcome of an emergent claim and every parameter that the screening kept:

1. Kendall's rank correlation of the effect with the parameter over worlds, with its exact p-value (where values are
   tied: the normal one, which errs towards caution far out), corrected (Holm) over all pairs that were tried.
2. Where that is below 5%: a straight line through the effects. The claim *could turn* where the line lies on one side
   of the smallest change that matters at the lowest value that a world has, and on another at the highest.

A claim counts once, with whichever of its outcomes. What is wired is true by construction and cannot turn. With few
worlds and hundreds of pairs only a correlation near one can pass: that no verdict is counted does not say that none
would turn, and ``notes`` says how strong a correlation had to be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from sim.analysis.measure_next import ranked
from sim.analysis.verdicts import LEVEL
from sim.stats import holm

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from sim.analysis.claims.ledger import Ledger
    from sim.analysis.sensitivity_plan import Sensitivity

FEWEST: Final = 10
"""Worlds below which nothing is tried: no correlation of so few could pass after correction."""
COLUMNS: Final = (
    "factor", "claim", "name", "worlds", "correlation", "p_value", "p_corrected",
    "smallest_change", "at_low", "at_high", "side_low", "side_high", "turns",
)  # fmt: skip


def join_claims(found: Sensitivity, ledger: Ledger) -> Sensitivity:
    """Add to a sensitivity analysis which verdicts of a ledger its parameters could turn, and rank by both.

    Returns
    -------
    Sensitivity
        With the table ``claims_turned`` (of :func:`correlated`: pairs with a p-value below 5% by themselves, with the
        claim's ``text`` and its verdict in ``words``), the columns ``claims_tried`` and ``claims_turned`` and
        another order in ``measure_next``, and ``claims`` in the manifest: what was tried and how many passed by
        themselves. Nothing is written.
    """
    import pandas as pd

    table = found.tables["measure_next"].copy()
    log = set(table.loc[(table["distribution"] == "log_uniform") & (table["low"] > 0.0), "factor"])
    pairs = correlated(ledger, list(table["factor"]), log)
    turning = pairs[pairs["turns"].astype(bool)]
    tried = pairs.groupby("factor")["claim"].nunique()
    could = turning.groupby("factor")["claim"].nunique()
    table["claims_tried"] = pd.array([int(tried.get(name, 0)) for name in table["factor"]], dtype="int64")
    table["claims_turned"] = pd.array([int(could.get(name, 0)) for name in table["factor"]], dtype="int64")
    claims = int(pairs["claim"].nunique())
    verdicts = int(found.manifest.get("verdicts", {}).get("count", 0))
    notes = {
        "title": ledger.about.get("title", ""),
        "community": ledger.about.get("community", ""),
        "code_version": ledger.about.get("code_version", ""),
        "worlds": int(ledger.worlds["world"].nunique()) if len(ledger.worlds) else 0,
        "claims": claims,
        "pairs": len(pairs),
        "below_5_percent_alone": int((pairs["p_value"] < LEVEL).sum()),
        "below_5_percent_corrected": int((pairs["p_corrected"] < LEVEL).sum()),
        "weakest_that_could_pass": _weakest(pairs),
    }
    kept = pairs[pairs["p_value"] < LEVEL].sort_values(
        ["p_value", "factor", "claim", "name"], ignore_index=True
    )
    known = ledger.claims.set_index("claim")
    for column in ("text", "words"):
        kept[column] = known[column].reindex(kept["claim"]).to_numpy()
    tables = {**found.tables, "measure_next": ranked(table, verdicts, claims), "claims_turned": kept}
    return replace(found, manifest={**found.manifest, "claims": notes}, tables=tables)


def correlated(ledger: Ledger, factors: Sequence[str], log: set[str] | frozenset[str]) -> pd.DataFrame:
    """Correlate the effect of every judged outcome of an emergent claim with every parameter, over worlds.

    Parameters
    ----------
    ledger
        With the effect in each world and the worlds' parameters.
    factors
        Parameters to try; those in which the worlds do not differ are left out.
    log
        Those to whose logarithm the line is fitted.

    Returns
    -------
    DataFrame
        One row a pair: ``correlation``, ``p_value``, ``p_corrected`` over all rows; ``at_low`` and ``at_high``, the
        line at the lowest and highest value of a world, in the outcome's unit and positive as the claim says;
        ``side_low`` and ``side_high``: ``as_claimed``, ``too_small`` or ``against``; ``turns``.
    """
    import numpy as np
    import pandas as pd

    if ledger.features.empty or ledger.worlds.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    values = ledger.features.set_index("world")
    emergent = set(ledger.claims.loc[ledger.claims["nature"] == "emergent", "claim"])
    judged = ledger.outcomes[
        (ledger.outcomes["role"] == "judged") & ledger.outcomes["judged_level"].astype(bool)
    ]
    smallest = judged.set_index(["claim", "name"])["smallest_change"].to_dict()
    tried = [name for name in factors if name in values.columns]
    rows = []
    for (claim, name), part in ledger.worlds.groupby(["claim", "name"], sort=False):
        least = smallest.get((claim, name))
        if claim not in emergent or least is None:
            continue
        effect = part.set_index("world")["claimed"].astype(float)
        for factor in tried:
            x = values[factor].reindex(effect.index).to_numpy(dtype=float)
            y = effect.to_numpy()
            both = np.isfinite(x) & np.isfinite(y)
            if both.sum() < FEWEST or np.ptp(x[both]) == 0.0 or np.ptp(y[both]) == 0.0:
                continue
            x, y = x[both], y[both]
            rows.append((factor, claim, name, len(x), *_pair(np.log(x) if factor in log else x, y), least))
    table = pd.DataFrame(
        rows,
        columns=[
            "factor",
            "claim",
            "name",
            "worlds",
            "correlation",
            "p_value",
            "at_low",
            "at_high",
            "smallest_change",
        ],
    )
    table["p_corrected"] = holm(table["p_value"].tolist())
    for end in ("low", "high"):
        at = table[f"at_{end}"]
        table[f"side_{end}"] = np.select(
            [at >= table["smallest_change"], at <= -table["smallest_change"]],
            ["as_claimed", "against"],
            "too_small",
        )
    table["turns"] = (table["p_corrected"] < LEVEL) & (table["side_low"] != table["side_high"])
    return table[list(COLUMNS)]


def _pair(x: np.ndarray, y: np.ndarray) -> tuple[float, float, float, float]:
    """Rank correlation and its p-value, and the line of least squares at the ends of ``x``."""
    import numpy as np
    from scipy.stats import kendalltau

    tied = len(np.unique(x)) < len(x) or len(np.unique(y)) < len(y)
    found = kendalltau(x, y, method="asymptotic" if tied else "exact")
    slope, start = np.polyfit(x - x.mean(), y, 1)
    low, high = (float(start + slope * (end - x.mean())) for end in (x.min(), x.max()))
    return float(found.statistic), float(found.pvalue), low, high


def _weakest(pairs: pd.DataFrame) -> float | None:
    """The weakest correlation that the first step of the correction lets pass, for the most worlds that a pair has."""
    from scipy.stats import kendalltau

    if pairs.empty:
        return None
    count = int(pairs["worlds"].max())
    order, weakest = list(range(count)), None
    # From the perfect order on, one exchange of neighbours at a time: each makes one pair of worlds disagree.
    for last in range(count - 1, 0, -1):
        for at in range(last):
            found = kendalltau(range(count), order, method="exact")
            if found.pvalue >= LEVEL / len(pairs):
                return weakest
            weakest = round(float(found.statistic), 3)
            order[at], order[at + 1] = order[at + 1], order[at]
    return weakest
