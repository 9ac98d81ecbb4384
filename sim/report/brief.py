"""The brief: one HTML file that a planner can read in ten minutes, print, and pass on.

It holds no scripts and asks nothing of the network; pictures are inline SVG with ids of their own. The same results
give the same bytes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sim.lab.files import write_text
from sim.report import (
    choices,
    evidence,
    interactions,
    origin,
    paper,
    people,
    pictures,
    tables,
    takeaways,
    words,
)
from sim.report.finding import CAVEAT, RULES, Finding, find
from sim.report.interaction_pictures import interaction_pictures
from sim.report.matters import what_matters
from sim.report.page import render_page
from sim.report.pictures import GAPS, Picture
from sim.report.selection import Results, Selection, select
from sim.report.short_names import key_of_names
from sim.report.spread import skew_said, spread_said, spread_table
from sim.report.style import drawing, inline_svg
from sim.report.table import Table
from sim.report.verdicts import verdict_rows

if TYPE_CHECKING:
    from sim.vocabulary.outcomes import Outcome

__all__ = ["FILENAME", "brief_html", "write_brief"]

FILENAME: Final = "brief.html"

_LEGEND: Final = ("better", "worse", "too_small", "small", "not_distinguishable")


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture as the page holds it."""

    key: str
    title: str
    svg: str


def write_brief(results: Results, folder: Path | None = None, window: str | None = None) -> Path:
    """Write the brief of a comparison.

    Parameters
    ----------
    results
        The results of an experiment.
    folder
        Where ``brief.html`` goes; by default the results' own folder.
    window
        The window of the effects; see :func:`sim.report.selection.select`.

    Returns
    -------
    Path
        The file written, whole or not at all.
    """
    folder = Path(results.folder if folder is None else folder)
    path = folder / FILENAME
    write_text(path, brief_html(results, window))
    return path


def brief_html(results: Results, window: str | None = None) -> str:
    """The brief of a comparison as the text of one HTML page."""
    return render_page("brief.html.j2", **_content(select(results, window)))


def _content(selection: Selection) -> dict[str, Any]:
    """All that the page says, made before the page is laid out."""
    results = selection.results
    found = find(selection)
    status = results.runs["status"]
    with drawing():
        drawn = {
            "effects": _drawn(pictures.effect_pictures(selection)),
            "effects_on_paper": _drawn(paper.effects_on_paper(selection)),
            "interactions": [
                (called, _drawn(found), _drawn([on_paper]))
                for called, found, on_paper in interaction_pictures(selection)
            ],
            "over_time": _drawn(pictures.over_time_pictures(selection)),
            "quarters": _drawn(pictures.quarter_pictures(selection)),
            "gaps": [
                (
                    called,
                    _drawn(pictures.gap_pictures(selection, gap)),
                    _drawn(paper.effects_on_paper(selection, gap)),
                )
                for gap, called in GAPS.items()
                if gap in ("group", "age")
            ],
            "by_people": [
                (
                    selection.titles[name],
                    _drawn(pictures.people_pictures(selection, name)),
                    _drawn(paper.people_on_paper(selection, name)),
                )
                for name in (people.followed(selection, found) if selection.equity else ())
            ],
            "costs": _drawn(pictures.cost_pictures(selection)),
        }
    quarter = pictures.quarter_outcome(selection)
    matters = what_matters(selection)
    shown = _tables(selection, found)
    return {
        "title": _title(selection),
        "question": _question(selection),
        "finding": found,
        "rules": RULES,
        "caveat": CAVEAT,
        "matters": None if matters is None else matters.said,
        "outcomes": [
            {
                "name": outcome.name,
                "label": outcome.label,
                "subject": words.subject(outcome),
                "unit": words.difference_unit(outcome),
                "definition": outcome.definition,
                "baseline": words.value(outcome, _baseline_level(selection, outcome)),
                "smallest": words.difference(
                    outcome, pictures.smallest_change(selection, outcome), unit=True
                ).lstrip("+"),
                "better": "more is better" if outcome.direction > 0 else "less is better",
            }
            for outcome in selection.outcomes
        ],
        "marks": [(words.MARKS[verdict], words.VERDICT_WORDS[verdict], verdict) for verdict in _legend(selection)],
        "rows": verdict_rows(selection),
        "baseline": selection.titles[selection.baseline],
        "shown": [selection.titles[name] for name in selection.shown],
        "window": words.window_words(selection.window),
        "people": selection.people,
        "holds": selection.interval_holds,
        "units": "parameter worlds" if selection.units == "worlds" else selection.units,
        "comparisons": selection.comparisons,
        "one_of_many": any(e.one_of_many for name in selection.scenarios for e in selection.headline(name)),
        "seed_only": selection.interval_holds == "seed noise",
        "worlds": selection.worlds,
        "seeds": selection.seeds,
        "runs": {"all": len(status), "ok": int((status == "ok").sum())},
        "quarter_outcome": quarter,
        "tables": {
            **shown,
            "grades": evidence.grade_counts(selection),
            "matters": None if matters is None else matters.table,
            "widest": evidence.widest_parameters(selection) if matters is None else None,
        },
        "printed": paper.printed(shown),
        "left_out": paper.left_out(shown),
        "names": key_of_names(results.experiment),
        "command": origin.reproducing_command(results.manifest),
        "provenance": list(origin.facts(results.manifest)),
        "stopping": origin.stopping_sentence(results.manifest),
        "spread": spread_said(selection),
        "skew": skew_said(selection),
        "versus": choices.versus_said(selection),
        "buys": choices.best_buys(selection),
        "said": {
            "effects": takeaways.effects_said(selection),
            "interactions": interactions.interactions_said(selection),
            "over_time": takeaways.over_time_said(selection),
            "quarters": takeaways.quarters_said(selection, quarter),
            "gaps": takeaways.gaps_said(selection, ("group", "age")),
            "grades": evidence.grades_said(selection),
        },
        **drawn,
    }


def _tables(selection: Selection, found: Finding) -> dict[str, Table | None]:
    """The tables that stand folded below the pictures."""
    return {
        "effects": tables.effect_table(selection),
        "time": tables.time_table(selection),
        "quarters": tables.quarter_table(selection),
        "spread": spread_table(selection),
        "gaps": tables.gap_table(selection),
        "parted": people.parted(selection),
        "gains": people.gains_table(selection),
        "levels": people.level_table(selection, people.followed(selection, found)) if selection.equity else None,
        "costs": tables.cost_table(selection),
        "frontier": tables.frontier_table(selection),
        "versus": choices.versus_table(selection),
        "worth": choices.worth_table(selection),
        "interactions": interactions.interactions_table(selection),
        "main": interactions.main_table(selection),
        "parameters": evidence.parameter_table(selection),
    }


def _legend(selection: Selection) -> list[str]:
    """The verdicts that the page explains; that there is none only where that is so."""
    never = any(e.verdict == "not_delivered" for name in selection.scenarios for e in selection.headline(name))
    return [*_LEGEND, *(["not_delivered"] if never else [])]


def _title(selection: Selection) -> str:
    """The experiment's title; of scenarios compared by name alone, what they are."""
    experiment = selection.results.experiment
    title = experiment.get("title")
    if title and title != experiment["name"]:
        return str(title)
    names = [selection.titles[name] for name in selection.scenarios]
    if len(names) > 3:
        return f"{words.count(len(names)).capitalize()} scenarios compared"
    return f"{words.join(names)}, compared with “{selection.titles[selection.baseline]}”"


def _question(selection: Selection) -> str:
    """The experiment's question, or the one that every comparison asks."""
    asked = selection.results.experiment.get("question")
    if asked:
        return str(asked)
    things = words.join([words.subject(outcome) for outcome in selection.outcomes])
    one = len(selection.scenarios) == 1
    return f"What does {'it' if one else 'each of them'} change in {things}, and at what cost?"


def _baseline_level(selection: Selection, outcome: Outcome) -> float:
    """The mean level of the baseline that the differences start from."""
    effects = (selection.effect(name, outcome.name) for name in selection.scenarios)
    return next((effect.baseline for effect in effects if effect is not None), math.nan)


def _drawn(found: list[Picture]) -> list[Drawing]:
    return [
        Drawing(picture.key, picture.title, inline_svg(picture.figure, picture.key, picture.alt))
        for picture in found
    ]
