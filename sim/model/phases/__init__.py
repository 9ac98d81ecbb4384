"""A day: thirteen phases, listed in their order here and nowhere else.

Each phase is a module with ``run(world)``, the compiled driver's version: kernels over columns. The agents driver's
version is in :mod:`sim.model.agents`. Within a phase everybody reads what earlier phases left and writes only their
own, so the order of visits never matters; where agents compete, the order is by time, then by a keyed draw.
"""

from types import ModuleType
from typing import Final

from sim.model.phases import (
    conflict,
    hours,
    learning,
    ledger,
    movement,
    needs,
    outreach,
    participation,
    policies,
    service,
    trust,
    word_of_mouth,
    workforce,
)

PHASES: Final[tuple[ModuleType, ...]] = (
    policies,
    movement,
    hours,
    outreach,
    participation,
    learning,
    needs,
    service,
    trust,
    conflict,
    word_of_mouth,
    workforce,
    ledger,
)

NAMES: Final[tuple[str, ...]] = tuple(module.__name__.rpartition(".")[2] for module in PHASES)
