"""Claims are read strictly, become arms that they share, and every claim of the shipped file is there."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from sim.errors import ScenarioError, UsageError
from sim.scenario.claims import Claims
from sim.scenario.read_claims import load_claims
from sim.scenario.validate import validate

Write = Callable[[str, str], Path]
HEAD = "schema: 1\nkind: claims\nbaseline: plain\nclaims:\n"
WHOLE = """  A1:
    section: "1"
    claim: It helps.
    nature: emergent
    mechanisms: [M7]
    treatment: {policies: {worker_training: 1}}
    outcomes: {skill: higher, trust: {change: lower, level: vulnerable/yes, smallest_change: 0.2}}
    ablation: {mechanisms_off: [M7]}
    cuts: nothing is learnt
"""


@cache
def shipped(quick: bool = False) -> Claims:
    return load_claims(Path(__file__).resolve().parents[2] / "experiments" / "claims.yaml", quick=quick)


def message(text: str, write: Write, **options: bool) -> str:
    with pytest.raises(ScenarioError) as error:
        load_claims(write("experiments/case.yaml", text), **options)
    return str(error.value).replace("experiments/case.yaml:", "")


# ---- the shipped file


def test_every_claim_of_the_paper_and_every_consequence_is_there() -> None:
    assert list(shipped().claims) == [f"C{i}" for i in range(1, 40)] + [f"X{i}" for i in range(1, 6)]


@pytest.mark.parametrize("quick", [False, True])
def test_every_claim_has_its_arms_and_every_emergent_one_an_ablation_or_a_reason(quick: bool) -> None:
    claims = shipped(quick)
    for claim in claims.claims.values():
        if claim.nature == "untestable":
            assert claim.id == "C14" and claim.reason and claim.effect is None
            continue
        assert claim.effect is not None and sum(claim.effect.weights.values()) == 0
        assert len(claim.effect.arms) >= 2, f"{claim.id}: treatment and control are the same"
        assert set(claim.arms) <= set(claims.arms)
        assert claim.judged
        if claim.ablated is None:
            assert claim.reason, f"{claim.id}: nothing is cut, and nothing says why"
        else:
            assert claim.cuts and len(claim.ablated.arms) == len(claim.effect.arms)


def test_claims_share_arms_and_equal_scenarios_are_one_arm() -> None:
    claims = shipped()
    assert len({arm.key for arm in claims.arms.values()}) == len(claims.arms)
    asked = sum(len(claim.arms) for claim in claims.claims.values())
    assert len(claims.arms) < asked / 1.5
    assert claims.claims["C13"].effect == claims.claims["C30"].effect == claims.claims["C20"].effect


def test_what_the_model_says_is_wired_is_wired_here() -> None:
    """The same list as in the description of the model (section 4, emergence) and in docs/evidence.md."""
    wired = {name for name, claim in shipped().claims.items() if claim.nature == "wired"}
    assert wired == {"C1", "C3", "C4", "C9", "C10", "C11", "C21", "C22", "C23", "C37", "X4"}


def test_trust_is_judged_among_those_who_met_the_service_and_on_the_mean() -> None:
    for claim in shipped().claims.values():
        names = {expected.outcome for expected in claim.judged}
        assert ("trust" in names) == ("trust_experienced" in names), claim.id


def test_a_joint_claim_weighs_each_policy_alone_against_all_together() -> None:
    claim = shipped().claims["C39"]
    assert claim.beyond_sum is not None and claim.effect is not None
    weights = claim.beyond_sum.weights
    together = next(arm for arm, weight in claim.effect.weights.items() if weight == 1)
    assert weights[together] == 1 and weights["baseline"] == 13
    assert sum(weights.values()) == 0 and sum(weight == -1 for weight in weights.values()) == 14


def test_counterfactuals_at_equal_hours_keep_the_staff() -> None:
    for quick in (False, True):
        claims = shipped(quick)
        base = claims.arms["baseline"].scenario.community.staff
        for name in ("C15", "C16", "C9"):
            effect = claims.claims[name].effect
            assert effect is not None
            assert {claims.arms[arm].scenario.community.staff for arm in effect.arms} == {base}, name
        staff = [claims.arms[arm].scenario.community.staff for arm in claims.claims["C19"].arms]
        assert min(staff) < base


def test_a_counterfactual_may_leave_the_range_and_no_world_brings_it_back() -> None:
    claims = shipped()
    arm = claims.arms["conflict.grievance = 0"]
    assert arm.scenario.parameters["conflict.grievance"] == 0.0
    assert "conflict.grievance" in arm.fixed
    spec = arm.scenario.parameters.specs["conflict.grievance"]
    assert spec.low == 0.0 < claims.arms["baseline"].scenario.parameters.specs["conflict.grievance"].low
    halved = claims.arms["participation.cost x 0.5"]
    # Every value that a world may have, halved, is allowed there.
    low, high = 0.5, 1.3
    for value in (low, high):
        assert halved.scenario.with_parameters({"participation.cost": value / 2}).parameters[
            "participation.cost"
        ]


def test_what_a_user_sets_holds_in_every_world(write: Write) -> None:
    path = write("experiments/case.yaml", HEAD + WHOLE)
    claims = load_claims(path, ["parameters.toy.plain=0.1"])
    for arm in claims.arms.values():
        assert arm.scenario.parameters["toy.plain"] == 0.1 and "toy.plain" in arm.fixed


def test_some_claims_need_their_own_arms_only() -> None:
    few = shipped().only(["C24", "X1"])
    assert list(few.claims) == ["C24", "X1"]
    assert list(few.arms)[0] == "baseline" and len(few.arms) < 12
    with pytest.raises(UsageError, match=r"no claim 'C240'.*did you mean 'C24'"):
        shipped().only(["C240"])


def test_a_setting_of_the_map_holds_in_all_arms_and_factors_multiply() -> None:
    path = Path(__file__).resolve().parents[2] / "experiments" / "claims.yaml"
    claims = load_claims(path, quick=True, setting="staff_twice")
    base = next(iter(claims.arms.values()))
    assert base.name == "staff x 2" and base.scenario.community.staff == 8
    staff = {name: arm.scenario.community.staff for name, arm in claims.arms.items()}
    # Half of twice as many is as many as before; a second agency at equal staff doubles with the first.
    assert {staff[arm] for arm in claims.claims["C19"].effect.arms} == {4, 8}
    assert {staff[arm] for arm in claims.claims["C15"].effect.arms} == {8}
    late = load_claims(path, quick=True, setting="due_half").claims["C26"].effect
    assert late is not None and all("service.due_urgent x 0.5" in arm for arm in late.arms)
    with pytest.raises(ScenarioError, match="unknown setting"):
        load_claims(path, quick=True, setting="staff_thrice")


# ---- mistakes


def test_a_file_of_ones_own(write: Write) -> None:
    path = write("experiments/case.yaml", HEAD + WHOLE)
    claims = load_claims(path)
    assert list(claims.arms) == ["baseline", "worker_training", "worker_training, M7 off", "M7 off"]
    assert not claims.arms["M7 off"].scenario.mechanisms["M7"]
    second = claims.claims["A1"].judged[1]
    assert (second.direction, second.level, second.smallest_change) == (-1, ("vulnerable", "yes"), 0.2)
    assert "Claims: 1, tried with 4 arms." in validate(str(path))


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("outcomes: {skill", "outcomes: {skil", "11:16: claims.A1.outcomes.skil: unknown outcome (got 'skil')"),
        ("[M7]\n    treatment", "[M70]\n    treatment", "9:18: claims.A1.mechanisms[0]: unknown mechanism (got 'M70')"),
        ("worker_training: 1", "worker_trainin: 1", "unknown policy (got 'worker_trainin')"),
        ("worker_training: 1", "worker_training: 3", "10:45: claims.A1.treatment.policies.worker_training.dose: out"),
        ("level: vulnerable/yes", "level: poor", "claims.A1.outcomes.trust.level: not a level (got 'poor')"),
        ("nature: emergent", "nature: obvious", "8:13: claims.A1.nature: not one of the allowed words (got 'obvious')"),
        ("    cuts: nothing is learnt\n", "", "5:3: claims.A1.cuts: is missing"),
        ("    ablation: {mechanisms_off: [M7]}\n", "", "5:3: claims.A1.ablation: is missing"),
        ("    nature: emergent\n", "", "5:3: claims.A1.nature: is missing"),
        ("policies: {worker_training: 1}", "remove: [meetings]", "unknown policy block of the baseline"),
        ("policies: {worker_training: 1}", "scale: {skill.gain: 2}", "scale.skill.gain: unknown parameter"),
        ("policies: {worker_training: 1}", "scenario: nowhere", "no such scenario (got 'nowhere')"),
        ("policies: {worker_training: 1}", "set: {parameter.x: 1}", "claims.A1.treatment.set.parameter.x: unknown key"),
        ("  A1:", "  first:", "claims.first: not a claim's number"),
        ("treatment:", "treatmnt:", "10:5: claims.A1.treatmnt: unknown key (got 'treatmnt')"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place(old: str, new: str, wanted: str, write: Write) -> None:
    assert old in WHOLE
    assert wanted in message(HEAD + WHOLE.replace(old, new, 1), write)


def test_a_file_without_a_quick_setting_says_so(write: Write) -> None:
    assert "quick: is missing" in message(HEAD + WHOLE, write, quick=True)
