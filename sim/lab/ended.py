"""How a run ended, as it travels from the process that did it to the folder that keeps it."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from typing import Any, Literal

from sim.lab.run_file import RunKey, pack_run

Kind = Literal["failed", "timed_out"]
"""How a run can end other than well."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A run that has ended: the content of its file if it went well, else the record of what went wrong."""

    key: RunKey
    seconds: float
    content: bytes = b""
    record: dict[str, Any] | None = None

    @property
    def status(self) -> str:
        """``ok``, ``failed`` or ``timed_out``."""
        return "ok" if self.record is None else str(self.record["kind"])


def ended_well(key: RunKey, run: Any, seconds: float) -> Ended:
    """A finished run, packed."""
    return Ended(key, seconds, pack_run(key, run))


def ended_badly(
    key: RunKey, error: BaseException | str, seconds: float, kind: Kind = "failed", trace: str = ""
) -> Ended:
    """A run that failed or timed out, with its traceback (``trace`` where there is no exception to ask)."""
    if isinstance(error, BaseException):
        trace = "".join(traceback.format_exception(error))
        error = str(error) if kind == "timed_out" else f"{type(error).__name__}: {error}"
    names = {"id": key.id, "scenario": key.scenario, "world": key.world, "seed": key.seed}
    return Ended(key, seconds, record={**names, "kind": kind, "error": error, "traceback": trace})
