"""The table of what carries effects, as it lies in a folder: written, added to, and read back."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sim.errors import NotFoundError
from sim.lab.files import write_json
from sim.lab.study import open_study
from sim.lab.tables import read_csv, read_json, write_table

if TYPE_CHECKING:
    import pandas as pd

FILENAME: Final = "carriers.csv"
ABOUT: Final = "carriers.json"
"""Where and in how many worlds it was made."""


def read_table(folder: Path) -> tuple[dict[str, Any], pd.DataFrame]:
    """Where a table was made, by place, and the table.

    Raises
    ------
    NotFoundError
        If there is none.
    """
    if not (folder / FILENAME).is_file() or not (folder / ABOUT).is_file():
        raise NotFoundError(
            f"{folder}: says nothing of what carries effects ({FILENAME} and {ABOUT}); cgsim carriers does"
        )
    table = read_csv(folder / FILENAME, ("claim", "cut", "finding"), dtype={"cut": str})
    return read_json(folder / ABOUT), table.fillna({"cut": "", "finding": ""})


def keep_table(folder: Path, table: pd.DataFrame, place: str, facts: Mapping[str, Any]) -> None:
    """Write what was found in a place into a folder, beside what it holds of other claims and places.

    What was found of other claims in the same place stays where it was found in the same way; where it was not
    (another community, other worlds, other code), it goes.

    Parameters
    ----------
    facts
        Where and how it was found, and under ``claims`` of which claims.
    """
    import pandas as pd

    try:
        about, kept = read_table(folder)
    except NotFoundError:
        about, kept = {}, table.head(0)
    before = about.get(place, {})
    same = {**before, "claims": None} == {**facts, "claims": None}
    gone = (kept["place"] == place) & (kept["claim"].isin(facts["claims"]) | (not same))
    both = pd.concat([part for part in (kept[~gone], table) if len(part)], ignore_index=True)
    claims = {*facts["claims"], *(before["claims"] if same else ())}
    about[place] = {**facts, "claims": sorted(claims, key=_number)}
    names = {key: i for i, key in enumerate(dict.fromkeys(zip(both["claim"], both["name"], strict=True)))}
    places = both["place"].map({"small": 0, "full": 1})
    order = [
        (_number(claim), names[claim, name], where)
        for claim, name, where in zip(both["claim"], both["name"], places, strict=True)
    ]
    rows = sorted(range(len(both)), key=order.__getitem__)
    with open_study(folder, "comparison") as study, study.staged() as stage:
        write_json(stage / ABOUT, about)
        write_table(both.iloc[rows], stage / FILENAME, digits=6)


def _number(claim: str) -> tuple[str, int]:
    """The place of a claim in a file: C9 before C10."""
    digits = claim.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return claim[: len(claim) - len(digits)], int(digits) if digits.isdecimal() else 0
