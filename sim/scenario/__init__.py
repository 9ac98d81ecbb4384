"""What to simulate: scenario files in, checked and immutable objects out.

This package imports neither NumPy nor Numba nor Mesa, so that looking at a scenario is quick; what is about
experiments is loaded when first touched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.scenario.build import load_scenario
from sim.scenario.community import Agency, Block, Community, Councils, Elections, Group
from sim.scenario.parameters import ParameterSet, ParameterSpec
from sim.scenario.resolve import from_resolved
from sim.scenario.scenario import PolicyBlock, Scenario

if TYPE_CHECKING:
    from sim.scenario.experiment import Experiment, load_experiment

__all__ = [
    "Agency",
    "Block",
    "Community",
    "Councils",
    "Elections",
    "Experiment",
    "Group",
    "ParameterSet",
    "ParameterSpec",
    "PolicyBlock",
    "Scenario",
    "from_resolved",
    "load_experiment",
    "load_scenario",
]


def __getattr__(name: str) -> Any:
    """Import a name about experiments from where it lives."""
    if name not in ("Experiment", "load_experiment"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from sim.scenario import experiment

    return getattr(experiment, name)
