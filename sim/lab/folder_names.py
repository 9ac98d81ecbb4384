"""Which texts name a folder: many a one that is typed, or comes from a variable, stands for something else."""

from __future__ import annotations

import os
import re
from pathlib import Path

from sim.errors import UsageError

__all__ = ["as_folder", "refuse_unnameable"]

LONGEST_NAME = 255
"""Bytes that a file system lets the name of a file or folder have."""


def as_folder(text: str) -> Path:
    """Return the folder that a text names, unless it may well stand for something else.

    Raises
    ------
    UsageError
        If it is empty, an address, begins like an option or with the sign for a home folder, or is no name for a
        folder at all.
    """
    if not text.strip():
        raise UsageError("the name of the folder is empty; write . for the folder you are in")
    drive = os.name == "nt" and re.match(r"[A-Za-z]:[\\/]", text)
    literally = f"; write ./{text} for a folder of that name"
    if not drive and re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", text):
        raise UsageError(f"{text}: is an address, and results go to a folder of this machine{literally}")
    if text.startswith("-"):
        raise UsageError(f"{text}: would be taken for an option by other commands{literally}")
    if text.startswith("~"):
        raise UsageError(f"{text}: the shell did not put your home folder in place of ~; write it out{literally}")
    return refuse_unnameable(Path(text))


def refuse_unnameable(folder: Path) -> Path:
    """Return a folder, unless no folder can have such a name.

    Raises
    ------
    UsageError
        If a part of its name is too long, or has characters that are for no name.
    """
    for part in folder.parts:
        if any(ord(character) < 32 or ord(character) == 127 for character in part):
            raise UsageError(f"{str(folder)!r}: a folder's name has no control characters")
        if len(os.fsencode(part)) > LONGEST_NAME:
            raise UsageError(
                f"{part[:40]}...: too long for a folder's name ({len(os.fsencode(part))} bytes; at most {LONGEST_NAME})"
            )
    return folder
