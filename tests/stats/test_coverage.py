"""How often the 95% intervals hold the true mean: normal, skewed, heavy-tailed and discrete differences.

What is expected of each is stated, and so is where the default falls short. The table is of 40,000 samples a cell
(standard error 0.1%).

share of intervals that hold the mean, by pairs        5      8     16     32
    normal                     default              .963   .961   .956   .954
                               Student              .950   .950   .949   .950
    lognormal (sigma 0.5)      default              .938   .943   .949   .954
                               Student              .915   .920   .927   .935
    chi-square (3)             default              .932   .942   .956   .958
                               Student              .902   .911   .927   .937
    exponential                default              .920   .936   .951   .957
                               Student              .881   .896   .913   .927
    t with 3 degrees           default              .973   .966   .960   .955
    Poisson (1)                default              .989   .945   .962   .959
Short of it, whatever is done with so few pairs:
    lognormal (sigma 1)        default              .874   .894   .920   .938
                               Student              .820   .833   .859   .883
    one in five is 1, else 0   default              .672   .831   .965   .986   (a third of all fives are zeros only)
"""

import re
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from sim.report.spread import HELD
from sim.stats import holm, paired_intervals

RESULTS = Path(__file__).parents[2] / "docs" / "results.md"
SHAPES = {
    "normal": (lambda g, size: g.normal(0.3, 1.0, size), 0.3),
    "lognormal_half": (lambda g, size: g.lognormal(0.0, 0.5, size), np.exp(0.125)),
    "chi_square_3": (lambda g, size: g.chisquare(3.0, size), 3.0),
    "exponential": (lambda g, size: g.exponential(1.0, size), 1.0),
    "t_3": (lambda g, size: g.standard_t(3.0, size), 0.0),
    "poisson_1": (lambda g, size: g.poisson(1.0, size).astype(float), 1.0),
    "lognormal_1": (lambda g, size: g.lognormal(0.0, 1.0, size), np.exp(0.5)),
}
# Least and most by shape for 5, 8, 16 and 32 pairs; the first row is the promise, the others say how near it comes.
BOUNDS = {
    "normal": ((0.95, 0.97), (0.95, 0.97), (0.95, 0.965), (0.945, 0.96)),
    "lognormal_half": ((0.93, 0.96), (0.935, 0.96), (0.94, 0.96), (0.945, 0.965)),
    "chi_square_3": ((0.925, 0.955), (0.935, 0.96), (0.945, 0.965), (0.945, 0.965)),
    "exponential": ((0.91, 0.945), (0.925, 0.955), (0.94, 0.96), (0.945, 0.965)),
    "t_3": ((0.955, 0.98), (0.955, 0.98), (0.95, 0.97), (0.95, 0.97)),
    "poisson_1": ((0.95, 0.995), (0.935, 0.97), (0.95, 0.97), (0.95, 0.97)),
    "lognormal_1": ((0.86, 0.9), (0.88, 0.92), (0.905, 0.935), (0.925, 0.95)),
}
PAIRS = (5, 8, 16, 32)


def coverage(shape, pairs, trials, method="auto"):
    draw, truth = SHAPES[shape]
    values = draw(np.random.default_rng([pairs, trials]), (pairs, trials))
    found = paired_intervals(values, method=method)
    return float(((found["low"] <= truth) & (truth <= found["high"])).mean())


def allowance(trials):
    """Four standard errors of a share near 95%."""
    return 4.0 * np.sqrt(0.95 * 0.05 / trials)


@pytest.mark.parametrize("pairs", PAIRS)
@pytest.mark.parametrize("shape", SHAPES)
def test_intervals_hold_the_mean_as_often_as_the_table_says(shape, pairs):
    trials = 4_000
    least, most = BOUNDS[shape][PAIRS.index(pairs)]
    assert least - allowance(trials) <= coverage(shape, pairs, trials) <= most + allowance(trials)


def test_what_the_brief_and_the_documents_say_of_very_skewed_differences_is_what_the_intervals_do():
    trials = 20_000
    for pairs, held in HELD.items():
        # The brief gives whole percentages.
        assert coverage("lognormal_1", pairs, trials) == pytest.approx(held / 100, abs=0.005 + allowance(trials))
    row = next(line for line in RESULTS.read_text(encoding="utf-8").splitlines() if "lognormal, sigma 1" in line)
    assert [round(float(share)) for share in re.findall(r"([\d.]+)%", row)[:4]] == list(HELD.values())


@pytest.mark.parametrize("shape", ["lognormal_half", "chi_square_3", "exponential", "lognormal_1"])
def test_skewed_differences_are_held_more_often_than_by_students_t(shape):
    for pairs in PAIRS:
        assert coverage(shape, pairs, 4_000) > coverage(shape, pairs, 4_000, "student") + 0.015


def test_bca_of_few_pairs_is_why_it_is_not_used():
    # 300 samples of eight normal differences: a standard error of 1.9% around SciPy's 0.87.
    values = np.random.default_rng(2).normal(0.0, 1.0, (300, 8))
    found = stats.bootstrap(
        (values,), np.mean, axis=1, n_resamples=999, method="BCa", random_state=np.random.default_rng(1)
    ).confidence_interval
    held = ((found.low <= 0.0) & (found.high >= 0.0)).mean()
    assert held < 0.92 < coverage("normal", 8, 4_000)


@pytest.mark.slow
@pytest.mark.parametrize("pairs", PAIRS)
@pytest.mark.parametrize("shape", SHAPES)
def test_intervals_hold_the_mean_as_often_as_the_table_says_to_a_third_of_a_percent(shape, pairs):
    trials = 80_000
    least, most = BOUNDS[shape][PAIRS.index(pairs)]
    assert least - allowance(trials) <= coverage(shape, pairs, trials) <= most + allowance(trials)


@pytest.mark.parametrize(("shape", "most"), [("normal", 0.05), ("t_3", 0.05), ("exponential", 0.10)])
def test_three_comparisons_together_are_seldom_wrong(shape, most):
    # Strongly skewed differences that all lean the same way, three of eight pairs: 10% instead of 5%, and more of
    # more comparisons, because a corrected p-value leans on the far tails. Student's t alone comes to 17%.
    draw, truth = SHAPES[shape]
    trials = 2_000
    values = draw(np.random.default_rng(5), (8, 3 * trials)) - truth
    p_values = paired_intervals(values)["p_value"].reshape(trials, 3)
    wrong = np.mean([min(holm(row)) < 0.05 for row in p_values.tolist()])
    assert wrong <= most + 4.0 * np.sqrt(most * (1 - most) / trials)
