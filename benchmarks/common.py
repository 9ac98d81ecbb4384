"""What the benchmarks share: timing on a noisy machine, tables, targets, and runs in processes of their own.

Whatever is compared is measured in one run, turn by turn, so that a busy moment of the machine meets both sides.
CPU time is what counts; wall time stands beside it. Of several repetitions the least is what the code can do, the
median what it does here today.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results"


@dataclass
class Check:
    """A target and what was measured."""

    what: str
    target: str
    measured: str
    met: bool


@dataclass
class Table:
    """One benchmark's answer: a table, what it takes to read it, and targets."""

    title: str
    note: str
    head: list[str]
    rows: list[list[str]] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    skipped: str = ""

    def markdown(self) -> str:
        """The table in Markdown that is also readable as it stands."""
        parts = [f"## {self.title}", "", self.note]
        if self.skipped:
            parts += ["", f"Skipped: {self.skipped}."]
        if self.rows:
            parts += ["", grid(self.head, self.rows)]
        for check in self.checks:
            parts += ["", f"{'Met' if check.met else 'MISSED'}: {check.what}: {check.measured} (target {check.target})"]
        return "\n".join(parts) + "\n"


def grid(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table with padded columns, the first to the left, the others to the right."""
    widths = [max(len(row[k]) for row in [head, *rows]) for k in range(len(head))]

    def line(cells: list[str]) -> str:
        padded = [cell.rjust(width) for cell, width in zip(cells, widths, strict=True)]
        return " | ".join(["| " + cells[0].ljust(widths[0]), *padded[1:]]) + " |"

    rule = "|" + "|".join("-" * (w + 2) if k == 0 else "-" * (w + 1) + ":" for k, w in enumerate(widths)) + "|"
    return "\n".join([line(head), rule, *(line(row) for row in rows)])


@dataclass
class Times:
    """Seconds of several repetitions."""

    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)

    def run(self, function: Callable[..., Any], *args: Any) -> Any:
        """Call a function and note how long it took."""
        wall, cpu = time.perf_counter(), time.process_time()
        result = function(*args)
        self.cpu.append(time.process_time() - cpu)
        self.wall.append(time.perf_counter() - wall)
        return result

    @property
    def least(self) -> float:
        """Least CPU time."""
        return min(self.cpu)

    @property
    def median(self) -> float:
        """Median CPU time."""
        return statistics.median(self.cpu)


def ratios(a: Sequence[float], b: Sequence[float]) -> tuple[float, float]:
    """How many times ``b`` goes into ``a``: least by least, and the median of the pairs."""
    return min(a) / min(b), statistics.median(x / y for x, y in zip(a, b, strict=True))


def peak_mb() -> float:
    """Most memory this process has held, in MB; not a number where the platform does not say."""
    try:
        import resource
    except ImportError:
        return float("nan")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)


def child(arguments: list[str], **given: Any) -> tuple[str, float, float]:
    """Run Python on some arguments; return what it printed, and its CPU and wall seconds."""
    import resource

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    wall = time.perf_counter()
    done = subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.PIPE, text=True, **given)
    wall = time.perf_counter() - wall
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return done.stdout, cpu, wall


def machine() -> dict[str, Any]:
    """What the numbers were measured on."""
    import os

    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        names = [line.partition(":")[2].strip() for line in cpuinfo.read_text().splitlines() if "model name" in line]
        model = names[0] if names else model
    return {
        "processor": model, "cores": os.cpu_count(), "python": platform.python_version(), "system": platform.system(),
        "load": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
    }


def main(measure: Callable[[bool], Table], description: str | None) -> None:
    """Run one benchmark from the command line."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer repetitions")
    parser.add_argument("--json", action="store_true", help="print JSON")
    arguments = parser.parse_args()
    table = measure(arguments.quick)
    print(json.dumps(asdict(table)) if arguments.json else table.markdown())
