"""The errors a user can meet.

Every one of them carries a message that says what is wrong and what to do, and the exit status that the command
line ends with: 2 where the user asked for something that cannot be done, 1 where a run failed on the way. The
command line prints ``str(error)`` and nothing else; a traceback is never part of the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

__all__ = [
    "CgsimError",
    "ExistsError",
    "LayoutError",
    "NotFoundError",
    "PolicyModuleError",
    "RunError",
    "ScenarioError",
    "TooLargeError",
    "UsageError",
    "printable",
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
