"""Schema of a community file: blocks, groups of people, agencies, councils and elections."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, StrictStr, WithJsonSchema
from pydantic_core import PydanticCustomError

from sim.scenario.schema.types import (
    AllOrNames,
    Cell,
    Document,
    Grade,
    Line,
    NonNegative,
    OwnName,
    PositiveInt,
    Share,
    Strict,
    Switch,
    Text,
    WholeNumber,
)

__all__ = ["GROUP_NUMBERS", "CommunityDocument"]

BlockKind = Literal["quarter", "campus", "site"]
AgencyKind = Literal["residents_committee", "social_organisation", "government_department", "enterprise"]
AtLeastOne = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=1)]
Shift = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=-5, le=5)]
TrustShift = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=-1, le=1)]
Ratio = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=100)]
ElectionDay = Annotated[dt.date, Field(strict=True, ge=dt.date(1900, 1, 1), le=dt.date(2200, 12, 31))]
YearlyHazard = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=20)]


def _cell_schema(value: dict[str, Any]) -> dict[str, Any]:
    """A number with its source for editors, where a file may say more than what the model takes."""
    return {
        "type": "object",
        "properties": {"value": value, **{key: {} for key in ("source", "grade", "range", "unit", "note")}},
        "required": ["value", "source", "grade"],
        "additionalProperties": False,
    }


_HOUSEHOLDS = _cell_schema(
    {"anyOf": [{"type": "number", "minimum": 1}, {"type": "object", "additionalProperties": {"type": "number"}}]}
)
_POSTS = _cell_schema({"type": "number", "minimum": 0})


class Weights(Strict):
    """How a group spreads over the blocks it can live in."""

    value: dict[StrictStr, NonNegative] = Field(
        description="weight of this block for each group, in any unit"
    )
    source: Text
    grade: Grade
    note: Text | None = None


class BlockSchema(Strict):
    """A place where people live."""

    kind: BlockKind = Field(description="residential quarter, campus or construction site")
    label: Line = Field(description="its name as figures show it; may be Chinese")
    weight: Weights | None = Field(
        None, description="how many of each group live here, against the other blocks"
    )


class Ages(Strict):
    """How old a group is: shares, per cent or counts of age bands, the model's own or those of a published table."""

    value: dict[StrictStr, NonNegative] = Field(
        min_length=1, description="bands such as 0_17, 0-14, 65_plus or 65+, and how many people are in each"
    )
    source: Text
    grade: Grade
    note: Text | None = None


class GroupSchema(Strict):
    """A group of residents who share how they live here."""

    # for editors only: each_group may have the rest
    model_config = ConfigDict(json_schema_extra={"required": ["label", "size"]})

    label: Line
    size: Cell[WholeNumber] = Field(description="people")
    lives_in: list[Text] = Field(min_length=1, description="kinds of blocks the group lives in, or names of blocks")
    headline: Switch = Field(description="whether headline figures are about this group")
    elector: Switch = Field(description="whether its adults vote for the residents' committee")
    academic_leave: Cell[Share] | None = Field(
        None, description="share that leaves each June, replaced in September"
    )
    turnover: Cell[YearlyHazard] = Field(description="hazard of moving away, a year; each leaver is replaced")
    vulnerable: Cell[Share] = Field(description="share of people in need of particular protection")
    need_ratio: Cell[Ratio] = Field(description="needs per head against the reference rate")
    participation_shift: Cell[Shift] = Field(description="added to the logit of taking part")
    trust_shift: Cell[TrustShift] = Field(description="added to initial trust")
    household_size: Annotated[Cell[AtLeastOne], WithJsonSchema(_HOUSEHOLDS)] = Field(
        description="mean number of people in a household, or how many households have 1, 2, 3 ... 5_plus"
    )
    arrives: Switch = Field(False, description="true: nobody of it is there until a shock of its name brings them")
    ages: Ages


class AgencySchema(Strict):
    """An organisation that employs social workers, or a partner they refer to."""

    kind: AgencyKind
    label: Line
    staff: Annotated[Cell[WholeNumber], WithJsonSchema(_POSTS)] = Field(
        description="workers in post; part of a post is taken as a whole one"
    )
    serves: AllOrNames = Field("all", description="all, or the blocks it serves")
    competences: AllOrNames = Field("all", description="all, or the categories of needs it can meet")
    outside: Switch = Field(
        False, description="a partner that takes only needs beyond the social workers' competence"
    )
    workers_per_pool: Cell[PositiveInt] = Field(description="workers who share one queue")
    off: Switch = Field(False, description="true removes the agency")


class CouncilsSchema(Strict):
    """Residents' councils."""

    block_kinds: list[BlockKind] = Field(min_length=1, description="kinds of blocks that have a council")
    seats: Cell[PositiveInt] = Field(description="seats of one council")
    term: Cell[PositiveInt] = Field(description="years between elections")


def _month_day(value: Any) -> Any:
    """Accept a quoted month and day, as in "03-20"."""
    try:
        dt.date.fromisoformat(f"2001-{value}")
        if isinstance(value, str) and len(value) == 5:
            return value
    except ValueError:
        pass
    raise PydanticCustomError(
        "month_day", "not a month and day", {"allowed": 'a day of the year in quotes, as in "03-20"'}
    )


class ElectionsSchema(Strict):
    """When residents elect their committee and representatives: one day of some years, or dates."""

    month_day: (
        Annotated[
            str, BeforeValidator(_month_day), WithJsonSchema({"type": "string", "pattern": "^\\d\\d-\\d\\d$"})
        ]
        | None
    ) = Field(None, description='the day of the year in quotes, as in "03-20"; with years')
    years: list[Annotated[int, Field(strict=True, ge=1900, le=2200)]] | None = Field(None, min_length=1)
    dates: list[ElectionDay] | None = Field(None, min_length=1, description="the days, where they differ by year")
    source: Text
    grade: Grade
    note: Text | None = None


class CommunityDocument(Document):
    """A community: who lives where, and who serves them."""

    kind: Literal["community"]
    name: OwnName | None = None
    title: Line
    description: Text | None = None
    notes: list[Text] = Field(default_factory=list, description="contradictions and readings of the sources")
    blocks: dict[StrictStr, BlockSchema] = Field(min_length=1)
    each_group: dict[StrictStr, Any] | None = Field(
        None, description="what all groups have that do not say otherwise, in the shape of a group"
    )
    groups: dict[StrictStr, GroupSchema] = Field(min_length=1)
    agencies: dict[StrictStr, AgencySchema] = Field(default_factory=dict)
    councils: CouncilsSchema | None = Field(None, description="left out where there are none")
    elections: ElectionsSchema | None = None


GROUP_NUMBERS: dict[str, tuple[str, str]] = {
    "size": ("people", "count"),
    "academic_leave": ("share each June", "plain"),
    "turnover": ("per year", "yearly_hazard"),
    "vulnerable": ("share", "plain"),
    "need_ratio": ("ratio", "plain"),
    "participation_shift": ("logit", "plain"),
    "trust_shift": ("trust", "plain"),
    "household_size": ("people", "plain"),
}
"""The numbers of a group that are parameters too, named ``group.<group>.<field>``: their unit and kind."""
