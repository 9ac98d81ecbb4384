"""A results folder holds all that is needed to make its numbers again, and every way in which they drift is told."""

import json
import shutil

import numpy as np
import pytest

import sim
from sim import policies
from sim.analysis.again import conclude_again
from sim.errors import ExistsError, LayoutError, NotFoundError, UsageError
from sim.lab import load_results
from sim.lab.checksums import LIST
from sim.lab.rebuild import load_modules, read_worlds
from sim.lab.reproduce import choose, reproduce
from sim.lab.worlds import MATCHED_TABLE, World, latin_hypercube, matched_worlds, worlds_csv
from sim.scenario.finder import shipped
from tests import fakes
from tests.docs.test_examples import EXAMPLES
from tests.lab.repeated import Biased, comparison, edit, from_resolved


@pytest.fixture(autouse=True)
def _scenarios_are_fakes(request, monkeypatch):
    if "modules" not in request.node.name:
        monkeypatch.setattr("sim.scenario.from_resolved", from_resolved)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return comparison(tmp_path_factory.mktemp("made") / "there", worlds=3, seeds=1)


@pytest.fixture
def there(made, tmp_path):
    """The comparison's folder, moved: what it was made in is not looked at."""
    return shutil.copytree(made, tmp_path / "moved" / "here")


def again(folder, tmp_path, engine=None, **given):
    return reproduce(
        folder, tmp_path / "again", jobs=1, engine=lambda modules: engine or fakes.FakeEngine(), **given
    )


def test_all_runs_of_a_moved_folder_come_out_bit_for_bit(there, tmp_path):
    found = again(there, tmp_path, sample=None)
    assert found.status == "identical" and found.matches and found.complete
    assert len(found.compared) == found.finished == 9
    assert found.unlike == () and found.origins.expected == "none" and found.origins.sources == ()
    assert sum(drift.values for drift in found.drifts) > 9 * 50
    assert {"trust", "hours: hours", "costs: money"} <= {drift.outcome for drift in found.drifts}


def test_conclusions_of_stored_and_of_repeated_runs_are_the_same_bytes(there, tmp_path):
    found = again(there, tmp_path, sample=None)
    for results in (found.results, found.again):
        conclusions = conclude_again(results, there)
        assert {"effects.parquet", "costs.parquet"} <= {each.file for each in conclusions}
        assert {each.sameness for each in conclusions} == {"same bytes"}


def test_conclusions_that_do_not_follow_from_the_runs_are_found(there):
    table = there / "tables" / "costs.csv"
    table.write_text(table.read_text().replace("1", "2", 1))
    (there / "costs.parquet").unlink()
    found = {each.file: each.sameness for each in conclude_again(load_results(there), there)}
    assert found["tables/costs.csv"] == "differs" and found["costs.parquet"] == "not stored"
    assert found["effects.parquet"] == "same bytes"


def test_the_repeated_runs_are_results_that_can_be_repeated_in_turn(there, tmp_path):
    again(there, tmp_path, sample=5)
    shutil.rmtree(there)
    kept = load_results(tmp_path / "again")
    assert len(kept.runs) == 5 and (kept.runs["status"] == "ok").all() and len(kept.windows) > 0
    found = reproduce(kept.folder, tmp_path / "once more", sample=None, jobs=1, engine=lambda _: fakes.FakeEngine())
    assert found.matches and found.finished == 5


def test_a_drift_is_told_by_outcome_with_its_size(there, tmp_path):
    found = again(there, tmp_path, Biased(), sample=4)
    drifted = {drift.outcome: drift for drift in found.drifts if drift.status != "identical"}
    assert set(drifted) == {"trust"} and found.status == "drift" and not found.matches
    trust = drifted["trust"]
    assert trust.runs_differing == trust.runs == 4
    assert trust.largest == pytest.approx(0.001, rel=1e-9)
    windows, daily = (found.again.read(table)["trust"].abs() for table in ("windows", "daily"))
    assert trust.largest_relative == pytest.approx(0.001 / min(windows.min(), daily.min()), rel=1e-6)
    assert trust.values_differing == trust.values == len(windows) + len(daily)


def test_the_last_bit_is_a_defect_here_and_expected_on_another_processor(there, tmp_path):
    found = again(there, tmp_path, Biased(bias=None))
    assert found.status == "tiny" and found.origins.expected == "none" and not found.matches
    edit(there, processor="Another 9000")
    shutil.rmtree(tmp_path / "again")
    found = again(there, tmp_path, Biased(bias=None))
    assert found.status == "tiny" and found.origins.expected == "last_bits" and found.matches
    assert any("Another 9000 then" in text for text in found.origins.sentences())


def test_another_version_of_the_code_is_told_with_the_sources_that_changed(there, tmp_path):
    manifest = json.loads((there / "manifest.json").read_text())
    sources = {**manifest["sources"], "rules/trust.py": "0" * 12, "rules/gone.py": "1" * 12}
    edit(there, sources=sources, git={"commit": "f" * 40, "clean": False})
    found = again(there, tmp_path, Biased(version="2"))
    assert found.origins.expected == "any" and not found.matches
    assert found.origins.sources == ("sim/rules/gone.py (gone)", "sim/rules/trust.py")
    said = "\n".join(found.origins.sentences())
    assert "code version: 1 then, 2 now" in said and "with changes that were not committed then" in said
    assert found.unlike == (), "the inputs are the same under the code version of then"


def test_an_old_manifest_is_no_difference_by_what_it_does_not_say(there, tmp_path):
    manifest = json.loads((there / "manifest.json").read_text())
    for name in ("sources", "policy_modules", "plugins", "processor_type"):
        del manifest[name]
    (there / LIST).unlink()  # earlier versions had none
    (there / "manifest.json").write_text(json.dumps(manifest))
    found = again(there, tmp_path)
    assert found.origins.expected == "none" and found.matches


def test_a_run_that_fails_this_time_is_a_drift(there, tmp_path):
    found = again(there, tmp_path, fakes.FakeEngine(fails=("workforce",)), sample=6)
    assert found.status == "drift" and not found.matches
    assert {row[0] for row in found.failed} == {"workforce"} and "cannot be simulated" in str(found.failed)
    assert {row[0] for row in found.compared} == {"baseline", "online_channel"}


def test_a_damaged_run_is_named_the_others_are_compared_and_all_are_made_again(there, tmp_path):
    runs = sorted((there / "runs").glob("*.parquet"))
    runs[0].write_bytes(runs[0].read_bytes()[:500])
    runs[1].unlink()
    found = again(there, tmp_path, sample=None)
    assert set(found.damaged) == {runs[0].stem, runs[1].stem} and not found.matches
    assert found.status == "identical" and len(found.compared) == 7 and found.complete
    assert {each.sameness for each in conclude_again(found.again, there)} == {"same bytes"}


def test_without_one_readable_run_there_is_nothing_to_compare(there, tmp_path):
    for path in (there / "runs").glob("*.parquet"):
        path.write_bytes(b"PAR1")
    with pytest.raises(NotFoundError, match="all 9 run files are damaged"):
        again(there, tmp_path)


def test_inputs_that_were_changed_are_noticed_before_the_first_day(there, tmp_path):
    path = there / "worlds.csv"
    lines = path.read_text().splitlines()
    cells, gain = lines[1].split(","), lines[0].split(",").index("trust.gain")
    cells[gain] = str(float(cells[gain]) * 1.01)
    path.write_text("\n".join([lines[0], ",".join(cells), *lines[2:]]) + "\n")
    (there / LIST).unlink()
    found = again(there, tmp_path, sample=None)
    assert len(found.unlike) == 3 and f"world {cells[0]}," in found.unlike[0] and found.status == "drift"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("scenarios.json", None, "not there"),
        ("scenarios.json", "{", "damaged"),
        ("scenarios.json", "{}", "no scenario baseline"),
        ("worlds.csv", None, "not there"),
        ("worlds.csv", "world\nw9\n", "has no world w"),
        ("worlds.csv", "world,needs.rate\nw1,many\n", "damaged: world w1"),
        ("worlds.csv", "world,needs.rat\nw1,1.0\n", "no parameter 'needs.rat'"),
        ("manifest.json", None, "not a results folder"),
        ("manifest.json", '{"layout": 1, "kind": "poem"}', "its kind is 'poem'"),
        ("manifest.json", '{"layout": 1, "kind": "comparison", "baseline": "a", "scenarios": []}', "say its name"),
    ],
)
def test_a_folder_that_lacks_something_says_what(there, tmp_path, name, content, message):
    (there / name).unlink() if content is None else (there / name).write_text(content)
    (there / LIST).unlink()
    with pytest.raises((NotFoundError, UsageError), match=message):
        again(there, tmp_path)
    assert not (tmp_path / "again").exists()


def test_the_stored_results_and_those_of_others_are_not_written_over(there, made, tmp_path):
    with pytest.raises(UsageError, match="holds the stored results"):
        reproduce(there, there, jobs=1)
    with pytest.raises(ExistsError, match="holds other results"):
        reproduce(there, made, jobs=1)


def test_a_repetition_that_was_broken_off_goes_on(there, tmp_path):
    log = []
    again(there, tmp_path, sample=3)
    again(there, tmp_path, fakes.FakeEngine(log=log), sample=4)
    assert len([entry for entry in log if entry[0] != "burn_in"]) == 1


def test_a_sample_meets_scenarios_and_worlds_alike_and_is_the_same_for_everybody():
    rows = [(s, f"w{w}", seed) for s in "abc" for w in range(4) for seed in range(5)]
    chosen = choose(rows, 12)
    assert sorted(s for s, _, _ in chosen) == sorted("abc" * 4)
    assert sorted(w for _, w, _ in chosen) == sorted([f"w{w}" for w in range(4)] * 3)
    assert set(choose(rows[::-1], 12)) == set(chosen)
    assert set(choose(rows, 4)) < set(chosen), "a larger sample holds the smaller one"
    assert len(choose(rows, 1000)) == len(rows)


def test_every_value_of_a_world_comes_through_the_file_to_the_last_bit(tmp_path):
    rng = np.random.default_rng(1)
    drawn = list(latin_hypercube(fakes.SPECS, ["trust.gain", "needs.rate", "service.pool", "structure.trust"], 40, "k"))
    hard = [
        {"trust.gain": 1, "service.pool": 3, "structure.drift": False},
        {"trust.gain": 1.0, "structure.drift": True, "structure.trust": "plain"},
        {"trust.gain": 5e-324, "needs.rate": 1.7976931348623157e308},
        {"trust.gain": 0.1 + 0.2, "needs.rate": -0.0},
        {},
    ]
    hard += [{"trust.gain": float(x)} for x in np.exp(rng.normal(0.0, 40.0, 200))]
    worlds = (*drawn, *(World(f"h{i}", values) for i, values in enumerate(hard)))
    back = read_worlds(worlds_csv(worlds).splitlines(), fakes.SPECS, tmp_path)
    assert [world.digest for world in back] == [world.digest for world in worlds]
    assert [world.id for world in back] == [world.id for world in worlds]


@pytest.mark.parametrize("draw", ["latin_hypercube", "matched"])
def test_the_worlds_of_the_shipped_baseline_come_through_as_well(tmp_path, draw):
    specs = sim.load_scenario("baseline").parameters.specs
    if draw == "matched":
        worlds = matched_worlds(shipped("scenarios") / MATCHED_TABLE, specs, None, "k")
    else:
        worlds = latin_hypercube(specs, [name for name, spec in specs.items() if spec.varies], 20, "k")
        assert {type(value) for value in worlds[0].values.values()} >= {float, int, bool}
    back = read_worlds(worlds_csv(worlds).splitlines(), specs, tmp_path)
    assert back == worlds and [world.digest for world in back] == [world.digest for world in worlds]


def test_layouts_of_other_versions_are_refused_with_a_way_out(there, tmp_path):
    edit(there, layout=99, versions={"cgsim": "7.0"})
    with pytest.raises(LayoutError, match=r"newer version of cgsim \(cgsim 7.0, layout 99"):
        again(there, tmp_path)


@pytest.fixture
def cafes(tmp_path, monkeypatch):
    """A results folder whose runs used a policy of the user's own, in a process that does not know it."""
    from sim.lab.provenance import policy_modules

    monkeypatch.setattr(policies, "_modules", [])
    monkeypatch.delitem(policies._registry, "street_cafes", raising=False)
    policies.load_module(EXAMPLES / "street_cafes.py")
    folder = comparison(tmp_path / "cafes", names=("baseline", "workforce"))
    (recorded,) = policy_modules()
    edit(folder, policy_modules=[recorded])
    monkeypatch.setattr(policies, "_modules", [])
    monkeypatch.delitem(policies._registry, "street_cafes")
    return load_results(folder)


def test_policy_modules_are_named_and_run_only_where_the_user_says_so(cafes):
    with pytest.raises(UsageError, match=r"--policy-module street_cafes.py, or --stored-policies"):
        load_modules(cafes, (), False)
    assert "street_cafes" not in policies._registry
    given = str(EXAMPLES / "street_cafes.py")
    assert load_modules(cafes, (given,), False) == (given,)


def test_policy_modules_can_be_had_from_the_folder_with_the_same_code_version(cafes, monkeypatch):
    from sim.lab.engine import ModelEngine

    (copy,) = load_modules(cafes, (), True)
    assert "street_cafes" in policies.names()
    original = str(EXAMPLES / "street_cafes.py")
    assert ModelEngine((copy,)).code_version() == ModelEngine((original,)).code_version()
    monkeypatch.delitem(policies._registry, "street_cafes")
