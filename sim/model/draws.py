"""Keyed random numbers: every draw is a pure function of (seed, stream name, agent key, day, index).

There is no generator and nothing to advance. A draw is a hash, so the order of visits, the number of threads
and the driver cannot change it, and one more resident, stream or policy changes nobody else's draw. The hash
is the finaliser of SplitMix64 (Steele, Lea & Flood 2014; constants of Stafford's variant 13), applied once to
the stream on that day and once more to its combination with the agent's key.

Each function comes twice: for kernels (on ``uint64``), and as ``*_py`` on Python's integers, masked to 64
bits. The two agree exactly. In kernels every operand is cast to ``uint64`` first: Numba turns ``uint64 +
int64`` into a float.
"""

import hashlib
from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.model.compiled import kernel

MASK: Final = 0xFFFF_FFFF_FFFF_FFFF
"""64 bits."""

# Odd constants: the golden ratio's and two of the R3 sequence's (Roberts 2018). Small multiples of one never
# meet small multiples of another, so days, indices, slots and generations do not collide.
_DAY: Final = 0x9E37_79B9_7F4A_7C15
_INDEX: Final = 0xD1B5_4A32_D192_ED03
_GENERATION: Final = 0xABC9_8388_FB8F_AC03
_MIX_1: Final = 0xBF58_476D_1CE4_E5B9
_MIX_2: Final = 0x94D0_49BB_1331_11EB
_UNIT: Final = 2.0**-53

_U_DAY = np.uint64(_DAY)
_U_INDEX = np.uint64(_INDEX)
_U_GENERATION = np.uint64(_GENERATION)
_U_MIX_1 = np.uint64(_MIX_1)
_U_MIX_2 = np.uint64(_MIX_2)
_U_30, _U_27, _U_31, _U_11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)


# --- names and seeds ----------------------------------------------------------------------------------------


def stream_id(name: str) -> int:
    """Return the 64 bits that stand for a name, the same on every machine (BLAKE2b)."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")


def stream_key(seed: int, name: str) -> int:
    """Return the key of one stream under one seed; it depends on nothing else.

    Raises
    ------
    ValueError
        If the seed is negative or needs more than 64 bits: two such seeds would silently be one.
    """
    if not 0 <= seed <= MASK:
        raise ValueError(f"a seed is a whole number from 0 to {MASK}, got {seed}")
    return mix64_py(stream_id(name) ^ mix64_py(seed + _DAY))


def seed_streams(seed: int, names: Iterable[str]) -> NDArray[np.uint64]:
    """Return one key per stream name, in the order given; a key depends only on the seed and its own name."""
    return np.array([stream_key(int(seed), name) for name in names], dtype=np.uint64)


# --- the hash, in Python ------------------------------------------------------------------------------------


def mix64_py(z: int) -> int:
    """Scramble 64 bits, one to one."""
    z &= MASK
    z = ((z ^ (z >> 30)) * _MIX_1) & MASK
    z = ((z ^ (z >> 27)) * _MIX_2) & MASK
    return z ^ (z >> 31)


def stream_day_py(key: int, day: int, index: int) -> int:
    """Return what a stream is on one day, for the ``index``-th draw of an agent on that day (64 bits)."""
    return mix64_py(key + day * _DAY + index * _INDEX)


def bits_py(sd: int, agent_key: int) -> int:
    """Return 64 random bits of an agent, given the stream on that day."""
    return mix64_py(agent_key ^ sd)


def uniform_py(sd: int, agent_key: int) -> float:
    """Return an agent's uniform draw in [0, 1), a multiple of 2**-53, given the stream on that day."""
    return (mix64_py(agent_key ^ sd) >> 11) * _UNIT


def identity_key_py(kind_code: int, slot: int, generation: int) -> int:
    """Return the key of an agent: its kind, its slot, and how many have held the slot before (64 bits)."""
    return mix64_py(mix64_py(kind_code + slot * _DAY) + generation * _GENERATION)


# --- the hash, in kernels -----------------------------------------------------------------------------------


@kernel
def mix64(z: np.uint64) -> np.uint64:
    """As :func:`mix64_py`, on ``uint64``."""
    z = np.uint64(z)
    z = (z ^ (z >> _U_30)) * _U_MIX_1
    z = (z ^ (z >> _U_27)) * _U_MIX_2
    return z ^ (z >> _U_31)


@kernel
def stream_day(key: np.uint64, day: int, index: int) -> np.uint64:
    """As :func:`stream_day_py`, on ``uint64``; ``day`` and ``index`` may be signed."""
    return mix64(np.uint64(key) + np.uint64(day) * _U_DAY + np.uint64(index) * _U_INDEX)


@kernel
def bits(sd: np.uint64, agent_key: np.uint64) -> np.uint64:
    """As :func:`bits_py`, on ``uint64``."""
    return mix64(np.uint64(agent_key) ^ np.uint64(sd))


@kernel
def uniform(sd: np.uint64, agent_key: np.uint64) -> float:
    """As :func:`uniform_py`: the draw is a float in [0, 1)."""
    return np.float64(mix64(np.uint64(agent_key) ^ np.uint64(sd)) >> _U_11) * _UNIT


@kernel
def identity_key(kind_code: np.uint64, slot: int, generation: int) -> np.uint64:
    """As :func:`identity_key_py`, on ``uint64``."""
    return mix64(
        mix64(np.uint64(kind_code) + np.uint64(slot) * _U_DAY) + np.uint64(generation) * _U_GENERATION
    )
