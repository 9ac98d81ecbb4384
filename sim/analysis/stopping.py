"""Growing a design look by look until every effect is known well enough, or the budget ends.

Looks come after fixed numbers of replications and count runs, not time, so that where a batch stops depends neither
on the number of processes nor on what broke it off in between. Why the intervals still hold is told in
``sim.stats.sequential``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sim.analysis.effects import paired_effects
from sim.analysis.pairs import EVERYONE, RESIDENTS
from sim.errors import RunError
from sim.lab.design import Design
from sim.lab.folder import grow
from sim.lab.manifest import read_manifest
from sim.lab.plan import percent
from sim.lab.precision import CONFIDENCE, NOTHING, Look, Precision
from sim.lab.results import Results, load_results
from sim.lab.runner import Summary
from sim.lab.store import Store
from sim.lab.study import first_error, refuse_without_runs
from sim.stats.sequential import RULE, together

if TYPE_CHECKING:
    import pandas as pd

Widths = dict[str, dict[str, float]]
"""Half-widths by outcome and scenario; infinite where there is an effect and no interval."""


def run_in_looks(
    design: Design,
    store: Store,
    version: str,
    run: Callable[[Design, Design], Summary],
    say: Callable[[str], None] | None = None,
) -> Summary:
    """Run a design: all of it, or as much of it as precision takes.

    Parameters
    ----------
    design
        The whole design.
    store, version
        Where runs land, and the code that makes them.
    run
        Given the design as far as it has grown, and the part of it that is new: does the runs of the part that the
        store lacks, and writes how all ended.
    say
        Told after each look what was seen.

    Returns
    -------
    Summary
        Of all that was done.

    Raises
    ------
    RunError
        If there is nothing to compare.
    """
    if design.precision is None:
        summary = run(design, design)
        refuse_without_baseline(load_results(store.folder), summary)
        return summary
    goal = design.precision
    seen: list[Widths] = []
    total: Summary | None = None
    at = [_data(design, look, version) for look in goal.looks]
    looked: dict[str, float] = read_manifest(store.folder).get("looked", {})
    holds = together(_lowest(looked, dict(zip(at, goal.confidences, strict=True))).values())
    if say is not None and holds < CONFIDENCE:
        say(_paid_twice(holds))
    for before, look in zip((NOTHING, *goal.looks), goal.looks, strict=False):
        part = design.at(look)
        grow(part, store, version, stopping(design, seen, len(seen), holds), looked)
        summary = run(part, design.at(look, before))
        total = summary if total is None else _together(total, summary)
        results = load_results(store.folder)
        refuse_without_baseline(results, total)
        confidence = goal.confidences[len(seen)]
        looked = _lowest(looked, {at[len(seen)]: confidence})
        seen.append(half_widths(results, goal, confidence))
        record = stopping(design, seen, len(seen) - 1, holds)
        grow(part, store, version, record, looked)
        if say is not None:
            say(record["words"])
        if record["ended"] is not None:
            break
    assert total is not None
    return total


def _data(design: Design, look: Look, version: str) -> str:
    """What is looked at: the worlds and seeds, told by the runs of the baseline in them."""
    ids = sorted(key.id for key in design.at(look).keys(version) if key.scenario == design.baseline)
    return hashlib.sha256("".join(ids).encode()).hexdigest()[:16]


def _lowest(looked: Mapping[str, float], more: Mapping[str, float]) -> dict[str, float]:
    """Looks of both, and of looks at the same the lower confidence: its interval lies within the other's."""
    return {data: min(looked.get(data, 1.0), more.get(data, 1.0)) for data in {**looked, **more}}


def half_widths(results: Results, goal: Precision, confidence: float) -> Widths:
    """How well the effects of all scenarios are known now.

    Of residents, or of everybody where an outcome has no value for residents; over the experiment's window. Scenarios
    without a single run that went well, and outcomes without a value, are left out: more runs would not help.
    """
    asked = results.experiment
    table = results.read("windows", list(goal.half_widths), [RESIDENTS, EVERYONE])
    effects = paired_effects(
        table, results.baseline, window=asked.get("window"), worlds=asked["worlds"]["count"], confidence=confidence
    )
    effects = effects[effects["window"] == (asked.get("window") or "horizon")]
    return {name: _of(effects[effects["outcome"] == name]) for name in goal.half_widths}


def _of(effects: pd.DataFrame) -> dict[str, float]:
    """Half-width of each scenario's effect on one outcome."""
    own = effects[effects["by"] == RESIDENTS[0]]
    rows = (own if len(own) else effects).itertuples(index=False)
    return {
        str(row.scenario): (row.high - row.low) / 2.0 if row.high == row.high else float("inf") for row in rows
    }


def stopping(design: Design, seen: list[Widths], look: int, holds: float = CONFIDENCE) -> dict[str, Any]:
    """What the manifest says about precision.

    Parameters
    ----------
    design
        The whole design.
    seen
        Half-widths at the looks taken so far.
    look
        The look, counted from 0, that the runs in the folder belong to.
    holds
        Confidence of all looks together; lower than usual where some were taken under another plan.
    """
    goal = design.precision
    assert goal is not None
    ended = None
    if len(seen) > look:
        missing = [
            (name, scenario, width)
            for name, widths in seen[look].items()
            for scenario, width in widths.items()
            if width > goal.half_widths[name]
        ]
        if missing:
            ended = "budget" if look + 1 == len(goal.looks) else None
        else:
            ended = "reached" if any(seen[look].values()) else "no_value"
    looks = [
        {
            "replications": each.replications,
            "worlds": each.worlds,
            "seeds": each.seeds,
            "runs": each.replications * len(design.scenarios),
            "confidence": confidence,
            "half_widths": _finite(seen[i]) if i < len(seen) else None,
        }
        for i, (each, confidence) in enumerate(zip(goal.looks, goal.confidences, strict=True))
    ]
    return {
        "rule": RULE,
        "confidence": CONFIDENCE,
        "holds": holds,
        "half_widths": dict(goal.half_widths),
        "budget": goal.budget,
        "looks": looks,
        "look": look + 1,
        "interval_confidence": goal.confidences[look],
        "ended": ended,
        "words": _words(design, seen, look, ended),
        "intervals": _intervals(goal, look, holds),
    }


def _intervals(goal: Precision, look: int, holds: float) -> str:
    """What the looks mean for the intervals, for people."""
    each = f"Each interval is one of {percent(goal.confidences[look])}"
    if holds < CONFIDENCE:
        return f"{each}. {_paid_twice(holds)}"
    return (
        f"{each}, so that it holds with {percent(CONFIDENCE)} at whichever of the {len(goal.looks)} looks the batch "
        "had stopped."
    )


def _paid_twice(holds: float) -> str:
    """What it costs that looks were taken under another plan, for people."""
    return (
        "These runs were looked at before under another plan (with a smaller budget, say), and those looks count, too: "
        f"intervals hold with {percent(holds)} rather than {percent(CONFIDENCE)}, and a p-value of "
        f"{percent(1.0 - CONFIDENCE)} stands for {percent(1.0 - holds)}."
    )


def _words(design: Design, seen: list[Widths], look: int, ended: str | None) -> str:
    """What was seen at a look, for people."""
    goal = design.precision
    assert goal is not None
    if len(seen) <= look:
        return f"Look {look + 1} of {len(goal.looks)} has not been taken yet."
    runs = goal.looks[look].replications * len(design.scenarios)
    parts = []
    for name, widths in seen[look].items():
        worst = max(widths, key=lambda scenario: widths[scenario], default=None)
        wanted = goal.half_widths[name]
        if worst is None:
            parts.append(f"{name} has no value")
        elif widths[worst] <= wanted:
            parts.append(f"{name} to within ±{widths[worst]:.2g} ({wanted:g} wanted)")
        else:
            parts.append(f"{name} of {worst} only to within ±{widths[worst]:.2g} ({wanted:g} wanted)")
    end = {
        None: "going on",
        "reached": "precise enough",
        "no_value": "there is nothing to wait for",
        "budget": "not precise enough, but the last look that the budget pays for"
        if goal.budget is not None
        else "not precise enough, but the last look",
    }[ended]
    if ended == "budget" and design.draw == "matched" and goal.looks[look].seeds > 1:
        end += "; what is left may be the spread between the matched worlds, which seeds do not narrow"
    return f"Look {look + 1} of {len(goal.looks)} ({runs} runs): {', '.join(parts)}: {end}."


def _finite(widths: Widths) -> dict[str, dict[str, float | None]]:
    """Half-widths for JSON, which knows no infinity."""
    return {
        name: {scenario: None if width == float("inf") else width for scenario, width in each.items()}
        for name, each in widths.items()
    }


def refuse_without_baseline(results: Results, summary: Summary) -> None:
    """Say so where no comparison can be made of the runs there are.

    Raises
    ------
    RunError
        If no run went well, or none of the baseline.
    """
    refuse_without_runs(summary)
    if not (results.runs["status"] == "ok")[results.runs["scenario"] == results.baseline].any():
        raise RunError(f"no run of the baseline {results.baseline} went well: {first_error(summary)}")


def _together(first: Summary, second: Summary) -> Summary:
    """Two parts of a batch as one."""
    return replace(
        second,
        total=first.total + second.total,
        done=first.done + second.done,
        kept=first.kept + second.kept,
        seconds=first.seconds + second.seconds,
        failures={**first.failures, **second.failures},
    )
