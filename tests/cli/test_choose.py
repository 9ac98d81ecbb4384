"""``cgsim choose`` and ``cgsim frontier``: the choice first, then the options, then where everything is."""

import json

import pytest

from sim.cli.main import main
from tests import fakes

NAMES = ("baseline", "workforce", "online_channel", "demand_without_capacity")


@pytest.fixture
def results(monkeypatch, tmp_path):
    """A comparison's folder, made by the fake simulator."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sim.scenario.load_scenario", lambda name, sets=(): fakes.scenarios(name)[0])
    monkeypatch.setattr("sim.lab.engine.ModelEngine", lambda modules=(): fakes.FakeEngine())
    assert (
        main(["compare", *NAMES, "--jobs", "1", "--worlds", "6", "--no-report", "--quiet", "--out", "toy"])
        == 0
    )
    return tmp_path / "toy"


def test_the_choice_comes_first_then_a_row_for_each_option(results, capsys):
    assert main(["choose", str(results)]) == 0
    out = capsys.readouterr().out
    assert out.startswith("Robust choice: “Workforce”, for 40.0 yuan more") and out.index(
        "Robust choice"
    ) < out.index("Most missed")
    for what in (
        "for ",
        "below the best affordable option",
        "What it gives up: ",
        "How sure: ",
        "Least favoured: ",
    ):
        assert what in out[: out.index("Most missed")]
    assert "Wanted is that participation, trust or new conflicts is better" in out
    assert (results / "tables" / "options.csv").is_file()


def test_a_budget_changes_the_choice(results, capsys):
    assert main(["choose", str(results), "--budget", "10", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["robust"] == "online_channel" and data["worlds"] == 6
    assert [row["affordable"] for row in data["options"]] == [True, False, True, False]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--target", "trust"], "--target trust: an outcome's name and a number, as in trust=0.005"),
        (["--target", "trust=nan"], "an outcome's name and a number"),
        (["--target", "trsut=0.1"], "did you mean 'trust'"),
        (["--target", "turnout=0.1"], "the runs hold no outcome 'turnout'"),
        (["--weight", "trust=1", "--weight", "trust=2"], "given twice"),
        (["--window", "horizen"], "the runs hold no 'horizen'; they hold last_90, horizon; did you mean 'horizon'?"),
    ],
)
def test_mistakes_are_told_in_one_line(results, capsys, options, said):
    assert main(["choose", str(results), *options]) == 2
    assert said in capsys.readouterr().err
    assert not (results / "tables" / "options.csv").exists()


def test_a_small_frontier_on_a_real_community(tmp_path, monkeypatch, capsys):
    pytest.importorskip("pymoo")
    monkeypatch.chdir(tmp_path)
    wanted = ["--lever", "online_channel", "--lever", "workforce", "--doses", "0,1", "--evaluations", "4"]
    few = ["--worlds", "1", "--held-out", "2", "--days", "10", "--set", "burn_in=20", "--jobs", "1"]
    assert main(["frontier", "--quick", *wanted, *few]) == 0
    out, err = capsys.readouterr()
    assert "4 packages of 2 levers in 1 world" in err and "Robust choice: " in out
    made = tmp_path / "results" / "frontier"
    assert (made / "figures" / "frontier.svg").is_file() and (made / "tables" / "frontier.csv").is_file()
    assert out.startswith("\nIn two worlds that the search had not seen, ") and "How sure: " in out
    page = (made / "frontier.html").read_bytes()
    (made / "frontier.html").unlink()
    assert main(["frontier", "--page", str(made), "--tables-to", "kept"]) == 0
    assert (made / "frontier.html").read_bytes() == page and (tmp_path / "kept" / "manifest.json").is_file()
    assert main(["frontier", "--page", "kept", "--quiet"]) == 0
    assert (tmp_path / "kept" / "frontier.html").read_bytes() == page
    assert main(["frontier", "--page", str(made / "held_out")]) == 2
    assert "holds a comparison and no frontier" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--lever", "workfroce"], "did you mean 'workforce'"),
        (["--doses", "0,half"], "numbers with commas between"),
        (["--doses", "0,5"], "at most 2"),
        (["--worlds", "16", "--held-out", "40"], "worlds"),
        (["--stress", "12"], "40"),
        (["--at-most", "0"], "at-most"),
    ],
)
def test_searches_that_cannot_be_are_refused_before_anything_is_run(
    tmp_path, monkeypatch, capsys, options, said
):
    monkeypatch.chdir(tmp_path)
    assert main(["frontier", *options]) == 2
    assert said in capsys.readouterr().err and not list(tmp_path.iterdir())
