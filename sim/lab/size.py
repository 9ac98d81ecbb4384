"""How much memory and disk a batch takes, told before it begins.

The constants were measured in batches of two communities (6,000 and 23,731 residents) over 120, 365 and 730 days,
each on two processes, and with the measurement of a million residents; they met what was measured within a third. A
test holds them against a real batch within a factor of one and a half. The very first batch after an installation
compiles the rules, which takes up to 0.8 GB for a few minutes.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

AT_REST = 350_000_000
"""Bytes of a process with interpreter, libraries and kernels."""
PER_RESIDENT = 820
PER_DAY = 60_000
"""Bytes of the daily values of a run, with those copied on the way to its file."""
SHARED = 190_000_000
"""Of ``AT_REST``, what several processes hold in common."""
PARENT = 60_000_000
"""Bytes of the process that hands out the runs, beside what is shared."""

RUN_FILE = 85_000
"""Bytes of a run's file for windows, hours and costs."""
SCOPE_DAY = 130
"""Bytes a day for all outcomes of everybody, of residents, or of the campus."""
LEVEL_DAY = 8
"""Bytes a day for the headline outcomes of a group, quarter or age, kept every seventh day."""
AGES_AND_VULNERABLE = 8
"""Levels that every community has."""
BATCH_FILES = 2_000_000
"""Bytes of effects, tables, figures and report."""


@dataclass(frozen=True, slots=True)
class Size:
    """Bytes that a batch takes: memory of each process and of all together, disk of a run."""

    each: int
    together: int
    run: int


def size(scenarios: list[Any], days: int | None, jobs: int) -> Size:
    """Estimate what a batch takes.

    Parameters
    ----------
    scenarios
        Its scenarios; the largest community and the longest run count.
    days
        Days after the burn-in, or None for each scenario's own.
    jobs
        Processes.
    """
    each = max(_process(scenario, days) for scenario in scenarios)
    together = each + PARENT if jobs == 1 else SHARED + PARENT + jobs * (each - SHARED)
    return Size(each, together, max(_run_file(scenario, days) for scenario in scenarios))


def free_disk(folder: Path) -> int:
    """Bytes that are free where a folder is or would be."""
    folder = folder.absolute()
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


def said(count: float) -> str:
    """Bytes as people say them: "590 MB", "2.3 GB"."""
    for unit, factor in (("GB", 1e9), ("MB", 1e6)):
        if count >= 0.9995 * factor:
            return f"{count / factor:.1f} {unit}" if count < 9.95 * factor else f"{count / factor:,.0f} {unit}"
    return f"{max(1, round(count / 1e3))} kB"


def _process(scenario: Any, days: int | None) -> int:
    """Bytes of a process that runs a scenario."""
    length = int(scenario.burn_in + (scenario.horizon if days is None else days))
    return AT_REST + PER_RESIDENT * int(scenario.community.population) + PER_DAY * length


def _run_file(scenario: Any, days: int | None) -> int:
    """Bytes of a scenario's run on disk."""
    town = scenario.community
    apart = any(not group.headline for group in town.groups)
    levels = AGES_AND_VULNERABLE + len(town.blocks) + len(town.groups)
    per_day = (3 if apart else 2) * SCOPE_DAY + levels * LEVEL_DAY
    return RUN_FILE + per_day * int(scenario.horizon if days is None else days)
