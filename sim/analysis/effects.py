"""Paired effects: what a scenario changes against the baseline, in the same worlds with the same luck.

The unit of evidence is a parameter world: its effect is the mean over its seeds. With a single world the units are
its seeds, and the interval holds the luck only; ``interval_holds`` says which it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from sim.analysis.delivery import UNKNOWN, Delivery
from sim.analysis.pairs import CAMPUS, EVERYONE, KEYS, RESIDENTS, ROW, by_unit, by_world, cube, units_of
from sim.analysis.verdicts import WORDS, verdicts_of
from sim.stats import holm, paired_intervals, split_variance, widening
from sim.vocabulary.outcomes import BY_NAME, HEADLINE

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

SEEDS_ONLY: Final = "seed noise"
WORLDS_TOO: Final = "seed noise and parameter uncertainty"
COLUMNS: Final = (
    "scenario",
    "outcome",
    "window",
    "by",
    "level",
    "n",
    "pairs",
    "baseline",
    "mean",
    "low",
    "high",
    "method",
    "confidence",
    "p_value",
    "p_corrected",
    "comparisons",
    "share_sign",
    "p_exceeds",
    "p_harms",
    "smallest_change",
    "direction",
    "verdict",
    "words",
    "delivered",
    "reason",
    "with_conditions",
    "variance_worlds",
    "variance_seeds",
    "interval_holds",
)


def paired_effects(
    windows: pd.DataFrame,
    baseline: str,
    smallest_changes: Mapping[str, float] | None = None,
    directions: Mapping[str, int] | None = None,
    window: str | None = None,
    worlds: int | None = None,
    confidence: float = 0.95,
    delivery: Mapping[tuple[str, str], Delivery] | None = None,
) -> pd.DataFrame:
    """Effects of every scenario on every outcome, window and level.

    Parameters
    ----------
    windows
        Windowed outcomes of all runs (``Results.windows``).
    baseline
        The scenario the others are compared with.
    smallest_changes, directions
        Where an experiment departs from the vocabulary.
    window
        The window of the headline comparisons, over which p-values are corrected; ``horizon`` by default.
    worlds
        Parameter worlds of the design, where runs of some may be missing; counted from the runs by default.
    confidence
        Of the intervals. More than 95% where a design was looked at repeatedly and the intervals have to pay for
        it (``sim.stats.sequential``); p-values then pay as much, so that 5% remains their level.
    delivery
        What of each scenario was delivered in each window, and why not all of it (``sim.analysis.delivery``).

    Returns
    -------
    DataFrame
        One row a scenario, outcome, window and level with at least one complete pair:

        - ``n`` units of evidence (worlds, or seeds of the one world) from ``pairs`` paired runs
        - ``baseline``: mean of the baseline; ``mean``: mean difference; ``low``, ``high``: its 95% interval, by
          ``method`` and with ``confidence``; all in the unit of the outcome
        - ``p_value``; ``p_corrected`` by Holm's method over the headline comparisons, of those only (among
          residents, and again among everybody and on the campuses); ``comparisons``: how many those are
        - ``share_sign``: share of units in which the difference has the mean's sign
        - ``p_exceeds``, ``p_harms``: share of units in which it is for the better, or for the worse, by at least
          ``smallest_change`` (for outcomes of which neither is better: upwards, downwards)
        - ``verdict`` and ``words`` (see ``verdicts``); ``with_conditions``: a headline verdict that is another for
          everybody than for residents
        - ``delivered``: share of what the scenario changes that was delivered in the window, 0 where every run is the
          same as the baseline's; ``reason``: a sentence, where it is less than half. What was never delivered has no
          p-value and the verdict ``not_delivered``
        - ``variance_worlds``, ``variance_seeds`` of one pair's difference, for headline rows where a world has several
          seeds (more of it in ``variance_split``)
        - ``interval_holds``: ``seed noise``, or ``seed noise and parameter uncertainty``
    """
    import pandas as pd

    outcomes = [name for name in windows.columns if name not in (*KEYS, *ROW)]
    base = windows[windows["scenario"] == baseline]
    units = units_of(base)
    rows = list(base[ROW].drop_duplicates().itertuples(index=False, name=None))
    count = worlds if worlds is not None else len({world for world, _ in units})
    parts = []
    if units and rows and outcomes:
        reference = cube(base, units, rows, outcomes)
        for scenario in dict.fromkeys(windows["scenario"]):
            if scenario != baseline:
                own = cube(windows[windows["scenario"] == scenario], units, rows, outcomes)
                part = _against(own, reference, units, rows, outcomes, count, window or "horizon", confidence)
                parts.append(_with_delivery(part.assign(scenario=scenario), own - reference, rows, delivery or {}))
    if not parts:
        return pd.DataFrame(columns=list(COLUMNS))
    table = pd.concat(parts, ignore_index=True)
    return _judged(table, smallest_changes or {}, directions or {}, window or "horizon", count)


def _with_delivery(
    table: pd.DataFrame,
    differences: np.ndarray,
    rows: Sequence[tuple[Any, ...]],
    delivery: Mapping[tuple[str, str], Delivery],
) -> pd.DataFrame:
    """Add what was delivered: nothing in windows in which no run differs from the baseline's in anything."""
    import numpy as np

    window = np.array([row[0] for row in rows])
    same = {
        name: not np.nan_to_num(differences[:, window == name]).any() for name in dict.fromkeys(window.tolist())
    }
    known = {
        name: delivery.get((table["scenario"].iloc[0], name), UNKNOWN) if len(table) else UNKNOWN for name in same
    }
    never = table["window"].map(same).astype(bool)
    share = {name: 0.0 if same[name] else known[name].share for name in same}
    reason = {name: (known[name].never if same[name] else known[name].partly) for name in same}
    return table.assign(
        delivered=table["window"].map(share).astype(float),
        reason=table["window"].map(reason).fillna("").astype(object),
        p_value=table["p_value"].mask(never),
    )


def headline(table: pd.DataFrame, window: str = "horizon", level: tuple[str, str] = RESIDENTS) -> pd.Series:
    """Which rows of an effects table are headline comparisons: the headline outcomes, for residents."""
    return (
        table["outcome"].isin(HEADLINE)
        & (table["window"] == window)
        & (table["by"] == level[0])
        & (table["level"] == level[1])
    )


def _views(table: pd.DataFrame, window: str) -> pd.Series:
    """Headline comparisons among residents, everybody, or those on the campuses."""
    return headline(table, window) | headline(table, window, EVERYONE) | headline(table, window, CAMPUS)


def _against(
    own: np.ndarray,
    reference: np.ndarray,
    units: Sequence[tuple[Any, ...]],
    rows: Sequence[tuple[Any, ...]],
    outcomes: list[str],
    worlds: int,
    window: str,
    confidence: float,
) -> pd.DataFrame:
    """Effects of one scenario, not judged yet."""
    import numpy as np
    import pandas as pd

    differences = (own - reference).reshape(len(units), -1)
    paired = np.isfinite(differences)
    means = by_unit(differences, units, worlds)
    found = paired_intervals(means, confidence)
    with np.errstate(invalid="ignore"):
        known = np.isfinite(means)
        same = (np.sign(means) == np.sign(found["mean"])) & (means != 0.0)
        share_sign = np.where(found["count"] > 0, same.sum(axis=0) / np.maximum(known.sum(axis=0), 1), np.nan)
    names = pd.MultiIndex.from_tuples([(*row, outcome) for row in rows for outcome in outcomes])
    table = names.to_frame(index=False, name=[*ROW, "outcome"])
    base = by_unit(np.where(paired, reference.reshape(len(units), -1), np.nan), units, worlds)
    base = np.where(known, base, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    table = table.assign(
        n=found["count"],
        pairs=paired.sum(axis=0),
        baseline=base,
        mean=found["mean"],
        low=found["low"],
        high=found["high"],
        method=found["method"],
        confidence=confidence,
        p_value=np.minimum(1.0, widening(confidence) * found["p_value"]),
        share_sign=share_sign,
        differences=list(means.T),
        variance_worlds=np.nan,
        variance_seeds=np.nan,
    )
    if len(units) > len({world for world, _ in units}):
        for i in np.flatnonzero(_views(table, window) & (table["pairs"] > 0)):
            split = split_variance(by_world(differences[:, i], units))
            table.loc[i, ["variance_worlds", "variance_seeds"]] = split.between, split.within
    return table[table["n"] > 0]


def _judged(
    table: pd.DataFrame,
    smallest_changes: Mapping[str, float],
    directions: Mapping[str, int],
    window: str,
    worlds: int,
) -> pd.DataFrame:
    """Add what depends on directions, smallest changes and the number of comparisons."""
    import numpy as np

    known = {name: BY_NAME.get(name) for name in table["outcome"].unique()}
    smallest = {
        name: smallest_changes.get(name, o.smallest_change if o else 0.0) for name, o in known.items()
    }
    direction = {name: directions.get(name, o.direction if o else 0) for name, o in known.items()}
    table["smallest_change"] = table["outcome"].map(smallest).astype(float)
    # A smaller gap is taken for the better one, whatever lies on its two sides.
    table["direction"] = np.where(table["by"] == "gap", -1, table["outcome"].map(direction)).astype(float)
    table["p_corrected"] = np.nan
    table["comparisons"] = 0
    alone = verdicts_of(table, corrected=False)
    # Residents, campus and everybody are three views of the same comparisons, each corrected by itself, so that
    # a verdict never differs between them for the correction's sake.
    families = [headline(table, window, level).to_numpy() for level in (RESIDENTS, EVERYONE, CAMPUS)]
    for family in families:
        table.loc[family, "p_corrected"] = holm(table.loc[family, "p_value"].tolist())
        table.loc[family, "comparisons"] = int(table.loc[family, "p_value"].notna().sum())
    table["verdict"] = verdicts_of(table)
    table["words"] = table["verdict"].map(WORDS)
    for family in families:
        changed = family & (table["verdict"] != alone).to_numpy()
        table.loc[changed, "words"] += f", taking all {int(family.sum())} headline comparisons together"
    conditions = np.zeros(len(table), dtype=bool)
    conditions[families[0]] = _differs(table[families[0]], table[families[1]])
    table["with_conditions"] = conditions
    factor = np.where(table["direction"] == 0.0, 1.0, table["direction"])
    good = np.vstack(table["differences"].to_list()) * factor[:, None]
    smallest_column = table["smallest_change"].to_numpy()[:, None]
    count = np.isfinite(good).sum(axis=1)
    with np.errstate(invalid="ignore"):
        table["p_exceeds"] = (good >= smallest_column).sum(axis=1) / count
        table["p_harms"] = (good <= -smallest_column).sum(axis=1) / count
    table["interval_holds"] = WORLDS_TOO if worlds > 1 else SEEDS_ONLY
    return table[list(COLUMNS)].reset_index(drop=True)


def _differs(own: pd.DataFrame, others: pd.DataFrame) -> list[bool]:
    """Of some rows, those whose verdict is another one among other people."""
    found = {(row.scenario, row.outcome): row.verdict for row in others.itertuples(index=False)}
    return [
        found.get((row.scenario, row.outcome), row.verdict) != row.verdict
        for row in own.itertuples(index=False)
    ]
