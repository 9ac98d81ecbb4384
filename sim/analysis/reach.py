"""How far each lever can move each outcome at most: the check that a lever is a lever.

A model with fourteen policies and a lever that moves nothing has thirteen. Each lever is forced, alone and everywhere,
from the end of the burn-in, at the greatest value that any of the paper's policies gives it at dose 2, and a year is
compared with the same year without it, under the same luck. Hours are free (M16 off), so that what shows is the lever
and not its price; the lever ``hours`` is the price itself and is forced where hours are finite.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sim import policies
from sim.policies.base import Context, Policy, Setting, Settings
from sim.vocabulary.levers import LEVERS, Lever
from sim.vocabulary.outcomes import OUTCOMES, Outcome

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario

__all__ = ["Change", "Reach", "lever_reach", "reach_values"]

FULL_DOSE = 2.0
"""The greatest dose that a scenario may ask for."""
DAYS = 365
PRICE = "hours"
PRICE_USE = "coordination"
ELECTION_SETTINGS = {"first_after_days": 30.0, "every_days": 3650.0}
"""A forced election is held once, a month into the year."""


@dataclass(frozen=True, slots=True)
class Change:
    """How far one lever moves one outcome.

    Attributes
    ----------
    difference
        With the lever less without it, mean over the seeds, in the outcome's unit; stocks over the last 90 days,
        everything else over the year. Where there is nothing to compare with (turnout without an election), the value
        itself.
    steady
        Whether every seed moved it the same way.
    """

    difference: float
    steady: bool

    def matters(self, outcome: Outcome) -> bool:
        """Whether it is steady and no smaller than the smallest change that matters."""
        return self.steady and abs(self.difference) >= outcome.smallest_change


@dataclass(frozen=True, slots=True)
class Reach:
    """What one lever moves.

    Attributes
    ----------
    lever
        Its name.
    value
        What it was forced to, in its unit.
    changes
        By outcome; those that have no value in these runs are left out.
    """

    lever: str
    value: float
    changes: Mapping[str, Change]

    @property
    def idle(self) -> bool:
        """Whether the lever moves nothing at all: not one bit of one outcome."""
        return all(change.difference == 0.0 for change in self.changes.values())

    @property
    def moves(self) -> tuple[str, ...]:
        """Outcomes that it moves by enough to matter, the furthest (in smallest changes) first."""
        found = [o for o in OUTCOMES if o.name in self.changes and self.changes[o.name].matters(o)]
        found.sort(key=lambda o: -abs(self.changes[o.name].difference) / o.smallest_change)
        return tuple(outcome.name for outcome in found)


def reach_values(scenario: Scenario) -> dict[str, float]:
    """Return the greatest value that any policy gives each lever at dose 2, covering everybody.

    Parameters
    ----------
    scenario : Scenario
        Its parameters say what the policies are.
    """
    values = {lever.name: 0.0 for lever in LEVERS}
    town = scenario.community
    people = float(town.population)
    workers = float(sum(agency.staff for agency in town.agencies if not agency.outside))
    context = Context(
        residents_covered=people, residents=people, blocks_covered=float(len(town.blocks)), workers=workers,
        workers_covered=workers, service_covered=1.0, days_since_start=0, date=scenario.calendar.first_day,
        election_day=True,
    )
    for name in policies.BUILT_IN:
        policy = policies.get(name)
        settings = {key: float(value) for key, value in scenario.parameters.settings(name).items()}
        for lever, value in policy.levers(FULL_DOSE, settings, context).items():
            values[lever] = max(values[lever], float(value))
        values[PRICE] = max(values[PRICE], sum(policy.weekly_hours(FULL_DOSE, settings, context).values()))
    return values


def lever_reach(
    scenario: Scenario,
    levers: Sequence[str] | None = None,
    seeds: Sequence[int] = (1, 2, 3),
    days: int = DAYS,
    said: Callable[[str], None] | None = None,
) -> list[Reach]:
    """Force each lever and measure what it moves.

    Parameters
    ----------
    scenario : Scenario
        The community and what is at work in it already, usually the baseline.
    levers : sequence of str, optional
        Names; all by default.
    seeds : sequence of int
        A run with and one without the lever for each.
    days : int
        Days after the burn-in.
    said : callable, optional
        Called with each lever's name when its turn comes.

    Returns
    -------
    list of Reach
        In the order of the vocabulary.
    """
    values = reach_values(scenario)
    chosen = [lever for lever in LEVERS if levers is None or lever.name in levers]
    priced = [lever for lever in chosen if lever.name == PRICE]
    free = [lever for lever in chosen if lever.name != PRICE]
    found: dict[str, Reach] = {}
    for group, base in ((free, _with_free_hours(scenario)), (priced, scenario)):
        for lever, differences in _measure(base, group, values, seeds, days, said):
            found[lever.name] = Reach(lever.name, values[lever.name], _changes(differences))
    return [found[lever.name] for lever in chosen]


def _with_free_hours(scenario: Scenario) -> Scenario:
    """Return the scenario without scarcity; administration takes its most, so that case hours stay near today's."""
    spec = scenario.parameters.specs["hours.administration"]
    return scenario.with_sets(["mechanisms.M16=off", f"parameters.hours.administration={spec.high}"])


def _measure(
    base: Scenario, levers: Sequence[Lever], values: Mapping[str, float], seeds: Sequence[int], days: int,
    said: Callable[[str], None] | None,
) -> Iterator[tuple[Lever, list[dict[str, float]]]]:
    """Yield each lever with the differences it makes, one mapping a seed; a burn-in is run once a seed."""
    from sim.model.run import burn_in_state, simulate

    if not levers:
        return
    states = {seed: burn_in_state(base, seed) for seed in seeds}
    without = {seed: _outcomes(simulate(base, seed, days, state=states[seed])) for seed in seeds}
    for lever in levers:
        if said is not None:
            said(lever.name)
        forced = base.with_sets([f"policies.{policies_name(lever)}.policy={_force(lever, values[lever.name])}"])
        differences = []
        for seed in seeds:
            with_it = _outcomes(simulate(forced, seed, days, state=states[seed]))
            differences.append(
                {name: value - without[seed].get(name, 0.0) for name, value in with_it.items()}
            )
        yield lever, differences


def _outcomes(run: Any) -> dict[str, float]:
    """Outcomes of residents (of everybody, where no group counts as such); missing ones are left out."""
    table = run.windows
    level = ("scope", "residents") if (table["by"] == "scope").any() else ("all", "total")
    rows = table[(table["by"] == level[0]) & (table["level"] == level[1])].set_index("window")
    values = {o.name: float(rows.loc["last_90" if o.kind == "stock" else "horizon", o.name]) for o in OUTCOMES}
    return {name: value for name, value in values.items() if not math.isnan(value)}


def _changes(differences: list[dict[str, float]]) -> dict[str, Change]:
    """Mean over the seeds, and whether all of them agree on the sign."""
    changes = {}
    for name in differences[0]:
        values = [each[name] for each in differences if name in each]
        steady = all(value > 0.0 for value in values) or all(value < 0.0 for value in values)
        changes[name] = Change(math.fsum(values) / len(values), steady)
    return changes


def policies_name(lever: Lever) -> str:
    """Name of the policy (and of its block) that forces a lever."""
    return f"reach_{lever.name}"


def _force(lever: Lever, value: float) -> str:
    """Make known a policy that sets one lever and takes nothing; return its name."""
    described = {"unit": lever.unit, "source": "sim/analysis/reach.py", "grade": "assumed"}
    settings = {"value": Setting(value, range=(0.0, max(value, 1.0)), description="Value of the lever.", **described)}
    if lever.name == "election":
        for name, days in ELECTION_SETTINGS.items():
            settings[name] = Setting(days, range=(0.0, days), description="Day of the election.", **described)
    body = {
        "__doc__": f"Force {lever.name}.", "__module__": __name__, "name": policies_name(lever),
        "title": f"Force {lever.name}", "section": "none", "summary": lever.description, "harm": "a test",
        "touches": (lever.name,), "settings": settings, "forced": lever,
    }
    return policies.register(type("Forced", (_Forced,), body)).name


class _Forced(Policy):
    """A policy that sets one lever, or takes hours and gives nothing."""

    forced: Lever

    def levers(self, strength: float, s: Settings, context: Context) -> Mapping[str, float]:
        """See `Policy.levers`."""
        if self.forced.name == PRICE or (self.forced.name == "election" and not context.election_day):
            return {}
        return {self.forced.name: s["value"] * strength}

    def weekly_hours(self, strength: float, s: Settings, context: Context) -> Mapping[str, float]:
        """See `Policy.weekly_hours`."""
        return {PRICE_USE: s["value"] * strength} if self.forced.name == PRICE else {}

    def yearly_money(self, strength: float, s: Settings, context: Context) -> float:
        """See `Policy.yearly_money`."""
        return 0.0
