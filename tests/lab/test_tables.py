"""Tables come back as they were written: names stay text, and nothing in a CSV is a formula."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest

from sim.errors import RunError
from sim.lab.tables import csv_text, read_csv

NAMES = ("2024", "007", "true", "no", "null", "NA", "NaN", "nan", "None", "1e5", "inf", "", "1_000", "2024-01-01")
FORMULAS = ("=1+1", "+1 more", "-all", "@SUM(A1)", "\tx", "=cmd|' /C calc'!A0", "'=quoted", "'", "'tis", "-5", "+3.0")


@pytest.mark.parametrize("column", ["scenario", "world", "level", "title", "id", "error"])
def test_a_text_column_is_read_back_cell_for_cell(tmp_path: Path, column: str) -> None:
    before = pd.DataFrame({column: [*NAMES, *FORMULAS], "mean": 0.5})
    path = tmp_path / "t.csv"
    path.write_text(csv_text(before), encoding="utf-8", newline="")
    after = read_csv(path)
    assert after[column].tolist() == before[column].tolist()
    assert after["mean"].dtype == float


@pytest.mark.parametrize("kind", ["object", "str", "category"])
def test_no_text_of_a_csv_begins_like_a_formula_and_numbers_stay_numbers(kind: str) -> None:
    texts = [text for text in FORMULAS if text[:1] in "=+-@\t" and text not in ("-5", "+3.0")]
    frame = pd.DataFrame({"title": pd.Series(texts, dtype=kind), "mean": -0.5})
    rows = list(csv.reader(csv_text(frame).splitlines()))[1:]
    assert len(rows) == len(texts) > 4
    assert all(title.startswith("'") and mean == "-0.5" for title, mean in rows)


def test_missing_numbers_are_missing_and_columns_that_are_needed_are_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(csv_text(pd.DataFrame({"scenario": ["a", ""], "mean": [1.0, None]})), encoding="utf-8")
    assert read_csv(path)["mean"].isna().tolist() == [False, True]
    with pytest.raises(RunError, match="no column 'seed'"):
        read_csv(path, ("seed",))
