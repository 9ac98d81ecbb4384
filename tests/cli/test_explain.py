"""``cgsim explain`` and ``cgsim diff``: which line made every value what it is."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def child(home: Path) -> Path:
    path = home / "scenarios/child.yaml"
    path.write_text(
        "schema: 1\nkind: scenario\nextends: plain\nhorizon: 90\n"
        "parameters:\n  toy.weekly: 0.5\n"
        "mechanisms: {M4: off}\n"
        "policies: {online_channel: {dose: 0.7}}\n"
        "community_overrides: {agencies: {committee: {staff: 6}}, groups: {farmers: {size: 200}}}\n"
    )
    return path


def rows(cgsim: Callable, *arguments: object) -> dict[str, dict]:
    answer = cgsim("explain", *arguments, "--json")
    assert answer.status == 0, answer.err
    return {row["key"]: row for row in json.loads(answer.out)}


def test_every_key_names_the_line_that_set_it(cgsim: Callable, child: Path) -> None:
    found = rows(cgsim, "child", "--set", "policies.online_channel.fidelity=0.9")
    expected = {
        "horizon": (90, "scenarios/child.yaml:4"),
        "burn_in": (30, "scenarios/plain.yaml:6"),
        "parameters.toy.weekly": (0.5, "scenarios/child.yaml:6"),
        "parameters.toy.plain": (0.5, "scenarios/parameters.yaml:6"),
        "mechanisms.M4": (False, "scenarios/child.yaml:7"),
        "mechanisms.M3": (True, "default"),
        "policies.online_channel.dose": (0.7, "scenarios/child.yaml:8"),
        "policies.online_channel.ramp": (10, "scenarios/plain.yaml:10"),
        "policies.online_channel.fidelity": (0.9, "--set policies.online_channel.fidelity=0.9"),
        "policies.online_channel.coverage.groups": ("all", "default"),
        "community.agencies.committee.staff": (6, "scenarios/child.yaml:9"),
        "community.groups.farmers.size": (200, "scenarios/child.yaml:9"),
        "community.groups.pupils.size": (50, "scenarios/communities/village.yaml:37"),
        "community.blocks.north.label": ("北村", "scenarios/communities/village.yaml:8"),
    }
    assert {key: (found[key]["value"], found[key]["set_by"]) for key in expected} == expected
    assert set(found) > {f"parameters.{name}" for name in ("toy.many", "toy.form", "toy.on")}


def test_a_parameter_is_shown_with_all_that_is_declared_about_it(cgsim: Callable, child: Path) -> None:
    answer = cgsim("explain", "child", "toy.weekly")
    assert answer.out == (
        "parameters.toy.weekly  0.5 per week              scenarios/child.yaml:6\n"
        "    A weekly share.\n"
        "    a day: 0.0942763\n"
        "    range: 0 to 1\n"
        "    source: for tests\n"
        "    grade: assumed; mechanism: M4; kind: weekly_share\n"
    )


def test_what_a_mechanism_switched_off_says_so(cgsim: Callable, child: Path) -> None:
    answer = cgsim("explain", "child", "trust.gain")
    assert "mechanism M4 is off: counts as 0" in answer.out


def test_a_part_is_shown_by_its_beginning_and_an_unknown_key_is_answered(cgsim: Callable, child: Path) -> None:
    found = rows(cgsim, "child", "community.groups.farmers")
    assert found and all(key.startswith("community.groups.farmers.") for key in found)
    assert rows(cgsim, "child", "group.farmers.size").keys() == {"community.groups.farmers.size"}
    wrong = cgsim("explain", "child", "horizn")
    assert wrong.status == 2 and "did you mean 'horizon'?" in wrong.err


def test_diff_shows_resolved_differences_and_nothing_else(cgsim: Callable, child: Path) -> None:
    answer = cgsim("diff", "plain", "child", "--json")
    keys = {d["key"] for d in json.loads(answer.out)["differences"] if not d["key"].startswith("parameters.trust")}
    assert answer.status == 0
    assert keys - {"policies.online_channel.end"} == {
        "horizon", "parameters.toy.weekly", "mechanisms.M4", "policies.online_channel.dose",
        "community.agencies.committee.staff", "community.groups.farmers.size",
    }  # fmt: skip
    text = cgsim("diff", "plain", "child")
    assert "60 -> 90  (scenarios/child.yaml:4)" in text.out


def test_a_scenario_does_not_differ_from_itself(cgsim: Callable, child: Path) -> None:
    answer = cgsim("diff", "child", "scenarios/child.yaml", "--exit-code")
    assert (answer.status, answer.out) == (0, "child and child do the same.\n")
    assert cgsim("diff", "child", "plain", "--exit-code").status == 1
