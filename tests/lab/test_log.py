"""``log.txt`` says when batches began and ended, and how every run between them ended."""

import json
import re

import pytest

from sim.lab.manifest import HOLDS
from tests import fakes
from tests.lab import batches

LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d  (?:(ok|failed|timed_out) +(\d+\.\d\d) s  )?(.+)")


def lines(folder):
    return [LINE.fullmatch(line).groups() for line in (folder / "log.txt").read_text().splitlines()]


@pytest.mark.parametrize("jobs", [1, 2])
def test_every_run_that_ends_has_a_line(tmp_path, jobs):
    batches.conclude(tmp_path, fakes.FakeEngine(seconds=0.05, fails=("workforce",)), jobs)
    first, *runs, last = lines(tmp_path)
    assert first[2].startswith("begun: 24 runs, 0 of them there already; by ")
    assert last[2] == "ended: 16 of 24 runs are there"
    assert sorted(status for status, _, _ in runs) == ["failed"] * 8 + ["ok"] * 16
    assert all(0.04 < float(seconds) < 20.0 for status, seconds, _ in runs if status == "ok")
    assert {text for status, _, text in runs if status == "failed"} == {
        f"workforce, world w{i}, seed {i + 1}: ValueError: workforce cannot be simulated" for i in range(8)
    }


def test_a_batch_that_goes_on_goes_on_in_the_same_log_and_a_fresh_one_in_its_own(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        batches.conclude(tmp_path, fakes.FakeEngine(interrupts=("online_channel",)))
    assert lines(tmp_path)[-1][2] == "broken off: Ctrl-C"
    batches.conclude(tmp_path)
    texts = [text for status, _, text in lines(tmp_path) if status is None]
    assert texts[2] == "begun: 24 runs, 2 of them there already; by this process" and len(texts) == 4
    batches.conclude(tmp_path, fresh=True)
    assert len(lines(tmp_path)) == 26


def test_a_log_that_cannot_be_written_stops_nobody(tmp_path, undisturbed):
    whole = {"layout": 1, "kind": "comparison", **dict.fromkeys(HOLDS["comparison"], "")}
    (tmp_path / "manifest.json").write_text(json.dumps(whole))
    (tmp_path / "log.txt").mkdir()
    batches.conclude(tmp_path)
    assert batches.tables(tmp_path) == undisturbed
