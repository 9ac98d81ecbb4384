"""What docs/results.md says about reading results with other tools is done here as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim.lab import load_results
from tests import fakes
from tests.lab.repeated import NAMES, comparison

PAGE = Path(__file__).resolve().parents[2] / "docs" / "results.md"


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture
def results(tmp_path, monkeypatch):
    """A comparison where the page says it is."""
    monkeypatch.chdir(tmp_path)
    return load_results(comparison(tmp_path / "results" / "paths", seeds=3))


def headline(results):
    rows = results.windows.query("window == 'horizon' and by == 'scope' and level == 'residents'")
    return rows.set_index(["scenario", "world", "seed"])["trust"]


def test_duckdb_reads_the_runs_as_the_page_says(results):
    duckdb = pytest.importorskip("duckdb")
    means, pairs = blocks("sql")
    trust = headline(results)
    wanted = trust.groupby("scenario").mean()
    found = duckdb.sql(means).fetchall()
    assert [name for name, _ in found] == sorted(NAMES)
    # Sums in another order: each of the three additions rounds by at most half a bit of a number below 4.
    assert all(value == pytest.approx(wanted[name], abs=1e-14) for name, value in found)
    found = duckdb.sql(pairs).fetchall()
    assert [(name, count) for name, count, _ in found] == [("online_channel", 3), ("workforce", 3)]
    for name, _, difference in found:
        assert difference == pytest.approx((trust[name] - trust["baseline"]).mean(), abs=1e-14)
        assert difference == pytest.approx(fakes.TRUE_EFFECTS[name]["trust"], abs=0.01)


def test_polars_reads_the_runs_as_the_page_says(results):
    pytest.importorskip("polars")
    (code,) = (block for block in blocks("python") if "polars" in block)
    names: dict = {}
    exec(code, names)
    daily = names["daily"]
    assert daily.columns == ["scenario", "date", "trust"] and daily.height == 3 * 20
    mine = results.read("daily", ["trust"], [("scope", "residents")])
    wanted = mine.groupby(["scenario", "date"])["trust"].mean()
    for scenario, date, trust in daily.iter_rows():
        assert trust == pytest.approx(wanted[scenario, str(date)], abs=1e-14)


def test_pandas_reads_them_as_the_page_begins(results):
    (code,) = (block for block in blocks("python") if "load_results" in block)
    exec(code, {})


def test_every_file_of_a_comparison_has_the_same_columns(results):
    import pyarrow.parquet as pq

    schemas = [pq.read_schema(path).remove_metadata() for path in (results.folder / "runs").glob("*.parquet")]
    assert len(schemas) == 9 and all(schema == schemas[0] for schema in schemas)
