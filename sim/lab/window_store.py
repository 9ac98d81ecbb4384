"""A store for designs of thousands of runs of which only windowed outcomes are looked at.

Daily tables take three quarters of the room and most of the time to write; a sensitivity analysis reads none of them.
"""

from __future__ import annotations

from typing import Any

from sim.lab.store import KEYS, LAYOUT, RunKey, Store, write_parquet


class WindowStore(Store):
    """Keeps of every run the table ``windows`` alone; all else is as in :class:`sim.lab.store.Store`."""

    def write_run(self, key: RunKey, run: Any, seconds: float) -> None:
        """Store a finished run's windowed outcomes, whole; an older failure of the same run is forgotten."""
        write_parquet(
            self.run_file(key.id),
            {"windows": run.windows},
            {name: getattr(key, name) for name in KEYS},
            {
                "cgsim.layout": LAYOUT,
                "cgsim.id": key.id,
                "cgsim.seconds": seconds,
                "cgsim.meta": dict(run.meta),
            },
        )
        self.failure_file(key.id).unlink(missing_ok=True)
