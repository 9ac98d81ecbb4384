"""Schema of a file of claims: what somebody says leads to what, each as an experiment that can come out either way."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StrictStr, WithJsonSchema
from pydantic_core import PydanticCustomError

from sim.scenario.schema.experiment import Above0, Worlds
from sim.scenario.schema.scenario import Dose, SomeDays
from sim.scenario.schema.types import (
    Document,
    Line,
    NonNegative,
    OwnName,
    PositiveInt,
    Reference,
    Share,
    Strict,
    Switch,
    Text,
)

__all__ = ["ArmDocument", "ClaimDocument", "ClaimsDocument"]

Change = Literal["higher", "lower"]


def _programme(value: Any) -> Any:
    """Accept a dose, or a mapping with one."""
    if isinstance(value, bool) or not isinstance(value, (int, float, dict)):
        raise PydanticCustomError(
            "programme", "not a dose", {"allowed": "a dose from 0 to 2, or dose and days"}
        )
    return value if isinstance(value, dict) else {"dose": value}


def _expected(value: Any) -> Any:
    """Accept a direction, or a mapping with one."""
    if isinstance(value, str):
        return {"change": value}
    if isinstance(value, dict):
        return value
    raise PydanticCustomError("expected", "not a direction", {"allowed": "higher, lower, or change and more"})


def _number(value: Any) -> Any:
    """Accept a claim's number."""
    if isinstance(value, str) and re.fullmatch(r"[A-Z]+[0-9]+", value):
        return value
    raise PydanticCustomError(
        "number", "not a claim's number", {"allowed": "letters and a number, as in C24 or X1"}
    )


def _or_a_word(schema: dict[str, Any]) -> None:
    """Tell editors that a direction alone will do."""
    inner = dict(schema["additionalProperties"])
    schema["additionalProperties"] = {"anyOf": [{"enum": ["higher", "lower"]}, inner]}


def _or_a_dose(schema: dict[str, Any]) -> None:
    """Tell editors that a dose alone will do."""
    for part in schema.get("anyOf", [schema]):
        if "additionalProperties" in part:
            inner = dict(part["additionalProperties"])
            part["additionalProperties"] = {"anyOf": [{"type": "number", "minimum": 0, "maximum": 2}, inner]}


class Programme(Strict):
    """A policy on top of what the baseline has."""

    dose: Dose = Field(description="share of the full programme")
    days: SomeDays | None = Field(
        None, description="how long it runs from the end of the burn-in; to the end if left out"
    )
    settings: dict[StrictStr, Any] | None = Field(
        None, description="its own settings, the same in every world"
    )


class ArmDocument(Strict):
    """What one arm of a claim's experiment differs in from the baseline."""

    scenario: Reference | None = Field(None, description="start from this scenario in place of the baseline")
    policies: dict[StrictStr, Annotated[Programme, BeforeValidator(_programme)]] | None = Field(
        None, description="policies and their doses, on top of the baseline's", json_schema_extra=_or_a_dose
    )
    remove: list[Text] | None = Field(None, description="policy blocks of the baseline that are taken away")
    set: dict[StrictStr, Any] | None = Field(
        None, description="keys and values as for --set, the same in every world"
    )
    scale: dict[StrictStr, NonNegative] | None = Field(
        None, description="parameters and the factor by which each world's own value is multiplied"
    )
    staff: NonNegative | None = Field(None, description="factor on the posts of the community's own agencies")
    movement: Switch | None = Field(None, description="false: nobody moves away and no student leaves")
    mechanisms_off: list[Text] | None = Field(None, description="mechanisms that are switched off")


class ExpectedDocument(Strict):
    """Which way an outcome should move if the claim holds."""

    change: Change = Field(description="the direction that the claim says")
    outcome: Text | None = Field(None, description="the outcome; the entry's own name if left out")
    level: Text | None = Field(
        None,
        description="for whom, as in vulnerable/yes or gap/age; residents, campus and everybody if left out",
    )
    window: Literal["horizon", "last_90"] = Field("horizon", description="days it is about")
    smallest_change: Above0 | None = Field(
        None, description="smallest change that matters, in the outcome's unit"
    )


Expected = Annotated[ExpectedDocument, BeforeValidator(_expected)]


class ClaimDocument(Strict):
    """One claim, and the experiment it becomes."""

    section: Text = Field(description="where it is made")
    claim: Text = Field(description="what is claimed, in one sentence")
    nature: Literal["emergent", "wired"] | None = Field(
        None,
        description="emergent: can come out either way; wired: true by construction once its mechanism is on",
    )
    mechanisms: list[Text] = Field(
        default_factory=list, description="mechanisms of the model that it runs through"
    )
    treatment: ArmDocument | None = Field(None, description="the claim's cause")
    control: ArmDocument | None = Field(
        None, description="what it is compared with; the baseline if left out"
    )
    both: ArmDocument | None = Field(None, description="what holds in both arms")
    joint: Switch = Field(False, description="true: compare the policies together with the sum of each alone")
    outcomes: dict[StrictStr, Expected] = Field(
        default_factory=dict,
        description="what is judged, and which way it should go",
        json_schema_extra=_or_a_word,
    )
    shown: dict[StrictStr, Expected] = Field(
        default_factory=dict,
        description="steps on the way, shown and not judged",
        json_schema_extra=_or_a_word,
    )
    ablation: ArmDocument | None = Field(
        None, description="what switches the claim's mechanism off in both arms"
    )
    cuts: Text | None = Field(None, description="what the ablation cuts, in words")
    no_ablation: Text | None = Field(None, description="why there is nothing to switch off")
    untestable: Text | None = Field(None, description="why it cannot be tested in the model")
    note: Text | None = Field(None, description="anything a reader should know about the experiment")
    because: Text | None = Field(
        None, description="what in the model makes it come out otherwise than one would think, from ablations"
    )


class KeptDocument(Strict):
    """How many worlds history matching tried and kept, so that the share kept is stated with the results."""

    worlds: PositiveInt = Field(description="worlds kept")
    tried: PositiveInt = Field(description="worlds tried")


class QuickDocument(Strict):
    """The same claims where a run is cheap."""

    baseline: Reference = Field(description="the scenario that stands in for the baseline")
    worlds: Worlds | None = None
    table: Text | None = Field(None, description="its table of matched worlds, a file beside the scenarios")
    kept: KeptDocument | None = None
    seeds: PositiveInt | None = Field(None, description="seeds in each world")
    scenarios: dict[StrictStr, Reference] = Field(
        default_factory=dict, description="scenarios that stand in for those that arms start from"
    )
    hold: dict[StrictStr, Any] | None = Field(None, description="as at the top, where it differs")
    levels: dict[StrictStr, Text] = Field(default_factory=dict, description="levels that stand in for others")


class SettingDocument(Strict):
    """One point of the sign map: what holds in all arms, and where on its axis it lies."""

    axis: Text = Field(description="what is varied, in words")
    at: Text = Field(description="where on the axis this is, in words")
    both: ArmDocument = Field(description="what holds in all arms")


class RulesDocument(Strict):
    """Where the verdicts' lines are drawn."""

    level: Share = Field(0.05, description="highest corrected p-value that counts")
    share_of_worlds: Share = Field(
        0.9, description="share of worlds in which a supported claim's direction must hold"
    )
    share_left: Share = Field(
        0.5, description="share of an effect that may be left when the mechanism is cut, of a supported claim"
    )
    share_against: Share = Field(
        0.2, description="share of worlds on either side from which a claim is said to turn"
    )


class ClaimsDocument(Document):
    """Claims and how they are tried: one paired design in which claims share runs."""

    kind: Literal["claims"]
    name: OwnName | None = None
    title: Line | None = None
    question: Text | None = None
    description: Text | None = None
    baseline: Reference = Field(description="the scenario every arm starts from")
    worlds: Worlds | None = None
    table: Text | None = Field(None, description="table of matched worlds; the shipped one if left out")
    kept: KeptDocument | None = None
    seeds: PositiveInt | None = Field(None, description="seeds in each world")
    first_seed: Annotated[int, Field(strict=True, ge=0)] | None = None
    horizon: SomeDays = Field(365, description="days after the burn-in")
    ramp: Annotated[int, Field(strict=True, ge=0, le=36_525)] = Field(
        60, description="days over which a policy grows from nothing"
    )
    hold: dict[StrictStr, Any] | None = Field(
        None,
        description="parameters that are the same in every world, because they are the size of a treatment",
    )
    rules: RulesDocument | None = None
    quick: QuickDocument | None = None
    map: dict[StrictStr, SettingDocument] | None = Field(
        None, description="settings of what decides verdicts, under which all claims are tried again"
    )
    claims: dict[
        Annotated[str, BeforeValidator(_number), WithJsonSchema({"type": "string"})], ClaimDocument
    ] = Field(min_length=1, description="claims by their number")
