"""A small batch with all its conclusions, begun here or in a process of its own, and how to disturb it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from sim.analysis.compare import run_comparison
from sim.lab.design import Design
from sim.lab.store import Store
from sim.lab.study import open_study
from sim.lab.worlds import World
from sim.report.tables import write_tables
from tests import fakes

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("baseline", "workforce", "online_channel")


def design(names=NAMES, worlds=8, **changes):
    return Design(
        "toy",
        {s.name: s for s in fakes.scenarios(*names, **changes)},
        title="Toy",
        question="What helps?",
        worlds=tuple(World(f"w{i}", {"trust.gain": 0.01 * (i + 1)}) for i in range(worlds)),
        draw="matched",
    )


def conclude(folder, engine=None, jobs=1, plan=None, **options):
    """Do what is missing and write all tables, as ``cgsim compare`` does; returns how the batch ended."""
    results, summary = run_comparison(plan or design(), folder, engine or fakes.FakeEngine(), jobs, **options)
    if len(results.effects):
        with open_study(results.folder, "comparison") as study, study.staged() as place:
            write_tables(results, place / "tables")
    return summary


def tables(folder):
    """The final tables, to the byte."""
    paths = [folder / name for name in ("effects.parquet", "costs.parquet", "runs.csv")]
    paths += sorted((folder / "tables").iterdir())
    return {path.name: path.read_bytes() for path in paths}


def kept(folder, plan=None):
    """Runs that are in a folder and whole."""
    return Store(folder).finished([key.id for key in (plan or design()).keys("1")], thorough=True)


# ---- a batch in a process of its own

SCRIPT = """
import sys
from pathlib import Path
from sim.lab.running import Running
from tests import fakes
from tests.lab.batches import conclude

if __name__ == "__main__":
    folder, executor = Path(sys.argv[1]), sys.argv[2]
    jobs = 2 if executor == "local" else None
    try:
        conclude(folder, fakes.FakeEngine(seconds=0.2), jobs, running=Running(executor))
    except KeyboardInterrupt:
        sys.exit(130)
"""


def begin(tmp_path, executor="local"):
    """Begin a batch, on two processes or elsewhere, and wait until a few of its runs are there."""
    script = tmp_path / "batch.py"
    script.write_text(SCRIPT)
    batch = subprocess.Popen(
        [sys.executable, str(script), str(tmp_path / "out"), executor],
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
        time.sleep(0.02)


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
                found.append(int(folder.name))
    return found


def workers(group):
    """The worker processes of a batch's group."""
    return [pid for pid in alive(group) if b"spawn_main" in (Path("/proc") / str(pid) / "cmdline").read_bytes()]
