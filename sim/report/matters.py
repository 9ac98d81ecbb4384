"""What a sensitivity analysis of the same community found, for the brief of a comparison: what moves results most.

Looked for beside the results alone (``sensitivity*`` and ``reference/sensitivity`` in the folder that holds them), so
that what a brief says depends on nothing else. An analysis fits where it was of the comparison's community, or where
its leading parameters were looked at one at a time in it. An analysis of the same code goes before one of another, and
one of the community itself before one that was confirmed in it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sim.errors import CgsimError
from sim.lab.checksums import read_checked
from sim.report import words
from sim.report.selection import Selection
from sim.report.sensitivity_finding import finding, turned_words
from sim.report.sensitivity_tables import span
from sim.report.tables import Table

if TYPE_CHECKING:
    from sim.analysis.sensitivity_plan import Sensitivity

__all__ = ["Matters", "what_matters"]

MOST: Final = 6
"""Parameters that a brief lists."""


@dataclass(frozen=True, slots=True)
class Matters:
    """What moves results most: sentences, and a table of the leading assumed parameters."""

    said: str
    table: Table


def what_matters(selection: Selection) -> Matters | None:
    """What the sensitivity analysis that fits best says; None where there is none that fits."""
    found = _fitting(selection)
    if found is None:
        return None
    return Matters(f"{finding(found)} {_where(found, selection)}", _table(found))


def _fitting(selection: Selection) -> Sensitivity | None:
    """The analysis beside these results that fits their community best."""
    community, version = _community(selection), selection.results.manifest.get("code_version")
    if community is None:
        return None
    around = Path(selection.results.folder).resolve().parent
    fitting: list[tuple[tuple[bool, bool, int], Sensitivity]] = []
    for folder in (*sorted(around.glob("sensitivity*")), around / "reference" / "sensitivity"):
        found = _opened(folder)
        if found is not None:
            own = found.manifest.get("community") == community
            confirmed = (found.manifest.get("confirmed_at") or {}).get("community") == community
            if own or confirmed:
                same = found.manifest.get("code_version") == version
                fitting.append(((not same, not own, len(fitting)), found))
    return min(fitting, key=lambda pair: pair[0])[1] if fitting else None


def _community(selection: Selection) -> str | None:
    """The name of the community that is compared; None where the results do not say."""
    try:
        text = read_checked(Path(selection.results.folder) / "scenarios.json")
        return str(json.loads(text)[selection.baseline]["community"]["name"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _opened(folder: Path) -> Sensitivity | None:
    """The analysis in a folder; None where there is none that is finished."""
    from sim.analysis.sensitivity_plan import load_sensitivity

    try:
        found = load_sensitivity(folder)
    except (CgsimError, OSError, ValueError):
        return None
    whole = {"measure_next", "totals"} <= set(found.tables) and "screened" in found.manifest
    return found if whole else None


def _where(found: Sensitivity, selection: Selection) -> str:
    """Which analysis that is and what it holds for."""
    manifest = found.manifest
    title, people = manifest["community_title"], manifest.get("population")
    others = [name for name in manifest["scenarios"] if name != manifest["baseline"]]
    titles = words.join([f"“{manifest['scenarios'][name]}”" for name in others])
    said = (
        f"That is what a sensitivity analysis of {title}{f' ({people:,} residents)' if people else ''} found, over "
        f"{manifest['size']['days']} days, for levels as they are and for what {titles or 'nothing'} changes "
        f"({_named(found, selection)}, {manifest['parameters']['varied']} parameters varied at once)."
    )
    if manifest.get("community") != _community(selection):
        said += " Its leading parameters were then moved one at a time in the community compared here."
    if manifest.get("code_version") != selection.results.manifest.get("code_version"):
        said += " It was computed with another version of the model than this comparison."
    return said


def _named(found: Sensitivity, selection: Selection) -> str:
    """Where the analysis lies, seen from the folder that holds the results."""
    around = Path(selection.results.folder).resolve().parent
    return f"{found.folder.relative_to(around).as_posix()}/"


def _table(found: Sensitivity) -> Table:
    """The leading assumed parameters."""
    table = found.tables["measure_next"]
    rows = tuple(
        (
            str(int(row["rank"])),
            str(row["description"]).rstrip("."),
            span(row),
            f"{words.percent(row['carried'])} ({words.percent(row['carried_low'])} to "
            f"{words.percent(row['carried_high'])})",
            turned_words(row, found.manifest),
        )
        for row in table[table["grade"] == "assumed"].head(MOST).to_dict("records")
    )
    columns = (
        "No.",
        "What it is",
        "Range",
        "Share of the conclusions' variance, at least (95% interval)",
        "What knowing it could change",
    )
    return Table("Assumed parameters that move the results most", columns, rows, frozenset({0, 3}))
