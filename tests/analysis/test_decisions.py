"""What to choose, on made-up worlds whose answer can be worked out by hand."""

import numpy as np
import pandas as pd
import pytest

from sim.analysis.decisions import Aims, decide
from sim.analysis.option_checks import stays_robust
from sim.errors import NotFoundError, UsageError
from tests import fakes

# Trust in smallest changes that matter (0.005) by world and scenario; the other outcomes stand still.
SCORES = {
    "baseline": [0.0, 0.0, 0.0, 0.0],
    "bold": [12.0, 12.0, 12.0, -9.0],
    "safe": [6.0, 6.0, 6.0, 3.0],
    "dear": [15.0, 15.0, 15.0, 15.0],
}
COSTS = {"baseline": 0.0, "bold": 10.0, "safe": 10.0, "dear": 90.0}
ONLY_TRUST = {"trust": 1.0}


def made_up(scores=SCORES, extra=()):
    rows = []
    for name, values in scores.items():
        for world, value in enumerate(values):
            for by, level, more in (("scope", "residents", 0.0), ("all", "total", 0.0), *extra):
                rows.append(
                    {
                        "scenario": name,
                        "world": f"w{world}",
                        "seed": world,
                        "window": "horizon",
                        "by": by,
                        "level": level,
                        "participation_30d": 0.2,
                        "trust": 0.5 + 0.005 * (value + (more if name != "baseline" else 0.0)),
                        "conflicts_per_1000": 9.0,
                        "cost_per_resident": 100.0 + COSTS.get(name, 0.0) if by == "all" else np.nan,
                    }
                )
    return pd.DataFrame(rows)


def test_expected_and_robust_part_where_the_best_option_can_fail():
    decision = decide(made_up(), "baseline", Aims(budget=20.0, weights=ONLY_TRUST))
    assert decision.expected == "bold"  # means 6.75 against 5.25
    # Largest regrets by hand: bold 3 - (-9) = 12, safe 12 - 6 = 6, nothing 12.
    assert decision.robust == "safe" == decision.maximin == decision.satisficing
    rows = decision.options.set_index("scenario")
    assert rows.loc["bold", "regret_max"] == pytest.approx(12.0)
    assert rows.loc["safe", "regret_max"] == pytest.approx(6.0)
    assert rows.loc["safe", "regret_mean"] == pytest.approx(4.5)
    assert rows.loc["bold", "best_share"] == 0.75
    assert rows.loc["bold", "harms"] == 0.25 == rows.loc["bold", "trust_harmed"]
    assert rows.loc["bold", "worst_world"] == "w3" and rows.loc["bold", "participation_30d_harmed"] == 0.0
    assert decision.gives_up["score"] == pytest.approx(1.5)
    assert decision.gives_up["trust"] == pytest.approx(1.5 * 0.005)


def test_what_the_budget_forbids_is_no_option_and_sets_no_regret():
    rich = decide(made_up(), "baseline", Aims(weights=ONLY_TRUST))
    assert rich.robust == rich.expected == "dear" and rich.gives_up["score"] == 0.0
    poor = decide(made_up(), "baseline", Aims(budget=0.0, weights=ONLY_TRUST))
    assert poor.robust == poor.expected == "baseline"
    assert list(poor.options["affordable"]) == [True, False, False, False]
    assert poor.options.set_index("scenario").loc["baseline", "regret_max"] == 0.0


def test_targets_have_the_sign_of_the_wish():
    wish = Aims(targets={"trust": 0.03}, weights=ONLY_TRUST)
    rows = decide(made_up(), "baseline", wish).options.set_index("scenario")
    assert dict(rows["satisfied"]) == {"baseline": 0.0, "bold": 0.75, "safe": 0.75, "dear": 1.0}
    fewer = Aims(targets={"trust": -0.03}, weights=ONLY_TRUST)
    assert (
        dict(decide(made_up(), "baseline", fewer).options.set_index("scenario")["satisfied"])["bold"] == 0.25
    )


def test_without_targets_an_option_satisfies_where_it_helps_and_harms_nobody_headline():
    rows = decide(made_up(), "baseline").options.set_index("scenario")
    assert rows.loc["bold", "satisfied"] == 0.75 and rows.loc["baseline", "satisfied"] == 0.0


def test_the_worst_off_are_named():
    extra = (("age", "70_plus", -20.0), ("group", "registered", 1.0))
    rows = decide(made_up(extra=extra), "baseline", Aims(weights=ONLY_TRUST)).options.set_index("scenario")
    assert tuple(rows.loc["safe", ["worst_by", "worst_level", "worst_outcome"]]) == (
        "age",
        "70_plus",
        "trust",
    )
    assert rows.loc["safe", "worst_effect"] == pytest.approx(5.25 - 20.0)


def test_worlds_that_an_option_lacks_are_left_out_and_counted():
    table = made_up()
    table = table[~((table["scenario"] == "safe") & (table["world"] == "w3"))]
    decision = decide(table, "baseline", Aims(budget=20.0, weights=ONLY_TRUST))
    assert (decision.worlds, decision.left_out) == (3, 1)
    assert decision.robust == "bold"
    with pytest.raises(NotFoundError, match="no world"):
        decide(table[table["scenario"] == "baseline"], "baseline")


def test_what_each_option_does_in_every_world_and_why_it_fails_there():
    decision = decide(made_up(), "baseline", Aims(budget=20.0, weights=ONLY_TRUST))
    rows = decision.by_world.set_index(["scenario", "world"])
    assert rows.loc[("bold", "w3"), "why"] == "little harm:trust" and rows.loc[("bold", "w0"), "why"] == ""
    assert rows.loc[("dear", "w0"), "why"] == "budget" and not rows.loc[("dear", "w0"), "satisfied"]
    assert rows.loc[("bold", "w3"), "regret"] == pytest.approx(12.0)
    assert rows.loc[("bold", "w3"), "gain_trust"] == pytest.approx(-9.0) and rows.loc[("bold", "w3"), "harms"]
    options = decision.options.set_index("scenario")
    means = decision.by_world.groupby("scenario")[["satisfied", "harms", "score"]].mean()
    for name in ("satisfied", "harms", "score"):
        assert means[name].to_dict() == pytest.approx(options[name].to_dict())


def test_whether_one_world_decides_about_the_robust_choice():
    """Safe has regrets 6, 6, 6, 0 and bold 0, 0, 0, 12: without w3, bold misses nothing and is the choice."""
    assert stays_robust(decide(made_up(), "baseline", Aims(budget=20.0, weights=ONLY_TRUST))) == 3
    assert (
        stays_robust(decide(made_up(), "baseline", Aims(weights=ONLY_TRUST))) == 4
    )  # dear is the best everywhere


def test_among_equals_the_cheaper_is_picked():
    table = made_up({"baseline": [0.0, 0.0], "bold": [4.0, 4.0], "dear": [4.0, 4.0]})
    decision = decide(table, "baseline", Aims(weights=ONLY_TRUST))
    assert decision.robust == decision.expected == "bold"


@pytest.mark.parametrize(
    ("aims", "said"),
    [
        ({"targets": {"trsut": 0.1}}, "did you mean 'trust'"),
        ({"weights": {"trust": -1.0}}, "none may be below zero"),
        ({"weights": {"trust": 0.0}}, "at least one"),
        ({"weights": {"load": 1.0}}, "no outcome 'load' here"),
        ({"budget": -1.0}, "0 or more yuan"),
    ],
)
def test_aims_that_make_no_sense_are_refused(aims, said):
    with pytest.raises(UsageError, match=said):
        Aims(**aims)


def test_made_up_engine_tables_are_understood():
    decision = decide(fakes.windows(("baseline", "workforce", "demand_without_capacity")), "baseline")
    assert decision.worlds == 12
    rows = decision.options.set_index("scenario")
    assert rows.loc["workforce", "score"] > rows.loc["demand_without_capacity", "score"]
    assert rows.loc["workforce", "cost"] == pytest.approx(fakes.COSTS["workforce"])
