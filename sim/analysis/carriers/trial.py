"""Looking for what carries effects: the runs, in a small community and then at full size, and the table they make."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sim.analysis.carriers.kept import keep_table
from sim.analysis.carriers.measure import carriers_table, measured
from sim.analysis.carriers.plan import Question, Steps, first_steps, full_steps, next_steps
from sim.analysis.claims.design import ClaimsDesign, claims_design
from sim.analysis.claims.effects import Readings
from sim.analysis.claims.trial import do_runs
from sim.lab.engine import Engine
from sim.lab.runner import ProgressHook, Summary
from sim.lab.study import open_study
from sim.scenario.frozen import FrozenMapping

if TYPE_CHECKING:
    import pandas as pd

FULL: Final = "full"
"""The folder of the runs at full size, in that of the others."""

Bar = Callable[[str], AbstractContextManager[ProgressHook | None]]


@dataclass(frozen=True)
class Place:
    """Where effects are looked at.

    Attributes
    ----------
    name
        ``small`` or ``full``.
    cutter
        Makes the arms (``sim.scenario.cutter``).
    folder
        Of the runs.
    worlds
        How many parameter worlds; as many as the file says where it is None.
    lender
        A folder whose runs are used where they are the same: the worlds are then the first of all that the file has,
        each with the seed it has among these.
    """

    name: str
    cutter: Any
    folder: Path
    worlds: int | None = None
    lender: Path | None = None

    def design(self, claims: Any, days: int | None) -> ClaimsDesign:
        """The paired design of some claims and their arms, one seed in each world."""
        if self.lender is None:
            return claims_design(claims, self.worlds, 1, days)
        whole = claims_design(claims, None, 1, days)
        return replace(whole, worlds=whole.worlds[: self.worlds])


@dataclass(frozen=True)
class Work:
    """How runs are done: see ``run_claims``. ``bar`` gives a progress bar with a title."""

    engine: Engine
    days: int | None = None
    jobs: int | None = None
    fresh: bool = False
    say: Callable[[str], None] | None = None
    bar: Bar | None = None

    def run(
        self, place: Place, claims: Any, arms: Mapping[str, Any], fresh: bool, title: str
    ) -> tuple[ClaimsDesign, pd.DataFrame, Summary]:
        """Do what is missing of some arms, and read their windows."""
        wanted = replace(claims, arms=FrozenMapping(arms))
        design = place.design(wanted, self.days)
        bar = nullcontext() if self.bar is None else self.bar(title)
        with open_study(place.folder, "comparison") as study, bar as hook:
            done = do_runs(wanted, design, study, self.engine, self.jobs, fresh, self.say, hook, place.lender)
        results, summary = done
        return design, results.read("windows"), summary


def run_carriers(
    asked: Sequence[Question], small: Place, full: Place | None, work: Work, paths: bool = True
) -> tuple[pd.DataFrame, list[Summary]]:
    """Find what carries the effects in question, and write the table to the small place's folder.

    Parameters
    ----------
    asked
        From ``questions``.
    small, full
        Where every mechanism is tried, and where what leads is confirmed; None to confirm nothing.
    work
        How the runs are done.
    paths
        Whether single paths are looked at, too.

    Returns
    -------
    DataFrame, list of Summary
        See ``carriers_table``. Runs that failed are in the summaries, one a batch.
    """
    import pandas as pd

    claims = list(dict.fromkeys(question.claim for question in asked))
    steps: dict[Question, Steps] = {}
    for claim in claims:
        own = first_steps(small.cutter, claim)
        steps |= {question: dict(own) for question in asked if question.claim == claim}
    table, facts, first = _tried(small, steps, work, work.fresh, "each mechanism")
    before = {question: dict(own) for question, own in steps.items()}
    for question, own in steps.items():
        policies = _policies(small.cutter, question.claim)
        own |= next_steps(small.cutter, question, table, policies, paths)
    summaries = [first]
    if steps != before:
        table, facts, second = _tried(small, steps, work, False, "what leads")
        summaries.append(second)
    keep_table(small.folder, table, small.name, facts)  # what is known stays known should the rest be stopped
    if full is not None:
        leading = {q: full_steps(full.cutter, q, table) for q in asked}
        confirmed, facts, third = _tried(full, leading, work, work.fresh, "full size")
        summaries.append(third)
        keep_table(small.folder, confirmed, full.name, facts)
        table = pd.concat([table, confirmed], ignore_index=True)
    return table, summaries


def _tried(
    place: Place, steps: Mapping[Question, Steps], work: Work, fresh: bool, title: str
) -> tuple[pd.DataFrame, dict[str, Any], Summary]:
    """Run some steps in a place, and measure them."""
    cutter = place.cutter
    weights = {
        (question.claim, cut): cutter.contrast(question.claim, cut).weights
        for question, own in steps.items()
        for cut in own.values()
    }
    needed = {name for own in weights.values() for name in own}
    arms = {name: arm for i, (name, arm) in enumerate(cutter.arms().items()) if i == 0 or name in needed}
    claims = cutter.claims.only(dict.fromkeys(question.claim for question in steps))
    design, windows, summary = work.run(place, claims, arms, fresh, title)
    readings = Readings(windows, len(design.worlds))
    rows = []
    for question, own in steps.items():
        expected = next(e for e in claims.claims[question.claim].judged if e.name == question.name)
        cuts = {key: weights[question.claim, cut] for key, cut in own.items()}
        rows += measured(question.claim, expected, place.name, readings, cuts)
    return carriers_table(rows), _facts(claims, design, work.engine.code_version()), summary


def _policies(cutter: Any, claim: str) -> frozenset[str]:
    """Policies that any arm of a claim runs."""
    arms = cutter.arms()
    return frozenset(
        block.policy
        for arm in cutter.claims.claims[claim].effect.arms
        for block in getattr(arms[arm].scenario, "policies", ())
    )


def _facts(claims: Any, design: ClaimsDesign, code_version: str) -> dict[str, Any]:
    """What a reader has to know of a place."""
    base = design.scenarios[design.baseline]
    return {
        "community": base.community.title,
        "residents": base.community.population,
        "draw": design.draw,
        "worlds": len(design.worlds),
        "seeds": design.replications,
        "days": design.days,
        "code_version": code_version,
        "claims": list(claims.claims),
    }
