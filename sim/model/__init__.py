"""How a community lives: columns, phases, the service queue, the ledger and Mesa's agents."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

_FACE = {
    "CommunityModel": "sim.model.community",
    "Run": "sim.model.run",
    "Snapshot": "sim.model.snapshot",
    "World": "sim.model.world",
    "burn_in_state": "sim.model.run",
    "simulate": "sim.model.run",
}

__all__ = ["CommunityModel", "Run", "Snapshot", "World", "burn_in_state", "simulate"]

if TYPE_CHECKING:
    from sim.model.community import CommunityModel
    from sim.model.run import Run, burn_in_state, simulate
    from sim.model.snapshot import Snapshot
    from sim.model.world import World


def __getattr__(name: str) -> Any:
    """Import a public name from where it lives, when it is first touched: Numba and Mesa load slowly."""
    if name not in _FACE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_FACE[name]), name)
    globals()[name] = value
    return value
