"""``cgsim sensitivity``: the finding first, mistakes explained, and a page that needs nothing else."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re

import numpy as np
import pytest

from sim.analysis.claims.ledger import keep_ledger
from sim.analysis.sensitivity_plan import load_sensitivity
from sim.cli.main import main
from sim.report.sensitivity import write_page
from tests.analysis.known_functions import UNITS, KnownEngine, KnownScenario, luck, sobol_g
from tests.analysis.test_turning import ledger
from tests.report.test_brief import Page

pytest.importorskip("SALib")

FUNCTIONS = {
    "baseline": {
        "participation_30d": lambda x, seed: sobol_g(x) + luck(seed),
        "trust": lambda x, seed: 0.1 * x["g.u2"],
        "conflicts_per_1000": lambda x, seed: luck(seed),
    },
    "full_package": {
        "participation_30d": lambda x, seed: sobol_g(x) + luck(seed) + x["g.u1"] - 0.5,
        "trust": lambda x, seed: 0.1 * x["g.u2"],
    },
}
SMALL = ("--quick", "--points", "16", "--trajectories", "4", "--keep", "3", "--jobs", "1")


def toys(patch, folder, fails=None):
    """Put known functions in the place of scenarios and simulator."""
    patch.chdir(folder)
    patch.setattr(os, "fsync", lambda handle: None)
    patch.setattr(
        "sim.scenario.load_scenario", lambda name, sets=(): KnownScenario(name, UNITS, title=name.title())
    )
    patch.setattr("sim.lab.engine.ModelEngine", lambda modules=(): KnownEngine(FUNCTIONS, fails))


@pytest.fixture
def toy(monkeypatch, tmp_path):
    toys(monkeypatch, tmp_path)
    return lambda fails: toys(monkeypatch, tmp_path, fails)


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """One analysis, done and read by all: what was printed, and its folder."""
    folder = tmp_path_factory.mktemp("sensitivity")
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(io.StringIO()) as out:
        toys(patch, folder)
        with contextlib.redirect_stderr(io.StringIO()) as err:
            assert main(["sensitivity", *SMALL, "--tables-to", "kept"]) == 0
    return out.getvalue(), err.getvalue(), folder


def test_the_finding_comes_first_then_the_ranking_then_the_places(done):
    out, err, folder = done
    lines = out.splitlines()
    assert lines[0].startswith("To be measured first: ") and "of the variance" in lines[0]
    assert "Of 4 uncertain parameters" in lines[1] and "Luck carries" in lines[1]
    assert lines[3].startswith("Measure") and re.search(r"^1 +\d+% \(", lines[5])
    assert "results/sensitivity-known/sensitivity.html" in out
    assert "screening:" in err and "indices:" in err and "runs" in err
    own = folder / "results" / "sensitivity-known"
    assert {path.stem for path in (own / "figures").glob("*.svg")} >= {"measure_next", "indices_trust"}
    tables = {path.stem for path in (own / "tables").glob("*.csv")}
    assert tables == {path.stem for path in (own / "tables").glob("*.parquet")} >= {"measure_next", "indices"}


def test_tables_are_kept_where_asked_and_no_runs(done):
    kept = done[2] / "kept"
    names = {str(path.relative_to(kept)) for path in kept.rglob("*") if path.is_file()}
    assert "manifest.json" in names and "tables/measure_next.csv" in names
    assert not any("runs" in name for name in names)


def test_the_page_is_one_whole_file_and_says_what_it_holds_for(done):
    text = (done[2] / "results" / "sensitivity-known" / "sensitivity.html").read_text(encoding="utf-8")
    page = Page(text)
    assert not [tag for tag, _ in page.tags if tag == "script"]
    assert not re.search(r'(src|href)="https?:', text)
    assert "A statement about the model, not about the community." in text
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_the_page_of_kept_tables_is_the_same(done, tmp_path):
    text = (done[2] / "results" / "sensitivity-known" / "sensitivity.html").read_text(encoding="utf-8")
    again = write_page(load_sensitivity(done[2] / "kept"), tmp_path).read_text(encoding="utf-8")
    ranking = re.compile(r"<caption>Parameters by how much.*?</table>", re.S)
    assert ranking.search(again)[0] == ranking.search(text)[0]


def test_what_nothing_but_luck_moves_is_said_to_be_luck(done):
    text = (done[2] / "results" / "sensitivity-known" / "sensitivity.html").read_text(encoding="utf-8")
    text = text[text.index("Luck, and what parameters do") :]
    text = text[: text.index("</table>")]
    rows = re.findall(r"<tr><th scope=\"row\">(.*?)</th>(.*?)</tr>", text, re.S)
    said = dict(rows)
    assert "nearly all is luck" in said["new conflicts, as it is today"]
    assert "does not vary" in said["trust, change by Full_Package"]
    assert "luck" not in said["trust, as it is today"]


def test_a_ledger_is_joined_to_tables_that_were_kept(done, monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "fsync", lambda handle: None)
    u = np.random.default_rng(2).permutation(20) / 19.0
    keep_ledger(ledger({"C1": u - 0.5, "C2": np.sin(7.0 * u[::-1])}, {"g.u1": u}), tmp_path / "ledger")
    kept = str(done[2] / "kept")
    assert main(["sensitivity", "--page", kept, "--claims", "ledger", "--out", "joined", "--tables-to", "small"]) == 0
    out = capsys.readouterr().out
    assert re.search(r"it could turn .*1 of 2 claims\.$", out.splitlines()[0])
    assert re.search(r"^1 .*1 of 2 +g\.u1$", out, re.M)
    text = (tmp_path / "joined" / "sensitivity.html").read_text(encoding="utf-8")
    page = Page(text)
    assert "C1: Something helps. (supported)" in text and "C2: " not in text
    drawn = re.search(r'<svg[^>]*aria-label="([^"]*)"', text)[1]  # the figure says so as well
    assert re.search(r"A number, assumed, \d+% of the variance, could turn 2 verdicts", drawn)
    assert "With 20 worlds only strong effects are seen: 2 pairs" in text
    assert not [tag for tag, _ in page.tags if tag == "script"]
    assert "different versions" not in text  # the ledger does not say of which version it is
    # What was joined is in the tables, large and small, and the page of either is the same.
    for place in ("joined", "small"):
        assert load_sensitivity(tmp_path / place).tables["claims_turned"]["turns"].tolist() == [True]
    assert not (done[2] / "kept" / "tables" / "claims_turned.csv").exists()
    again = write_page(load_sensitivity(tmp_path / "small"), tmp_path / "again").read_text(encoding="utf-8")
    assert "C1: Something helps. (supported)" in again


def test_a_page_without_a_ledger_speaks_of_no_claims(done):
    text = (done[2] / "results" / "sensitivity-known" / "sensitivity.html").read_text(encoding="utf-8")
    assert "claim" not in text.replace("Claims", "claims")[text.index("<body>") :]


def test_failed_runs_are_told_with_what_they_cost(toy, capsys):
    toy(lambda values, seed: values["g.u1"] > 0.8 and values["g.u3"] > 0.5)
    assert main(["sensitivity", *SMALL, "--json"]) == 1
    out, err = capsys.readouterr()
    assert json.loads(out)["failed"] > 0
    assert "runs failed: ValueError: this world cannot be simulated" in err
    assert re.search(r"\d+ trajectories and \d+ base points were left out", err)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--points", "48"), "a power of two from 8 on, such as 16, 64 or 256, not 48"),
        (("baseline", "baseline"), "two of the scenarios have the same name"),
        (("--claims", "."), "holds no ledger of claims"),
        (("--page", "."), "manifest.json"),
        (("--page", ".", "baseline"), "--page runs nothing"),
    ],
)
def test_mistakes_are_explained(toy, capsys, options, said):
    assert main(["sensitivity", *options]) == 2
    assert said in capsys.readouterr().err


def test_a_folder_of_other_results_is_left_alone(toy, capsys, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    assert main(["sensitivity", *SMALL, "--out", "mine"]) == 2
    assert "holds other files" in capsys.readouterr().err
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["notes.txt"]
