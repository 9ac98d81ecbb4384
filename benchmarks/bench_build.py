"""Building a community of Xicheng's size and of a million, and what a day then costs a resident.

Run ``python benchmarks/bench_build.py``. The million is Xicheng seventeen times over, quarters and staff included, from
a community file written for the purpose. Each size is built in processes of its own, in turns, so that its peak memory
is its own; the first build in a process loads compiled kernels from the cache, the second is the warm time.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from common import Check, Table, Times, child, main, peak_mb
from worlds import enlarged, everything_on


def build_and_live(scenario: Any, days: int) -> dict[str, Any]:
    """Build a community part by part and whole, and let it live some days."""
    from sim.model import day
    from sim.model.build import build_world
    from sim.model.contacts import build_contacts
    from sim.model.population import build_population

    first, people, contacts, whole, daily = Times(), Times(), Times(), Times(), Times()
    world = first.run(build_world, scenario, 1)
    built = peak_mb()
    for _ in range(12):
        day.step(world)
    for _ in range(days):
        daily.run(day.step, world)
    n, ties = world.n, len(world.contacts[1])
    lived = peak_mb()
    del world
    population = people.run(build_population, scenario.community, scenario.parameters, 1)
    contacts.run(build_contacts, scenario.community, population, scenario.parameters)
    del population
    whole.run(build_world, scenario, 1)
    return {
        "residents": n, "ties": ties, "first_s": first.wall[0], "people_s": people.wall[0],
        "contacts_s": contacts.wall[0], "whole_s": whole.wall[0], "whole_cpu_s": whole.cpu[0], "built_mb": built,
        "lived_mb": lived, "day_least_s": daily.least, "day_median_s": daily.median,
    }  # fmt: skip


def measure(quick: bool) -> Table:
    table = Table(
        "Building, memory, and the cost of size",
        "Wall time of building (warm: kernels loaded); peak memory of the whole process, Python and libraries "
        "included; CPU time of a resident-day on one thread, every mechanism and policy on.",
        ["residents", "contacts", "people, s", "contacts, s", "all, first, s", "all, warm, s", "MB built", "MB lived",
         "ns a resident-day, least", "median"],
    )  # fmt: skip
    found: dict[str, list[dict[str, Any]]] = {"xicheng": [], "million": []}
    with tempfile.TemporaryDirectory() as folder:
        path = enlarged(Path(folder))
        for _ in range(1 if quick else 3):
            found["xicheng"].append(json.loads(child([__file__, "--one", "xicheng", "60"])[0]))
            found["million"].append(json.loads(child([__file__, "--one", str(path), "8" if quick else "14"])[0]))
    per_day = {}
    for size, runs in found.items():
        n = runs[0]["residents"]
        least = {key: min(run[key] for run in runs) for key in runs[0]}
        per_day[size] = [run["day_median_s"] / n * 1e9 for run in runs]
        built = [f"{least[key]:.2f}" for key in ("people_s", "contacts_s", "first_s", "whole_s")]
        table.rows.append(
            [f"{n:,}", f"{least['ties']:,}", *built,
             f"{max(run['built_mb'] for run in runs):.0f}", f"{max(run['lived_mb'] for run in runs):.0f}",
             f"{least['day_least_s'] / n * 1e9:.1f}", f"{statistics.median(per_day[size]):.1f}"]
        )  # fmt: skip
    one, million = found["xicheng"], found["million"]
    seconds, many = min(run["whole_s"] for run in one), min(run["first_s"] for run in million)
    memory = max(run["lived_mb"] for run in million)
    ratio = statistics.median(b / a for a, b in zip(per_day["xicheng"], per_day["million"], strict=True))
    table.checks = [
        Check("building Xicheng, warm", "under 1 s", f"{seconds:.2f} s", seconds < 1.0),
        Check("building a million, first in its process", "under 15 s", f"{many:.1f} s", many < 15.0),
        Check("peak memory at a million", "under 1,000 MB", f"{memory:.0f} MB", memory < 1000.0),
        Check("a resident-day at a million over one at Xicheng", "at most 2", f"{ratio:.2f}", ratio <= 2.0),
    ]
    return table


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        from sim import load_scenario

        name, many_days = sys.argv[2], int(sys.argv[3])
        print(json.dumps(build_and_live(everything_on() if name == "xicheng" else load_scenario(name), many_days)))
    else:
        main(measure, __doc__)
