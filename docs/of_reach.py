"""The table of how far each lever can move each outcome at most, measured by running the model."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from writing import table

if TYPE_CHECKING:
    from sim.analysis.reach import Reach

NOTE = "<!-- Measured by docs/tables.py --reach (make reach). Run it again when rules, phases or policies change. -->"
SCENARIO = "baseline"
SEEDS = (1, 2, 3)
SHOWN = (
    "participation_30d", "trust", "trust_experienced", "conflicts_per_1000", "on_time", "wait_median_days",
    "wait_p90_days", "resolved_share", "backlog_per_1000", "load", "knowledge", "belonging", "efficacy", "friction",
)  # fmt: skip
MOST = 6
WHY_SO_LITTLE = {
    "invitation":
    "At dose 2 no more than 2 in 100 residents are asked in person in a week, because each invitation takes a "
    "worker's minutes, and being asked counts for a week and adds `participation.b_invited` = 0.25 to the "
    "logit (trials of canvassing range from large effects to none). With one occasion in a week and 6 per "
    "cent taking part in it, that is 0.02 × 0.25 × 0.06 × 0.94 a week, or about 0.001 of residents in 30 "
    "days: what the table shows. It is the reach of a worker's minutes that is short, not the effect on the "
    "one who is asked (claim C10).",
}
"""Reasons for levers that move nothing by enough to matter; one without a reason is a defect of the model."""


NO_REASON = "**no reason is known.**"


def missing(page: Path) -> list[str]:
    """Levers that the page does not speak of; all of them where there is no page."""
    from sim.vocabulary.levers import LEVERS

    text = page.read_text(encoding="utf-8") if page.exists() else ""
    return [lever.name for lever in LEVERS if f"| `{lever.name}` |" not in text]


def write(page: Path) -> None:
    """Run the model with each lever forced and write the page."""
    import sim
    from sim.analysis.reach import lever_reach
    from sim.model.sources import code_version

    scenario = sim.load_scenario(SCENARIO)
    found = lever_reach(scenario, seeds=SEEDS, said=lambda name: print(f"{name} ...", file=sys.stderr))
    page.write_text(
        f"{NOTE}\n\n{text(found)}\n\nMade with code version `{code_version()[:12]}`, scenario `{scenario.hash[:12]}`, "
        f"seeds {', '.join(map(str, SEEDS))}.\n",
        encoding="utf-8",
    )
    print(f"{page}: {sum(reach.idle for reach in found)} idle levers")


def text(found: list[Reach]) -> str:
    """The page: what it is, the table of outcomes, what each lever moves most, and levers that move nothing."""
    from sim.vocabulary.levers import BY_NAME as LEVERS
    from sim.vocabulary.outcomes import BY_NAME as OUTCOMES

    def cell(reach: Reach, name: str) -> str:
        change = reach.changes.get(name)
        if change is None or change.difference == 0.0:
            return "0" if change else ""
        figure = f"{change.difference:+.{OUTCOMES[name].digits}f}"
        if float(figure) == 0.0:
            return "≈ 0"
        if not change.steady:
            return f"({figure})"
        return f"**{figure}**" if change.matters(OUTCOMES[name]) else figure

    first = [
        (f"`{r.lever}`", f"{r.value:.3g} {LEVERS[r.lever].unit}", *(cell(r, name) for name in SHOWN)) for r in found
    ]
    second = [
        (f"`{r.lever}`", ", ".join(f"{OUTCOMES[name].label} {cell(r, name)}" for name in r.moves[:MOST]) or "nothing")
        for r in found
    ]
    idle = [f"`{reach.lever}`" for reach in found if reach.idle]
    faint = [f"`{reach.lever}`" for reach in found if not reach.idle and not reach.moves]
    return (
        "# How far each lever reaches\n\n"
        "Xicheng as in `baseline`. Each lever is forced alone, everywhere, from the end of the burn-in, at the "
        "greatest value that any of the fourteen policies gives it at dose 2; a year is compared with the same year "
        "without it, under the same luck. Hours are free here (M16 off), so that the lever's own effect shows and not "
        "its price; the lever `hours` is the price itself, and is measured where hours are finite. Differences "
        "are means over the seeds, for residents without the campuses: stocks over the last 90 days, all else over "
        "the year.\n\n"
        "**Bold**: at least the smallest change that matters, and every seed agrees on the direction. (In brackets): "
        "the seeds disagree on the direction. ≈ 0: too small to print; 0: not one bit moved. Turnout has nothing to "
        "be compared with in a year without an election and is shown as it came out.\n\n"
        f"Levers that move nothing at all: {', '.join(idle) or 'none'}. Levers that move nothing by enough to matter: "
        f"{', '.join(faint) or 'none'}.\n\n"
        + "".join(f"`{r.lever}`: {WHY_SO_LITTLE.get(r.lever, NO_REASON)}\n\n" for r in found if not r.moves)
        + table(("lever", "forced to", *(f"{OUTCOMES[name].label} ({OUTCOMES[name].unit})" for name in SHOWN)), first)
        + "\n\n## What each moves most\n\nOutcomes moved by enough to matter, the furthest first, counted in smallest "
        "changes that matter.\n\n"
        + table(("lever", "moves"), second)
    )
