"""Wrong types in a call are told in the words of the call."""

import pytest

import sim
from sim.errors import UsageError


@pytest.mark.parametrize("name", [None, 3, True, b"baseline", ["baseline"]])
def test_a_scenario_is_named_by_a_text_or_a_path(name):
    with pytest.raises(UsageError, match="scenario: a name or a path, not"):
        sim.load_scenario(name)


@pytest.mark.parametrize("sets", ["horizon=90", {"horizon": 90}, None, 3, [None], [90]])
def test_values_are_given_as_a_list_of_texts(sets):
    with pytest.raises(UsageError, match=r"sets: .*horizon=90.*, not"):
        sim.load_scenario("baseline", sets)
