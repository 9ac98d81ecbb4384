"""A real Dask cluster on the loopback interface: a scheduler and workers, each a process of its own."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys

from tests.lab.batches import ROOT, until


class Cluster:
    """A scheduler, and workers that can be added and killed."""

    def __init__(self, folder, stack):
        self.folder, self.stack = folder, stack
        file = folder / "scheduler.json"
        options = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file))
        self.scheduler = self.begin("dask_scheduler", *options)
        until(lambda: file.exists() and file.read_text().rstrip().endswith("}"))
        self.address = json.loads(file.read_text())["address"].removeprefix("tcp://")
        self.executor = f"dask://{self.address}"

    def begin(self, program, *options, **environment):
        process = subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.{program}", *options],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.stack.callback(end, process)
        return process

    def worker(self, threads=1, nanny=False, **environment):
        """Begin a worker; a nanny begins it again when it dies."""
        options = ("--host", "127.0.0.1", "--nthreads", str(threads), "--nanny" if nanny else "--no-nanny")
        options += ("--no-dashboard", "--memory-limit", "0", "--local-directory", str(self.folder))
        return self.begin("dask_worker", f"tcp://{self.address}", *options, **environment)


def end(process):
    """End a process; a nanny is given the time to end its worker."""
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextlib.contextmanager
def cluster(folder):
    """Begin a scheduler; it and all its workers are ended with the block."""
    with contextlib.ExitStack() as stack:
        yield Cluster(folder, stack)
