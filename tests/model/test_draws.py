"""Keyed draws: the same in both languages, uniform, unrelated, and nobody's luck depends on others."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sim.model import draws
from sim.model.compiled import kernel
from sim.vocabulary.streams import STREAMS

U64 = st.integers(0, draws.MASK)
DAYS = st.integers(-1_000, 10_000)
ALPHA = 1e-6
"""Each statistical test had this chance to fail; the draws are fixed, so it cannot fail now and then."""


@kernel
def _fill(key, agents, days, out):
    for d in range(days.shape[0]):
        sd = draws.stream_day(key, days[d], 0)
        for a in range(agents.shape[0]):
            out[d, a] = draws.uniform(sd, agents[a])


def table(stream: str, agents: int = 2_000, days: int = 100, seed: int = 1) -> np.ndarray:
    """Draws of neighbouring agents on successive days (days, agents)."""
    keys = np.array([draws.identity_key_py(1, slot, 0) for slot in range(agents)], dtype=np.uint64)
    out = np.empty((days, agents))
    _fill(np.uint64(draws.stream_key(seed, stream)), keys, np.arange(days), out)
    return out


@settings(deadline=None)  # the first example compiles
@given(U64, U64, DAYS, st.integers(0, 5_000), st.integers(0, 50))
def test_python_and_numba_agree_exactly(key: int, agent: int, day: int, slot: int, generation: int) -> None:
    assert int(draws.mix64(np.uint64(key))) == draws.mix64_py(key)
    sd = draws.stream_day_py(key, day, slot)
    assert int(draws.stream_day(np.uint64(key), day, slot)) == sd
    assert int(draws.bits(np.uint64(sd), np.uint64(agent))) == draws.bits_py(sd, agent)
    assert float(draws.uniform(np.uint64(sd), np.uint64(agent))) == draws.uniform_py(sd, agent)
    identity = draws.identity_key_py(agent, slot, generation)
    assert int(draws.identity_key(np.uint64(agent), slot, generation)) == identity


def test_python_and_numba_agree_on_a_whole_table_of_draws() -> None:
    drawn = table("needs.arise", agents=500, days=20)
    key = draws.stream_key(1, "needs.arise")
    for day in range(20):
        sd = draws.stream_day_py(key, day, 0)
        for slot in range(500):
            assert drawn[day, slot] == draws.uniform_py(sd, draws.identity_key_py(1, slot, 0))


@given(U64, U64)
def test_a_draw_lies_in_the_unit_interval_open_above(sd: int, agent: int) -> None:
    assert 0.0 <= draws.uniform_py(sd, agent) < 1.0


def test_the_hash_is_one_to_one_on_neighbouring_numbers() -> None:
    assert len({draws.mix64_py(z) for z in range(20_000)}) == 20_000
    keys = {draws.identity_key_py(k, s, g) for k in range(5) for s in range(1_000) for g in range(5)}
    assert len(keys) == 25_000


@pytest.mark.parametrize("stream", ["needs.arise", "participation.choice", "conflict.onset"])
def test_draws_are_uniform(stream: str) -> None:
    drawn = table(stream).ravel()
    assert stats.kstest(drawn, "uniform").pvalue > ALPHA
    assert stats.chisquare(np.bincount((drawn * 1_000).astype(int), minlength=1_000)).pvalue > ALPHA


def test_the_lowest_bits_are_as_good_as_the_highest() -> None:
    low = (table("needs.arise").ravel() * 2.0**53).astype(np.int64) & 0xFF
    assert stats.chisquare(np.bincount(low, minlength=256)).pvalue > ALPHA


def uncorrelated(x: np.ndarray, y: np.ndarray) -> bool:
    return stats.pearsonr(x.ravel(), y.ravel()).pvalue > ALPHA


def test_streams_days_indices_seeds_and_neighbours_are_unrelated() -> None:
    drawn = table("needs.arise")
    assert uncorrelated(drawn, table("needs.voice"))
    assert uncorrelated(drawn, table("needs.arise", seed=2))
    assert uncorrelated(drawn[1:], drawn[:-1])
    assert uncorrelated(drawn[:, 1:], drawn[:, :-1])
    assert uncorrelated(drawn[7:], drawn[:-7])
    key = draws.stream_key(1, "needs.arise")
    agent = draws.identity_key_py(1, 0, 0)
    first, second = (
        np.array([draws.uniform_py(draws.stream_day_py(key, day, index), agent) for day in range(5_000)])
        for index in (0, 1)
    )
    assert uncorrelated(first, second)


def test_pairs_of_neighbours_fill_the_square_evenly() -> None:
    drawn = table("needs.arise")
    cells = (drawn[:, 1:] * 20).astype(int) * 20 + (drawn[:, :-1] * 20).astype(int)
    assert stats.chisquare(np.bincount(cells.ravel(), minlength=400)).pvalue > ALPHA


def test_an_agents_sums_over_days_vary_as_independent_draws_do() -> None:
    sums = table("needs.arise", agents=5_000).sum(axis=0)
    assert stats.kstest((sums - 50) / math.sqrt(100 / 12), "norm").pvalue > ALPHA


def test_a_streams_key_depends_only_on_the_seed_and_its_name() -> None:
    all_keys = dict(zip(STREAMS, draws.seed_streams(7, STREAMS), strict=True))
    fewer = draws.seed_streams(7, STREAMS[::-3])
    assert [all_keys[name] for name in STREAMS[::-3]] == list(fewer)
    assert list(draws.seed_streams(7, ("a new stream", *STREAMS)))[1:] == list(all_keys.values())
    assert len(set(all_keys.values())) == len(STREAMS)
    assert not set(all_keys.values()) & set(draws.seed_streams(8, STREAMS))


def test_a_name_stands_for_the_same_bits_on_every_machine() -> None:
    assert draws.stream_id("needs.arise") == draws.stream_id("needs.arise")
    assert draws.stream_id("") == int.from_bytes(bytes.fromhex("e4a6a0577479b2b4"), "little")


def test_one_more_agent_changes_nobody_elses_draws() -> None:
    assert np.array_equal(table("needs.arise", agents=1_000), table("needs.arise", agents=1_001)[:, :-1])


@pytest.mark.parametrize("seed", [-1, draws.MASK + 1])
def test_a_seed_that_would_wrap_around_is_refused(seed: int) -> None:
    with pytest.raises(ValueError, match="a seed is a whole number from 0"):
        draws.stream_key(seed, "needs.arise")
