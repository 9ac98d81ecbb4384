"""What of a treatment was delivered: a scenario that never did anything different is not judged.

Each run records for each policy block on how many days it was at work, the dose that was given, whom it covered and the
posts that were filled (``vocabulary.measures.DELIVERED``). What a scenario *changes* are the blocks that the baseline
does not have, or has otherwise. Where nothing of it was delivered, its runs are the same as the baseline's in every
figure; that, and not the record, is what verdicts go by, so that an override without consequence is found, too.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sim.vocabulary.measures import DELIVERED

if TYPE_CHECKING:
    import pandas as pd

HALF: Final = 0.5
"""A smaller share of the dose than this is told beside the verdict."""
DELIVERY: Final = (
    *("scenario", "window", "block", "policy", "dose", "window_days"),
    *DELIVERED,
    *("hours", "money", "share"),
)
_SAME: Final = "Every run is the same as the baseline's"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What of a scenario was delivered in a window.

    Attributes
    ----------
    share
        Share of the dose of the blocks that it changes; NaN where it changes something else, too, or is not known.
    never
        Why nothing was delivered, where nothing was: a sentence.
    partly
        Why less than half was delivered; empty where that is not so.
    """

    share: float = math.nan
    never: str = f"{_SAME}."
    partly: str = ""


UNKNOWN: Final = Delivery()


def deliveries(
    table: pd.DataFrame, scenarios: Mapping[str, Any], baseline: str, days: int | None = None
) -> dict[tuple[str, str], Delivery]:
    """What of each scenario was delivered, by scenario and window.

    Parameters
    ----------
    table
        Of :func:`delivery_table`.
    scenarios
        Resolved scenarios by name (``Scenario.resolved``).
    baseline
        The scenario the others are compared with.
    days
        Days after the burn-in; each scenario's horizon by default.
    """
    found: dict[tuple[str, str], Delivery] = {}
    if table.empty:
        return found
    windows = dict.fromkeys(table["window"])
    for name, resolved in scenarios.items():
        if name == baseline:
            continue
        own, base = resolved["scenario"], scenarios[baseline]["scenario"]
        changed = _changed(own, base)
        others = _other_changes(resolved, scenarios[baseline])
        for window in windows:
            rows = table[(table["scenario"] == name) & (table["window"] == window)]
            first, last = _edges(own, window, days)
            never = _never(changed, others, own["policies"], first, last)
            mine = rows[rows["block"].isin([block for block in changed if block in own["policies"]])]
            share = _share(mine) if len(mine) and not others else math.nan
            found[name, window] = Delivery(share, never, _partly(mine, share))
    return found


def delivery_table(costs: pd.DataFrame, scenarios: Mapping[str, Any], days: int | None = None) -> pd.DataFrame:
    """What of each policy block was delivered in each window, mean over the runs.

    Parameters
    ----------
    costs
        Hours and money of each run by item (``Results.read("costs")``).
    scenarios, days
        As in :func:`deliveries`.

    Returns
    -------
    DataFrame
        One row a scenario, window and policy block: its ``policy`` and ``dose``; ``window_days`` of the window and the
        columns of ``DELIVERED``; ``hours`` and ``money`` of a run; ``share`` of the dose that was given. Empty where
        the runs are older than the record.
    """
    import pandas as pd

    if not set(DELIVERED) <= set(costs.columns):
        return pd.DataFrame(columns=list(DELIVERY))
    of_blocks = costs[costs["days_at_work"].notna()]
    means = of_blocks.groupby(["scenario", "window", "item"], sort=False)[[*DELIVERED, "hours", "money"]].mean()
    rows = []
    for (scenario, window, item), mean in means.iterrows():  # type: ignore[misc]
        document = scenarios.get(scenario, {}).get("scenario", {})
        block = document.get("policies", {}).get(item)
        if block is None:  # the folder no longer says what the runs were of
            continue
        first, last = _edges(document, window, days)
        share = mean["dose_given"] / block["dose"] if block["dose"] else math.nan
        values = (scenario, window, item, block["policy"], block["dose"], (last - first).days + 1)
        rows.append(dict(zip(DELIVERY, (*values, *mean, share), strict=True)))
    return pd.DataFrame(rows, columns=list(DELIVERY))


def with_delivery(options: pd.DataFrame, effects: pd.DataFrame, window: str) -> pd.DataFrame:
    """A table of options with ``delivered`` and ``reason`` of each, as the effects over a window have them.

    Of the baseline, and in results that are older than the record, they are missing and empty.
    """
    if "delivered" not in effects.columns:
        return options
    own = effects[effects["window"] == window].drop_duplicates("scenario").set_index("scenario")
    return options.assign(
        delivered=options["scenario"].map(own["delivered"]), reason=options["scenario"].map(own["reason"]).fillna("")
    )


def _changed(own: Mapping[str, Any], base: Mapping[str, Any]) -> list[str]:
    """Names of the policy blocks in which two scenarios differ; a block at dose 0 is as none."""
    mine, theirs = own["policies"], base["policies"]
    return [
        name
        for name in dict.fromkeys((*mine, *theirs))
        if mine.get(name) != theirs.get(name) and (name in mine or theirs[name]["dose"])
    ]


def _other_changes(own: Mapping[str, Any], base: Mapping[str, Any]) -> list[str]:
    """What else than policy blocks two scenarios differ in, in words."""
    found = [
        name
        for name in dict.fromkeys((*own["scenario"]["parameters"], *base["scenario"]["parameters"]))
        if own["scenario"]["parameters"].get(name) != base["scenario"]["parameters"].get(name)
    ]
    found += [f"mechanism {name}" for name, on in own["scenario"]["mechanisms"].items()
              if base["scenario"]["mechanisms"].get(name) != on]  # fmt: skip
    shocks, before = (each["scenario"].get("shocks", {}) for each in (own, base))
    found += [f"shock {name}" for name in dict.fromkeys((*shocks, *before)) if shocks.get(name) != before.get(name)]
    return [*found, *(["the community"] if own["community"] != base["community"] else [])]


def _edges(scenario: Mapping[str, Any], window: str, days: int | None) -> tuple[dt.date, dt.date]:
    """First and last day of a window."""
    from sim.model.outcomes import windows

    first, end = windows(scenario["burn_in"], days or scenario["horizon"])[window]
    start = dt.date.fromisoformat(scenario["start"])
    return start + dt.timedelta(days=first), start + dt.timedelta(days=end - 1)


def _never(
    changed: list[str], others: list[str], blocks: Mapping[str, Any], first: dt.date, last: dt.date
) -> str:
    """Why nothing that a scenario changes did anything in a window."""
    if not changed and not others:
        return "The same as the baseline: nothing in it differs."
    why = {name: _absent(blocks.get(name), first, last) for name in changed}
    if others or not all(why.values()):
        names = [*(name for name, reason in why.items() if not reason), *others]
        return f"{_SAME}: what differs in it ({', '.join(names)}) changed nothing in these days."
    reasons = list(dict.fromkeys(why.values()))
    told = f"it {reasons[0]}" if len(reasons) == 1 else "; ".join(f"{name} {reason}" for name, reason in why.items())
    if all(blocks.get(name, {}).get("dose") == 0 for name in changed):
        return f"The same as the baseline: {told}."
    return f"Never at work in these days: {told}."


def _absent(block: Mapping[str, Any] | None, first: dt.date, last: dt.date) -> str:
    """Why a block is not at work from one day to another, as the rest of a sentence; empty where it may be."""
    if block is None:
        return ""
    if not block["dose"]:
        return "has dose 0"
    if block.get("start") and dt.date.fromisoformat(block["start"]) > last:
        return f"starts {block['start']}, after the last day ({last})"
    if block.get("end") and dt.date.fromisoformat(block["end"]) < first:
        return f"ended {block['end']}, before the first day ({first})"
    return ""


def _share(rows: pd.DataFrame) -> float:
    """Share of the dose of several blocks that was given."""
    dose = float(rows["dose"].sum())
    return float(rows["dose_given"].sum()) / dose if dose else math.nan


def _partly(rows: pd.DataFrame, share: float) -> str:
    """Why less than half of a dose was given: days without it, and less than the dose on others."""
    if not share < HALF:
        return ""
    days, at_work = int(rows["window_days"].max()), float(rows["days_at_work"].max())
    if not at_work:
        return "Not at work in these days: what shows is what is left of earlier days."
    rest = share * days / at_work if at_work else 0.0
    low = f", at {100 * rest:.0f}% of its dose" if rest < 0.95 else ""
    return f"Only {100 * share:.0f}% of its dose was given in these days: at work on {at_work:.0f} of {days} days{low}."
