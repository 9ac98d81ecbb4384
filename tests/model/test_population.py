"""The population: as described, the same for everybody when one more moves in, and the same in both languages."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sim.model.persons import draw_person, draw_person_py, resident_key, resident_key_py, settled_start
from sim.model.population import Population, build_population
from sim.rules import network, population
from sim.vocabulary.categories import AGE_BANDS
from tests.model.towns import NUMBERS, Town, town

UNIT_STATES = (
    "knowledge", "informed", "efficacy", "belonging", "trust", "expectation", "grievance", "friction", "ties",
)
ALPHA = 1e-6


@pytest.fixture(scope="module")
def xicheng() -> Population:
    return build_population(town(), NUMBERS, 1)


def identities(built: Population) -> dict[int, int]:
    return {key: row for row, key in enumerate(built.key.tolist())}


def test_every_group_has_its_people_and_every_key_is_one_persons(xicheng: Population) -> None:
    assert np.bincount(xicheng.group).tolist() == [g.size for g in town().groups]
    assert len(set(xicheng.key.tolist())) == len(xicheng) == 58_731
    assert not xicheng.generation.any() and xicheng.present.all()


def test_rows_are_sorted_by_block_and_household(xicheng: Population) -> None:
    assert (np.diff(xicheng.quarter) >= 0).all() and (np.diff(xicheng.household) >= 0).all()
    for block in range(len(town().blocks)):
        rows = slice(xicheng.block_start[block], xicheng.block_start[block + 1])
        assert (xicheng.quarter[rows] == block).all()
    assert xicheng.block_start[-1] == xicheng.household_start[-1] == len(xicheng)


def test_blocks_hold_the_shares_that_were_declared(xicheng: Population) -> None:
    for index, group in enumerate(town().groups):
        held = np.bincount(xicheng.quarter[xicheng.group == index], minlength=20) / group.size
        declared = [block.weights.get(group.name, 0.0) for block in town().blocks]
        assert np.abs(held - declared).max() < 0.01
        assert not held[np.array(declared) == 0.0].any()


def test_a_household_lives_in_one_block_and_belongs_to_one_group(xicheng: Population) -> None:
    first = xicheng.household_start[:-1]
    for column in (xicheng.quarter, xicheng.group):
        assert (column == column[first][xicheng.household]).all()
    assert xicheng.places.head[first].all() and xicheng.places.head.sum() == len(first)


def test_households_have_the_declared_mean_size_and_no_more_than_the_cap(xicheng: Population) -> None:
    sizes = np.diff(xicheng.household_start)
    assert sizes.max() <= NUMBERS["network.household_cap"] and sizes.min() >= 1
    group = xicheng.group[xicheng.household_start[:-1]]
    for index, declared in enumerate(town().groups):
        mine = sizes[group == index]
        assert abs(mine.mean() - declared.household_size) < 5 * mine.std() / np.sqrt(len(mine)) + 0.001


def test_ages_come_out_as_declared_though_no_child_heads_a_household(xicheng: Population) -> None:
    assert not (xicheng.age[xicheng.places.head == 1] == 0).any()
    for index, group in enumerate(town().groups):
        counts = np.bincount(xicheng.age[xicheng.group == index], minlength=len(AGE_BANDS))
        expected = np.array(group.ages) * group.size
        assert not counts[expected == 0].any()
        # The bands of heads and others are drawn apart, so counts vary no more than under one draw.
        some = expected > 0
        if some.sum() > 1:
            assert stats.chisquare(counts[some], expected[some] * counts.sum() / expected[some].sum()).pvalue > ALPHA


def test_vulnerable_shares_hold_and_rise_with_age(xicheng: Population) -> None:
    for index, group in enumerate(town().groups):
        mine = xicheng.group == index
        assert stats.binomtest(int(xicheng.vulnerable[mine].sum()), group.size, group.vulnerable).pvalue > ALPHA
    registered, old = xicheng.group == 0, xicheng.age >= 4
    ratio = xicheng.vulnerable[registered & old].mean() / xicheng.vulnerable[registered & ~old].mean()
    assert 1.6 < ratio < 2.4


def test_access_falls_with_age_as_declared(xicheng: Population) -> None:
    for index, band in enumerate(AGE_BANDS):
        mine = xicheng.age == index
        share = NUMBERS[f"population.online_{band}"]
        assert stats.binomtest(int(xicheng.online[mine].sum()), int(mine.sum()), share).pvalue > ALPHA


def test_value_of_time_and_taste_have_their_means_and_spreads(xicheng: Population) -> None:
    assert stats.kstest(xicheng.taste / NUMBERS["population.taste_sd"], "norm").pvalue > ALPHA
    for index, band in enumerate(AGE_BANDS):
        log = np.log(xicheng.time_value[xicheng.age == index] / NUMBERS[f"population.time_value_{band}"])
        sd = NUMBERS["population.time_value_sd"]
        assert stats.kstest((log + 0.5 * sd * sd) / sd, "norm").pvalue > ALPHA


def test_states_start_within_bounds_at_the_means_of_settled_residents(xicheng: Population) -> None:
    for name in UNIT_STATES:
        column = getattr(xicheng, name)
        assert column.min() >= 0.0 and column.max() <= 1.0
    for name in ("knowledge", "informed", "efficacy", "belonging", "ties"):
        assert abs(getattr(xicheng, name).mean() - NUMBERS[f"population.{name}_settled"]) < 0.003
    for index, group in enumerate(town().groups):
        trust = xicheng.trust[xicheng.group == index].mean()
        assert abs(trust - NUMBERS["trust.start"] - group.trust_shift) < 0.01


def test_draws_of_one_person_are_unrelated(xicheng: Population) -> None:
    columns = [xicheng.knowledge, xicheng.informed, xicheng.efficacy, xicheng.belonging, xicheng.ties, xicheng.taste]
    found = np.corrcoef(columns)[np.triu_indices(len(columns), 1)]
    assert np.abs(found).max() < 5 / np.sqrt(len(xicheng))


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 2**64 - 1), group=st.sampled_from(["registered", "floating", "students", "staff"]),
    more=st.integers(1, 30),
)
def test_more_residents_change_nobody_who_was_there(seed: int, group: str, more: int) -> None:
    small = town(0.01)
    before, after = build_population(small, NUMBERS, seed), build_population(small.resized(group, more), NUMBERS, seed)
    there = identities(after)
    rows = np.array([there[key] for key in before.key.tolist()])
    assert len(after) == len(before) + more
    skip = {"household"}  # a running number, not an identity
    for name, column in before.state().items():
        if name not in skip:
            assert np.array_equal(column, after.state()[name][rows]), name
    together = {(a, b) for a, b in zip(before.household.tolist(), after.household[rows].tolist(), strict=True)}
    assert len({a for a, _ in together}) == len({b for _, b in together}) == len(together)


def test_one_more_group_or_block_changes_no_other_groups_people() -> None:
    small = town(0.02)
    fewer = replace(small, groups=small.groups[1:])
    before, after = build_population(fewer, NUMBERS, 3), build_population(small, NUMBERS, 3)
    there = identities(after)
    rows = np.array([there[key] for key in before.key.tolist()])
    for name in ("age", "vulnerable", "quarter", "online", "time_value", "taste", "trust", "ties"):
        assert np.array_equal(before.state()[name], after.state()[name][rows]), name


def test_threads_and_repetition_change_no_bit() -> None:
    once, twice, threaded = (build_population(town(0.2), NUMBERS, 5, threads) for threads in (1, 1, 2))
    for name, column in once.state().items():
        assert column.tobytes() == twice.state()[name].tobytes() == threaded.state()[name].tobytes()
    assert build_population(town(0.2), NUMBERS, 6).taste.tobytes() != once.taste.tobytes()


def test_newcomers_are_the_same_in_python_and_numba_and_start_afresh() -> None:
    built = build_population(town(0.02), NUMBERS, 2)
    newcomers = []
    for row in range(0, len(built), 7):
        group = int(built.group[row])
        for generation in (1, 2):
            key = resident_key(built.places, row, group, generation)
            assert int(key) == resident_key_py(built.places, row, group, generation)
            rest = (built.places, built.streams, row, group)
            compiled = draw_person(built.parameters, built.newcomer, *rest, np.uint64(key))
            plain = draw_person_py(built.parameters, built.newcomer, *rest, int(key))
            assert tuple(compiled) == tuple(plain)
            assert type(plain.age) is int and type(plain.taste) is float
            newcomers.append(plain)
    assert abs(np.mean([p.knowledge for p in newcomers]) - NUMBERS["knowledge.start"]) < 0.02
    assert abs(np.mean([p.belonging for p in newcomers]) - NUMBERS["belonging.start"]) < 0.03
    assert {p.expectation for p in newcomers} == {NUMBERS["trust.expectation_start"]}


def test_the_builder_makes_people_by_the_plain_rules() -> None:
    built = build_population(town(0.01), NUMBERS, 9)
    start = settled_start(built.parameters, built.newcomer)
    for row in range(len(built)):
        group = int(built.group[row])
        key = resident_key_py(built.places, row, group, 0)
        assert key == built.key[row].item()
        plain = draw_person_py(built.parameters, start, built.places, built.streams, row, group, key)
        for name, value in plain._asdict().items():
            assert getattr(built, name)[row].item() == value, name


def test_a_parameter_of_a_group_overrides_the_communitys_number() -> None:
    numbers = {**NUMBERS, "group.students.vulnerable": 1.0, "group.students.trust_shift": -1.0}
    built = build_population(town(0.02), numbers, 1)
    students = built.group == 2
    assert built.vulnerable[students].all() and not built.vulnerable[~students].all()
    assert built.trust[students].max() == 0.0


def test_nobody_is_a_community_too() -> None:
    empty = Town(town().blocks, tuple(replace(group, size=0) for group in town().groups))
    built = build_population(empty, NUMBERS, 1)
    assert len(built) == 0 and built.household_start.tolist() == [0]


# --- the rules behind it -------------------------------------------------------------------------------------------


@given(st.floats(1e-12, 1.0, exclude_max=True))
def test_the_normal_quantile_is_exact(u: float) -> None:
    assert population.normal_quantile(u) == pytest.approx(stats.norm.ppf(u), rel=1e-13, abs=1e-13)


def test_the_normal_quantile_is_finite_at_the_ends() -> None:
    assert -40 < population.normal_quantile(0.0) < -30 and 8 < population.normal_quantile(1.0) < 9


@given(st.floats(0, 1), st.floats(1, 8))
def test_children_add_up_whatever_the_size_of_households(children: float, size: float) -> None:
    heads = population.child_share_of_heads(children, size)
    others = population.child_share_of_others(children, size)
    assert 0 <= heads <= 1 and 0 <= others <= 1
    assert (heads + (size - 1) * others) / size == pytest.approx(children, abs=1e-12)


@given(st.floats(0, 1), st.floats(0, 1), st.floats(1, 5))
def test_vulnerable_shares_add_up_whatever_the_ratio(share: float, old: float, ratio: float) -> None:
    young = population.vulnerable_young(share, old, ratio)
    elder = population.vulnerable_old(share, old, ratio)
    assert 0 <= young <= 1 and 0 <= elder <= 1
    assert (1 - old) * young + old * elder == pytest.approx(share, abs=1e-9)
    assert elder >= young - 1e-9 or old == 0


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1, exclude_max=True))
def test_a_spread_state_stays_within_bounds(mean: float, width: float, u: float) -> None:
    assert -1e-15 <= population.spread(mean, width, u) <= 1 + 1e-15


@pytest.mark.parametrize(("mean", "cap"), [(1.0, 8), (2.6, 8), (6.0, 8), (4.0, 4), (3.0, 1)])
def test_household_sizes_have_their_mean_over_all_draws(mean: float, cap: int) -> None:
    draws = (np.arange(20_000) + 0.5) / 20_000
    sizes = [network.household_size(u, mean, cap) for u in draws]
    assert np.mean(sizes) == pytest.approx(min(mean, cap), abs=0.002)
    assert 1 <= min(sizes) and max(sizes) <= cap
