"""A made-up model with known effects goes through the analysis of claims and gets the verdicts it must get."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.analysis.claims.design import ClaimsDesign, claims_design
from sim.analysis.claims.effects import worlds_differ
from sim.analysis.claims.entries import entries, family_size
from sim.analysis.claims.ledger import load_ledger
from sim.analysis.claims.tables import claims_table, outcomes_table
from sim.analysis.claims.trial import run_claims
from sim.lab.worlds import World
from sim.scenario.claims import Claim, Claims, Contrast, Expected, Rules
from sim.scenario.experiment import WorldsChoice
from sim.scenario.frozen import FrozenMapping
from tests import fakes

WORLDS = tuple(World(f"w{i:02d}", {"trust.gain": 0.01 + 0.09 * i / 19}) for i in range(20))
"""Twenty worlds; the gain runs from 0.01 to 0.10."""

# What each arm does to each outcome, as a function of the world's gain. The mechanism of every effect here is a factor
# that the arms whose name ends in "cut" set to nothing, but for "carried elsewhere", where half of it stays.
SIZES = {
    "participation_30d": 0.01,
    "trust": 0.005,
    "trust_experienced": 0.01,
    "conflicts_per_1000": 0.5,
    "load": 0.02,
}


def true_effect(arm: str, outcome: str, level: str, gain: float) -> float:
    """The made-up truth, in the outcome's unit."""
    name, _, cut = arm.partition(" cut")
    cut = arm.endswith(" cut")
    size = SIZES[outcome]
    effects: dict[str, dict[str, float]] = {
        "plain": {"participation_30d": 5 * size},
        "campus only": {"participation_30d": -4 * size if level == "campus" else 5 * size},
        "backwards": {"trust": -4 * size},
        "tiny": {"trust": 0.05 * size},
        "nothing": {},
        "turning": {"conflicts_per_1000": (4 if gain > 0.055 else -4) * size},
        "elsewhere": {"participation_30d": 5 * size},
        "half": {"trust": 4 * size, "trust_experienced": 0.0},
        "wired": {"load": 0.3 * size},
        "broken": {"load": -0.3 * size},
        "together": {"participation_30d": 5 * size},
        "one": {"participation_30d": 5 * size},
        "two": {"participation_30d": 5 * size},
    }
    value = effects.get(name, {}).get(outcome, 0.0)
    return value * (1.0 if not cut or name == "elsewhere" else 0.0)


def made_up(arm: str, seed: int, gain: float, noise: float) -> pd.DataFrame:
    """Windowed outcomes of a run: the level of its seed, the true effect, and a little luck of its own."""
    rows = []
    for by, level in (("scope", "residents"), ("scope", "campus"), ("all", "total")):
        row: dict[str, Any] = {"window": "horizon", "by": by, "level": level}
        for outcome, size in SIZES.items():
            shared = 10 * size * fakes.draw("shared", seed, level, outcome)
            own = noise * size * fakes.draw("own", seed, level, outcome, arm)
            row[outcome] = 1.0 + shared + own + true_effect(arm, outcome, level, gain)
        rows.append(row)
    return pd.DataFrame(rows)


@dataclass(frozen=True)
class TrueEngine(fakes.FakeEngine):
    """The made-up model as a simulator."""

    noise: float = 0.05

    def simulate(
        self,
        scenario: Any,
        seed: int,
        days: Any,
        driver: Any,
        state: Any = None,
        progress: Any = None,
        threads: int = 1,
    ) -> Any:
        if self.log is not None:
            self.log.append((scenario.name, seed))
        windows = made_up(scenario.name, seed, float(scenario.parameters["trust.gain"]), self.noise)
        costs = pd.DataFrame({"window": ["horizon"], "item": ["wages"], "hours": [1.0], "money": [1.0]})
        return SimpleNamespace(windows=windows, costs=costs, meta={})


def expected(outcome: str, change: str) -> Expected:
    return Expected(outcome, outcome, 1 if change == "higher" else -1, None, "horizon", SIZES[outcome])


def claim(name: str, arm: str, *outcomes: Expected, nature: str = "emergent", beyond: Any = None) -> Claim:
    weights = {arm: 1, "baseline": -1}
    cut = {f"{arm} cut": 1, "baseline cut": -1}
    untestable = nature == "untestable"
    return Claim(
        id=name,
        section="1",
        text=f"{arm} does it.",
        nature=nature,
        mechanisms=("M1",),
        effect=None if untestable else Contrast(FrozenMapping(weights)),
        ablated=None if untestable else Contrast(FrozenMapping(cut)),
        beyond_sum=beyond,
        judged=outcomes,
        shown=(),
        cuts="the mechanism is cut",
        reason="it stands outside" if untestable else "",
        note="",
    )


def toy(*claims: Claim) -> Claims:
    """Made-up claims as if they had been read from a file."""
    return Claims(
        name="made_up", title="Made up", question="", description="", path=Path("made_up.yaml"),
        arms=FrozenMapping({}), claims=FrozenMapping({c.id: c for c in claims}), worlds=WorldsChoice("matched"),
        table=None, kept=None, seeds=2, first_seed=1, horizon=30, rules=Rules(), quick=False, has_quick=False,
    )  # fmt: skip


def arms(*claims: Claim) -> list[str]:
    return ["baseline", *dict.fromkeys(arm for c in claims for arm in c.arms if arm != "baseline")]


def judged(*claims: Claim, noise: float = 0.05) -> dict[str, Any]:
    """The ledger's entries by claim, of two seeds in each of twenty worlds."""
    parts = []
    for i, world in enumerate(WORLDS):
        for seed in (2 * i + 1, 2 * i + 2):
            for arm in arms(*claims):
                frame = made_up(arm, seed, world.values["trust.gain"], noise)
                parts.append(frame.assign(scenario=arm, world=world.id, seed=seed))
    found = entries(toy(*claims), pd.concat(parts, ignore_index=True), len(WORLDS))
    return {entry.claim.id: entry for entry in found}


def on_trial(folder: Path, *claims: Claim, engine: Any) -> Any:
    """The same through the runner and the store, in three worlds."""
    scenarios = {name: fakes.FakeScenario(name) for name in arms(*claims)}
    for scenario in scenarios.values():
        scenario.community.title, scenario.community.population = "Toy", 1000
    design = ClaimsDesign(
        name="made_up", scenarios=scenarios, worlds=WORLDS[:3], replications=2, draw="matched"
    )
    ledger, _, summary = run_claims(toy(*claims), design, folder, engine, jobs=1)
    assert not summary.failures
    return ledger


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
    assert "100% of it is left" in found["A7"].ablation or "something else carries" in found["A7"].ablation


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
    assert design.baseline == "baseline" and len(design.worlds) == 14
    assert design.count == len(claims.arms) * 14
