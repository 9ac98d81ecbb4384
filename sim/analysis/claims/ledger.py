"""The ledger: every claim with its verdict, effects at three levels, what the mechanism carries, and where it turns."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.analysis.claims.entries import Entry
from sim.analysis.claims.tables import claims_table, outcomes_table, worlds_table
from sim.errors import NotFoundError
from sim.lab.checksums import read_checked
from sim.lab.files import write_json
from sim.lab.study import rewriting
from sim.lab.tables import read_json, write_table

if TYPE_CHECKING:
    import pandas as pd

TABLES = ("claims", "outcomes", "worlds", "features", "conditions", "map", "carriers")
"""One row a claim; a claim, outcome and level; a claim, outcome and world; a world; a rule about worlds; a claim,
outcome and setting of the sign map; a claim, outcome and cut beside that of the mechanism that the claim names."""


@dataclass(frozen=True)
class Ledger:
    """A ledger as it was written: its tables and what they were made from.

    Attributes
    ----------
    claims, outcomes, worlds
        See ``claims_table``, ``outcomes_table`` and ``worlds_table``.
    features, conditions, map, carriers
        See ``world_features``, ``rules_table``, ``map_table`` and ``sim.analysis.carriers``; the last three are empty
        where nothing was looked for.
    about
        Title, question, community, number of worlds tried and kept, seeds, days, code version, rules; under
        ``conditions``, ``map`` and ``carriers``, where these were looked for.
    """

    folder: Path
    about: Mapping[str, Any]
    claims: pd.DataFrame
    outcomes: pd.DataFrame
    worlds: pd.DataFrame
    features: pd.DataFrame
    conditions: pd.DataFrame
    map: pd.DataFrame
    carriers: pd.DataFrame


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
        "carriers": pd.DataFrame(),
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
    given = Path(folder)
    own = given if (given / "about.json").is_file() else given / "ledger"
    if not (own / "about.json").is_file():
        raise NotFoundError(f"{given}: holds no ledger of claims (no about.json); cgsim claims writes one")
    text = {
        "claims": [
            "note",
            "because",
            "why",
            "reason",
            "ablation",
            "cuts",
            "mechanisms",
            "section",
            "treatment",
            "control",
            "nature",
        ],
        "outcomes": ["turned_worlds"],
        "map": ["at"],
        "carriers": ["cut"],
    }
    tables = {}
    for name in TABLES:
        table = _read(own / f"{name}.csv")
        for column in text.get(name, ()) if len(table) else ():
            if column not in table:  # written before the column was
                table[column] = ""
            table[column] = table[column].astype(object).where(table[column].notna(), "").astype(str)
        tables[name] = table
    return Ledger(own, read_json(own / "about.json"), **tables)


def _read(path: Path) -> pd.DataFrame:
    """A table of a ledger; an empty one where it is not there or holds nothing."""
    import pandas as pd

    try:
        return pd.read_csv(io.BytesIO(read_checked(path)), dtype={"world": str})
    except (FileNotFoundError, pd.errors.EmptyDataError):
        return pd.DataFrame()
