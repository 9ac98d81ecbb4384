"""Counts and choices in a sensitivity analysis: every value has its turn, and indices are those of the steps."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.analysis.forms import forms, steps_of
from sim.analysis.indices import Quantity, decompose, screen
from sim.analysis.sampling import LUCK, REST, Sample, index_sample, screening_sample, uncertain
from sim.report.sensitivity_tables import span
from tests.analysis.known_functions import KnownScenario, luck
from tests.analysis.test_sensitivity import MOST_SDS, spread
from tests.fakes import Spec

pytest.importorskip("SALib")

POOLING = Spec("structure.pooling", 0, 0, 2, kind="count")
FOUR = Spec("k.four", 0, 0, 3, kind="count")
TWO = Spec("k.two", 0, 0, 1, kind="count")
WORD = Spec("k.word", "a", choices=("a", "b", "c"))
PLAIN = Spec("g.u", 0.5, 0.0, 1.0)
SPECS = {spec.name: spec for spec in (POOLING, FOUR, TWO, WORD, PLAIN)}
FORM = Spec("s.form", 0, 0, 2, kind="count", unit="0 one, 1 another, 2 a third")


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
    """By how far the value moves, not by the two thirds of a range that the grid moves by.

    The grid takes a parameter of three values from its first or its second to its third, and back.
    """
    values = {name: column(screening, name) for name in (POOLING.name, FOUR.name, TWO.name, WORD.name)}
    y = (
        3.0 * values[POOLING.name] + 2.0 * values[FOUR.name] + 0.5 * values[TWO.name] + (values[WORD.name] == "b")
    )
    table = screen(screening, {Quantity("", "trust"): y}).set_index("factor")
    whole = {POOLING.name: 6.0, FOUR.name: 6.0, TWO.name: 0.5}
    assert table.loc[list(whole), "mu_star"].to_dict() == pytest.approx(whole)
    assert table.loc[list(whole), "mu"].to_dict() == pytest.approx(whole)
    assert table.loc[list(whole), "sigma"].max() == pytest.approx(0.0, abs=1e-9)
    ends = values[WORD.name].reshape(-1, screening.block)[:, [0, -1]]
    assert 0 < (ends == "b").any(axis=1).mean() < 1
    # A change of form is one change, whichever it is, and neither up nor down.
    assert table.loc[WORD.name, "mu_star"] == pytest.approx((ends == "b").any(axis=1).mean())
    assert math.isnan(table.loc[WORD.name, "mu"])
    assert table.loc[[PLAIN.name, LUCK], "mu_star"].max() == pytest.approx(0.0, abs=1e-12)


def test_a_count_that_reshuffles_luck_passes_no_more_often_than_a_share() -> None:
    """A step of half a range is divided by a half: what luck gives is, too.

    With 30 of them one in a hundred passes: at most 3 by chance (P < 0.3%). Without it some of the steps would be a
    third larger than luck's.
    """
    specs = {f"k.p{k:02d}": Spec(f"k.p{k:02d}", 0, 0, 2, kind="count") for k in range(30)}
    sample = screening_sample(specs, list(specs), frozenset(), 10, 1, "reshuffled")
    y = np.array([luck(*row) for row in sample.unit.round(6).tolist()])
    table = screen(sample, {Quantity("", "trust"): y})
    assert table["passes"].sum() <= 3
    assert table["noise"].nunique() > 1


def test_only_units_that_number_forms_are_forms() -> None:
    assert forms(FORM) == {0: "one", 1: "another", 2: "a third"}
    assert forms(Spec("c", 2, 1, 5, kind="count", unit="days a week")) == {}
    assert forms(Spec("r", 0.5, 0, 1, unit="0 never, 1 always")) == {}  # a share between two ends has an order
    assert [steps_of(spec) for spec in (POOLING, FOUR, TWO, WORD, PLAIN)] == [3, 4, 2, 3, 0]
    sample = screening_sample({FORM.name: FORM, PLAIN.name: PLAIN}, [FORM.name, PLAIN.name], frozenset(), 4, 1, "f")
    assert sample.unordered == {FORM.name} and sample.steps == {FORM.name: 3}


def test_forms_are_called_by_their_names() -> None:
    row = {"low": 0.0, "high": 2.0, "unit": FORM.unit}
    assert span(row) == "one, another or a third"
    assert span(row | {"unit": "days a week"}) == "0 to 2 days a week"


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
