"""Building blocks of the schemas: strict numbers, words from closed lists, and values with their source."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StrictStr, WithJsonSchema
from pydantic_core import PydanticCustomError

from sim.scenario.texts import MAX_NAME, name_complaint

__all__ = [
    "AllOrNames",
    "Cell",
    "Day",
    "Document",
    "Grade",
    "Line",
    "MAX_DAYS",
    "NAME_PATTERN",
    "NonNegative",
    "Number",
    "OwnName",
    "PositiveInt",
    "Range",
    "Reference",
    "Share",
    "Strict",
    "Switch",
    "Text",
    "WholeNumber",
]

GRADES = ("measured", "literature", "expert", "assumed")
NAME_PATTERN = r"^[^\W\d]\w*$"

T = TypeVar("T")

Grade = Literal["measured", "literature", "expert", "assumed"]
Text = Annotated[StrictStr, Field(min_length=1)]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
NonNegative = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0)]
Share = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=1)]
WholeNumber = Annotated[int, Field(strict=True, ge=0)]
PositiveInt = Annotated[int, Field(strict=True, ge=1)]
Switch = StrictBool


def _line(value: Any) -> Any:
    """Accept a text of one line."""
    if isinstance(value, str) and len(value.split()) and any(c in value.strip() for c in "\n\t"):
        raise PydanticCustomError("line", "more than one line", {"allowed": "one line, without tabs"})
    return value


def _title(value: Any) -> Any:
    """Accept the name of a scenario, experiment or community."""
    if not isinstance(value, str):
        raise PydanticCustomError("word", "not a name", {"allowed": "a name"})
    complaint = name_complaint(value)
    if complaint is not None:
        raise PydanticCustomError("name", "{wrong}", {"wrong": complaint[0], "allowed": complaint[1]})
    return value


def _reference(value: Any) -> Any:
    """Accept the name or path of a file."""
    if not isinstance(value, str) or not value.strip():
        raise PydanticCustomError("word", "not a name", {"allowed": "the name of a file"})
    if " - " in value and len(value) > 100:
        raise PydanticCustomError(
            "path", "reads like the items of a list", {"allowed": "one name; is the key above the list missing?"}
        )
    longest = max(len(part.encode()) for part in value.split("/"))
    if longest > 255:
        raise PydanticCustomError(
            "path", "too long for the name of a file ({longest} bytes)", {"longest": longest, "allowed": "up to 255"}
        )
    return value


Line = Annotated[StrictStr, Field(min_length=1), BeforeValidator(_line)]
"""A text of one line: a label, a title, a question."""
OwnName = Annotated[
    str, BeforeValidator(_title), WithJsonSchema({"type": "string", "minLength": 1, "maxLength": MAX_NAME})
]
"""The name that a file gives to what it describes; it becomes the name of a folder."""
Reference = Annotated[str, BeforeValidator(_reference), WithJsonSchema({"type": "string", "minLength": 1})]
"""The name or path of another file; 2024 and true are names, too."""


def _range(value: Any) -> Any:
    """Accept a pair of finite numbers in ascending order."""
    if not isinstance(value, list) or len(value) != 2:
        raise PydanticCustomError(
            "range_form", "a range is a list of two numbers", {"allowed": "[lowest, highest]"}
        )
    if any(isinstance(v, bool) or not isinstance(v, (int, float)) for v in value):
        raise PydanticCustomError(
            "range_form", "a range is a list of two numbers", {"allowed": "[lowest, highest]"}
        )
    if value[0] > value[1]:
        raise PydanticCustomError(
            "range_order", "the range is upside down", {"allowed": "the lower number first"}
        )
    return value


Range = Annotated[
    list[float],
    BeforeValidator(_range),
    WithJsonSchema({"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}),
]


def _all_or_names(value: Any) -> Any:
    """Accept the word ``all`` or a list of names without repetition."""
    if value == "all" and isinstance(value, str):
        return value
    if not isinstance(value, list) or any(not isinstance(v, str) for v in value):
        raise PydanticCustomError(
            "all_or_names", "not a list of names", {"allowed": "all, or a list of names"}
        )
    if len(set(value)) != len(value):
        raise PydanticCustomError(
            "repeated", "a name stands in the list twice", {"allowed": "each name once"}
        )
    return value


AllOrNames = Annotated[
    Any,
    BeforeValidator(_all_or_names),
    WithJsonSchema(
        {"anyOf": [{"const": "all"}, {"type": "array", "items": {"type": "string"}, "uniqueItems": True}]}
    ),
]


MAX_DAYS = 36_525
"""Longest burn-in or horizon, and the last day of a run that can be named: a century."""


def _day(value: Any) -> Any:
    """Accept a date, or a day of the run as a whole number."""
    if isinstance(value, dt.date):
        return value
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_DAYS:
        return value
    raise PydanticCustomError(
        "day", "not a date", {"allowed": "a date such as 2024-03-31, or a day of the run: 0 is the first after burn-in"}
    )


Day = Annotated[
    Any,
    BeforeValidator(_day),
    WithJsonSchema(
        {"anyOf": [{"type": "string", "format": "date"}, {"type": "integer", "minimum": 0, "maximum": MAX_DAYS}]}
    ),
]
"""A date, or the number of a day of the run; ``Calendar.at`` makes a date of it."""


class Strict(BaseModel):
    """Base of all schema models: unknown keys are refused, nothing is coerced."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        frozen=True,
        populate_by_name=False,
        defer_build=True,  # what nobody validates is not built: short commands stay quick
    )


class Cell(Strict, Generic[T]):
    """One number with where it comes from and how sure it is."""

    value: T = Field(description="the number itself")
    source: Text = Field(
        description="where it comes from: a section of the paper, a fact number, a publication"
    )
    grade: Grade = Field(description="how sure it is")
    range: Range | None = Field(None, description="[lowest, highest] it may take when it is varied")
    unit: Text | None = Field(None, description="its unit")
    note: Text | None = Field(None, description="anything a reader should know about it")


class Document(Strict):
    """What every file begins with."""

    schema_version: Literal[1] = Field(alias="schema", description="version of the scenario language, 1")
