"""A run is stored whole or not at all, and comes back as it was."""

import errno
import json
import multiprocessing

import pandas as pd
import pytest

from sim.errors import UsageError
from sim.lab.ended import ended_badly, ended_well
from sim.lab.files import written_whole
from sim.lab.run_file import RunKey, tidy
from sim.lab.store import Store, intact
from tests import fakes

KEY = RunKey("a1", "workforce", "w1", 7)


@pytest.fixture
def run():
    return fakes.fake_run(fakes.scenarios("workforce", burn_in=200)[0], 7)


def test_a_stored_run_is_finished_and_whole(tmp_path, run):
    store = Store(tmp_path)
    assert store.finished(["a1"]) == set()
    store.keep(ended_well(KEY, run, 1.5))
    assert store.finished(["a1", "b2"], thorough=True) == {"a1"}


def test_windows_come_back_to_the_last_bit(tmp_path, run):
    store = Store(tmp_path)
    store.keep(ended_well(KEY, run, 1.5))
    stored = pd.read_parquet(store.run_file("a1"))
    windows = stored[stored["table"] == "windows"].reset_index(drop=True)
    pd.testing.assert_frame_equal(windows[list(run.windows)], run.windows, check_dtype=False)
    assert set(windows["scenario"]) == {"workforce"} and set(windows["seed"]) == {7}


def test_all_four_tables_are_in_one_file(tmp_path, run):
    store = Store(tmp_path)
    store.keep(ended_well(KEY, run, 1.5))
    assert set(pd.read_parquet(store.run_file("a1"))["table"]) == {"daily", "windows", "hours", "costs"}


def test_daily_values_of_small_levels_are_thinned_and_the_others_kept(run):
    tables = tidy(run)
    assert tables["daily"]["day"].min() == 0
    assert len(tables["daily"]) == 3 * 60
    assert set(tables["daily_thin"]["day"] % 7) == {0}
    assert list(tables["daily_thin"]) == [
        "day",
        "date",
        "by",
        "level",
        "participation_30d",
        "trust",
        "conflicts_per_1000",
    ]


def test_a_thinned_flow_is_the_mean_of_its_seven_days(run):
    run.daily["conflicts_per_1000"] = run.daily["day"].astype(float)
    run.daily["trust"] = run.daily["day"].astype(float)
    thin = tidy(run)["daily_thin"]
    at_70 = thin[(thin["day"] == 56) & (thin["level"] == "q1")].iloc[0]
    assert at_70["conflicts_per_1000"] == 53.0 and at_70["trust"] == 56.0


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty"])
def test_a_damaged_file_does_not_count_and_is_removed(tmp_path, run, damage):
    store = Store(tmp_path)
    store.keep(ended_well(KEY, run, 1.5))
    path = store.run_file("a1")
    content = bytearray(path.read_bytes())
    if damage == "flipped":
        content[len(content) // 3] ^= 0xFF
    path.write_bytes({"cut": content[: len(content) // 2], "empty": b""}.get(damage, content))
    assert not intact(path)
    assert store.finished(["a1"], thorough=True) == set()
    assert not path.exists()


def test_a_writer_that_fails_leaves_the_old_file_and_no_litter(tmp_path):
    path = tmp_path / "x.json"
    path.write_text("old")
    with pytest.raises(RuntimeError), written_whole(path) as file:
        file.write(b"half")
        raise RuntimeError
    assert path.read_text() == "old" and [p.name for p in tmp_path.iterdir()] == ["x.json"]


def test_a_failure_keeps_its_traceback_until_the_run_succeeds(tmp_path, run):
    store = Store(tmp_path)
    try:
        raise ValueError("boom")
    except ValueError as error:
        store.keep(ended_badly(KEY, error, 1.0))
    record = store.failures(["a1"])["a1"]
    assert record["error"] == "ValueError: boom" and "raise ValueError" in record["traceback"]
    assert json.loads(store.failure_file("a1").read_text())["world"] == "w1"
    store.keep(ended_well(KEY, run, 1.0))
    assert store.failures(["a1"]) == {}


def try_lock(folder, answers):
    try:
        with Store(folder).lock():
            answers.put("held")
    except UsageError as error:
        answers.put(str(error))


def test_two_batches_do_not_write_to_one_folder(tmp_path):
    context = multiprocessing.get_context("spawn")
    answers = context.Queue()
    with Store(tmp_path).lock():
        other = context.Process(target=try_lock, args=(tmp_path, answers))
        other.start()
        assert "another batch is writing" in answers.get(timeout=60)
        other.join()
    with Store(tmp_path).lock():
        pass


def test_where_the_file_system_has_no_locks_a_batch_goes_on_without(tmp_path, monkeypatch):
    import fcntl

    def none(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", none)
    with Store(tmp_path).lock():
        pass
