"""Rules about worlds: a known condition is found and holds in worlds kept back; where there is none, none is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from sim.analysis.claims.conditions import confirm, find_rule, worth_a_look
from sim.analysis.claims.elsewhere import with_conditions, with_map
from sim.analysis.claims.features import parameter_label, world_features
from sim.analysis.claims.ledger import load_ledger
from sim.analysis.claims.rules import Part, Reach, Rule, rules_of, rules_table
from sim.errors import NotFoundError
from sim.lab.worlds import World
from tests.made_up_claims import TrueEngine, claim, expected, on_trial

pytest.importorskip("sklearn")
COUNT = 240


def worlds(seed: int = 1, count: int = COUNT) -> pd.DataFrame:
    """Features of made-up worlds: load is uniform on 0.3 to 1.5, trust on 0 to 1, and forty others say nothing."""
    generator = np.random.default_rng(seed)
    table = pd.DataFrame(generator.random((count, 40)), columns=[f"other.{i}" for i in range(40)])
    table.insert(0, "baseline.load", generator.uniform(0.3, 1.5, count))
    table.insert(1, "baseline.trust", generator.random(count))
    return table.set_index(pd.Index([f"w{i}" for i in range(count)], name="world"))


def test_one_threshold_is_found_and_told_in_words() -> None:
    features = worlds()
    claimed = pd.Series(np.where(features["baseline.load"] > 0.9, -1.0, 1.0), features.index)
    rule = find_rule("X1", "wait_mean_days", features, claimed, 0.5)
    assert rule is not None and rule.valid
    assert len(rule.parts) == 1 and rule.parts[0].feature == "baseline.load"
    # Among 240 worlds two neighbours lie 0.005 apart; rounding to two digits moves a threshold by 0.05 at most.
    assert rule.parts[0].threshold == pytest.approx(0.9, abs=0.06)
    assert "where load today is" in rule.words
    assert rule.held_out.coverage > 0.9 and rule.held_out.density > 0.9


def test_two_thresholds_are_found_where_it_takes_two() -> None:
    features = worlds(2)
    both = (features["baseline.load"] > 0.8) & (features["baseline.trust"] <= 0.5)
    claimed = pd.Series(np.where(both, -1.0, 1.0), features.index)
    rule = find_rule("X1", "wait_mean_days", features, claimed, 0.5)
    assert rule is not None and rule.valid
    assert {part.feature for part in rule.parts} == {"baseline.load", "baseline.trust"}
    assert rule.held_out.density > 0.8 and rule.held_out.coverage > 0.8


def test_where_worlds_turn_by_luck_a_rule_seldom_survives_the_worlds_kept_back() -> None:
    """Each of 40 rules found in pure luck survives with a chance of 5% at most: more than 6 of them, 0.3%."""
    survived = 0
    for seed in range(40):
        features = worlds(100 + seed, 120)
        luck = pd.Series(np.random.default_rng(seed).choice([-1.0, 1.0], len(features)), features.index)
        rule = find_rule("A1", "trust", features, luck, 0.5, key=str(seed))
        survived += rule is not None and rule.valid
    assert survived <= 6


def test_nothing_is_looked_for_where_hardly_any_world_turns() -> None:
    features = worlds()
    claimed = pd.Series(1.0, features.index)
    claimed.iloc[:5] = -1.0
    assert find_rule("A1", "trust", features, claimed, 0.5) is None
    few = worlds(3, 30)
    assert find_rule("A1", "trust", few, pd.Series(np.resize([1.0, -1.0], 30), few.index), 0.5) is None


def test_an_outcome_does_not_explain_its_own_effect() -> None:
    """What luck adds to the baseline it takes off the effect: a rule about the outcome itself would be an artefact."""
    features = worlds()
    claimed = pd.Series(np.where(features["baseline.load"] > 0.9, -1.0, 1.0), features.index)
    rule = find_rule("C30", "load", features, claimed, 0.5)
    assert rule is None or all(part.feature != "baseline.load" for part in rule.parts)


def test_a_rule_is_confirmed_elsewhere_and_read_back(tmp_path: Path) -> None:
    rule = Rule(
        "X1", "trust", "reverses", (Part("baseline.load", True, 0.9),), Reach(9, 4, 3, 3), Reach(9, 4, 3, 3)
    )
    features = pd.DataFrame({"baseline.load": [0.5, 1.0, 1.2, 0.7]}, index=["a", "b", "c", "d"])
    claimed = pd.Series([1.0, -1.0, 1.0, -1.0], features.index)
    found = confirm(rule, features, claimed, 0.5).confirmed
    assert (
        found == Reach(4, 2, 2, 1) and found.coverage == 0.5 and found.density == 0.5 and found.share == 0.5
    )
    rules_table([rule]).to_parquet(tmp_path / "rules.parquet")  # one threshold of two: columns keep one type
    (back,) = rules_of(rules_table([replace(rule, p_corrected=0.01)]))
    assert back == replace(rule, p_corrected=0.01) and back.valid
    assert not replace(rule, p_corrected=0.2).valid, "what counts is the corrected p-value"


def test_rules_found_elsewhere_are_confirmed_from_the_tables_of_a_ledger(tmp_path: Path) -> None:
    on_trial(tmp_path / "out", claim("A1", "plain", expected("participation_30d", "higher")), engine=TrueEngine())
    ledger = load_ledger(tmp_path / "out")
    low, high = sorted(ledger.features["trust.gain"])[:2]
    part = Part("trust.gain", False, (low + high) / 2)
    seen = Reach(60, 12, 10, 9)
    found = [Rule("A1", "participation_30d", "holds", (part,), seen, seen, None, 0.001)]
    found.append(replace(found[0], claim="A9"))
    other = replace(ledger, conditions=rules_table(found), about={**ledger.about, "community": "Elsewhere"})
    (row,) = with_conditions(ledger, other).conditions.to_dict("records")
    # Of three worlds the rule names one, and the claim holds in all three; nobody has a claim A9.
    assert [row[f"confirmed_{name}"] for name in ("worlds", "turned", "named", "both")] == [3, 3, 1, 1]
    facts = with_conditions(ledger, other).about["conditions"]
    assert facts["community"] == "Elsewhere" and facts["claims"] == ["A1"]
    with pytest.raises(NotFoundError, match="holds no sign map"):
        with_map(ledger, tmp_path)


def test_what_cannot_have_to_do_with_a_claim_is_not_looked_at() -> None:
    names = [
        "baseline.load", "hours.wage", "needs.rate", "policy.online_channel.supply",
        "policy.online_channel.money_per_resident", "policy.smart_platform.depth",
    ]  # fmt: skip
    assert worth_a_look(names, {"online_channel"}) == ["baseline.load", "needs.rate", "policy.online_channel.supply"]


def test_density_is_judged_by_fishers_exact_test() -> None:
    from scipy.stats import fisher_exact

    found = Reach(worlds=60, turned=20, named=15, both=12)
    table = [[12, 3], [8, 37]]
    assert found.p_value == pytest.approx(fisher_exact(table, alternative="greater").pvalue)


def test_features_are_the_baselines_outcomes_and_the_parameters_that_differ() -> None:
    rows = [
        {
            "scenario": s,
            "window": "horizon",
            "by": "scope",
            "level": "residents",
            "world": w,
            "seed": i,
            "load": x,
        }
        for i, (w, x) in enumerate((("a", 0.5), ("b", 0.9)))
        for s in ("baseline", "other")
    ]
    two = (World("a", {"trust.gain": 0.1, "same": 1.0}), World("b", {"trust.gain": 0.2, "same": 1.0}))
    table = world_features(pd.DataFrame(rows), "baseline", two)
    assert list(table.columns) == ["baseline.load", "trust.gain"]
    assert table.loc["b"].tolist() == [0.9, 0.2]


def test_a_parameter_is_told_by_what_it_is() -> None:
    spec = SimpleNamespace(name="hours.enquiry_minutes", description="Staff time per enquiry.", unit="minutes")
    part = Part("hours.enquiry_minutes", False, 9.1, parameter_label(spec))
    assert part.words == "“staff time per enquiry” (hours.enquiry_minutes, minutes) is at most 9.1"
    seen = Reach(9, 4, 3, 3)
    rule = Rule("X1", "trust", "reverses", (part,), seen, seen, p_corrected=0.01)
    assert rules_of(rules_table([rule])) == [rule]
