"""The page of a frontier: the sentence by its rules on made-up tables, and a page that can be read by everybody."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sim.analysis.decisions import Aims, decide
from sim.analysis.packages.kept import Kept, keep_frontier, load_frontier
from sim.errors import ExistsError, NotFoundError
from sim.report.choice import choice_sentences, wanted
from sim.report.frontier_page import finding, frontier_html, write_frontier_page
from sim.report.frontier_words import failing_why, find, letters, rule_words
from tests.analysis.test_decisions import ONLY_TRUST, made_up
from tests.report.fake_frontier import LEVERS, fake_frontier, row


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    folder = tmp_path_factory.mktemp("frontier") / "kept"
    keep_frontier(fake_frontier(folder), folder)
    return load_frontier(folder)


def said(*rows: dict[str, Any], scores: dict[str, float] | None = None) -> Any:
    return find(rows, scores or {each["package"]: 0.0 for each in rows}, LEVERS, 13)


def test_no_package_better_than_doing_nothing_is_said_so_and_is_not_called_no_effect() -> None:
    null = said(row("a", "ntn", 1.0), row("b", "nnn", 2.0))
    assert null.kind == "null" and null.named == ()
    assert null.text.startswith(
        "In 13 worlds that the search had not seen, neither package is better than doing"
    )
    assert "not the same as no effect" in null.text and "rises" not in null.text
    small = said(row("a", "ttt", 1.0), row("b", "ttt", 2.0))
    assert small.kind == "null" and "as large as would matter" in small.text


def test_harm_without_help_is_named() -> None:
    assert said(row("a", "nwn", 1.0), row("b", "nnn", 2.0)).text.endswith("doing nothing, and one does harm.")
    mixed = said(row("a", "nnn", 1.0), row("b", "bwn", 2.0, (2.0, -3.0, 0.0)), row("c", "nnw", 3.0))
    assert mixed.kind == "mixed" and mixed.named == ("b",)
    assert "participation rises by 2.0" in mixed.text and "but trust falls by" in mixed.text
    assert "one does harm and no good" in mixed.text


def test_one_package_that_beats_all_others_that_help() -> None:
    rows = (
        row("a", "nnn", 1.0),
        row("b", "bbn", 2.0, (3.0, 2.0, 0.5)),
        row("c", "bnn", 9.0, (2.5, 1.0, 0.5)),  # dearer, and nowhere better
    )
    one = said(*rows)
    assert one.kind == "one" and one.named == ("b",)
    assert (
        "B (online channel at 0.5; 2.0 yuan more per resident a year) beats the other that helps" in one.text
    )
    only = said(rows[0], rows[1])
    assert only.kind == "one" and "of two packages only B" in only.text
    assert "What is wanted is met in 50%" in only.text


def test_a_trade_off_names_the_cheapest_and_the_one_with_the_highest_score() -> None:
    rows = (
        row("a", "bnn", 1.0, (1.5, 0.0, 0.0)),
        row("b", "bnn", 2.0, (1.6, 0.0, 0.0)),
        row("c", "bbb", 30.0, (2.0, 3.0, 4.0)),
        row("d", "bnw", 40.0, (9.0, 0.0, -3.0)),
    )
    found = said(*rows, scores={"a": 0.5, "b": 0.6, "c": 3.0, "d": 5.0})
    assert found.kind == "trade_off" and found.named == ("a", "c")  # d does harm, whatever its score
    assert "three of four packages help" in found.text and "new conflicts fall by" in found.text


def test_what_goes_beyond_the_budget_is_not_recommended() -> None:
    rows = (row("a", "nnn", 1.0), row("b", "bbb", 90.0, (3.0, 3.0, 3.0), affordable=False))
    assert said(*rows).kind == "null"
    assert "no package that was tested keeps the budget" in said(rows[1]).text


def test_letters_go_on_after_z() -> None:
    marks = letters([str(i) for i in range(28)])
    assert (marks["0"], marks["25"], marks["26"], marks["27"]) == ("A", "Z", "AA", "AB")


def test_why_a_package_fails_in_words() -> None:
    text = failing_why("little=3 harm:trust=2 harm:conflicts_per_1000=1 target:trust=4 budget=1")
    assert text == (
        "too little gained in 3; trust worse in 2; more conflicts in 1; target for trust missed in 4; "
        "over the budget in 1"
    )


def test_where_no_rule_can_be_had_the_reason_is_given() -> None:
    base = {"looked_worlds": 13, "looked_failed": 1, "looked_in": "held_out"}
    assert "too few" in rule_words({**base, "status": "few"}, None)
    assert rule_words({**base, "status": "one_sided"}, None) == ""  # the table has the number
    stress = {**base, "looked_in": "stress", "looked_worlds": 80, "status": "one_sided"}
    assert "fails in 1 of 80 worlds over the whole ranges in Small Court" in rule_words(stress, "Small Court")
    for status in ("none", "not_valid"):
        assert " where " not in rule_words({**base, "status": status}, None)


def test_the_page_says_when_a_package_fails_by_the_rule_that_is_true(kept: Kept) -> None:
    page = frontier_html(kept)
    rules = kept.tables["failing"].set_index("package")
    assert rules.loc["package_1020", "status"] == "rule"
    assert re.search(r"Fails where made\.?(<wbr>)?\.?up is above 0\.[45]", page)
    assert rules.loc["package_1000", "status"] == "one_sided" and "in none of 60 worlds" in page
    assert rules.loc["package_4444", "failed"] == 60  # over the budget everywhere, and more conflicts


def test_the_page_asks_nothing_of_the_network_and_has_names_for_everything(kept: Kept) -> None:
    page = frontier_html(kept)
    assert page == frontier_html(kept), "the same frontier gives the same bytes"
    assert "<script" not in page and not re.search(r'(src|href)="https?:', page)
    assert page.count('role="img" aria-label="Cost and effect of each package') == 3
    for table in re.findall(r"<table.*?</table>", page, re.S):
        assert "<caption>" in table and 'scope="col"' in table and 'scope="row"' in table
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert "--jobs" not in page and "cgsim frontier --budget 60" in page
    assert "beaten here" in page and "over the budget here" in page and "@font-face" in page


def test_a_frontier_copied_elsewhere_gives_the_same_page(kept: Kept, tmp_path: Path) -> None:
    keep_frontier(kept, tmp_path / "copy")
    again = load_frontier(tmp_path / "copy")
    assert write_frontier_page(again).read_text(encoding="utf-8") == frontier_html(kept)
    assert finding(again) == finding(kept)
    keep_frontier(again, tmp_path / "copy")  # over itself, as a target of make does
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("keep")
    with pytest.raises(ExistsError):
        keep_frontier(kept, tmp_path / "mine")


def test_folders_without_a_whole_frontier_are_refused(kept: Kept, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="not a results folder"):
        load_frontier(tmp_path)
    keep_frontier(kept, tmp_path / "part")
    (tmp_path / "part" / "tables" / "failing.csv").unlink()
    with pytest.raises(NotFoundError, match="not there; cgsim frontier writes it again"):
        load_frontier(tmp_path / "part")
    begun = {key: value for key, value in kept.manifest.items() if key != "found"}
    keep_frontier(Kept(tmp_path, begun, kept.tables), tmp_path / "begun")
    with pytest.raises(NotFoundError, match="has not ended"):
        load_frontier(tmp_path / "begun")


def test_the_choice_names_regret_what_is_given_up_how_sure_and_the_least_favoured() -> None:
    extra = (("age", "70_plus", -20.0),)
    decision = decide(made_up(extra=extra), "baseline", Aims(budget=20.0, weights=ONLY_TRUST))
    told = dict(choice_sentences(decision, str, "baseline", {}))
    assert (
        told["Robust choice"].startswith("safe, for 10.0 yuan more")
        and "at most 6.0 below" in told["Robust choice"]
    )
    assert "in 4 of 4 worlds, does harm in 0 of 4, and scores highest in 1 of 4" in told["How sure"]
    assert (
        "bold scores 1.5 more" in told["What it gives up"] and "misses up to 12.0" in told["What it gives up"]
    )
    assert told["Least favoured"].startswith("Aged 70 and over, on trust (−")
    assert "they lose by as much as matters" in told["Least favoured"]


def test_what_is_wanted_in_words() -> None:
    assert wanted(20.0, {"trust": 0.005, "conflicts_per_1000": -0.5}) == (
        "trust rises by 0.005 on a scale of 0 to 1 or more and new conflicts fall by 0.5 per 1,000 residents a year or "
        "more, and the cost stays within 20.0 yuan per resident a year"
    )
    assert "worse by as much" in wanted(None, {})


def test_a_package_that_lacks_hours_in_worlds_not_seen_is_marked(kept: Kept) -> None:
    """The limit is kept in the worlds of the search; a reader must not take it for kept in the others."""
    assert "of its hours here" not in frontier_html(kept)
    table = kept.tables["frontier"].copy()
    table.loc[table["package"] == "package_1000", "delivered"] = 0.77
    page = frontier_html(replace(kept, tables={**kept.tables, "frontier": table}))
    assert page.count("less than 90% of its hours here") == 1
