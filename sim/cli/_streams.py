"""Standard output and standard error that take whatever is printed: what is only printed never ends a command."""

from __future__ import annotations

import io
import os
import sys
import time
from collections.abc import Callable
from typing import Any, TextIO, cast

__all__ = ["forgiving"]


class _Forgiving(io.RawIOBase):
    """A file that takes everything; what the system refuses to write (a full device, a closed pipe) is dropped."""

    def __init__(self, raw: Any) -> None:
        self.raw = raw
        self.refused: OSError | None = None

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return int(self.raw.fileno())

    def isatty(self) -> bool:
        return bool(self.raw.isatty())

    def write(self, data: Any) -> int:
        try:
            while (written := self.raw.write(data)) is None:  # somebody made it non-blocking, and it is full
                time.sleep(0.01)
            return int(written)
        except OSError as error:
            self.refused = self.refused or error
            return len(data)


def forgiving() -> Callable[[], OSError | None]:
    r"""Make standard output and standard error take any text, whatever their encoding and state.

    Characters that an encoding lacks are written as escapes (``\u2248``). A stream that is closed is as
    ``/dev/null``.

    Returns
    -------
    callable
        Flushes, and returns what the system had against writing to standard output, or None.
    """
    sys.stdout, out = _taking_all(sys.stdout, 1)
    sys.stderr, _ = _taking_all(sys.stderr, 2)
    stream = sys.stdout

    def refused() -> OSError | None:
        try:
            stream.flush()
        except OSError as error:
            return error
        return None if out is None else out.refused

    return refused


def _taking_all(stream: TextIO | None, number: int) -> tuple[TextIO, _Forgiving | None]:
    """Return a stream that takes all in place of one of Python's own; another program's is left as it is."""
    if stream is None or stream.closed:
        # The number that was closed would go to the next file that is opened, and be written to by libraries.
        handle = os.open(os.devnull, os.O_WRONLY)
        return open(handle, "w", encoding="utf-8", closefd=handle > number), None
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="backslashreplace")
    if stream not in (sys.__stdout__, sys.__stderr__):
        return stream, None
    wrapped = cast(io.TextIOWrapper, stream)
    wrapped.flush()
    taking = _Forgiving(getattr(wrapped.buffer, "raw", wrapped.buffer))  # unbuffered, it is the raw file itself
    text = io.TextIOWrapper(
        io.BufferedWriter(taking),
        encoding=wrapped.encoding,
        errors="backslashreplace",
        line_buffering=wrapped.line_buffering,
        write_through=wrapped.write_through,
    )
    return text, taking
