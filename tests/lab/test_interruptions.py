"""A batch that is broken off, gently or not, keeps what is finished and leaves no process behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sim.lab.runner import run_batch
from sim.lab.store import Store
from tests import fakes
from tests.lab import test_runner

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import sys
from sim.lab.runner import run_batch
from sim.lab.store import Store
from tests import fakes
from tests.lab.test_runner import design

if __name__ == "__main__":
    try:
        run_batch(design(worlds=8), Store(sys.argv[1]), fakes.FakeEngine(seconds=0.3), jobs=2)
    except KeyboardInterrupt:
        sys.exit(130)
"""


def begin(tmp_path):
    script = tmp_path / "batch.py"
    script.write_text(SCRIPT)
    batch = subprocess.Popen(
        [sys.executable, str(script), str(tmp_path / "out")],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
        # where the tests themselves run in the background, Ctrl-C is ignored, and children would inherit that
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        stderr=subprocess.PIPE,
    )
    until(lambda: len(list((tmp_path / "out").glob("runs/*.parquet"))) >= 3)
    return batch


def until(condition, seconds=60.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.05)


def alive(group):
    """Processes of a group that have not ended (zombies have)."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                state, _, own = (folder / "stat").read_text().rsplit(")", 1)[1].split()[:3]
            except OSError:
                continue
            if int(own) == group and state != "Z":
                found.append(folder.name)
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")
@pytest.mark.parametrize(("blow", "status"), [(signal.SIGKILL, -signal.SIGKILL), (signal.SIGINT, 130)])
def test_no_finished_run_is_lost_and_no_worker_outlives_its_parent(tmp_path, blow, status):
    batch = begin(tmp_path)
    if blow is signal.SIGINT:
        os.killpg(batch.pid, blow)  # a terminal sends it to all of them
    else:
        os.kill(batch.pid, blow)
    _, errors = batch.communicate(timeout=60)
    assert batch.returncode == status
    if blow is signal.SIGINT:
        assert b"Traceback" not in errors
    until(lambda: not alive(batch.pid))
    store, plan = Store(tmp_path / "out"), test_runner.design(worlds=8)
    kept = store.finished([key.id for key in plan.keys("1")], thorough=True)
    assert 3 <= len(kept) < 24
    assert run_batch(plan, store, fakes.FakeEngine()).done == 24
