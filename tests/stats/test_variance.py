"""Luck and not knowing the parameters are told apart."""

import math

import numpy as np
import pytest

from sim.stats import split_variance


def made(between, within, worlds=200, seeds=6, key=1):
    generator = np.random.default_rng(key)
    return {
        str(w): generator.normal(generator.normal(0.0, math.sqrt(between)), math.sqrt(within), seeds)
        for w in range(worlds)
    }


def test_known_variances_are_found_again():
    split = split_variance(made(4.0, 1.0))
    # standard errors: 4.0 * sqrt(2 / 200) = 0.4 and 1.0 * sqrt(2 / 1000) = 0.05
    assert split.between == pytest.approx(4.0, abs=1.3)
    assert split.within == pytest.approx(1.0, abs=0.15)
    assert split.share_between == pytest.approx(0.8, abs=0.06)


def test_luck_alone_is_not_taken_for_parameters():
    assert split_variance(made(0.0, 1.0)).between < 0.1


def test_one_seed_a_world_cannot_be_split():
    split = split_variance({"a": [1.0], "b": [2.0]})
    assert math.isnan(split.between) and math.isnan(split.within)


def test_one_world_holds_luck_only():
    split = split_variance({"a": [1.0, 3.0]})
    assert split.within == 2.0 and math.isnan(split.between)
