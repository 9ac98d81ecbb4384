"""Where the numbers come from: the command without its machine, and how it was decided that runs were enough."""

from __future__ import annotations

import pytest

from sim.report.origin import facts, reproducing_command, stopping_sentence


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("cgsim compare paths", "cgsim compare paths"),
        ("cgsim compare paths --out /somewhere/else -j 4 --quiet", "cgsim compare paths"),
        ("cgsim compare paths --out='a b' --jobs=2 -j8 --fresh --worlds 8", "cgsim compare paths --worlds 8"),
        ("cgsim compare a b --set 'x.y=a b' --csv --json", "cgsim compare a b --set 'x.y=a b'"),
    ],
)
def test_options_that_change_no_number_are_left_out_of_the_command(typed: str, kept: str) -> None:
    assert reproducing_command({"command": typed}) == kept


def test_started_from_python_there_is_no_command() -> None:
    assert reproducing_command({"command": None}) is None


def test_facts_are_named_for_readers_and_hashes_are_short() -> None:
    manifest = {
        "code_version": "ab" * 32,
        "scenario_hashes": {"one": "cd" * 32},
        "seed": 1,
        "git": {"commit": "12ef", "clean": False, "changed_files": 3},
        "versions": {"cgsim": "1.0", "gone": None},
        "labels": {"q": "Q"},
        "title": "Not here",
    }
    found = dict(facts(manifest))
    assert found == {
        "Versions": "cgsim 1.0",
        "Working copy": "commit 12ef, with 3 changed files",
        "First seed": "1",
        "Hash of the model's code": "ab" * 32,
        "Hashes of the scenarios (16 digits)": f"one {'cd' * 8}",
    }


def test_worlds_with_one_seed_more_than_the_others_are_told() -> None:
    worlds = {"draw": "matched", "count": 16}
    assert dict(facts({"seeds_per_world": 1, "experiment": {"worlds": worlds}})) == {"Seeds in each world": "1"}
    found = dict(facts({"seeds_per_world": 1, "experiment": {"worlds": {**worlds, "repeated": 3}}}))
    assert found == {"Seeds in each world": "1, and one more in 3 of the worlds"}


def test_how_runs_were_added_is_said_where_a_precision_was_asked_for() -> None:
    assert stopping_sentence({}) is None
    record = {
        "look": 2,
        "words": "After 16 runs it was reached.",
        "intervals": "Each interval is one of 97%.",
    }
    assert stopping_sentence({"stopping": record}) == (
        "Replications were added until effects were known well enough. After 16 runs it was reached. "
        "Each interval is one of 97%."
    )
