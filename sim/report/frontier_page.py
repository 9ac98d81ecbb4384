"""A frontier of packages as one HTML page in the brief's style: no scripts, nothing from the network, prints well.

It is written from what ``cgsim frontier`` keeps, its manifest and its tables, so that the same folder gives the same
bytes whether the search has just ended or was copied from elsewhere.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from sim.report import words
from sim.report.choice import UNIT, choice_sentences, wanted, worst_words
from sim.report.frontier_picture import frontier_pictures
from sim.report.frontier_words import RULES, contents, failing_why, find, letters, rule_words
from sim.report.origin import reproducing_command
from sim.report.page import render_page
from sim.report.style import drawing, inline_svg
from sim.vocabulary.outcomes import BY_NAME, HEADLINE

__all__ = ["FILENAME", "finding", "frontier_html", "write_frontier_page"]

FILENAME: Final = "frontier.html"
_MOST_WORLDS: Final = 15
"""Worlds of a package that are named."""
_LEGEND: Final = ("better", "worse", "too_small", "small", "not_distinguishable")


def write_frontier_page(kept: Any, folder: Path | None = None) -> Path:
    """Write ``frontier.html``, whole or not at all.

    Parameters
    ----------
    kept
        From ``sim.analysis.packages.kept.load_frontier``.
    folder
        Where it goes; the frontier's own folder by default.
    """
    from sim.lab.files import write_text

    path = (kept.folder if folder is None else folder) / FILENAME
    write_text(path, frontier_html(kept))
    return path


def finding(kept: Any) -> Any:
    """The sentence on top, with the packages that it names."""
    options = kept.tables["options"].set_index("scenario")
    return find(
        kept.tables["frontier"].to_dict("records"),
        dict(options["score"]),
        kept.manifest["levers"],
        kept.manifest["found"]["worlds"],
    )


def frontier_html(kept: Any) -> str:
    """The page as text; the same frontier gives the same bytes."""
    about, found = kept.manifest, kept.manifest["found"]
    rows = kept.tables["frontier"].to_dict("records")
    marks = letters([row["package"] for row in rows])
    failing = {row["package"]: row for row in kept.tables["failing"].to_dict("records")}
    outcomes = [BY_NAME[name] for name in HEADLINE if name in kept.tables["frontier"].columns]
    with drawing():
        pictures = [
            {"key": drawn.key, "svg": inline_svg(drawn.figure, drawn.key, drawn.alt)}
            for drawn in frontier_pictures(rows, marks, outcomes)
        ]
    searched = kept.tables["search"]
    return render_page(
        "frontier.html.j2",
        title=about["title"],
        finding=finding(kept).text,
        rules=RULES,
        caveat=_caveat(about),
        failed=found["failed_runs"],
        pictures=pictures,
        wanted=wanted(about["budget"], about["targets"]),
        choice=_choice(kept, marks),
        unit=UNIT,
        legend=[(words.MARKS[key], words.VERDICT_WORDS[key], key) for key in _LEGEND],
        outcomes=[
            {
                "label": outcome.label,
                "unit": words.difference_unit(outcome),
                "better": "more is better" if outcome.direction > 0 else "less is better",
                "smallest": f"{words.subject(outcome)} "
                + words.difference(outcome, outcome.smallest_change, unit=True).lstrip("+"),
            }
            for outcome in outcomes
        ],
        rows=[_row(row, marks, about, outcomes, failing[row["package"]]) for row in rows],
        doses=_doses(rows, marks, about["levers"]),
        worlds=found["worlds"],
        evaluated=found["evaluated"],
        within=int(searched["within_limits"].sum()),
        on_frontier=found["on_frontier"],
        searched=len(about["worlds"]["searched"]),
        still=sum(bool(row["still_on_frontier"]) for row in rows),
        method={"nsga2": "NSGA-II", "random": "drawing at random"}.get(about["method"], about["method"]),
        community=about["community"],
        stressed=about["stress_community"],
        command=reproducing_command(about),
        provenance=list(_facts(about)),
    )


def _row(
    row: Mapping[str, Any],
    marks: Mapping[str, str],
    about: Mapping[str, Any],
    outcomes: Sequence[Any],
    failing: Any,
) -> dict[str, Any]:
    """What the page says of one package."""
    count = int(failing["worlds"])
    notes = [
        said
        for said, here in (
            ("robust choice", row["robust_choice"]),
            ("over the budget here", not row["affordable"]),
            (f"less than {words.percent(about['delivered'])} of its hours here", row["delivered"] < about["delivered"]),
            ("beaten here by another package or by doing nothing", not row["still_on_frontier"]),
        )
        if here
    ]
    worst = worst_words(row, about["labels"]) if isinstance(row["worst_by"], str) and row["worst_by"] else "–"
    return {
        "letter": marks[row["package"]],
        "holds": [f"{title} {dose:g}" for title, dose in contents(row, about["levers"])],
        "notes": notes,
        "cost": words.money(row["cost"], signed=True),
        "hours": "–" if math.isnan(row["hours"]) else f"{row['hours']:,.0f}",
        "delivered": words.percent(row["delivered"]),
        "cells": [
            {
                "verdict": row[f"{o.name}_verdict"],
                "mark": words.MARKS[row[f"{o.name}_verdict"]],
                "words": words.VERDICT_WORDS[row[f"{o.name}_verdict"]],
                "difference": words.difference(o, row[o.name]),
                "interval": words.interval(o, row[f"{o.name}_low"], row[f"{o.name}_high"]),
                "promised": words.difference(o, row[f"{o.name}_promised"]),
            }
            for o in outcomes
        ],
        "met": f"{count - int(failing['missed'])} of {count}",
        "harm": f"{int(failing['harmed'])} of {count}",
        "regret": f"{row['regret_max']:.1f}",
        "worst": worst,
        "fails": f"in {int(failing['failed'])} of {count} worlds"
        if failing["failed"]
        else f"in none of {count} worlds",
        "why": failing_why(failing["why"]),
        "failed_worlds": _listed(str(failing["failed_worlds"]).split()),
        "rule": rule_words(failing, about["stress_community"]),
    }


def _listed(worlds: Sequence[str]) -> str:
    """Worlds by name, as many as a reader may want to look at."""
    more = len(worlds) - _MOST_WORLDS
    rest = f" and {more} more, in tables/failing.csv" if more > 0 else ""
    return " ".join(worlds[:_MOST_WORLDS]) + rest


def _doses(
    rows: Sequence[Mapping[str, Any]], marks: Mapping[str, str], levers: Sequence[str]
) -> dict[str, Any]:
    """Doses, one row a lever that some package holds and one column a package."""
    held = {row["package"]: dict(contents(row, levers)) for row in rows}
    titles = list(dict.fromkeys(title for own in held.values() for title in own))
    return {
        "packages": list(marks.values()),
        "rows": [
            (title, [f"{own[title]:g}" if title in own else "–" for own in held.values()]) for title in titles
        ],
    }


def _choice(kept: Any, marks: Mapping[str, str]) -> list[tuple[str, str]]:
    """What the rules pick among the packages."""
    from sim.analysis.decisions import Decision

    about, found = kept.manifest, kept.manifest["found"]
    decision = Decision(
        options=kept.tables["options"].assign(
            affordable=kept.tables["options"]["affordable"].astype(bool),
        ),
        robust=found["robust"],
        expected=found["expected"],
        maximin=found["maximin"],
        satisficing=found["satisficing"],
        gives_up=found["gives_up"],
        worlds=found["worlds"],
        left_out=found["worlds_left_out"],
        by_world=kept.tables["by_world"],
    )
    base = str(kept.tables["options"]["scenario"].iloc[0])
    spoken = {**{name: f"package {mark}" for name, mark in marks.items()}, base: "doing nothing"}
    return choice_sentences(
        decision,
        lambda name: spoken.get(name, name),
        base,
        about["labels"],
    )


def _caveat(about: Mapping[str, Any]) -> str:
    """What the numbers are from, and what they hold."""
    worlds = about["found"]["worlds"]
    drawn = {
        "matched": "whose baseline looks like the community (history matching)",
        "latin_hypercube": "drawn over the whole ranges of all parameters, matched to nothing",
    }.get(about["worlds"]["draw"], about["worlds"]["draw"])
    return (
        f"{about['community']}, {about['residents']:,} residents; differences from “{about['base_title']}” over "
        f"{about['days']} days after a burn-in of {about['burn_in']}, among residents who are not students, in "
        f"{worlds} parameter worlds {drawn}. None of them was used in the search; every package has the same luck in "
        f"the same world. 95% intervals hold {about['found']['interval_holds']}."
    )


def _facts(about: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What the page says of where its numbers come from."""
    found = about["found"]
    yield "Levers searched", ", ".join(about["levers"])
    if about.get("at_most") is not None:
        yield "Levers in a package", f"at most {about['at_most']}"
    yield "Doses", ", ".join(f"{dose:g}" for dose in about["doses"])
    budget = about["budget"]
    yield (
        "Budget",
        "none" if budget is None else f"{words.money(budget)} yuan per resident a year beyond the baseline",
    )
    yield (
        "Programme hours",
        f"at least {words.percent(about['delivered'])} delivered, in the worlds of the search",
    )
    yield "Worlds", f"{len(about['worlds']['searched'])} searched in, {found['worlds']} held out"
    yield "Runs", f"{found['runs']:,}, of which {found['failed_runs']:,} failed"
    yield "Seeds", f"runs from {about['seed']}, search {about['search_seed']}"
    for key, called in (("code_version", "Hash of the model's code"), ("created", "Started")):
        if about.get(key):
            yield called, str(about[key])
