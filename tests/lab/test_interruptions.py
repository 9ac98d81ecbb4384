"""A batch that is broken off, gently or not, keeps what is finished, leaves no process behind, and goes on as if."""

import os
import signal
import time
from pathlib import Path

import pytest

from sim.errors import RunError, UsageError
from sim.lab.executors import default_jobs
from sim.lab.running import Running
from sim.lab.study import open_study
from tests import fakes
from tests.lab import batches

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="looks for processes in /proc"
)
KILLED = 128 + signal.SIGKILL


def told(code):
    """A process's end as a shell tells it: one that ends by a signal gives 128 and its number."""
    return 128 - code if code < 0 else code


def parent_killed(batch):
    os.kill(batch.pid, signal.SIGKILL)


def ctrl_c(batch):
    os.killpg(batch.pid, signal.SIGINT)  # a terminal sends it to all of them


def ctrl_c_twice(batch):
    os.killpg(batch.pid, signal.SIGINT)
    time.sleep(0.02)
    os.killpg(batch.pid, signal.SIGINT)


def terminated(batch):
    os.kill(batch.pid, signal.SIGTERM)


@pytest.mark.parametrize(
    ("blow", "status"), [(parent_killed, KILLED), (ctrl_c, 130), (ctrl_c_twice, 130), (terminated, 130)]
)
def test_no_finished_run_is_lost_and_the_same_command_gives_the_same_tables(tmp_path, undisturbed, blow, status):
    batch = batches.begin(tmp_path)
    before = {path.name: path.read_bytes() for path in (tmp_path / "out" / "runs").glob("*.parquet")}
    blow(batch)
    _, errors = batch.communicate(timeout=60)
    assert told(batch.returncode) == status
    assert b"Traceback" not in errors
    batches.until(lambda: not batches.alive(batch.pid))
    log = (tmp_path / "out" / "log.txt").read_text()
    assert ("broken off: SIGTERM" in log) == (blow is terminated)
    assert ("broken off: Ctrl-C" in log) == (blow in (ctrl_c, ctrl_c_twice))
    kept = batches.kept(tmp_path / "out")
    assert 3 <= len(before) <= len(kept) < 24
    summary = batches.conclude(tmp_path / "out")
    assert (summary.kept, summary.done) == (len(kept), 24)
    after = {name: (tmp_path / "out" / "runs" / name).read_bytes() for name in before}
    assert after == before  # kept, not made again
    assert batches.tables(tmp_path / "out") == undisturbed


def test_a_worker_that_is_killed_is_replaced_and_the_batch_ends_as_if_nothing_had_happened(tmp_path, undisturbed):
    batch = batches.begin(tmp_path)
    os.kill(batches.workers(batch.pid)[0], signal.SIGKILL)
    _, errors = batch.communicate(timeout=120)
    assert batch.returncode == 0, errors
    batches.until(lambda: not batches.alive(batch.pid))
    assert batches.tables(tmp_path / "out") == undisturbed
    assert not list((tmp_path / "out" / "failures").glob("*"))


def test_a_second_batch_in_the_folder_is_refused_and_does_no_harm(tmp_path, undisturbed):
    batch = batches.begin(tmp_path)
    with pytest.raises(UsageError, match=f"another batch is writing to this folder .process {batch.pid} on "):
        batches.conclude(tmp_path / "out")
    _, errors = batch.communicate(timeout=60)
    assert batch.returncode == 0, errors
    assert batches.tables(tmp_path / "out") == undisturbed


def test_two_batches_in_two_folders_share_the_processors_and_nothing_else(tmp_path, undisturbed):
    batch = batches.begin(tmp_path)
    batches.conclude(tmp_path / "other", jobs=2)
    batch.communicate(timeout=60)
    assert batches.tables(tmp_path / "out") == batches.tables(tmp_path / "other") == undisturbed


def test_a_batch_killed_while_it_wrote_its_first_file_can_be_begun_again(tmp_path, undisturbed):
    (tmp_path / ".lock").touch()
    (tmp_path / ".manifest.json.x7.part").write_text("{ half")
    assert batches.conclude(tmp_path).done == 24
    assert batches.tables(tmp_path) == undisturbed
    assert not list(tmp_path.rglob("*.part"))


def test_damaged_files_are_noticed_and_made_again(tmp_path, undisturbed):
    batches.conclude(tmp_path)
    cut, flipped, orphan, empty, *_ = sorted((tmp_path / "runs").glob("*.parquet"))
    cut.write_bytes(cut.read_bytes()[:1000])
    flipped.write_bytes(bytes(b ^ (i == 2000) for i, b in enumerate(flipped.read_bytes())))
    orphan.with_suffix(".sha256").unlink()
    empty.write_bytes(b"")
    (tmp_path / "runs" / f".{cut.name}.abc.part").write_bytes(b"half")
    (tmp_path / "effects.parquet").write_bytes(b"PAR1")
    summary = batches.conclude(tmp_path)
    assert (summary.kept, summary.done) == (20, 24)
    assert batches.tables(tmp_path) == undisturbed
    assert not list(tmp_path.rglob("*.part"))


@pytest.mark.parametrize("left", [None, b'{"layout": 1, "kin'])
def test_a_comparison_whose_manifest_is_gone_or_cut_goes_on_from_its_runs(tmp_path, undisturbed, left):
    batches.conclude(tmp_path)
    manifest = tmp_path / "manifest.json"
    manifest.unlink() if left is None else manifest.write_bytes(left)
    sorted((tmp_path / "runs").glob("*.parquet"))[0].unlink()
    assert batches.conclude(tmp_path).kept == 23
    assert batches.tables(tmp_path) == undisturbed
    assert "manifest.json was gone or damaged" in (tmp_path / "log.txt").read_text()


def test_no_conclusion_of_an_earlier_batch_outlives_the_beginning_of_another(tmp_path):
    batches.conclude(tmp_path)
    with open_study(tmp_path, "comparison") as study, study.staged() as place:
        for name in ("figures/effects.svg", "figures/effects.png", "tables/windows.csv"):
            (place / name).parent.mkdir(exist_ok=True)
            (place / name).write_text("old")
    (tmp_path / "figures" / "slide.png").write_text("of the user's own")
    (tmp_path / "tables" / "mine.csv").write_text("of the user's own")
    with pytest.raises(RunError, match="Stopped at the first failure"):
        engine = fakes.FakeEngine(fails=("smart_platform",))
        plan = batches.design(names=(*batches.NAMES, "smart_platform"))
        batches.conclude(tmp_path, engine, plan=plan, running=Running("serial", None, "stop"))
    left = {path.name for path in (*tmp_path.glob("*.parquet"), *tmp_path.glob("*/*.csv"), *tmp_path.glob("figures/*"))}
    assert left == {"slide.png", "mine.csv"}


def test_more_processes_than_processors_change_nothing(tmp_path, undisturbed):
    said, jobs = [], default_jobs() + 1
    if jobs > 8:
        pytest.skip("too many processors to have more processes than that in a test")
    batches.conclude(tmp_path, jobs=jobs, say=said.append)
    assert batches.tables(tmp_path) == undisturbed
    assert f"processors for {jobs} processes" in " ".join(said)
