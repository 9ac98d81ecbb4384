"""Scenario discovery: under which conditions does a claim turn? A rule that a planner can read, tested on other worlds.

A shallow decision tree (scikit-learn) looks for one or two thresholds that tell the worlds in which the claim turns
from the others. It sees one half of the worlds; how far its rule reaches (coverage: share of the turned worlds that it
names) and how sure it is (density: share of the worlds it names that turned) is told on the other half, which it has
not seen. Friedman and Fisher's PRIM makes boxes of the same form; a tree of depth two has no peeling to tune.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from sim.analysis.claims.rules import DEEPEST, Part, Reach, Rule
from sim.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

SCREENED: Final = 12
"""Features that the tree may choose from, after a first look at each alone on the half that it sees."""
RAREST: Final = 0.1
"""Share of worlds on one side below which there is nothing to find a rule about."""
FEWEST: Final = 40
"""Worlds below which no rule is looked for."""


def find_rule(
    claim: str, outcome: str, features: pd.DataFrame, claimed: pd.Series, smallest: float, key: str = ""
) -> Rule | None:
    """Look for the conditions under which an outcome of a claim turns.

    Parameters
    ----------
    claim, outcome
        What it is about.
    features
        One row a world (``world_features``).
    claimed
        The effect in each world, positive as claimed, in the outcome's unit.
    smallest
        Smallest change that matters.
    key
        Words that the split of the worlds depends on.

    Returns
    -------
    Rule or None
        None where there are too few worlds, or too few on one of the two sides; a rule without parts where nothing
        tells them apart.

    Raises
    ------
    UsageError
        If scikit-learn is not installed.
    """
    import numpy as np

    from sim.lab.worlds import keyed_generator

    shared = [world for world in features.index if world in claimed.index and np.isfinite(claimed[world])]
    table, values = features.loc[shared], claimed.loc[shared].to_numpy(dtype=float)
    holds, reverses = values >= smallest, values <= -smallest
    if len(shared) < FEWEST or min(holds.mean(), reverses.mean()) < RAREST:
        return None
    turns = "reverses" if reverses.sum() <= holds.sum() else "holds"
    turned = reverses if turns == "reverses" else holds
    # What moves the outcome by luck in the baseline moves the effect the other way: it must not explain itself.
    table = table[[name for name in table.columns if name.split(".")[-1] != outcome]]
    order = keyed_generator("conditions", claim, outcome, key).permutation(len(shared))
    half = np.zeros(len(shared), dtype=bool)
    for side in (True, False):  # as many turned worlds in either half
        half[order[turned[order] == side][::2]] = True
    parts = _thresholds(table[half], turned[half])
    rule = Rule(claim, outcome, turns, parts, Reach(0, 0, 0, 0), Reach(0, 0, 0, 0))
    return replace(
        rule, seen=reach(rule, table[half], turned[half]), held_out=reach(rule, table[~half], turned[~half])
    )


def worth_a_look(names: Iterable[str], at_work: Collection[str]) -> list[str]:
    """Features that may have to do with a claim: no costs, which nothing in a run depends on, and no settings of
    programmes that none of its arms runs.

    Parameters
    ----------
    names
        Of features.
    at_work
        Policies that any of the claim's arms runs.
    """
    return [
        name
        for name in names
        if name != "hours.wage"
        and (not name.startswith("policy.") or name.split(".")[1] in at_work)
        and not name.split(".")[-1].startswith("money_")
    ]


def reach(rule: Rule, features: pd.DataFrame, turned: Any) -> Reach:
    """How well a rule does in some worlds."""
    named = rule.names(features)
    return Reach(len(features), int(turned.sum()), int(named.sum()), int((named & turned).sum()))


def confirm(rule: Rule, features: pd.DataFrame, claimed: pd.Series, smallest: float) -> Rule:
    """The same rule with how well it does in other worlds, such as those of the full-size community."""
    shared = [world for world in features.index if world in claimed.index]
    values = claimed.loc[shared].to_numpy(dtype=float)
    turned = values <= -smallest if rule.turns == "reverses" else values >= smallest
    return replace(rule, confirmed=reach(rule, features.loc[shared], turned))


def _thresholds(features: pd.DataFrame, turned: Any) -> tuple[Part, ...]:
    """One or two thresholds that tell turned worlds from others, in the worlds that may be seen."""
    import numpy as np

    try:
        from sklearn.model_selection import cross_val_score
        from sklearn.tree import DecisionTreeClassifier
    except ImportError:
        raise UsageError(
            "looking for conditions takes scikit-learn: pip install 'community-governance-sim[discovery]'"
        ) from None
    complete = features.dropna(axis=1)
    best = _screened(complete, turned)
    if not best:
        return ()
    x = complete[best].to_numpy(dtype=float)
    leaf = max(5, len(x) // 12)
    scores = {}
    for depth in range(1, DEEPEST + 1):
        tree = DecisionTreeClassifier(
            max_depth=depth, min_samples_leaf=leaf, class_weight="balanced", random_state=0
        )
        scores[depth] = float(np.mean(cross_val_score(tree, x, turned, cv=5, scoring="balanced_accuracy")))
    # A second threshold has to earn its place.
    depth = 2 if scores[2] > scores[1] + 0.02 else 1
    tree = DecisionTreeClassifier(
        max_depth=depth, min_samples_leaf=leaf, class_weight="balanced", random_state=0
    )
    tree.fit(x, turned)
    boxes = [tuple(parts) for parts in _leaves(tree.tree_, best)]
    return max(boxes, key=lambda parts: _score(parts, complete, turned), default=())


def _screened(features: pd.DataFrame, turned: Any) -> list[str]:
    """The features whose ranks differ most between turned worlds and others."""
    from scipy.stats import rankdata

    size, other = int(turned.sum()), int((~turned).sum())
    if not size or not other:
        return []
    apart = {}
    for name in features.columns:
        ranks = rankdata(features[name].to_numpy(dtype=float))
        area = (ranks[turned].sum() - size * (size + 1) / 2) / (size * other)
        apart[name] = abs(area - 0.5)
    return sorted(apart, key=lambda name: -apart[name])[:SCREENED]


def _leaves(tree: Any, names: Sequence[str]) -> list[list[Part]]:
    """The thresholds on the way to every leaf, rounded to two significant digits; one a feature and side."""
    found: list[list[Part]] = []

    def walk(node: int, parts: list[Part]) -> None:
        left, right = tree.children_left[node], tree.children_right[node]
        if left == right:
            if parts:
                found.append(parts)
            return
        name, threshold = names[tree.feature[node]], float(f"{tree.threshold[node]:.2g}")
        walk(left, [*parts, Part(name, False, threshold)])
        walk(right, [*parts, Part(name, True, threshold)])

    walk(0, [])
    return found


def _score(parts: Sequence[Part], features: pd.DataFrame, turned: Any) -> float:
    """How well a box tells turned worlds from others: the share of both kinds that it puts on the right side."""
    import numpy as np

    named = np.ones(len(features), dtype=bool)
    for part in parts:
        named &= part.holds(features)
    return 0.5 * (float(named[turned].mean()) + float((~named)[~turned].mean()))
