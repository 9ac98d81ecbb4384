"""The ledger: every claim with its verdict, effects at three levels, what the mechanism carries, and where it turns."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.analysis.claims.effects import Effect, Readings, contrast
from sim.analysis.claims.verdict import Judged, Verdict, ablation_words, judge, turned_worlds
from sim.analysis.effects import CAMPUS, EVERYONE, RESIDENTS
from sim.errors import NotFoundError
from sim.lab.files import write_json, written_whole
from sim.stats import holm

if TYPE_CHECKING:
    import pandas as pd

CONFIDENCE = 0.95
TABLES = ("claims", "outcomes", "worlds")
"""One row a claim; one a claim and outcome; one a claim, outcome and world."""


@dataclass(frozen=True)
class Entry:
    """One claim with what was found."""

    claim: Any
    verdict: Verdict
    judged: tuple[Judged, ...]
    shown: tuple[Judged, ...]

    @property
    def ablation(self) -> str:
        """What is left of the judged outcomes when the mechanism is cut, in words."""
        return ablation_words(self.judged, self.claim.cuts) if self.judged else ""


def entries(claims: Any, windows: pd.DataFrame, worlds: int) -> list[Entry]:
    """Measure and judge all claims.

    Parameters
    ----------
    claims
        From ``sim.scenario.claims``.
    windows
        Windowed outcomes of the runs (``Results.windows``).
    worlds
        Parameter worlds of the design.
    """
    readings = Readings(windows, worlds)
    measured = {
        name: (
            [_measure(claim, expected, readings) for expected in claim.judged],
            [_measure(claim, expected, readings) for expected in claim.shown],
        )
        for name, claim in claims.claims.items()
        if claim.effect is not None
    }
    corrected = _corrected(claims, {name: judged for name, (judged, _) in measured.items()})
    found = []
    for name, claim in claims.claims.items():
        judged, shown = measured.get(name, ([], []))
        judged = [
            Judged(o.expected, o.effects, corrected.get(_comparison(claim, o), {}), o.ablated, o.carried, o.beyond_sum)
            for o in judged
        ]
        found.append(Entry(claim, judge(claim, judged, claims.rules), tuple(judged), tuple(shown)))
    return found


def _measure(claim: Any, expected: Any, readings: Readings) -> Judged:
    """The effects of one claim on one outcome."""

    def effect(weights: Mapping[str, int], level: tuple[str, str]) -> Effect:
        return readings.effect(
            weights, expected.window, level, expected.outcome, expected.direction, expected.smallest_change
        )

    own = expected.level or RESIDENTS
    effects = {expected_level(expected): effect(claim.effect.weights, own)}
    if expected.level is None:
        effects |= {"campus": effect(claim.effect.weights, CAMPUS), "total": effect(claim.effect.weights, EVERYONE)}
    ablated = carried = beyond = None
    if claim.ablated is not None:
        ablated = effect(claim.ablated.weights, own)
        carried = effect(contrast(claim.effect, claim.ablated), own)
    if claim.beyond_sum is not None:
        beyond = effect(claim.beyond_sum.weights, own)
    return Judged(expected, effects, {}, ablated, carried, beyond)


def expected_level(expected: Any) -> str:
    """The name of the level that an outcome is judged at."""
    return "residents" if expected.level is None else "/".join(expected.level)


def _comparison(claim: Any, outcome: Judged) -> tuple[Any, ...]:
    """What makes two judged outcomes the same comparison, in whichever claims they stand."""
    expected = outcome.expected
    return (claim.nature, tuple(sorted(claim.effect.weights.items())), expected.outcome, expected.level, expected.window)


def _corrected(claims: Any, judged: Mapping[str, list[Judged]]) -> dict[tuple[Any, ...], dict[str, float]]:
    """p-values corrected over the different comparisons of emergent claims, by level: each level is a family."""
    family: dict[tuple[Any, ...], Judged] = {}
    for name, outcomes in judged.items():
        if claims.claims[name].nature == "emergent":
            for outcome in outcomes:
                family.setdefault(_comparison(claims.claims[name], outcome), outcome)
    found: dict[tuple[Any, ...], dict[str, float]] = {key: {} for key in family}
    for place in range(3):  # the judged level, campus, everybody: three views, each corrected by itself
        chosen = [(key, list(o.effects)[place], list(o.effects.values())[place]) for key, o in family.items() if len(o.effects) > place]
        for (key, level, _), p in zip(chosen, holm([e.interval.p_value for _, _, e in chosen]), strict=True):
            found[key][level] = p
    return found


def family_size(claims: Any, found: list[Entry]) -> int:
    """How many different comparisons the p-values are corrected for."""
    return len({_comparison(e.claim, o) for e in found if e.claim.nature == "emergent" for o in e.judged if o.main.known})


# ---- tables


def claims_table(found: list[Entry]) -> pd.DataFrame:
    """One row a claim: its verdict and why."""
    import pandas as pd

    return pd.DataFrame(
        {
            "claim": entry.claim.id,
            "section": entry.claim.section,
            "text": entry.claim.text,
            "nature": entry.claim.nature,
            "mechanisms": " ".join(entry.claim.mechanisms),
            "treatment": _arms(entry.claim, 1),
            "control": _arms(entry.claim, -1),
            "verdict": entry.verdict.key,
            "words": entry.verdict.words,
            "alarm": entry.verdict.alarm,
            "why": "; ".join(entry.verdict.reasons),
            "ablation": entry.ablation,
            "cuts": entry.claim.cuts,
            "reason": entry.claim.reason,
            "note": entry.claim.note,
        }
        for entry in found
    )


def _arms(claim: Any, sign: int) -> str:
    """The arms that count for or against, in words."""
    if claim.effect is None:
        return ""
    return "; ".join(name for name, weight in claim.effect.weights.items() if weight * sign > 0)


def outcomes_table(found: list[Entry]) -> pd.DataFrame:
    """One row a claim, outcome and level, with the ablated effect beside the level that is judged."""
    import pandas as pd

    return pd.DataFrame(
        row
        for entry in found
        for role, outcomes in (("judged", entry.judged), ("shown", entry.shown))
        for outcome in outcomes
        for row in _outcome_rows(entry.claim.id, role, outcome)
    )


def _outcome_rows(claim: str, role: str, outcome: Judged) -> Iterator[dict[str, Any]]:
    expected = outcome.expected
    for place, (level, effect) in enumerate(outcome.effects.items()):
        if not effect.known:
            continue
        first = place == 0
        yield {
            "claim": claim,
            "role": role,
            "name": expected.name,
            "outcome": expected.outcome,
            "level": level,
            "judged_level": first,
            "window": expected.window,
            "expected": "higher" if expected.direction > 0 else "lower",
            "smallest_change": expected.smallest_change,
            "control": effect.level_without,
            **_interval(effect, ""),
            "n": effect.interval.count,
            "p_value": effect.interval.p_value,
            "p_corrected": outcome.p_corrected.get(level, math.nan),
            "share_holds": effect.share_holds,
            "share_exceeds": effect.share_exceeds,
            "share_against": effect.share_against,
            "variance_worlds": effect.variance_worlds,
            "variance_seeds": effect.variance_seeds,
            "p_worlds": effect.p_worlds,
            "result": outcome.result(level),
            **_interval(outcome.ablated if first else None, "ablated_"),
            **_interval(outcome.carried if first else None, "carried_"),
            **_interval(outcome.beyond_sum if first else None, "beyond_sum_"),
            "turned_worlds": " ".join(turned_worlds(outcome)) if first else "",
        }


def _interval(effect: Effect | None, prefix: str) -> dict[str, float]:
    found = None if effect is None or not effect.known else effect.interval
    return {
        f"{prefix}{name}": math.nan if found is None else getattr(found, name) for name in ("mean", "low", "high")
    }


def worlds_table(found: list[Entry]) -> pd.DataFrame:
    """One row a claim, judged outcome and world: the effect there, and what is left of it without the mechanism."""
    import pandas as pd

    rows = []
    for entry in found:
        for outcome in entry.judged:
            ablated = outcome.ablated.by_unit if outcome.ablated is not None else {}
            for world, value in outcome.main.by_unit.items():
                rows.append(
                    {
                        "claim": entry.claim.id,
                        "name": outcome.expected.name,
                        "world": world,
                        "effect": value,
                        "ablated": ablated.get(world, math.nan),
                        "claimed": value * outcome.expected.direction,
                    }
                )
    return pd.DataFrame(rows, columns=["claim", "name", "world", "effect", "ablated", "claimed"])


# ---- files


@dataclass(frozen=True)
class Ledger:
    """A ledger as it was written: three tables and what they were made from.

    Attributes
    ----------
    claims, outcomes, worlds
        See ``claims_table``, ``outcomes_table`` and ``worlds_table``.
    about
        Title, question, community, number of worlds tried and kept, seeds, days, code version, rules.
    """

    folder: Path
    about: Mapping[str, Any]
    claims: pd.DataFrame
    outcomes: pd.DataFrame
    worlds: pd.DataFrame


def write_ledger(folder: Path, found: list[Entry], about: Mapping[str, Any]) -> Ledger:
    """Write ``ledger/claims.csv``, ``outcomes.csv``, ``worlds.csv`` (and Parquet), and ``about.json``."""
    tables = {"claims": claims_table(found), "outcomes": outcomes_table(found), "worlds": worlds_table(found)}
    for name, table in tables.items():
        with written_whole(folder / f"{name}.csv") as file:
            file.write(table.to_csv(index=False, lineterminator="\n", float_format="%.6g").encode())
        with written_whole(folder / f"{name}.parquet") as file:
            table.to_parquet(file, index=False, compression="zstd")
    write_json(folder / "about.json", dict(about))
    return Ledger(folder, about, **tables)


def load_ledger(folder: Path | str) -> Ledger:
    """Read a ledger back, from its CSV files: a folder written by ``cgsim claims``, or its ``ledger`` folder.

    Raises
    ------
    NotFoundError
        If there is none.
    """
    import json

    import pandas as pd

    given = Path(folder)
    own = given if (given / "about.json").is_file() else given / "ledger"
    if not (own / "about.json").is_file():
        raise NotFoundError(f"{given}: holds no ledger of claims (no about.json); cgsim claims writes one")
    text = {"claims": ["note", "why", "reason", "ablation", "cuts", "mechanisms", "section", "treatment", "control", "nature"], "outcomes": ["turned_worlds"]}
    tables = {}
    for name in TABLES:
        table = pd.read_csv(own / f"{name}.csv", dtype={"world": str})
        for column in text.get(name, ()):
            table[column] = table[column].astype(object).where(table[column].notna(), "").astype(str)
        tables[name] = table
    return Ledger(own, json.loads((own / "about.json").read_text(encoding="utf-8")), **tables)
