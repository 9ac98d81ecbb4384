"""The page of a sensitivity analysis: what carries the conclusions, and what to measure next.

Like the brief it is one HTML file without scripts that asks nothing of the network, the same bytes each time.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sim.analysis.sensitivity_plan import PAGE
from sim.lab.files import write_text
from sim.report import sensitivity_tables as tables
from sim.report.evidence import GRADES
from sim.report.measure_picture import measure_picture
from sim.report.page import render_page
from sim.report.sensitivity_claims import claims_table, claims_words
from sim.report.sensitivity_figures import Picture, index_pictures
from sim.report.sensitivity_finding import finding, qualified
from sim.report.style import drawing, inline_svg, save

if TYPE_CHECKING:
    from sim.analysis.sensitivity_plan import Sensitivity

__all__ = ["write_page"]

_PLAIN: Final = (
    "seed",
    "days",
    "burn_in",
    "window",
    "code_version",
    "created",
    "platform",
    "processor",
    "command",
)


def write_page(found: Sensitivity, folder: Path | None = None) -> Path:
    """Write ``sensitivity.html`` and the figures beside it; returns the page's path."""
    folder = found.folder if folder is None else folder
    with drawing():
        pictures = [measure_picture(found), *index_pictures(found)]
        for picture in pictures:
            save(picture.figure, folder / "figures", picture.key)
        page = _page(found, pictures)
    path = folder / PAGE
    write_text(path, page)
    return path


def _page(found: Sensitivity, pictures: list[Picture]) -> str:
    """The page's text."""
    from markupsafe import Markup

    manifest = found.manifest
    drawn = [
        {"key": p.key, "title": p.title, "svg": Markup(inline_svg(p.figure, p.key, p.alt))} for p in pictures
    ]
    return render_page(
        "sensitivity.html.j2",
        title=f"What matters: {manifest['community_title']}",
        finding=finding(found),
        qualified=qualified(found),
        manifest=manifest,
        size=manifest["size"],
        first=drawn[:1],
        others=drawn[1:],
        grades=[
            (name, GRADES[name]) for name in GRADES if name in set(found.tables["measure_next"]["grade"])
        ],
        ranking=tables.ranking_table(found),
        luck=tables.luck_table(found),
        turned=tables.turned_table(found),
        by_chance=manifest.get("verdicts", {}).get("turned_by_chance", 0.0),
        claims_words=claims_words(found),
        claims=claims_table(found),
        agreement=tables.agreement_table(found),
        confirm=tables.confirm_table(found),
        indices=tables.index_table(found),
        screening=tables.screening_table(found),
        dropped={name: int(found.tables[name]["dropped"].max()) for name in ("screening", "indices")},
        facts=list(_facts(manifest)),
    )


def _facts(manifest: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Where the numbers come from."""
    for key in _PLAIN:
        if manifest.get(key):
            yield key.replace("_", " "), str(manifest[key])
    for name, version in manifest.get("versions", {}).items():
        if version:
            yield name, str(version)
