"""Contacts: symmetric, as many and as near as declared, a quarter nearly isolated, the same whatever the threads."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse, stats

from sim.model.contacts import Contacts, build_contacts
from sim.model.population import Population, build_population
from tests.model.towns import NUMBERS, Block, Group, Town, town

ADULTS = (0.0, 0.2, 0.4, 0.2, 0.1, 0.1)


@pytest.fixture(scope="module")
def xicheng() -> tuple[Population, Contacts]:
    built = build_population(town(), NUMBERS, 1)
    return built, build_contacts(town(), built, NUMBERS)


def sources(contacts: Contacts) -> np.ndarray:
    return np.repeat(np.arange(len(contacts.indptr) - 1), np.diff(contacts.indptr))


def check_form(built: Population, contacts: Contacts) -> None:
    """Sorted rows without loops or repetitions, and every contact known to both."""
    n = len(built)
    source = sources(contacts)
    assert contacts.indptr[0] == 0 and contacts.indptr[-1] == len(contacts.indices) and len(contacts.indptr) == n + 1
    assert (source != contacts.indices).all()
    pairs = source * max(n, 1) + contacts.indices
    assert (np.diff(pairs) > 0).all()
    matrix = sparse.csr_matrix((np.ones(len(source)), contacts.indices, contacts.indptr), shape=(n, n))
    assert (matrix != matrix.T).nnz == 0


def test_contacts_are_symmetric_sorted_and_counted_once(xicheng: tuple[Population, Contacts]) -> None:
    check_form(*xicheng)
    assert xicheng[1].indptr.dtype == np.int64 and xicheng[1].indices.dtype == np.int32


def test_housemates_all_know_each_other(xicheng: tuple[Population, Contacts]) -> None:
    built, contacts = xicheng
    within = built.household[sources(contacts)] == built.household[contacts.indices]
    sizes = np.diff(built.household_start)
    assert within.sum() == (sizes * (sizes - 1)).sum()


def test_the_mean_resident_has_the_declared_number_of_contacts(xicheng: tuple[Population, Contacts]) -> None:
    # Drawing the same neighbour twice, or twice each other, costs a few contacts: two in a hundred at most.
    assert 0.97 < np.diff(xicheng[1].indptr).mean() / NUMBERS["network.mean_degree"] < 1.01


def test_a_quarter_know_nobody_outside_their_household(xicheng: tuple[Population, Contacts]) -> None:
    built, contacts = xicheng
    source = sources(contacts)
    outside = built.household[source] != built.household[contacts.indices]
    social = len(np.unique(source[outside]))
    assert stats.binomtest(len(built) - social, len(built), NUMBERS["network.isolated_share"]).pvalue > 1e-6


def test_contacts_stay_in_the_block_and_the_building_as_declared(xicheng: tuple[Population, Contacts]) -> None:
    built, contacts = xicheng
    source = sources(contacts)
    outside = built.household[source] != built.household[contacts.indices]
    at_home = (built.quarter[source] == built.quarter[contacts.indices])[outside].mean()
    assert abs(at_home - NUMBERS["network.block_share"]) < 0.02
    near = (np.abs(source - contacts.indices) <= NUMBERS["network.building_people"])[outside].mean()
    declared = NUMBERS["network.block_share"] * NUMBERS["network.building_share"]
    assert abs(near - declared) < 0.05


def test_contacts_elsewhere_are_mostly_in_blocks_of_the_same_kind(xicheng: tuple[Population, Contacts]) -> None:
    built, contacts = xicheng
    kind = np.array([block.kind for block in town().blocks])
    source, target = built.quarter[sources(contacts)], built.quarter[contacts.indices]
    elsewhere = source != target
    from_quarter = elsewhere & (kind[source] == "quarter")
    other = (kind[target] != "quarter")[from_quarter].mean()
    # Contacts count at both ends, so people of the larger campuses add some to what quarters seek themselves.
    assert 0.05 < other < 0.35
    reached = np.unique(target[from_quarter])
    assert set(reached) == set(range(len(kind)))


def test_threads_and_repetition_change_no_bit_and_seeds_do() -> None:
    small = town(0.3)
    built = build_population(small, NUMBERS, 4)
    once, twice, threaded = (build_contacts(small, built, NUMBERS, threads) for threads in (1, 1, 3))
    for a, b, c in zip(once, twice, threaded, strict=True):
        assert a.tobytes() == b.tobytes() == c.tobytes()
    other = build_contacts(small, build_population(small, NUMBERS, 5), NUMBERS)
    assert other.indices.tobytes() != once.indices.tobytes()


def test_switching_contacts_off_leaves_nobody_known() -> None:
    small = town(0.05)
    built = build_population(small, NUMBERS, 4)
    off = {**NUMBERS, "network.mean_degree": 0.0, "network.household_ties": 0.0}
    contacts = build_contacts(small, built, off)
    assert len(contacts.indices) == 0 and not contacts.indptr.any()
    households_only = build_contacts(small, built, {**NUMBERS, "network.isolated_share": 1.0})
    assert (built.household[sources(households_only)] == built.household[households_only.indices]).all()


def one_block(people: int) -> Town:
    return Town((Block("Q", "quarter", {"all": 1.0}),), (Group("all", people, 1.5, 0.1, 0.0, ADULTS),))


@pytest.mark.parametrize("people", [0, 1, 2, 3, 10, 400])
def test_tiny_communities_have_as_many_contacts_as_they_can(people: int) -> None:
    tiny = one_block(people)
    built = build_population(tiny, NUMBERS, 1)
    contacts = build_contacts(tiny, built, NUMBERS)
    check_form(built, contacts)
    if people == 400:
        assert 0.9 < np.diff(contacts.indptr).mean() / NUMBERS["network.mean_degree"] <= 1.01


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 2**64 - 1), sizes=st.lists(st.integers(0, 60), min_size=1, max_size=4),
    degree=st.floats(0, 12), isolated=st.floats(0, 1), block=st.floats(0, 1), building=st.floats(0, 1),
    other=st.floats(0, 1), ties=st.sampled_from([0.0, 1.0]),
)
def test_any_setting_gives_a_proper_network(
    seed: int, sizes: list[int], degree: float, isolated: float, block: float, building: float, other: float,
    ties: float,
) -> None:
    kinds = ("quarter", "campus", "quarter", "site")
    blocks = tuple(Block(f"B{i}", kinds[i], {f"G{i}": 1.0}) for i in range(len(sizes)))
    groups = tuple(Group(f"G{i}", size, 2.0, 0.1, 0.0, ADULTS) for i, size in enumerate(sizes))
    numbers = {
        **NUMBERS, "network.mean_degree": degree, "network.isolated_share": isolated, "network.block_share": block,
        "network.building_share": building, "network.other_kind_share": other, "network.household_ties": ties,
    }
    any_town = Town(blocks, groups)
    built = build_population(any_town, numbers, seed)
    check_form(built, build_contacts(any_town, built, numbers))


def test_the_order_in_which_a_file_lists_the_blocks_changes_no_mean() -> None:
    forward = town(0.2)
    backward = replace(forward, blocks=forward.blocks[::-1])
    means = []
    for one in (forward, backward):
        built = build_population(one, NUMBERS, 8)
        means.append(np.diff(build_contacts(one, built, NUMBERS).indptr).mean())
    assert means[0] == pytest.approx(means[1], rel=0.01)
