"""What to simulate: scenario files in, checked and immutable objects out.

This package imports neither NumPy nor Numba nor Mesa, so that looking at a scenario is quick.
"""

from sim.scenario.build import load_scenario
from sim.scenario.community import Agency, Block, Community, Councils, Elections, Group
from sim.scenario.experiment import Experiment, load_experiment
from sim.scenario.parameters import ParameterSet, ParameterSpec
from sim.scenario.resolve import from_resolved
from sim.scenario.scenario import PolicyBlock, Scenario

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
