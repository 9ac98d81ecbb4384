"""Slips of a hurried user are answered in one line with status 2, and nothing is written."""

import os

import pytest


@pytest.mark.parametrize(
    "words", [("run", "baseline", "--out", ""), ("init", ""), ("compare", "baseline", "workforce", "--out", " ")]
)
def test_a_folder_without_a_name_is_not_the_one_you_are_in(cgsim, home, words):
    before = sorted(home.rglob("*"))
    answer = cgsim(*words)
    assert answer.status == 2 and "name of the folder is empty" in answer.err and not answer.out
    assert sorted(home.rglob("*")) == before


@pytest.mark.parametrize("name", ["s3:bucket", "file:", "~/out", "-rf", "x" * 300])
def test_a_name_that_stands_for_something_else_is_no_folder(cgsim, home, name):
    before = sorted(home.rglob("*"))
    answer = cgsim("compare", "baseline", "workforce", f"--out={name}")
    assert answer.status == 2 and "Error: Invalid value for '--out'" in answer.err and not answer.out
    assert sorted(home.rglob("*")) == before


def test_a_policy_module_that_ends_the_program_does_not(cgsim, home):
    (home / "mine.py").write_text("raise SystemExit(0)\n")
    answer = cgsim("run", "baseline", "--policy-module", "mine.py")
    assert answer.status == 2 and "mine.py: it ends the program (exit 0)" in answer.err


def test_words_that_are_not_utf_8_are_shown_and_refused(cgsim):
    answer = cgsim("validate", os.fsdecode(b"caf\xe9"), "--json")
    assert answer.status == 2 and "caf\\udce9: not UTF-8 text" in answer.err and not answer.out


def test_utf_8_is_read_where_the_locale_is_not(cgsim, monkeypatch):
    monkeypatch.setattr(os, "fsencode", lambda text: text.encode("ascii", "surrogateescape"))
    answer = cgsim("validate", "社区".encode().decode("ascii", "surrogateescape"))
    assert answer.status == 2 and "no scenario '社区'" in answer.err


def test_a_folder_in_place_of_a_scenario_is_said_to_be_one(cgsim, home):
    answer = cgsim("run", home)
    assert answer.status == 2 and "it is a folder, and not a name in" in answer.err


@pytest.mark.parametrize("words", [("run", "baseline", "--threads"), ("debug", "baseline", "--threads-b")])
def test_more_threads_than_any_machine_has_are_refused(cgsim, words):
    answer = cgsim(*words, 100_000)
    assert answer.status == 2 and "not in the range 1<=x<=256" in answer.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--weight", "trust=1e308", "--weight", "participation_30d=1e308"), "too large a number"),
        (("--weight", "trust=1", "--weight", " trust=2"), "trust: given twice"),
    ],
)
def test_weights_that_overflow_or_contradict_are_refused(words, said):
    from sim.cli._aims import aims_of
    from sim.errors import UsageError

    with pytest.raises(UsageError, match=said):
        aims_of(None, (), words[1::2])


@pytest.mark.parametrize("given", [("--quick",), ("--only", "C1"), ("--worlds", 3), ("--jobs", 2), ("--fresh",)])
def test_options_that_a_page_would_silently_ignore_are_refused(cgsim, home, given):
    (home / "kept").mkdir()
    answer = cgsim("claims", "--page", "kept", *given)
    assert answer.status == 2 and "--page runs nothing: leave --" in answer.err


@pytest.mark.parametrize("option", ["--conditions", "--map"])
def test_a_folder_that_does_not_hold_what_is_to_be_joined_costs_no_runs(cgsim, home, option, monkeypatch):
    monkeypatch.setattr("sim.analysis.claims.run_claims", lambda *a, **k: pytest.fail("something was run"))
    (home / "empty").mkdir()
    answer = cgsim("claims", "--quick", option, "empty")
    assert answer.status == 2 and answer.err.startswith("empty: ") and not (home / "results").exists()


@pytest.mark.parametrize("words", [("--quick", "--size", "large"), ("--no-confirm", "--confirm", "xicheng")])
def test_options_of_a_sensitivity_analysis_that_contradict_are_refused(cgsim, words):
    answer = cgsim("sensitivity", *words)
    assert answer.status == 2 and "exclude each other" in answer.err


@pytest.mark.parametrize("doses", ["nan", "0,inf", "0,,1", ""])
def test_doses_are_numbers(cgsim, home, doses):
    answer = cgsim("frontier", "--quick", "--doses", doses)
    assert answer.status == 2 and "numbers with commas between" in answer.err and not (home / "results").exists()


@pytest.mark.parametrize("seconds", ["nan", "inf", "1e12"])
def test_a_time_out_is_a_time(seconds):
    from sim.errors import UsageError
    from sim.lab.running import Running

    with pytest.raises(UsageError, match="timeout: seconds above 0, at most"):
        Running(timeout=float(seconds))


@pytest.mark.parametrize(
    "words",
    [
        ("match", "--tries"),
        ("conditions", "--worlds"),
        ("frontier", "--evaluations"),
        ("sensitivity", "--trajectories"),
    ],
)
def test_a_count_that_would_fill_the_memory_is_refused(cgsim, words):
    answer = cgsim(*words, 99_999_999_999)
    assert answer.status == 2 and "100000" in answer.err


def test_matched_worlds_go_to_a_folder(cgsim, home):
    (home / "file").write_text("mine")
    answer = cgsim("match", "--tries", 1, "--out", "file")
    assert answer.status == 2 and "is a file" in answer.err and (home / "file").read_text() == "mine"
