"""Arms with more cut than a claim names: both arms of an experiment lose the same, and nothing else changes."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from sim.errors import ScenarioError
from sim.scenario.cutter import Cut, Cutter, load_cutter

FILE = Path(__file__).resolve().parents[2] / "experiments" / "claims.yaml"


@cache
def cutter() -> Cutter:
    return load_cutter(FILE, quick=True)


def test_with_nothing_more_cut_the_arms_are_the_claims_own() -> None:
    for name in ("C34", "C10", "C16", "C7"):
        claim = cutter().claims.claims[name]
        assert cutter().contrast(name, Cut(named=False)) == claim.effect
        assert cutter().contrast(name, Cut()) == claim.ablated


def test_a_cut_switches_off_the_same_in_both_arms() -> None:
    contrast = cutter().contrast("C34", Cut(mechanisms=("M5", "M16")))
    assert list(contrast.weights.values()) == [1, -1]
    for name in contrast.arms:
        on = cutter().arms()[name].scenario.mechanisms
        assert sorted(mechanism for mechanism, is_on in on.items() if not is_on) == ["M10", "M16", "M5"]
    treated, control = (cutter().arms()[name].scenario for name in contrast.arms)
    assert len(treated.policies) == len(control.policies) + 1


def test_a_single_path_is_cut_as_the_claim_that_is_about_it_cuts_it() -> None:
    (name, *_) = cutter().contrast("X1", Cut(path="X5")).arms
    arm = cutter().arms()[name]
    assert arm.scenario.parameters["trust.promise"] == arm.scenario.parameters["trust.act_promise"] == 0.0
    assert {"trust.promise", "trust.act_promise"} <= arm.fixed and not arm.scenario.mechanisms["M16"]


def test_paths_are_those_that_are_no_whole_mechanism_each_once() -> None:
    paths = cutter().paths
    assert set(paths["C10"].mechanisms) == {"M1"} and paths["C10"].cuts == "being asked counts for nothing"
    assert "C1" not in paths and "C21" not in paths, "a whole mechanism, and a path that C2 cuts already"
    assert paths["C8"].policies == {"welfare_services"} and not paths["C10"].policies
    assert cutter().named("C39") == ("M16",) and cutter().named("C10") == ()
    assert cutter().same_path("C10", "C10") and cutter().same_path("C21", "C2") and not cutter().same_path("C2", "X5")


def test_what_cannot_be_cut_is_told() -> None:
    with pytest.raises(ScenarioError, match="M99"):
        load_cutter(FILE, quick=True).contrast("C34", Cut(mechanisms=("M99",)))
