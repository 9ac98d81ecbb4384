"""What a frontier was made from, what it found, and why there is nothing to test."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.analysis.decisions import Decision
from sim.analysis.packages.grid import Steps
from sim.analysis.packages.kept import KIND, LAYOUT
from sim.analysis.packages.plan import Plan
from sim.analysis.packages.search import Value
from sim.lab.engine import Engine
from sim.lab.folder import labels
from sim.lab.provenance import provenance


def nothing_kept(plan: Plan, found: dict[Steps, Value]) -> str:
    """Why there is no package to test."""
    known = [value for value in found.values() if value.known]
    if not known:
        return "no package could be evaluated: all of their runs failed"
    if not any(plan.limits.kept(value) for value in known):
        return (
            f"none of {len(known)} packages kept the limits (budget "
            f"{'none' if plan.aims.budget is None else format(plan.aims.budget, 'g')} yuan per resident a year, "
            f"{plan.delivered:.0%} of its hours delivered); allow more of either"
        )
    return f"none of {len(known)} packages is better than doing nothing on any count"


def manifest(plan: Plan, engine: Engine) -> dict[str, Any]:
    """What it takes to make the same search again."""
    community = plan.base.community
    return {
        "layout": LAYOUT,
        "kind": KIND,
        "name": "frontier",
        "title": f"Packages on top of “{plan.base.title or plan.base.name}”",
        "base": plan.base.resolved(),
        "base_hash": plan.base.hash,
        "base_title": plan.base.title or plan.base.name,
        "community": _title(community),
        "residents": community.population,
        "burn_in": plan.base.burn_in,
        "labels": labels(community),
        "levers": list(plan.space.levers),
        "doses": list(plan.space.doses),
        "at_most": plan.space.most,
        "budget": plan.aims.budget,
        "targets": dict(plan.aims.targets),
        "weights": dict(plan.aims.weights),
        "delivered": plan.delivered,
        "method": plan.method,
        "evaluations": plan.evaluations,
        "population": plan.population,
        "kept": plan.kept,
        "days": plan.base.horizon if plan.days is None else plan.days,
        "seed": plan.first_seed,
        "search_seed": plan.search_seed,
        "worlds": {
            "draw": plan.draw,
            "searched": [world.id for world in plan.searched],
            "held_out": [world.id for world in plan.held_out],
            "stress": len(plan.stress),
        },
        "stress_community": _title(plan.stress_base.community) if plan.stress else None,
        **provenance(),
        "code_version": engine.code_version(),
    }


def findings(
    found: Mapping[Steps, Value], front: int, decision: Decision, holds: str, runs: int, failed: int
) -> dict[str, Any]:
    """What came out, as far as the tables do not say it: for the manifest of a search that has ended."""
    return {
        "evaluated": len(found),
        "on_frontier": front,
        "runs": runs,
        "failed_runs": failed,
        "interval_holds": holds,
        "worlds": decision.worlds,
        "worlds_left_out": decision.left_out,
        "robust": decision.robust,
        "expected": decision.expected,
        "maximin": decision.maximin,
        "satisficing": decision.satisficing,
        "gives_up": dict(decision.gives_up),
    }


def _title(community: Any) -> str:
    """What people call a community."""
    return str(getattr(community, "title", "") or community.name)
