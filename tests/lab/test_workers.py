"""Worker processes: how they begin, what keeps them from it, and what becomes of runs that lack memory."""

import errno
import os
import signal
import subprocess
import sys
import time

import pytest

from sim.errors import CgsimWarning, RunError
from sim.lab import executors
from sim.lab.executors import ShortOfMemory, process_executor
from sim.lab.runner import run_batch
from sim.lab.store import Store
from tests.fakes import FakeEngine
from tests.lab.batches import ROOT, design

LARGE = b"x" * 1_000_000  # more than a pipe holds
WITHOUT_GUARD = """
from sim.lab.executors import process_executor
with process_executor(2, len, (b"x" * 1_000_000,)) as pool:
    print(*sorted(pool.map(abs, [-1, -2])))
"""


def script(*arguments, **options):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, *arguments], env=environment, capture_output=True, text=True, timeout=120, **options
    )


def test_a_script_without_the_main_guard_is_told_so_at_once(tmp_path):
    (tmp_path / "script.py").write_text(WITHOUT_GUARD)
    done = script("script.py", cwd=tmp_path)
    last = done.stderr.strip().splitlines()[-1]
    assert done.returncode == 1
    assert 'put the call under `if __name__ == "__main__":`' in last and "script.py" in last


def test_a_script_from_standard_input_needs_no_file(tmp_path):
    done = script("-", input=WITHOUT_GUARD, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "1 2\n"), done.stderr


SLOW_START = """
import time
from sim.lab.executors import process_executor
if __name__ == "__main__":
    print("starting", flush=True)
    process_executor(2, time.sleep, (60,))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="sends signals")
def test_ctrl_c_works_while_workers_start(tmp_path):
    (tmp_path / "script.py").write_text(SLOW_START)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    batch = subprocess.Popen(
        [sys.executable, "script.py"],
        cwd=tmp_path,
        env=environment,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert batch.stdout.readline() == b"starting\n"
    began = time.monotonic()
    os.killpg(batch.pid, signal.SIGINT)
    _, errors = batch.communicate(timeout=50)
    assert b"KeyboardInterrupt" in errors and time.monotonic() - began < 45


def kill(_):
    os.kill(os.getpid(), signal.SIGKILL)


def open_too_many(_):
    raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))


@pytest.mark.skipif(sys.platform == "win32", reason="sends signals")
@pytest.mark.parametrize(
    ("initialiser", "kind", "said"),
    [(kill, ShortOfMemory, "was killed while it was started.*--jobs"), (open_too_many, RunError, "ulimit -n")],
)
def test_a_worker_that_ends_while_it_starts_is_noticed_with_its_cause(initialiser, kind, said):
    with pytest.raises(kind, match=said):
        process_executor(2, initialiser, (LARGE,))


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), "shared memory .*No space left.*--jobs 1"),
        (ImportError("This platform lacks a functioning sem_open implementation"), "shared memory.*--jobs 1"),
    ],
)
def test_without_shared_memory_the_way_out_is_named_and_no_file_is_left(monkeypatch, tmp_path, error, said):
    def refuse(*_):
        raise error

    monkeypatch.setattr(executors.multiprocessing, "get_context", refuse)
    monkeypatch.setattr(executors.tempfile, "tempdir", str(tmp_path))
    with pytest.raises(RunError, match=said):
        process_executor(2, len, (LARGE,))
    assert not list(tmp_path.iterdir())


def test_runs_that_lack_memory_are_done_again_with_fewer_processes(monkeypatch, tmp_path):
    monkeypatch.delenv("NUMBA_NUM_THREADS", raising=False)
    plan = design(worlds=2)
    with pytest.warns(CgsimWarning, match="2 processes ran out of memory.* done again with 1.*--jobs 1"):
        summary = run_batch(plan, Store(tmp_path), FakeEngine(crowded=("workforce",)), jobs=2)
    assert (summary.done, summary.failures) == (6, {})
    assert "ran out of memory" in (tmp_path / "log.txt").read_text()


def test_a_run_that_lacks_memory_by_itself_fails_and_the_others_go_on(tmp_path):
    class Greedy(FakeEngine):
        def simulate(self, scenario, *given, **more):
            if scenario.name == "workforce":
                raise MemoryError
            return super().simulate(scenario, *given, **more)

    summary = run_batch(design(worlds=2), Store(tmp_path), Greedy(), jobs=1)
    assert (summary.done, len(summary.failures)) == (4, 2)
