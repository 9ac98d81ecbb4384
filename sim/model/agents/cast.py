"""The agents of a model: made together when somebody first asks for them, and entered into Mesa's registers at once."""

import contextlib
import gc
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import mesa

from sim.errors import UsageError
from sim.model.agents.agency import Agency
from sim.model.agents.council import ResidentsCouncil
from sim.model.agents.resident import Resident
from sim.model.agents.worker import SocialWorker
from sim.model.world import World


class Cast(mesa.Model):
    """A Mesa model whose agents show the columns of a world; the part of a CommunityModel that keeps them.

    Attributes
    ----------
    world : World
    residents, workers, agencies, councils : list
        Agents, by row.
    """

    world: World
    _cast: dict[Any, list[Any]] | None = None
    _numbered: int

    def choose_classes(
        self,
        resident: type[Resident],
        worker: type[SocialWorker],
        agency: type[Agency],
        council: type[ResidentsCouncil],
        behaviour: bool,
    ) -> None:
        """Choose the classes of agents; ``behaviour`` says whether theirs may be another one.

        Raises
        ------
        UsageError
            If one is no subclass of ours, or changes behaviour that the compiled driver has built in.
        """
        self._classes: dict[Any, Any] = {
            Resident: resident, SocialWorker: worker, Agency: agency, ResidentsCouncil: council
        }  # fmt: skip
        self._departed: set[tuple[Any, int]] = set()
        for kind, chosen in self._classes.items():
            if not issubclass(chosen, kind):
                raise UsageError(f"{chosen.__name__} is not a subclass of {kind.__name__}")
            changed = [name for name in kind.BEHAVIOUR if getattr(chosen, name) is not getattr(kind, name)]
            if changed and not behaviour:
                raise UsageError(
                    f"{chosen.__name__} overrides {', '.join(changed)}, but the compiled driver has the behaviour of "
                    f"{kind.__name__} built in and would pass over it; use driver=\"agents\""
                )

    @property
    def residents(self) -> list[Any]:
        """Residents by row, empty places included."""
        return self._agents_of(Resident)

    @property
    def workers(self) -> list[Any]:
        """Social workers by row, vacant and closed posts included."""
        return self._agents_of(SocialWorker)

    @property
    def agencies(self) -> list[Any]:
        """Agencies by row."""
        return self._agents_of(Agency)

    @property
    def councils(self) -> list[Any]:
        """Residents' councils by row."""
        return self._agents_of(ResidentsCouncil)

    def council_of(self, block: int) -> Any:
        """The council of a block, by its number; None where there is none."""
        row = self.world.council_of.item(block)
        return self.councils[row] if row >= 0 else None

    def contact_rows(self, row: int) -> list[int]:
        """Rows of a resident's contacts."""
        network = self._networks.get(self.world.networked)
        if network is None:
            indptr, indices = self.world.contacts
            network = self._networks[self.world.networked] = indptr.tolist(), indices.tolist()
        starts, contacts = network
        return contacts[starts[row] : starts[row + 1]]

    @cached_property
    def _networks(self) -> dict[int, tuple[list[int], list[int]]]:
        """Contacts as plain lists, by the day from which they hold."""
        return {}

    def _agents_of(self, kind: type) -> list[Any]:
        if self._cast is None:
            self._make_agents()
        return self._cast[kind]  # type: ignore[index]

    def _make_agents(self) -> None:
        """Make all agents together and enter them into Mesa's registers in one go."""
        self._cast, number = {}, 0
        world = self.world
        for kind, table in (
            (Resident, world.residents), (SocialWorker, world.workers), (Agency, world.agencies),
            (ResidentsCouncil, world.councils),
        ):  # fmt: skip
            cls, rows = self._classes[kind], len(table[0])
            with _without_collection():
                self._cast[kind] = [cls(self, row, number + row + 1) for row in range(rows)]
            number += rows
        for members in self._cast.values():
            if members:
                self._agents_by_type[type(members[0])] = type(self._all_agents)(members)
        everybody = [*(agent for members in self._cast.values() for agent in members), *self._all_agents]
        self._all_agents._update(everybody)
        if "_agents" in self.__dict__:  # Mesa 3.3 keeps them alive here
            self._agents = dict.fromkeys(everybody)
        self._numbered = number

    def note_departure(self, kind: type, row: int) -> None:
        """Take note that an agent was removed, whose place somebody else may take."""
        self._departed.add((kind, row))

    def meet_newcomers(self) -> None:
        """Make agents of those who took the places of agents that were removed."""
        for kind, row in sorted(self._departed, key=lambda place: (place[0].__name__, place[1])):
            filled = self.world.residents.present if kind is Resident else self.world.workers.in_post
            if filled[row]:
                self._departed.discard((kind, row))
                newcomer = self._classes[kind](self, row, 0)
                self._agents_of(kind)[row] = newcomer
                self.register_agent(newcomer)

    @property
    def agents(self) -> Any:
        """All agents, as Mesa's AgentSet."""
        self._agents_of(Resident)
        return self._all_agents

    @agents.setter
    def agents(self, agents: Any) -> None:
        raise AttributeError("model.agents belongs to Mesa; name your own collection otherwise")

    @property
    def agents_by_type(self) -> Any:
        """AgentSets by class."""
        self._agents_of(Resident)
        return self._agents_by_type

    @property
    def agent_types(self) -> list[type]:
        """Classes of the agents."""
        return list(self.agents_by_type)

    def register_agent(self, agent: Any) -> None:
        """Enter an agent of one's own, made as any Mesa agent is."""
        self._agents_of(Resident)
        super().register_agent(agent)
        self._numbered += 1
        agent.unique_id = self._numbered

    def remove_all_agents(self) -> None:
        """Remove every agent: an empty community."""
        self._agents_of(Resident)
        super().remove_all_agents()


@contextlib.contextmanager
def _without_collection() -> Iterator[None]:
    """Let nobody look for garbage while many objects are made that all stay: it takes longer than making them."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
