"""What a sensitivity analysis is said to have found, and drawn as, on made-up tables."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from sim.analysis.sampling import LUCK, REST
from sim.analysis.sensitivity_plan import Sensitivity
from sim.report.measure_picture import measure_picture
from sim.report.sensitivity_finding import finding, qualified
from sim.report.style import drawing


def row(factor, carried, low=0.0, high=0.9, told=1, grade="assumed", verdicts=0, claims=0, tried=0):
    return {
        "factor": factor, "description": f"Number {factor}.", "carried": carried, "carried_low": low,
        "carried_high": high, "told": told, "grade": grade, "verdicts_turned": verdicts, "claims_turned": claims,
        "claims_tried": tried, "low": 0.0, "high": 1.0, "unit": "share",
    }  # fmt: skip


def made(*rows, luck=0.1, rest=(0.2, 0.3), claims=0) -> Sensitivity:
    """An analysis whose table has these rows in this order."""
    table = pd.DataFrame(rows)
    own = [{name: each[name] for name in ("factor", "carried", "carried_low", "carried_high")} for each in rows]
    others = [(LUCK, luck, luck), (REST, *rest)]
    totals = [{"factor": f, "carried": c, "carried_low": c, "carried_high": m, "at_most": m} for f, c, m in others]
    manifest = {
        "parameters": {"varied": 50}, "screened": {"passed": 7}, "verdicts": {"count": 6},
        **({"claims": {"claims": claims}} if claims else {}),
    }  # fmt: skip
    return Sensitivity(Path("made"), manifest, {"measure_next": table, "totals": pd.DataFrame([*own, *totals])})


def test_the_leading_assumed_parameter_is_named_with_what_it_carries_and_turns() -> None:
    found = made(row("a", 0.4, 0.3, 0.5, verdicts=2, claims=1, tried=9), row("b", 0.1, 0.0, 0.2), claims=9)
    assert finding(found) == (
        "To be measured first: number a. It carries at least 40% (30% to 50%) of the variance of the conclusions, and "
        "it could turn 2 of 6 verdicts on scenarios and 1 of 9 claims."
    )
    assert "cannot be told from these" not in qualified(found)


def test_where_nothing_is_told_apart_nothing_is_recommended() -> None:
    said = finding(made(row("a", 0.1, told=0), row("b", 0.05, told=0)))
    assert said.startswith("Nothing here says what to measure first") and "number" not in said
    assert "cannot be told" not in qualified(made(row("a", 0.1, told=0)))


def test_a_parameter_that_only_luck_moves_is_passed_over_and_one_that_turns_a_verdict_is_not() -> None:
    assert "first: number b" in finding(made(row("a", 0.3, told=0), row("b", 0.1)))
    assert "first: number a" in finding(made(row("a", 0.3, told=0, claims=1, tried=4), row("b", 0.1), claims=4))


def test_what_has_a_source_already_is_not_to_be_measured() -> None:
    assert "first: number b" in finding(made(row("a", 0.6, grade="measured"), row("b", 0.1)))
    only = finding(made(row("a", 0.6, grade="measured"), row("b", 0.1, told=0)))
    assert only == "No assumed parameter can be told from luck: those that matter here have a source already."


def test_parameters_whose_intervals_overlap_the_first_are_named() -> None:
    said = qualified(made(row("a", 0.3, 0.1, 0.5), row("b", 0.2, 0.05, 0.4), row("c", 0.02, 0.0, 0.05)))
    assert said.startswith("In what it carries it cannot be told from these, whose intervals overlap: number b.")
    many = [row(name, 0.2, 0.1, 0.4) for name in "abcdef"]
    assert "number b, number c, number d and two more" in qualified(made(*many))


@pytest.mark.parametrize(("rest", "more"), [((0.5, 0.7), True), ((0.1, 0.2), False)])
def test_all_others_together_are_bounded_on_both_sides(rest, more) -> None:
    said = qualified(made(row("a", 0.3), rest=rest))
    low, high = (f"{100 * each:.0f}%" for each in rest)
    assert f"All other parameters together carry at least {low} and at most {high}" in said
    assert ("more than any single one" in said) == more
    assert "at most 100%" in qualified(made(row("a", 0.3), rest=(0.5, 1.3)))


def test_tables_without_a_ledger_speak_of_no_claims() -> None:
    found = made(row("a", 0.4, verdicts=1))
    found.tables["measure_next"] = found.tables["measure_next"].drop(columns=["claims_turned", "claims_tried"])
    assert finding(found).endswith("it could turn 1 of 6 verdicts on scenarios.")
    with drawing():
        texts = _texts(measure_picture(found).figure)
    assert "claim of the ledger" not in texts and "Verdicts that it could\nturn, of 6" in texts


def test_the_picture_names_grades_in_words_and_fits_a_narrow_screen() -> None:
    rows = [row(f"p{k}", 0.3 / (k + 1), claims=k, tried=9, grade="measured" if k == 1 else "assumed") for k in range(4)]
    with drawing():
        picture = measure_picture(made(*rows, claims=9))
        figure = picture.figure
        figure.canvas.draw()
        texts = _texts(figure)
        assert sum(text.startswith("Number") and "ASSUMED: 0 to 1 share" in text for text in texts) == 3
        assert any("MEASURED: 0 to 1 share" in text for text in texts) and {"none", "1", "2", "3"} <= set(texts)
        width = figure.get_figwidth()
        # At 400 pixels a letter of 7 points is 400 / width / 72 * 7 pixels high: 8 or more where the figure is narrow.
        assert 400.0 / width / 72.0 * min(text.get_fontsize() for text in _all(figure)) >= 7.5
        box = figure.bbox
        for text in _all(figure):
            own = text.get_window_extent()
            assert own.x0 >= box.x0 - 1 and own.x1 <= box.x1 + 1, text.get_text()
    assert "Number p3, assumed" in picture.alt and "could turn 3 verdicts" in picture.alt


def _all(figure):
    from matplotlib.text import Text

    return [each for each in figure.findobj(Text) if each.get_text() and each.get_visible()]


def _texts(figure) -> list[str]:
    return [each.get_text() for each in _all(figure)]
