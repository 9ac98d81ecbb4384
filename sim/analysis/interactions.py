"""What a factorial is run for: does one policy do more with another than without it?

Of every two policies of a factorial three kinds of effects are computed, as is usual of factorial experiments, each
within one world with the same luck and averaged over all doses of the policies that are not named:

- ``main``: a policy at a dose less at its lowest dose, averaged over the doses of all others, too
- ``simple``: the same with another policy at one dose
- ``interaction``: the simple effect with the other policy at a dose, less that with the other at its lowest dose. It is
  the same whichever of the two is called the other, and zero where effects add up
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations, permutations
from typing import TYPE_CHECKING, Any, Final, Literal

from sim.analysis.effects import COLUMNS, paired_effects
from sim.analysis.pairs import CAMPUS, EVERYONE, KEYS, RESIDENTS, ROW, cube, units_of
from sim.analysis.verdicts import WORDS
from sim.vocabulary.outcomes import HEADLINE

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

__all__ = ["INTERACTIONS", "factors", "interactions"]

Kind = Literal["main", "simple", "interaction"]
Cells = Mapping[str, Mapping[str, float]]

INTERACTIONS: Final = (
    "kind",
    "policy",
    "dose",
    "policy_from",
    "other",
    "other_dose",
    "other_from",
    *(name for name in COLUMNS if name not in ("scenario", "baseline", "with_conditions")),
)
TOGETHER: Final = {
    **WORDS,
    "better": "better together than the two effects added up",
    "worse": "worse together than the two effects added up",
    "higher": "higher together than the two effects added up",
    "lower": "lower together than the two effects added up",
    "too_small": "an interaction too small to matter",
    "not_distinguishable": "no interaction can be told",
}
"""The verdict on an interaction in words."""
_NOTHING: Final = "nothing"


@dataclass(frozen=True, slots=True)
class Contrast:
    """One effect within a factorial: ``policy`` at ``dose`` less at ``policy_from``.

    ``other`` is at ``other_dose``; of an interaction the same at ``other_from`` is taken off. A main effect has none.
    """

    kind: Kind
    policy: str
    dose: float
    policy_from: float
    other: str = ""
    other_dose: float = math.nan
    other_from: float = math.nan


def factors(cells: Cells) -> dict[str, list[float]]:
    """The policies that a factorial varies, with their doses from the lowest up.

    Parameters
    ----------
    cells
        Doses by policy of each of its scenarios.
    """
    doses: dict[str, set[float]] = {}
    for at in cells.values():
        for policy, dose in at.items():
            doses.setdefault(policy, set()).add(float(dose))
    return {policy: sorted(found) for policy, found in doses.items() if len(found) > 1}


def interactions(
    windows: pd.DataFrame,
    cells: Cells,
    smallest_changes: Mapping[str, float] | None = None,
    directions: Mapping[str, int] | None = None,
    window: str = "horizon",
    worlds: int | None = None,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Main effects, simple effects and interactions of the policies of a factorial.

    Parameters
    ----------
    windows
        Windowed outcomes of all runs (``Results.windows``).
    cells
        Doses by policy of each scenario of the factorial.
    smallest_changes, directions, window, worlds, confidence
        As in :func:`sim.analysis.effects.paired_effects`.

    Returns
    -------
    DataFrame
        One row an effect, headline outcome and scope (residents, everybody, campus); columns from ``n`` on as of
        effects. A world counts where every run is there that the effect takes. ``p_corrected`` is Holm's over all
        ``comparisons`` of one ``kind`` and scope. Empty with fewer than two policies.
    """
    import numpy as np
    import pandas as pd

    varied = factors(cells)
    outcomes = [name for name in HEADLINE if name in windows.columns]
    own = windows.loc[windows["scenario"].isin(list(cells)) & (windows["window"] == window), [*KEYS, *ROW, *outcomes]]
    if len(varied) < 2 or own.empty or not outcomes:
        return pd.DataFrame(columns=list(INTERACTIONS))
    units = units_of(own)
    present = set(own[["by", "level"]].drop_duplicates().itertuples(index=False, name=None))
    rows = [(window, *scope) for scope in (RESIDENTS, EVERYONE, CAMPUS) if scope in present]
    grid = {name: cube(own[own["scenario"] == name], units, rows, outcomes) for name in cells}
    count = worlds if worlds is not None else len({world for world, _ in units})
    parts = []
    for wanted in (list(_main(varied)), list(_simple(varied)), list(_interactions(varied))):
        values = {str(i): _value(contrast, grid, cells) for i, contrast in enumerate(wanted)}
        # Compared with nothing, such a difference is judged, corrected and taken apart as any other one is.
        frame = _frame({_NOTHING: np.zeros((len(units), len(rows), len(outcomes))), **values}, units, rows, outcomes)
        part = paired_effects(frame, _NOTHING, smallest_changes, directions, window, count, confidence)
        of = pd.DataFrame([asdict(wanted[int(i)]) for i in part["scenario"]], index=part.index)
        parts.append(pd.concat([of, part.drop(columns="scenario")], axis=1))
    table = pd.concat(parts, ignore_index=True)
    together = table["kind"] == "interaction"
    table.loc[together, "words"] = [
        str(row.words).replace(WORDS[row.verdict], TOGETHER.get(row.verdict, WORDS[row.verdict]), 1)
        for row in table[together].itertuples(index=False)
    ]
    return table[list(INTERACTIONS)]


def _main(varied: Mapping[str, list[float]]) -> Iterator[Contrast]:
    for policy, (start, *doses) in varied.items():
        for dose in doses:
            yield Contrast("main", policy, dose, start)


def _simple(varied: Mapping[str, list[float]]) -> Iterator[Contrast]:
    for policy, other in permutations(varied, 2):
        for dose in varied[policy][1:]:
            for other_dose in varied[other]:
                yield Contrast("simple", policy, dose, varied[policy][0], other, other_dose)


def _interactions(varied: Mapping[str, list[float]]) -> Iterator[Contrast]:
    for policy, other in combinations(varied, 2):
        for dose in varied[policy][1:]:
            for other_dose in varied[other][1:]:
                yield Contrast("interaction", policy, dose, varied[policy][0], other, other_dose, varied[other][0])


def _value(contrast: Contrast, grid: Mapping[str, np.ndarray], cells: Cells) -> np.ndarray:
    """A contrast in every run and outcome, shape (units, rows, outcomes); NaN where a run is missing."""

    def mean(**at: float) -> np.ndarray:
        """Over all scenarios of the factorial with these doses."""
        found = [grid[name] for name, doses in cells.items() if all(doses[p] == dose for p, dose in at.items())]
        return sum(found[1:], found[0]) / len(found)

    def effect(**at: float) -> np.ndarray:
        own = contrast.policy
        return mean(**{own: contrast.dose}, **at) - mean(**{own: contrast.policy_from}, **at)

    if contrast.kind == "main":
        return effect()
    simple = effect(**{contrast.other: contrast.other_dose})
    return simple if contrast.kind == "simple" else simple - effect(**{contrast.other: contrast.other_from})


def _frame(
    values: Mapping[str, np.ndarray],
    units: Sequence[tuple[Any, ...]],
    rows: Sequence[tuple[Any, ...]],
    outcomes: Sequence[str],
) -> pd.DataFrame:
    """Arrays of shape (units, rows, outcomes) as a table of windows, each under its name as a scenario."""
    import numpy as np
    import pandas as pd

    index = [(name, *unit, *row) for name in values for unit in units for row in rows]
    table = pd.DataFrame(index, columns=[*KEYS, *ROW])
    numbers = np.concatenate([array.reshape(-1, len(outcomes)) for array in values.values()])
    return table.assign(**{outcome: numbers[:, i] for i, outcome in enumerate(outcomes)})
