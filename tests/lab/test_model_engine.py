"""The model under the lab: a branched run is the straight run, and scenarios share a burn-in only if they may."""

from importlib.metadata import distributions

import pandas as pd
import pytest

from sim.errors import PolicyModuleError, RunError
from sim.lab.engine import ModelEngine, branch_key
from sim.lab.run_file import RunKey, pack_run, tidy
from sim.scenario import load_scenario

SMALL = ("community=harbour_court", "burn_in=20", "horizon=40")


def load(name, *sets):
    return load_scenario(name, (*SMALL, *sets))


def test_a_policy_that_begins_after_the_burn_in_shares_it():
    assert branch_key(load("baseline")) == branch_key(load("workforce"))
    assert branch_key(load("baseline")) == branch_key(load("baseline", "horizon=50", "title=Other"))


@pytest.mark.parametrize(
    "change",
    [
        "burn_in=21",
        "parameters.trust.gain=0.07",
        "mechanisms.M3=off",
        "policies.extra={policy: workforce, from_start: true}",
    ],
)
def test_whatever_can_change_the_burn_in_is_not_shared(change):
    assert branch_key(load("baseline")) != branch_key(load("baseline", change))


def test_a_branched_run_is_the_straight_run_to_the_last_bit():
    engine = ModelEngine()
    scenario = load("full_package")
    whole = engine.simulate(scenario, 3, None, "compiled")
    straight, key = tidy(whole), RunKey("a", "full_package", "point", 3)
    state = engine.burn_in(load("baseline"), 3, "compiled")
    for _ in range(2):  # a state can be branched from again and again
        run = engine.simulate(scenario, 3, None, "compiled", state)
        branched = tidy(run)
        assert pack_run(key, run) == pack_run(key, whole)
        for name, table in straight.items():
            pd.testing.assert_frame_equal(
                table.reset_index(drop=True), branched[name].reset_index(drop=True), check_exact=True
            )


def test_scenarios_travel_to_other_processes_unchanged():
    import pickle

    scenario = load("full_package")
    assert pickle.loads(pickle.dumps(scenario)).hash == scenario.hash
    assert branch_key(pickle.loads(pickle.dumps(scenario))) == branch_key(scenario)


def test_a_users_own_policy_changes_the_code_version(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text("a = 1")
    first = ModelEngine((str(path),)).code_version()
    path.write_text("a = 2")
    assert len({first, ModelEngine((str(path),)).code_version(), ModelEngine().code_version()}) == 3


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Put a package of one module, with entry points, where Python finds it."""
    monkeypatch.syspath_prepend(tmp_path)
    about = tmp_path / "watchers-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: watchers\nVersion: 1\n")

    def _install(code, group, value):
        (tmp_path / "watchers.py").write_text(code)
        (about / "entry_points.txt").write_text(f"[{group}]\nmine = {value}\n")
        monkeypatch.delitem(__import__("sys").modules, "watchers", raising=False)
        assert any(found.name == "watchers" for found in distributions(path=[str(tmp_path)]))

    return _install


@pytest.mark.parametrize("group", ["cgsim.policies", "cgsim.outcomes", "cgsim.observers"])
def test_what_a_package_adds_by_entry_point_changes_the_code_version(install, group):
    versions = [ModelEngine().code_version()]
    for code in ("a = 1", "a = 2"):
        install(code, group, "watchers:mine")
        versions.append(ModelEngine().code_version())
    assert len(set(versions)) == 3


def test_an_installed_observer_becomes_a_column(install):
    install("def mine(world):\n    return world.tick", "cgsim.observers", "watchers:mine")
    run = ModelEngine().simulate(load("baseline", "burn_in=0"), 1, 2, "compiled")
    assert sorted(set(run.daily["mine"])) == [1.0, 2.0]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("def mine(world):\n    raise KeyError('trst')", "failed on 2024-01-0.: KeyError: 'trst'"),
        ("def mine(world):\n    return 'much'", "failed on .*could not convert"),
    ],
)
def test_a_failing_observer_of_ones_own_is_named(install, code, said):
    install(code, "cgsim.observers", "watchers:mine")
    with pytest.raises(RunError, match=f"entry point mine = watchers:mine: {said}"):
        ModelEngine().simulate(load("baseline", "burn_in=0"), 1, 2, "compiled")


def test_an_observer_that_cannot_be_loaded_is_named(install):
    install("", "cgsim.outcomes", "nowhere:mine")
    with pytest.raises(PolicyModuleError, match="entry point mine = nowhere:mine: could not be loaded"):
        ModelEngine().simulate(load("baseline", "burn_in=0"), 1, 2, "compiled")
