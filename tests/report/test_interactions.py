"""Of a factorial the brief says which policies need each other, under names that are short, distinct and complete."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from sim import policies
from sim.report.brief import brief_html
from sim.report.interaction_pictures import interaction_figure, interaction_pictures
from sim.report.interactions import (
    interaction_lines,
    interactions_said,
    interactions_table,
    main_table,
    pairs_shown,
)
from sim.report.labels import wrapped
from sim.report.selection import select
from sim.report.short_names import ONE_WORD, key_of_names, short_names
from sim.report.style import drawing
from tests.report.fake_factorial import POLICIES, adding, factorial, needing

TWO = ((0.0, 0.5, 1.0), (0.0, 1.0))


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """Two policies that need each other."""
    return factorial(tmp_path_factory.mktemp("two"), needing, TWO)


@pytest.fixture(scope="module")
def three(tmp_path_factory):
    """Three policies, of which two need each other."""
    return factorial(tmp_path_factory.mktemp("three"))


def test_an_interaction_is_told_with_both_effects_and_its_interval(two) -> None:
    selection = select(two)
    said = interactions_said(selection)
    assert said is not None and said.startswith(
        "“Cross-sector cooperation” (dose 1) does better on participation with “Participatory decisions” than without "
        "it: +"
    )
    table = pd.read_parquet(two.folder / "interactions.parquet")
    own = table[(table["kind"] == "interaction") & (table["level"] == "residents") & (table["dose"] == 1.0)]
    row = own[own["outcome"] == "participation_30d"].iloc[0]
    numbers = [float(text.replace("−", "-")) for text in re.findall(r"[+−]?\d+\.\d+", said.split(";")[0])]
    assert numbers[-3:] == pytest.approx([100 * row[name] for name in ("mean", "low", "high")], abs=0.051)
    assert numbers[0] - numbers[1] == pytest.approx(100 * row["mean"], abs=0.11)
    assert "trust" in said.partition(";")[2] and "better on trust" not in said


def test_where_effects_add_up_no_interaction_is_claimed(tmp_path: Path) -> None:
    said = interactions_said(select(factorial(tmp_path, adding, TWO)))
    assert said is not None and "better" not in said and "worse" not in said
    assert "o interaction can be told" in said or "too small to matter" in said


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        ("not_distinguishable", "No interaction can be told on participation, trust or new conflicts. That is not the "
                                "same as none: the intervals say how large one could be."),
        ("too_small", "On participation, trust and new conflicts every interaction is too small to matter."),
    ],
)  # fmt: skip
def test_a_null_result_says_which_kind_of_nothing_it_is(tmp_path: Path, verdict: str, said: str) -> None:
    results = factorial(tmp_path, adding, TWO)
    table = pd.read_parquet(tmp_path / "interactions.parquet")
    table.assign(verdict=verdict).to_parquet(tmp_path / "interactions.parquet")
    assert interactions_said(select(results)) == said


def test_tables_have_a_row_for_every_interaction_and_every_main_effect(three) -> None:
    selection = select(three)
    table, main = interactions_table(selection), main_table(selection)
    # Doses above none: two, two and one; so 4 + 2 + 2 interactions and five main effects, of three outcomes.
    assert table is not None and len(table.rows) == 3 * 8 and "allow for 24 of them" in table.caption
    assert main is not None and len(main.rows) == 3 * 5
    first = table.rows[0]
    assert first[0] == "Cooperation 0.5 with decisions 0.5"
    without, with_, difference = (float(text.replace("−", "-")) for text in first[2:5])
    assert difference == pytest.approx(with_ - without, abs=0.11)


def test_the_lines_drawn_are_the_cells_and_the_dotted_ones_what_adding_up_would_give(two) -> None:
    selection = select(two)
    (pair,) = pairs_shown(selection)
    assert pair == ("cross_sector_cooperation", "participatory_decisions")
    outcome = selection.outcomes[0]
    without, with_ = interaction_lines(selection, pair, outcome)
    assert (without.label, with_.label) == ("without decisions", "with decisions")
    own = two.windows[(two.windows["by"] == "scope") & (two.windows["level"] == "residents")]
    means = own.groupby("scenario")[outcome.name].mean()
    cells = two.experiment["factorial"]["cells"]
    by_dose = {tuple(cell.values()): means[name] for name, cell in cells.items()}
    for line, other in ((without, 0.0), (with_, 1.0)):
        expected = [by_dose[dose, other] - by_dose[0.0, 0.0] for dose in line.doses]
        assert line.values == pytest.approx(expected, abs=1e-12)
    added = [value + with_.values[0] for value in without.values]
    assert with_.added == pytest.approx(added)
    for value, low, high in list(zip(with_.values, with_.low, with_.high, strict=True))[1:]:
        assert low < value < high


def test_the_brief_and_the_figures_have_interactions_of_a_factorial_and_of_nothing_else(two, fake) -> None:
    text = brief_html(two)
    assert 'id="interactions"' in text and "In the names of scenarios “cooperation” is Cross-sector" in text
    with drawing():
        figure = interaction_figure(select(two))
        assert figure is not None and len(figure.axes) == 3
    plain = fake.fake_results(true={"one": ("One", (1.0, 0.0, 0.0), 1.0)}, worlds=3, days=5)
    assert interaction_figure(select(plain)) is None and interaction_pictures(select(plain)) == []
    assert interactions_said(select(plain)) is None and key_of_names(plain.experiment) is None


def test_names_of_combinations_are_distinct_and_whole_in_every_width_that_figures_use(three) -> None:
    titles = select(three).titles
    assert titles["baseline"] == "Baseline" and len(set(titles.values())) == len(titles) == 18
    name = "cross_sector_cooperation@0.5+participatory_decisions+representative_elections"
    assert titles[name] == "Cooperation 0.5 + decisions 1 + elections", "elections have one dose, which goes unsaid"
    for width in (18, 21, 22, 30):
        drawn = [wrapped(title, width) for title in titles.values()]
        assert not any("…" in text for text in drawn) and len(set(drawn)) == len(drawn)
        # No name is broken within a word, and no dose stands apart from its policy.
        assert all(text.replace("\n", " ") == title for text, title in zip(drawn, titles.values(), strict=True))
        assert not any(re.search(r"\n[\d.]+", text) for text in drawn)


def test_every_shipped_policy_has_a_word_of_its_own_and_others_go_by_their_names() -> None:
    assert set(ONE_WORD) == set(policies.BUILT_IN) and len(set(ONE_WORD.values())) == len(ONE_WORD)
    assert all(len(word) <= 11 and " " not in word for word in ONE_WORD.values())
    cells = {"base": {"my_own": 0.0, "workforce": 0.0}, "my_own@2+workforce": {"my_own": 2.0, "workforce": 1.0}}
    experiment = {"factorial": {"policies": {"my_own": "My own", "workforce": "Staff"}, "cells": cells}}
    assert short_names(experiment) == {"my_own@2+workforce": "My own 2 + staff"}


def test_values_are_told_with_their_levels_and_are_no_doses(tmp_path: Path) -> None:
    results = factorial(tmp_path, needing, TWO)
    staff, needs = list(POLICIES)[:2]
    results.experiment["factorial"]["levels"] = {
        staff: {"0": "2", "0.5": "4", "1": "8"}, needs: {"0": "2025-01-01", "1": "2025-07-01"},
    }  # fmt: skip
    named = short_names(results.experiment)
    assert "Cooperation 8 + decisions 2025-01-01" in named.values() and len(set(named.values())) == len(named)
    selection = select(results)
    said = interactions_said(selection)
    assert said is not None and said.startswith(
        "“Cross-sector cooperation” (8) does better on participation with “Participatory decisions” (2025-07-01) than "
        "at 2025-01-01: +"
    )
    table = interactions_table(selection)
    assert table is not None and table.rows[0][0].endswith(" with decisions 2025-07-01")
    (pair,) = pairs_shown(selection)
    lines = interaction_lines(selection, pair, selection.outcomes[0])
    assert [line.label for line in lines] == ["with decisions 2025-01-01", "with decisions 2025-07-01"]
    figure = interaction_figure(selection)
    assert figure is not None
    axes = figure.axes[0]
    assert axes.get_xlabel() == "Cross-sector cooperation"
    assert [label.get_text() for label in axes.get_xticklabels()] == ["2", "4", "8"]


def test_a_factorial_on_top_of_a_scenario_says_so_and_one_policy_alone_keeps_its_title() -> None:
    cells = {"full_package+online_channel+workforce": {"online_channel": 1.0, "workforce": 1.0}}
    titles = {"online_channel": "Online channel", "workforce": "Staff and funds"}
    named = short_names({"factorial": {"policies": titles, "cells": cells}})
    assert list(named.values()) == ["Full package + online + staff"]
    alone = {"factorial": {"policies": {"online_channel": "Online channel"}, "cells": {"x": {"online_channel": 0.5}}}}
    assert short_names(alone) == {} and key_of_names(alone) is None and short_names({}) == {}


def test_the_policies_of_this_test_are_called_as_the_simulator_calls_them() -> None:
    assert {name: policies.get(name).title for name in POLICIES} == POLICIES
