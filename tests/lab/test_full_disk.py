"""A full disk ends a batch with one clear answer; what was finished is there, and the same command goes on."""

import errno
import os
import subprocess
from pathlib import Path

import pytest

from sim.lab import files
from sim.lab.files import WriteError
from tests import fakes
from tests.lab import batches

FULL = "the disk is full. Everything that was finished is kept"


def no_room_for(monkeypatch, ending):
    """Let every file be written but those whose name ends so."""
    replace = os.replace

    def full(source, target):
        if str(target).endswith(ending):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(source))
        replace(source, target)

    monkeypatch.setattr(files.os, "replace", full)


@pytest.mark.parametrize("name", ["manifest.json", "worlds.csv", "runs.csv", "effects.parquet", "costs.csv"])
def test_whatever_does_not_fit_is_told_and_can_be_mended(tmp_path, undisturbed, monkeypatch, name):
    with monkeypatch.context() as disk:
        no_room_for(disk, name)
        with pytest.raises(WriteError, match=f"{name}: {FULL}"):
            batches.conclude(tmp_path)
        assert not list(tmp_path.rglob("*.part"))
    kept = len(batches.kept(tmp_path))
    assert kept == (24 if name in ("effects.parquet", "costs.csv") else 0)
    assert batches.conclude(tmp_path).kept == kept
    assert batches.tables(tmp_path) == undisturbed


def test_a_disk_that_fills_up_when_runs_csv_is_written_last_leaves_the_runs(tmp_path, undisturbed, monkeypatch):
    with monkeypatch.context() as disk:
        write = fakes.FakeEngine.simulate

        def simulate(self, scenario, *arguments, **options):
            no_room_for(disk, "runs.csv")
            return write(self, scenario, *arguments, **options)

        disk.setattr(fakes.FakeEngine, "simulate", simulate)
        with pytest.raises(WriteError, match=f"runs.csv: {FULL}"):
            batches.conclude(tmp_path)
    assert len(batches.kept(tmp_path)) == 24
    assert batches.conclude(tmp_path).kept == 24
    assert batches.tables(tmp_path) == undisturbed


def test_a_disk_that_fills_up_under_the_runs_of_workers_ends_the_batch(tmp_path, undisturbed):
    with pytest.raises(WriteError, match=FULL):
        batches.conclude(tmp_path, fakes.FakeEngine(disk=9), jobs=2)
    kept = batches.kept(tmp_path)
    assert 4 <= len(kept) <= 8  # nine files a worker, two for each run
    assert not list(tmp_path.rglob("*.part")) and not list((tmp_path / "failures").glob("*"))
    assert batches.conclude(tmp_path).kept == len(kept)
    assert batches.tables(tmp_path) == undisturbed


@pytest.fixture
def small_disk(tmp_path):
    """A file system of its own with room for a few runs; only some users may have one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    try:
        made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400k", "none", str(folder)], capture_output=True)
    except OSError:
        pytest.skip("there is no mount")
    if made.returncode:
        pytest.skip("this user may not mount a file system")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_disk_that_is_really_full(small_disk, undisturbed, jobs):
    with pytest.raises(WriteError, match=FULL):
        batches.conclude(small_disk / "out", jobs=jobs)
    kept = batches.kept(small_disk / "out")
    assert 0 < len(kept) < 24
    assert not list(small_disk.rglob("*.part"))
    subprocess.run(["mount", "-o", "remount,size=40m", str(small_disk)], check=True)
    assert batches.conclude(small_disk / "out", jobs=jobs).kept == len(kept)
    assert batches.tables(small_disk / "out") == undisturbed


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs a user whose writing can be forbidden")
def test_a_folder_that_may_not_be_written_is_told(tmp_path):
    Path(tmp_path / "locked").mkdir(mode=0o500)
    with pytest.raises(WriteError, match="cannot be written"):
        batches.conclude(tmp_path / "locked" / "out")
