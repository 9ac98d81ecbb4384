"""Who gains and who loses: effects on groups, ages, quarters and the vulnerable, and on the gaps between them.

Each p-value is corrected by Holm's method over its family: the levels of one kind (the ages, say), or the gaps between
them, for one scenario and outcome. Verdicts go by the corrected ones. Scenarios and outcomes are not corrected for
once more: of the families in which nothing changes, up to one in twenty names a level wrongly.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from sim.analysis.effects import headline, paired_effects
from sim.analysis.gaps import BESIDE, DIMENSIONS, signed_gaps
from sim.analysis.pairs import KEYS, RESIDENTS, ROW, by_unit, cube, units_of
from sim.analysis.verdicts import SMALL, WORDS, verdicts_of
from sim.stats import holm, paired_intervals
from sim.vocabulary.outcomes import HEADLINE

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

CONCENTRATION: Final = "participation_gini"
EQUITY: Final = (
    "scenario",
    "outcome",
    "window",
    "kind",
    "by",
    "level",
    "other",
    "n",
    "pairs",
    "baseline",
    "mean",
    "low",
    "high",
    "method",
    "p_value",
    "p_corrected",
    "comparisons",
    "share_sign",
    "smallest_change",
    "direction",
    "verdict",
    "words",
    "moves",
)
WHO_GAINS: Final = (
    "scenario",
    "outcome",
    "window",
    "by",
    "levels",
    "mean",
    "verdict",
    "gains",
    "loses",
    "small",
    "open",
    "most",
    "most_gain",
    "least",
    "least_gain",
    "loses_while_mean_gains",
)
_MOVES: Final = {"better": "narrower", "worse": "wider"}


def equity_effects(
    windows: pd.DataFrame,
    baseline: str,
    smallest_changes: Mapping[str, float] | None = None,
    directions: Mapping[str, int] | None = None,
    window: str = "horizon",
    worlds: int | None = None,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Effects on levels, on gaps between levels, and on how unequally people take part.

    Parameters
    ----------
    windows, baseline, smallest_changes, directions, window, worlds, confidence
        As in :func:`sim.analysis.effects.paired_effects`.

    Returns
    -------
    DataFrame
        One row a scenario, headline outcome and comparison, with columns as of effects and

        - ``kind``: ``level`` (the effect on one level of ``by``), ``gap`` (largest less smallest among the levels of
          ``by``), ``pair`` (``level`` less ``other``, with its sign) or ``concentration`` (``participation_gini``)
        - pairs: each group less the first one, the oldest less the youngest adults, the vulnerable less the others,
          and the quarter that is worst at the baseline less the best. Which quarters those are is found for each
          world from the *other* worlds, so that a quarter's luck neither makes it the worst nor fades as an effect
        - ``baseline`` and ``mean``: of a pair, the gap at the baseline and its change; a pair whose gap at the
          baseline has no clear sign has no better direction
        - ``p_corrected`` over the ``comparisons`` of one scenario, outcome, kind and ``by`` (the gaps: of all four)
        - ``moves`` of a gap or pair: ``narrower``, ``wider``, ``reversed`` (the other way round and no smaller), or
          the verdict where it is none of these
    """
    import pandas as pd

    outcomes = [name for name in HEADLINE if name in windows.columns]
    own = windows.loc[windows["window"] == window, [*KEYS, *ROW, *outcomes]]
    gini = [CONCENTRATION] if CONCENTRATION in windows.columns else []
    residents = (windows["by"] == RESIDENTS[0]) & (windows["level"] == RESIDENTS[1])
    levels = own[own["by"].isin(DIMENSIONS)]
    count = worlds if worlds is not None else windows.loc[windows["scenario"] == baseline, "world"].nunique()
    pairs = signed_gaps(levels, baseline, outcomes, directions or {}, count)
    frames = {
        "level": levels,
        "gap": own[own["by"] == "gap"],
        "pair": pairs,
        "concentration": windows.loc[residents & (windows["window"] == window), [*KEYS, *ROW, *gini]],
    }
    parts = []
    for kind, frame in frames.items():
        part = paired_effects(frame, baseline, smallest_changes, directions, window, count, confidence)
        part = part.assign(kind=kind)
        part["other"] = ""
        if kind == "gap":
            part["by"], part["level"] = part["level"], ""
        elif kind == "pair" and len(part):
            part["direction"] = _towards_zero(part, pairs[pairs["scenario"] == baseline], count)
            names = part["level"].str.split(BESIDE, expand=True)
            part["level"], part["other"] = names[0], names[1]
        if len(part):
            parts.append(part)
    return _judged(pd.concat(parts, ignore_index=True)) if parts else pd.DataFrame(columns=list(EQUITY))


def who_gains(equity: pd.DataFrame, effects: pd.DataFrame, window: str = "horizon") -> pd.DataFrame:
    """Whether anybody loses, group by group, and whether that hides behind a mean that gains.

    Parameters
    ----------
    equity
        Of :func:`equity_effects`.
    effects
        Of :func:`sim.analysis.effects.paired_effects`: the verdict among residents is taken from it.
    window
        The window of the headline comparisons.

    Returns
    -------
    DataFrame
        One row a scenario, headline outcome and kind of level: ``mean`` and ``verdict`` among residents; ``gains``,
        ``loses``: the levels that are better or worse by corrected verdict; ``small``, ``open``: how many others are
        small or too small to matter, or not distinguishable; ``most``, ``least``: the levels with the largest and the
        smallest gain; ``loses_while_mean_gains``.
    """
    import pandas as pd

    main = effects[headline(effects, window)]
    means = {(row.scenario, row.outcome): row for row in main.itertuples(index=False)}
    rows = []
    levels = equity[(equity["kind"] == "level") & (equity["direction"] != 0.0)]
    groups = dict(iter(levels.groupby(["scenario", "by", "outcome"], sort=False)))
    order = list(dict.fromkeys(equity["scenario"])), DIMENSIONS, HEADLINE
    keys = sorted(groups, key=lambda key: [names.index(part) for names, part in zip(order, key, strict=True)])
    for scenario, by, outcome in keys:
        own = groups[scenario, by, outcome]
        gain = own["mean"] * own["direction"] + 0.0
        most, least = gain.idxmax(), gain.idxmin()
        all_ = means.get((scenario, outcome))
        verdict = "" if all_ is None else all_.verdict
        loses = list(own.loc[own["verdict"] == "worse", "level"])
        values = (
            *(scenario, outcome, window, by, len(own), math.nan if all_ is None else all_.mean, verdict),
            *(", ".join(own.loc[own["verdict"] == "better", "level"]), ", ".join(loses)),
            *(int(own["verdict"].isin(names).sum()) for names in (SMALL, ("not_distinguishable",))),
            *(own.loc[most, "level"], gain[most], own.loc[least, "level"], gain[least]),
            verdict == "better" and bool(loses),
        )
        rows.append(dict(zip(WHO_GAINS, values, strict=True)))
    return pd.DataFrame(rows, columns=list(WHO_GAINS))


def _towards_zero(part: pd.DataFrame, base: pd.DataFrame, worlds: int) -> np.ndarray:
    """The better direction of each signed gap: against its sign at the baseline, where an interval says it has one."""
    import numpy as np

    units, rows = units_of(base), list(base[ROW].drop_duplicates().itertuples(index=False, name=None))
    outcomes = [name for name in base.columns if name not in (*KEYS, *ROW)]
    found = paired_intervals(
        by_unit(cube(base, units, rows, outcomes).reshape(len(units), -1), units, worlds)
    )
    signs = np.where(found["low"] > 0.0, -1.0, np.where(found["high"] < 0.0, 1.0, 0.0))
    cells = [(*row, outcome) for row in rows for outcome in outcomes]
    by_cell = dict(zip(cells, signs, strict=True))
    return np.array([by_cell[key] for key in part[[*ROW, "outcome"]].itertuples(index=False, name=None)])


def _judged(table: pd.DataFrame) -> pd.DataFrame:
    """Correct p-values family by family, and name what is left."""
    import numpy as np

    family = [
        table["scenario"],
        table["outcome"],
        table["kind"],
        table["by"].where(table["kind"] != "gap", ""),
    ]
    table["p_corrected"] = table["p_value"].groupby(family).transform(lambda p: holm(p.tolist()))
    table["comparisons"] = table["p_value"].groupby(family).transform("count").astype(int)
    alone = verdicts_of(table, corrected=False)
    table["verdict"] = verdicts_of(table)
    changed = table["verdict"] != alone
    table["words"] = table["verdict"].map(WORDS)
    table.loc[changed, "words"] += (
        ", taking all " + table.loc[changed, "comparisons"].astype(str) + " comparisons together"
    )
    before, after = table["baseline"].to_numpy(), (table["baseline"] + table["mean"]).to_numpy()
    turned = (before * after < 0.0) & (np.abs(after) >= np.abs(before)) & (table["verdict"] == "better")
    gap = table["kind"].isin(("gap", "pair"))
    table["moves"] = table["verdict"].replace(_MOVES).mask(turned, "reversed").where(gap, "")
    return table[list(EQUITY)].reset_index(drop=True)
