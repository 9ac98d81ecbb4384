"""The examples in the documents work as the documents say."""

import importlib.util
import textwrap
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

import sim
import sim.errors
from sim import policies
from sim.lab.folder import parameters_csv
from sim.lab.request import requested_design
from sim.scenario import Scenario
from sim.scenario.read_claims import load_claims
from sim.scenario.validate import validate

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"


@pytest.fixture(scope="module")
def cafes() -> str:
    """The example policy, loaded as ``--policy-module`` loads it."""
    (name,) = policies.load_module(EXAMPLES / "street_cafes.py")
    return name


def module(file: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"example_{Path(file).stem}", EXAMPLES / file)
    assert spec is not None and spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def small(*sets: str) -> Scenario:
    """Riverside with the example policy in one quarter, for two months."""
    block = "policies.street_cafes"
    return sim.load_scenario(
        EXAMPLES / "riverside_today.yaml",
        sets=["burn_in=30", "horizon=60", f"{block}.policy=street_cafes", f"{block}.coverage.quarters=[market]", *sets],
    )


def test_a_policy_outside_the_package_is_used_by_its_scenario(cafes: str) -> None:
    scenario = sim.load_scenario(EXAMPLES / "street_cafes.yaml")
    (block,) = [block for block in scenario.policies if block.policy == cafes]
    assert block.settings["hours"] == 3.0, "the scenario's own setting"
    assert block.settings["visitors"] == 0.03, "the policy's default"
    assert len(block.quarters) == 6


def test_its_settings_have_a_source_and_a_range_like_any_parameter(cafes: str) -> None:
    spec = sim.load_scenario(EXAMPLES / "street_cafes.yaml").parameters.specs["policy.street_cafes.found"]
    assert spec.source == "invented for this example"
    assert (spec.low, spec.high) == (0.0, 0.2)


def test_worlds_vary_its_settings_where_it_runs_and_where_the_scenario_does_not_set_them(cafes: str) -> None:
    plain, own = (
        replace(sim.load_scenario(EXAMPLES / "street_cafes.yaml", sets=sets), name=name)
        for name, sets in (("plain", ()), ("own", ("parameters.policy.street_cafes.visitors=0.06",)))
    )
    plan = requested_design([sim.load_scenario("baseline"), plain, own], worlds=4)
    drawn = [world.values["policy.street_cafes.visitors"] for world in plan.worlds]
    assert len(set(drawn)) == 4 and all(0.0 <= value <= 0.1 for value in drawn)
    for world, value in zip(plan.worlds, drawn, strict=True):
        settings = {name: _cafe(plan.in_world(name, world)) for name in ("plain", "own")}
        assert settings["plain"]["visitors"] == value and settings["own"]["visitors"] == 0.06
        assert settings["plain"]["hours"] == 3.0, "said in the block itself"
        assert "policy.street_cafes.visitors" not in plan.in_world("baseline", world).parameters.specs
    listed = parameters_csv(plan.scenarios.values(), set(plan.worlds[0].values)).splitlines()
    (row,) = [line for line in listed if line.startswith("policy.street_cafes.visitors,")]
    assert row.endswith(",True")


def _cafe(scenario: Scenario) -> Mapping[str, float]:
    (block,) = [block for block in scenario.policies if block.policy == "street_cafes"]
    return block.settings


def test_an_experiment_can_name_its_settings_as_what_worlds_vary(cafes: str, tmp_path: Path) -> None:
    text = """
        schema: 1
        kind: experiment
        name: cafes
        title: Cafes
        baseline: baseline
        scenarios: [{name: cafes, set: {policies.street_cafes.dose: 1}}]
        worlds: {draw: latin_hypercube, count: 2, parameters: [policy.street_cafes.NAME]}
        """
    for name, fault in (("visitors", ""), ("visiters", "unknown parameter")):
        file = tmp_path / f"{name}.yaml"
        file.write_text(textwrap.dedent(text).replace("NAME", name), encoding="utf-8")
        if fault:
            with pytest.raises(sim.errors.CgsimError, match=rf"{fault}.*did you mean 'policy.street_cafes.visitors'"):
                requested_design([file])
        else:
            assert {tuple(w.values) for w in requested_design([file]).worlds} == {("policy.street_cafes.visitors",)}


def test_its_claims_are_those_of_the_page_and_can_be_tried(cafes: str) -> None:
    file = EXAMPLES / "street_cafe_claims.yaml"
    page = (EXAMPLES.parent / "trying-claims.md").read_text(encoding="utf-8")
    text = "".join(line for line in file.read_text(encoding="utf-8").splitlines(True) if not line.startswith("#"))
    assert f"```yaml\n{text}```" in page
    claims = load_claims(file)
    assert [claim.nature for claim in claims.claims.values()] == ["wired", "emergent", "emergent", "untestable"]
    assert len(claims.arms) == 6 and claims.table is not None and claims.table.is_file(), "the shipped worlds"


def test_a_setting_beyond_its_range_is_refused(cafes: str) -> None:
    with pytest.raises(sim.errors.CgsimError, match=r"street_cafes.*found"):
        small("policies.street_cafes.settings.found=3")


def test_at_dose_zero_it_changes_not_one_bit_and_at_dose_one_it_does(cafes: str) -> None:
    without = sim.simulate(small("policies.street_cafes.off=true"), seed=5)
    asleep = sim.simulate(small("policies.street_cafes.dose=0"), seed=5)
    awake = sim.simulate(small(), seed=5)
    assert asleep.daily.equals(without.daily)
    assert awake.value("contacts_week", by="quarter", level="market") > without.value(
        "contacts_week", by="quarter", level="market"
    )
    assert awake.value("case_hours_share") < without.value("case_hours_share"), "its hours come off cases"


def test_the_observers_of_the_example_become_columns_of_the_results() -> None:
    watch = module("watch.py")
    run = sim.simulate(
        small("policies.street_cafes.off=true"), seed=5,
        observers={"lonely_share": watch.lonely_share, "longest_queue": watch.longest_queue},
    )
    assert run.daily["lonely_share"].between(0.0, 1.0).all()
    assert (run.daily["longest_queue"] >= 0.0).all()
    assert 0.0 < run.value("lonely_share") < 1.0


def test_the_example_community_and_its_scenario_are_valid() -> None:
    for name in ("communities/riverside.yaml", "riverside_today.yaml"):
        validate(EXAMPLES / name)
    scenario = sim.load_scenario(EXAMPLES / "riverside_today.yaml")
    assert scenario.community.population == 2600
    assert [block.label for block in scenario.community.blocks][1] == "市场街"
