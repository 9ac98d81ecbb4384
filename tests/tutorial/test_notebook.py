"""What somebody with a notebook does in the first hour, in order: look, step, ask, change something, compare."""

from __future__ import annotations

from typing import Any

import mesa
import numpy as np
import pandas as pd
import pytest

import sim
from sim import CommunityModel
from sim.model.agents import Resident, ResidentsCouncil, SocialWorker

pytestmark = pytest.mark.versions


@pytest.fixture(scope="module")
def scenario() -> Any:
    """The small community that comes with the package, with a short burn-in."""
    return sim.load_scenario("baseline", sets=["community=harbour_court", "burn_in=20", "horizon=40"])


def test_the_first_hour(scenario: Any) -> None:
    # make a model and look at who is there
    model = CommunityModel(scenario, rng=42)
    residents = model.agents_by_type[Resident]
    assert len(residents) == scenario.community.population
    assert {"owners", "tenants", "live_in"} == {name for name, _ in residents.groupby("group_name")}

    # live a month, day by day
    for _ in range(30):
        model.step()
    assert model.steps == 30 and model.date.isoformat() == "2024-01-31"

    # how does trust differ by age?
    adults = residents.select(lambda r: r.present and r.age > 0)
    by_age = adults.groupby("age_band").agg("trust", np.mean)
    assert set(by_age) <= {"18_29", "30_49", "50_59", "60_69", "70_plus"} and all(0 < t < 1 for t in by_age.values())

    # follow one resident: contacts, open demands, what the day brought
    resident = next(r for r in residents if r.demands)
    demand = resident.demands[0]
    assert demand.category in ("health", "safety", "employment", "hardship_and_welfare",
                               "housing_and_environment", "culture_and_education")  # fmt: skip
    assert demand.arose < model.world.tick
    assert all(isinstance(contact, Resident) for contact in resident.contacts)

    # workers and councils
    skills = model.agents_by_type[SocialWorker].select(lambda w: w.in_post).get("skill")
    assert len(skills) == 5 and all(0 <= skill <= 1 for skill in skills)
    assert len(model.agents_by_type[ResidentsCouncil]) == 3

    # outcomes: the day's table, and the collected series
    table = model.outcomes()
    assert table.loc[("group", "owners"), "trust"] != table.loc[("group", "tenants"), "trust"]
    series = model.datacollector.get_model_vars_dataframe()
    assert isinstance(series, pd.DataFrame) and len(series) == 30 and series["trust"].notna().all()


def test_what_if_one_steps_in_by_hand(scenario: Any) -> None:
    # the same morning twice: once as it is, once with everybody in the tower asked to come
    morning = CommunityModel(scenario, rng=42)
    morning.run(10)
    saved = morning.snapshot()
    as_it_is, invited = (CommunityModel.restore(saved, scenario) for _ in range(2))
    invited.agents_by_type[Resident].select(lambda r: r.quarter_name == "tower").set("invited", invited.world.tick)
    acts = []
    for model in (as_it_is, invited):
        model.run(7)
        acts.append(sum(model.agents_by_type[Resident].get("acts")))
    assert acts[1] > acts[0]


class Cautious(Resident):
    """Takes part only where most contacts do."""

    def participate(self) -> None:
        """Stay away unless the contacts are there."""
        if self.share_of_contacts_active() > 0.5:
            super().participate()
        else:
            self.act = self.proposal = self.need = 0


class Cafe(CommunityModel):
    """A model of one's own: a café that makes its guests a little happier with the community every day."""

    def __init__(self, scenario: Any, guests: int = 20, **given: Any) -> None:
        super().__init__(scenario, **given)
        self.guests = self.agents_by_type[Resident].select(
            lambda r: r.present and r.quarter_name == "garden", at_most=guests
        )
        self.datacollector = mesa.DataCollector(
            model_reporters={"belonging": lambda m: m.guests.agg("belonging", np.mean)}
        )

    def step(self) -> None:
        """Open the café, then live the day."""
        for guest in self.guests:
            guest.belonging = min(guest.belonging + 0.02, 1.0)
        super().step()


def test_a_resident_of_ones_own_under_the_agents_driver(scenario: Any) -> None:
    usual = CommunityModel(scenario, rng=42, driver="agents")
    cautious = CommunityModel(scenario, rng=42, driver="agents", resident_class=Cautious)
    for model in (usual, cautious):
        model.run(3)
    assert sum(r.acts for r in cautious.residents) < sum(r.acts for r in usual.residents)


def test_a_model_of_ones_own_under_either_driver(scenario: Any) -> None:
    collected = []
    for driver, days in (("compiled", 4), ("agents", 4)):
        model = Cafe(scenario, rng=42, driver=driver)
        model.run(days)
        collected.append(model.datacollector.get_model_vars_dataframe()["belonging"])
    assert collected[0].equals(collected[1])
    assert collected[0].is_monotonic_increasing


def test_a_day_can_be_lived_by_hand(scenario: Any) -> None:
    # what a debugger shows: one resident weighs up whether to take part
    model = CommunityModel(scenario, rng=42, driver="agents")
    model.run(1)
    resident = next(r for r in model.residents if r.present and r.age > 0)
    utility = resident.inclination()
    resident.knowledge = 1.0
    assert resident.inclination() > utility
    resident.participate()
    assert resident.act in (0, 1, 2, 3)
