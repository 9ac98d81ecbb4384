"""What to choose: options compared when nobody knows which parameter world is true.

In every world an option has a *score*: the weighted mean of its effects on the headline outcomes for residents, each
counted in smallest changes that matter, positive for the better. An option is a scenario of a comparison; doing
nothing (the baseline) is always one. Over the worlds that all options have been run in:

expected
    The mean score.
regret
    In a world, the score of the best affordable option there less one's own. A small *largest* regret is what makes an
    option robust: whichever world is true, little was missed (Savage 1951, J. Am. Stat. Assoc. 46:55).
satisfied
    The share of worlds in which every target is met, and the budget kept (satisficing; Lempert and others 2006,
    Management Science 52:514).
worst off
    Of all groups, ages, quarters and the vulnerable, the level and headline outcome with the lowest mean effect.

The *robust choice* is the affordable option with the smallest largest regret; what it gives up is its mean score, and
its mean effects, against those of the option with the highest mean score.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from sim.analysis.effects import EVERYONE, RESIDENTS
from sim.analysis.option_cubes import common_worlds, differences, has_level, rows_of, worst_off
from sim.errors import NotFoundError, UsageError
from sim.scenario.in_short import in_short
from sim.scenario.problems import did_you_mean
from sim.stats import paired_intervals
from sim.vocabulary.outcomes import BY_NAME, HEADLINE

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

COST: Final = "cost_per_resident"


@dataclass(frozen=True, slots=True)
class Aims:
    """What is wanted of an option.

    Attributes
    ----------
    budget
        Most yuan per resident a year beyond the baseline, in the mean over worlds; None for no limit.
    targets
        Changes wanted by outcome, in its unit and with the sign of the wish (``{"trust": 0.005,
        "conflicts_per_1000": -0.5}``); where none is given, an option satisfies where it is better by the smallest
        change that matters on a headline outcome, and worse by as much on none.
    weights
        Weights of the headline outcomes in the score; equal by default.
    """

    budget: float | None = None
    targets: Mapping[str, float] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for label, names, known in (
            ("targets", self.targets, list(BY_NAME)),
            ("weights", self.weights, list(HEADLINE)),
        ):
            for name in names:
                if name not in known:
                    hint = did_you_mean(name, known)
                    raise UsageError(
                        f"{label}: there is no outcome {name!r} here{f'; {hint}' if hint else ''}"
                    )
        if any(not weight >= 0.0 for weight in self.weights.values()):
            raise UsageError("weights: none may be below zero")
        if self.weights and not sum(self.weights.values()) > 0.0:
            raise UsageError("weights: at least one has to be above zero")
        if self.budget is not None and not self.budget >= 0.0:
            raise UsageError(f"budget: 0 or more yuan per resident a year (got {self.budget:g})")


@in_short(
    lambda self: {
        "options": len(self.options),
        "robust": self.robust,
        "best mean": self.expected,
        "worlds": len(self.by_world['world'].unique()),
    }
)
@dataclass(frozen=True)
class Decision:
    """Options compared.

    Attributes
    ----------
    options
        One row an option, the baseline first; the columns are those of :func:`decide`.
    robust, expected, maximin, satisficing
        The option that each rule picks among the affordable ones.
    gives_up
        What the robust choice has less of than the expected one: ``score``, and each headline outcome in its unit.
    worlds, left_out
        Worlds that all options were run in, and worlds left out because one lacked a run.
    by_world
        One row a world and option: ``world``, ``scenario``, ``score``, ``regret``, ``cost``, ``satisfied``, ``harms``,
        ``gain_OUTCOME`` for each headline outcome (in smallest changes that matter, positive for the better), and
        ``why`` (:func:`_reasons`).
    """

    options: pd.DataFrame
    robust: str
    expected: str
    maximin: str
    satisficing: str
    gives_up: Mapping[str, float]
    worlds: int
    left_out: int
    by_world: pd.DataFrame


def decide(
    windows: pd.DataFrame,
    baseline: str,
    aims: Aims = Aims(),
    smallest_changes: Mapping[str, float] | None = None,
    directions: Mapping[str, int] | None = None,
    window: str = "horizon",
) -> Decision:
    """Compare the scenarios of a comparison as options.

    Parameters
    ----------
    windows
        Windowed outcomes of all runs (``Results.windows``).
    baseline
        Doing nothing.
    aims
        Budget, targets and weights.
    smallest_changes, directions
        Where an experiment departs from the vocabulary.
    window
        The window that is looked at.

    Returns
    -------
    Decision
        ``options`` has one row an option: ``scenario``; ``cost`` (yuan per resident a year beyond the baseline, mean
        over worlds) and ``affordable``; ``score`` with its 95% interval ``score_low`` to ``score_high`` (as for
        effects); ``best_share``, the share of worlds in which no affordable option scores higher; ``regret_mean``
        and ``regret_max`` (in the unit of the score); ``satisfied``; ``harms``, the share of worlds in which a
        headline outcome is worse by at least the smallest change that matters, and ``worst_world``, the one where it
        scores least; ``worst_by``, ``worst_level``, ``worst_outcome`` and ``worst_effect`` (in smallest changes that
        matter); and for each headline outcome its mean effect in its own unit, and under ``OUTCOME_harmed`` the share
        of worlds in which it is worse by as much as matters.

    Raises
    ------
    NotFoundError
        If there is no world in which the baseline and another scenario were run.
    UsageError
        If a target names an outcome that the runs do not have, or they have no such window.
    """
    import numpy as np
    import pandas as pd

    there = list(dict.fromkeys(windows["window"]))
    if window not in there:
        hint = did_you_mean(window, there)
        raise UsageError(
            f"window: the runs hold no {window!r}; they hold {', '.join(there)}{f'; {hint}' if hint else ''}"
        )
    own = windows[windows["window"] == window]
    scenarios = [baseline, *(name for name in dict.fromkeys(own["scenario"]) if name != baseline)]
    outcomes = [name for name in HEADLINE if name in own.columns]
    for name in aims.targets:
        if name not in own.columns:
            raise UsageError(f"targets: the runs hold no outcome {name!r}")
    smallest = np.array([(smallest_changes or {}).get(n, BY_NAME[n].smallest_change) for n in outcomes])
    direction = np.array([(directions or {}).get(n, BY_NAME[n].direction) for n in outcomes], dtype=float)
    units = common_worlds(own, scenarios)
    left_out = own["world"].nunique() - len(units)
    if len(scenarios) < 2 or not units:
        raise NotFoundError(f"there is no world in which {baseline} and another scenario were run")
    residents = rows_of(own, *RESIDENTS) if has_level(own, *RESIDENTS) else rows_of(own, *EVERYONE)
    # Shape (worlds, options, outcomes), in smallest changes that matter, positive for the better.
    plain = differences(residents, scenarios, units, outcomes)
    gains = plain * direction / smallest
    weights = np.array([aims.weights.get(name, 0.0) if aims.weights else 1.0 for name in outcomes])
    score = gains @ weights / weights.sum()
    cost = differences(rows_of(own, *EVERYONE), scenarios, units, [COST])[:, :, 0]
    affordable = _affordable(cost.mean(axis=0), aims.budget)
    best = score[:, affordable].max(axis=1)
    regret = best[:, None] - score
    missed = _missed(residents, scenarios, units, aims, gains, cost)
    satisfied = ~np.any(list(missed.values()), axis=0)
    interval = paired_intervals(score)
    worst = worst_off(own, scenarios, units, outcomes, direction / smallest)
    options = pd.DataFrame(
        {
            "scenario": scenarios,
            "cost": cost.mean(axis=0),
            "affordable": affordable,
            "score": score.mean(axis=0),
            "score_low": interval["low"],
            "score_high": interval["high"],
            "best_share": (score >= best[:, None] - 1e-12).mean(axis=0) * affordable,
            "regret_mean": regret.mean(axis=0),
            "regret_max": regret.max(axis=0),
            "satisfied": satisfied.mean(axis=0),
            "harms": (gains <= -1.0).any(axis=2).mean(axis=0),
            "worst_world": [units[i] for i in score.argmin(axis=0)],
            **worst,
            **{name: plain[:, :, i].mean(axis=0) for i, name in enumerate(outcomes)},
            **{f"{name}_harmed": (gains[:, :, i] <= -1.0).mean(axis=0) for i, name in enumerate(outcomes)},
        }
    )
    harm = {f"harm:{name}": gains[:, :, i] <= -1.0 for i, name in enumerate(outcomes)}
    flat = {
        "score": score,
        "regret": regret,
        "cost": cost,
        "satisfied": satisfied,
        "harms": np.any(list(harm.values()), axis=0),
        **{f"gain_{name}": gains[:, :, i] for i, name in enumerate(outcomes)},
        "why": _reasons({**missed, **harm}),
    }
    by_world = pd.DataFrame(
        {
            "world": np.repeat(units, len(scenarios)),
            "scenario": np.tile(scenarios, len(units)),
            **{name: values.ravel() for name, values in flat.items()},
        }
    )
    return _picked(options, score, outcomes, by_world, left_out)


def _picked(
    options: pd.DataFrame, score: np.ndarray, outcomes: Sequence[str], by_world: pd.DataFrame, left_out: int
) -> Decision:
    """Apply the rules to a table of options; among equals the cheaper one is picked."""
    table = options.assign(score_min=score.min(axis=0))[options["affordable"]]

    def first(*by: str, ascending: tuple[bool, ...]) -> Any:
        ordered = table.round(9).sort_values([*by, "cost"], ascending=[*ascending, True], kind="stable")
        return ordered["scenario"].iloc[0]

    robust = first("regret_max", "score", ascending=(True, False))
    expected = first("score", ascending=(False,))
    rows = options.set_index("scenario")
    measures = ["score", *outcomes]
    lost = rows.loc[expected, measures] - rows.loc[robust, measures]
    return Decision(
        options=options,
        robust=str(robust),
        expected=str(expected),
        maximin=str(first("score_min", "score", ascending=(False, False))),
        satisficing=str(first("satisfied", "score", ascending=(False, False))),
        gives_up={name: float(lost[name]) for name in measures},
        worlds=len(score),
        left_out=left_out,
        by_world=by_world,
    )


def _affordable(cost: np.ndarray, budget: float | None) -> np.ndarray:
    """Which options keep the budget in the mean; doing nothing (the first) always does."""
    import numpy as np

    kept = np.ones(len(cost), dtype=bool) if budget is None else cost <= budget + 1e-9
    kept[0] = True
    return kept


def _missed(
    residents: pd.DataFrame,
    scenarios: Sequence[str],
    worlds: Sequence[str],
    aims: Aims,
    gains: np.ndarray,
    cost: np.ndarray,
) -> dict[str, np.ndarray]:
    """What is wanted and not met, by reason: arrays of shape (worlds, options)."""
    import numpy as np

    found: dict[str, np.ndarray] = {}
    if aims.targets:
        change = differences(residents, scenarios, worlds, list(aims.targets))
        for i, (name, wanted) in enumerate(aims.targets.items()):
            met = change[:, :, i] >= wanted if wanted >= 0.0 else change[:, :, i] <= wanted
            found[f"target:{name}"] = ~met
    else:
        found["little"] = ~np.any(gains >= 1.0, axis=2)
        found["harm"] = np.any(gains <= -1.0, axis=2)
    if aims.budget is not None:
        found["budget"] = cost > aims.budget + 1e-9
    return found


def _reasons(kinds: Mapping[str, np.ndarray]) -> np.ndarray:
    """Why an option fails in a world, as words with spaces between; empty where it does not.

    ``target:OUTCOME``, ``budget`` or ``little`` (no headline outcome is better by as much as matters): what is wanted
    is not met; ``harm:OUTCOME``: worse by as much as matters.
    """
    import numpy as np

    told = {kind: here for kind, here in kinds.items() if kind != "harm"}  # said by outcome
    found = np.full(next(iter(kinds.values())).shape, "", dtype=object)
    for place in np.ndindex(found.shape):
        found[place] = " ".join(kind for kind, here in told.items() if here[place])
    return found
