"""A community as a Mesa model: step it, look at its agents, save it and go on from there.

>>> from sim import CommunityModel                                     # doctest: +SKIP
>>> model = CommunityModel("baseline", rng=1)                          # doctest: +SKIP
>>> model.run(30)                                                      # doctest: +SKIP
>>> model.agents_by_type[Resident].agg("trust", np.mean)               # doctest: +SKIP

Agents are made together when somebody first asks for them (``model.agents``, ``model.residents``); a model that is only
stepped by the compiled driver never pays for them. Mesa's own generator (``model.random``) is there for Mesa's methods,
such as shuffling an AgentSet; nothing that happens in the community depends on it.
"""

import contextlib
import datetime as dt
import gc
import os
from collections.abc import Iterator
from functools import cached_property, partial
from types import SimpleNamespace
from typing import Any, Final

import mesa
import pandas as pd

from sim.errors import UsageError
from sim.model import day, outcomes, snapshot
from sim.model.agents.agency import Agency
from sim.model.agents.council import ResidentsCouncil
from sim.model.agents.day import live_a_day
from sim.model.agents.resident import Resident
from sim.model.agents.today import Today
from sim.model.agents.worker import SocialWorker
from sim.model.build import build_world
from sim.model.compiled import announce_first_compile
from sim.model.draws import MASK
from sim.model.recorder import Recorder
from sim.model.snapshot import Snapshot
from sim.model.world import World
from sim.vocabulary.outcomes import HEADLINE

DRIVERS: Final = ("compiled", "agents")


def headline(model: "CommunityModel", outcome: str) -> float:
    """One outcome of the day for headline residents: what Mesa's DataCollector is given."""
    return model.value(outcome)


class CommunityModel(mesa.Model):
    """A community, its residents and its social workers.

    Parameters
    ----------
    scenario : Scenario, str or path
        A loaded scenario, or its name or file.
    rng : int
        Seed, from 0 to 2**64 - 1 (digits as text will do). All that happens is a pure function of scenario and seed.
    driver : {"compiled", "agents"}
        Kernels over columns, or agents one at a time in plain Python; both give the same bits.
    threads : int
        Threads of the compiled driver; any number gives the same bits.
    resident_class, worker_class, agency_class, council_class : type
        Subclasses of the agents. One that overrides what agents do needs the agents driver.
    seed : int, optional
        Another name for ``rng``.
    world : World, optional
        Go on from this state instead of a new one.

    Attributes
    ----------
    world : World
        The state, as columns. Its arrays are what agents read and write.
    residents, workers, agencies, councils : list
        Agents, by row.
    datacollector : mesa.DataCollector
        Collects the headline outcomes after every step; may be replaced.
    recorder : Recorder
        Sums of every measure, by level and day, of the days this model has stepped.

    Raises
    ------
    UsageError
        If the driver does not exist, the seed is none, or a subclass changes behaviour that the compiled driver has
        built in.
    """

    def __init__(
        self,
        scenario: Any,
        rng: Any = 0,
        driver: str = "compiled",
        threads: int = 1,
        *,
        resident_class: type[Resident] = Resident,
        worker_class: type[SocialWorker] = SocialWorker,
        agency_class: type[Agency] = Agency,
        council_class: type[ResidentsCouncil] = ResidentsCouncil,
        seed: Any = None,
        world: World | None = None,
    ) -> None:
        number = _seed(rng if seed is None else seed)
        self._classes = {
            Resident: resident_class, SocialWorker: worker_class, Agency: agency_class,
            ResidentsCouncil: council_class,
        }  # fmt: skip
        _check(driver, self._classes)
        if isinstance(scenario, str | os.PathLike):
            from sim.scenario import load_scenario

            scenario = load_scenario(scenario)
        announce_first_compile()
        self._community_scenario = scenario
        super().__init__(rng=number)
        self.driver = driver
        self.world = build_world(scenario, number, threads) if world is None else world
        self.world.model = self
        self._cast: dict[type, list[Any]] | None = None
        self._departed: set[tuple[type, int]] = set()
        self.recorder = Recorder(self.world, 0)
        self.datacollector = mesa.DataCollector({name: partial(headline, outcome=name) for name in HEADLINE})

    @classmethod
    def around(cls, world: World) -> "CommunityModel":
        """The model that shows a world as agents: the one it has, or a new one."""
        if world.model is not None:
            return world.model
        return cls(world.scenario, world.seed, "agents", world.threads, world=world)

    @classmethod
    def restore(cls, saved: Snapshot, scenario: Any, **given: Any) -> "CommunityModel":
        """Go on from a snapshot, in the scenario it was taken in or in one that branches off.

        Parameters
        ----------
        saved : Snapshot
        scenario : Scenario, str or path
        **given
            As for the class: driver, threads and so on.

        Raises
        ------
        RunError
            If the snapshot does not fit.
        """
        if isinstance(scenario, str | os.PathLike):
            from sim.scenario import load_scenario

            scenario = load_scenario(scenario)
        world = snapshot.restore(saved, scenario, given.get("threads", 1))
        return cls(scenario, saved.seed, world=world, **given)

    # --- time ----------------------------------------------------------------------------------------------------------

    def step(self) -> None:
        """Live one day, record it, and collect data."""
        if self.driver == "agents":
            live_a_day(self)
        else:
            day.step(self.world)
        self.recorder.record(self.world)
        self._meet_newcomers()
        self.datacollector.collect(self)
        self.running = self.world.tick < self.scenario.burn_in + self.scenario.horizon

    def run(self, days: int) -> pd.DataFrame:
        """Live some days and return the collected headline outcomes, one row a day."""
        for _ in range(days):
            self.step()
        return self.datacollector.get_model_vars_dataframe()

    @property
    def scenario(self) -> Any:
        """What is simulated (Mesa's own scenarios are not used)."""
        return self._community_scenario

    @scenario.setter
    def scenario(self, scenario: Any) -> None:
        self._scenario = scenario  # Mesa 3.5 sets one of its own

    if "time" not in vars(mesa.Model):

        @property
        def time(self) -> float:
            """Days this model has stepped (Mesa 3.5 has it too)."""
            return float(self.steps)

    @property
    def day(self) -> int:
        """The coming day, 0 for the first after the burn-in; negative in the burn-in."""
        return self.world.tick - self.scenario.burn_in

    @property
    def date(self) -> dt.date:
        """The coming day in the calendar."""
        return self.world.date

    @property
    def today(self) -> Today:
        """What agents know of the day."""
        found = self.__dict__.get("_today")
        if found is None or found.tick != self.world.tick:
            found = self._today = Today(self.world)
        return found

    # --- outcomes and state --------------------------------------------------------------------------------------------

    def outcomes(self) -> pd.DataFrame:
        """Outcomes of the day last stepped, one row per level (index: by, level), one column per outcome.

        Empty before the first step. Outcomes without a value on a single day are NaN.
        """
        if self.__dict__.get("_outcomes_on") != self.recorder.days:
            last = slice(max(self.recorder.days - 1, 0), self.recorder.days)
            today: Any = SimpleNamespace(
                first=self.world.tick - 1, days=last.stop - last.start, levels=self.recorder.levels,
                series=self.recorder.series[last], institution=self.recorder.institution[last],
            )  # fmt: skip
            table = outcomes.daily_table(today, self.scenario.start, self.scenario.burn_in)
            self._outcomes = table.drop(columns=["day", "date"]).set_index(["by", "level"])
            self._outcomes_on = self.recorder.days
        return self._outcomes

    def value(self, outcome: str, by: str = "scope", level: str = "residents") -> float:
        """One outcome of the day last stepped; NaN before the first step.

        Raises
        ------
        KeyError
            If there is no such outcome or level.
        """
        if not self.recorder.days:
            return float("nan")
        return float(self.outcomes()[outcome].iloc[self.recorder.levels.index(by, level)])

    def snapshot(self) -> Snapshot:
        """Save the whole state, with the calendar; see :meth:`restore`."""
        return snapshot.take(self.world)

    # --- agents --------------------------------------------------------------------------------------------------------

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
        starts, contacts = self._network
        return contacts[starts[row] : starts[row + 1]]

    @cached_property
    def _network(self) -> tuple[list[int], list[int]]:
        indptr, indices = self.world.contacts
        return indptr.tolist(), indices.tolist()

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

    def _meet_newcomers(self) -> None:
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


def _seed(given: Any) -> int:
    """Return the seed as a whole number."""
    try:
        number = int(str(given))
    except ValueError:
        number = -1
    if not 0 <= number <= MASK:
        raise UsageError(f"a seed is a whole number from 0 to {MASK}, got {given!r}")
    return number


def _check(driver: str, classes: dict[Any, type]) -> None:
    """Refuse a driver that does not exist, and changed behaviour that kernels would pass over."""
    if driver not in DRIVERS:
        raise UsageError(f"there is no driver {driver!r}; allowed are {' and '.join(DRIVERS)}")
    for kind, chosen in classes.items():
        if not issubclass(chosen, kind):
            raise UsageError(f"{chosen.__name__} is not a subclass of {kind.__name__}")
        changed = [name for name in kind.BEHAVIOUR if getattr(chosen, name) is not getattr(kind, name)]
        if changed and driver == "compiled":
            raise UsageError(
                f"{chosen.__name__} overrides {', '.join(changed)}, but the compiled driver has the behaviour of "
                f"{kind.__name__} built in and would pass over it; use driver=\"agents\""
            )

