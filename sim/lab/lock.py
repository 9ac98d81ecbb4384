"""One batch at a time in a results folder."""

from __future__ import annotations

import contextlib
import os
import platform
from collections.abc import Iterator
from pathlib import Path

from sim.errors import UsageError
from sim.lab.files import writing

NAME = ".lock"


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder for one batch; the lock ends with the process, however that ends.

    Where the system or the file system has no such locks, nothing is held. Two batches in one folder then do the
    same work twice; runs are written whole under names made of what they are, so none is damaged.

    Raises
    ------
    UsageError
        If another batch is writing to the folder.
    """
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        file = open(folder / NAME, "a+", encoding="utf-8")
    with file:
        try:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip()
            raise UsageError(
                f"{folder}: another batch is writing to this folder{f' ({holder})' if holder else ''}; "
                "wait for it, or choose another --out"
            ) from None
        except (ImportError, OSError):
            pass
        with contextlib.suppress(OSError):  # who holds it is a courtesy, and the disk may be full
            file.truncate(0)
            file.write(f"process {os.getpid()} on {platform.node()}")
            file.flush()
        yield
