"""Numbers are printed so that they can be read aloud and quoted."""

from __future__ import annotations

import math

import pytest

from sim.report import words
from sim.vocabulary.outcomes import BY_NAME, OUTCOMES

PARTICIPATION, TRUST, CONFLICTS = (
    BY_NAME[name] for name in ("participation_30d", "trust", "conflicts_per_1000")
)


@pytest.mark.parametrize(
    ("outcome", "number", "text"),
    [
        (PARTICIPATION, 0.0416, "+4.2"),
        (PARTICIPATION, -0.0416, "−4.2"),
        (PARTICIPATION, 0.0001, "0.0"),
        (TRUST, 0.0213, "+0.021"),
        (CONFLICTS, -1.26, "−1.3"),
        (CONFLICTS, math.nan, "–"),
    ],
)
def test_a_difference_has_a_sign_and_the_digits_that_matter(outcome, number: float, text: str) -> None:
    assert words.difference(outcome, number) == text


def test_a_share_is_a_per_cent_and_its_difference_is_in_points() -> None:
    assert words.value(PARTICIPATION, 0.183) == "18.3%"
    assert words.difference_unit(PARTICIPATION) == "points"


def test_the_interval_of_a_fall_reads_as_amounts_of_the_fall() -> None:
    text = words.change_sentence(CONFLICTS, -2.0, -3.0, -1.0, 0.5)
    assert text == "new conflicts fall by 2.0 per 1,000 residents a year (95% interval 1.0 to 3.0)"


def test_marks_differ_in_shape_and_not_only_in_colour() -> None:
    assert len(set(words.MARKS.values())) == len(words.MARKS)
    assert set(words.MARKS) == set(words.VERDICT_WORDS)


def test_every_outcome_can_be_put_into_words() -> None:
    for outcome in OUTCOMES:
        assert words.change_sentence(outcome, 1.0, 0.5, 1.5, outcome.smallest_change)


@pytest.mark.parametrize(
    ("amount", "text"), [(3.14, "3.1"), (1234.5, "1,234"), (-3.14, "−3.1"), (0.0, "0.0")]
)
def test_money(amount: float, text: str) -> None:
    assert words.money(amount) == text


def test_joining_reads_like_a_sentence() -> None:
    assert [words.join(list(part)) for part in ("", "a", "ab", "abc")] == ["", "a", "a and b", "a, b and c"]
