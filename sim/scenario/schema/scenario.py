"""Schema of a scenario file. Every key may be left out where the scenario extends another one."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StrictStr, WithJsonSchema
from pydantic_core import PydanticCustomError

from sim.scenario.schema.parameters import Value
from sim.scenario.schema.types import (
    MAX_DAYS,
    AllOrNames,
    Day,
    Document,
    Line,
    Number,
    OwnName,
    Reference,
    Share,
    Strict,
    Switch,
    Text,
)

__all__ = ["BlockDocument", "MAX_DAYS", "MAX_DOSE", "ScenarioDocument"]

MOST_TIMES = 100.0
"""Largest factor of a shock."""

MAX_DOSE = 2.0
"""Largest dose; 1 is the programme as its policy describes it."""

Days = Annotated[int, Field(strict=True, ge=0, le=MAX_DAYS)]
SomeDays = Annotated[int, Field(strict=True, ge=1, le=MAX_DAYS)]
FirstDay = Annotated[dt.date, Field(strict=True, ge=dt.date(1900, 1, 1), le=dt.date(2060, 12, 31))]
"""Tables count time in nanoseconds, which ends in 2262; burn-in and horizon are a century each at most."""

Dose = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=MAX_DOSE)]


def _dated(value: Any) -> Any:
    """Accept a parameter's value, or its values by date or day of the run."""
    if isinstance(value, dict) and value:
        return value
    if isinstance(value, (bool, int, float, str)):
        return value
    raise PydanticCustomError(
        "parameter_value", "not a value", {"allowed": "a number, a word or a switch, or values by date"}
    )


DatedValue = Annotated[
    Any,
    BeforeValidator(_dated),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number"},
                {"type": "string"},
                {"type": "boolean"},
                {
                    "type": "object",
                    "minProperties": 1,
                    "additionalProperties": {"type": ["number", "string", "boolean"]},
                },
            ]
        }
    ),
]
"""One value, or values by the date or the day of the run from which each holds; ``start`` is the one before."""


def _names(value: Any) -> Any:
    """Accept one name or a list of names."""
    if value and not isinstance(value, dict):
        return value if isinstance(value, list) else [value]
    raise PydanticCustomError(
        "names", "not a name", {"allowed": "the name of a scenario, or a list of names"}
    )


Names = Annotated[
    list[Reference],
    BeforeValidator(_names),
    WithJsonSchema(
        {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}
    ),
]


def when_in_full(value: Any) -> Any:
    """Take {load: 0.9} for {outcome: load, above: 0.9}."""
    if isinstance(value, dict) and len(value) == 1:
        ((name, threshold),) = value.items()
        known = ("outcome", "above", "below", "for", "off_below", "off_above")
        if name not in known and isinstance(threshold, (int, float)):
            return {"outcome": name, "above": threshold}
    return value


class Coverage(Strict):
    """Whom a policy block reaches."""

    quarters: AllOrNames = Field("all", description="all, or the blocks it covers")
    groups: AllOrNames = Field("all", description="all, or the groups it covers")


class WhenDocument(Strict):
    """What a policy block waits for: an outcome beyond a value for some weeks. Looked at every week."""

    outcome: Text | None = Field(None, description="the outcome, of residents or of the whole community")
    above: Number | None = Field(None, description="the programme begins when the outcome has been above this")
    below: Number | None = Field(None, description="or below this")
    days: Annotated[int, Field(strict=True, ge=7, le=MAX_DAYS)] = Field(
        7, alias="for", description="for as many days, in whole weeks"
    )
    off_below: Number | None = Field(
        None, description="with above: it ends when the outcome has been below this for as long"
    )
    off_above: Number | None = Field(
        None, description="with below: it ends when the outcome has been above this for as long"
    )


class BlockDocument(Strict):
    """One policy at work: how much of it, when, where and for whom."""

    policy: Text | None = Field(None, description="which policy; the block's own name if left out")
    dose: Dose | None = Field(None, description="share of the full programme; 0 is no programme")
    start: Day | None = Field(
        None, description="first day, a date or a day of the run; the first day after the burn-in if left out"
    )
    from_start: Switch | None = Field(None, description="true: at work from the first day of the burn-in")
    end: Day | None = Field(
        None, description="last day, a date or a day of the run; the end of the horizon if left out"
    )
    ramp: Days | None = Field(None, description="days over which the dose grows from nothing")
    fidelity: Share | None = Field(None, description="share of the dose that is carried out as meant")
    coverage: Coverage | None = None
    settings: dict[StrictStr, Value] | None = Field(
        None, description="the policy's own settings for this block"
    )
    when: Annotated[WhenDocument, BeforeValidator(when_in_full)] | None = Field(
        None, description="an outcome that it waits for from its first day on; at once if left out"
    )
    off: Switch | None = Field(None, description="true switches off a block that was inherited")


def _factor(value: Any) -> Any:
    """Accept a number from 0 to 100, or a text such as x3."""
    number = value
    if isinstance(value, str) and re.fullmatch(r"[x×]\d+(\.\d+)?", value):
        number = float(value[1:])
    if isinstance(number, (int, float)) and not isinstance(number, bool) and 0 <= number <= MOST_TIMES:
        return value
    raise PydanticCustomError("factor", "not a factor", {"allowed": f"x3, or a number from 0 to {MOST_TIMES:g}"})


Factor = Annotated[
    Any,
    BeforeValidator(_factor),
    WithJsonSchema({"anyOf": [{"type": "number", "minimum": 0, "maximum": MOST_TIMES}, {"type": "string"}]}),
]


class ShockDocument(Strict):
    """What befalls the community for some time; which keys it takes depends on its kind."""

    kind: Literal["crisis", "cut", "influx"] | None = Field(
        None, description="crisis: more needs than usual; cut: fewer posts; influx: people who arrive"
    )
    start: Day | None = Field(None, description="first day, a date or day of the run; the first if left out")
    end: Day | None = Field(None, description="last day, a date or day of the run; it lasts if left out")
    off: Switch | None = Field(None, description="true takes away a shock that was inherited")
    needs: Factor | None = Field(None, description="of a crisis: how many times the usual needs, as in x3")
    enquiries: Factor | None = Field(None, description="of a crisis: how many times the usual enquiries")
    categories: list[Text] | None = Field(
        None, min_length=1, description="of a crisis: the categories of needs that it is about; all if left out"
    )
    posts: Share | None = Field(None, description="of a cut: the share of the posts that end; 0.5 is half of them")
    agencies: list[Text] | None = Field(
        None, min_length=1, description="of a cut: in which agencies; all but partners from outside if left out"
    )
    people: Annotated[int, Field(strict=True, ge=1)] | None = Field(
        None, description="of an influx: how many arrive; they are a group of the shock's name"
    )
    like: Text | None = Field(None, description="of an influx: the group they are like; the largest if left out")
    quarters: list[Text] | None = Field(
        None, min_length=1, description="of an influx: where they move to, evenly; where that group lives if left out"
    )
    new_quarter: Text | None = Field(
        None, description="of an influx: what figures call a new quarter, in which nobody lives before they come"
    )
    label: Text | None = Field(None, description="of an influx: what figures call them")
    headline: Switch | None = Field(
        None, description="of an influx: whether headline figures are about them; as of the group they are like"
    )
    elector: Switch | None = Field(
        None, description="of an influx: whether they vote; as of the group they are like"
    )


class ScenarioDocument(Document):
    """A scenario: a community, its parameters, and the policies at work."""

    kind: Literal["scenario"]
    name: OwnName | None = Field(None, description="its name; the file's name if left out")
    title: Line | None = Field(None, description="one line, as tables and figures show it")
    question: Text | None = Field(None, description="the question it answers")
    description: Text | None = None
    extends: Names | None = Field(None, description="scenario or scenarios it builds on; later ones win")
    community: Reference | None = Field(None, description="name of the community file")
    start: FirstDay | None = Field(None, description="first day of the burn-in")
    burn_in: Days | None = Field(None, description="days before anything changes")
    horizon: SomeDays | None = Field(None, description="days after the burn-in")
    parameters: dict[StrictStr, DatedValue] | None = Field(
        None, description="values that differ from the parameter file; by date or day of the run where they change"
    )
    mechanisms: dict[StrictStr, Switch] | None = Field(
        None, description="mechanisms switched off, as in M3: off"
    )
    policies: dict[StrictStr, BlockDocument] | None = Field(
        None, description="policy blocks, each under its own name"
    )
    shocks: dict[StrictStr, ShockDocument] | None = Field(
        None, description="what befalls the community, each under its own name"
    )
    community_overrides: dict[StrictStr, Any] | None = Field(
        None, description="changes to the community, in the shape of a community file"
    )
