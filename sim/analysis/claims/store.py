"""Where the runs of claims land: windowed outcomes and costs only, a tenth of what a comparison keeps of a run."""

from __future__ import annotations

from typing import Any

from sim.lab.store import KEYS, LAYOUT, RunKey, Store, write_parquet


class WindowStore(Store):
    """A store that leaves out what happened day by day.

    A ledger rests on thousands of runs and on windows alone; at full size the daily tables would take a gigabyte, and a
    fifth of the time.
    """

    def write_run(self, key: RunKey, run: Any, seconds: float) -> None:
        """Store the windows and costs of a finished run, whole; an older failure of the same run is forgotten."""
        write_parquet(
            self.run_file(key.id),
            {"windows": run.windows, "costs": run.costs},
            {name: getattr(key, name) for name in KEYS},
            {
                "cgsim.layout": LAYOUT,
                "cgsim.id": key.id,
                "cgsim.seconds": seconds,
                "cgsim.meta": dict(run.meta),
            },
        )
        self.failure_file(key.id).unlink(missing_ok=True)
