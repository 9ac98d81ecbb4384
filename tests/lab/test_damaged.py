"""A results folder with a file gone or damaged says which file that is; it never ends in an error of a library's."""

import shutil

import pytest

from sim.errors import CgsimError, ExistsError, UsageError
from sim.lab import load_results
from sim.lab.design import MOST_RUNS, Design
from sim.lab.export import available, export
from sim.lab.manifest import HOLDS
from sim.lab.request import MOST, requested_design
from sim.lab.single import run_single
from sim.lab.worlds import World
from sim.report.publish import publish
from tests import fakes
from tests.lab.repeated import comparison

DESIGN = ("runs", "worlds", "parameters")
CONTENTS = {"binary": b"\x88\xa0\x00PAR1\xff", "empty": b"", "another table": b"window,by,level\nyear_1,all,total\n"}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return comparison(tmp_path_factory.mktemp("made") / "there", names=("baseline", "workforce"))


@pytest.fixture
def copy(whole, tmp_path):
    shutil.copytree(whole, tmp_path / "copy")
    return tmp_path / "copy"


@pytest.mark.parametrize("content", CONTENTS)
@pytest.mark.parametrize("table", [*DESIGN, "effects", "costs", "variance"])
def test_a_damaged_table_is_named(copy, content, table):
    path = copy / (f"{table}.csv" if table in DESIGN else f"{table}.parquet")
    path.write_bytes(CONTENTS[content])
    results = load_results(copy)
    with pytest.raises(CgsimError, match=rf"{path.name}: .*(cannot be read|damaged).*writes it again"):
        getattr(results, table) if table in DESIGN else results.written(table)


@pytest.mark.parametrize("table", DESIGN)
def test_a_table_that_is_gone_is_named(copy, table):
    (copy / f"{table}.csv").unlink()
    results = load_results(copy)
    with pytest.raises(CgsimError, match=rf"{table}\.csv: not there; .*writes it again"):
        getattr(results, table)
    assert table not in available(results)


@pytest.mark.parametrize("kind", HOLDS)
def test_a_manifest_that_lacks_what_every_one_has_is_damaged(tmp_path, kind):
    (tmp_path / "manifest.json").write_text(f'{{"layout": 1, "kind": "{kind}"}}')
    with pytest.raises(CgsimError, match=r"manifest\.json: damaged, it does not say its name"):
        load_results(tmp_path)


def test_a_table_of_a_single_run_that_is_gone_or_damaged_is_named(tmp_path):
    run_single(fakes.scenarios("baseline")[0], 3, tmp_path, fakes.FakeEngine())
    (tmp_path / "daily.parquet").unlink()
    (tmp_path / "hours.parquet").write_bytes(b"no table")
    for table, word in (("daily", "cannot be read .*run it again"), ("hours", "damaged .*writes it again")):
        with pytest.raises(CgsimError, match=rf"{table}\.parquet: {word}"):
            load_results(tmp_path).read(table)


@pytest.mark.parametrize("name", ["effects.parquet", "runs.csv", "new.parquet", "runs/windows.csv"])
def test_an_export_never_writes_over_the_results_it_is_made_from(copy, name):
    before = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    with pytest.raises(ExistsError, match="where the results themselves are"):
        export(load_results(copy), copy / name, ["windows"], force=True)
    assert {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()} == before


def test_nor_those_of_a_single_run(tmp_path):
    run_single(fakes.scenarios("baseline")[0], 3, tmp_path, fakes.FakeEngine())
    before = (tmp_path / "windows.parquet").read_bytes()
    with pytest.raises(ExistsError, match="where the results themselves are"):
        export(load_results(tmp_path), tmp_path, ["windows"], form="parquet", force=True)
    assert (tmp_path / "windows.parquet").read_bytes() == before


def test_a_brief_is_not_written_into_other_results(whole, copy):
    before = sorted(copy.rglob("*"))
    with pytest.raises(ExistsError, match="holds results of its own"):
        publish(load_results(whole), copy)
    assert sorted(copy.rglob("*")) == before


@pytest.mark.parametrize("what", ["seeds", "worlds"])
def test_a_slip_of_the_finger_asks_for_no_plan_that_fills_the_memory(what):
    with pytest.raises(UsageError, match=f"{what}: at most {MOST:,}, not 99,999,999,999"):
        requested_design(fakes.scenarios("baseline", "workforce"), **{what: 99_999_999_999})


def test_nor_do_numbers_that_are_large_together():
    there = {each.name: each for each in fakes.scenarios("baseline", "workforce")}
    worlds = tuple(World(str(number)) for number in range(100))
    assert Design("most", there, worlds=worlds, replications=MOST_RUNS // 200).count == MOST_RUNS
    with pytest.raises(UsageError, match=f"at most {MOST_RUNS:,}"):
        Design("more", there, worlds=worlds, replications=MOST_RUNS // 200 + 1)


def test_an_outcome_that_nobody_knows_is_not_silently_left_out(whole, tmp_path):
    run_single(fakes.scenarios("baseline")[0], 3, tmp_path, fakes.FakeEngine())
    for folder in (whole, tmp_path):
        with pytest.raises(UsageError, match="no outcome 'trustt'; did you mean 'trust'"):
            load_results(folder).read("daily", ["trustt"])
        with pytest.raises(UsageError, match="outcomes: a list of names"):
            load_results(folder).read("daily", "trust")


def test_what_only_a_comparison_has_is_not_promised_of_a_single_run(tmp_path):
    run_single(fakes.scenarios("baseline")[0], 3, tmp_path, fakes.FakeEngine())
    results = load_results(tmp_path)
    for name in ("experiment", "parameters", "effects"):
        with pytest.raises(CgsimError, match="holds one run, and only a comparison has"):
            getattr(results, name)


@pytest.mark.parametrize("path", [None, 3, b"here"])
def test_a_folder_is_named_by_a_path(path):
    with pytest.raises(UsageError, match="the path of a folder, not"):
        load_results(path)
