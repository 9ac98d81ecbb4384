"""Keys of records: a demand's or conflict's identity is a hash of whose it is, the day and an index.

With serial numbers one more demand would change everybody's luck from then on.
"""

import numpy as np

from sim.model import draws
from sim.model.compiled import kernel

DEMAND_KIND, CONFLICT_KIND, MEDIATION_KIND, ALARM_KIND = 101, 102, 103, 104


@kernel
def record_key(kind, owner, tick):
    """Key of the record of a kind that an owner (a key) gets on a day; 64 bits."""
    return draws.mix64(draws.identity_key(kind, tick, 0) ^ np.uint64(owner))


def record_key_py(kind: int, owner: int, tick: int) -> int:
    """As :func:`record_key`, in plain Python."""
    return draws.mix64_py(draws.identity_key_py(kind, tick, 0) ^ owner)
