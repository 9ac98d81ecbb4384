"""Parameters: what is declared about each number, and its conversion to the value of one day."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sim.scenario.frozen import FrozenMapping

__all__ = ["ParameterSet", "ParameterSpec", "Value", "daily", "domain"]

Value = float | int | str | bool

_DOMAINS = {
    "count": (0.0, math.inf),
    "weekly_share": (0.0, 1.0),
    "weekly_hazard": (0.0, math.inf),
    "yearly_hazard": (0.0, math.inf),
    "yearly_rate": (0.0, math.inf),
}
DAYS_PER_WEEK = 7.0
DAYS_PER_YEAR = 365.0


@dataclass(frozen=True, slots=True)
class ParameterSpec:
    """What is declared about one parameter.

    Attributes
    ----------
    name
        ``<rule module>.<field>``, ``policy.<policy>.<setting>``, ``structure.<choice>`` or ``group.<group>.<field>``.
    value
        The declared value, as written (see `kind`).
    kind
        How the written value becomes a daily one; see :func:`daily`.
    low, high
        Range it may take; None where none was declared.
    choices
        The words it may be, where it is a choice.
    mechanism, source, grade, description, unit, note
        What it serves, where it comes from, how sure it is, what it is, in what unit, and anything to add.
    distribution
        ``uniform`` or ``log_uniform``: how worlds draw it from its range.
    """

    name: str
    value: Value
    kind: str
    unit: str
    low: float | None
    high: float | None
    choices: tuple[str, ...]
    mechanism: str
    source: str
    grade: str
    description: str
    distribution: str = "uniform"
    note: str = ""

    @property
    def varies(self) -> bool:
        """Whether worlds can draw it: it has a range with some width, or several choices, or is a switch."""
        if self.kind == "switch":
            return True
        return len(self.choices) > 1 or (
            self.low is not None and self.high is not None and self.low < self.high
        )

    def complaint(self, value: object) -> tuple[str, str] | None:
        """Say what is wrong with a value for this parameter and what is allowed, or return None."""
        if self.kind == "switch":
            return None if isinstance(value, bool) else ("not a switch", "true or false (or on, off)")
        if self.kind == "choice":
            allowed = ", ".join(self.choices)
            return (
                None
                if value in self.choices and isinstance(value, str)
                else ("not one of the choices", allowed)
            )
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return "not a number", self.range_text or "a number"
        if not math.isfinite(value):
            return "not a finite number", self.range_text or "a number"
        if self.kind == "count" and value != int(value):
            return "not a whole number", self.range_text or "a whole number"
        low, high = domain(self.kind)
        if not low <= value <= high or (self.kind == "half_life_days" and value <= 0):
            return f"impossible for a {self.kind.replace('_', ' ')}", _range_text(low, high, self.unit)
        if (self.low is not None and value < self.low) or (self.high is not None and value > self.high):
            return "out of range", self.range_text
        return None

    @property
    def range_text(self) -> str:
        """The range with its unit, for messages."""
        return "" if self.low is None or self.high is None else _range_text(self.low, self.high, self.unit)


def _range_text(low: float, high: float, unit: str) -> str:
    text = f"{low:g} or more" if high == math.inf else f"{low:g} to {high:g}"
    return f"{text} ({unit})" if unit else text


def domain(kind: str) -> tuple[float, float]:
    """Return the lowest and highest value that makes sense for a kind at all, whatever the declared range."""
    return _DOMAINS.get(kind, (-math.inf, math.inf))


def daily(value: Value, kind: str) -> Value:
    """Convert a written value to the one a rule sees on one day.

    Parameters
    ----------
    value
        The value as written.
    kind
        ``weekly_share``: a share x a week becomes 1 - (1 - x)^(1/7) a day. ``weekly_hazard`` and ``yearly_hazard``: the
        chance of the event within a day, 1 - exp(-x/7) or 1 - exp(-x/365). ``yearly_rate``: an expected number, x/365 a
        day. ``half_life_days``: the share lost in a day, 1 - 2^(-1/x). All other kinds stay as they are.

    Returns
    -------
    float, str or bool
        The daily value.
    """
    if kind in ("choice", "switch"):
        return value
    x = float(value)
    if kind == "weekly_share":
        return 1.0 if x >= 1.0 else -math.expm1(math.log1p(-x) / DAYS_PER_WEEK)
    if kind == "weekly_hazard":
        return -math.expm1(-x / DAYS_PER_WEEK)
    if kind == "yearly_hazard":
        return -math.expm1(-x / DAYS_PER_YEAR)
    if kind == "yearly_rate":
        return x / DAYS_PER_YEAR
    if kind == "half_life_days":
        return -math.expm1(-math.log(2.0) / x)
    return x


class ParameterSet(Mapping[str, Value]):
    """All parameters of a scenario: name to the daily value that rules see.

    Parameters
    ----------
    specs
        What is declared about each.
    chosen
        Values as written that differ from the declared ones.
    switched_off
        Daily values set because a mechanism is off; they win over everything else.
    """

    __slots__ = ("_chosen", "_off", "_specs", "_values")

    def __init__(
        self,
        specs: Mapping[str, ParameterSpec],
        chosen: Mapping[str, Value] | None = None,
        switched_off: Mapping[str, float] | None = None,
    ) -> None:
        self._specs = specs if isinstance(specs, FrozenMapping) else FrozenMapping(specs)
        self._chosen = FrozenMapping(chosen or {})
        self._off = FrozenMapping({k: v for k, v in (switched_off or {}).items() if k in self._specs})
        self._values = {
            name: self._off[name]
            if name in self._off
            else daily(self._chosen.get(name, spec.value), spec.kind)
            for name, spec in self._specs.items()
        }

    def __getitem__(self, name: str) -> Value:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"<{len(self)} parameters, {len(self._chosen)} set by the scenario>"

    @property
    def specs(self) -> FrozenMapping[str, ParameterSpec]:
        """What is declared about each parameter."""
        return self._specs

    @property
    def chosen(self) -> FrozenMapping[str, Value]:
        """Values, as written, that differ from the declared ones."""
        return self._chosen

    @property
    def switched_off(self) -> FrozenMapping[str, float]:
        """Daily values set because a mechanism is off."""
        return self._off

    def raw(self, name: str) -> Value:
        """Return a value as it was written, before its conversion to a day."""
        spec = self._specs[name]
        return self._chosen.get(name, spec.value)

    def number(self, name: str) -> float:
        """Return a daily value as a float; a switch counts 0 or 1.

        Raises
        ------
        TypeError
            If the parameter is a choice.
        """
        value = self._values[name]
        if isinstance(value, str):
            raise TypeError(f"parameter {name} is a choice ({value!r}), not a number")
        return float(value)

    def settings(self, policy: str) -> dict[str, Value]:
        """Return the daily values of the settings of a policy, by the last part of their names."""
        prefix = f"policy.{policy}."
        return {name[len(prefix) :]: value for name, value in self._values.items() if name.startswith(prefix)}
