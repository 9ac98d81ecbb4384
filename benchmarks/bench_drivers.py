"""Kernels over columns against Mesa agents one at a time: the same community, the same days, the same bits.

Run ``python benchmarks/bench_drivers.py``. Both drivers live a day in turn; after every day no bit may differ.
"""

from __future__ import annotations

from common import Check, Table, Times, main, ratios
from worlds import everything_on, parted


def compare(scenario: object, days: int) -> tuple[int, Times, Times, list[str]]:
    """Live some days under both drivers; the first day, on which agents are made, is not counted."""
    from sim.model import agents, day
    from sim.model.build import build_world

    compiled, stepped = build_world(scenario, 1), build_world(scenario, 1)
    fast, slow = Times(), Times()
    different: list[str] = []
    for k in range(days + 1):
        by_kernels, by_agents = (fast, slow) if k else (Times(), Times())
        by_kernels.run(day.step, compiled)
        by_agents.run(agents.step, stepped)
        different += parted(compiled, stepped)
    return compiled.n, fast, slow, different


def measure(quick: bool) -> Table:
    table = Table(
        "Compiled driver against agents driver",
        "Every mechanism and policy on, from the first day; CPU time of a day, both drivers in turns.",
        ["community", "days", "agents, ms a day", "compiled, ms a day", "ratio of sums", "of least", "median ratio"],
    )
    sums, same = [], True
    for name, days in (("harbour_court", 4 if quick else 10), ("xicheng", 2 if quick else 6)):
        scenario = everything_on(f"community={name}", "burn_in=0")
        n, fast, slow, different = compare(scenario, days)
        least, middle = ratios(slow.cpu, fast.cpu)
        sums.append(sum(slow.cpu) / sum(fast.cpu))
        same = same and not different
        table.rows.append(
            [f"{name}, {n:,}", str(days), f"{slow.median * 1e3:.0f}", f"{fast.median * 1e3:.2f}", f"{sums[-1]:.0f}",
             f"{least:.0f}", f"{middle:.0f}"]
        )
    table.checks = [
        Check("agents over compiled, full Xicheng", "at least 150 (aim 300)", f"{sums[-1]:.0f}", sums[-1] >= 150.0),
        Check("both drivers give the same bits, every day", "identical", "identical" if same else "different", same),
    ]
    return table


if __name__ == "__main__":
    main(measure, __doc__)
