"""Trying claims: do the runs that are missing, then write the ledger beside them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.analysis.claims.conditions import find_rule, worth_a_look
from sim.analysis.claims.design import ClaimsDesign
from sim.analysis.claims.entries import Entry, entries, family_size
from sim.analysis.claims.features import parameter_label, world_features
from sim.analysis.claims.ledger import Ledger, write_ledger
from sim.analysis.claims.rules import Rule, rules_table
from sim.lab.engine import Engine
from sim.lab.estimate import expected_seconds, measure, spoken
from sim.lab.executors import default_jobs
from sim.lab.results import Results
from sim.lab.runner import ProgressHook, Summary
from sim.lab.store import Store
from sim.lab.study import Study, open_study, refuse_without_runs
from sim.stats import holm

if TYPE_CHECKING:
    import pandas as pd

LEDGER = "ledger"
"""The ledger's folder, in that of the runs."""


def run_claims(
    claims: Any,
    design: ClaimsDesign,
    folder: Path,
    engine: Engine,
    jobs: int | None = None,
    fresh: bool = False,
    say: Callable[[str], None] | None = None,
    progress: ProgressHook | None = None,
    look: bool = False,
) -> tuple[Ledger, list[Entry], Summary]:
    """Do what is missing of the design of some claims, and judge them.

    Parameters
    ----------
    claims, design
        From ``sim.scenario.claims`` and ``claims_design``.
    folder, engine, jobs, fresh, progress
        Where it lands, with what it is run, on how many processes, whether to forget runs that are there, and who is
        told how far it is.
    say
        Told before anything starts what will be done and how long it will take.
    look
        Look for conditions in these worlds.

    Returns
    -------
    Ledger, list of Entry, Summary
        Runs that failed are in the summary and do not raise, unless nothing is left to judge.
    """
    with open_study(folder, "comparison") as study:
        results, summary = do_runs(claims, design, study, engine, jobs, fresh, say, progress)
        windows = results.read("windows")
        found = entries(claims, windows, len(design.worlds))
        features = world_features(windows, design.baseline, design.worlds)
        kept = look_for_rules(found, features, design) if look else []
        facts = about(claims, design, results, found)
        ledger = write_ledger(folder / LEDGER, found, facts, features, rules_table(kept))
    return ledger, found, summary


def do_runs(
    claims: Any,
    design: ClaimsDesign,
    study: Study,
    engine: Engine,
    jobs: int | None = None,
    fresh: bool = False,
    say: Callable[[str], None] | None = None,
    progress: ProgressHook | None = None,
    source: Path | None = None,
) -> tuple[Results, Summary]:
    """Do the runs of a design that a study lacks; the parameters are those of :func:`run_claims`.

    Parameters
    ----------
    source
        A results folder whose runs are copied where they are the same.

    Raises
    ------
    RunError
        If no run went well.
    """
    jobs = default_jobs() if jobs is None else jobs

    def said() -> float | None:
        return announce(claims, design, study.store, engine, jobs, engine.code_version(), say)

    summary = study.do_runs(design, engine, jobs, fresh=fresh, announce=said, progress=progress)
    refuse_without_runs(summary)
    return study.load(), summary


def look_for_rules(found: Sequence[Entry], features: pd.DataFrame, design: ClaimsDesign) -> list[Rule]:
    """Conditions of every judged outcome that goes well on either side in different worlds.

    Wired claims are looked at, too: where one does not come out, a planner wants to know when.
    """
    import pandas as pd

    specs = design.scenarios[design.baseline].parameters.specs
    rules = []
    for entry in found:
        arms = () if entry.claim.effect is None else entry.claim.effect.weights
        at_work = {block.policy for arm in arms for block in design.scenarios[arm].policies}
        features_here = features[worth_a_look(features.columns, at_work)]
        for outcome in entry.judged:
            claimed = pd.Series(outcome.main.by_unit, dtype=float) * outcome.expected.direction
            smallest = outcome.expected.smallest_change
            rule = find_rule(entry.claim.id, outcome.expected.name, features_here, claimed, smallest)
            if rule is not None:
                parts = (replace(part, label=_label(part.feature, specs)) for part in rule.parts)
                rules.append(replace(rule, parts=tuple(parts)))
    corrected = holm([rule.held_out.p_value for rule in rules])
    return [replace(rule, p_corrected=p) for rule, p in zip(rules, corrected, strict=True)]


def _label(feature: str, specs: Any) -> str:
    return parameter_label(specs[feature]) if feature in specs else ""


def about(claims: Any, design: ClaimsDesign, results: Results, found: list[Entry]) -> dict[str, Any]:
    """What a ledger was made from."""
    base = design.scenarios[design.baseline]
    manifest, status = results.manifest, results.runs["status"]
    return {
        "title": claims.title,
        "question": claims.question,
        "description": claims.description,
        "file": claims.path.name,
        "quick": claims.quick,
        "community": base.community.title,
        "residents": base.community.population,
        "baseline": base.name if base.name != "baseline" else "baseline",
        "draw": design.draw,
        "worlds": len(design.worlds),
        "kept": None if claims.kept is None else dict(claims.kept),
        "seeds": design.replications,
        "repeated": design.repeated,
        "days": design.days,
        "burn_in": base.burn_in,
        "arms": len(design.scenarios),
        "runs": {"all": len(status), "finished": int((status == "ok").sum())},
        "comparisons": family_size(claims, found),
        "interval_holds": design.holds,
        "rules": {
            "level": claims.rules.level,
            "share_of_worlds": claims.rules.share_of_worlds,
            "share_against": claims.rules.share_against,
            "share_left": claims.rules.share_left,
        },
        **{
            key: manifest[key]
            for key in ("version", "code_version", "command", "git", "created")
            if key in manifest
        },
    }


def announce(
    claims: Any,
    design: ClaimsDesign,
    store: Store,
    engine: Engine,
    jobs: int,
    version: str,
    say: Callable[[str], None] | None,
) -> float | None:
    """Measure a few days of a run and say how long the batch will take, if anybody wants to know."""
    if say is None:
        return None
    ids = [key.id for key in design.keys(version)]
    done = store.finished(ids, thorough=True)
    tasks = design.tasks(version, engine.branch_key, done, jobs)
    count = (
        f"{len(claims.claims)} claim{'s share' if len(claims.claims) > 1 else ' takes'} {len(design.scenarios)} arms, "
        f"in {len(design.worlds)} parameter worlds with {design.replications} "
        f"seed{'' if design.replications == 1 else 's'} each"
        f"{f' and one more in {design.repeated} of them' if design.repeated else ''}: {len(ids):,} runs"
    )
    if done:
        count += f", of which {len(done):,} are there already"
    if not tasks:
        say(f"{count}. Nothing is left to run.")
        return 0.0
    say(f"{count}. Timing a few days of one of them ...")
    pace = measure(engine, design.scenarios[design.baseline], design.first_seed, design.driver)
    used = min(jobs, len(tasks))
    where = "in this process" if used == 1 else f"on {used} processes"
    if pace is None:
        say(f"How long it will take {where} is not known yet.")
        return None
    expected = expected_seconds(design, tasks, pace, jobs, branched=True)
    say(
        f"This will take {spoken(expected)} {where} (measured just now: {1000 * pace.day:.1f} ms a simulated day)."
    )
    return expected
