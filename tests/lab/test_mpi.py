"""MPI processes do the runs, where there is an MPI."""

import os
import shutil
import subprocess
import sys
from concurrent.futures import Future

import pytest

from sim.errors import UsageError
from sim.lab.running import Running
from sim.lab.work import execute
from tests.lab import batches

SCRIPT = """
import sys
from pathlib import Path
from sim.lab.running import Running
from tests.lab.batches import conclude

if __name__ == "__main__":
    conclude(Path(sys.argv[1]), jobs=None, running=Running("mpi"))
"""


def test_what_a_time_out_does_not_end_is_said_at_the_start(tmp_path, monkeypatch):
    class Here:
        """One process in place of MPI's."""

        def __init__(self, where, work):
            self.size, self.gone, self.work = 1, (), work

        def submit(self, task):
            future = Future()
            future.set_result(list(execute(self.work, task)))
            return future

        def heed(self):
            pass

        def close(self, now):
            assert not self.work.kill, "it would end all of MPI"

    monkeypatch.setattr("sim.lab.cluster.MpiPool", Here)
    monkeypatch.setattr("sim.analysis.compare.check_cluster", lambda where: 1)
    for limit in (None, 60.0):
        said = []
        batches.conclude(tmp_path, jobs=None, running=Running("mpi", limit), say=said.append)
        assert any("between simulated days only" in text for text in said) == (limit is not None)


def test_the_tables_are_those_of_one_process(tmp_path, undisturbed):
    pytest.importorskip("mpi4py")
    if shutil.which("mpiexec") is None:
        pytest.skip("there is no mpiexec")
    (tmp_path / "batch.py").write_text(SCRIPT)
    subprocess.run(
        ["mpiexec", "-n", "3", sys.executable, "-m", "mpi4py.futures", "batch.py", "out"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(batches.ROOT), *sys.path])},
        check=True,
        timeout=120,
    )
    assert "by MPI processes" in (tmp_path / "out" / "log.txt").read_text()
    assert batches.tables(tmp_path / "out") == undisturbed


def test_without_it_it_is_told_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "mpi4py.futures", None)
    with pytest.raises(UsageError, match=r"executor mpi needs mpi4py and an MPI library .*: pip install mpi4py"):
        batches.conclude(tmp_path / "out", jobs=None, running=Running("mpi"))
    assert not (tmp_path / "out").exists()
