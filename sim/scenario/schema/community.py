"""Schema of a community file: blocks, groups of people, agencies, councils and elections."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StrictStr, WithJsonSchema
from pydantic_core import PydanticCustomError

from sim.scenario.schema.types import (
    AllOrNames,
    Cell,
    Document,
    Grade,
    NonNegative,
    PositiveInt,
    Share,
    Strict,
    Switch,
    Text,
    WholeNumber,
)
from sim.vocabulary.categories import AGE_BANDS

__all__ = ["GROUP_NUMBERS", "CommunityDocument"]

BlockKind = Literal["quarter", "campus", "site"]
AgencyKind = Literal["residents_committee", "social_organisation", "government_department", "enterprise"]
AtLeastOne = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=1)]
Shift = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=-5, le=5)]
TrustShift = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=-1, le=1)]
Ratio = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=100)]
YearlyHazard = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=20)]


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
    label: Text = Field(description="its name as figures show it; may be Chinese")
    weight: Weights | None = Field(
        None, description="how many of each group live here, against the other blocks"
    )


class Ages(Strict):
    """Shares of the age bands in a group; they add up to 1."""

    value: dict[Annotated[StrictStr, Field(json_schema_extra={"enum": list(AGE_BANDS)})], Share]
    source: Text
    grade: Grade
    note: Text | None = None


class GroupSchema(Strict):
    """A group of residents who share how they live here."""

    label: Text
    size: Cell[WholeNumber] = Field(description="people")
    lives_in: list[BlockKind] = Field(min_length=1, description="kinds of blocks the group lives in")
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
    household_size: Cell[AtLeastOne] = Field(description="mean number of people in a household")
    arrives: Switch = Field(False, description="true: nobody of it is there until a shock of its name brings them")
    ages: Ages


class AgencySchema(Strict):
    """An organisation that employs social workers, or a partner they refer to."""

    kind: AgencyKind
    label: Text
    staff: Cell[WholeNumber] = Field(description="workers in post")
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
    import datetime as dt

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
    """When residents elect their committee and representatives."""

    month_day: Annotated[
        str, BeforeValidator(_month_day), WithJsonSchema({"type": "string", "pattern": "^\\d\\d-\\d\\d$"})
    ]
    years: list[Annotated[int, Field(strict=True, ge=1900, le=2200)]] = Field(min_length=1)
    source: Text
    grade: Grade
    note: Text | None = None


class CommunityDocument(Document):
    """A community: who lives where, and who serves them."""

    kind: Literal["community"]
    name: Text | None = None
    title: Text
    description: Text | None = None
    notes: list[Text] = Field(default_factory=list, description="contradictions and readings of the sources")
    blocks: dict[StrictStr, BlockSchema] = Field(min_length=1)
    groups: dict[StrictStr, GroupSchema] = Field(min_length=1)
    agencies: dict[StrictStr, AgencySchema] = Field(default_factory=dict)
    councils: CouncilsSchema
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
