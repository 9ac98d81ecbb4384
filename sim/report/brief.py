"""The brief: one HTML file that a planner can read in ten minutes, print, and pass on.

It holds no scripts and asks nothing of the network; pictures are inline SVG with ids of their own. The same results
give the same bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sim.report import evidence, pictures, tables, words
from sim.report.embedding import font_face
from sim.report.finding import CAVEAT, RULES, find
from sim.report.pictures import GAPS, Picture
from sim.report.selection import RESIDENTS, Results, Selection, select
from sim.report.style import drawing, inline_svg
from sim.report.verdicts import verdict_rows

__all__ = ["FILENAME", "brief_html", "write_brief"]

FILENAME: Final = "report.html"

_HIDDEN: Final = {
    "baseline",
    "command",
    "design",
    "experiment",
    "interval_holds",
    "kind",
    "labels",
    "name",
    "parameters",
    "resolved",
    "scenarios",
    "stopping",
    "title",
}
_LEGEND: Final = ("better", "worse", "too_small", "not_distinguishable")
_LONGEST: Final = 1500
_HAN: Final = r"[\u3400-\u9fff]"


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture as the page holds it."""

    key: str
    title: str
    svg: str


def write_brief(results: Results, folder: Path | None = None) -> Path:
    """Write the brief of a comparison.

    Parameters
    ----------
    results
        The results of an experiment.
    folder
        Where ``report.html`` goes; by default the results' own folder.

    Returns
    -------
    Path
        The file written, whole or not at all.
    """
    folder = Path(results.folder if folder is None else folder)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILENAME
    part = path.with_suffix(".html.part")
    part.write_text(brief_html(results), encoding="utf-8", newline="\n")
    part.replace(path)
    return path


def brief_html(results: Results) -> str:
    """The brief of a comparison as the text of one HTML page."""
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
    environment.filters["lang"] = _marked_language
    selection = select(results)
    style = Markup((here / "brief.css").read_text(encoding="utf-8"))
    template = environment.get_template("brief.html.j2")
    content = _content(selection)
    page = template.render(style=style, han_font="", **content)
    # Chinese characters that the page holds come with it; which they are is known once it is there.
    face = Markup(font_face("".join(sorted(set(re.findall(_HAN, page))))))
    return template.render(style=style, han_font=face, **content) + "\n"


def _content(selection: Selection) -> dict[str, Any]:
    """All that the page says, made before the page is laid out."""
    results = selection.results
    found = find(selection)
    experiment, status = results.experiment, results.runs["status"]
    with drawing():
        drawn = {
            "effects": _drawn(pictures.effect_pictures(selection)),
            "over_time": _drawn(pictures.over_time_pictures(selection)),
            "quarters": _drawn(pictures.quarter_pictures(selection)),
            "gaps": [
                (called, _drawn(pictures.gap_pictures(selection, gap)))
                for gap, called in GAPS.items()
                if gap in ("group", "age")
            ],
            "costs": _drawn(pictures.cost_pictures(selection)),
        }
    quarter = pictures.quarter_outcome(selection)
    return {
        "title": experiment.get("title") or experiment["name"],
        "question": experiment.get("question", ""),
        "finding": found,
        "rules": RULES,
        "caveat": CAVEAT,
        "outcomes": [
            {
                "name": outcome.name,
                "label": outcome.label,
                "subject": words.subject(outcome),
                "unit": words.difference_unit(outcome),
                "definition": outcome.definition,
                "smallest": words.difference(
                    outcome, pictures.smallest_change(selection, outcome), unit=True
                ).lstrip("+"),
                "better": "more is better" if outcome.direction > 0 else "less is better",
            }
            for outcome in selection.outcomes
        ],
        "marks": [(words.MARKS[verdict], words.VERDICT_WORDS[verdict], verdict) for verdict in _LEGEND],
        "rows": verdict_rows(selection),
        "baseline": selection.titles[selection.baseline],
        "shown": [selection.titles[name] for name in selection.shown],
        "window": words.window_words(selection.window),
        "people": "residents (students and others on campus apart)"
        if selection.level == RESIDENTS
        else "everyone",
        "holds": selection.interval_holds,
        "seed_only": selection.interval_holds == "seed noise",
        "stopping": results.manifest.get("stopping"),
        "worlds": selection.worlds,
        "seeds": selection.seeds,
        "runs": {"all": len(status), "ok": int((status == "ok").sum())},
        "quarter_outcome": quarter,
        "tables": {
            "effects": tables.effect_table(selection),
            "time": tables.time_table(selection),
            "quarters": tables.quarter_table(selection),
            "gaps": tables.gap_table(selection),
            "costs": tables.cost_table(selection),
            "grades": evidence.grade_counts(selection),
            "widest": evidence.widest_parameters(selection),
            "parameters": evidence.parameter_table(selection),
        },
        "command": results.manifest.get("command"),
        "provenance": list(_facts(results.manifest)),
        **drawn,
    }


def _drawn(found: list[Picture]) -> list[Drawing]:
    return [
        Drawing(picture.key, picture.title, inline_svg(picture.figure, picture.key, picture.alt))
        for picture in found
    ]


def _facts(manifest: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What the manifest says of where the numbers come from; long or nested data stays in the manifest itself."""
    for key in sorted(manifest):
        value = manifest[key]
        if key in _HIDDEN or value is None or value == "":
            continue
        if isinstance(value, Mapping):
            text = ", ".join(
                f"{name} {_text(part)}" for name, part in value.items() if part not in (None, "")
            )
        elif isinstance(value, (list, tuple)):
            text = ", ".join(_text(part) for part in value)
        else:
            text = _text(value)
        yield key.replace("_", " "), text if len(text) <= _LONGEST else "in manifest.json, beside this page"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _marked_language(text: str) -> Any:
    """Mark Chinese characters as Chinese, for screen readers, and let long dotted names break on narrow screens."""
    from markupsafe import Markup, escape

    marked = re.sub(f"{_HAN}+", lambda match: f'<span lang="zh-Hans">{match[0]}</span>', str(escape(text)))
    return Markup(re.sub(r"(?<=[a-z])([._])(?=[a-z])", r"\1<wbr>", marked))
