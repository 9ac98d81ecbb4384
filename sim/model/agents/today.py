"""What agents know of the day: its number, the rules, their luck, what policies offer, and the book of what happens."""

from typing import Any

from sim.model.counters import flow
from sim.model.draws import bits_py, stream_day_py, uniform_py
from sim.model.levers import Chances
from sim.model.world import World
from sim.vocabulary.measures import FLOWS
from sim.vocabulary.streams import STREAMS

_PLACE = {name: flow(name) for name in FLOWS}


class Today:
    """One day of a community, as its agents see it.

    Attributes
    ----------
    tick : int
        The day, since the start of the burn-in.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.tick = world.tick
        self._streams = dict(zip(STREAMS, world.streams.tolist(), strict=True))
        self._memory: dict[tuple[str, int, int], int] = {}

    @property
    def rules(self) -> Any:
        """Parameters of every mechanism."""
        return self.world.rules

    # --- luck: a pure function of seed, stream, whose it is, day and index ----------------------------------

    def _stream(self, stream: str, day: int, index: int) -> int:
        place = stream, day, index
        found = self._memory.get(place)
        if found is None:
            found = self._memory[place] = stream_day_py(self._streams[stream], day, index)
        return found

    def draw(self, stream: str, key: int, index: int = 0) -> float:
        """Today's uniform draw of whoever has this key."""
        return uniform_py(self._stream(stream, self.tick, index), key)

    def lasting(self, stream: str, key: int, index: int = 0) -> float:
        """A uniform draw that is the same on every day."""
        return uniform_py(self._stream(stream, 0, index), key)

    def lot(self, stream: str, key: int) -> int:
        """64 bits that decide between equals, the same on every day."""
        return bits_py(self._stream(stream, 0, 0), key)

    # --- policies -------------------------------------------------------------------------------------------

    def lever(self, name: str, resident: Any) -> float:
        """What of a lever is delivered where this resident lives."""
        column: Any = getattr(self.world.levers, name)
        return column.item(resident.quarter, resident.group)

    def everywhere(self, name: str) -> float:
        """What of a community-wide lever is delivered."""
        column: Any = getattr(self.world.levers, name)
        return column.item(0)

    def reaches(self, form: str, resident: Any) -> bool:
        """Whether a form of outreach reaches this resident today."""
        chances: Any = self.world.chances[Chances._fields.index(form)]
        chance = chances.item(resident.quarter, resident.group)
        return chance > 0.0 and self.draw(f"outreach.{form}", resident.key) < chance

    # --- the book -------------------------------------------------------------------------------------------

    def book(self, cell: int, name: str, amount: float = 1.0) -> None:
        """Book a flow on a cell of measures."""
        self.world.flows[cell, _PLACE[name]] += amount
