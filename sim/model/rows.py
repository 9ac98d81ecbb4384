"""Running a kernel over all residents: ranges of rows that never split a block of the community.

Cells of measures lie within one block, so a kernel that runs on whole blocks may add to its residents' cells without
meeting another thread, and the sum is the same, in the same order, on any number of threads.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.model.compiled import run_ranges
from sim.model.world import World


def block_ranges(starts: NDArray[np.int64], threads: int) -> list[tuple[int, int]]:
    """Cut rows into at most ``threads`` runs of whole blocks, about even.

    Parameters
    ----------
    starts : array, shape (blocks + 1,)
        First row of each block, and the number of rows.
    threads : int
    """
    n = int(starts[-1])
    edges = [0]
    for part in range(1, max(threads, 1)):
        nearest = int(starts[np.argmin(np.abs(starts - n * part / threads))])
        if nearest > edges[-1]:
            edges.append(nearest)
    if edges[-1] < n or len(edges) == 1:
        edges.append(n)
    return list(zip(edges[:-1], edges[1:], strict=True))


def run_rows(function: Callable[..., Any], world: World, *args: Any) -> None:
    """Run ``function(lo, hi, *args)`` over all residents, on the world's threads, with the same bits on any number."""
    if world.threads <= 1:
        function(0, world.n, *args)
    else:
        run_ranges(function, block_ranges(world.starts, world.threads), *args)
