"""The search, on problems whose best packages are known in closed form."""

import itertools

import numpy as np
import pytest

from sim.analysis.packages.grid import Grid, grid
from sim.analysis.packages.search import FAILED, Limits, Value, frontier, hypervolume, search, spread
from sim.errors import UsageError

pytest.importorskip("pymoo")

SPACE = Grid(tuple("abcdef"), (0.0, 0.5, 1.0))
# A lever's gain a d - b d^2 is largest at the dose a / 2b; levers c and f only do harm.
GAIN = np.array([[3.0, 2.0, -1.0, 1.5, 2.5, -2.0], [1.0, 2.0, -0.5, 3.0, -0.5, -1.0]])
CURVE = np.array([1.5, 0.5, 0.0, 1.5, 0.5, 0.0])
PRICE = np.array([4.0, 6.0, 1.0, 3.0, 8.0, 2.0])


def closed_form(steps):
    dose = np.array([SPACE.doses[step] for step in steps])
    gains = (GAIN * dose - CURVE * dose * dose).sum(axis=1)
    return Value(tuple(float(g) for g in gains), float(PRICE @ dose), float(1.0 - 0.1 * dose.sum()))


def every(limits):
    """All 729 packages evaluated."""
    found = {steps: closed_form(steps) for steps in itertools.product(range(3), repeat=6)}
    return found, frontier(found, limits)


def run(evaluations, limits, method="nsga2", seed=1, population=20):
    return search(
        SPACE,
        lambda new: [closed_form(steps) for steps in new],
        limits,
        evaluations,
        population,
        seed,
        method,
    )


def test_a_frontier_holds_what_nothing_beats_and_nothing_else():
    found, front = every(Limits())
    values = {steps: (*closed_form(steps).gains, -closed_form(steps).cost) for steps in found}
    for steps in front:
        assert not any(
            all(o >= m for o, m in zip(other, values[steps], strict=True)) and other != values[steps]
            for other in values.values()
        )
    assert (0,) * 6 in front  # nothing is cheaper than nothing
    assert all(steps[2] == 0 and steps[5] == 0 for steps in front)  # what only does harm is never in it


@pytest.mark.parametrize("limits", [Limits(), Limits(budget=9.0), Limits(delivered=0.8)])
def test_the_search_finds_the_known_best_of_each_aim(limits):
    known, front = every(limits)
    found = run(250, limits)  # of 729
    assert len(found) <= 250
    worst = Value((-8.0, -8.0), 30.0)
    assert hypervolume(found, limits, worst) >= 0.99 * hypervolume(known, limits, worst)
    for aim in range(2):
        best = max(known[steps].gains[aim] for steps in front)
        assert max(found[steps].gains[aim] for steps in frontier(found, limits)) == pytest.approx(best)


def test_the_search_beats_drawing_at_random_at_equal_runs():
    limits, worst = Limits(budget=12.0), Value((-6.0, -6.0), 30.0)
    wins = [
        hypervolume(run(120, limits, seed=seed), limits, worst)
        > hypervolume(run(120, limits, "random", seed), limits, worst)
        for seed in range(12)
    ]
    # Were the two equally good, ten or more of twelve would come out so once in fifty tries (binomial, 0.019).
    assert sum(wins) >= 10


@pytest.mark.parametrize("method", ["nsga2", "random"])
def test_packages_of_a_few_levers_only(method):
    space = Grid(SPACE.levers, SPACE.doses, most=2)
    every_one = [steps for steps in itertools.product(range(3), repeat=6) if sum(map(bool, steps)) <= 2]
    assert space.size == len(every_one) == 73 and SPACE.size == 729
    found = search(space, lambda new: [closed_form(steps) for steps in new], Limits(), 60, 20, 1, method)
    assert len(found) == 60 and set(found) <= set(every_one)
    if method == "nsga2":
        for aim in range(2):
            best = max(closed_form(steps).gains[aim] for steps in every_one)
            assert max(value.gains[aim] for value in found.values()) == pytest.approx(best)


def test_the_same_seed_asks_for_the_same_packages():
    assert list(run(100, Limits())) == list(run(100, Limits()))
    assert list(run(100, Limits())) != list(run(100, Limits(), seed=2))


def test_no_package_is_evaluated_twice_and_a_small_space_is_searched_whole():
    small, calls = Grid(("a", "b"), (0.0, 1.0)), []

    def evaluate(new):
        calls.extend(new)
        return [Value((float(sum(steps)),), float(sum(steps))) for steps in new]

    found = search(small, evaluate, Limits(), 50, 4, 1)
    assert sorted(calls) == sorted(set(calls)) == sorted(found) and len(found) == 4


def test_a_package_that_failed_is_never_on_the_frontier():
    def evaluate(new):
        return [FAILED if steps[0] == 2 else closed_form(steps) for steps in new]

    found = search(SPACE, evaluate, Limits(), 120, 20, 1)
    assert any(steps[0] == 2 for steps in found)
    assert all(steps[0] != 2 for steps in frontier(found, Limits()))


def test_a_spread_keeps_the_best_on_each_count():
    found, front = every(Limits())
    some = spread(front, found, 6)
    assert len(some) == 6 and set(some) <= set(front)
    for aim in range(2):
        assert max(found[s].gains[aim] for s in some) == max(found[s].gains[aim] for s in front)
    assert (0,) * 6 in some


def test_what_cannot_be_searched_is_refused():
    with pytest.raises(UsageError, match="did you mean 'workforce'"):
        grid(["workfroce"])
    with pytest.raises(UsageError, match="at most 2"):
        grid(["workforce"], [0.0, 3.0])
    assert grid(["workforce", "online_channel"]).levers == ("online_channel", "workforce")
    assert len(grid().levers) == 14
