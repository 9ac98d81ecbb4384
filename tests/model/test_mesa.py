"""The model is a Mesa model, and its residents are Mesa agents, in every way that Mesa's users rely on."""

from __future__ import annotations

import copy
import gc
import pickle
import subprocess
import sys
import weakref
from typing import Any

import mesa
import numpy as np
import pytest

from sim import CommunityModel
from sim.errors import UsageError
from sim.model import day
from sim.model.agents import Agency, Resident, ResidentsCouncil, SocialWorker
from sim.model.build import build_world
from sim.model.columns import AGENCY, COUNCIL, RESIDENT, WORKER
from tests.model.driving import SEASON, differences, season

pytestmark = pytest.mark.versions
KINDS = {Resident: RESIDENT, SocialWorker: WORKER, Agency: AGENCY, ResidentsCouncil: COUNCIL}


@pytest.fixture(scope="module")
def lived_in() -> CommunityModel:
    """A model after a fortnight; tests that change it make their own."""
    model = CommunityModel(season("burn_in=2"), rng=1)
    model.run(14)
    return model


def fresh(**given: Any) -> CommunityModel:
    return CommunityModel(season("burn_in=2"), rng=1, **given)


# --- time and outcomes --------------------------------------------------------------------------------------


def test_a_scenario_comes_by_name_by_path_or_loaded() -> None:
    by_path = CommunityModel(SEASON, rng=1)
    assert by_path.scenario.name == "mill_season"
    assert CommunityModel(str(SEASON), rng="1").scenario == CommunityModel(by_path.scenario, seed=1).scenario


def test_steps_time_and_the_calendar_go_on_together(lived_in: CommunityModel) -> None:
    assert lived_in.steps == lived_in.time == 14
    assert lived_in.day == 12 and lived_in.date.isoformat() == "2024-07-04"


def test_the_model_stops_running_at_its_horizon() -> None:
    model = CommunityModel(season("burn_in=2", "horizon=31", "policies.workforce.end=2024-07-20"), rng=1)
    model.run_model()
    assert model.steps == 33 and not model.running


def test_outcomes_of_the_day_by_level(lived_in: CommunityModel) -> None:
    table = lived_in.outcomes()
    assert table.index.names == ["by", "level"] and ("group", "lodgers") in table.index
    people = [r for r in lived_in.agents_by_type[Resident] if r.present and r.group_name != "students"]
    assert lived_in.value("trust") == pytest.approx(np.mean([r.trust for r in people]))
    assert table.loc[("scope", "residents"), "trust"] == lived_in.value("trust")
    with pytest.raises(KeyError):
        lived_in.value("happiness")


def test_before_the_first_step_there_are_no_outcomes() -> None:
    assert np.isnan(fresh().value("trust")) and fresh().outcomes().empty


def test_headline_outcomes_are_collected_every_day(lived_in: CommunityModel) -> None:
    collected = lived_in.datacollector.get_model_vars_dataframe()
    assert list(collected) == ["participation_30d", "trust", "conflicts_per_1000"] and len(collected) == 14
    assert collected["trust"].iloc[-1] == lived_in.value("trust")


def test_a_collector_of_ones_own_reads_agents() -> None:
    model = fresh()
    model.datacollector = mesa.DataCollector(
        model_reporters={"mood": lambda m: m.value("trust")},
        agenttype_reporters={Resident: {"trust": "trust"}, SocialWorker: {"skill": "skill"}},
    )
    model.run(2)
    trust = model.datacollector.get_agenttype_vars_dataframe(Resident)
    assert len(trust) == 2 * len(model.residents)
    assert trust["trust"].iloc[-1] == model.residents[-1].trust


# --- agents are columns -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_column_is_an_attribute_with_a_meaning_and_a_plain_value(
    kind: type, lived_in: CommunityModel
) -> None:
    agent = lived_in.agents_by_type[kind][-1]
    for column in KINDS[kind]:
        value = getattr(agent, column.name)
        assert type(value) in (bool, int, float), column.name
        assert value == getattr(agent._columns, column.name)[agent.row]
        assert column.meaning in getattr(kind, column.name).__doc__


def test_what_is_written_stands_in_the_column_and_bounds_hold() -> None:
    model = fresh()
    resident = model.residents[3]
    resident.trust = 0.25
    assert model.world.residents.trust[3] == resident.trust == 0.25
    for wrong in (1.5, -0.1, float("nan")):
        with pytest.raises(ValueError, match="trust lies between"):
            resident.trust = wrong
    with pytest.raises(AttributeError):
        resident.quarter = 1
    assert resident.trust == 0.25


def test_a_resident_knows_who_where_and_whom(lived_in: CommunityModel) -> None:
    resident = next(r for r in lived_in.residents if r.contacts and r.age > 0)
    assert resident.group_name in lived_in.scenario.community.group_names
    assert resident.quarter_name in lived_in.scenario.community.block_names
    assert resident.age_band in ("18_29", "30_49", "50_59", "60_69", "70_plus")
    assert len(resident.contacts) == resident.degree
    assert all(resident in contact.contacts for contact in resident.contacts)
    assert resident.group_name in repr(resident)


def test_open_demands_are_records_that_cannot_be_changed(lived_in: CommunityModel) -> None:
    demands = [demand for resident in lived_in.residents for demand in resident.demands]
    assert len(demands) == lived_in.world.demands.count > 0
    known = [demand for demand in demands if demand.state != "silent"]
    assert known and all(demand.voiced is not None for demand in known)
    with pytest.raises(AttributeError):
        demands[0].state = "resolved"  # type: ignore[misc]


def test_workers_agencies_and_councils_tell_who_they_are(lived_in: CommunityModel) -> None:
    worker, agency, council = lived_in.workers[0], lived_in.agencies[0], lived_in.councils[0]
    assert worker.agency_name == agency.name == "committee" and worker in agency.workers
    assert set(worker.familiarity) == {"north", "south", "yard", "college"}
    assert council.quarter_name == "north" and {r.quarter_name for r in council.residents} == {"north"}
    assert len(council.representatives) == council.members


# --- AgentSets ----------------------------------------------------------------------------------------------


def test_agentsets_select_get_group_and_aggregate(lived_in: CommunityModel) -> None:
    residents = lived_in.agents_by_type[Resident]
    assert len(residents) == 660 and len(lived_in.agents) == 660 + len(lived_in.workers) + 3 + 2
    present = residents.select(lambda r: r.present)
    assert present.agg("trust", np.mean) == pytest.approx(lived_in.value("trust", "all", "total"))
    assert residents.get("key") == lived_in.world.residents.key.tolist()
    groups = residents.groupby("group_name")
    assert {name: len(members) for name, members in groups} == {"old_hands": 360, "lodgers": 160, "students": 140}
    assert len(residents.select(at_most=10)) == 10
    assert lived_in.agent_types == [Resident, SocialWorker, Agency, ResidentsCouncil]
    assert next(iter(residents.sort("trust", ascending=True))).trust == min(residents.get("trust"))


def test_agentsets_set_do_map_and_shuffle() -> None:
    model = fresh()
    children = model.agents_by_type[Resident].select(lambda r: r.age == 0)
    children.set("trust", 1.0)
    assert (model.world.residents.trust[model.world.residents.age == 0] == 1.0).all()
    visited: list[int] = []
    model.agents_by_type[Resident].shuffle_do(lambda r: visited.append(r.row))
    assert sorted(visited) == list(range(660)) and visited != sorted(visited)
    assert model.agents_by_type[SocialWorker].map("knows", 0) == model.world.workers.familiarity[:, 0].tolist()
    before = model.world.residents.trust.copy()
    model.agents_by_type[Resident].do("speak")
    assert (model.world.residents.said == before).all()


def test_shuffling_agents_changes_nothing_that_happens() -> None:
    model, world = fresh(), build_world(season("burn_in=2"), 1)
    for _ in range(4):
        model.agents.shuffle(inplace=True)
        model.step()
        day.step(world)
    assert differences(model.world, world) == []


# --- identity, life and death of objects --------------------------------------------------------------------


def test_an_agent_is_one_object_and_keeps_what_is_hung_on_it() -> None:
    model = fresh()
    resident = model.residents[7]
    resident.nickname = "Seven"
    model.run(2)
    assert model.agents_by_type[Resident][7] is resident is model.residents[7] and resident in model.agents
    assert resident.nickname == "Seven" and len({a.unique_id for a in model.agents}) == len(model.agents)
    seen = weakref.ref(resident)
    del resident
    gc.collect()
    assert seen() is model.residents[7]


@pytest.mark.parametrize("duplicate", [lambda m: pickle.loads(pickle.dumps(m)), copy.deepcopy], ids=["pickle", "copy"])
def test_a_model_can_be_duplicated_with_its_agents(duplicate: Any) -> None:
    model = fresh()
    model.run(2)
    model.residents[7].nickname = "Seven"
    other = duplicate(model)
    assert other.residents[7] is not model.residents[7] and other.residents[7].nickname == "Seven"
    assert other.agents_by_type[Resident][7] is other.residents[7]
    for each in (model, other):
        each.run(3)
    assert differences(model.world, other.world) == []
    assert other.residents[7].trust == other.world.residents.trust[7] and other.steps == 5


def test_a_removed_resident_is_gone_and_the_place_stays_empty() -> None:
    model = fresh()
    model.run(10)
    resident = next(r for r in model.residents if r.demands and r.quarter_name == "north")
    count = len(model.agents)
    resident.remove()
    assert resident not in model.agents and len(model.agents) == count - 1
    model.run(6)
    assert not model.world.residents.present[resident.row] and not model.residents[resident.row].demands


def test_a_newcomer_to_a_removed_residents_place_is_another_agent() -> None:
    model = CommunityModel(season("burn_in=2", "start=2024-08-28", "policies.workforce.end=2024-11-20"), rng=1)
    gone = model.residents[5]
    gone.remove()
    model.run(6)  # past the first of September
    newcomer = model.residents[5]
    assert newcomer is not gone and newcomer in model.agents and newcomer.present and newcomer.generation == 1


def test_removing_everybody_leaves_an_empty_community() -> None:
    model = fresh()
    model.remove_all_agents()
    assert len(model.agents) == 0
    model.run(2)
    assert model.value("trust", "all", "total") != model.value("trust", "all", "total")  # of nobody: missing


def test_agents_of_ones_own_live_beside_ours() -> None:
    class Cat(mesa.Agent):
        pass

    model = fresh()
    cat = Cat(model)
    assert cat in model.agents and list(model.agents_by_type[Cat]) == [cat]
    assert [a.unique_id for a in model.agents].count(cat.unique_id) == 1
    cat.remove()
    assert cat not in model.agents


def test_two_models_in_one_process_do_not_mix() -> None:
    one, two = fresh(), CommunityModel(season("burn_in=2"), rng=2)
    before = two.residents[0].trust
    one.residents[0].trust = 1.0 - before
    one.run(2)
    assert two.residents[0].trust == before and two.residents[0].model is two and one.residents[0].model is one


def test_a_model_that_nobody_holds_is_forgotten() -> None:
    model = fresh()
    model.run(1)
    seen, resident = weakref.ref(model), weakref.ref(model.residents[0])
    del model
    gc.collect()
    assert seen() is None and resident() is None


# --- what it costs ------------------------------------------------------------------------------------------


def test_an_untouched_model_makes_no_agents() -> None:
    model = fresh()
    model.run(3)
    assert model._cast is None and not any(type(o) is Resident and o.model is model for o in gc.get_objects())


def test_full_xichengs_residents_are_all_made_at_the_first_touch() -> None:
    model = CommunityModel("baseline", rng=1)
    assert model._cast is None
    assert len(model.agents_by_type[Resident]) == 58_731


def test_importing_the_face_loads_no_mesa() -> None:
    code = "import sim, sys; sim.load_scenario; print('mesa' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "False", done.stderr


# --- drivers, subclasses, mistakes --------------------------------------------------------------------------


def test_both_drivers_give_the_same_model() -> None:
    compiled, stepped = fresh(threads=2), fresh(driver="agents")
    for model in (compiled, stepped):
        model.run(5)
    assert differences(compiled.world, stepped.world) == []
    assert compiled.outcomes().equals(stepped.outcomes())


class Stubborn(Resident):
    """Never changes her mind."""

    def change_mind(self, performance: float, weight: float) -> None:
        """Stay as one is."""


class Named(Resident):
    """Adds something, changes nothing."""

    def __init__(self, model: Any, row: int, number: int) -> None:
        super().__init__(model, row, number)
        self.nickname = f"No. {row}"

    @property
    def is_content(self) -> bool:
        """Trusts more than expected."""
        return self.trust > self.expectation


def test_changed_behaviour_needs_the_agents_driver() -> None:
    with pytest.raises(UsageError, match="Stubborn overrides change_mind.*agents"):
        fresh(resident_class=Stubborn)
    model = fresh(driver="agents", resident_class=Stubborn)
    anchors = model.world.residents.anchor.copy()
    model.run(4)
    stayed = model.world.residents.generation == 0
    assert (model.world.residents.anchor == anchors)[stayed].all()
    assert model.recorder.series[:4].any() and type(model.residents[0]) is Stubborn


def test_a_subclass_that_only_adds_works_under_either_driver() -> None:
    model = fresh(resident_class=Named)
    model.run(2)
    assert model.residents[4].nickname == "No. 4" and len(model.agents_by_type[Named]) == 660
    assert 0 < len(model.agents_by_type[Named].select(lambda r: r.is_content)) < 660


def test_every_behaviour_that_a_driver_runs_is_guarded() -> None:
    for kind in KINDS:
        methods = {
            name for cls in kind.__mro__ for name, value in vars(cls).items()
            if callable(value) and cls.__module__.startswith("sim.model.agents") and not name.startswith("_")
        }  # fmt: skip
        looks_up = {"remove", "knows", "get_to_know", "pool_for"}
        assert methods - looks_up == set(kind.BEHAVIOUR), kind


@pytest.mark.parametrize("wrong", [-1, 2**64, "many", 1.5, None])
def test_a_seed_that_is_none_is_refused(wrong: Any) -> None:
    with pytest.raises(UsageError, match="a seed is a whole number"):
        CommunityModel(season(), rng=wrong)


def test_a_driver_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UsageError, match="compiled and agents"):
        fresh(driver="gpu")
    with pytest.raises(UsageError, match="not a subclass of Resident"):
        fresh(resident_class=mesa.Agent)


# --- saving -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("driver", ["compiled", "agents"])
def test_a_restored_model_goes_on_as_the_straight_one(driver: str) -> None:
    straight = fresh()
    straight.run(6)
    restored = CommunityModel.restore(straight.snapshot(), season("burn_in=2"), driver=driver)
    assert restored.date == straight.date
    for model in (straight, restored):
        model.run(3)
    assert differences(straight.world, restored.world, ("waits", "waits.cell")) == []
    assert restored.residents[0].trust == straight.residents[0].trust
