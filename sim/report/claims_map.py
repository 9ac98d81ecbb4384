"""The sign map in words: one line an outcome, one mark a setting."""

from __future__ import annotations

from typing import Any

from sim.analysis.claims.verdict import spoken_label
from sim.report.claims import LEGEND, MARKS, RESULT_WORDS, label

__all__ = ["about_map", "map_head", "map_lines", "map_markdown", "map_rows", "map_sentence"]


def settings(table: Any) -> list[tuple[str, str]]:
    """Axis and place on it of every setting, in the order of the map; the first is how things are."""
    return list(dict.fromkeys(zip(table["axis"], table["at"].fillna(""), strict=True)))


def map_head(table: Any) -> list[tuple[str, list[str]]]:
    """Axes with their places, for a head of two rows."""
    found: dict[str, list[str]] = {}
    for axis, at in settings(table):
        found.setdefault(axis, []).append(at)
    return list(found.items())


def map_rows(table: Any) -> list[tuple[str, str, list[str]]]:
    """For each outcome: claim, outcome, and its result under each setting (a key of ``MARKS``)."""
    results = {
        (row.claim, row.name, row.axis, "" if row.at != row.at else row.at): row.result
        for row in table.itertuples(index=False)
    }
    return [
        (
            row.claim,
            label(row),
            [results.get((row.claim, row.name, axis, at), "missing") for axis, at in settings(table)],
        )
        for row in table.drop_duplicates(["claim", "name"]).itertuples(index=False)
    ]


def map_sentence(table: Any) -> str:
    """How much hangs on the settings: what changes sides, what is told under some only, what stays as it is."""
    rows = map_rows(table)
    same = sum(len(set(results)) == 1 for _, _, results in rows)
    turned = [f"{claim} {spoken_label(name)}" for claim, name, r in rows if {"as_claimed", "against"} <= set(r)]
    unknown = sum(set(results) == {"open"} for _, _, results in rows)
    found = f"{same} of {len(rows)} outcomes say the same under all settings"
    say = "says" if unknown == 1 else "say"
    found += f"; {unknown} of these {say} each time that it cannot be told." if unknown else "."
    if not turned:
        return f"{found} None goes as claimed under one and against the claim under another."
    go = "goes" if len(turned) == 1 else "go"
    return (
        f"{found} {len(turned)} {go} as claimed under one and against the claim under another: "
        f"{'; '.join(turned)}."
    )


def about_map(about: Any) -> str:
    """Where the map was made."""
    facts = about.get("map") or {}
    where = (
        f"in {facts['community']}, {facts['residents']:,} residents, in {facts['worlds']} parameter worlds over "
        f"{facts['days']} days"
        if facts
        else "again"
    )
    return (
        "What counts as in time is a convention. How many staff there are, and what they spend their hours on, is a "
        f"choice. All claims were tried {where} under other settings of these, one at a time."
    )


def map_lines(table: Any) -> list[str]:
    """The map for the terminal: outcomes whose mark is not the same under all settings."""
    rows = map_rows(table)
    names = [f"{axis}: {at}" if at else axis for axis, at in settings(table)]
    wide = max((len(name) for _, name, _ in rows), default=0)
    found = [
        f"{claim:4} {name:{wide}}  {' '.join(f'{MARKS[result]:2}' for result in results).rstrip()}"
        for claim, name, results in rows
        if len(set(results)) > 1
    ]
    head = "Settings, from left to right: " + "; ".join(names) + "."
    legend = "  ".join(f"{MARKS[key]} {RESULT_WORDS[key]}" for key in LEGEND)
    return [head, legend, "", *found, "", map_sentence(table)]


def map_markdown(table: Any) -> list[str]:
    """The map as a Markdown table, every outcome in it."""
    names = [f"{axis}: {at}" if at else axis for axis, at in settings(table)]
    head = ["", "outcome", *names]
    lines = [[claim, name, *(MARKS[result] for result in results)] for claim, name, results in map_rows(table)]
    return [f"| {' | '.join(line)} |" for line in (head, ["---"] * len(head), *lines)]
