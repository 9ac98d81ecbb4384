"""The page on the claims says what the shipped results say."""

from __future__ import annotations

from pathlib import Path

from pandas.testing import assert_frame_equal

from sim.analysis.claims.again import judged_again
from sim.analysis.claims.ledger import load_ledger
from sim.report.claims_markdown import ledger_markdown

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_is_written_from_the_reference_results() -> None:
    """If this fails: ``make claims-docs``."""
    ledger = load_ledger(ROOT / "results" / "reference" / "claims")
    assert (ROOT / "docs" / "claims.md").read_text(encoding="utf-8") == ledger_markdown(ledger)
    assert list(ledger.claims["claim"]) == [f"C{i}" for i in range(1, 40)] + [f"X{i}" for i in range(1, 6)]


def test_the_verdicts_follow_from_the_numbers_beside_them() -> None:
    """By the rules and in the words of the code as it is. If this fails: ``make claims-docs``."""
    ledger = load_ledger(ROOT / "results" / "reference" / "claims")
    again = judged_again(ledger)
    assert_frame_equal(again.claims, ledger.claims)
    assert_frame_equal(again.outcomes, ledger.outcomes)
