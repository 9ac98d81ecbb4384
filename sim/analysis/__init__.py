"""What many runs mean: effects against the baseline, how sure they are, who gains, and what they cost."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

_FACE = {
    "compare": "sim.analysis.compare",
    "conclude": "sim.analysis.compare",
    "cost_per_effect": "sim.analysis.worth",
    "equity_effects": "sim.analysis.equity",
    "incremental_costs": "sim.analysis.costs",
    "paired_effects": "sim.analysis.effects",
    "variance_split": "sim.analysis.variance",
}

__all__ = [
    "compare",
    "conclude",
    "cost_per_effect",
    "equity_effects",
    "incremental_costs",
    "paired_effects",
    "variance_split",
]

if TYPE_CHECKING:
    from sim.analysis.compare import compare, conclude
    from sim.analysis.costs import incremental_costs
    from sim.analysis.effects import paired_effects
    from sim.analysis.equity import equity_effects
    from sim.analysis.variance import variance_split
    from sim.analysis.worth import cost_per_effect


def __getattr__(name: str) -> Any:
    """Import a public name from where it lives, once."""
    module = _FACE.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(module), name)
    globals()[name] = value
    return value
