"""Schema of the parameter file: every number of the model's behaviour, with unit, range, source and grade."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StrictStr, WithJsonSchema
from pydantic_core import PydanticCustomError

from sim.scenario.schema.types import Document, Grade, Range, Strict, Text

__all__ = ["KINDS", "ParameterSchema", "ParametersDocument"]

Kind = Literal[
    "plain",
    "count",
    "per_event",
    "weekly_share",
    "weekly_hazard",
    "yearly_hazard",
    "yearly_rate",
    "half_life_days",
    "choice",
    "switch",
]
KINDS: tuple[str, ...] = (
    "plain",
    "count",
    "per_event",
    "weekly_share",
    "weekly_hazard",
    "yearly_hazard",
    "yearly_rate",
    "half_life_days",
    "choice",
    "switch",
)


def _value(value: Any) -> Any:
    """Accept a number, a word of a choice, or a switch."""
    if isinstance(value, (bool, int, float, str)):
        return value
    raise PydanticCustomError("parameter_value", "not a value", {"allowed": "a number, a word or a switch"})


Value = Annotated[
    Any,
    BeforeValidator(_value),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string"}, {"type": "boolean"}]}),
]


class ParameterSchema(Strict):
    """One parameter."""

    value: Value = Field(description="the value scenarios start from")
    kind: Kind = Field(description="what the number means, which decides how it becomes a daily value")
    unit: Text | None = Field(None, description="its unit (not needed for a choice or a switch)")
    range: Range | None = Field(None, description="[lowest, highest] it may take")
    choices: Annotated[list[StrictStr], Field(min_length=1)] | None = Field(
        None, description="the words of a choice"
    )
    mechanism: Text = Field(description="the mechanism it serves, M0 to M16")
    source: Text = Field(description="where it comes from")
    grade: Grade = Field(description="how sure it is")
    description: Text = Field(description="what it is, in one sentence")
    distribution: Literal["uniform", "log_uniform"] = Field(
        "uniform", description="how worlds draw it from its range"
    )
    note: Text | None = None


class ParametersDocument(Document):
    """The parameters of the model."""

    kind: Literal["parameters"]
    title: Text | None = None
    description: Text | None = None
    parameters: dict[StrictStr, ParameterSchema]
