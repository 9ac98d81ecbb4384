"""How often needs and enquiries arise: as many as declared, more of them among those with a higher ratio.

Everybody draws every day, so that a count over n person-days is binomial; at this chance 4.5 standard errors are below
2 per cent of the mean, so that an error of that size is seen.
"""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from sim.model.build import build_world, group_table
from sim.scenario import load_scenario
from tests.analytic.towns import counts, set_groups, town, with_rules

MILL_TOWN = Path(__file__).resolve().parents[1] / "model" / "data" / "mill_season.yaml"


@pytest.mark.parametrize(("chance", "kind"), [("need", "needs_arose"), ("enquiry", "enquiries")])
def test_as_many_arise_as_the_daily_chance_says(chance: str, kind: str) -> None:
    days, p = 60, 0.4
    world = set_groups(town(on=("M5",), people=3_000), **{chance: p})
    person_days = int((world.residents.age > 0).sum()) * days
    mean = person_days * p
    error = math.sqrt(mean * (1.0 - p))
    assert 4.5 * error < 0.02 * mean
    assert abs(counts(world, days, kind).sum() - mean) < 4.5 * error


def test_the_mean_over_all_residents_is_the_declared_rate() -> None:
    """Groups and the vulnerable differ by their ratios, and children have none; the total is the community's."""
    numbers = {"needs": {"vulnerable_ratio": 3.0, "rate": 0.01, "enquiries": 0.03}}
    world = with_rules(build_world(load_scenario(MILL_TOWN), 1), numbers)
    groups = group_table(world.community, world.scenario.parameters, world.rules, world.adults)
    people = world.residents
    ratio = [group.need_ratio for group in world.community.groups]
    assert len(set(ratio)) > 1 and (people.age == 0).any()
    for table, rate in ((groups.need, 0.01), (groups.enquiry, 0.03)):
        each = table[people.group, people.vulnerable] * (people.age > 0)
        assert each.mean() == pytest.approx(rate, rel=1e-9)
        assert table[:, 1] == pytest.approx(3.0 * table[:, 0])
        assert table[:, 0] / table[0, 0] == pytest.approx([each / ratio[0] for each in ratio])
