"""Rules about worlds in words that a planner can read: when a claim turns, and how sure that is."""

from __future__ import annotations

from typing import Any

from sim.report import words
from sim.vocabulary.outcomes import BY_NAME

__all__ = ["about_conditions", "condition_lines", "conditions"]

NONE = "No condition was found that also holds in worlds it had not seen."
LEVEL = 0.05
OFTEN = 0.5
"""Share of the worlds that a rule names in which it has to be right to be said without a "more often"."""


def about_conditions(ledger: Any) -> str:
    """Where conditions were looked for, and how."""
    facts = ledger.about.get("conditions") or {}
    if facts:
        where = f"{facts['community']}, {facts['residents']:,} residents, in {facts['worlds']} worlds"
    else:
        where = "a small invented community, in many worlds"
    everything = set(ledger.claims.loc[ledger.claims["nature"] != "untestable", "claim"])
    some = [name for name in facts.get("claims", ()) if name in everything]
    which = f"{words.join(some)} were" if some and len(some) < len(everything) else "Every claim was"
    return (
        f"{which} tried in {where} drawn from the whole ranges of all parameters. A claim turns where it goes well as "
        "claimed in a tenth of worlds or more, and well against the claim in a tenth or more. For each that turns, a "
        "decision tree looked for one threshold or two in one half of the worlds. The other half, which it had not "
        "seen, says how good the rule is. Coverage: of the worlds that turn, how many the rule names. Density: of the "
        f"worlds that it names, how many turn. {_said(ledger)}"
    )


def _said(ledger: Any) -> str:
    """How many conditions there are, and how many of them hold in the worlds of the ledger."""
    table = ledger.conditions
    good = table[table["valid"].isin((True, "True"))] if len(table) else table
    if good.empty:
        return "No condition holds in worlds that it had not seen."
    tested = good[good["confirmed_worlds"].notna()] if "confirmed_worlds" in good else good.head(0)
    sure = int((tested["confirmed_p_value"].astype(float) < LEVEL).sum()) if len(tested) else 0
    hold = "holds" if len(good) == 1 else "hold"
    start = f"Of {len(table)} that {'was' if len(table) == 1 else 'were'} looked for, {len(good)} {hold} there"
    if tested.empty:
        return f"{start}."
    if len(good) == 1:
        return f"{start}, and it is {'' if sure else 'not '}confirmed in the worlds of this page."
    also = "none" if not sure else "all" if sure == len(good) else str(sure)
    return f"{start}, and {also} of them {'is' if sure < 2 else 'are'} confirmed in the worlds of this page."


def conditions(ledger: Any) -> list[dict[str, str]]:
    """Rules about the worlds in which claims turn, with how far they reach and how sure they are."""
    table = ledger.conditions
    found = []
    for row in table.to_dict("records") if len(table) else ():
        outcome = str(row["outcome"])
        name = BY_NAME[outcome].label if outcome in BY_NAME else outcome.replace("_", " ").capitalize()
        valid = row["valid"] in (True, "True")
        there = {
            "claim": str(row["claim"]),
            "outcome": name,
            "rule": _rule(row) if valid else NONE,
            "valid": "yes" if valid else "",
        }
        for part in ("held_out", "confirmed"):
            worlds = row.get(f"{part}_worlds")
            known = valid and worlds is not None and worlds == worlds
            there[part] = _reach(row, part) if known else "–"
        found.append(there)
    return found


def _rule(row: Any) -> str:
    """A rule as a sentence; one that is wrong in most worlds it names says only where a claim turns more often."""
    turns, _, parts = str(row["rule"]).partition(" where ")
    turned, named, both, worlds = (int(row[f"held_out_{name}"]) for name in ("turned", "named", "both", "worlds"))
    if not named or both >= OFTEN * named:
        return f"{turns[:1].upper()}{turns[1:]} where {parts}."
    often = f"in {words.percent(both / named)} of such worlds"
    others = worlds - named
    rest = f", in {words.percent((turned - both) / others)} of the others" if others else ""
    return f"{turns[:1].upper()}{turns[1:]} more often where {parts}: {often}{rest}."


def _reach(row: Any, part: str) -> str:
    """Coverage and density in some worlds, beside how often worlds turn anyway."""
    turned, named, both, worlds = (int(row[f"{part}_{name}"]) for name in ("turned", "named", "both", "worlds"))
    verb = "it reverses" if row["turns"] == "reverses" else "it holds"
    if not turned:
        return f"In none of {worlds} worlds {verb}: nothing to confirm."
    said = f"Names {both} of the {turned} worlds in which {verb} (coverage {words.percent(both / turned)})."
    if named:
        said += (
            f" In {both} of the {named} that it names {verb} (density {words.percent(both / named)}; "
            f"in all {worlds} worlds {words.percent(turned / worlds)})."
        )
    if part == "confirmed":
        p = float(row["confirmed_p_value"])
        said += f" {'Confirmed' if p < LEVEL else 'Not confirmed'} (p = {p:.2g})."
    return said


def condition_lines(ledger: Any) -> list[str]:
    """The same as lines for the terminal."""
    return [
        f"{row['claim']} {row['outcome']}: {row['rule']}"
        + "".join(
            f" {where}: {row[part]}"
            for part, where in (("held_out", "Worlds kept back"), ("confirmed", "Worlds of the ledger"))
            if row[part] != "–"
        )
        for row in conditions(ledger)
    ]
