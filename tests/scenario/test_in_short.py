"""What Python and notebooks show of the objects that the package returns is short, and never people's markup."""

from __future__ import annotations

from dataclasses import replace

import sim
from sim.lab.worlds import World
from sim.model.world import World as State


def test_what_the_package_returns_shows_itself_in_a_line_and_in_a_small_table() -> None:
    scenario = sim.load_scenario("harbour_today")
    model = sim.CommunityModel(scenario, rng=1, driver="agents")
    objects = (scenario, scenario.community, scenario.trees, model, model.world, World("w1", {"a": 0.5}))
    assert isinstance(model.world, State)
    for each in objects:
        assert len(repr(each)) < 600, type(each)
        assert "\n" not in repr(each)
        assert each._repr_html_().startswith("<table>")


def test_a_title_is_text_in_the_table_of_a_notebook() -> None:
    scenario = replace(sim.load_scenario("harbour_today"), title="<script>alert(1)</script>" + "x" * 900)
    assert "<script>" not in scenario._repr_html_()
    assert len(repr(scenario)) < 600
