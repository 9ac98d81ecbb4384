"""Claims on trial: arms that claims share, paired effects in every world, verdicts by stated rules, a ledger."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

_FACE = {
    "ClaimsDesign": "sim.analysis.claims.design",
    "Ledger": "sim.analysis.claims.ledger",
    "claims_design": "sim.analysis.claims.design",
    "load_ledger": "sim.analysis.claims.ledger",
    "run_claims": "sim.analysis.claims.trial",
}

__all__ = ["ClaimsDesign", "Ledger", "claims_design", "load_ledger", "run_claims"]

if TYPE_CHECKING:
    from sim.analysis.claims.design import ClaimsDesign, claims_design
    from sim.analysis.claims.ledger import Ledger, load_ledger
    from sim.analysis.claims.trial import run_claims


def __getattr__(name: str) -> Any:
    """Import a public name from where it lives, once."""
    module = _FACE.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(module), name)
    globals()[name] = value
    return value
