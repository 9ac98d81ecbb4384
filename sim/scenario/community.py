"""A community as plain frozen data: blocks, groups of people, agencies, councils and elections."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, TypeVar

from sim.scenario.frozen import FrozenMapping
from sim.scenario.in_short import in_short
from sim.scenario.nodes import MapNode, plain
from sim.vocabulary.categories import AGE_BANDS, CATEGORIES

__all__ = ["Agency", "Block", "Community", "Councils", "Elections", "Group", "build_community"]


@dataclass(frozen=True, slots=True)
class Block:
    """A place where people live.

    Attributes
    ----------
    name, label
        Short name (ASCII or any letters) and the one figures show.
    kind
        ``quarter``, ``campus`` or ``site``.
    weights
        Share of each group that lives here; over all blocks the shares of a group add up to 1.
    """

    name: str
    kind: str
    label: str
    weights: FrozenMapping[str, float]


@dataclass(frozen=True, slots=True)
class Group:
    """A group of residents who share how they live here.

    Attributes
    ----------
    size
        People.
    lives_in
        Kinds of blocks its members live in, or names of blocks.
    headline
        Whether headline figures (level ``residents``) are about it.
    elector
        Whether its adults vote for the residents' committee.
    academic_leave
        Share that leaves each June and is replaced in September.
    turnover
        Hazard of moving away, per year as declared; the daily chance is the parameter ``group.<name>.turnover``.
    vulnerable
        Share of members in need of particular protection.
    need_ratio
        Needs per head against the reference rate.
    participation_shift, trust_shift
        Added to the logit of taking part, and to initial trust.
    household_size
        Mean number of people in a household, 1 or more.
    ages
        Shares of ``AGE_BANDS``, in that order; they add up to 1.
    arrives
        Whether nobody of it is there until a shock of its name brings them.
    """

    name: str
    label: str
    size: int
    lives_in: tuple[str, ...]
    headline: bool
    elector: bool
    academic_leave: float
    turnover: float
    vulnerable: float
    need_ratio: float
    participation_shift: float
    trust_shift: float
    household_size: float
    ages: tuple[float, ...]
    arrives: bool = False


@dataclass(frozen=True, slots=True)
class Agency:
    """An organisation that employs social workers, or a partner they refer to.

    Attributes
    ----------
    staff
        Workers in post at the start.
    serves
        Names of the blocks it serves.
    competences
        Categories of needs it can meet.
    outside
        True for a partner that takes only needs beyond the social workers' own competence.
    workers_per_pool
        Workers who share one queue.
    """

    name: str
    kind: str
    label: str
    staff: int
    serves: tuple[str, ...]
    competences: tuple[str, ...]
    outside: bool
    workers_per_pool: int


@dataclass(frozen=True, slots=True)
class Councils:
    """Residents' councils: which kinds of blocks have one, seats of each, years of a term."""

    block_kinds: tuple[str, ...]
    seats: int
    term: int


@dataclass(frozen=True, slots=True)
class Elections:
    """The days on which residents elect, in order."""

    dates: tuple[dt.date, ...]


T = TypeVar("T", Block, Group, Agency)


@in_short(
    lambda self: {
        "name": self.name,
        "residents": self.population,
        "blocks": len(self.blocks),
        "groups": len(self.groups),
        "agencies": len(self.agencies),
        "staff": self.staff,
    }
)
@dataclass(frozen=True, slots=True)
class Community:
    """Who lives where, and who serves them."""

    name: str
    title: str
    description: str
    notes: tuple[str, ...]
    blocks: tuple[Block, ...]
    groups: tuple[Group, ...]
    agencies: tuple[Agency, ...]
    councils: Councils
    elections: Elections | None

    @property
    def population(self) -> int:
        """All residents."""
        return sum(group.size for group in self.groups)

    @property
    def headline_population(self) -> int:
        """Residents whom the headline figures are about."""
        return sum(group.size for group in self.groups if group.headline)

    @property
    def staff(self) -> int:
        """Workers of all agencies but partners from outside."""
        return sum(agency.staff for agency in self.agencies if not agency.outside)

    @property
    def block_names(self) -> tuple[str, ...]:
        """Names of the blocks, in order."""
        return tuple(block.name for block in self.blocks)

    @property
    def group_names(self) -> tuple[str, ...]:
        """Names of the groups, in order."""
        return tuple(group.name for group in self.groups)

    @property
    def agency_names(self) -> tuple[str, ...]:
        """Names of the agencies, in order."""
        return tuple(agency.name for agency in self.agencies)

    def block(self, name: str) -> Block:
        """Return a block by name; KeyError where there is none."""
        return _named(self.blocks, name)

    def group(self, name: str) -> Group:
        """Return a group by name; KeyError where there is none."""
        return _named(self.groups, name)

    def agency(self, name: str) -> Agency:
        """Return an agency by name; KeyError where there is none."""
        return _named(self.agencies, name)


def _named(items: tuple[T, ...], name: str) -> T:
    for item in items:
        if item.name == name:
            return item
    raise KeyError(name)


def build_community(tree: MapNode, name: str) -> Community:
    """Turn a checked tree into a community.

    Parameters
    ----------
    tree
        A community document that passed the schema and :func:`sim.scenario.checks.check_community`.
    name
        Its name.
    """
    data = plain(tree)
    blocks = data["blocks"]
    shares = block_shares(data)
    return Community(
        name=data.get("name") or name,
        title=data["title"],
        description=data.get("description") or "",
        notes=tuple(data.get("notes") or ()),
        blocks=tuple(
            Block(
                b, spec["kind"], spec["label"], FrozenMapping({g: s[b] for g, s in shares.items() if b in s})
            )
            for b, spec in blocks.items()
        ),
        groups=tuple(_group(g, spec) for g, spec in data["groups"].items()),
        agencies=tuple(
            _agency(a, spec, tuple(blocks))
            for a, spec in (data.get("agencies") or {}).items()
            if not spec.get("off")
        ),
        councils=_councils(data.get("councils")),
        elections=_elections(data.get("elections")),
    )


def block_weights(data: dict[str, Any], group: str) -> dict[str, float]:
    """Return the declared weights of the blocks a group can live in; 1 where none is declared."""
    weights = {}
    for name, block in data["blocks"].items():
        if not {block["kind"], name}.isdisjoint(data["groups"][group]["lives_in"]):
            declared = (block.get("weight") or {}).get("value") or {}
            weights[name] = float(declared.get(group, 1.0))
    return weights


def block_shares(data: dict[str, Any]) -> dict[str, dict[str, float]]:
    """Return for each group the share of its members in each block it can live in."""
    shares = {}
    for group in data["groups"]:
        weights = block_weights(data, group)
        total = sum(weights.values())
        shares[group] = {name: weight / total for name, weight in weights.items()}
    return shares


def _group(name: str, spec: dict[str, Any]) -> Group:
    ages = spec["ages"]["value"]
    leave = spec.get("academic_leave")
    return Group(
        name=name,
        label=spec["label"],
        size=spec["size"]["value"],
        lives_in=tuple(spec["lives_in"]),
        headline=spec["headline"],
        elector=spec["elector"],
        academic_leave=float(leave["value"]) if leave else 0.0,
        turnover=float(spec["turnover"]["value"]),
        vulnerable=float(spec["vulnerable"]["value"]),
        need_ratio=float(spec["need_ratio"]["value"]),
        participation_shift=float(spec["participation_shift"]["value"]),
        trust_shift=float(spec["trust_shift"]["value"]),
        household_size=float(spec["household_size"]["value"]),
        ages=tuple(float(ages.get(band, 0.0)) for band in AGE_BANDS),
        arrives=bool(spec.get("arrives")),
    )


def _agency(name: str, spec: dict[str, Any], blocks: tuple[str, ...]) -> Agency:
    serves, competences = spec.get("serves", "all"), spec.get("competences", "all")
    return Agency(
        name=name,
        kind=spec["kind"],
        label=spec["label"],
        staff=spec["staff"]["value"],
        serves=blocks if serves == "all" else tuple(b for b in blocks if b in serves),
        competences=CATEGORIES if competences == "all" else tuple(c for c in CATEGORIES if c in competences),
        outside=bool(spec.get("outside", False)),
        workers_per_pool=spec["workers_per_pool"]["value"],
    )


def _councils(spec: dict[str, Any] | None) -> Councils:
    if not spec:
        return Councils((), 0, 0)
    return Councils(tuple(spec["block_kinds"]), spec["seats"]["value"], spec["term"]["value"])


def _elections(spec: dict[str, Any] | None) -> Elections | None:
    if not spec:
        return None
    if spec.get("dates"):
        return Elections(tuple(sorted(spec["dates"])))
    month, day = map(int, spec["month_day"].split("-"))
    return Elections(tuple(dt.date(year, month, day) for year in sorted(spec["years"])))
