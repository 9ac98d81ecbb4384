"""Whatever stands in a file or after --set, the answer is a scenario or a list of what is wrong, and nothing else."""

from __future__ import annotations

import copy
import random
from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.errors import CgsimError, ScenarioError
from sim.scenario import Scenario, load_experiment, load_scenario
from sim.scenario.nodes import MapNode, from_plain
from sim.scenario.overrides import parse_sets
from sim.scenario.problems import Mark, Problems
from sim.scenario.validate import validate

RICH = {
    "schema": 1, "kind": "scenario", "extends": ["plain"], "title": "Rich", "question": "Why?", "start": "2024-01-01",
    "burn_in": 30, "horizon": 60, "community": "village", "parameters": {"toy.plain": 0.4, "group.pupils.size": 60},
    "mechanisms": {"M4": False}, "policies": {"mine": {
        "policy": "workforce", "dose": 1.0, "start": "2024-02-10", "end": "2024-03-01", "ramp": 3, "fidelity": 0.5,
        "coverage": {"quarters": ["north"], "groups": "all"}, "settings": {}, "off": False}},
    "community_overrides": {
        "groups": {"farmers": {"size": {"value": 200, "source": "s", "grade": "assumed"},
                               "ages": {"value": {"18_29": 1.0}, "source": "s", "grade": "assumed"}}},
        "agencies": {"committee": {"staff": 3}, "new": {"kind": "enterprise", "label": "New", "staff": 1,
                                                          "workers_per_pool": 1, "serves": ["north"]}},
        "blocks": {"south": {"label": "South"}}, "councils": {"seats": 3}}}  # fmt: skip
ODD: list[Any] = [
    None, True, 0, -1, 2.5, 1e300, "", "north", "2024-02-30", [], {}, [None], {"a": {"b": 1}}, {"value": 3},
    {"value": {"value": 1}}, [["x"]], "all", "x" * 200,
]  # fmt: skip


def damaged(data: Any, luck: random.Random) -> Any:
    """Put something odd in some place, or drop a key, or misspell one."""
    data = copy.deepcopy(data)
    node = data
    while isinstance(node, (dict, list)) and node:
        key = luck.choice(list(node)) if isinstance(node, dict) else luck.randrange(len(node))
        inner = node[key]
        if not (isinstance(inner, (dict, list)) and inner) or luck.random() < 0.3:
            how = luck.randrange(3)
            if how == 0 and isinstance(node, dict):
                del node[key]
            elif how == 1 and isinstance(node, dict):
                node[f"{key}x"] = node.pop(key)
            else:
                node[key] = luck.choice(ODD)
            return data
        node = inner
    return data


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**32), st.integers(1, 4))
def test_a_damaged_scenario_is_loaded_or_explained(home: Path, seed: int, times: int) -> None:
    luck = random.Random(seed)
    data: Any = RICH
    for _ in range(times):
        data = damaged(data, luck)
    path = home / "scenarios" / "rich.yaml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True).replace("'2024", "2024").replace("1'\n", "1\n"))
    try:
        assert isinstance(load_scenario(path), Scenario)
    except ScenarioError as error:
        assert error.problems and all(p.mark.line >= 1 and p.wrong for p in error.problems)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**32), st.sampled_from(["communities/village", "parameters"]))
def test_a_damaged_community_or_parameter_file_is_read_or_explained(home: Path, seed: int, name: str) -> None:
    path = home / "scenarios" / f"{name}.yaml"
    original = path.read_text(encoding="utf-8")
    try:
        data = damaged(yaml.safe_load(original), random.Random(seed))
        path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
        for what in (str(path), "plain"):
            try:
                validate(what)
            except CgsimError as error:
                assert str(error)
    finally:
        path.write_text(original, encoding="utf-8")


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**32))
def test_a_damaged_experiment_is_loaded_or_explained(home: Path, seed: int) -> None:
    data = damaged({
        "schema": 1, "kind": "experiment", "baseline": "plain", "scenarios": ["plain", {
            "name": "a", "set": {"horizon": 40, "policies.online_channel.dose": 0.2}}],
        "factorial": {"policies": ["workforce", "close_ties"], "doses": [0, 1]},
        "worlds": {"draw": "latin_hypercube", "count": 3, "parameters": ["toy.plain"]}, "seeds": 2, "show": ["a"],
        "outcomes": {"trust": {"smallest_change": 0.1}}, "window": "horizon",
        "precision": {"outcome": "trust", "half_width": 0.1, "looks": [2, 4]}}, random.Random(seed))  # fmt: skip
    path = home / "experiments" / "e.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(yaml.safe_dump(data))
    try:
        assert load_experiment(path).scenarios
    except CgsimError as error:
        assert str(error)


@given(st.text(max_size=60))
def test_any_set_text_is_a_change_or_a_problem(text: str) -> None:
    problems = Problems()
    trees = parse_sets([text], problems)
    assert problems or all(isinstance(tree, MapNode) for tree in trees)


@given(st.lists(st.sampled_from(["a.b", "a.c", "d"]), unique=True), st.integers(0, 9))
def test_marks_of_made_up_data_are_those_given(names: list[str], value: int) -> None:
    mark = Mark("f", 2, 3)
    node = from_plain(dict.fromkeys(names, value), mark)
    assert isinstance(node, MapNode) and all(entry.key_mark == mark for entry in node.entries.values())
