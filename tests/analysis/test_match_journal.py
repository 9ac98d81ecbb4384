"""The journal of a match: what was tried is never lost, and nothing is built on half a line."""

import pytest

from sim.analysis.matching import JOURNAL, Journal, Trial, match
from sim.errors import UsageError
from sim.lab.lock import locked
from sim.lab.worlds import World
from sim.scenario import load_scenario

WORLDS = tuple(World(f"w{i}", {"trust.gain": 0.1 * i}) for i in range(6))
TRIALS = [
    Trial(world, {"trust": 0.1 + i, "on_time": float("inf")}, ("trust",) * (i % 2)) for i, world in enumerate(WORLDS)
]


def tried(folder, key="a", count=6):
    journal = Journal(folder, key)
    assert journal.open(WORLDS) == []
    for trial in TRIALS[:count]:
        journal.add(trial)
    return folder / JOURNAL


def test_a_match_goes_on_from_what_was_tried(tmp_path):
    tried(tmp_path, count=4)
    said = []
    assert Journal(tmp_path, "a").open(WORLDS, said.append) == TRIALS[:4] and not said


def test_half_a_line_is_cut_off_with_a_word_and_nothing_is_added_behind_it(tmp_path):
    path = tried(tmp_path)
    path.write_bytes(path.read_bytes()[:-20])
    said = []
    journal = Journal(tmp_path, "a")
    assert journal.open(WORLDS, said.append) == TRIALS[:5]
    assert len(said) == 1 and "1 of 6 lines were cut short or damaged" in said[0]
    journal.add(TRIALS[5])
    assert Journal(tmp_path, "a").open(WORLDS) == TRIALS


@pytest.mark.parametrize("place", [0.2, 0.5, 0.8])
def test_a_flipped_bit_is_noticed_and_the_other_tries_are_kept(tmp_path, place):
    path = tried(tmp_path)
    content = bytearray(path.read_bytes())
    content[int(place * len(content))] ^= 1
    path.write_bytes(content)
    said = []
    kept = Journal(tmp_path, "a").open(WORLDS, said.append)
    assert len(kept) == 5 and all(trial in TRIALS for trial in kept) and len(said) == 1


def test_a_world_that_stands_twice_counts_once(tmp_path):
    path = tried(tmp_path)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines, *lines[1:]]))
    assert Journal(tmp_path, "a").open(WORLDS) == TRIALS


def test_another_match_keeps_the_tries_of_the_first_and_gives_them_back(tmp_path):
    tried(tmp_path, "a", 4)
    said = []
    assert Journal(tmp_path, "b").open(WORLDS, said.append) == []
    assert len(said) == 1 and "of another match; its tries are kept as" in said[0]
    Journal(tmp_path, "b").add(TRIALS[5])
    assert Journal(tmp_path, "a").open(WORLDS) == TRIALS[:4]
    assert Journal(tmp_path, "b").open(WORLDS) == TRIALS[5:]


def test_a_second_match_in_the_folder_is_refused(tmp_path):
    with locked(tmp_path), pytest.raises(UsageError, match="another batch is writing"):
        match(load_scenario("harbour_today"), 2, folder=tmp_path)
