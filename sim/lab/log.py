"""``log.txt`` of a results folder: when batches began and ended, and every run that ended between.

For people who look after a long batch; all that is read back from it is how long runs took, for an estimate. Whoever
stores a run writes its line, in one piece at the end of the file, so that several processes can.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import re
from pathlib import Path

NAME = "log.txt"


def note(folder: Path, text: str) -> None:
    """Add a line with the time (UTC). A log that cannot be written stops nobody's batch."""
    now = dt.datetime.now(dt.UTC).strftime("%Y-%m-%d %H:%M:%S")
    line = f"{now}  {' '.join(text.splitlines())}\n".encode()
    with contextlib.suppress(OSError):
        handle = os.open(folder / NAME, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
        try:
            os.write(handle, line)
        finally:
            os.close(handle)


def mean_seconds(folder: Path) -> float | None:
    """Mean seconds of the runs that went well, as the log says; None where it says nothing."""
    try:
        text = (folder / NAME).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    seconds = [float(each) for each in re.findall(r"^[-0-9]+ [:0-9]+  ok +([0-9]+\.[0-9]+) s  ", text, re.MULTILINE)]
    return sum(seconds) / len(seconds) if seconds else None
