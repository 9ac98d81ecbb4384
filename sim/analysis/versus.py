"""Each scenario against each other one: whether one of them is better for sure.

That one scenario differs from the baseline and another does not is no sign that the two differ. Here they are compared
with each other directly, run by run, in the same worlds with the same luck, which takes out what both have in common.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from sim.analysis.effects import headline, paired_effects
from sim.analysis.pairs import KEYS, RESIDENTS, ROW
from sim.analysis.verdicts import WORDS, verdicts_of
from sim.stats import holm
from sim.vocabulary.outcomes import HEADLINE

if TYPE_CHECKING:
    import pandas as pd

VERSUS: Final = (
    "scenario",
    "other",
    "outcome",
    "window",
    "n",
    "pairs",
    "mean",
    "low",
    "high",
    "method",
    "confidence",
    "p_value",
    "p_corrected",
    "comparisons",
    "share_sign",
    "smallest_change",
    "direction",
    "delivered",
    "verdict",
    "words",
)


def versus(
    windows: pd.DataFrame,
    baseline: str,
    smallest_changes: Mapping[str, float] | None = None,
    directions: Mapping[str, int] | None = None,
    window: str = "horizon",
    worlds: int | None = None,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Paired differences between every two scenarios, the baseline apart.

    Parameters
    ----------
    windows, baseline, smallest_changes, directions, window, worlds, confidence
        As in :func:`sim.analysis.effects.paired_effects`.

    Returns
    -------
    DataFrame
        One row for every two scenarios and headline outcome, for residents: ``scenario`` less ``other``, columns as
        of effects. ``p_corrected`` is Holm's over all ``comparisons`` of the table, and ``verdict`` (``better`` where
        ``scenario`` is the better of the two) goes by it;
        ``delivered`` is 0 where the two are the same in every run. Empty with fewer than two scenarios beside the
        baseline.
    """
    import pandas as pd

    outcomes = [name for name in HEADLINE if name in windows.columns]
    own = windows.loc[
        (windows["window"] == window) & (windows["by"] == RESIDENTS[0]) & (windows["level"] == RESIDENTS[1]),
        [*KEYS, *ROW, *outcomes],
    ]
    count = worlds if worlds is not None else own.loc[own["scenario"] == baseline, "world"].nunique()
    names = [name for name in dict.fromkeys(own["scenario"]) if name != baseline]
    parts = []
    for i, other in enumerate(names):
        rest = own[own["scenario"].isin(names[i:])]
        part = paired_effects(rest, other, smallest_changes, directions, window, count, confidence)
        if len(part):
            parts.append(part[headline(part, window)].assign(other=other))
    if not parts:
        return pd.DataFrame(columns=list(VERSUS))
    # As listed: each scenario against those before it, turned round so that the first of the two is listed first.
    table = pd.concat(parts, ignore_index=True)
    table["scenario"], table["other"] = table["other"], table["scenario"].copy()
    table["mean"], table["low"], table["high"] = 0.0 - table["mean"], 0.0 - table["high"], 0.0 - table["low"]
    table["p_corrected"] = holm(table["p_value"].tolist())
    table["comparisons"] = int(table["p_value"].notna().sum())
    table["verdict"] = verdicts_of(table)
    table["words"] = table["verdict"].map(WORDS)
    return table[list(VERSUS)]
