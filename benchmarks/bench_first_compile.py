"""What the first run on a machine waits for, and that nothing is compiled twice.

Run ``python benchmarks/bench_first_compile.py`` (about a minute). A day of a small community is lived in new processes
that share a cache that begins empty: the first compiles every kernel, the later ones load them.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from common import HERE, Check, Table, child, main

DAY = """
import sim
sim.simulate(sim.load_scenario("full_package", sets=("community=harbour_court", "burn_in=1")), days=1)
"""


def measure(quick: bool) -> Table:
    table = Table(
        "First compile",
        "Two days of a small community with everything on, in new processes: importing, compiling or loading, living.",
        ["process", "CPU s", "wall s", "kernels in the cache", "MB in the cache"],
    )
    kernels, cpus = [], []
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"CGSIM_CACHE_DIR": folder, "CGSIM_QUIET": "1", "PYTHONPATH": str(HERE.parent)}
        for name in ("first", "second", "third"):
            _, cpu, wall = child(["-c", DAY], env=environment, cwd=HERE.parent)
            cached = list(Path(folder).rglob("*.nbc"))
            kernels.append(len(cached))
            cpus.append(cpu)
            size = sum(path.stat().st_size for path in cached) / 1e6
            table.rows.append([name, f"{cpu:.2f}", f"{wall:.2f}", str(len(cached)), f"{size:.1f}"])
    again = kernels[-1] - kernels[0]
    table.checks = [
        Check("the first process, CPU time", "at most 25 s on a quiet machine", f"{cpus[0]:.1f} s", cpus[0] <= 25.0),
        Check("kernels compiled again by later processes", "none", str(again) if again else "none", again == 0),
        Check("a later start over the first, CPU time", "at most 0.2", f"{min(cpus[1:]) / cpus[0]:.3f}",
              min(cpus[1:]) <= 0.2 * cpus[0]),
    ]  # fmt: skip
    return table


if __name__ == "__main__":
    main(measure, __doc__)
