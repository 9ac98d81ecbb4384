"""The ledger as a page and as Markdown: every claim is there, wired ones are no findings, and alarms are loud."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from sim.analysis.claims.ledger import Ledger, load_ledger
from sim.report.claims import conditions, ledger_markdown, tally
from sim.report.claims_page import claims_html, write_claims_page
from tests.made_up_claims import TrueEngine, claim, expected, on_trial


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder: Path = tmp_path_factory.mktemp("ledger") / "out"
    claims = (
        claim("A1", "plain", expected("participation_30d", "higher")),
        claim("A3", "backwards", expected("trust", "higher")),
        claim("W1", "wired", expected("load", "higher"), nature="wired"),
        claim("W2", "broken", expected("load", "higher"), nature="wired"),
        claim("U1", "", nature="untestable"),
    )
    return on_trial(folder, *claims, engine=TrueEngine())


def test_the_sentence_on_top_counts_findings_and_not_what_is_wired(ledger: Ledger) -> None:
    text = tally(ledger)
    assert text.startswith("Of 2 claims that can come out either way, 1 is supported and 1 is contradicted; ")
    assert "2 are wired in and no findings, and 1 of these does not come out" in text
    assert "1 cannot be tested" in text


def test_the_page_has_every_claim_and_asks_nothing_of_the_network(ledger: Ledger) -> None:
    page = claims_html(ledger)
    for name in ledger.claims["claim"]:
        assert f'id="{name}"' in page
    assert "Warning." in page and "W2" in page
    assert "<script" not in page and not re.search(r'(src|href)="https?:', page)
    assert page == claims_html(ledger), "the same ledger gives the same bytes"
    assert len(re.findall(r'<section aria-labelledby="([^"]+)"', page)) == len(
        set(re.findall(r'<section aria-labelledby="([^"]+)"', page))
    )


def test_a_ledger_read_back_gives_the_same_page(ledger: Ledger) -> None:
    back = load_ledger(ledger.folder)
    assert write_claims_page(back).read_text(encoding="utf-8") == claims_html(back)
    assert tally(back) == tally(ledger)
    assert ledger_markdown(back) == ledger_markdown(ledger)


def test_markdown_has_a_section_for_each_verdict_and_the_rules(ledger: Ledger) -> None:
    text = ledger_markdown(ledger)
    for title in (
        "## Contradicted",
        "## Supported",
        "## True by construction",
        "## Not testable",
        "## How verdicts",
    ):
        assert title in text
    assert "> **Warning.** W2" in text and "▲" in text and "▽" in text
    rows = [line for line in text.splitlines() if line.startswith("| A")]
    assert len(rows) == 2 and all(line.count("|") == 6 for line in rows)


def test_without_rules_there_is_no_word_of_conditions(ledger: Ledger) -> None:
    assert conditions(ledger) == []
    assert "Conditions under which" not in claims_html(ledger)
