"""A made-up ledger with one parameter that turns a claim, and many that do nothing."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.analysis.claims.ledger import Ledger
from sim.analysis.measure_next import ranked
from sim.analysis.sensitivity_plan import Sensitivity
from sim.analysis.turning import FEWEST, correlated, join_claims

SMALLEST = 0.01
IDLE = [f"idle.p{k}" for k in range(9)]


def ledger(
    effects: dict[str, np.ndarray], features: dict[str, np.ndarray], wired: tuple[str, ...] = ()
) -> Ledger:
    """A ledger whose claims, one for each effect, have that effect in each world."""
    count = len(next(iter(features.values())))
    worlds = [f"w{i:02d}" for i in range(count)]
    claims = pd.DataFrame({"claim": list(effects), "text": "Something helps.", "words": "supported"})
    claims["nature"] = ["wired" if name in wired else "emergent" for name in effects]
    outcomes = pd.DataFrame(
        [
            {
                "claim": name,
                "role": "judged",
                "name": "trust",
                "judged_level": True,
                "smallest_change": SMALLEST,
            }
            for name in effects
        ]
    )
    table = pd.concat(
        [
            pd.DataFrame({"claim": c, "name": "trust", "world": worlds, "claimed": y})
            for c, y in effects.items()
        ]
    )
    conditions = pd.DataFrame()
    about = {"title": "Made up", "community": "nowhere"}
    own = pd.DataFrame({"world": worlds, **features})
    # An order of worlds of its own: they have to be matched by name.
    return Ledger(Path(), about, claims, outcomes, table, own.iloc[::-1], conditions, pd.DataFrame())


def made_up(count: int = 20, seed: int = 1) -> Ledger:
    """``switch.p`` turns C1, moves C2 without turning it, and is what the wired C3 is made of."""
    generator = np.random.default_rng(seed)
    u = generator.permutation(count) / (count - 1.0)
    noise = {f"C{k}": 0.05 * generator.normal(size=count) for k in range(4, 12)}
    return ledger(
        {
            "C1": 0.1 * (u - 0.5) + 0.005 * generator.normal(size=count),
            "C2": 0.1 * u + 0.1 + 0.005 * generator.normal(size=count),
            "C3": 0.1 * (u - 0.5),
            **noise,
        },
        {"switch.p": 2.0 + 3.0 * u, **{name: generator.random(count) for name in IDLE}},
        wired=("C3",),
    )


def analysis(factors: list[str], carried: list[float], turned: list[int] | None = None) -> Sensitivity:
    table = pd.DataFrame(
        {"factor": factors, "carried": carried, "verdicts_turned": turned or [0] * len(factors)}
    )
    table = table.assign(grade="assumed", distribution="uniform", low=0.0, high=1.0)
    return Sensitivity(Path(), {"verdicts": {"count": 3}}, {"measure_next": ranked(table, 3)})


def test_the_parameter_that_turns_a_claim_is_found_with_that_claim_alone() -> None:
    pairs = correlated(made_up(), ["switch.p", *IDLE, "not.there"], set())
    found = pairs[pairs["turns"]]
    assert found[["factor", "claim", "side_low", "side_high"]].values.tolist() == [
        ["switch.p", "C1", "against", "as_claimed"]
    ]
    # The line is 0.1 (u - 0.5) with noise of sd 0.005 over 20 worlds: at an end its sd is 0.005 sqrt(1/20 + 3/20).
    assert found["at_low"].iloc[0] == pytest.approx(-0.05, abs=4 * 0.005 * math.sqrt(0.2))
    assert found["at_high"].iloc[0] == pytest.approx(0.05, abs=4 * 0.005 * math.sqrt(0.2))
    moved = pairs[(pairs["factor"] == "switch.p") & (pairs["claim"] == "C2")].iloc[0]
    assert moved["p_corrected"] < 0.05 and moved["side_low"] == moved["side_high"] == "as_claimed"
    assert "C3" not in set(pairs["claim"]) and "not.there" not in set(pairs["factor"])
    assert len(pairs) == 10 * 10


def test_parameters_that_do_nothing_turn_a_verdict_in_one_ledger_of_twenty_at_most() -> None:
    """Holm keeps any false one to 5% of ledgers: of 100 at most 5 + 3 sqrt(100 x 0.05 x 0.95) = 11.

    Without the correction nearly all of them would have one: 1 - 0.95^24 is 71%.
    """
    generator = np.random.default_rng(3)
    with_any, alone, tried = 0, 0, 0
    for _ in range(100):
        effects = {f"C{k}": 0.05 * generator.normal(size=17) for k in range(4)}
        pairs = correlated(
            ledger(effects, {name: generator.random(17) for name in IDLE[:6]}), IDLE[:6], set()
        )
        with_any += bool(pairs["turns"].any())
        alone += int((pairs["p_value"] < 0.05).sum())
        tried += len(pairs)
    assert with_any <= 11
    # By itself each has its stated rate. Pairs of a ledger share their effects or parameters; ranks of independent
    # draws are independent for any two pairs, so the binomial sd holds for their number.
    assert alone / tried == pytest.approx(0.05, abs=4 * math.sqrt(0.05 * 0.95 / tried))


def test_p_values_are_those_of_all_orders() -> None:
    """Against 100,000 random orders of 17 worlds, and of 17 values of which many are the same (a form: 0, 1 or 2)."""
    generator = np.random.default_rng(5)
    x = np.arange(17.0)
    pairs = np.triu_indices(17, 1)
    for given in (x, np.array([0.0] * 6 + [1.0] * 6 + [2.0] * 5)):
        orders = generator.permuted(np.tile(x, (100_000, 1)), axis=1)
        signs = np.sign(given[pairs[1]] - given[pairs[0]])
        agree = np.abs(
            sum(s * np.sign(orders[:, b] - orders[:, a]) for s, a, b in zip(signs, *pairs, strict=True))
        )
        y = orders[np.argsort(agree)[-500]]  # as far out as one order in 200
        exact = float((agree >= np.sort(agree)[-500]).mean())
        pair = correlated(ledger({"C1": y}, {"a.b": given}), ["a.b"], set()).iloc[0]
        sd = math.sqrt(exact / 100_000)
        if given is x:
            assert pair["p_value"] == pytest.approx(exact, abs=4 * sd)
        else:  # the normal approximation: cautious, and not by more than half
            assert exact - 4 * sd < pair["p_value"] < 1.5 * exact
    perfect = correlated(ledger({"C1": x}, {"a.b": x}), ["a.b"], set()).iloc[0]
    assert perfect["p_value"] == pytest.approx(2.0 / math.factorial(17))


def test_the_line_is_fitted_to_the_logarithm_where_the_range_is_one() -> None:
    x = np.geomspace(0.001, 1.0, 13)
    y = 0.02 * (np.log10(x) + 1.5)
    plain, logged = (
        correlated(ledger({"C1": y}, {"a.b": x}), ["a.b"], log).iloc[0] for log in (set(), {"a.b"})
    )
    assert (logged["at_low"], logged["at_high"]) == pytest.approx((-0.03, 0.03))
    assert plain["at_low"] != pytest.approx(-0.03, abs=0.005)


def test_too_few_worlds_and_what_does_not_differ_are_not_tried() -> None:
    few = np.arange(FEWEST - 1.0)
    assert correlated(ledger({"C1": few}, {"a.b": few}), ["a.b"], set()).empty
    same = np.ones(20)
    assert correlated(ledger({"C1": np.arange(20.0)}, {"a.b": same}), ["a.b"], set()).empty
    joined = join_claims(analysis(["a.b"], [0.2]), ledger({"C1": few}, {"a.b": few}))
    assert joined.tables["measure_next"]["claims_tried"].tolist() == [0]
    assert (
        joined.manifest["claims"]["pairs"] == 0
        and joined.manifest["claims"]["weakest_that_could_pass"] is None
    )


def test_a_parameter_is_ranked_by_what_it_carries_and_by_what_it_could_turn() -> None:
    found = analysis(["idle.p0", "switch.p", "idle.p1"], [0.10, 0.05, 0.03])
    assert found.tables["measure_next"]["factor"].tolist() == ["idle.p0", "switch.p", "idle.p1"]
    joined = join_claims(found, made_up())
    table = joined.tables["measure_next"].set_index("factor")
    # One of 3 verdicts and 10 emergent claims: (0.05 + 1/13) / 2 is more than 0.10 / 2.
    assert table.index.tolist() == ["switch.p", "idle.p0", "idle.p1"]
    assert table.loc["switch.p", "priority"] == pytest.approx(0.5 * (0.05 + 1.0 / 13.0))
    assert table["rank"].tolist() == [1, 2, 3] and table["claims_turned"].tolist() == [1, 0, 0]
    notes = joined.manifest["claims"]
    assert (notes["claims"], notes["worlds"], notes["pairs"]) == (10, 20, 30)
    # The weakest correlation that could pass: one pair of worlds more in disagreement, and it does not.
    for disagree, passes in ((0, True), (1, False)):
        p = _chance_of(round((1.0 - notes["weakest_that_could_pass"]) * 190 / 2) + disagree, 20)
        assert (p < 0.05 / 30) == passes
    assert "claims" not in found.manifest


def _chance_of(disagreeing: int, count: int) -> float:
    """Both tails of the number of disagreeing pairs, counted: each item adds 0 to all those before it."""
    orders = [1]
    for n in range(2, count + 1):
        orders = [sum(orders[max(0, k - n + 1) : k + 1]) for k in range(len(orders) + n - 1)]
    return 2.0 * sum(orders[: disagreeing + 1]) / math.factorial(count)


def test_a_parameter_with_a_source_is_shown_but_not_numbered() -> None:
    table = pd.DataFrame(
        {"factor": ["a", "b"], "carried": [0.4, 0.2], "verdicts_turned": 0, "grade": ["measured", "assumed"]}
    )
    found = ranked(table, 3)
    assert found["factor"].tolist() == ["a", "b"] and found["rank"].isna().tolist() == [True, False]
    assert found["rank"].iloc[1] == 1
