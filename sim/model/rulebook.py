"""The rules of one run: every mechanism's parameters as the tuple that its rules take."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import ModuleType
from typing import Any

from sim.model.compiled import register_rules
from sim.rules import (
    belonging,
    conflict,
    cooperation,
    council,
    diffusion,
    efficacy,
    election,
    functions,
    grievance,
    hours,
    knowledge,
    monitoring,
    needs,
    participation,
    population,
    service,
    skill,
    technology,
    trust,
    workforce,
)

_MODULES: tuple[ModuleType, ...] = (
    functions, belonging, conflict, cooperation, council, diffusion, efficacy, election, grievance, hours, knowledge,
    monitoring, needs, participation, population, service, skill, technology, trust, workforce,
)
for _module in _MODULES:
    register_rules(_module)


@dataclass(frozen=True, slots=True)
class Rules:
    """One ``Parameters`` tuple per mechanism, values per day where they are rates."""

    belonging: belonging.Parameters
    conflict: conflict.Parameters
    cooperation: cooperation.Parameters
    council: council.Parameters
    diffusion: diffusion.Parameters
    efficacy: efficacy.Parameters
    election: election.Parameters
    grievance: grievance.Parameters
    hours: hours.Parameters
    knowledge: knowledge.Parameters
    monitoring: monitoring.Parameters
    needs: needs.Parameters
    participation: participation.Parameters
    service: service.Parameters
    skill: skill.Parameters
    technology: technology.Parameters
    trust: trust.Parameters
    workforce: workforce.Parameters


def rules_from(parameters: Mapping[str, Any]) -> Rules:
    """Read every mechanism's tuple from a scenario's effective parameters.

    Parameters
    ----------
    parameters : mapping of str to float
        Effective (per-day) values by name, ``trust.gain`` and so on.

    Raises
    ------
    KeyError
        If a parameter that a rule needs is missing; loading a scenario has checked that none is.
    """
    tuples = {}
    for field in fields(Rules):
        shape = globals()[field.name].Parameters
        tuples[field.name] = shape(*(float(parameters[f"{field.name}.{name}"]) for name in shape._fields))
    return Rules(**tuples)
