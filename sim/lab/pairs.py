"""Two worlds side by side: which columns differ, in which rows, and what the rows are called.

Agents are matched by who they are, not by where they stand: residents by their slot, workers by their place in their
agency (a policy that opens posts moves the others down), demands and conflicts by their id.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.model.columns import AGENCY, CONFLICT, COUNCIL, DEMAND, RESIDENT, WORKER, Column
from sim.model.world import World
from sim.vocabulary.categories import AGE_BANDS, HOUR_USES
from sim.vocabulary.levers import BY_NAME as LEVERS
from sim.vocabulary.measures import FLOWS, INSTITUTION, STOCKS

AGENTS: Final[dict[str, tuple[Column, ...]]] = {
    "residents": RESIDENT,
    "workers": WORKER,
    "councils": COUNCIL,
    "agencies": AGENCY,
    "demands": DEMAND,
    "conflicts": CONFLICT,
}
"""Tables of agents and of what they are about, with their columns."""

BOOKS: Final = (
    "levers",
    "chances",
    "flows",
    "stocks",
    "institution",
    "hours",
    "visits",
    "load",
    "attendance_hours",
)
"""What the community keeps beside its agents."""

_RECORDS: Final = ("demands", "conflicts")
_POOLS: Final = ("pool", "pool_first")
"""Numbers of pools, which mean nothing across two worlds with different numbers of pools."""


@dataclass(frozen=True, slots=True)
class Parted:
    """A column in which two worlds differ.

    Attributes
    ----------
    table, column
        Its place; of a book of several measures the column is the measure.
    rows, differing
        Rows that both have, and how many of them differ.
    row
        The first row that differs: the row of an agent on side A, the id of a record (hexadecimal), a place in a book.
    who
        What is known of it: its group, agency or block.
    a, b
        The two values.
    """

    table: str
    column: str
    rows: int
    differing: int
    row: int | str
    who: str
    a: float | int | str
    b: float | int | str

    @property
    def meaning(self) -> str:
        """What the column holds, from its declaration."""
        declared = {column.name: column.meaning for column in AGENTS.get(self.table, ())}
        return declared.get(self.column, "")


@dataclass(frozen=True, slots=True)
class Matched:
    """Rows of a table that both worlds have, and how many only one of them has."""

    a: NDArray[np.int64]
    b: NDArray[np.int64]
    only_a: int
    only_b: int


def match(a: World, b: World, table: str) -> Matched:
    """Match the rows of two tables of agents by who they are."""
    one, two = getattr(a, table), getattr(b, table)
    if table in _RECORDS:
        ids = one.columns.id[: one.count], two.columns.id[: two.count]
        if np.array_equal(*ids):
            rows = np.arange(one.count)
            return Matched(rows, rows, 0, 0)
        _, rows_a, rows_b = np.intersect1d(*ids, return_indices=True)
        order = np.argsort(rows_a)
        return Matched(rows_a[order], rows_b[order], one.count - len(rows_a), two.count - len(rows_b))
    n_a, n_b = len(one[0]), len(two[0])
    if table != "workers" or (n_a == n_b and np.array_equal(one.agency, two.agency)):
        rows = np.arange(min(n_a, n_b))
        return Matched(rows, rows, n_a - len(rows), n_b - len(rows))
    pairs = []
    for agency in range(min(len(a.agencies.posts), len(b.agencies.posts))):
        mine, theirs = np.flatnonzero(one.agency == agency), np.flatnonzero(two.agency == agency)
        count = min(len(mine), len(theirs))
        pairs.append((mine[:count], theirs[:count]))
    rows_a, rows_b = (np.concatenate(side) for side in zip(*pairs, strict=True))
    return Matched(rows_a, rows_b, n_a - len(rows_a), n_b - len(rows_b))


def parted_agents(a: World, b: World, table: str) -> tuple[list[Parted], Matched, NDArray[np.bool_]]:
    """Columns of a table in which two worlds differ.

    Returns
    -------
    list of Parted, Matched, array of bool
        The columns in declared order, how rows were matched, and which of the matched rows differ anywhere.
    """
    matched = match(a, b, table)
    anywhere = np.zeros(len(matched.a), dtype=bool)
    found = _missing(a, b, table, matched)
    same_pools = np.array_equal(a.pool_agency, b.pool_agency)
    for name in _columns(table):
        if name in _POOLS and not same_pools:
            continue
        one, two = _values(a, table, name)[matched.a], _values(b, table, name)[matched.b]
        differs = _differs(one, two)
        if differs is None:
            continue
        anywhere |= differs.reshape(len(matched.a), -1).any(axis=1)
        place = int(np.flatnonzero(differs.reshape(-1))[0])
        row = place // (differs.size // len(matched.a))
        label, who = _who(a, table, int(matched.a[row]))
        found.append(
            Parted(
                table,
                name,
                len(matched.a),
                int(differs.reshape(len(matched.a), -1).any(axis=1).sum()),
                label,
                who,
                one.reshape(-1)[place].item(),
                two.reshape(-1)[place].item(),
            )
        )
    return found, matched, anywhere


def _missing(a: World, b: World, table: str, matched: Matched) -> list[Parted]:
    """A demand or conflict that only one of two worlds has; extra posts are no difference by themselves."""
    if table not in _RECORDS or not matched.only_a + matched.only_b:
        return []
    lost, world, rows = ("b", a, matched.a) if matched.only_a else ("a", b, matched.b)
    row = int(np.setdiff1d(np.arange(getattr(world, table).count), rows)[0])
    label, who = _who(world, table, row)
    there = {"a": "there", "b": "there", lost: "absent"}
    return [
        Parted(table, "id", len(rows), matched.only_a + matched.only_b, label, who, there["a"], there["b"])
    ]


def parted_books(a: World, b: World, book: str) -> list[Parted]:
    """Measures of a book in which two worlds differ; none where the two communities are not of one shape."""
    found = []
    for measure, place, one, two in _measures(a, b, book):
        differs = _differs(one, two) if one.shape == two.shape else None
        if differs is None:
            continue
        first = int(np.flatnonzero(differs.reshape(-1))[0])
        found.append(
            Parted(
                book,
                measure,
                one.size,
                int(differs.sum()),
                first,
                place(first),
                one.reshape(-1)[first].item(),
                two.reshape(-1)[first].item(),
            )
        )
    return found


def _columns(table: str) -> list[str]:
    """Names of a table's columns, in declared order."""
    names = [column.name for column in AGENTS[table]]
    return [*names, "familiarity"] if table == "workers" else names


def _values(world: World, table: str, name: str) -> Any:
    """A column; of a worker's case the id, because rows of demands mean nothing across worlds."""
    place = getattr(world, table)
    if table in _RECORDS:
        return getattr(place.columns, name)
    column = getattr(place, name)
    if (table, name) == ("workers", "case"):
        at_work = column >= 0
        cases = np.zeros(len(column), dtype=np.uint64)
        cases[at_work] = world.demands.columns.id[column[at_work]]
        return cases
    return column


def _differs(one: Any, two: Any) -> NDArray[np.bool_] | None:
    """Where two arrays differ in any bit; None where they do not."""
    if one.dtype.kind == "f":
        one, two = np.ascontiguousarray(one).view(np.int64), np.ascontiguousarray(two).view(np.int64)
    if np.array_equal(one, two):
        return None
    differs: NDArray[np.bool_] = one != two
    return differs


def _who(world: World, table: str, row: int) -> tuple[int | str, str]:
    """What a row is called, and what is known of it."""
    place: Any = getattr(world, table)
    community = world.community
    if table in _RECORDS:
        person = place.columns.resident if table == "demands" else place.columns.initiator
        return f"{place.columns.id.item(row):016x}", f"of resident {person.item(row)}"
    if table == "residents":
        group, block = community.groups[place.group.item(row)], community.blocks[place.quarter.item(row)]
        age = AGE_BANDS[place.age.item(row)].replace("_plus", " or older").replace("_", " to ")
        return row, f"{group.name}, {age}, {block.name}"
    if table == "councils":
        return row, str(community.blocks[place.quarter.item(row)].name)
    agency = place.agency.item(row) if table == "workers" else row
    return row, str(community.agencies[agency].name)


def _measures(a: World, b: World, book: str) -> Iterator[tuple[str, Any, Any, Any]]:
    """Each measure of a book: its name, how its places are called, and its values in both worlds."""
    one, two = getattr(a, book), getattr(b, book)
    if book in ("levers", "chances"):
        for name in one._fields:
            axis = LEVERS[name].axis if book == "levers" else "quarter_group"
            yield name, partial(_of_axis, a, axis), getattr(one, name), getattr(two, name)
    elif book in ("flows", "stocks"):
        for place, name in enumerate(FLOWS if book == "flows" else STOCKS):
            yield name, partial(_of_cell, a), one[:, place], two[:, place]
    elif book in ("institution", "hours", "attendance_hours"):
        for place, name in enumerate(INSTITUTION if book == "institution" else HOUR_USES):
            yield name, _whole, one[place : place + 1], two[place : place + 1]
    else:
        yield book, str, one, two


def _of_axis(world: World, axis: str, place: int) -> str:
    """What a place of a lever is called."""
    community = world.community
    if axis == "quarter_group":
        block, group = divmod(place, len(community.groups))
        return f"{community.groups[group].name}, {community.blocks[block].name}"
    if axis == "agency":
        return str(community.agencies[place].name)
    return HOUR_USES[place] if axis == "use" else _whole(place)


def _of_cell(world: World, place: int) -> str:
    """What a cell of measures is called."""
    block, group, age, _ = world.cell_levels[place].tolist()
    return f"{world.community.groups[group].name}, {AGE_BANDS[age]}, {world.community.blocks[block].name}"


def _whole(_: int) -> str:
    """What the whole community is called."""
    return "the community"
