"""The errors a user can meet.

Every one of them carries a message that says what is wrong and what to do, and the exit status that the command
line ends with: 2 where the user asked for something that cannot be done, 1 where a run failed on the way. The
command line prints ``str(error)`` and nothing else; a traceback is never part of the answer.
"""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

__all__ = [
    "CgsimError",
    "CgsimWarning",
    "ExistsError",
    "LayoutError",
    "NotFoundError",
    "PolicyModuleError",
    "RunError",
    "ScenarioError",
    "TooLargeError",
    "UsageError",
    "out_of_memory",
    "printable",
    "refusal",
]

_CONTROLS = {code: "\ufffd" for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\n\t"}


def printable(text: str) -> str:
    """A text without the characters that a terminal obeys; line ends and tabs stay."""
    return text.translate(_CONTROLS)


class CgsimError(Exception):
    """Base of all errors that are meant to be read by a user.

    Parameters
    ----------
    message
        What is wrong and what to do about it, in plain words.
    """

    exit_status: ClassVar[int] = 2

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return self.message


class UsageError(CgsimError):
    """The call itself makes no sense: an option's value, a combination of arguments."""


class NotFoundError(CgsimError):
    """A scenario, experiment, community or results folder that was named does not exist."""


class LayoutError(CgsimError):
    """Results are there, in a layout that this version does not read."""


class ExistsError(CgsimError):
    """Something is in the way of what would be written, and nothing was written."""


class PolicyModuleError(CgsimError):
    """A user's own policy module could not be loaded, or is not a policy."""


class RunError(CgsimError):
    """A run started and could not be finished."""

    exit_status: ClassVar[int] = 1


class ScenarioError(CgsimError):
    """One or more things are wrong with the files (or ``--set`` values) that describe a scenario.

    Parameters
    ----------
    problems
        All problems found (:class:`sim.scenario.problems.Problem`), in reading order; the message has one line for
        each. A plain text will do where there is only one thing to say.
    """

    def __init__(self, problems: Sequence[Any] | str) -> None:
        self.problems: tuple[Any, ...] = () if isinstance(problems, str) else tuple(problems)
        super().__init__(problems if isinstance(problems, str) else "\n".join(str(p) for p in self.problems))

    def __reduce__(self) -> tuple[type[ScenarioError], tuple[Sequence[Any] | str]]:
        return type(self), (self.problems or self.message,)


class TooLargeError(ScenarioError):
    """The declared community would not fit into the memory that is available."""


class CgsimWarning(UserWarning):
    """Something that a user should know and that changes no number; the command line prints its text alone."""


# ---- what the system refuses: neither a mistake of the user's nor a defect of ours

FEWER = "use fewer processes (--jobs), or a smaller community"
WAYS_OUT = {
    errno.ENOSPC: "free some space, or choose another folder",
    errno.EDQUOT: "free some space, or choose another folder",
    errno.EFBIG: "raise the limit on the size of files (ulimit -f)",
    errno.EROFS: "choose a folder that can be written to",
    errno.EACCES: "change its permissions, or choose another",
    errno.EPERM: "change its permissions, or choose another",
    errno.EMFILE: "raise the limit on open files (ulimit -n), or use fewer processes (--jobs)",
    errno.ENFILE: "raise the limit on open files, or use fewer processes (--jobs)",
    errno.EAGAIN: "raise the limit on processes and threads (ulimit -u), or use fewer processes (--jobs 1)",
    errno.ENOMEM: FEWER,
    errno.EIO: "look after the disk, or choose another folder",
}
"""What a user can do, by what the system says."""


def refusal(error: BaseException) -> str | None:
    """Return in one line what the system refused and what can be done, or None if an error is of another kind.

    Memory, files, processes and threads that cannot be had are errors of many types; an exception that was raised
    ``from`` one of them counts, too.
    """
    for each in _with_causes(error):
        text = " ".join(str(each).split())
        if isinstance(each, MemoryError):
            return f"there is not enough memory{f' ({text})' if text else ''}; {FEWER}"
        if isinstance(each, RuntimeError) and "start new thread" in text:
            return f"the system allows no more threads; {WAYS_OUT[errno.EAGAIN]}"
        if isinstance(each, OSError) and not isinstance(each, io.UnsupportedOperation):
            return _refused(each, text)
        if isinstance(each, ImportError):
            for number in (errno.ENOMEM, errno.EMFILE, errno.ENFILE):
                if os.strerror(number) in text or (number == errno.ENOMEM and "failed to map segment" in text):
                    return f"{os.strerror(number)} ({text}); {WAYS_OUT[number]}"
    return None


def out_of_memory(error: BaseException) -> bool:
    """Whether an error means that there was not enough memory, so that fewer processes may have enough."""
    return any(
        isinstance(each, MemoryError)
        or (isinstance(each, OSError) and each.errno == errno.ENOMEM)
        or (isinstance(each, ImportError) and ("failed to map segment" in str(each) or "allocate memory" in str(each)))
        for each in _with_causes(error)
    )


def _with_causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and those it was raised from."""
    each: BaseException | None = error
    while each is not None:
        yield each
        each = each.__cause__


def _refused(error: OSError, text: str) -> str:
    """Return what the system has against a file, or what is said of another thing it refuses."""
    if error.errno == errno.ENOENT and not _has_working_folder():
        return "the working folder is gone; change to one that exists"
    reason = os.strerror(error.errno) if error.errno in WAYS_OUT else (error.strerror or text or type(error).__name__)
    said = reason if error.filename is None else f"{os.fsdecode(error.filename)}: {reason}"
    if error.errno == errno.ENOENT and "temporary directory" in reason:
        return f"{said}; set TMPDIR to a folder that can be written to"
    way = WAYS_OUT.get(error.errno or 0)
    return f"{said}; {way}" if way else f"{said} (CGSIM_DEBUG=1 shows where)"


def _has_working_folder() -> bool:
    try:
        os.getcwd()
    except OSError:
        return False
    return True
