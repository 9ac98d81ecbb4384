"""Whom chance strikes today: one draw for every resident, compared with the chance of the resident's cell.

Most residents have no occasion, no need and no visit on most days. Drawing for all of them in one plain loop, and then
visiting only those who are struck, lets the compiler take eight draws at a time and spares the branches that nobody can
predict. A resident is struck exactly when ``uniform(stream_day, key) < chance``: the comparison is made between whole
numbers, ``bits >> 11 < ceil(chance * 2**53)``, which says the same.
"""

from typing import Final

import numpy as np

from sim.model import draws
from sim.model.compiled import kernel
from sim.model.handles import record

_U_11 = np.uint64(11)
_WHOLE: Final = 9007199254740992.0  # 2**53: how many values a draw can take


@kernel
def limit(chance):
    """The whole number that a draw's 53 bits must stay below for a chance to strike."""
    return np.uint64(np.ceil(min(max(chance, 0.0), 1.0) * _WHOLE))


@kernel
def struck(lo, hi, sd, key, cell, present, limits, mask, rows):
    """Find who is struck among residents ``lo`` to ``hi``: by the highest limit first, then each by their own.

    Parameters
    ----------
    sd : uint64
        The stream on the day, from ``draws.stream_day``.
    key, cell, present : arrays
        Residents' columns.
    limits : array of uint64, shape (cells,)
        :func:`limit` of the chance of each cell; 0 where nobody can be struck.
    mask, rows : arrays, shape (residents,)
        Room to work in; only places ``lo`` to ``hi`` are written.

    Returns
    -------
    int
        End of the range of ``rows`` that begins at ``lo`` and lists who is struck, in the order of rows.
    """
    most = np.uint64(0)
    for mine in limits:
        most = max(most, mine)
    kept = lo
    for k in range(lo, struck_below(lo, hi, sd, key, present, most, mask, rows)):
        i = np.uint64(rows[np.uint64(k)])
        rows[np.uint64(kept)] = i
        kept += 1 if (draws.bits(sd, key[i]) >> _U_11) < limits[np.uint64(cell[i])] else 0
    return kept


@kernel
def struck_evenly(lo, hi, sd, key, present, chance, mask, rows):
    """As :func:`struck`, where one chance holds for everybody, children included."""
    return struck_below(lo, hi, sd, key, present, limit(chance), mask, rows)


@kernel
def struck_below(lo, hi, sd, key, present, most, mask, rows):
    """As :func:`struck`, where one limit holds for everybody: no resident's cell has to be looked up."""
    for i in range(lo, hi):
        j = np.uint64(i)
        mask[j] = ((draws.bits(sd, key[j]) >> _U_11) < most) & (present[j] == 1)
    return listed(lo, hi, mask, rows)


@kernel
def listed(lo, hi, mask, rows):
    """List the places of ``mask`` that are 1, from ``lo`` to ``hi``; return the end of the list in ``rows``.

    Every place is written down and kept if it counts: no branch to predict. The end never overtakes the place.
    """
    end = lo
    for i in range(lo, hi):
        rows[np.uint64(end)] = i
        end += mask[np.uint64(i)]
    return end


@kernel
def by_lever(levels, chances, children, limits):
    """Limits by cell of chances by block and group; children are left out unless ``children`` says otherwise."""
    for c in range(len(limits)):
        adult = levels[c, 2] > 0
        limits[c] = limit(chances[levels[c, 0], levels[c, 1]]) if adult or children else np.uint64(0)


@kernel
def by_group(levels, chances, children, limits):
    """Limits by cell of chances by group and vulnerability, shape (groups, 2)."""
    for c in range(len(limits)):
        adult = levels[c, 2] > 0
        limits[c] = limit(chances[levels[c, 1], levels[c, 3]]) if adult or children else np.uint64(0)


Limits = record(
    "Limits",
    ["turnover", "academic_leave", "publicity", "session", "activity", "visit", "invitation", "need", "enquiry"],
)
"""Limits by cell of what can strike a resident on a day; arrays of uint64, shape (cells,)."""

Draw = record("Draw", ["mask", "rows"])
"""Room for finding out who is struck; arrays of shape (residents,)."""
