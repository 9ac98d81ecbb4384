"""What a batch is to do, how far it is, and how it ended."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from sim.lab.design import Task
from sim.lab.ended import Ended
from sim.lab.store import Store
from sim.lab.work import Work, hung

WRITERS = 8
"""Runs that come from a cluster are written so many at a time; most of writing is waiting for the disk."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a batch is.

    Runs that ended well, failed, timed out, and in all; seconds so far, and about to come (or None); the last error
    (empty if there was none).
    """

    done: int
    failed: int
    total: int
    seconds: float
    left: float | None
    timed_out: int = 0
    error: str = ""

    @property
    def ended(self) -> int:
        """Runs that ended, well or not."""
        return self.done + self.failed + self.timed_out


@dataclass(frozen=True, slots=True)
class Summary:
    """How a batch ended.

    ``kept`` runs were there already; ``failures`` are the records of those that failed or timed out, by id;
    ``stopped`` says whether one of them ended the batch.
    """

    total: int
    done: int
    kept: int
    seconds: float
    failures: dict[str, dict[str, Any]]
    stopped: bool = False

    @property
    def timed_out(self) -> int:
        """How many of the failures took too long."""
        return sum(record.get("kind") == "timed_out" for record in self.failures.values())


ProgressHook = Callable[[Progress], None]
StepHook = Callable[[str, int, int], None]
"""Told what is done after the runs, how much of it, and of how much: ``step("Drawing figures", 2, 7)``."""


class Stop(Exception):
    """A run failed, and the batch is to end with it."""


class Batch:
    """What is planned, what has ended, and how to say how far it is."""

    def __init__(
        self, work: Work, store: Store, progress: ProgressHook | None, expected: float | None
    ) -> None:
        self.work, self.store = work, store
        self.version = work.engine.code_version()
        self.runs = {key.id: key for key in work.design.keys(self.version)}
        self.ids = list(self.runs)
        self.done = store.finished(self.runs, thorough=True)
        self.bad: dict[str, str] = {}  # run to failed or timed_out
        self.kept = len(self.done)
        for run_id in store.failed(self.runs):
            store.failure_file(run_id).unlink(missing_ok=True)
        hung(store, {}, 0.0)  # markers of a batch that was killed say nothing about this one
        self.began = time.monotonic()
        self.progress, self.expected = progress, expected
        self.error = ""

    def settled(self) -> set[str]:
        """Runs that have ended in this batch or before it."""
        return self.done | set(self.bad)

    def tasks(self, jobs: int) -> list[Task]:
        """What is left to do."""
        return self.work.design.tasks(self.version, self.work.engine.branch_key, self.settled(), jobs)

    def keep(self, *ended: Ended) -> None:
        """Store how runs ended, several at once, and say how far it is."""
        if len(ended) == 1:
            self.store.keep(ended[0])
        else:
            with ThreadPoolExecutor(WRITERS) as writers:
                list(writers.map(self.store.keep, ended))
        for each in ended:
            if each.record is None:
                self.done.add(each.key.id)
            else:
                self._failed(each.key.id, each.record)
        self.report()

    def look(self, heed: bool = True) -> None:
        """See what worker processes have written to the folder, and say how far it is."""
        self.done |= self.store.finished(self.runs)
        new = self.store.failed(self.runs) - set(self.bad)
        for run_id, record in self.store.failures(new).items():
            self._failed(run_id, record)
        self.report(heed)

    def report(self, heed: bool = True) -> None:
        """Tell the progress hook how far it is; end the batch if a run failed and that is to end it."""
        if self.progress is not None:
            slow = sum(kind == "timed_out" for kind in self.bad.values())
            seconds = time.monotonic() - self.began
            ended = len(self.done) + len(self.bad)
            left: float | None = None
            if ended > self.kept:
                left = seconds / (ended - self.kept) * (len(self.ids) - ended)
            elif self.expected is not None:
                left = max(0.0, self.expected - seconds)
            failed = len(self.bad) - slow
            self.progress(Progress(len(self.done), failed, len(self.ids), seconds, left, slow, self.error))
        if heed and self.work.stop and self.bad:
            raise Stop

    def _failed(self, run_id: str, record: dict[str, Any]) -> None:
        """Take note of a run that did not end well."""
        self.bad[run_id] = str(record["kind"])
        self.error = str(record["error"])
