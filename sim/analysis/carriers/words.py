"""What carries an effect, in words that a planner can read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim.analysis.carriers.reading import Left, Reading, readings_of
from sim.vocabulary.mechanisms import BY_ID

if TYPE_CHECKING:
    import pandas as pd


def carried_words(table: pd.DataFrame, about: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """By claim and outcome: what carries what is left of it, for the sentence that ends "N% of the effect is left: ".

    Parameters
    ----------
    table
        See ``carriers_table``; empty where nothing was looked for.
    about
        Of the ledger; its ``carriers`` say where that was.
    """
    facts = about.get("carriers") or {}
    places: dict[tuple[str, str], dict[str, Reading]] = {}
    for reading in readings_of(table):
        places.setdefault((reading.claim, reading.name), {})[reading.place] = reading
    found: dict[str, dict[str, str]] = {}
    for (claim, name), readings in places.items():
        found.setdefault(claim, {})[name] = _together(readings, facts)
    return found


def _together(readings: Mapping[str, Reading], facts: Mapping[str, Any]) -> str:
    """Full size decides; the small community is named where only it tells, or where it tells another story."""
    small, full = readings.get("small"), readings.get("full")
    where = _where(facts, "small")
    if full is not None and full.told:
        if small is None or not small.told:
            return reading_words(full)
        same = _same(small, full)
        return reading_words(full) + (f" ({where} too)" if same else f" ({where}: {reading_words(small)})")
    if small is None:
        return reading_words(full) if full is not None else "what carries it was not looked for"
    if not small.told:
        return "what carries it cannot be told"
    said = f"{where}, {reading_words(small)}"
    return said if full is None else f"{said}; not confirmed at full size"


def _same(one: Reading, two: Reading) -> bool:
    return one.kind == two.kind and {left.cut for left in one.carriers} == {left.cut for left in two.carriers}


def _where(facts: Mapping[str, Any], place: str) -> str:
    community = (facts.get(place) or {}).get("community")
    return f"in {community}" if community else "in the small community"


def reading_words(reading: Reading) -> str:
    """One reading: what carries it, and what is left without that."""
    if reading.kind in ("one", "several"):
        parts = [f"{mechanisms(left.cut)}, without which {left_words(left)}" for left in reading.carriers]
        said = f"carried by {_listed(parts)}"
        if reading.several is not None and reading.kind == "several":
            said += f"; without {'both' if len(parts) == 2 else 'all of them'} {left_words(reading.several)}"
        return said
    if reading.rest is None or reading.kind in ("open", "unclear"):
        return "what carries it cannot be told"
    if reading.kind == "together":
        return f"no mechanism by itself carries it, several together do: with all cut {left_words(reading.rest)}"
    if reading.kind == "through":
        return (
            f"mechanisms carry it, and which of them cannot be told: with all cut at once {left_words(reading.rest)}"
        )
    said = f"it is direct: with every other mechanism cut at once {left_words(reading.rest)}"
    if reading.still:
        said += f" (all but {mechanisms(reading.still)}, without which there is nothing to move)"
    return said


def left_words(left: Left) -> str:
    """What a cut leaves, as a share of what was left before, with its interval."""
    if left.nothing:
        return "nothing is left in any world"
    ends = "" if left.low != left.low else f" ({_percent(left.low)} to {_percent(left.high)})"
    if left.small:
        return f"what is left is within noise or too small to matter{ends}"
    if left.share < 0.0:
        return f"it goes the other way{ends}"
    return f"{_percent(left.share)} of that is left{ends}"


def mechanisms(cut: Sequence[str]) -> str:
    """Names of mechanisms with their numbers: "hours (M16) and trust (M4)"."""
    return _listed([f"{BY_ID[name].name} ({name})" if name in BY_ID else name for name in cut])


def _listed(parts: Sequence[str]) -> str:
    """As in a sentence, with semicolons where the parts have commas of their own."""
    if len(parts) < 2:
        return "".join(parts)
    comma = "; " if any("," in part for part in parts) else ", "
    return f"{comma.join(parts[:-1])}{';' if comma == '; ' else ''} and {parts[-1]}"


def _percent(share: float) -> str:
    return f"{100 * share:.0f}%".replace("-", "−")
