"""The sign map: do verdicts hang on where a line was drawn, or on how many staff there are?

What counts as in time is a convention; how many workers there are, and how many of their hours go to cases, is a
choice. All claims are tried again under other settings of these, in one design with the claims as they are, and the map
says for each outcome which way it goes under each setting.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sim.analysis.claims.design import claims_design
from sim.analysis.claims.entries import Entry, entries
from sim.analysis.claims.trial import about, do_runs
from sim.lab.engine import Engine
from sim.lab.files import write_json
from sim.lab.runner import ProgressHook, Summary
from sim.lab.study import open_study
from sim.lab.tables import write_table
from sim.scenario.frozen import FrozenMapping

if TYPE_CHECKING:
    import pandas as pd

FILENAME: Final = "map.csv"
ABOUT: Final = "map.json"
"""Where and in how many worlds it was made."""
AS_IT_IS: Final = ("as it is", "")


def run_map(
    load: Callable[[str | None], Any],
    folder: Path,
    engine: Engine,
    worlds: int | None = None,
    seeds: int | None = None,
    days: int | None = None,
    jobs: int | None = None,
    fresh: bool = False,
    say: Callable[[str], None] | None = None,
    progress: ProgressHook | None = None,
) -> tuple[pd.DataFrame, Summary]:
    """Try claims under every setting of their map.

    Parameters
    ----------
    load
        Gives the claims under a setting of the file's map, by name; of None as they are.
    folder
        Where the runs and the map land.
    engine, worlds, seeds, days, jobs, fresh, say, progress
        As in ``claims_design`` and ``run_claims``.

    Returns
    -------
    DataFrame, Summary
        See :func:`map_table`. Runs that failed are in the summary.
    """
    import pandas as pd

    plain = load(None).bare()
    under = {AS_IT_IS: plain, **{point: load(name).bare() for name, point in plain.settings.items()}}
    arms = {name: arm for claims in under.values() for name, arm in claims.arms.items()}
    design = claims_design(replace(plain, arms=FrozenMapping(arms)), worlds, seeds, days)
    with open_study(folder, "comparison") as study:
        results, summary = do_runs(plain, design, study, engine, jobs, fresh, say, progress)
        windows = results.read("windows")
        found = {point: entries(claims, windows, len(design.worlds)) for point, claims in under.items()}
        parts = [map_table(own, axis, at) for (axis, at), own in found.items()]
        table = pd.concat(parts, ignore_index=True)
        with study.staged() as place:
            write_json(place / ABOUT, about(plain, design, results, found[AS_IT_IS]))
            write_table(table, place / FILENAME, digits=6)
    return table, summary


def map_table(found: Sequence[Entry], axis: str, at: str) -> pd.DataFrame:
    """One row a claim and judged outcome under one setting: effect, interval, and what it says of the claim."""
    import pandas as pd

    return pd.DataFrame(
        {
            "claim": entry.claim.id,
            "name": outcome.expected.name,
            "outcome": outcome.expected.outcome,
            "axis": axis,
            "at": at,
            "expected": "higher" if outcome.expected.direction > 0 else "lower",
            "smallest_change": outcome.expected.smallest_change,
            "mean": outcome.main.interval.mean,
            "low": outcome.main.interval.low,
            "high": outcome.main.interval.high,
            "share_holds": outcome.main.share_holds,
            "result": outcome.result(),
            "verdict": entry.verdict.key,
        }
        for entry in found
        for outcome in entry.judged
        if outcome.main.known
    )


def changed_signs(table: pd.DataFrame) -> pd.DataFrame:
    """Outcomes that go as claimed under one setting and against the claim under another."""
    results = table.groupby(["claim", "name"])["result"].agg(set)
    both = results[results.map(lambda found: {"as_claimed", "against"} <= found)]
    return table.set_index(["claim", "name"]).loc[both.index].reset_index()
