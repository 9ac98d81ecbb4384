"""``cgsim claims``, ``conditions`` and ``signmap`` with the model itself, in a village of 350 people."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

FILE = """schema: 1
kind: claims
name: village
title: A village on trial
baseline: plain
worlds: {draw: latin_hypercube, count: 2, parameters: [needs.rate, trust.gain]}
horizon: 90
claims:
  A1:
    section: "1"
    claim: Teaching adds to knowledge.
    nature: wired
    mechanisms: [M2]
    treatment: {policies: {community_education: {dose: 1, settings: {attendance: 0.05}}}}
    outcomes: {knowledge: higher}
    ablation: {mechanisms_off: [M2]}
    cuts: nothing is learnt
  A2:
    section: "2"
    claim: Half the staff serve fewer.
    nature: emergent
    mechanisms: [M5]
    treatment: {staff: 0.5}
    outcomes: {on_time: lower, trust: lower, trust_experienced: lower}
    no_ablation: Staff is what the queue is made of.
  A3:
    section: "3"
    claim: It rains.
    untestable: There is no weather in it.
quick:
  baseline: plain
  worlds: {draw: latin_hypercube, count: 2, parameters: [needs.rate, trust.gain]}
map:
  late: {axis: due time, at: half, both: {scale: {service.due_urgent: 0.5}}}
"""


@pytest.fixture
def village(home: Path) -> Path:
    """A file of claims about the village, whose parameters are the shipped ones."""
    path = home / "experiments" / "village.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(FILE, encoding="utf-8")
    return path


def claims(cgsim: Callable, *options: object) -> object:
    return cgsim("claims", "village", "--set", "burn_in=30", "--jobs", "1", "--out", "out", *options)


def test_a_ledger_is_made_resumed_and_written_again(village: Path, cgsim: Callable) -> None:
    first = claims(cgsim, "--docs", "claims.md", "--reference", "kept")
    assert first.status == 0, first.err
    assert "3 claims share 5 arms, in 2 parameter worlds with 1 seed each: 10 runs." in first.err
    assert "1 is wired in and is no finding. 1 cannot be tested." in first.out
    assert "Ledger: out/ledger/claims.html" in first.out
    assert Path("out/ledger/claims.html").is_file()
    assert Path("claims.md").read_text().count("| A") == 4, "two verdicts, and what was compared"
    kept = sorted(path.name for path in Path("kept").iterdir())
    assert kept == [
        "about.json",
        "claims.csv",
        "conditions.csv",
        "features.csv",
        "map.csv",
        "outcomes.csv",
        "worlds.csv",
    ]

    again = claims(cgsim)
    assert "10 are there already" in again.err and "Nothing is left to run." in again.err
    assert again.out == first.out

    page = cgsim("claims", "--page", "kept", "--docs", "again.md", "--json")
    assert page.status == 0 and Path("again.md").read_text() == Path("claims.md").read_text()
    data = json.loads(page.out)
    assert [claim["claim"] for claim in data["claims"]] == ["A1", "A2", "A3"] and data["runs"] is None
    knowledge = next(row for row in data["outcomes"] if row["claim"] == "A1")
    assert knowledge["mean"] > 0.0 and knowledge["ablated_mean"] == 0.0


def test_some_claims_alone_use_the_runs_that_are_there(village: Path, cgsim: Callable) -> None:
    assert claims(cgsim, "--quiet").out == ""
    one = claims(cgsim, "--only", "A2")
    assert "1 claim takes 2 arms" in one.err and "4 are there already" in one.err


def test_the_map_shares_one_design(village: Path, cgsim: Callable) -> None:
    answer = cgsim("signmap", "village", "--set", "burn_in=30", "--only", "A2", "--jobs", "1", "--out", "map")
    assert answer.status == 0, answer.err
    assert "due time: half" in answer.out and Path("map/map.csv").is_file()
    assert claims(cgsim, "--only", "A2", "--quiet").status == 0
    page = cgsim("claims", "--page", "out", "--map", "map", "--reference", "kept", "--quiet")
    assert page.status == 0, page.err
    assert "What hangs on due times" in Path("out/ledger/claims.html").read_text()
    assert Path("kept/map.csv").read_text() == Path("map/map.csv").read_text()
    again = cgsim("claims", "--page", "kept", "--docs", "again.md", "--quiet")
    assert again.status == 0 and "## What hangs on due times" in Path("again.md").read_text()


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (["claims", "village", "--only", "A9"], "there is no claim 'A9'"),
        (["claims", "village", "--only", ","], "no claim is named; there are A1"),
        (["claims", "claims", "--quick", "--only", "C14"], "nothing can be run for C14, not testable"),
        (["claims", "nowhere"], "no experiment 'nowhere'"),
        (["claims", "--page", "experiments"], "holds no ledger of claims"),
        (["claims", "--page", "experiments", "--map", "experiments"], "holds no ledger of claims"),
        (["conditions", "village", "--worlds", "5"], "5 is not in the range"),
        (["signmap", "village", "--only", "A3,B"], "there is no claim 'B'"),
    ],
)
def test_mistakes_are_told_in_a_line(
    arguments: list[str], wanted: str, village: Path, cgsim: Callable
) -> None:
    answer = cgsim(*arguments)
    assert answer.status == 2 and wanted in answer.err and "Traceback" not in answer.err
