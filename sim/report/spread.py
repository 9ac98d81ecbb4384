"""What an interval is made of: luck, or not knowing the parameters."""

from __future__ import annotations

import math
from typing import Final

from sim.report import words
from sim.report.extras import extra
from sim.report.selection import Selection
from sim.report.table import Table

__all__ = ["HELD", "luck_shares", "skew_said", "spread_said", "spread_table"]

MOSTLY = 2.0 / 3.0
"""From this share of the variance on an interval is said to be mostly the one or the other."""


ENOUGH = 16
"""Parameter worlds below which the page says what more of them would bring."""


HELD: Final = {5: 87, 8: 89, 16: 92, 32: 94}
"""Of 100 intervals over so many units how many hold the mean of very skewed differences (lognormal, sigma 1).

Measured by ``tests/stats/test_coverage.py``, which fails where these are no longer what the intervals do.
"""


def luck_shares(selection: Selection) -> dict[tuple[str, str], float]:
    """By scenario and headline outcome, the share of the interval's variance that is luck; only where it is known.

    Empty where the results do not say (``variance`` in ``docs/results.md``).
    """
    table = extra(selection.results, "variance", selection.window)
    if table is None:
        return {}
    own = table[(table["by"] == selection.level[0]) & (table["level"] == selection.level[1])]
    shares = {
        (str(row["scenario"]), str(row["outcome"])): float(row["share_seeds"])
        for row in own.to_dict("records")
    }
    return {key: share for key, share in shares.items() if not math.isnan(share)}


def spread_table(selection: Selection) -> Table | None:
    """One row a scenario, one column a headline outcome; None where nothing is known, or all of it is luck."""
    shares = luck_shares(selection)
    if not shares or selection.worlds <= 1:
        return None
    rows = tuple(
        (
            selection.titles[name],
            *(_said(shares.get((name, outcome.name), math.nan)) for outcome in selection.outcomes),
        )
        for name in selection.ranked
    )
    columns = ("Scenario", *(outcome.label for outcome in selection.outcomes))
    return Table("What the width of each interval comes from", columns, rows)


def spread_said(selection: Selection) -> str:
    """What can be said about it in words."""
    if selection.worlds <= 1:
        return (
            "There is one parameter world, so that the intervals hold luck only. What is not known about the "
            "parameters is not in them; run more worlds to see it."
        )
    shares = list(luck_shares(selection).values())
    if not shares:
        return (
            "The intervals hold both luck and what is not known about the parameters. How much is which can be told "
            "where each parameter world is run with two seeds or more."
            + _more_worlds(selection.worlds)
        )
    luck = sum(share >= MOSTLY for share in shares)
    mostly = sum(share <= 1.0 - MOSTLY for share in shares)
    both = len(shares) - mostly - luck
    parts = [
        (mostly, f"{mostly} owe their width mostly to what is not known about the parameters"),
        (luck, f"{luck} mostly to luck" if mostly else f"{luck} owe their width mostly to luck"),
        (
            both,
            f"{both} to both" if mostly or luck else f"{both} owe their width to both luck and parameters",
        ),
    ]
    said = words.join([text for number, text in parts if number])
    if max(mostly, luck, both) == len(shares):
        said = f"All {said.replace(' owe', ' intervals above owe', 1)}"
    else:
        said = f"Of the {len(shares)} intervals above, {said}"
    return (
        f"{said}. More seeds narrow what is luck; only better evidence about the community narrows the rest."
        + _more_worlds(selection.worlds)
    )


def skew_said(selection: Selection) -> str:
    """Where the intervals are known to hold the mean less often than they say (``docs/results.md``, Intervals)."""
    (few, least), *rest = HELD.items()
    held = words.join([f"over {few} units held it in {least} of 100 tests", *(f"over {n} in {k}" for n, k in rest)])
    return (
        f"Intervals hold the mean less often than they say where a few {selection.units} differ far more than all "
        f"others: of very skewed differences (lognormal), 95% intervals {held}. Verdicts that are corrected for many "
        "comparisons suffer more. Lopsided intervals are probably too narrow; read a "
        f"verdict from fewer than {ENOUGH} {selection.units} with care where its sign does not hold in all of them."
    )


def _more_worlds(worlds: int) -> str:
    """How much narrower the intervals of a few worlds would be over more that differ as much: by Student's t alone."""
    if not 2 <= worlds < ENOUGH:
        return ""
    from scipy.stats import t

    few, more = (t.ppf(0.975, count - 1) / math.sqrt(count) for count in (worlds, ENOUGH))
    return (
        f" {words.count(worlds).capitalize()} worlds are few: over {ENOUGH} that differ as much as these, intervals "
        f"would be about {words.percent(more / few)} as wide (--worlds {ENOUGH})."
    )


def _said(share: float) -> str:
    """ "17% luck, 83% parameters"."""
    if math.isnan(share):
        return "–"
    luck = round(100.0 * share)
    return f"{luck}% luck, {100 - luck}% parameters"
