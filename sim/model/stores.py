"""Growing tables of open demands and conflicts: count, reserve, fill; stable compaction; closed rows go to a log."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.model.columns import CONFLICT, DEMAND, Column, Conflicts, Demands

_INITIAL: Final = 1024


class Store:
    """A table of open records whose arrays grow as needed.

    ``columns`` is the named tuple that kernels take; ``count`` rows of it are in use. Kernels never grow a table:
    who adds rows counts them first and calls :meth:`reserve`.

    Parameters
    ----------
    declared : tuple of Column
        The columns.
    shape : type
        Named tuple of the same fields.
    capacity : int
        Rows to begin with. Any value gives the same results (a test runs with 1).
    """

    def __init__(self, declared: tuple[Column, ...], shape: Any, capacity: int = _INITIAL) -> None:
        self._declared = declared
        self._shape = shape
        self.count = 0
        self.columns: Any = shape(*(np.zeros(max(capacity, 1), dtype=column.dtype) for column in declared))

    @property
    def capacity(self) -> int:
        """Rows that fit without growing."""
        return len(self.columns[0])

    def reserve(self, more: int) -> None:
        """Make room for ``more`` further rows; arrays may be replaced, so take ``columns`` anew afterwards."""
        wanted = self.count + more
        if wanted <= self.capacity:
            return
        size = max(wanted, 2 * self.capacity)
        grown = []
        for column in self.columns:
            array = np.zeros(size, dtype=column.dtype)
            array[: self.count] = column[: self.count]
            grown.append(array)
        self.columns = self._shape(*grown)

    def keep(self, rows: NDArray[np.int64]) -> None:
        """Keep the given rows, in order, and drop the rest."""
        for column in self.columns:
            column[: len(rows)] = column[rows]
        self.count = len(rows)

    def saved(self) -> dict[str, NDArray[Any]]:
        """Return copies of the rows in use, by column."""
        return {c.name: getattr(self.columns, c.name)[: self.count].copy() for c in self._declared}

    def restore(self, saved: dict[str, NDArray[Any]]) -> None:
        """Take the rows that :meth:`saved` returned."""
        rows = len(next(iter(saved.values())))
        self.count = 0
        self.reserve(rows)
        self.count = rows
        for name, values in saved.items():
            getattr(self.columns, name)[:rows] = values


def demand_store(capacity: int = _INITIAL) -> Store:
    """Return an empty table of demands."""
    return Store(DEMAND, Demands, capacity)


def conflict_store(capacity: int = _INITIAL) -> Store:
    """Return an empty table of conflicts."""
    return Store(CONFLICT, Conflicts, capacity)
