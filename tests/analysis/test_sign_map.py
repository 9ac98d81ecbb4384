"""The sign map tells which outcomes change sides between settings."""

from __future__ import annotations

import pandas as pd

from sim.analysis.claims.sign_map import changed_signs, map_table
from sim.report.claims_map import map_lines, map_markdown
from tests.made_up_claims import claim, expected, judged


def table() -> pd.DataFrame:
    """One claim that holds as things are and goes the other way elsewhere, and one that says the same everywhere."""
    here = judged(
        claim("A1", "plain", expected("participation_30d", "higher")),
        claim("A3", "backwards", expected("trust", "lower")),
    )
    there = judged(
        claim("A1", "plain", expected("participation_30d", "lower")),
        claim("A3", "backwards", expected("trust", "lower")),
    )
    return pd.concat(
        [map_table(list(here.values()), "as it is", ""), map_table(list(there.values()), "staff", "half")],
        ignore_index=True,
    )


def test_outcomes_that_change_sides_are_found() -> None:
    found = changed_signs(table())
    assert set(found["claim"]) == {"A1"} and list(found["result"]) == ["as_claimed", "against"]


def test_the_map_in_words_shows_what_differs_and_counts_the_rest() -> None:
    lines = map_lines(table())
    assert any(line.startswith("A1") and line.endswith("▲  ▽") for line in lines)
    assert lines[-1].startswith("1 of 2 outcomes say the same under all settings. 1 goes as claimed under one and ")
    assert "as it is; staff: half" in lines[0]


def test_the_map_as_markdown_has_every_outcome() -> None:
    lines = map_markdown(table())
    assert len(lines) == 4 and {line.count("|") for line in lines} == {5}
