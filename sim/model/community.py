"""A community as a Mesa model: step it, look at its agents, save it and go on from there.

>>> from sim import CommunityModel                                     # doctest: +SKIP
>>> model = CommunityModel("baseline", rng=1)                          # doctest: +SKIP
>>> model.run(30)                                                      # doctest: +SKIP
>>> model.agents_by_type[Resident].agg("trust", np.mean)               # doctest: +SKIP

Agents are made together when somebody first asks for them (``model.agents``, ``model.residents``); a model that is only
stepped by the compiled driver never pays for them. Mesa's own generator (``model.random``) is there for Mesa's methods,
such as shuffling an AgentSet; nothing that happens in the community depends on it.
"""

import datetime as dt
import os
from functools import partial
from types import SimpleNamespace
from typing import Any, Final

import mesa
import pandas as pd

from sim.errors import UsageError
from sim.model import day, outcomes, snapshot
from sim.model.agents import Agency, Resident, ResidentsCouncil, SocialWorker, live_a_day
from sim.model.agents.cast import Cast
from sim.model.agents.today import Today
from sim.model.build import build_world
from sim.model.compiled import require_compiler
from sim.model.draws import MASK
from sim.model.recorder import Recorder
from sim.model.snapshot import Snapshot
from sim.model.world import World
from sim.scenario.in_short import in_short
from sim.vocabulary.outcomes import HEADLINE

DRIVERS: Final = ("compiled", "agents")


def headline(model: "CommunityModel", outcome: str) -> float:
    """One outcome of the day for headline residents: what Mesa's DataCollector is given."""
    return model.value(outcome)


@in_short(
    lambda self: {
        "scenario": self.scenario.name,
        "day": self.world.tick,
        "residents": len(self.world.residents[0]),
    }
)
class CommunityModel(Cast):
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
        if driver not in DRIVERS:
            raise UsageError(f"there is no driver {driver!r}; allowed are {' and '.join(DRIVERS)}")
        if driver == "compiled":
            require_compiler()
        self.choose_classes(resident_class, worker_class, agency_class, council_class, driver == "agents")
        if isinstance(scenario, str | os.PathLike):
            from sim.scenario import load_scenario

            scenario = load_scenario(scenario)
        self._community_scenario = scenario
        super().__init__(rng=number)
        self.driver = driver
        self.world = build_world(scenario, number, threads) if world is None else world
        self.world.model = self
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

    # --- time -----------------------------------------------------------------------------------------------

    def step(self) -> None:
        """Live one day, record it, and collect data."""
        if self.driver == "agents":
            live_a_day(self)
        else:
            day.step(self.world)
        self.recorder.record(self.world)
        self.meet_newcomers()
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

    # --- outcomes and state ---------------------------------------------------------------------------------

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


def _seed(given: Any) -> int:
    """Return the seed as a whole number."""
    try:
        number = int(str(given))
    except ValueError:
        number = -1
    if not 0 <= number <= MASK:
        raise UsageError(f"a seed is a whole number from 0 to {MASK}, got {given!r}")
    return number
