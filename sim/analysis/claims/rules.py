"""Rules about worlds, "reverses where load today is above 0.9": thresholds, how far they reach, how sure they are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sim.analysis.claims.features import spoken

if TYPE_CHECKING:
    import pandas as pd

DEEPEST: Final = 2
"""Thresholds in one rule, at most."""
LEVEL: Final = 0.05
"""Highest p-value on held-out worlds of a rule that counts."""


@dataclass(frozen=True, slots=True)
class Part:
    """One threshold: a feature lies above or below a number.

    ``label`` is what a planner reads in place of a parameter's name; empty for outcomes of the baseline, which have
    names of their own.
    """

    feature: str
    above: bool
    threshold: float
    label: str = ""

    def holds(self, features: pd.DataFrame) -> Any:
        """In which worlds it holds, as an array."""
        import numpy as np

        if self.feature not in features.columns:
            return np.zeros(len(features), dtype=bool)
        values = features[self.feature].to_numpy(dtype=float)
        return values > self.threshold if self.above else values <= self.threshold

    @property
    def words(self) -> str:
        """As a planner reads it."""
        return f"{self.label or spoken(self.feature)} is {'above' if self.above else 'at most'} {self.threshold:g}"


@dataclass(frozen=True, slots=True)
class Reach:
    """How well a rule does in some worlds: how many there are, how many turned, and what it names of them."""

    worlds: int
    turned: int
    named: int
    both: int

    @property
    def share(self) -> float:
        """Share of worlds that turned, rule or no rule."""
        return self.turned / self.worlds if self.worlds else math.nan

    @property
    def coverage(self) -> float:
        """Share of the turned worlds that the rule names."""
        return self.both / self.turned if self.turned else math.nan

    @property
    def density(self) -> float:
        """Share of the worlds it names that turned."""
        return self.both / self.named if self.named else math.nan

    @property
    def p_value(self) -> float:
        """Chance that a rule which knows nothing names as many (Fisher's exact test, one-sided)."""
        from scipy.stats import hypergeom

        if not self.worlds or not self.named or not self.turned:
            return 1.0
        return float(hypergeom.sf(self.both - 1, self.worlds, self.turned, self.named))


@dataclass(frozen=True, slots=True)
class Rule:
    """Under which conditions an outcome of a claim turns.

    Attributes
    ----------
    claim, outcome
        What it is about.
    turns
        ``reverses``: it names the worlds in which the effect goes against the claim by as much as matters; ``holds``:
        those in which it goes as claimed, where these are the rarer ones.
    parts
        Thresholds that all hold; empty where no rule was found.
    seen, held_out, confirmed
        How well it does in the worlds it was found in, in those kept back, and at full size.
    p_corrected
        Its p-value in the worlds kept back, corrected for the number of rules looked for (Holm).
    """

    claim: str
    outcome: str
    turns: str
    parts: tuple[Part, ...]
    seen: Reach
    held_out: Reach
    confirmed: Reach | None = None
    p_corrected: float = math.nan

    @property
    def valid(self) -> bool:
        """Whether it names more turned worlds among those kept back than a rule that knows nothing would."""
        known = not math.isnan(self.p_corrected)
        return bool(self.parts) and (self.p_corrected if known else self.held_out.p_value) < LEVEL

    @property
    def words(self) -> str:
        """The rule as a planner reads it."""
        if not self.parts:
            return "no rule found"
        return f"{self.turns} where {' and '.join(part.words for part in self.parts)}"

    def names(self, features: pd.DataFrame) -> Any:
        """Which worlds it names, as an array."""
        import numpy as np

        named = np.full(len(features), bool(self.parts))
        for part in self.parts:
            named &= part.holds(features)
        return named


def rules_table(rules: Sequence[Rule]) -> pd.DataFrame:
    """One row a rule, flat, with how well it does in each set of worlds."""
    import pandas as pd

    rows = []
    for rule in rules:
        row: dict[str, Any] = {
            "claim": rule.claim,
            "outcome": rule.outcome,
            "turns": rule.turns,
            "rule": rule.words,
            "valid": rule.valid,
            "p_corrected": rule.p_corrected,
        }
        for i in range(DEEPEST):
            part = rule.parts[i] if i < len(rule.parts) else None
            row |= {
                f"feature_{i + 1}": "" if part is None else part.feature,
                f"side_{i + 1}": "" if part is None else "above" if part.above else "at most",
                f"threshold_{i + 1}": math.nan if part is None else part.threshold,
                f"label_{i + 1}": "" if part is None else part.label,
            }
        for name, found in (("seen", rule.seen), ("held_out", rule.held_out), ("confirmed", rule.confirmed)):
            if found is not None:
                row |= {
                    f"{name}_{field}": getattr(found, field)
                    for field in ("worlds", "turned", "named", "both")
                }
                row |= {
                    f"{name}_{field}": getattr(found, field)
                    for field in ("share", "coverage", "density", "p_value")
                }
        rows.append(row)
    return pd.DataFrame(rows)


def rules_of(table: pd.DataFrame) -> list[Rule]:
    """Rules from the table that was written."""
    rules = []
    for row in table.to_dict("records"):
        parts = tuple(
            Part(
                str(row[f"feature_{i}"]),
                row[f"side_{i}"] == "above",
                float(row[f"threshold_{i}"]),
                label if isinstance(label := row.get(f"label_{i}"), str) else "",
            )
            for i in range(1, DEEPEST + 1)
            if isinstance(row[f"feature_{i}"], str) and row[f"feature_{i}"]
        )
        found = {
            name: Reach(*(int(row[f"{name}_{field}"]) for field in ("worlds", "turned", "named", "both")))
            for name in ("seen", "held_out")
        }
        both = found["seen"], found["held_out"]
        p = float(row["p_corrected"])
        rules.append(Rule(row["claim"], row["outcome"], row["turns"], parts, *both, p_corrected=p))
    return rules
