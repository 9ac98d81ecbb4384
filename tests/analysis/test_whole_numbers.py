"""Counts and choices in a sensitivity analysis: every value has its turn, and indices are those of the steps."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.analysis.indices import Quantity, decompose, screen
from sim.analysis.sampling import LUCK, REST, Sample, index_sample, screening_sample, uncertain
from tests.analysis.known_functions import KnownScenario
from tests.analysis.test_sensitivity import MOST_SDS, spread
from tests.fakes import Spec

pytest.importorskip("SALib")

POOLING = Spec("structure.pooling", 0, 0, 2, kind="count")
FOUR = Spec("k.four", 0, 0, 3, kind="count")
TWO = Spec("k.two", 0, 0, 1, kind="count")
WORD = Spec("k.word", "a", choices=("a", "b", "c"))
PLAIN = Spec("g.u", 0.5, 0.0, 1.0)
SPECS = {spec.name: spec for spec in (POOLING, FOUR, TWO, WORD, PLAIN)}
STEP = 1.5
"""An elementary effect is a change over the step that makes it, two thirds of a range: a jump of one counts 1.5."""


def column(sample: Sample, name: str) -> np.ndarray:
    """A parameter's value at every point, as the worlds have it."""
    return np.array([sample.worlds[row].values[name] for row in sample.rows])


@pytest.fixture(scope="module")
def screening() -> Sample:
    return screening_sample(SPECS, list(SPECS), frozenset(), 20, 1, "whole")


def test_counts_and_choices_are_among_what_is_uncertain() -> None:
    chosen = {"baseline": KnownScenario("baseline", tuple(SPECS.values()))}
    assert set(uncertain(chosen, "baseline")[0]) == set(SPECS)


def test_every_step_of_a_trajectory_changes_the_value_that_it_moves_and_no_other(screening: Sample) -> None:
    """A grid level that fell on the wrong side of a count's edge would move a column and change nothing."""
    for at, (name, spec) in enumerate(SPECS.items()):
        values = column(screening, name)
        assert set(values) <= set(spec.choices or np.append(values, [spec.low, spec.high]))
        for start in range(0, len(values), screening.block):
            one, unit = (
                values[start : start + screening.block],
                screening.unit[start : start + screening.block, at],
            )
            assert ((one[1:] != one[:-1]) == (unit[1:] != unit[:-1])).all()
            assert (one[1:] != one[:-1]).sum() == 1
    assert set(column(screening, POOLING.name)) == {0, 1, 2} and set(column(screening, FOUR.name)) == {
        0,
        1,
        2,
        3,
    }
    assert set(column(screening, WORD.name)) == {"a", "b", "c"}


def test_elementary_effects_of_steps_are_exact(screening: Sample) -> None:
    """The grid takes a parameter of three values from its first or its second to its third, and back."""
    pooling, word = column(screening, POOLING.name), column(screening, WORD.name)
    y = 3.0 * (pooling == 2) + 0.5 * column(screening, TWO.name) + 1.0 * (word == "b")
    table = screen(screening, {Quantity("", "trust"): y}).set_index("factor")
    assert table.loc[POOLING.name, "mu_star"] == pytest.approx(3.0 * STEP)
    assert table.loc[TWO.name, "mu_star"] == pytest.approx(0.5 * STEP)
    ends = word.reshape(-1, screening.block)[:, [0, -1]]
    assert 0 < (ends == "b").any(axis=1).mean() < 1
    assert table.loc[WORD.name, "mu_star"] == pytest.approx(STEP * (ends == "b").any(axis=1).mean())
    assert table.loc[[FOUR.name, PLAIN.name, LUCK], "mu_star"].max() == pytest.approx(0.0, abs=1e-12)
    assert table["passes"].to_dict() == {
        name: name in {POOLING.name, TWO.name, WORD.name} for name in table.index
    }


def test_values_have_their_share_of_a_sobol_sample() -> None:
    sample = index_sample(SPECS, list(SPECS), list(SPECS), 64, 1, "whole")
    first = np.arange(0, len(sample.unit), sample.block)
    for name, count in ((POOLING.name, 3), (FOUR.name, 4), (TWO.name, 2), (WORD.name, 3)):
        values, seen = np.unique(column(sample, name)[first], return_counts=True)
        share = 1.0 / count
        assert len(values) == count
        # Points of a scrambled Sobol sample are spread more evenly than independent ones, whose sd this is.
        assert seen / 64 == pytest.approx(share, abs=MOST_SDS * math.sqrt(share * (1.0 - share) / 64))


@pytest.mark.parametrize("special", [0, 1, 2])
def test_indices_of_a_count_and_a_choice_are_those_in_closed_form(special: int) -> None:
    """A product of two indicators, each true for one value of three, whichever it is: the order has no part in it.

    With p = 1/3 each, the variance is p^2 (1 - p^2) = 8/81 and that of each mean p^2 p (1 - p) = 2/81: indices of first
    order are 1/4, total ones 3/4, and for all that the product does not hold nothing.
    """
    kept = [POOLING.name, WORD.name, PLAIN.name]
    blocks = 256
    sample = index_sample(SPECS, list(SPECS), kept, blocks, 1, "closed form")
    y = 1.0 * (column(sample, POOLING.name) == special) * (column(sample, WORD.name) == "abc"[special])
    table = decompose(sample, {Quantity("", "trust"): y})[0].set_index("factor")
    units = [Spec(name, 0.5, 0.0, 1.0) for name in (POOLING.name, WORD.name)]
    sds = spread(lambda x: np.prod([np.floor(3.0 * u) == special for u in x.values()], axis=0), units, blocks)
    for name in (POOLING.name, WORD.name):
        assert table.loc[name, "first"] == pytest.approx(0.25, abs=MOST_SDS * sds[name][0])
        assert table.loc[name, "total"] == pytest.approx(0.75, abs=MOST_SDS * sds[name][1])
        # The tolerance tells the two indices apart.
        assert MOST_SDS * max(sds[name]) < 0.5
    assert (table.loc[[PLAIN.name, REST, LUCK], "total"].abs() < 1e-12).all()
