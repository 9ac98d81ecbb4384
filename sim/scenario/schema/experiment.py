"""Schema of an experiment file: which scenarios are compared, in which worlds, with how many seeds or how precisely."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StrictStr, WithJsonSchema
from pydantic_core import PydanticCustomError

from sim.scenario.schema.scenario import Dose, SomeDays
from sim.scenario.schema.types import (
    Document,
    Line,
    OwnName,
    PositiveInt,
    Reference,
    Strict,
    Text,
    WholeNumber,
)

__all__ = ["EXECUTORS", "ExperimentDocument", "is_executor"]

EXECUTORS = "serial, local, mpi, or dask://HOST:PORT"
"""What may do the runs, as it is told to people."""

Doses = Annotated[list[Dose], Field(min_length=1, max_length=5)]
Above0 = Annotated[float, Field(strict=True, allow_inf_nan=False, gt=0)]
Replications = Annotated[int, Field(strict=True, ge=2)]

MOST_LOOKS = 20
"""Most looks; each of them costs all others some width."""


def _all_or_parameters(value: Any) -> Any:
    """Accept the word ``all`` or a list of parameter names."""
    if value == "all" or (isinstance(value, list) and value and all(isinstance(v, str) for v in value)):
        return value
    raise PydanticCustomError("names", "not a list of parameters", {"allowed": "all, or a list of names"})


def _scenario_item(value: Any) -> Any:
    """Accept a scenario's name, or a mapping that makes a variant of one."""
    if isinstance(value, dict):
        return value
    if value and not isinstance(value, list):
        return {"scenario": value}
    raise PydanticCustomError(
        "scenario_item", "not a scenario", {"allowed": "the name of a scenario, or name, scenario and set"}
    )


def is_executor(text: str) -> bool:
    """Whether a text names something that may do the runs."""
    return re.fullmatch(r"serial|local|mpi|dask://([^\s/:]+|\[[0-9a-fA-F:]+\]):\d{1,5}", text) is not None


def _executor(value: Any) -> Any:
    """Accept what :func:`is_executor` accepts."""
    if isinstance(value, str) and is_executor(value):
        return value
    raise PydanticCustomError("executor", "no such executor", {"allowed": EXECUTORS})


def _or_a_name(schema: dict[str, Any]) -> None:
    """Tell editors that the name of a scenario will do."""
    schema["items"] = {"anyOf": [{"type": "string"}, schema["items"]]}


class Variant(Strict):
    """A scenario of an experiment: an existing one, or one with a few values changed."""

    scenario: Reference | None = Field(None, description="the scenario it starts from; the baseline if left out")
    name: OwnName | None = Field(None, description="its name in tables; needed where something is set")
    title: Line | None = Field(None, description="one line, as the report shows it")
    question: Text | None = Field(None, description="the question it answers")
    set: dict[StrictStr, Any] | None = Field(
        None, description="keys and values as for --set on the command line"
    )


def _factors(value: Any) -> Any:
    """Accept a list of policies, or a mapping from policies to the doses of each."""
    if isinstance(value, list) and value and all(isinstance(name, str) and name for name in value):
        if len(set(value)) < len(value):
            raise PydanticCustomError("repeated", "a policy stands in the list twice", {"allowed": "each once"})
        return dict.fromkeys(value)
    if isinstance(value, dict) and value:
        return value
    raise PydanticCustomError(
        "factors", "not policies to combine", {"allowed": "a list of policies, or policies with their doses"}
    )


def _levels(value: Any) -> Any:
    """Accept a list of numbers, words, switches and dates, each once."""
    if (
        not isinstance(value, list)
        or not value
        or any(not isinstance(level, (bool, int, float, str, dt.date)) for level in value)
    ):
        raise PydanticCustomError(
            "levels", "not a list of levels", {"allowed": "numbers, words or dates, as in [2, 4, 8]"}
        )
    if len({(type(level), level) for level in value}) < len(value):
        raise PydanticCustomError("repeated", "a level stands in the list twice", {"allowed": "each once"})
    return value


def _looks(value: list[int]) -> list[int]:
    """Accept ascending numbers only."""
    if any(later <= earlier for earlier, later in zip(value, value[1:], strict=False)):
        raise PydanticCustomError("looks", "the looks do not ascend", {"allowed": "each more than the one before"})
    return value


class Factorial(Strict):
    """Every combination of some doses of some policies, and of some values of anything else."""

    base: Reference | None = Field(
        None, description="the scenario the combinations start from; the baseline if left out"
    )
    policies: Annotated[
        dict[StrictStr, Doses | None] | None,
        BeforeValidator(_factors),
        WithJsonSchema(
            {
                "anyOf": [
                    {"type": "array", "items": {"type": "string"}, "minItems": 1, "uniqueItems": True},
                    {
                        "type": "object",
                        "minProperties": 1,
                        "additionalProperties": {"type": "array", "items": {"type": "number"}, "minItems": 1},
                    },
                ]
            }
        ),
    ] = Field(
        None,
        description="the policies combined, each on top of what the base has: a list, or each with its doses",
    )
    set: dict[
        StrictStr,
        Annotated[
            Any,
            BeforeValidator(_levels),
            WithJsonSchema({"type": "array", "items": {"type": ["number", "string", "boolean"]}, "minItems": 1}),
        ],
    ] | None = Field(
        None, min_length=1, description="keys as for --set, each with the values that are combined with everything else"
    )
    doses: Doses | None = Field(
        None, description="of a list of policies: the doses of each, 0 and 1 if left out; 0 leaves the base as it is"
    )


class Worlds(Strict):
    """How the uncertain parameters are varied."""

    draw: Literal["point", "latin_hypercube", "sobol", "matched"] = Field(
        "point",
        description="point: one world of written values; latin_hypercube, sobol: over the parameters' ranges; "
        "matched: the history-matched worlds",
    )
    count: PositiveInt | None = Field(
        None,
        description="how many worlds (of sobol a power of two); 16, or all matched ones, if left out. Where precision "
        "is asked for it says how many, and this is the most of the matched ones to use",
    )
    repeated: PositiveInt | None = Field(
        None,
        description="of these worlds, how many get one seed more, so that luck can be told from parameters; none if "
        "left out",
    )
    parameters: Annotated[
        Any,
        BeforeValidator(_all_or_parameters),
        WithJsonSchema({"anyOf": [{"const": "all"}, {"type": "array", "items": {"type": "string"}}]}),
    ] = Field("all", description="all that have a range, or a list of names")


class OutcomeChoice(Strict):
    """What about an outcome differs from the vocabulary in this experiment."""

    direction: Literal["higher", "lower", "neutral"] | None = Field(None, description="which way is better")
    smallest_change: Above0 | None = Field(
        None, description="smallest change that matters, in the outcome's unit"
    )


class ExperimentDocument(Document):
    """An experiment: a baseline, the scenarios compared with it, and how they are compared."""

    kind: Literal["experiment"]
    name: OwnName | None = Field(None, description="its name and its results folder's; the file's name if left out")
    title: Line | None = Field(None, description="one line, as the report shows it")
    question: Text | None = Field(None, description="the question it answers")
    description: Text | None = Field(None, description="anything a reader should know about it")
    baseline: Reference = Field(description="the scenario everything is compared with")
    scenarios: list[Annotated[Variant, BeforeValidator(_scenario_item)]] = Field(
        default_factory=list, description="the scenarios compared with it", json_schema_extra=_or_a_name
    )
    factorial: Factorial | None = Field(
        None, description="every combination of some doses of some policies, and of some values of anything else"
    )
    set: dict[StrictStr, Any] | None = Field(
        None, description="keys and values set in every scenario, as for --set"
    )
    worlds: Worlds | None = Field(
        None, description="how the uncertain parameters are varied; written values if left out"
    )
    seeds: PositiveInt | None = Field(
        None, description="seeds in each world; 8 in the one world of written values, else 1, if left out"
    )
    replications: PositiveInt | None = Field(None, description="another word for seeds")
    first_seed: WholeNumber | None = Field(None, description="the first seed, 1 if left out; others follow")
    horizon: SomeDays | None = Field(
        None, description="days after the burn-in; each scenario's own if left out"
    )
    outcomes: dict[StrictStr, OutcomeChoice | None] | None = Field(
        None, description="the outcomes reported first"
    )
    window: Text | None = Field(
        None, description="the window its effects are about: horizon, year_1, year_2 or last_90"
    )
    show: list[Reference] | None = Field(None, description="the scenarios shown over time")
    precision: dict[StrictStr, Above0] | None = Field(
        None,
        min_length=1,
        description="replications are added until the 95% interval of each of these outcomes' effects is known to "
        "within plus or minus this much, in the outcome's unit",
    )
    looks: Annotated[list[Replications], AfterValidator(_looks)] | None = Field(
        None,
        min_length=1,
        max_length=MOST_LOOKS,
        description="with precision: replications after which to look, ascending; 8, 16, 32 ... if left out",
    )
    budget: PositiveInt | None = Field(None, description="with precision: the most runs there may be")
    executor: Annotated[Text, BeforeValidator(_executor)] | None = Field(
        None, description=f"what does the runs: {EXECUTORS}"
    )
    timeout: Above0 | None = Field(None, description="seconds a run may take")
    on_error: Literal["continue", "stop"] | None = Field(
        None, description="what becomes of the other runs when one fails"
    )
