"""Who is better than whom, and what is worth its money: the page says what the tables say."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from sim.report import words
from sim.report.choices import best_buys, versus_said, versus_table, worth_table
from sim.report.selection import Selection, select
from tests.report.fake_tables import write_extras

TRUE = {
    "one": ("One", (6.0, 0.0, 0.0), 4.0),
    "two": ("Two", (2.0, 0.0, 0.0), 1.0),
    "three": ("Three", (0.0, 0.0, 4.0), 9.0),
}


@pytest.fixture
def selection(fake, tmp_path: Path) -> Selection:
    results = fake.fake_results(true=TRUE, worlds=6, days=5, noise=0.1)
    results.folder = tmp_path
    write_extras(results, tmp_path)
    return select(results)


def test_the_first_is_said_to_be_better_where_the_table_says_so(selection: Selection) -> None:
    said = versus_said(selection)
    assert said == (
        "“One” stands first in the table: on participation it is better than all of the others and on new conflicts "
        "it is better than one of the others for sure; on trust it cannot be told from any of them."
    )


def test_where_nothing_can_be_told_nobody_is_called_better(selection: Selection) -> None:
    path = selection.results.folder / "versus.parquet"
    pd.read_parquet(path).assign(verdict="not_distinguishable").to_parquet(path)
    assert versus_said(selection) == (
        "“One” stands first in the table, but cannot be told from any of the others on participation, trust or new "
        "conflicts."
    )
    table = versus_table(selection)
    assert table is not None
    assert {row[-1] for row in table.rows} == {"? cannot be told which is better"}


def test_every_two_have_a_row_the_right_way_round(selection: Selection) -> None:
    table = versus_table(selection)
    assert table is not None and len(table.rows) == 9
    stored = pd.read_parquet(selection.results.folder / "versus.parquet").set_index(["scenario", "other", "outcome"])
    assert selection.ranked == ("one", "two", "three")
    shown = {row[:2]: row for row in table.rows}
    for (own, other, outcome), row in stored.iterrows():
        about = next(o for o in selection.outcomes if o.name == outcome)
        printed = shown[f"{own.capitalize()} less {other.capitalize()}", about.label]
        assert printed[2] == words.difference(about, row["mean"], row["smallest_change"])
        assert printed[3] == words.interval(about, row["low"], row["high"], row["smallest_change"])
        better = {"better": own, "worse": other}.get(row["verdict"])
        assert printed[4].endswith(f"{better.capitalize()} is better for sure" if better else "which is better")


def test_a_pair_that_is_stored_the_other_way_round_is_turned(selection: Selection) -> None:
    before = versus_table(selection)
    path = selection.results.folder / "versus.parquet"
    stored = pd.read_parquet(path)
    turned = stored.assign(
        scenario=stored["other"], other=stored["scenario"], mean=-stored["mean"], low=-stored["high"],
        high=-stored["low"], verdict=stored["verdict"].replace({"better": "worse", "worse": "better"}),
    )  # fmt: skip
    turned.to_parquet(path)
    assert versus_table(selection) == before


def test_of_many_scenarios_only_the_first_has_rows(fake, tmp_path: Path) -> None:
    results = fake.fake_results(worlds=4, days=5)
    results.folder = tmp_path
    write_extras(results, tmp_path)
    selection = select(results)
    table = versus_table(selection)
    assert table is not None and len(table.rows) == 3 * (len(selection.scenarios) - 1)
    first = selection.titles[selection.ranked[0]]
    assert all(row[0].startswith(f"{first} less ") for row in table.rows) and first in table.caption


def _shares(selection: Selection, shares: dict[float, tuple[float, ...]]) -> None:
    """Write shares of worlds in which each scenario is the best buy, by what a change is worth."""
    names = ("baseline", "one", "two", "three")
    pd.DataFrame(
        [
            {"outcome": "participation_30d", "willingness": pay, "scenario": name, "n": 20, "share_best": share,
             "share_beats_baseline": 0.25 * i}
            for pay, each in shares.items()
            for i, (name, share) in enumerate(zip(names, each, strict=True))
        ]
    ).to_parquet(selection.results.folder / "acceptability.parquet")  # fmt: skip


def test_the_best_buy_is_the_one_that_is_best_in_most_worlds(selection: Selection) -> None:
    _shares(selection, {0.0: (0.9, 0.1, 0.0, 0.0), 1.0: (0.8, 0.2, 0.0, 0.0), 10.0: (0.2, 0.1, 0.6, 0.1)})
    assert best_buys(selection) == [
        "1.0 points more participation: below 10 yuan nothing new (80% to 90% of worlds); from 10 yuan on “Two” "
        "(60% of worlds)."
    ]
    table = worth_table(selection)
    assert table is not None
    assert table.columns == ("Scenario", "Outcome", "1", "10")
    assert [row[2:] for row in table.rows] == [("25%", "25%"), ("50%", "50%"), ("75%", "75%")]


def test_prices_at_which_no_best_buy_is_clear_are_told_as_one(selection: Selection) -> None:
    _shares(selection, {0.0: (0.9, 0.1, 0.0, 0.0), 5.0: (0.4, 0.3, 0.2, 0.1), 10.0: (0.2, 0.45, 0.35, 0.0)})
    assert best_buys(selection) == [
        "1.0 points more participation: below 5 yuan nothing new (90% of worlds); from 5 yuan on no clear best (none "
        "in more than 45% of worlds)."
    ]


def test_without_the_tables_nothing_is_said(fake) -> None:
    selection = select(fake.fake_results(true=TRUE, worlds=4, days=5))
    assert versus_said(selection) is None and versus_table(selection) is None
    assert best_buys(selection) == [] and worth_table(selection) is None


def test_another_window_than_the_experiments_has_no_prices(selection: Selection) -> None:
    selection.results.experiment["window"] = "last_90"
    assert best_buys(selection) == [] and worth_table(selection) is None
