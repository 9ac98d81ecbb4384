"""Records: what Python reads in them is what kernels read, and nothing in them can be exchanged unnoticed."""

import pickle

import numpy as np
import pytest

from sim.model.chance import Draw
from sim.model.compiled import kernel
from sim.model.handles import record
from sim.rules import knowledge

Inner = record("Inner", "level count table")
Outer = record("Outer", ["inner", "share", "on", "p", "key"])


def outer():
    inner = Inner(np.arange(4.0), np.array([3, -2], np.int8), np.arange(6, dtype=np.int32).reshape(2, 3))
    p = knowledge.Parameters(*(0.1 * k for k in range(len(knowledge.Parameters._fields))))
    return Outer(inner, 0.25, True, p, np.array([2**64 - 1], np.uint64))


@kernel
def written(row, k):
    """Change a level, as parts of kernels do."""
    row.inner.level[k] += row.share


@kernel
def read(row, out):
    """Read every kind of field there is."""
    written(row, 1)
    out[0], out[1], out[2] = row.inner.level[1], row.inner.count[1], row.inner.table[1, 2]
    out[3], out[4], out[5] = row.share, 1.0 if row.on else 0.0, row.p.decay
    out[6], out[7] = len(row.inner.level), 1.0 if row.key[0] == np.uint64(0xFFFF_FFFF_FFFF_FFFF) else 0.0
    out[8] = row.inner.level[-1]


def test_a_kernel_reads_and_writes_the_arrays_that_python_sees() -> None:
    row, out = outer(), np.zeros(9)
    read(row, out)
    assert row.inner.level.tolist() == [0.0, 1.25, 2.0, 3.0]
    assert out.tolist() == [1.25, -2.0, 5.0, 0.25, 1.0, row.p.decay, 4.0, 1.0, 3.0]


def test_a_field_is_never_exchanged_because_kernels_know_the_array() -> None:
    with pytest.raises(AttributeError, match=r"Draw\.mask cannot be replaced"):
        Draw(np.zeros(1, np.int8), np.zeros(1, np.int32)).mask = np.zeros(2, np.int8)
    with pytest.raises(TypeError, match="mask, rows"):
        Draw(np.zeros(1, np.int8))


def test_a_record_survives_pickling_with_arrays_of_its_own() -> None:
    row = outer()
    again, out = pickle.loads(pickle.dumps(row)), np.zeros(9)
    read(again, out)
    assert out[0] == 1.25 and row.inner.level[1] == 1.0


def test_constants_and_narrow_numbers_make_no_second_version_of_a_part() -> None:
    @kernel
    def part(x, k):
        return x + k

    @kernel
    def whole(x, narrow):
        return part(x, 1) + part(x, 2) + part(x, narrow[0])

    assert whole(0.5, np.array([4], np.int8)) == 8.5
    compiled = part.get_overload.__self__.signatures
    assert len(compiled) == 1, compiled
