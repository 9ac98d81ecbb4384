"""Files that are there whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from sim.errors import RunError

FULL = (errno.ENOSPC, errno.EDQUOT)
"""What the system says when a disk, or a user's share of it, is full."""


class WriteError(RunError):
    """Something could not be written: the disk is full, or may not be written to. What was there is untouched."""


@contextlib.contextmanager
def noting_a_full_disk(path: Path) -> Iterator[None]:
    """Say in plain words that a disk is full, where much else could go wrong that is not the system's fault."""
    try:
        yield
    except OSError as error:
        if error.errno not in FULL:
            raise
        raise WriteError(
            f"{path}: the disk is full. Everything that was finished is kept; "
            "free some space and give the same command again"
        ) from error


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Say in plain words what the system has against writing ``path``."""
    try:
        with noting_a_full_disk(path):
            yield
    except OSError as error:
        raise WriteError(f"{path}: cannot be written ({error.strerror or error})") from error


@contextlib.contextmanager
def written_whole(path: Path) -> Iterator[IO[bytes]]:
    """Open a temporary file beside ``path``; flush it to disk and rename it into place when the block ends well.

    A reader sees the old file or the new one, never half of one, whatever happens to the writer or the power.

    Raises
    ------
    WriteError
        If it cannot be written; the old file is as it was.
    """
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            os.chmod(name, 0o666 & ~_UMASK)
            os.replace(name, path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(name)
            raise
        sync_folder(path.parent)


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file's content, whole."""
    with written_whole(path) as file:
        file.write(content)


def write_json(path: Path, data: Any) -> None:
    """Write plain data as indented JSON, whole."""
    write_bytes(path, (json.dumps(data, indent=1, ensure_ascii=False, default=str) + "\n").encode())


def write_text(path: Path, text: str) -> None:
    """Write text as UTF-8, whole."""
    write_bytes(path, text.encode())


def _umask() -> int:
    """The process's file mode mask; mkstemp ignores it and would leave results that only the writer can read."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


_UMASK = _umask()
"""Asked once: asking changes it for a moment, for all threads."""


def sync_folder(folder: Path) -> None:
    """Make the renaming itself last; where folders cannot be opened (Windows) there is nothing to do."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
