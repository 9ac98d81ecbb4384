"""A made-up model with known carriers goes through the same code as the model, and the right ones are found."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sim.analysis.carriers.plan import questions
from sim.analysis.carriers.reading import Reading, readings_of
from sim.analysis.carriers.words import reading_words
from sim.errors import UsageError
from sim.lab.borrowed import borrow
from sim.lab.store import Store
from sim.vocabulary.mechanisms import BY_ID
from tests.made_up_carriers import CutEngine, looked_for
from tests.made_up_claims import claim, expected, judged

TREATMENTS = ("one", "most", "two", "chain", "direct", "either", "held", "path", "faint", "named", "hours")


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """All made-up treatments, in twelve worlds and at full size."""
    return looked_for(tmp_path_factory.mktemp("carriers") / "out", *TREATMENTS, full=True)


def reading(table: pd.DataFrame, treatment: str, place: str = "small") -> Reading:
    wanted = f"A{TREATMENTS.index(treatment) + 1}"
    return next(r for r in readings_of(table) if r.claim == wanted and r.place == place)


def carried_by(found: Reading) -> list[str]:
    return sorted(name for left in found.carriers for name in left.cut)


@pytest.mark.parametrize("place", ["small", "full"])
def test_known_carriers_are_found_and_nothing_else(table: pd.DataFrame, place: str) -> None:
    found = {name: reading(table, name, place) for name in TREATMENTS}
    assert {name: (r.kind, carried_by(r)) for name, r in found.items()} == {
        "one": ("one", ["M16"]),
        "most": ("one", ["M16"]),
        "two": ("several", ["M5", "M7"]),
        "chain": ("several", ["M16", "M5"]),
        "direct": ("direct", []),
        "either": ("together", []),
        "held": ("direct", []),
        "path": ("one", ["M7"]),
        "faint": ("unclear", []),  # nothing is left that matters
        "named": ("unclear", []),  # its own mechanism carries it all
        # An effect in one world of twelve cannot be told from none; that nothing at all differs without M16 can.
        "hours": ("one", ["M16"]),
    }


def test_shares_are_the_true_ones(table: pd.DataFrame) -> None:
    """Luck of single runs is 0.05 of a smallest change, effects are five of them: over twelve worlds with two arms a
    share is known to 0.05 * sqrt(2 / 12) / 5 = 0.4%. Four of that is the tolerance."""
    one, most, two = (reading(table, name) for name in ("one", "most", "two"))
    assert one.carriers[0].share == pytest.approx(0.0, abs=0.016) and one.carriers[0].small
    assert most.carriers[0].share == pytest.approx(0.2, abs=0.016) and not most.carriers[0].small
    assert [left.share for left in two.carriers] == pytest.approx([0.5, 0.5], abs=0.016)
    assert two.several is not None and two.several.cut == ("M5", "M7")
    assert two.several.share == pytest.approx(0.0, abs=0.016)
    assert all(left.low < left.share < left.high for left in (*one.carriers, *most.carriers, *two.carriers))


def test_a_mechanism_without_which_nothing_moves_is_no_carrier(table: pd.DataFrame, tmp_path: Path) -> None:
    direct = reading(table, "direct")
    assert direct.still == ("M1",) and direct.rest is not None and "M1" not in direct.rest.cut
    assert direct.rest.share == pytest.approx(1.0, abs=0.016)
    trust = next(readings_of(looked_for(tmp_path / "out", "one", outcome="trust")))
    assert trust.still == ("M4",) and carried_by(trust) == ["M16"]


def test_what_holds_an_effect_back_is_told_from_what_carries_it(table: pd.DataFrame) -> None:
    held = reading(table, "held")
    assert [left.cut for left in held.against] == [("M3",)]
    assert held.against[0].share == pytest.approx(2.0, abs=0.03)


def test_a_single_path_is_looked_at_within_what_carries(table: pd.DataFrame) -> None:
    assert [left.cut for left in reading(table, "path").paths] == [("P1",)]
    cuts = set(table.loc[table["step"] == "path", "cut"])
    assert cuts == {"P1"}, "the other path is about a policy that no arm runs"


def test_where_nothing_carries_by_luck_alone_hardly_anything_is_named(tmp_path: Path) -> None:
    """Luck as large as half the effect: all sixteen mechanisms of eight claims carry nothing. Each claim names one
    with a chance of 5% at most, so three of eight or more come up in 0.6% of all cases."""
    found = [next(readings_of(looked_for(tmp_path, "direct", engine=CutEngine(noise=2.5 + i / 1e6)))) for i in range(8)]
    assert sum(r.kind in ("one", "several") for r in found) <= 2
    assert not any(r.kind == "together" for r in found)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model of three mechanisms, where every run goes through the store."""
    monkeypatch.setattr("sim.analysis.carriers.plan.MECHANISMS", tuple(BY_ID[name] for name in ("M1", "M5", "M16")))


@pytest.mark.usefixtures("few")
def test_runs_are_shared_and_resumed_and_full_size_runs_only_what_leads(tmp_path: Path) -> None:
    first: list[Any] = []
    again: list[Any] = []
    options: dict[str, Any] = {"full": True, "stored": True, "worlds": 4}
    table = looked_for(tmp_path / "out", "one", engine=CutEngine(log=first), **options)
    small, full = (table[table["place"] == place] for place in ("small", "full"))
    assert list(small["step"]) == ["whole", "named", "each", "each", "each", "rest", "alone"]
    assert list(full["step"]) == ["whole", "named", "each", "rest"] and list(full["cut"])[2:] == ["M16", "M5 M16"]
    # Both arms of each row in four worlds, once: what the second batch asks for is there from the first.
    assert sum(len(entry) == 2 for entry in first) == 2 * 4 * (len(small) + len(full))
    assert looked_for(tmp_path / "out", "one", engine=CutEngine(log=again), **options).equals(table)
    assert again == []
    written = pd.read_csv(tmp_path / "out" / "carriers.csv", dtype={"cut": str}).fillna({"cut": "", "finding": ""})
    assert [r.kind for r in readings_of(written)] == [r.kind for r in readings_of(table)]


@pytest.mark.usefixtures("few")
def test_runs_that_the_ledger_has_are_borrowed(tmp_path: Path) -> None:
    looked_for(tmp_path / "one", "faint", stored=True, worlds=2)
    ids = sorted(path.stem for path in (tmp_path / "one" / "runs").glob("*.parquet"))
    (tmp_path / "one" / "runs" / f"{ids[0]}.parquet").write_bytes(b"damaged")
    store = Store(tmp_path / "two")
    assert borrow(store, ids[:4], tmp_path / "one") == 3, "what is damaged is not lent"
    assert store.finished(ids, thorough=True) == set(ids[1:4])
    assert borrow(store, ids[:4], tmp_path / "one") == 0 and borrow(store, ids, tmp_path / "nowhere") == 0


def test_what_is_in_question_is_what_the_ledger_says_something_else_carries() -> None:
    found = judged(
        claim("A1", "plain", expected("participation_30d", "higher")),
        claim("A7", "elsewhere", expected("participation_30d", "higher")),
    )
    assert [(q.claim, q.name) for q in questions(found.values())] == [("A7", "participation_30d")]
    with pytest.raises(UsageError, match="A1: the ledger does not say .* it says so of A7"):
        questions(found.values(), ["A1"])


def test_readings_in_words(table: pd.DataFrame) -> None:
    said = {name: reading_words(reading(table, name)) for name in TREATMENTS}
    assert re.match(r"carried by hours \(M16\), without which 2\d% of that is left \(\d\d% to 2\d%\)$", said["most"])
    assert said["hours"] == "carried by hours (M16), without which nothing is left in any world"
    assert said["one"].startswith("carried by hours (M16), without which what is left is within noise")
    assert "needs and service (M5)" in said["two"] and "; without both what is left is within noise" in said["two"]
    assert said["direct"].startswith("it is direct: with every other mechanism cut at once ")
    assert said["direct"].endswith("(all but participation choice (M1), without which there is nothing to move)")
    assert said["either"].startswith("no mechanism by itself carries it, several together do")
    assert said["faint"] == "what carries it cannot be told"
