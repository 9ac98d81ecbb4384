"""The model under the lab: a branched run is the straight run, and scenarios share a burn-in only if they may."""

import pandas as pd
import pytest

from sim.lab.engine import ModelEngine, branch_key
from sim.lab.store import tidy
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
    straight = tidy(engine.simulate(scenario, 3, None, "compiled"))
    state = engine.burn_in(load("baseline"), 3, "compiled")
    for _ in range(2):  # a state can be branched from again and again
        branched = tidy(engine.simulate(scenario, 3, None, "compiled", state))
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
