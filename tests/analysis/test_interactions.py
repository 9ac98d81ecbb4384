"""Main effects, simple effects and interactions of a factorial: known ones, none, and those of statsmodels."""

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.anova import AnovaRM
from statsmodels.stats.multitest import multipletests

from sim.analysis.interactions import INTERACTIONS, interactions

SMALL = 0.005
"""The smallest change of trust that matters."""


def cells_of(**doses):
    """The scenarios of a factorial of these policies."""
    found = [dict(zip(doses, combination, strict=True)) for combination in itertools.product(*doses.values())]
    return {"+".join(f"{p}@{d:g}" for p, d in cell.items()): cell for cell in found}


def windows_of(cells, true, worlds=12, seeds=1, noise=0.002, key=3):
    """Trust of residents: what a world has in common, the true effect of the doses, and each run's own noise."""
    rng = np.random.default_rng(key)
    rows = []
    for w in range(worlds):
        common, strength = rng.normal(0.5, 0.1), rng.normal(1.0, 0.2)
        for s in range(seeds):
            for name, doses in cells.items():
                trust = common + strength * true(**doses) + rng.normal(0.0, noise)
                rows.append((name, f"w{w}", 100 * s + w, "horizon", "scope", "residents", trust))
    return pd.DataFrame(rows, columns=["scenario", "world", "seed", "window", "by", "level", "trust"])


TWO = cells_of(a=[0, 0.5, 1], b=[0, 1])


def test_a_known_interaction_is_found_with_its_size_and_called_by_its_direction():
    # One for itself gives 0.01, the other 0.02; at full dose together they give 0.03 more, at half dose 0.015.
    windows = windows_of(TWO, lambda a, b: 0.01 * a + 0.02 * b + 0.03 * a * b, worlds=16)
    found = interactions(windows, TWO).set_index(["kind", "policy", "dose", "other", "other_dose"]).sort_index()
    both = found.loc[[("interaction", "a", dose, "b", 1.0) for dose in (0.5, 1.0)]]
    # Noise: four runs of 0.002 over 16 worlds, 0.001; strength: 20% of the effect over 16 worlds, 5%.
    assert both["mean"].to_numpy() == pytest.approx([0.015, 0.03], abs=4 * (0.001 + 0.05 * 0.03))
    assert set(both["verdict"]) == {"better"} and both["words"].iloc[0].startswith("better together than")
    assert (both["comparisons"] == 2).all() and (both["other_from"] == 0.0).all()
    simple = found.loc[[("simple", "a", 1.0, "b", dose) for dose in (0.0, 1.0)], "mean"].to_numpy()
    assert simple[1] - simple[0] == pytest.approx(found.loc[("interaction", "a", 1.0, "b", 1.0), "mean"], rel=1e-9)
    main = found.loc[("main", "a", 1.0)]["mean"].iloc[0]
    assert main == pytest.approx(simple.mean(), rel=1e-9), "the main effect is averaged over what the other does"


def test_the_interaction_is_the_same_whichever_policy_is_the_other():
    true = lambda a, b: 0.01 * a * (1 + b)  # noqa: E731
    turned = {name: {"b": cell["b"], "a": cell["a"]} for name, cell in TWO.items()}
    windows = windows_of(TWO, true)
    one, other = (interactions(windows, cells).query("kind == 'interaction'") for cells in (TWO, turned))
    assert other[["other_dose", "dose"]].to_numpy().tolist() == one[["dose", "other_dose"]].to_numpy().tolist()
    assert other["mean"].to_numpy() == pytest.approx(one["mean"].to_numpy(), rel=1e-9)


def test_effects_that_add_up_are_seldom_called_an_interaction():
    # Of factorials without one, at most one in twenty names one on average; four standard errors more are allowed.
    cells, wrong, trials = cells_of(a=[0, 1], b=[0, 1]), 0, 16
    for key in range(trials):
        windows = windows_of(cells, lambda a, b: 0.02 * a + 0.02 * b, worlds=8, noise=0.02, key=key)
        windows["participation_30d"] = windows["trust"] + np.random.default_rng([key, 1]).normal(0, 0.04, len(windows))
        found = interactions(windows, cells).query("kind == 'interaction'")
        wrong += bool((~found["verdict"].isin(("not_distinguishable", "too_small"))).any())
        assert len(found) == 2 and (found["comparisons"] == 2).all()
    assert wrong <= trials * (0.05 + 4 * np.sqrt(0.05 * 0.95 / trials))


def test_an_interaction_known_to_be_next_to_nothing_is_too_small_to_matter():
    found = interactions(windows_of(TWO, lambda a, b: 0.03 * a + 0.03 * b, noise=0.0005), TWO)
    own = found[found["kind"] == "interaction"]
    assert set(own["verdict"]) == {"too_small"} and set(own["words"]) == {"an interaction too small to matter"}


def test_numbers_are_those_of_the_analysis_of_variance_within_worlds():
    # With four worlds intervals are Student's, so that F of the interaction and of a main effect is t squared.
    cells = cells_of(a=[0, 1], b=[0, 1])
    windows = windows_of(cells, lambda a, b: 0.01 * a + 0.01 * a * b, worlds=4)
    found = interactions(windows, cells).set_index(["kind", "policy"])
    long = windows.assign(**{p: windows["scenario"].map({n: c[p] for n, c in cells.items()}) for p in "ab"})
    anova = AnovaRM(long, "trust", "world", within=["a", "b"]).fit().anova_table["Pr > F"]
    assert found.loc[("main", "a"), "p_value"] == pytest.approx(anova["a"], rel=1e-6)
    assert found.loc[("main", "b"), "p_value"] == pytest.approx(anova["b"], rel=1e-6)
    assert found.loc[("interaction", "a"), "p_value"] == pytest.approx(anova["a:b"], rel=1e-6)
    assert set(found["method"]) == {"student"}


def test_numbers_are_those_of_least_squares_and_of_t_tests_by_hand():
    import statsmodels.formula.api as smf

    windows = windows_of(TWO, lambda a, b: 0.02 * a + 0.01 * b + 0.02 * a * b)
    long = windows.assign(**{p: windows["scenario"].map({n: c[p] for n, c in TWO.items()}) for p in "ab"})
    fitted = smf.ols("trust ~ C(a) * C(b) + C(world)", long).fit().params
    found = interactions(windows, TWO).query("kind == 'interaction'").set_index("dose")
    wide = long.pivot(index="world", columns=["a", "b"], values="trust")
    for dose in (0.5, 1.0):
        assert found.loc[dose, "mean"] == pytest.approx(fitted[f"C(a)[T.{dose}]:C(b)[T.1]"], rel=1e-6)
        difference = (wide[dose, 1] - wide[0.0, 1]) - (wide[dose, 0] - wide[0.0, 0])
        half = stats.sem(difference) * stats.t.ppf(0.975, len(difference) - 1)
        assert found.loc[dose, "low"] <= difference.mean() - half + 1e-12  # the skewness only moves ends out
        assert found.loc[dose, "high"] >= difference.mean() + half - 1e-12
        assert found.loc[dose, "p_value"] >= stats.ttest_1samp(difference, 0.0).pvalue - 1e-12
        assert found.loc[dose, "share_sign"] == (np.sign(difference) == np.sign(difference.mean())).mean()
    assert found["p_corrected"].to_numpy() == pytest.approx(multipletests(found["p_value"], method="holm")[1])


def test_of_three_policies_every_two_are_looked_at_averaged_over_the_third():
    cells = cells_of(a=[0, 1], b=[0, 1], c=[0, 1])
    # b helps a only where c is there: averaged over c it is half of that.
    windows = windows_of(cells, lambda a, b, c: 0.04 * a * b * c + 0.01 * c, worlds=16, noise=0.001)
    found = interactions(windows, cells)
    assert found.groupby("kind").size().to_dict() == {"interaction": 3, "main": 3, "simple": 12}
    pairs = found[found["kind"] == "interaction"].set_index(["policy", "other"])
    assert list(pairs.index) == [("a", "b"), ("a", "c"), ("b", "c")]
    wide = windows.pivot(index="world", columns="scenario", values="trust")

    def mean(a, b):
        return (wide[f"a@{a}+b@{b}+c@0"] + wide[f"a@{a}+b@{b}+c@1"]) / 2

    by_hand = ((mean(1, 1) - mean(0, 1)) - (mean(1, 0) - mean(0, 0))).mean()
    assert pairs.loc[("a", "b"), "mean"] == pytest.approx(by_hand, rel=1e-9) == pytest.approx(0.02, abs=0.004)


def test_seeds_of_a_world_are_averaged_and_luck_is_told_from_parameters():
    windows = windows_of(TWO, lambda a, b: 0.03 * a * b, seeds=2, noise=0.004)
    found = interactions(windows, TWO).query("kind == 'interaction' and dose == 1.0").iloc[0]
    assert (found["n"], found["pairs"]) == (12, 24)
    # Four runs of variance 0.004 squared: two seeds in each of 12 worlds, a quotient of chi-square of 12 within
    # 0.2 to 2.7 in all but one of a thousand.
    assert 0.2 < found["variance_seeds"] / (4 * 0.004**2) < 2.7
    assert found["interval_holds"] == "seed noise and parameter uncertainty"


def test_a_world_counts_where_all_runs_are_there_that_an_effect_takes():
    windows = windows_of(TWO, lambda a, b: 0.01 * a)
    lost = windows[~((windows["scenario"] == "a@0.5+b@1") & (windows["world"] == "w3"))]
    found = interactions(lost, TWO).query("kind == 'interaction'").set_index("dose")
    assert found["n"].to_dict() == {0.5: 11, 1.0: 12}


def test_less_conflict_together_is_better_together():
    windows = windows_of(TWO, lambda a, b: -3.0 * a * b, noise=0.1).rename(columns={"trust": "conflicts_per_1000"})
    found = interactions(windows, TWO).query("kind == 'interaction' and dose == 1.0").iloc[0]
    assert found["mean"] < 0.0 and found["verdict"] == "better"


@pytest.mark.parametrize("cells", [{}, cells_of(a=[0, 1]), cells_of(a=[0, 1], b=[1])])
def test_one_policy_alone_interacts_with_nothing(cells):
    found = interactions(windows_of(cells or {"base": {}}, lambda **_: 0.0), cells)
    assert found.empty and list(found.columns) == list(INTERACTIONS)
