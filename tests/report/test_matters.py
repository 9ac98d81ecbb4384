"""What a brief says moves results most: a sensitivity analysis of the same community where one lies beside it."""

from __future__ import annotations

import json
import shutil

import pytest

from sim.lab.files import write_json
from sim.report.brief import brief_html
from sim.report.matters import what_matters
from sim.report.selection import select
from tests.report.test_sensitivity_finding import made, row


@pytest.fixture
def results(fake, tmp_path):
    """A made-up comparison of the community ``here``, in a folder of results."""
    folder = tmp_path / "results" / "mine"
    folder.mkdir(parents=True)
    (folder / "scenarios.json").write_text(json.dumps({"baseline": {"community": {"name": "here"}}}))
    return fake.fake_results(folder)


def put(results, name, community="here", rows=(), **more):
    """Put the tables of an analysis beside the results."""
    folder = results.folder.parent / name
    found = made(*(rows or (row("a", 0.4, 0.3, 0.5, claims=1, tried=9),)), claims=9)
    manifest = {
        **found.manifest, "layout": 1, "kind": "sensitivity", "community": community,
        "community_title": community.title(),
        "population": 600, "baseline": "baseline", "scenarios": {"baseline": "Today", "more": "More of it"},
        "size": {"days": 90}, "code_version": results.manifest["code_version"], **more,
    }  # fmt: skip
    write_json(folder / "manifest.json", manifest)
    (folder / "tables").mkdir()
    for table, frame in found.tables.items():
        frame.to_csv(folder / "tables" / f"{table}.csv", index=False)
    return folder


def ranked(*names):
    return [row(name, 0.4 - 0.1 * k) | {"rank": k + 1} for k, name in enumerate(names)]


def test_an_analysis_of_the_same_community_takes_the_place_of_the_widest_ranges(results) -> None:
    assert what_matters(select(results)) is None
    before = brief_html(results)
    assert "Assumed parameters with the widest ranges" in before
    put(results, "sensitivity-here", rows=ranked("a", "b"))
    text = brief_html(results)
    assert "To be measured first: number a." in text and "widest ranges" not in text
    assert "a sensitivity analysis of Here (600 residents) found, over 90 days" in text
    assert "sensitivity-here/" in text and "another version" not in text
    table = what_matters(select(results)).table
    assert [each[:2] for each in table.rows] == [("1", "Number a"), ("2", "Number b")]


def test_one_of_another_community_does_not_count_unless_it_was_confirmed_in_this(results) -> None:
    there = put(results, "sensitivity-there", "there", rows=ranked("a"))
    assert what_matters(select(results)) is None
    shutil.rmtree(there)
    put(results, "reference/sensitivity", "there", rows=ranked("b"), confirmed_at={"community": "here"})
    said = what_matters(select(results)).said
    assert "(reference/sensitivity/, 50 parameters" in said
    assert "first: number b" in said and "moved one at a time in the community compared here" in said


def test_the_same_code_goes_first_then_the_community_itself(results) -> None:
    put(results, "sensitivity-a", rows=ranked("old"), code_version="other")
    assert "It was computed with another version of the model" in what_matters(select(results)).said
    put(results, "sensitivity-b", "there", rows=ranked("near"), confirmed_at={"community": "here"})
    assert "first: number near" in what_matters(select(results)).said
    put(results, "sensitivity-c", rows=ranked("own"))
    assert "first: number own" in what_matters(select(results)).said


def test_what_is_broken_or_no_analysis_is_passed_over(results) -> None:
    around = results.folder.parent
    write_json(around / "sensitivity-x" / "manifest.json", {"layout": 1, "kind": "comparison"})
    (around / "sensitivity-y").mkdir()
    (around / "sensitivity-y" / "manifest.json").write_text("{")
    write_json(around / "sensitivity-z" / "manifest.json", {"layout": 1, "kind": "sensitivity", "community": "here"})
    assert what_matters(select(results)) is None
    (results.folder / "scenarios.json").unlink()
    put(results, "sensitivity-here", rows=ranked("a"))
    assert what_matters(select(results)) is None
