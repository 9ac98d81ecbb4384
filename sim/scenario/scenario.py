"""A scenario as an immutable object: what the model is given."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sim.scenario.community import Community
from sim.scenario.compose import Trees
from sim.scenario.dates import Calendar
from sim.scenario.frozen import FrozenMapping
from sim.scenario.in_short import in_short
from sim.scenario.parameters import ParameterSet, Value

if TYPE_CHECKING:
    from sim.scenario.shocks import Shock

__all__ = ["NO_BEHAVIOUR", "PolicyBlock", "Scenario"]


@dataclass(frozen=True, slots=True)
class When:
    """What a policy block waits for, looked at every week.

    Attributes
    ----------
    outcome
        Its name, of the headline residents or of the whole community.
    above
        Whether it has to be above the threshold, or below it.
    threshold
        What a week's value is compared with.
    days
        Days on which it has to be beyond, in whole weeks.
    off
        The value on whose other side it has to be for as long for the programme to end; None: it stays at work.
    """

    outcome: str
    above: bool
    threshold: float
    days: int
    off: float | None

    def written(self) -> dict[str, Any]:
        """The same as it stands in a file."""
        off = {} if self.off is None else {"off_below" if self.above else "off_above": self.off}
        side = {"above" if self.above else "below": self.threshold}
        return {"outcome": self.outcome, **side, "for": self.days, **off}


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
    when
        The outcome that it waits for, from its first day on; None where it does not wait.
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
    when: When | None = None


@in_short(
    lambda self: {
        "name": self.name,
        "title": self.title,
        "community": self.community.name,
        "residents": self.community.population,
        "policies": len(self.policies),
        "days": self.horizon,
    }
)
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
        """SHA-256 (hex) of everything that can change a result: all that it holds but :data:`NO_BEHAVIOUR`."""
        text = json.dumps(
            {"schema": 2, **_plain(self)}, sort_keys=True, ensure_ascii=True, separators=(",", ":"), allow_nan=False
        )
        return hashlib.sha256(text.encode()).hexdigest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Scenario) and self.hash == other.hash

    def __hash__(self) -> int:
        return hash(self.hash)

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


NO_BEHAVIOUR: Mapping[str, tuple[str, ...]] = {
    "Scenario": ("name", "title", "question", "description", "trees", "dated"),
    "Community": ("name", "title", "description", "notes"),
    "Block": ("label",),
    "Group": ("label",),
    "Agency": ("label",),
    "PolicyBlock": ("start", "end", "from_start", "chosen"),
    "Shock": ("start", "end"),
}
"""Fields that are left out of a scenario's hash, by class: words for people, the documents that it was read from, and
what the day numbers of blocks and shocks and the daily values of settings and dated parameters say already. All other
fields are in the hash."""


def _plain(value: Any) -> Any:
    """A value as JSON can hold it, without what changes no result."""
    if is_dataclass(value) and not isinstance(value, type):
        left_out = NO_BEHAVIOUR.get(type(value).__name__, ())
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value) if each.name not in left_out}
    if isinstance(value, Mapping):  # of parameters: the daily values
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return value.isoformat() if isinstance(value, dt.date) else value
