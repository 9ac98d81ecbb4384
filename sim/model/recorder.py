"""What a run leaves behind: sums of every measure by level, day by day, and what windows need besides.

A level is one way to cut the residents: all, headline residents and campus, a group, a block, an age band, vulnerable
or not. Every cell belongs to one level of each cut; the recorder adds each day's cells up by level.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.model.compiled import kernel
from sim.model.world import World
from sim.vocabulary.categories import AGE_BANDS, HOUR_USES
from sim.vocabulary.measures import FLOWS, INSTITUTION, MEASURES, STOCKS

_OF_BLOCKS: Final = ("hours", "money", "work", "dose", "posts")
CUTS: Final = 6
"""Cuts that every cell belongs to: all, scope, group, quarter, age, vulnerable."""


@dataclass(frozen=True, slots=True)
class Levels:
    """The levels of a community: names, and the level of each cell under each cut.

    Attributes
    ----------
    names : tuple of (by, level)
    of_cell : array of int32, shape (cells, cuts)
    """

    names: tuple[tuple[str, str], ...]
    of_cell: NDArray[np.int32]

    def index(self, by: str, level: str) -> int:
        """Place of a level; ValueError where there is none."""
        return self.names.index((by, level))


def levels_of(world: World) -> Levels:
    """Levels of a world's community."""
    community = world.community
    names: list[tuple[str, str]] = [("all", "total"), ("scope", "residents"), ("scope", "campus")]
    names += [("group", group.name) for group in community.groups]
    names += [("quarter", block.name) for block in community.blocks]
    names += [("age", band) for band in AGE_BANDS]
    names += [("vulnerable", "no"), ("vulnerable", "yes")]
    place = {name: k for k, name in enumerate(names)}
    q, g, age, vulnerable = world.cell_levels.T
    headline = world.groups.headline[g]
    of_cell = np.stack(
        [
            np.zeros(len(q), dtype=np.int64),
            np.where(headline == 1, place["scope", "residents"], place["scope", "campus"]),
            place["group", community.groups[0].name] + g.astype(np.int64),
            place["quarter", community.blocks[0].name] + q.astype(np.int64),
            place["age", AGE_BANDS[0]] + age.astype(np.int64),
            place["vulnerable", "no"] + vulnerable.astype(np.int64),
        ],
        axis=1,
    ).astype(np.int32)
    return Levels(tuple(names), of_cell)


@dataclass(slots=True)
class Acts:
    """Acts of each resident up to a day, to count acts within a window."""

    generation: NDArray[np.int32]
    acts: NDArray[np.int32]
    adult: NDArray[np.bool_]
    cell: NDArray[np.int32]


class Recorder:
    """Keeps what a run reports.

    Parameters
    ----------
    world : World
        Before its first day.
    days : int
        Days that will be recorded.
    marks : tuple of int
        Ticks before which residents' acts are noted: the edges of windows.

    Attributes
    ----------
    series : array, shape (days, levels, measures)
    institution : array, shape (days, institution measures)
    hours : array, shape (days, uses)
        Worker-hours by use.
    block_hours, block_money : array, shape (days, policy blocks)
        Standing hours given and money spent, by policy block.
    block_work, block_dose, block_posts : array, shape (days, policy blocks)
        Whether the block was at work, the dose delivered (its strength times the share of programme hours that were
        there), and the posts it added that were filled.
    block_reach : tuple of (residents, quarters)
        Residents whom each block covers on the first day, and the quarters and campuses where they live.
    """

    def __init__(self, world: World, days: int, marks: tuple[int, ...] = ()) -> None:
        self.first = world.tick
        self.days = 0
        self.levels = levels_of(world)
        self.series = np.zeros((days, len(self.levels.names), len(MEASURES)))
        self.institution = np.zeros((days, len(INSTITUTION)))
        self.hours = np.zeros((days, len(HOUR_USES)))
        self.blocks = tuple(active.name for active in world.board.blocks)
        self.block_hours = np.zeros((days, len(self.blocks)))
        self.block_money = np.zeros((days, len(self.blocks)))
        self.block_work = np.zeros((days, len(self.blocks)))
        self.block_dose = np.zeros((days, len(self.blocks)))
        self.block_posts = np.zeros((days, len(self.blocks)))
        self.block_reach = tuple(
            (active.residents_covered, float(active.homes.sum())) for active in world.board.blocks
        )
        self.acts: dict[int, Acts] = {}
        self._marks = frozenset(marks)
        self._delivered = INSTITUTION.index("delivered")
        self.note(world)

    def note(self, world: World) -> None:
        """Note residents' acts, if the edge of a window falls on the coming day."""
        if world.tick in self._marks:
            r = world.residents
            self.acts[world.tick] = Acts(
                r.generation.copy(), r.acts.copy(), (r.present == 1) & (r.age > 0), r.cell.copy()
            )

    def record(self, world: World) -> None:
        """Record the day that has just been stepped."""
        row = self.days
        if row >= len(self.series):
            self._grow()
        add_up(self.levels.of_cell, world.stocks, world.flows, self.series[row])
        self.institution[row] = world.institution
        self.hours[row] = world.hours
        given = float(world.institution[self._delivered])
        for k, name in enumerate(self.blocks):
            self.block_hours[row, k] = world.board.hours_by_block.get(name, 0.0) / 7.0 * given
            self.block_money[row, k] = world.board.money_by_block.get(name, 0.0) / 365.0
            strength = world.board.strength_by_block.get(name, 0.0)
            self.block_work[row, k] = strength > 0.0
            self.block_dose[row, k] = strength * given
        planned = world.board.posts_by_block
        if (wanted := sum(planned.values())) > 0.0:
            filled = _extra_filled(world) / wanted
            self.block_posts[row] = [planned.get(name, 0.0) * filled for name in self.blocks]
        self.days += 1

    def _grow(self) -> None:
        for name in ("series", "institution", "hours", *(f"block_{what}" for what in _OF_BLOCKS)):
            array = getattr(self, name)
            setattr(self, name, np.concatenate([array, np.zeros((max(len(array), 64), *array.shape[1:]))]))


def _extra_filled(world: World) -> float:
    """Posts beyond those that agencies have without policies, filled this evening."""
    beyond = 0
    for agency, posts in enumerate(world.agencies.posts):
        mine = np.flatnonzero(world.workers.agency == agency)
        beyond += int(world.workers.in_post[mine[posts:]].sum())
    return float(beyond)


@kernel
def add_up(of_cell, stocks, flows, out):
    """Add every cell's measures to its level of each cut: ``out`` has shape (levels, stocks and flows)."""
    for cell in range(of_cell.shape[0]):
        for cut in range(of_cell.shape[1]):
            level = of_cell[cell, cut]
            for m in range(stocks.shape[1]):
                out[level, m] += stocks[cell, m]
            for m in range(flows.shape[1]):
                out[level, stocks.shape[1] + m] += flows[cell, m]


def measure(series: NDArray[np.float64], name: str) -> NDArray[Any]:
    """One measure out of recorded series, shape (..., levels)."""
    return series[..., (STOCKS + FLOWS).index(name)]
