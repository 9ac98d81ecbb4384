"""Refusing a community that would not fit into memory, before anything is built."""

from __future__ import annotations

import os
from pathlib import Path

from sim.errors import TooLargeError
from sim.scenario.community import Community
from sim.scenario.problems import Mark, Problem

__all__ = ["available_bytes", "estimate_bytes", "refuse_if_too_large"]

BYTES_PER_RESIDENT = 600
"""One resident in the compiled driver: columns, contacts and open demands. Measured: 450 at a million residents."""

BYTES_AT_REST = 700_000_000
"""Interpreter, libraries and kernels, with the memory that their first compilation takes. Measured: 720 MB."""

_CGROUP_FILES = (
    ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
    ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
)


def estimate_bytes(residents: int) -> int:
    """Return how much memory a community of some size takes, in bytes."""
    return BYTES_AT_REST + BYTES_PER_RESIDENT * residents


def available_bytes() -> int | None:
    """Return the memory that can still be had, in bytes, or None where the system does not say."""
    candidates = [
        amount for amount in (_from_meminfo(), _from_sysconf(), *_from_cgroups()) if amount is not None
    ]
    return min(candidates, default=None)


def _from_meminfo() -> int | None:
    try:
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        pass
    return None


def _from_sysconf() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):
        return None


def _from_cgroups() -> list[int]:
    found = []
    for limit, usage in _CGROUP_FILES:
        try:
            left = int(Path(limit).read_text()) - int(Path(usage).read_text())
            found.append(max(left, 0))
        except (OSError, ValueError):
            continue  # no such file, or "max": no limit
    return found


def refuse_if_too_large(community: Community, mark: Mark) -> None:
    """Refuse a community that would not fit.

    Raises
    ------
    TooLargeError
        With the estimate, what is available, and the size that would fit.
    """
    need, have = estimate_bytes(community.population), available_bytes()
    if have is None or need <= have:
        return
    fits = max(0, (have - BYTES_AT_REST) // BYTES_PER_RESIDENT)
    raise TooLargeError(
        [
            Problem(
                mark,
                "groups",
                f"{community.population:,} residents would take about {need / 1e9:,.1f} GB of memory",
                allowed=f"up to about {fits:,} residents in the {have / 1e9:,.1f} GB available",
            )
        ]
    )
