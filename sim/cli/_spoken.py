"""Sentences at the end of a run, made to be read aloud."""

from __future__ import annotations

import math
from typing import Any

__all__ = ["run_sentences"]

_PERIODS = {
    "year_2": "in the second year",
    "year_1": "in the first year",
    "horizon": "over the whole run",
}


def run_sentences(run: Any) -> list[str]:
    """Say what happened in one run, the main finding first; what the run does not know is left out."""
    windows = run.windows
    window = next(name for name in _PERIODS if (windows["window"] == name).any())
    rows = windows[windows["window"] == window].set_index(["by", "level"])
    mine = (
        rows.loc[("scope", "residents")]
        if ("scope", "residents") in rows.index
        else rows.loc[("all", "total")]
    )
    everyone = rows.loc[("all", "total")]
    title = run.scenario.title or run.scenario.name
    sentences = [
        f"{title}, seed {run.seed}, {_PERIODS[window]}: "
        + _joined(
            [
                _say(
                    mine,
                    "participation_30d",
                    lambda v: f"{100 * v:.1f}% of adult residents took part within a month",
                ),
                _say(mine, "trust", lambda v: f"trust was {v:.2f} on a scale from 0 to 1"),
                _say(
                    mine,
                    "conflicts_per_1000",
                    lambda v: f"there were {v:.1f} new conflicts per 1,000 residents a year",
                ),
            ]
        )
        + ".",
    ]
    service = _joined(
        [
            _say(mine, "on_time", lambda v: f"work began on time for {100 * v:.0f}% of demands"),
            _say(mine, "wait_median_days", lambda v: f"half of them waited longer than {v:.1f} days"),
            _say(everyone, "load", lambda v: f"incoming work came to {100 * v:.0f}% of the hours for cases"),
            _say(
                everyone, "cost_per_resident", lambda v: f"everything together cost {v:,.0f} yuan per resident a year"
            ),
        ]
    )
    if service:
        sentences.append(service[0].upper() + service[1:] + ".")
    total = _joined(
        [
            _say(everyone, "participation_30d", lambda v: f"{100 * v:.1f}% took part"),
            _say(everyone, "trust", lambda v: f"trust was {v:.2f}"),
            _say(everyone, "conflicts_per_1000", lambda v: f"there were {v:.1f} new conflicts per 1,000"),
        ]
    )
    on_campus = rows.loc[("scope", "campus")] if ("scope", "campus") in rows.index else {}
    if total and _say(on_campus, "trust", str):  # where nobody lives on a campus, nothing is known of it
        sentences.append(f"With the campuses counted in, {total}.")
    for event in run.meta.get("triggered", ()):
        sentences.append(
            f"{event['policy']} {'began' if event['now'] == 'at work' else 'ended'} on {event['date']} (day "
            f"{event['day']}), after {event['outcome']} was {event['value']:.3g} in the week before."
        )
    sentences.append(
        "This is one run of one set of assumptions, not a forecast; compare scenarios to see what a policy changes."
    )
    return sentences


def _say(row: Any, name: str, phrase: Any) -> str:
    """A clause about one outcome, or nothing where it is missing."""
    value = row.get(name, math.nan)
    return "" if value is None or math.isnan(value) else phrase(float(value))


def _joined(clauses: list[str]) -> str:
    """Clauses with commas and an "and"."""
    said = [clause for clause in clauses if clause]
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}" if said else ""
