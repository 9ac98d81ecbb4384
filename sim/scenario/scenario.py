"""A scenario as an immutable object: what the model is given."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sim.scenario.community import Community
from sim.scenario.compose import Trees
from sim.scenario.dates import Calendar
from sim.scenario.frozen import FrozenMapping
from sim.scenario.parameters import ParameterSet, Value

if TYPE_CHECKING:
    from sim.scenario.shocks import Shock

__all__ = ["PolicyBlock", "Scenario"]


@dataclass(frozen=True, slots=True)
class PolicyBlock:
    """One policy at work.

    Attributes
    ----------
    name
        The block's own name.
    policy
        Name of the policy.
    dose
        Share of the full programme, 0 to 2; 1 is the programme as its policy describes it.
    start, end
        First and last day at work; `end` is None where it runs to the end of the horizon.
    from_start
        Whether it is at work from the first day of the burn-in.
    start_day, end_day
        The same as day numbers: the first day at work, and the first day no longer at work. Day 0 is the first day
        after the burn-in.
    ramp
        Days over which the dose grows from nothing.
    fidelity
        Share of the dose that is carried out as meant, 0 to 1.
    quarters, groups
        Names of the blocks and groups it covers.
    settings
        Daily values of the policy's settings, by their names without ``policy.<policy>.``.
    chosen
        Settings, as written, that this block sets for itself.
    """

    name: str
    policy: str
    dose: float
    start: dt.date
    end: dt.date | None
    from_start: bool
    start_day: int
    end_day: int
    ramp: int
    fidelity: float
    quarters: tuple[str, ...]
    groups: tuple[str, ...]
    settings: FrozenMapping[str, Value]
    chosen: FrozenMapping[str, Value]


@dataclass(frozen=True, eq=False)
class Scenario:
    """What to simulate: a community, its parameters, and the policies at work.

    Scenarios come from :func:`sim.scenario.load_scenario` and are never changed; the ``with_...`` methods return
    others. They can be pickled, and two are equal when their :attr:`hash` is.

    Attributes
    ----------
    name, title, question, description
        How people call it and what it asks.
    community
        Who lives where, and who serves them.
    parameters
        Name to daily value; ``parameters.raw(name)`` is the value as written, ``parameters.specs`` what is declared.
    calendar
        Start, burn-in and horizon.
    policies
        The blocks at work, in the order of their names.
    mechanisms
        Name (``M0`` to ``M16``) to whether it is on.
    trees
        The documents it was read from, every key with its file and line.
    dated
        Of each parameter that changes within the run, the days of the run and the values, as written, from each on.
    changes
        Days of the run on which parameters change, with the daily values in force from each on.
    shocks
        What befalls the community, in the order of the names.
    """

    name: str
    title: str
    question: str
    description: str
    community: Community
    parameters: ParameterSet
    calendar: Calendar
    policies: tuple[PolicyBlock, ...]
    mechanisms: FrozenMapping[str, bool]
    trees: Trees
    dated: FrozenMapping[str, tuple[tuple[int, Value], ...]] = field(default_factory=lambda: FrozenMapping({}))
    changes: tuple[tuple[int, FrozenMapping[str, Value]], ...] = ()
    shocks: tuple[Shock, ...] = ()

    @property
    def start(self) -> dt.date:
        """First day of the burn-in."""
        return self.calendar.start

    @property
    def burn_in(self) -> int:
        """Days before anything changes."""
        return self.calendar.burn_in

    @property
    def horizon(self) -> int:
        """Days after the burn-in."""
        return self.calendar.horizon

    @cached_property
    def hash(self) -> str:
        """SHA-256 (hex) of everything that can change a result; titles, labels and sources do not."""
        text = json.dumps(
            self._behaviour(), sort_keys=True, ensure_ascii=True, separators=(",", ":"), allow_nan=False
        )
        return hashlib.sha256(text.encode()).hexdigest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Scenario) and self.hash == other.hash

    def __hash__(self) -> int:
        return hash(self.hash)

    def __repr__(self) -> str:
        return (
            f"<Scenario {self.name}: {self.community.name}, {self.community.population:,} residents, "
            f"{len(self.policies)} policy blocks, {self.horizon} days>"
        )

    def resolved(self) -> dict[str, Any]:
        """Return everything as plain data that JSON can hold, with defaults filled in.

        Returns
        -------
        dict
            Three documents under ``scenario``, ``community`` and ``parameters``;
            :func:`sim.scenario.from_resolved` makes the same scenario of them again.
        """
        from sim.scenario.resolve import resolved

        return resolved(self)

    def with_parameters(self, values: Mapping[str, Value]) -> Scenario:
        """Return the same scenario with other parameter values.

        Parameters
        ----------
        values
            Name to value as written in a scenario file (not the daily one). All values of a parameter that changes
            within the run are multiplied by the ratio of the new one to its first.

        Raises
        ------
        ScenarioError
            If a name is unknown or a value is not allowed.
        """
        from sim.scenario.build import with_parameters

        return with_parameters(self, values)

    def with_sets(self, sets: Sequence[str]) -> Scenario:
        """Return the same scenario with ``key=value`` texts applied, as with ``--set``.

        Raises
        ------
        ScenarioError
            If a key is unknown or a value is not allowed.
        """
        from sim.scenario.build import with_sets

        return with_sets(self, sets)

    def _behaviour(self) -> dict[str, Any]:
        town = self.community
        changes = {"changes": [[day, dict(values)] for day, values in self.changes]} if self.changes else {}
        others = [shock.behaviour for shock in self.shocks if shock.kind != "crisis"]  # a crisis is in the changes
        return {
            **changes,
            **({"shocks": others} if others else {}),
            "schema": 1,
            "start": self.start.isoformat(),
            "burn_in": self.burn_in,
            "horizon": self.horizon,
            "mechanisms_off": sorted(name for name, on in self.mechanisms.items() if not on),
            "parameters": dict(self.parameters),
            "policies": [
                [
                    b.name,
                    b.policy,
                    b.dose,
                    b.start_day,
                    b.end_day,
                    b.ramp,
                    b.fidelity,
                    list(b.quarters),
                    list(b.groups),
                    dict(b.settings),
                ]
                for b in self.policies
            ],
            "blocks": [[b.name, b.kind, dict(b.weights)] for b in town.blocks],
            "groups": [
                [
                    g.name,
                    g.size,
                    list(g.lives_in),
                    g.headline,
                    g.elector,
                    g.academic_leave,
                    g.turnover,
                    g.vulnerable,
                    g.need_ratio,
                    g.participation_shift,
                    g.trust_shift,
                    g.household_size,
                    list(g.ages),
                ]
                for g in town.groups
            ],
            "agencies": [
                [a.name, a.kind, a.staff, list(a.serves), list(a.competences), a.outside, a.workers_per_pool]
                for a in town.agencies
            ],
            "councils": [list(town.councils.block_kinds), town.councils.seats, town.councils.term],
            "elections": [day.isoformat() for day in town.elections.dates] if town.elections else [],
        }
