"""The page of a sensitivity analysis: what carries the conclusions, and what to measure next.

Like the brief it is one HTML file without scripts that asks nothing of the network, the same bytes each time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sim.analysis.sampling import LUCK, REST
from sim.analysis.sensitivity_plan import PAGE
from sim.lab.files import write_text
from sim.report import sensitivity_tables as tables
from sim.report import words
from sim.report.evidence import GRADES
from sim.report.sensitivity_claims import claims_table, claims_words
from sim.report.sensitivity_figures import Picture, sensitivity_pictures
from sim.report.style import drawing, inline_svg, save

if TYPE_CHECKING:
    from sim.analysis.sensitivity_plan import Sensitivity

__all__ = ["finding", "write_page"]

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
NAMED: Final = 3
"""Parameters that the finding names."""


def write_page(found: Sensitivity, folder: Path | None = None) -> Path:
    """Write ``sensitivity.html`` and the figures beside it; returns the page's path."""
    folder = found.folder if folder is None else folder
    with drawing():
        pictures = sensitivity_pictures(found)
        for picture in pictures:
            save(picture.figure, folder / "figures", picture.key)
        page = _page(found, pictures)
    path = folder / PAGE
    write_text(path, page)
    return path


def finding(found: Sensitivity) -> str:
    """The analysis in two or three sentences, made from its numbers."""
    table, screened = found.tables["measure_next"], found.manifest["screened"]
    totals = found.tables["totals"].set_index("factor")
    varied = found.manifest["parameters"]["varied"]
    said = [
        f"{_lower(row.description)} ({words.percent(row.carried)})"
        for row in table.nlargest(NAMED, "carried").itertuples()
    ]
    first = (
        f"Of {varied} uncertain parameters {screened['passed']} move participation, trust or conflict, or what a "
        f"scenario changes in them, by more than luck. The largest single shares of the conclusions' variance: "
        f"{words.join(said)}"
    )
    rest = f". Luck carries {words.percent(totals.loc[LUCK, 'carried'])}"
    if REST in totals.index:
        rest += f", all other parameters together at least {words.percent(totals.loc[REST, 'carried'])}"
    assumed = table[table["rank"] == 1]
    if assumed.empty:
        return f"{first}{rest}."
    row = assumed.iloc[0]
    could = int(row.get("claims_turned", 0))
    why = f", which could turn {words.count(could)} of {row['claims_tried']} claims" if could else ""
    return f"{first}{rest}. To be measured first: {_lower(str(row['description']))}{why}."


def _page(found: Sensitivity, pictures: list[Picture]) -> str:
    """The page's text."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    here = Path(__file__).parent
    environment = Environment(
        loader=FileSystemLoader(here),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["breaks"] = _breakable
    manifest = found.manifest
    drawn = [
        {"key": p.key, "title": p.title, "wide": p.wide, "svg": Markup(inline_svg(p.figure, p.key, p.alt))}
        for p in pictures
    ]
    return (
        environment.get_template("sensitivity.html.j2").render(
            style=Markup((here / "brief.css").read_text(encoding="utf-8")),
            title=f"What matters: {manifest['community_title']}",
            finding=finding(found),
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
        + "\n"
    )


def _facts(manifest: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Where the numbers come from."""
    for key in _PLAIN:
        if manifest.get(key):
            yield key.replace("_", " "), str(manifest[key])
    for name, version in manifest.get("versions", {}).items():
        if version:
            yield name, str(version)


def _breakable(text: Any) -> Any:
    """Let long dotted names break on narrow screens."""
    from markupsafe import Markup, escape

    return Markup(re.sub(r"(?<=[a-z])([._])(?=[a-z])", r"\1<wbr>", str(escape(text))))


def _lower(text: str) -> str:
    """A description inside a sentence."""
    return re.sub(r" \(\w+\)$", "", (text[:1].lower() + text[1:]).rstrip("."))
