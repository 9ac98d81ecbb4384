"""The ledger: every claim with its verdict, effects at three levels, what the mechanism carries, and where it turns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.analysis.claims.entries import Entry
from sim.analysis.claims.tables import claims_table, outcomes_table, worlds_table
from sim.errors import NotFoundError
from sim.lab.files import write_json
from sim.lab.study import rewriting
from sim.lab.tables import read_csv, read_json, write_table
from sim.scenario.in_short import in_short

if TYPE_CHECKING:
    import pandas as pd

TABLES = ("claims", "outcomes", "worlds", "features", "conditions", "map")
"""One row a claim; a claim, outcome and level; a claim, outcome and world; a world; a rule about worlds; a claim,
outcome and setting of the sign map."""


@in_short(
    lambda self: {
        "folder": self.folder,
        "claims": len(self.claims),
    }
)
@dataclass(frozen=True)
class Ledger:
    """A ledger as it was written: its tables and what they were made from.

    Attributes
    ----------
    claims, outcomes, worlds
        See ``claims_table``, ``outcomes_table`` and ``worlds_table``.
    features, conditions, map
        See ``world_features``, ``rules_table`` and ``map_table``; the last two are empty where nothing was looked for.
    about
        Title, question, community, number of worlds tried and kept, seeds, days, code version, rules; under
        ``conditions`` and ``map``, where these were looked for.
    """

    folder: Path
    about: Mapping[str, Any]
    claims: pd.DataFrame
    outcomes: pd.DataFrame
    worlds: pd.DataFrame
    features: pd.DataFrame
    conditions: pd.DataFrame
    map: pd.DataFrame


def write_ledger(
    folder: Path,
    found: Sequence[Entry],
    about: Mapping[str, Any],
    features: pd.DataFrame,
    conditions: pd.DataFrame,
) -> Ledger:
    """Write the tables of a ledger as CSV and Parquet, and ``about.json``."""
    import pandas as pd

    tables = {
        "claims": claims_table(found),
        "outcomes": outcomes_table(found),
        "worlds": worlds_table(found),
        "features": features.rename_axis("world").reset_index(),
        "conditions": conditions,
        "map": pd.DataFrame(),
    }
    ledger = Ledger(folder, about, **tables)
    rewrite_ledger(ledger, parquet=True)
    return ledger


def rewrite_ledger(ledger: Ledger, parquet: bool | None = None) -> None:
    """Write a ledger's tables to its own folder, as CSV and, where it has them or is told to, as Parquet."""
    if parquet is None:
        parquet = (ledger.folder / "claims.parquet").is_file()
    with rewriting(ledger.folder, "ledger") as place:
        keep_ledger(ledger, place)
        for name in TABLES if parquet else ():
            write_table(getattr(ledger, name), place / f"{name}.parquet")


def keep_ledger(ledger: Ledger, folder: Path) -> None:
    """Write a ledger's tables as CSV only, with what it was made from: small enough for git, and read back alike."""
    for name in TABLES:
        write_table(getattr(ledger, name), folder / f"{name}.csv", digits=6)
    write_json(folder / "about.json", dict(ledger.about))


def load_ledger(folder: Path | str) -> Ledger:
    """Read a ledger back, from its CSV files: a folder written by ``cgsim claims``, or its ``ledger`` folder.

    Raises
    ------
    NotFoundError
        If there is none.
    """
    import pandas as pd

    given = Path(folder)
    own = given if (given / "about.json").is_file() else given / "ledger"
    if not (own / "about.json").is_file():
        raise NotFoundError(f"{given}: holds no ledger of claims (no about.json); cgsim claims writes one")
    tables = {}
    for name in TABLES:
        path, texts = own / f"{name}.csv", ("control",) if name == "claims" else ()
        again = "cgsim claims writes it again"
        tables[name] = read_csv(path, again=again, texts=texts) if path.is_file() else pd.DataFrame()
    return Ledger(own, read_json(own / "about.json"), **tables)
