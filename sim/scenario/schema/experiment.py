"""Schema of an experiment file: which scenarios are compared, in which worlds, with how many seeds."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StrictStr, WithJsonSchema
from pydantic_core import PydanticCustomError

from sim.scenario.schema.scenario import Dose, SomeDays
from sim.scenario.schema.types import Document, PositiveInt, Strict, Text, WholeNumber

__all__ = ["EXECUTORS", "ExperimentDocument", "is_executor"]

EXECUTORS = "serial, local, mpi, or dask://HOST:PORT"
"""What may do the runs, as it is told to people."""

Above0 = Annotated[float, Field(strict=True, allow_inf_nan=False, gt=0)]


def _all_or_parameters(value: Any) -> Any:
    """Accept the word ``all`` or a list of parameter names."""
    if value == "all" or (isinstance(value, list) and value and all(isinstance(v, str) for v in value)):
        return value
    raise PydanticCustomError("names", "not a list of parameters", {"allowed": "all, or a list of names"})


def _scenario_item(value: Any) -> Any:
    """Accept a scenario's name, or a mapping that makes a variant of one."""
    if isinstance(value, str) and value:
        return {"scenario": value}
    if isinstance(value, dict):
        return value
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

    scenario: Text | None = Field(None, description="the scenario it starts from; the baseline if left out")
    name: Text | None = Field(None, description="its name in tables; needed where something is set")
    title: Text | None = None
    question: Text | None = None
    set: dict[StrictStr, Any] | None = Field(
        None, description="keys and values as for --set on the command line"
    )


class Factorial(Strict):
    """Every combination of some doses of some policies."""

    base: Text | None = Field(
        None, description="the scenario the combinations start from; the baseline if left out"
    )
    policies: list[Text] = Field(
        min_length=1, max_length=6, description="the policies combined, each on top of what the base has"
    )
    doses: list[Dose] = Field(
        default=[0.0, 1.0],
        min_length=2,
        max_length=5,
        description="the doses of each; 0 leaves the base as it is",
    )


class Worlds(Strict):
    """How the uncertain parameters are varied."""

    draw: Literal["point", "latin_hypercube", "matched"] = Field(
        "point", description="point: one world of written values; matched: the history-matched worlds"
    )
    count: PositiveInt | None = Field(None, description="how many worlds")
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


class Precision(Strict):
    """When to stop adding seeds: looked at after fixed numbers of them."""

    outcome: Text = Field(description="the outcome whose effect has to be known well enough")
    half_width: Above0 = Field(description="half the width its 95% interval may have, in the outcome's unit")
    looks: list[PositiveInt] = Field(
        min_length=1, description="numbers of seeds after which to look, ascending"
    )
    budget: PositiveInt | None = Field(None, description="most runs there may be")


class ExperimentDocument(Document):
    """An experiment: a baseline, the scenarios compared with it, and how they are compared."""

    kind: Literal["experiment"]
    name: Text | None = None
    title: Text | None = None
    question: Text | None = None
    description: Text | None = None
    baseline: Text = Field(description="the scenario everything is compared with")
    scenarios: list[Annotated[Variant, BeforeValidator(_scenario_item)]] = Field(
        default_factory=list, description="the scenarios compared with it", json_schema_extra=_or_a_name
    )
    factorial: Factorial | None = None
    set: dict[StrictStr, Any] | None = Field(
        None, description="keys and values set in every scenario, as for --set"
    )
    worlds: Worlds | None = None
    seeds: PositiveInt | None = Field(None, description="seeds in each world")
    replications: PositiveInt | None = Field(None, description="another word for seeds")
    first_seed: WholeNumber | None = Field(None, description="the first seed; the others follow one another")
    horizon: SomeDays | None = Field(
        None, description="days after the burn-in; each scenario's own if left out"
    )
    outcomes: dict[StrictStr, OutcomeChoice | None] | None = Field(
        None, description="the outcomes reported first"
    )
    window: Text | None = Field(None, description="the window its effects are about")
    show: list[Text] | None = Field(None, description="the scenarios shown over time")
    precision: Precision | None = None
    executor: Annotated[Text, BeforeValidator(_executor)] | None = Field(
        None, description=f"what does the runs: {EXECUTORS}"
    )
    timeout: Above0 | None = Field(None, description="seconds a run may take")
    on_error: Literal["continue", "stop"] | None = Field(
        None, description="what becomes of the other runs when one fails"
    )
