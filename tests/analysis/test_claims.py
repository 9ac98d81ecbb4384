"""A made-up model with known effects goes through the analysis of claims and gets the verdicts it must get."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.analysis.claims.ablation import ablation_words
from sim.analysis.claims.again import judged_again
from sim.analysis.claims.design import ClaimsDesign, claims_design
from sim.analysis.claims.effects import Effect, worlds_differ
from sim.analysis.claims.entries import family_size
from sim.analysis.claims.ledger import load_ledger
from sim.analysis.claims.tables import claims_table, outcomes_table
from sim.analysis.claims.verdict import outcome_result, turns
from sim.lab.worlds import World
from sim.scenario.claims import Contrast, Rules
from sim.scenario.frozen import FrozenMapping
from sim.stats import Interval, holm
from tests import fakes
from tests.made_up_claims import SIZES, WORLDS, TrueEngine, claim, expected, judged, on_trial, toy

QUIET = [f"one {i}" for i in range(12)]
"""Twelve arms that do nothing, each by its own luck."""
NOISY = 3.0


def test_known_effects_get_the_verdicts_they_must_get() -> None:
    found = judged(
        claim("A1", "plain", expected("participation_30d", "higher")),
        claim("A2", "campus only", expected("participation_30d", "higher")),
        claim("A3", "backwards", expected("trust", "higher")),
        claim("A4", "tiny", expected("trust", "higher")),
        claim("A5", "nothing", expected("conflicts_per_1000", "lower")),
        claim("A6", "turning", expected("conflicts_per_1000", "lower")),
        claim("A7", "elsewhere", expected("participation_30d", "higher")),
        claim("A8", "half", expected("trust", "higher"), expected("trust_experienced", "higher")),
        claim("W1", "wired", expected("load", "higher"), nature="wired"),
        claim("W2", "broken", expected("load", "higher"), nature="wired"),
        claim("U1", "", nature="untestable"),
    )
    verdicts = {name: entry.verdict.key for name, entry in found.items()}
    assert verdicts == {
        "A1": "supported",
        "A2": "conditions",  # another sign on campus
        "A3": "contradicted",
        "A4": "open",
        "A5": "open",
        "A6": "conditions",  # nothing on average: it turns
        "A7": "conditions",  # as large when its mechanism is cut
        "A8": "conditions",  # for one of two outcomes
        "W1": "wired",
        "W2": "contradicted",
        "U1": "untestable",
    }
    assert found["W2"].verdict.alarm and not found["W1"].verdict.alarm
    assert "too small to matter" in found["W1"].verdict.reasons[0]
    assert "campus" in " ".join(found["A2"].verdict.reasons)
    assert "mechanism" in " ".join(found["A7"].verdict.reasons)
    assert list(claims_table(list(found.values()))["claim"]) == list(found)


def test_too_small_is_shown_by_the_whole_interval_and_not_by_the_mean() -> None:
    def result(low: float, high: float) -> str:
        found = Interval((low + high) / 2, low, high, 0.01, 20, "", 0.95)
        return outcome_result(Effect(found, 0.0, {}, 1.0, 0.0, 0.0, math.nan, math.nan, math.nan), 1, 0.01)

    assert result(-0.009, 0.009) == result(0.001, 0.009) == "too_small"
    assert result(0.004, 0.014) == "small", "told from zero, less than matters on average, and perhaps not"
    assert result(-0.004, 0.014) == "open"
    assert result(0.012, 0.02) == "as_claimed" and result(-0.02, -0.012) == "against"


def test_what_is_shown_to_be_too_small_is_told_from_what_is_not_known() -> None:
    found = judged(
        claim("A4", "tiny", expected("trust", "higher")),
        claim("A5", "tiny", expected("trust", "higher"), expected("participation_30d", "higher")),
        claim("A1", "plain", expected("participation_30d", "higher")),
        noise=3.0,
    )
    # Luck is three smallest changes: over 20 worlds with 2 seeds and 2 arms a mean is known to 3 * sqrt(2 / 40) of one,
    # and no interval of twice that lies inside it.
    assert {name: entry.shown_small for name, entry in found.items()} == {"A4": False, "A5": False, "A1": False}
    assert found["A4"].verdict.key == found["A5"].verdict.key == "open"
    known = judged(
        claim("A4", "tiny", expected("trust", "higher")), claim("A1", "plain", expected("participation_30d", "higher"))
    )
    assert known["A4"].shown_small and not known["A1"].shown_small


def test_a_verdict_that_the_correction_decides_is_named() -> None:
    """Of claims that do nothing much one is told from nothing by itself, and not among so many."""
    many = [claim(f"A{i}", arm, expected("participation_30d", "higher")) for i, arm in enumerate(QUIET)]
    found = judged(*many, noise=NOISY)
    for entry in found.values():
        outcome = entry.judged[0]
        corrected, alone = outcome.result(), outcome.uncorrected().result()
        assert (entry.verdict.key == entry.uncorrected) == (corrected == alone)
        assert alone == outcome_result(outcome.main, 1, SIZES["participation_30d"])
    assert any(entry.verdict.key != entry.uncorrected for entry in found.values())


def test_a_ledger_judged_again_from_its_tables_says_the_same(tmp_path: Path) -> None:
    claims = (
        claim("A1", "plain", expected("participation_30d", "higher")),
        claim("A2", "campus only", expected("participation_30d", "higher")),
        claim("A3", "backwards", expected("trust", "higher")),
        claim("A4", "tiny", expected("trust", "higher")),
        claim("A6", "turning", expected("conflicts_per_1000", "lower")),
        claim("A8", "half", expected("trust", "higher"), expected("trust_experienced", "higher")),
        claim("W2", "broken", expected("load", "higher"), nature="wired"),
        claim("U1", "", nature="untestable"),
    )
    on_trial(tmp_path / "out", *claims, engine=TrueEngine())
    ledger = load_ledger(tmp_path / "out")
    again = judged_again(ledger, toy(*(replace(c, note="Another note.") for c in claims)))
    assert set(again.claims["note"]) == {"Another note."}
    pd.testing.assert_frame_equal(again.claims.drop(columns="note"), ledger.claims.drop(columns="note"))
    pd.testing.assert_frame_equal(again.outcomes, ledger.outcomes)
    old = replace(
        ledger,
        claims=ledger.claims.drop(columns=["shown_small", "uncorrected", "because"]),
        outcomes=ledger.outcomes.drop(columns="result_uncorrected"),
    )
    pd.testing.assert_frame_equal(judged_again(old).outcomes, ledger.outcomes)
    assert list(judged_again(old).claims["verdict"]) == list(ledger.claims["verdict"])
    stricter = replace(ledger, about={**ledger.about, "rules": {**ledger.about["rules"], "share_of_worlds": 1.1}})
    assert judged_again(stricter).claims.set_index("claim").loc["A1", "verdict"] == "conditions"


def test_an_effect_is_gone_when_its_mechanism_is_cut_or_the_ledger_says_what_is_left() -> None:
    found = judged(
        claim("A1", "plain", expected("participation_30d", "higher")),
        claim("A7", "elsewhere", expected("participation_30d", "higher")),
    )
    gone, stays = found["A1"].judged[0], found["A7"].judged[0]
    # Luck of single runs is 0.05 of a smallest change; over 20 worlds with 2 seeds and 4 arms a mean is known to
    # 0.05 * sqrt(4 / 40) of it, so a tenth is six standard errors.
    assert abs(gone.ablated.interval.mean) < 0.1 * SIZES["participation_30d"]
    assert gone.carried.interval.mean == pytest.approx(
        5 * SIZES["participation_30d"], abs=0.1 * SIZES["participation_30d"]
    )
    assert "noise" in found["A1"].ablation
    assert stays.ablated.interval.mean == pytest.approx(stays.main.interval.mean, rel=0.05)
    # The mechanism carries the one less the other: nothing here, and not both together.
    assert abs(stays.carried.interval.mean) < 0.1 * SIZES["participation_30d"]
    assert "100% of the effect is left: something else carries it." in found["A7"].ablation


def test_a_mechanism_that_holds_an_effect_back_is_not_said_to_carry_it() -> None:
    """Without the mechanism the effect is thrice as large: what it carries lies against the effect."""
    (found,) = judged(claim("A7", "elsewhere", expected("participation_30d", "higher"))).values()
    (outcome,) = found.judged
    size = outcome.main.interval.mean

    def known(mean: float) -> Effect:
        interval = Interval(mean, mean - 0.1 * size, mean + 0.1 * size, 0.001, 20, "", 0.95)
        return replace(outcome.main, interval=interval)

    held = replace(outcome, ablated=known(3.0 * size), carried=known(-2.0 * size))
    assert "300% of the effect is left (what is cut holds it back): " in ablation_words([held], "it is cut")
    assert "holds it back" not in found.ablation
    unsure = replace(held, ablated=known(1.05 * size), carried=known(-0.05 * size))
    assert "holds it back" not in ablation_words([unsure], "it is cut"), "the interval of what is lost holds nothing"


def test_the_worlds_in_which_a_claim_turns_are_those_of_the_truth() -> None:
    found = judged(claim("A6", "turning", expected("conflicts_per_1000", "lower")))
    wrong = {world.id for world in WORLDS if world.values["trust.gain"] > 0.055}
    table = outcomes_table(list(found.values()))
    turned = table.loc[table["judged_level"], "turned_worlds"].iloc[0].split()
    assert set(turned) == wrong and 0 < len(wrong) < len(WORLDS)
    assert found["A6"].judged[0].main.share_holds == pytest.approx(1 - len(wrong) / len(WORLDS))


def test_a_claim_does_not_turn_by_luck_alone() -> None:
    """Noise four times the smallest change puts single worlds on both sides; that is luck, and two seeds show it."""
    found = judged(claim("A5", "nothing", expected("conflicts_per_1000", "lower")), noise=4.0)
    main = found["A5"].judged[0].main
    assert min(main.share_exceeds, main.share_against) >= 0.2
    assert found["A5"].verdict.key == "open"


def test_a_joint_effect_stands_beside_the_sum_of_each_alone() -> None:
    beyond = Contrast(FrozenMapping({"together": 1, "one": -1, "two": -1, "baseline": 1}))
    found = judged(claim("A9", "together", expected("participation_30d", "higher"), beyond=beyond))
    size = SIZES["participation_30d"]
    assert found["A9"].judged[0].beyond_sum.interval.mean == pytest.approx(-5 * size, abs=0.1 * size)
    table = outcomes_table(list(found.values()))
    assert table["beyond_sum_mean"].dropna().iloc[0] == pytest.approx(-5 * size, abs=0.1 * size)


def test_one_comparison_is_corrected_once_however_many_claims_rest_on_it() -> None:
    claims = (
        claim("A1", "plain", expected("participation_30d", "higher")),
        claim("B1", "plain", expected("participation_30d", "higher")),
        claim("A5", "nothing", expected("conflicts_per_1000", "lower")),
        claim("W1", "wired", expected("load", "higher"), nature="wired"),
    )
    found = judged(*claims)
    assert family_size(toy(*claims), list(found.values())) == 2
    p = found["A5"].judged[0].main.interval.p_value
    # Holm with two comparisons leaves the larger p-value alone.
    assert found["A5"].judged[0].p_corrected["residents"] == pytest.approx(p)
    assert math.isnan(found["W1"].judged[0].p_corrected.get("residents", math.nan))


def test_that_worlds_differ_is_corrected_over_the_same_comparisons() -> None:
    many = [claim(f"A{i}", arm, expected("participation_30d", "higher")) for i, arm in enumerate(QUIET)]
    outcomes = [entry.judged[0] for entry in judged(*many, noise=NOISY).values()]
    assert [o.p_worlds for o in outcomes] == holm([o.main.p_worlds for o in outcomes])
    turning = judged(claim("A6", "turning", expected("conflicts_per_1000", "lower")))["A6"].judged[0]
    one_of_many = replace(turning, p_worlds=0.06)
    assert turns(turning, Rules()) and not turns(one_of_many, Rules()) and turns(one_of_many.uncorrected(), Rules())


def test_runs_are_resumed_and_the_same_ledger_is_read_back(tmp_path: Path) -> None:
    chosen = claim("A1", "plain", expected("participation_30d", "higher"))
    first: list[Any] = []
    again: list[Any] = []
    on_trial(tmp_path / "out", chosen, engine=TrueEngine(log=first))
    ledger = on_trial(tmp_path / "out", chosen, engine=TrueEngine(log=again))
    assert len([entry for entry in first if entry[0] == "plain"]) == 6
    assert again == []
    back = load_ledger(tmp_path / "out")
    assert list(back.claims["verdict"]) == list(ledger.claims["verdict"]) == ["supported"]
    assert np.allclose(back.outcomes["mean"], ledger.outcomes["mean"], rtol=1e-5)
    assert back.about["comparisons"] == 1


def test_the_test_of_worlds_is_the_textbook_one() -> None:
    """Against scipy's one-way analysis of variance."""
    from scipy.stats import f_oneway

    groups = {"a": [1.0, 2.0, 3.0], "b": [2.5, 3.5], "c": [0.0, 0.5, 0.2]}
    assert worlds_differ(groups) == pytest.approx(f_oneway(*groups.values()).pvalue)
    assert math.isnan(worlds_differ({"a": [1.0], "b": [2.0]}))
    assert worlds_differ({"a": [1.0, 1.0], "b": [2.0, 2.0]}) == 0.0


def test_a_world_leaves_the_treatment_alone_and_scales_its_own_value() -> None:
    base = fakes.FakeScenario("baseline")
    design = ClaimsDesign(
        name="d",
        scenarios={"baseline": base, "set": base.with_parameters({"trust.gain": 0.0}), "half": base},
        fixed={"set": frozenset({"trust.gain"})},
        scaled={"half": {"trust.gain": 0.5}},
    )
    world = World("w", {"trust.gain": 0.08, "needs.rate": 200.0})
    assert design.in_world("baseline", world).parameters["trust.gain"] == 0.08
    assert design.in_world("set", world).parameters["trust.gain"] == 0.0
    assert design.in_world("set", world).parameters["needs.rate"] == 200.0
    assert design.in_world("half", world).parameters["trust.gain"] == pytest.approx(0.04)
    # What a world may not change is part of a run's name.
    other = replace(design, fixed={})
    assert design.run_id("set", world, 1, "v") != other.run_id("set", world, 1, "v")
    assert design.run_id("baseline", world, 1, "v") == other.run_id("baseline", world, 1, "v")


def test_the_shipped_claims_make_one_design() -> None:
    from sim.scenario.read_claims import load_claims

    claims = load_claims(quick=True)
    design = claims_design(claims)
    assert design.baseline == "baseline" and len(design.worlds) == 12
    assert design.count == len(claims.arms) * (12 + 2)  # luck is told from worlds in two that are run twice
    assert claims_design(claims, seeds=2).count == len(claims.arms) * 12 * 2
    assert claims_design(claims, worlds=1).count == len(claims.arms)
