"""What was found elsewhere and belongs to a ledger: rules about worlds, confirmed in its own, and the sign map."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.analysis.claims.conditions import confirm
from sim.analysis.claims.ledger import Ledger
from sim.analysis.claims.rules import rules_of, rules_table
from sim.analysis.claims.sign_map import ABOUT, FILENAME
from sim.errors import NotFoundError
from sim.lab.tables import read_csv, read_json

if TYPE_CHECKING:
    import pandas as pd


def with_conditions(ledger: Ledger, found: Ledger) -> Ledger:
    """A ledger with the rules that were found in other worlds, and how well they do in its own.

    Parameters
    ----------
    found
        What ``cgsim conditions`` wrote. Rules about claims that the ledger does not have are left out.
    """
    features = ledger.features.set_index("world")
    smallest = _smallest(ledger.outcomes)
    rules = [
        confirm(rule, features, claimed, smallest[rule.claim, rule.outcome])
        for rule in rules_of(found.conditions)
        if len(claimed := _claimed(ledger.worlds, rule.claim, rule.outcome))
    ]
    about = {**ledger.about, "conditions": {**_facts(found.about), "claims": list(found.claims["claim"])}}
    return replace(ledger, conditions=rules_table(rules), about=about)


def with_map(ledger: Ledger, folder: Path) -> Ledger:
    """A ledger with the sign map that ``cgsim signmap`` wrote to a folder (:func:`read_map`)."""
    table, facts = read_map(folder)
    return replace(ledger, map=table, about={**ledger.about, "map": _facts(facts)})


def read_map(folder: Path) -> tuple[pd.DataFrame, dict[str, Any]]:
    """A sign map that ``cgsim signmap`` wrote to a folder, and how it was made.

    Raises
    ------
    NotFoundError
        If there is none.
    """
    if not (folder / FILENAME).is_file() or not (folder / ABOUT).is_file():
        raise NotFoundError(f"{folder}: holds no sign map ({FILENAME} and {ABOUT}); cgsim signmap writes one")
    facts = read_json(folder / ABOUT)
    return read_csv(folder / FILENAME, ("claim", "at"), "cgsim signmap writes it again"), facts


def _facts(about: Any) -> dict[str, Any]:
    """What a reader has to know of where something was found."""
    names = ("community", "residents", "draw", "worlds", "seeds", "days", "code_version")
    return {name: about[name] for name in names if name in about}


def _claimed(worlds: pd.DataFrame, claim: str, outcome: str) -> pd.Series:
    own = worlds[(worlds["claim"] == claim) & (worlds["name"] == outcome)]
    return own.set_index("world")["claimed"].astype(float)


def _smallest(outcomes: pd.DataFrame) -> dict[tuple[str, str], float]:
    return {(row.claim, row.name): float(row.smallest_change) for row in outcomes.itertuples(index=False)}
