"""Tables leave the folder to the last digit, in one file each, and over nothing that is there."""

import pandas as pd
import pytest

from sim.errors import ExistsError, NotFoundError, RunError, UsageError
from sim.lab import load_results
from sim.lab.export import OF_RUNS, export
from sim.lab.rows import ROWS
from sim.lab.single import run_single
from tests import fakes
from tests.lab.repeated import comparison


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    return load_results(comparison(tmp_path_factory.mktemp("made") / "there", names=("baseline", "workforce")))


@pytest.mark.parametrize("form", ["csv", "parquet"])
@pytest.mark.parametrize("table", OF_RUNS)
def test_a_table_of_runs_comes_back_as_it_was_read(results, tmp_path, form, table):
    path = tmp_path / f"{table}.{form}"
    (done,) = export(results, path, [table])
    back = pd.read_csv(path) if form == "csv" else pd.read_parquet(path)
    wanted = results.read(table)
    assert done.rows == len(back) == len(wanted) and list(back) == list(wanted)
    if "date" in wanted:
        back["date"] = pd.to_datetime(back["date"])
    pd.testing.assert_frame_equal(back, wanted, check_dtype=False, check_exact=True)


def test_a_folder_gets_every_table_there_is(results, tmp_path):
    done = export(results, tmp_path / "out")
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert {f"{name}.csv" for name in (*OF_RUNS, "effects", "runs", "worlds", "parameters")} <= names
    assert names == {each.path.name for each in done}
    effects = pd.read_csv(tmp_path / "out" / "effects.csv").fillna({"reason": ""})
    pd.testing.assert_frame_equal(effects, results.effects, check_dtype=False, check_exact=True)


def test_one_parquet_file_takes_all_runs(results, tmp_path):
    export(results, tmp_path / "all.parquet")
    whole = pd.read_parquet(tmp_path / "all.parquet")
    assert set(whole["table"]) == set(ROWS) and len(whole.drop_duplicates(["scenario", "world", "seed"])) == 4
    assert len(whole[whole["table"] == "windows"]) == len(results.windows)


def test_a_single_run_is_exported_in_the_same_form(tmp_path):
    run_single(fakes.scenarios("baseline")[0], 3, tmp_path / "one", fakes.FakeEngine())
    results = load_results(tmp_path / "one")
    export(results, tmp_path / "out")
    windows = pd.read_csv(tmp_path / "out" / "windows.csv")
    assert list(windows)[:3] == ["scenario", "world", "seed"] and set(windows["seed"]) == {3}
    pd.testing.assert_frame_equal(windows, results.windows, check_dtype=False, check_exact=True)
    assert not (tmp_path / "out" / "effects.csv").exists()


def test_excel_is_told_that_it_is_utf_8_only_where_asked(results, tmp_path):
    for name, excel in (("plain.csv", False), ("marked.csv", True)):
        export(results, tmp_path / name, ["runs"], excel=excel)
    assert (tmp_path / "plain.csv").read_bytes().startswith(b"id,")
    assert (tmp_path / "marked.csv").read_bytes().startswith(b"\xef\xbb\xbfid,")
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "marked.csv"), pd.read_csv(tmp_path / "plain.csv"))


def test_nothing_is_written_over_unless_told_to(results, tmp_path):
    (tmp_path / "hours.csv").write_text("mine")
    with pytest.raises(ExistsError, match=r"hours\.csv: there already; --force"):
        export(results, tmp_path, ["windows", "hours"])
    assert [path.name for path in tmp_path.iterdir()] == ["hours.csv"], "nothing was begun"
    assert (tmp_path / "hours.csv").read_text() == "mine"
    export(results, tmp_path, ["windows", "hours"], force=True)
    assert (tmp_path / "hours.csv").read_text().startswith("scenario,")


@pytest.mark.parametrize(
    ("to", "given", "message"),
    [
        ("x.csv", {}, "takes one table"),
        ("x.parquet", {"tables": ["windows", "effects"]}, "takes one table"),
        ("x.csv", {"tables": ["windows"], "form": "parquet"}, "ends in .csv"),
        ("out", {"tables": ["window"]}, "no table 'window'.*did you mean windows"),
        ("out", {"form": "parquet", "excel": True}, "CSV only"),
    ],
)
def test_what_does_not_go_together_is_said(results, tmp_path, to, given, message):
    with pytest.raises(UsageError, match=message):
        export(results, tmp_path / to, **given)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("form", ["csv", "parquet"])
@pytest.mark.parametrize(("checksum", "said"), [(True, "damaged since it was written"), (False, "cannot be read")])
def test_a_run_that_cannot_be_read_leaves_no_half_written_table(tmp_path, form, checksum, said):
    results = load_results(comparison(tmp_path / "there", names=("baseline", "workforce")))
    last = results.runs["id"].iloc[-1]
    (tmp_path / "there" / "runs" / f"{last}.parquet").write_bytes(b"PAR1")
    if not checksum:
        (tmp_path / "there" / "runs" / f"{last}.sha256").unlink()
    with pytest.raises(RunError, match=said):
        export(results, tmp_path / "out", form=form)
    assert not (tmp_path / "out").exists()


def test_a_comparison_without_a_finished_run_has_nothing_to_export(tmp_path):
    results = load_results(comparison(tmp_path / "there", names=("baseline", "workforce")))
    results.runs["status"] = "missing"
    with pytest.raises(NotFoundError, match="no finished run"):
        export(results, tmp_path / "x.csv", ["windows"])
