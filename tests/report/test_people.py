"""Who gains, what an interval is made of, and the frontier's share of worlds: shown where the results say so."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from sim.report import people, tables
from sim.report.brief import brief_html
from sim.report.figures import compare_figures
from sim.report.finding import find
from sim.report.selection import select
from sim.report.spread import spread_said, spread_table
from tests.report import fake_tables

TRUE = {"alpha": ("Alpha", (4.0, 0.0, 0.0), 2.0), "beta": ("Beta", (0.0, 3.0, 0.0), 20.0)}


@pytest.fixture
def results(fake, tmp_path: Path):
    made = fake.fake_results(tmp_path, true=TRUE, worlds=4, days=6, noise=0.05)
    fake_tables.write_extras(made, tmp_path)
    return made


def test_a_folder_without_these_tables_says_nothing_of_them(fake, tmp_path: Path) -> None:
    results = fake.fake_results(tmp_path, true=TRUE, worlds=4, days=6)
    selection = select(results)
    assert not selection.equity
    assert people.parted(selection) is people.gains_table(selection) is spread_table(selection) is None
    assert tables.frontier_table(selection) is None
    text = brief_html(results)
    assert "Who gains and who loses" not in text and "differs from world to world" not in text
    assert "who_gains" not in {path.stem for path in compare_figures(results, tmp_path / "figures")}


def test_who_loses_is_listed_first_one_row_a_scenario_and_outcome(results) -> None:
    table = people.parted(select(results))
    assert table is not None and table.caption == "Where some lose"
    assert table.rows == (
        ("Alpha", "Participation, 30 days", "▽ floating; Aged 70 and over; Vulnerable; 金湾一号"),
        ("Beta", "Trust in community social work", "▽ floating; Aged 70 and over; Vulnerable; 金湾一号"),
    )


def test_where_nobody_loses_it_is_those_who_gain_while_others_do_not(results) -> None:
    path = results.folder / "who_gains.parquet"
    pd.read_parquet(path).assign(loses="").to_parquet(path)
    table = people.parted(select(results))
    assert table is not None and table.caption == "Where some gain and not all" and len(table.rows) == 2
    pd.read_parquet(path).assign(gains="", loses="").to_parquet(path)
    table = people.parted(select(results))
    assert table is not None and not table.rows
    assert "Nothing here is better for some and not for others." in brief_html(results)


def test_all_of_them_are_called_all(results) -> None:
    path = results.folder / "who_gains.parquet"
    pd.read_parquet(path).query("by == 'group' and scenario == 'alpha'").assign(
        loses="registered, floating, students"
    ).to_parquet(path)
    table = people.parted(select(results))
    assert table is not None and {row[2] for row in table.rows} == {"▽ all groups"}


def test_levels_are_judged_by_the_table_that_allows_for_their_number(results) -> None:
    """The table of effects calls the students' effect better; the table of parts, which allows for more, does not."""
    path = results.folder / "equity.parquet"
    table = pd.read_parquet(path)
    table.loc[table["level"] == "students", "verdict"] = "not_distinguishable"
    table.to_parquet(path)
    effect = select(results).effect("alpha", "participation_30d", ("group", "students"))
    assert effect is not None and effect.verdict == "not_distinguishable"


def test_the_pictures_follow_the_scenario_that_the_finding_names(results, tmp_path: Path) -> None:
    selection = select(results)
    found = find(selection)
    assert people.followed(selection, found)[0] == found.scenario
    rows = people.level_rows(selection, "alpha", selection.outcomes[0])
    assert [label for label, _ in rows][:2] == ["All residents", "floating"]
    assert {"Aged 18 to 29", "Aged 70 and over", "Vulnerable"} <= {label for label, _ in rows}
    first = compare_figures(results, tmp_path / "a")
    again = compare_figures(results, tmp_path / "b")
    assert "who_gains" in {path.stem for path in first}
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in again]


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.1, "what is not known about the parameters"), (0.9, "to luck"), (0.5, "both luck and parameters")],
)
def test_what_the_intervals_owe_their_width_to_is_said_in_words(results, share: float, said: str) -> None:
    path = results.folder / "variance.parquet"
    pd.read_parquet(path).assign(share_seeds=share).to_parquet(path)
    selection = select(results)
    assert "All 6 intervals above owe their width " in spread_said(selection)
    assert said in spread_said(selection)
    table = spread_table(selection)
    luck = round(100 * share)
    assert table is not None and table.rows[0][1] == f"{luck}% luck, {100 - luck}% parameters"


def test_one_world_is_said_to_be_luck_and_one_seed_not_to_be_split(fake, results) -> None:
    (results.folder / "variance.parquet").unlink()
    assert "can be told where each parameter world is run with two seeds" in spread_said(select(results))
    results.runs["world"] = "point"
    assert "hold luck only" in spread_said(select(results))


def test_the_frontier_is_said_with_its_share_of_worlds(results) -> None:
    table = tables.frontier_table(select(results))
    assert table is not None and table.caption.startswith("On the frontier in this share of worlds")
    shares = {row[0]: row[1] for row in table.rows}
    assert shares == {"Baseline": "75% ●", "Alpha": "75% ●", "Beta": "25%"}


def test_a_price_comes_with_its_interval_where_the_results_have_one(results) -> None:
    selection = select(results)
    plain = {row[0]: row[4] for row in tables.cost_table(selection).rows}
    known = {"scenario": "alpha", "outcome": "participation_30d", "cost_per_unit_low": 40.0}
    path = results.folder / "cost_effect.parquet"
    pd.DataFrame([{**known, "cost_per_unit_high": 60.0}]).to_parquet(path)
    assert tables.cost_table(selection).rows[0][4] == f"{plain['Alpha']} (0.4 to 0.6)"
    pd.DataFrame([{**known, "cost_per_unit_high": float("inf")}]).to_parquet(path)
    assert tables.cost_table(selection).rows[0][4] == plain["Alpha"]
