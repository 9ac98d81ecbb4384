"""A comparison runs, resumes and concludes, and says what it will do before it does it."""

import pandas as pd
import pytest

from sim.analysis.compare import conclude, run_comparison
from sim.errors import ExistsError, LayoutError, NotFoundError, RunError
from sim.lab import load_results
from sim.lab.design import Design
from sim.lab.executors import chosen
from sim.lab.plan import make_plan
from sim.lab.results import WRITTEN
from sim.lab.store import SUPERSEDED, Store
from sim.lab.worlds import World
from tests import fakes


def design(names=("baseline", "workforce", "online_channel"), worlds=4):
    return Design(
        "toy",
        {s.name: s for s in fakes.scenarios(*names)},
        title="Toy",
        question="What helps?",
        worlds=tuple(World(f"w{i}", {"trust.gain": 0.02 + 0.02 * i}) for i in range(worlds)),
        draw="matched",
    )


def tables(folder):
    return {
        path.name: path.read_bytes()
        for path in [
            *sorted(folder.glob("*.parquet")),
            folder / "runs.csv",
            *sorted((folder / "tables").iterdir()),
        ]
    }


def test_everything_is_in_the_folder_and_can_be_read_back(tmp_path):
    run_comparison(design(), tmp_path / "out", fakes.FakeEngine(), jobs=1)
    results = load_results(tmp_path / "out")
    assert results.baseline == "baseline" and results.scenarios == ("baseline", "workforce", "online_channel")
    assert set(results.runs["status"]) == {"ok"} and len(results.runs) == 12
    assert set(results.windows["scenario"]) == set(results.scenarios)
    assert len(results.effects) and len(results.costs) and len(results.worlds) == 4
    assert results.parameters.set_index("name").loc["trust.gain", "varied"]
    assert results.experiment["question"] == "What helps?"
    assert list(results.daily.columns[-3:]) == ["participation_30d", "trust", "conflicts_per_1000"]


def test_every_conclusion_is_written_as_parquet_and_csv_and_read_back(tmp_path):
    results, _ = run_comparison(design(), tmp_path, fakes.FakeEngine(), jobs=1)
    for name in WRITTEN:
        table = results.written(name)
        assert len(table) and table is results.written(name)
        if name != "effects":
            again = pd.read_csv(tmp_path / "tables" / f"{name}.csv", keep_default_na=False, na_values=[""])
            assert list(again.columns) == list(table.columns) and len(again) == len(table)
    with pytest.raises(ValueError, match="name is one of effects, delivery, costs"):
        results.written("efects")
    (tmp_path / "equity.parquet").unlink()
    with pytest.raises(NotFoundError, match=r"equity\.parquet: not there"):
        load_results(tmp_path).written("equity")


def test_a_factorial_has_interactions_and_the_folder_of_another_design_has_none_of_them_left(tmp_path):
    from dataclasses import replace

    plain = design(("baseline", "workforce", "online_channel", "demand_without_capacity"))
    doses = ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0))  # the last stands in for both together
    cells = {
        name: dict(zip(("workforce", "online_channel"), at, strict=True))
        for name, at in zip(plain.scenarios, doses, strict=True)
    }
    results, _ = run_comparison(replace(plain, factorial=cells), tmp_path, fakes.FakeEngine(), jobs=1)
    table = results.written("interactions")
    assert results.experiment["factorial"]["policies"]["online_channel"] == "Online channel"
    own = table.query("kind == 'interaction' and outcome == 'trust' and level == 'residents'").iloc[0]
    true = {name: own.get("trust", 0.0) for name, own in fakes.TRUE_EFFECTS.items()}
    expected = true["demand_without_capacity"] - true["workforce"] - true["online_channel"]
    # Four worlds of four runs each with the noise of trust: twice NOISE over the square root of four.
    assert own["mean"] == pytest.approx(expected, abs=4 * fakes.NOISE["trust"])
    assert len(pd.read_csv(tmp_path / "tables" / "interactions.csv")) == len(table)
    again, _ = run_comparison(plain, tmp_path, fakes.FakeEngine(), jobs=1)
    assert not list(tmp_path.glob("**/interactions.*"))
    with pytest.raises(NotFoundError, match=r"interactions\.parquet: not there"):
        again.written("interactions")


def test_concluding_twice_gives_the_same_files_to_the_byte(tmp_path):
    results, _ = run_comparison(design(worlds=6), tmp_path, fakes.FakeEngine(), jobs=1)
    before = tables(tmp_path)
    assert len(before) == 2 * len(WRITTEN)
    conclude(load_results(tmp_path), tmp_path)
    assert tables(tmp_path) == before


def test_what_an_experiment_says_about_outcomes_reaches_the_verdicts(tmp_path):
    from dataclasses import replace

    def verdict(**said):
        results, _ = run_comparison(replace(design(), **said), tmp_path, fakes.FakeEngine(), jobs=1)
        own = results.effects.query("scenario == 'workforce' and outcome == 'load' and level == 'residents'")
        return own.query("window == 'horizon'").iloc[0][["verdict", "smallest_change"]].tolist()

    assert verdict() == ["better", 0.02], "the vocabulary's: less load is better"
    assert verdict(directions={"load": 1}) == ["worse", 0.02]
    assert verdict(directions={"load": 0}) == ["lower", 0.02]
    assert verdict(smallest_changes={"load": 5.0}) == ["too_small", 5.0]


def test_daily_values_can_be_had_for_any_outcome_of_a_scope(tmp_path):
    results, _ = run_comparison(design(), tmp_path, fakes.FakeEngine(), jobs=1)
    table = results.read("daily", ["on_time"], [("scope", "residents")])
    assert len(table) == 12 * 60 and set(table["level"]) == {"residents"} and table["on_time"].notna().all()
    assert pd.api.types.is_datetime64_any_dtype(table["date"])


def test_runs_open_as_one_dataset(tmp_path):
    import pyarrow.dataset as dataset

    run_comparison(design(), tmp_path, fakes.FakeEngine(), jobs=1)
    table = dataset.dataset(list(map(str, (tmp_path / "runs").glob("*.parquet")))).to_table()
    assert set(table["table"].to_pylist()) == {"daily", "windows", "hours", "costs"}


def test_a_batch_broken_off_and_resumed_gives_the_same_tables_to_the_byte(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        run_comparison(design(), tmp_path / "a", fakes.FakeEngine(interrupts=("online_channel",)), jobs=1)
    assert (load_results(tmp_path / "a").runs["status"] == "ok").sum() == 2
    run_comparison(design(), tmp_path / "a", fakes.FakeEngine(), jobs=1)
    run_comparison(design(), tmp_path / "b", fakes.FakeEngine(), jobs=2)
    assert tables(tmp_path / "a") == tables(tmp_path / "b")


def test_fresh_forgets_what_was_there(tmp_path):
    run_comparison(design(), tmp_path, fakes.FakeEngine(), jobs=1)
    _, summary = run_comparison(design(), tmp_path, fakes.FakeEngine(), jobs=1)
    assert summary.kept == 12
    _, summary = run_comparison(design(), tmp_path, fakes.FakeEngine(), jobs=1, fresh=True)
    assert summary.kept == 0


def test_runs_of_an_older_code_are_not_mixed_in(tmp_path):
    run_comparison(design(), tmp_path, fakes.FakeEngine(version="1"), jobs=1)
    results, summary = run_comparison(design(worlds=3), tmp_path, fakes.FakeEngine(version="2"), jobs=1)
    assert summary.kept == 0 and len(results.windows["world"].unique()) == 3


def test_a_failed_scenario_leaves_the_others_compared(tmp_path):
    results, summary = run_comparison(design(), tmp_path, fakes.FakeEngine(fails=("workforce",)), jobs=1)
    assert len(summary.failures) == 4
    assert set(results.effects["scenario"]) == {"online_channel"}
    assert set(results.runs.loc[results.runs["status"] == "failed", "scenario"]) == {"workforce"}
    assert "cannot be simulated" in results.runs.loc[results.runs["status"] == "failed", "error"].iloc[0]


def test_without_a_baseline_there_is_nothing_to_compare_with(tmp_path):
    with pytest.raises(RunError, match="no run of the baseline"):
        run_comparison(design(), tmp_path, fakes.FakeEngine(fails=("baseline",)), jobs=1)


def test_if_no_run_went_well_the_error_is_told(tmp_path):
    with pytest.raises(RunError, match="baseline cannot be simulated"):
        run_comparison(design(("baseline",)), tmp_path, fakes.FakeEngine(fails=("baseline",)), jobs=1)


def test_how_long_it_will_take_is_said_before_anything_starts(tmp_path):
    said, log = [], []
    engine = fakes.FakeEngine(log=log)
    run_comparison(design(), tmp_path, engine, jobs=1, say=lambda text: said.append((text, len(log))))
    assert said[0][0].startswith("3 scenarios, 4 parameter worlds, 1 seed each: 12 runs.")
    assert said[1][0].startswith("This will take") and said[1][1] <= 1
    said.clear()
    run_comparison(design(), tmp_path, engine, jobs=1, say=lambda text: said.append((text, 0)))
    there = "3 scenarios, 4 parameter worlds, 1 seed each: 12 runs, of which 12 are there already."
    assert [text for text, _ in said] == [f"{there} Nothing is left to run."]


def test_other_peoples_files_are_not_touched(tmp_path):
    (tmp_path / "thesis.doc").write_text("mine")
    with pytest.raises(ExistsError, match="holds other files"):
        run_comparison(design(), tmp_path, fakes.FakeEngine(), jobs=1)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.doc"]


def test_a_folder_without_results_is_refused_clearly(tmp_path):
    with pytest.raises(NotFoundError, match="no manifest.json"):
        load_results(tmp_path)
    (tmp_path / "manifest.json").write_text('{"layout": 99}')
    with pytest.raises(LayoutError, match="made by a newer version .*layout 99"):
        load_results(tmp_path)


def test_a_moved_folder_still_opens(tmp_path):
    run_comparison(design(), tmp_path / "a", fakes.FakeEngine(), jobs=1)
    (tmp_path / "a").rename(tmp_path / "b")
    assert len(load_results(tmp_path / "b").effects)


@pytest.mark.parametrize("table", ["windows", "daily", "costs"])
def test_a_bit_that_flipped_in_a_run_is_told_wherever_it_is_and_no_wrong_number_is_read(tmp_path, table):
    run_comparison(design(), tmp_path, fakes.FakeEngine(), jobs=1)
    path = sorted((tmp_path / "runs").glob("*.parquet"))[1]
    content = path.read_bytes()
    for place in range(0, len(content), len(content) // 40):
        path.write_bytes(bytes(b ^ (16 * (i == place)) for i, b in enumerate(content)))
        with pytest.raises(RunError, match=f"{path.name}: damaged since it was written; the comparison's command"):
            load_results(tmp_path).read(table)
        with pytest.raises(RunError, match="damaged since"):
            load_results(tmp_path).run(path.stem)
    path.write_bytes(content)
    path.with_suffix(".sha256").unlink()  # nothing is known against it
    assert len(load_results(tmp_path).read(table))


def test_without_the_list_of_runs_the_folder_says_how_to_get_it_back(tmp_path):
    run_comparison(design(), tmp_path, fakes.FakeEngine(), jobs=1)
    (tmp_path / "runs.csv").unlink()
    with pytest.raises(NotFoundError, match=r"runs\.csv: not there; the command that made it writes it again"):
        _ = load_results(tmp_path).windows
    _, summary = run_comparison(design(), tmp_path, fakes.FakeEngine(), jobs=1)
    assert summary.kept == 12 and len(load_results(tmp_path).windows)


def test_runs_of_an_edited_comparison_are_kept_where_no_other_program_takes_them_for_its_own(tmp_path):
    import pyarrow.dataset as ds

    def stored():
        return set(ds.dataset(sorted((tmp_path / "runs").glob("*.parquet"))).to_table(["world"])["world"].to_pylist())

    run_comparison(design(worlds=4), tmp_path, fakes.FakeEngine(), jobs=1)
    before = tables(tmp_path)
    assert not (tmp_path / SUPERSEDED).exists() and stored() == {"w0", "w1", "w2", "w3"}
    run_comparison(design(worlds=2), tmp_path, fakes.FakeEngine(), jobs=1)
    assert stored() == set(load_results(tmp_path).windows["world"]) == {"w0", "w1"}
    for ending in ("parquet", "sha256"):
        assert len(list((tmp_path / SUPERSEDED).glob(f"*.{ending}"))) == 6
    plan = make_plan(design(worlds=4), Store(tmp_path), fakes.FakeEngine(), chosen("serial"), 1)
    assert plan.nothing_left and "12 runs, of which 12 are there already" in plan.counts()
    _, summary = run_comparison(design(worlds=4), tmp_path, fakes.FakeEngine(), jobs=1)
    assert summary.kept == 12 and not (tmp_path / SUPERSEDED).exists()
    assert tables(tmp_path) == before
    run_comparison(design(worlds=2), tmp_path, fakes.FakeEngine(), jobs=1)
    run_comparison(design(worlds=4), tmp_path, fakes.FakeEngine(), jobs=1, fresh=True)
    assert not (tmp_path / SUPERSEDED).exists()


def test_a_batch_that_is_broken_off_leaves_no_runs_of_an_earlier_one_among_its_own(tmp_path):
    run_comparison(design(worlds=4), tmp_path, fakes.FakeEngine(), jobs=1)
    edited = design(names=("baseline", "smart_platform"), worlds=4)
    with pytest.raises(KeyboardInterrupt):
        run_comparison(edited, tmp_path, fakes.FakeEngine(interrupts=("smart_platform",)), jobs=1)
    stored = {path.stem for path in (tmp_path / "runs").glob("*.parquet")}
    runs = load_results(tmp_path).runs
    assert stored == set(runs.loc[runs["status"] == "ok", "id"]) and len(stored) == 4
    _, summary = run_comparison(design(worlds=4), tmp_path, fakes.FakeEngine(), jobs=1)
    assert summary.kept == 12
