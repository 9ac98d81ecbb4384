"""One person: who comes to hold a place in the community, at the start of a run or later.

A person is a pure function of the seed, the person's key and what the place fixes (its group, and whether it is the
first of its household). So the builder and the movement phase make people in the same way, and it does not matter on
which day somebody arrives.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from sim.model import draws
from sim.model.compiled import kernel, register_rules
from sim.rules import functions
from sim.rules import population as rules
from sim.scenario.community import Group
from sim.vocabulary.streams import INDEX

register_rules(functions)
register_rules(rules)

Array = NDArray[Any]
Numbers = Mapping[str, float]
P = TypeVar("P")

_AGE, _VULNERABLE = INDEX["population.age"], INDEX["population.vulnerable"]
_ONLINE, _TIME_VALUE = INDEX["population.online"], INDEX["population.time_value"]
_TASTE, _TRUST, _STATES = INDEX["population.taste"], INDEX["population.trust"], INDEX["population.states"]
_KNOWLEDGE, _INFORMED, _EFFICACY, _BELONGING, _TIES = range(5)  # what the draws of ``population.states`` are for


class Places(NamedTuple):
    """What a place in the community fixes for whoever holds it; kernels take it whole.

    Attributes
    ----------
    slot : int32 array, shape (residents,)
        Number of the place within its group.
    head : int8 array, shape (residents,)
        1 for the first place of a household.
    codes : uint64 array, shape (groups,)
        What stands for each group's name in the keys of its members.
    traits : float64 array, shape (groups, fields of ``rules.Traits``)
        What each group decides about its members.
    """

    slot: Array
    head: Array
    codes: Array
    traits: Array


@kernel
def group_traits(traits: Array, group: int) -> rules.Traits:
    """Return the traits of one group out of the table in :class:`Places`."""
    t = traits[group]
    return rules.Traits(
        t[0], t[1], t[2], t[3], t[4], t[5], t[6], t[7], t[8], t[9], t[10], t[11], t[12],
    )


@kernel
def person_draws(streams: Array, key: np.uint64) -> rules.Draws:
    """Return the draws that make a person: they depend on the seed and the person's key alone, not on the day."""
    return rules.Draws(
        draws.uniform(draws.stream_day(streams[_AGE], 0, 0), key),
        draws.uniform(draws.stream_day(streams[_VULNERABLE], 0, 0), key),
        draws.uniform(draws.stream_day(streams[_ONLINE], 0, 0), key),
        draws.uniform(draws.stream_day(streams[_TIME_VALUE], 0, 0), key),
        draws.uniform(draws.stream_day(streams[_TASTE], 0, 0), key),
        draws.uniform(draws.stream_day(streams[_TRUST], 0, 0), key),
        draws.uniform(draws.stream_day(streams[_STATES], 0, _KNOWLEDGE), key),
        draws.uniform(draws.stream_day(streams[_STATES], 0, _INFORMED), key),
        draws.uniform(draws.stream_day(streams[_STATES], 0, _EFFICACY), key),
        draws.uniform(draws.stream_day(streams[_STATES], 0, _BELONGING), key),
        draws.uniform(draws.stream_day(streams[_STATES], 0, _TIES), key),
    )


@kernel
def resident_key(places: Places, row: int, group: int, generation: int) -> np.uint64:
    """Return the key of the ``generation``-th holder (0 is the first) of a place."""
    return draws.identity_key(places.codes[group], places.slot[row], generation)


@kernel
def draw_person(
    parameters: rules.Parameters, start: rules.Start, places: Places, streams: Array, row: int, group: int,
    key: np.uint64,
) -> rules.Person:
    """Make the person with this key who comes to hold the place ``row``.

    The movement phase calls it with the newcomer's key and ``start``, the builder with a settled resident's.
    """
    return rules.person(
        parameters, start, group_traits(places.traits, group), places.head[row] != 0, person_draws(streams, key)
    )


def resident_key_py(places: Places, row: int, group: int, generation: int) -> int:
    """As :func:`resident_key`, in plain Python."""
    return draws.identity_key_py(places.codes[group].item(), places.slot[row].item(), generation)


def draw_person_py(
    parameters: rules.Parameters, start: rules.Start, places: Places, streams: Array, row: int, group: int, key: int,
) -> rules.Person:
    """As :func:`draw_person`, in plain Python."""

    def draw(stream: int, index: int = 0) -> float:
        return draws.uniform_py(draws.stream_day_py(streams[stream].item(), 0, index), key)

    own = rules.Draws(
        draw(_AGE), draw(_VULNERABLE), draw(_ONLINE), draw(_TIME_VALUE), draw(_TASTE), draw(_TRUST),
        *(draw(_STATES, index) for index in (_KNOWLEDGE, _INFORMED, _EFFICACY, _BELONGING, _TIES)),
    )
    traits = rules.Traits(*places.traits[group].tolist())
    return rules.person(parameters, start, traits, places.head[row].item() != 0, own)


# --- what a person is made from ----------------------------------------------------------------------


def read_parameters(shape: Callable[..., P], module: str, numbers: Numbers) -> P:
    """Fill a rule module's named tuple from the parameters ``<module>.<field>``."""
    return shape(*(float(numbers[f"{module}.{field}"]) for field in shape._fields))  # type: ignore[attr-defined]


def group_number(group: Group, field: str, numbers: Numbers) -> float:
    """Return a number of a group: the parameter ``group.<name>.<field>`` where there is one, else as declared."""
    return float(numbers.get(f"group.{group.name}.{field}", getattr(group, field)))


def newcomer_start(numbers: Numbers) -> rules.Start:
    """Return what newcomers start with."""
    return rules.Start(
        knowledge=float(numbers["knowledge.start"]),
        informed=float(numbers["knowledge.informed_start"]),
        efficacy=float(numbers["efficacy.start"]),
        belonging=float(numbers["belonging.start"]),
        ties=float(numbers["belonging.ties_start"]),
        friction=float(numbers["belonging.friction_start"]),
        trust=float(numbers["trust.start"]),
        trust_sd=float(numbers["trust.start_sd"]),
        expectation=float(numbers["trust.expectation_start"]),
    )


def settled_start(parameters: rules.Parameters, newcomer: rules.Start) -> rules.Start:
    """Return what those who live here on the first day start with."""
    return newcomer._replace(
        knowledge=parameters.knowledge_settled, informed=parameters.informed_settled,
        efficacy=parameters.efficacy_settled, belonging=parameters.belonging_settled, ties=parameters.ties_settled,
        expectation=parameters.expectation_settled,
    )


def traits_of(group: Group, parameters: rules.Parameters, cap: float, numbers: Numbers) -> rules.Traits:
    """Return what a group decides about its members."""
    household = min(group_number(group, "household_size", numbers), cap)
    children, old = group.ages[rules.CHILD], sum(group.ages[rules.FIRST_OLD_BAND :])
    vulnerable = group_number(group, "vulnerable", numbers)
    return rules.Traits(*(
        _thresholds(group.ages, rules.child_share_of_heads(children, household))
        + _thresholds(group.ages, rules.child_share_of_others(children, household))
        + [
            rules.vulnerable_young(vulnerable, old, parameters.vulnerable_old_ratio),
            rules.vulnerable_old(vulnerable, old, parameters.vulnerable_old_ratio),
            group_number(group, "trust_shift", numbers),
        ]
    ))


def _thresholds(ages: tuple[float, ...], children: float) -> list[float]:
    """Where bands 1 to 5 begin on the unit interval if ``children`` of it are the first band.

    Behind the last band that occurs they are 1 exactly, so that rounding never lets an empty band occur.
    """
    adults = sum(ages[1:])
    if adults <= 0.0:
        return [1.0] * 5
    edges, below = [], children
    for band in range(1, len(ages)):
        edges.append(below if any(share > 0.0 for share in ages[band:]) else 1.0)
        below += (1.0 - children) * ages[band] / adults
    return edges
