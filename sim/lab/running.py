"""How the runs of a batch are done; none of it changes a number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sim.errors import UsageError

LONGEST = 31_536_000.0
"""Seconds that a time-out may be at most: a year. Clocks do not take any number."""
OnError = Literal["continue", "stop"]


@dataclass(frozen=True, slots=True)
class Running:
    """How runs are done.

    Attributes
    ----------
    executor
        ``serial`` (one after another in this process; with a time-out in one of its own, which can be ended),
        ``local`` (processes of this machine), ``dask://HOST:PORT`` or ``mpi``.
    timeout
        Seconds a run may take, or None. A burn-in that runs share may take as long again. With ``mpi`` it is looked
        at between simulated days only.
    on_error
        What becomes of the others when a run fails or times out.
    """

    executor: str = "local"
    timeout: float | None = None
    on_error: OnError = "continue"

    def __post_init__(self) -> None:
        if self.timeout is not None and not 0.0 < self.timeout <= LONGEST:
            raise UsageError(f"timeout: seconds above 0, at most {LONGEST:,} (got {self.timeout})")

    def but(
        self, executor: str | None = None, timeout: float | None = None, on_error: OnError | None = None
    ) -> Running:
        """The same with what is given in place of what was."""
        return Running(
            executor or self.executor,
            self.timeout if timeout is None else timeout,
            on_error or self.on_error,
        )
