"""How many days residents live in a second: full Xicheng, every mechanism and policy on, by phase.

Run ``python benchmarks/bench_speed.py``. Two worlds live the same months in turns, on one thread and on two, and must
not differ in a bit. Recording the day is included, as in a run.
"""

from __future__ import annotations

import statistics
import time

from common import Check, Table, main
from worlds import WARM_UP, everything_on, parted

MONTH = 28


def measure(quick: bool) -> Table:
    from sim.model import day
    from sim.model.build import build_world
    from sim.model.phases import NAMES, PHASES
    from sim.model.recorder import Recorder

    scenario = everything_on()
    worlds = [build_world(scenario, 1, threads) for threads in (1, 2)]
    recorders = [Recorder(world, 2000) for world in worlds]
    phases: dict[str, list[float]] = {name: [] for name in (*NAMES, "recording")}
    months: dict[int, list[tuple[float, float]]] = {1: [], 2: []}

    def live(k: int) -> None:
        world, recorder = worlds[k], recorders[k]
        day.step(world)
        recorder.record(world)

    def live_by_phase() -> None:
        world, recorder = worlds[0], recorders[0]
        day.begin(world)
        for name, phase in zip(NAMES, PHASES, strict=True):
            began = time.process_time_ns()
            phase.run(world)
            phases[name].append(time.process_time_ns() - began)
        world.tick += 1
        began = time.process_time_ns()
        recorder.record(world)
        phases["recording"].append(time.process_time_ns() - began)

    for k in (0, 1):
        for _ in range(WARM_UP):
            live(k)
    for _ in range(4 if quick else 12):
        for k, threads in enumerate((1, 2)):
            wall, cpu = time.perf_counter(), time.process_time()
            for _ in range(MONTH):
                live(k)
            months[threads].append((time.process_time() - cpu, time.perf_counter() - wall))
    same = not parted(*worlds)
    for _ in range(63):
        live_by_phase()

    n = worlds[0].n
    table = Table(
        "Resident-days a second",
        f"Xicheng, {n:,} residents, every mechanism and policy on, month by month. Phases: CPU time of one "
        "thread, median of 63 days.",
        ["what", "ms a day", "ns a resident-day", "M resident-days/s"],
    )

    def add(what: str, seconds: float) -> float:
        speed = n / seconds / 1e6
        table.rows.append([what, f"{seconds * 1e3:.2f}", f"{seconds / n * 1e9:.1f}", f"{speed:.1f}"])
        return speed

    for name, times in phases.items():
        seconds = statistics.median(times) / 1e9
        table.rows.append([f"phase {name}", f"{seconds * 1e3:.3f}", f"{seconds / n * 1e9:.2f}", ""])
    best = add("1 thread, CPU time, least", min(cpu for cpu, _ in months[1]) / MONTH)
    typical = add("1 thread, CPU time, median", statistics.median(cpu for cpu, _ in months[1]) / MONTH)
    add("1 thread, wall time, least", min(wall for _, wall in months[1]) / MONTH)
    add("2 threads, wall time, least", min(wall for _, wall in months[2]) / MONTH)
    add("2 threads, CPU time, median", statistics.median(cpu for cpu, _ in months[2]) / MONTH)
    table.checks = [
        Check("one core, CPU time", "at least 10 M resident-days/s (aim 20)",
              f"{best:.1f} M in the best month, {typical:.1f} M in the median one", best >= 10.0),
        Check("one thread and two give the same bits", "identical", "identical" if same else "different", same),
    ]  # fmt: skip
    return table


if __name__ == "__main__":
    main(measure, __doc__)
