"""The ledger as a page and as Markdown: every claim is there, wired ones are no findings, and alarms are loud."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sim.analysis.claims.ledger import Ledger, load_ledger
from sim.analysis.claims.rules import Part, Reach, Rule, rules_table
from sim.report.claims import alarms, correction, grouped, rules, tally
from sim.report.claims_conditions import about_conditions, condition_lines, conditions
from sim.report.claims_map import map_sentence
from sim.report.claims_markdown import ledger_markdown
from sim.report.claims_page import claims_html, write_claims_page
from tests.made_up_claims import TrueEngine, claim, expected, on_trial

FACTS = {"community": "Toytown", "residents": 600, "worlds": 8, "days": 365}


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder: Path = tmp_path_factory.mktemp("ledger") / "out"
    claims = (
        claim("A1", "plain", expected("participation_30d", "higher")),
        claim("A3", "backwards", expected("trust", "higher")),
        claim("A4", "tiny", expected("trust", "higher")),
        claim("A5", "uneven", expected("trust", "higher"), expected("conflicts_per_1000", "higher")),
        claim("W1", "wired", expected("load", "higher"), nature="wired"),
        replace(
            claim("W2", "broken", expected("load", "higher"), nature="wired"), because="Something presses on load."
        ),
        claim("U1", "", nature="untestable"),
    )
    # Of A5 trust is known well; three worlds of which one has a large effect leave conflicts open.
    return on_trial(folder, *claims, engine=TrueEngine())


def test_the_sentence_on_top_counts_findings_and_not_what_is_wired(ledger: Ledger) -> None:
    text = tally(ledger)
    assert text == (
        "Of 4 claims that can come out either way, 1 is supported, 1 is contradicted, 1 has no effect that matters and "
        "1 cannot be told either way. 2 are wired in and are no findings; 1 of them does not come out all the same. "
        "1 cannot be tested."
    )
    count = {key: len(rows) for key, rows in grouped(ledger)}
    assert sum(count.values()) == len(ledger.claims), "every claim stands in one group, and the sentence counts these"


def test_claims_that_the_paper_does_not_make_are_counted_apart_from_its_own(ledger: Ledger) -> None:
    claims = ledger.claims.copy()
    claims.loc[claims["claim"] == "A1", "section"] = "not in the paper"
    text = tally(replace(ledger, claims=claims))
    assert text.startswith(
        "Of 3 claims of the paper that can come out either way, 1 is contradicted, 1 has no effect that matters and 1 "
        "cannot be told either way. Of 1 that the paper does not make, 1 is supported. 2 are wired in"
    )


def test_only_the_number_of_a_section_is_written_as_one(ledger: Ledger) -> None:
    claims = ledger.claims.copy()
    claims.loc[claims["claim"] == "A1", "section"] = "the friends"
    claims.loc[claims["claim"].isin(("A3", "U1")), "section"] = "4.1"
    changed = replace(ledger, claims=claims)
    for text in (ledger_markdown(changed), claims_html(changed)):
        assert "the friends" in text and "§the" not in text and text.count("§4.1") == 2


def test_a_claim_that_turns_is_not_counted_with_those_that_hold_in_part(ledger: Ledger) -> None:
    """Both have the same verdict; of the one an outcome goes as claimed, and of the other none does on average."""
    claims = ledger.claims.copy()
    claims.loc[claims["claim"].isin(("A1", "A5")), "verdict"] = "conditions"
    changed = replace(ledger, claims=claims)
    count = {key: [row.claim for row in rows] for key, rows in grouped(changed)}
    assert count["conditions"] == ["A1"] and count["turns"] == ["A5"]
    assert "1 is supported with conditions, 1 turns from world to world" in tally(changed)
    assert "## Supported with conditions: turns from world to world" in ledger_markdown(changed)


def test_what_each_claim_is_judged_by_and_what_matters_are_on_the_page(ledger: Ledger) -> None:
    text = ledger_markdown(ledger)
    assert "| A1 | plain | baseline | Participation, 30 days higher, 1 point | – | M1 | – |" in text
    assert "New conflicts higher, 0.5 per 1,000 a year" in text
    assert "matters from 0.5 per 1,000 a year" in claims_html(ledger)


def test_a_joint_effect_has_what_it_has_beyond_its_parts_beside_it(ledger: Ledger) -> None:
    outcomes = ledger.outcomes.copy()
    own = (outcomes["claim"] == "A1") & outcomes["judged_level"].astype(bool)
    outcomes.loc[own, ["beyond_sum_mean", "beyond_sum_low", "beyond_sum_high"]] = -0.045, -0.092, 0.001
    said = "together less the sum of each alone −4.5 points (−9.2 to +0.1)"
    for page in (ledger_markdown, claims_html):
        assert said in page(replace(ledger, outcomes=outcomes)) and "together less the sum" not in page(ledger)


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
        "## Wired in, and yet it does not come out",
        "## Supported",
        "## Not distinguishable: shown to be too small to matter",
        "## Not distinguishable: cannot be told",
        "## True by construction",
        "## Not testable",
        "## How verdicts",
    ):
        assert title in text
    assert "> **Warning.** W2" in text and "▲" in text and "▽" in text
    rows = [line for line in text.splitlines() if line.startswith("| A")]
    assert len(rows) == 8 and {line.count("|") for line in rows} == {6, 8}, "verdicts, then what was compared"
    small = text.index("## Not distinguishable: shown")
    assert small < text.index("| A4 |") < text.index("## Not distinguishable: cannot") < text.index("| A5 |")
    assert all(line in text and line in claims_html(ledger).replace("&#39;", "'") for line in rules(ledger))


def test_what_lies_behind_a_wired_claim_that_fails_stands_beside_it(ledger: Ledger) -> None:
    (line,) = alarms(ledger)
    assert line.startswith("W2") and line.endswith("goes the other way.")
    for page in (ledger_markdown(ledger), claims_html(ledger)):
        assert "goes the other way. Something presses on load." in page


def test_verdicts_that_hang_on_the_correction_are_told(ledger: Ledger) -> None:
    assert "No verdict hangs on that." in correction(ledger)
    claims, outcomes = ledger.claims.copy(), ledger.outcomes.copy()
    claims.loc[claims["claim"] == "A5", "uncorrected"] = "conditions"
    outcomes.loc[(outcomes["claim"] == "A5") & (outcomes["name"] != "trust"), "result_uncorrected"] = "as_claimed"
    changed = replace(ledger, claims=claims, outcomes=outcomes)
    assert "1 verdict would be another one: A5 supported with conditions." in correction(changed)
    assert "[▲ without the correction]" in ledger_markdown(changed)
    assert "[▲ without the correction]" in claims_html(changed)
    assert "without the correction]" not in claims_html(ledger)


def test_without_rules_and_map_there_is_no_word_of_them(ledger: Ledger) -> None:
    assert conditions(ledger) == []
    for page in (claims_html(ledger), ledger_markdown(ledger)):
        assert "Conditions under which" not in page and "What hangs on due times" not in page


def with_rules(ledger: Ledger) -> Ledger:
    """A rule that named 9 of the 12 worlds that turned among 60 kept back, and one that did not hold there."""
    good = Rule(
        "A1", "participation_30d", "reverses", (Part("baseline.utilisation", True, 0.9),),
        Reach(60, 12, 10, 10), Reach(60, 12, 10, 9), Reach(17, 4, 5, 4), 0.001,
    )  # fmt: skip
    bad = replace(good, claim="A3", outcome="trust", p_corrected=0.4)
    facts = {"community": "Toytown", "residents": 600, "worlds": 120, "claims": ["A1", "A3"]}
    return replace(ledger, conditions=rules_table([good, bad]), about={**ledger.about, "conditions": facts})


def test_a_condition_reads_as_a_sentence_with_coverage_and_density_here_and_there(ledger: Ledger) -> None:
    good, bad = conditions(with_rules(ledger))
    assert good["rule"] == "Reverses where utilisation today is above 0.9."
    assert good["held_out"] == (
        "Names 9 of the 12 worlds in which it reverses (coverage 75%). In 9 of the 10 that it names it reverses "
        "(density 90%; in all 60 worlds 20%)."
    )
    assert good["confirmed"].endswith("(density 80%; in all 17 worlds 24%). Confirmed (p = 0.0021).")
    assert bad["rule"].startswith("No condition was found") and bad["held_out"] == bad["confirmed"] == "–"
    said = about_conditions(with_rules(ledger))
    assert said.endswith("Of 2 that were looked for, 1 holds there, and it is confirmed in the worlds of this page.")
    assert said.startswith("A1 and A3 were tried in Toytown, 600 residents, in 120 worlds drawn")
    for page in (claims_html(with_rules(ledger)), ledger_markdown(with_rules(ledger))):
        assert good["rule"] in page and good["held_out"] in page and said in page
    assert len(condition_lines(with_rules(ledger))) == 2


def test_a_rule_that_is_mostly_wrong_says_where_a_claim_turns_more_often_and_not_where_it_turns(
    ledger: Ledger,
) -> None:
    """It names all worlds that turn and thrice as many that do not: "reverses where" would be wrong in most of them."""
    found = with_rules(ledger)
    table = found.conditions.copy()
    table.loc[0, ["held_out_turned", "held_out_named", "held_out_both", "confirmed_p_value"]] = 11, 40, 10, 0.4
    rare = replace(found, conditions=table)
    assert conditions(rare)[0]["rule"] == (
        "Reverses more often where utilisation today is above 0.9: in 25% of such worlds, in 5% of the others."
    )
    assert "1 holds there, and it is not confirmed in the worlds of this page." in about_conditions(rare)
    table.loc[0, "valid"] = False
    assert about_conditions(rare).endswith("No condition holds in worlds that it had not seen.")


def test_outcomes_that_nothing_is_known_of_are_not_told_as_agreement(ledger: Ledger) -> None:
    rows = [
        {"claim": claim, "name": "trust", "outcome": "trust", "axis": axis, "at": at, "result": result}
        for claim, result in (("A1", "as_claimed"), ("A3", "open"))
        for axis, at in (("as it is", ""), ("staff", "half"))
    ]
    said = map_sentence(pd.DataFrame(rows))
    assert said.startswith("2 of 2 outcomes say the same under all settings; 1 of these says each time that it cannot")


def test_the_sign_map_is_on_the_page_with_colour_and_mark(ledger: Ledger) -> None:
    rows = [
        {"claim": "A1", "name": "trust", "outcome": "trust", "axis": axis, "at": at, "result": result}
        for axis, at, result in (
            ("as it is", "", "as_claimed"),
            ("staff", "half", "against"),
            ("staff", "twice", "open"),
        )
    ]
    mapped = replace(ledger, map=pd.DataFrame(rows), about={**ledger.about, "map": FACTS})
    page = claims_html(mapped)
    for css, mark, said in (
        ("better", "▲", "as claimed"),
        ("worse", "▽", "against the claim"),
        ("not_distinguishable", "?", "cannot be told from no change"),
    ):
        shown = f'<span class="mark" aria-hidden="true">{mark}</span><span class="unseen">{said}</span>'
        assert f'<td class="{css}">{shown}' in page
    assert '<th scope="colgroup" colspan="2">staff</th>' in page
    assert "1 goes as claimed under one and against the claim under another: A1 trust in community social work." in page
    assert "| A1 | Trust in community social work | ▲ | ▽ | ? |" in ledger_markdown(mapped)
    assert "in Toytown, 600 residents, in 8 parameter worlds over 365 days" in ledger_markdown(mapped)
