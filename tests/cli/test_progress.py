"""How far a batch is: nothing when quiet, a plain line now and then when piped, a bar at a terminal."""

import io

import pytest

from sim.cli import _progress
from sim.lab.batch import Progress

HALF = Progress(10, 2, 24, 60.0, 59.0, 1, "ValueError: no\nsuch [thing]")
SAID = "toy: 13 of 24 runs, 2 failed, 1 timed out, 59 s left; last error: ValueError: no such [thing]\n"


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def clock(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(_progress.time, "monotonic", lambda: now[0])
    return now


def test_piped_it_is_one_plain_line_every_half_minute_at_most(capsys, clock):
    with _progress.batch_progress("toy", quiet=False) as hook:
        for _ in range(240):
            clock[0] += 0.5
            hook(HALF)
    assert capsys.readouterr() == ("", SAID * 4)


def test_what_takes_no_time_needs_no_line(capsys, clock):
    with _progress.batch_progress("toy", quiet=False) as hook:
        hook(HALF)
        clock[0] += 1.0
        hook(HALF)
    assert capsys.readouterr() == ("", "")


def test_quiet_is_quiet():
    with _progress.batch_progress("toy", quiet=True) as hook:
        assert hook is None


def test_at_a_terminal_it_is_a_bar_that_goes_when_it_is_done(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("COLUMNS", "200")
    with _progress.batch_progress("toy", quiet=False) as hook:
        hook(HALF)
    assert SAID.removeprefix("toy: ").strip() in terminal.getvalue()


def test_a_long_error_is_cut(capsys, clock):
    with _progress.batch_progress("toy", quiet=False) as hook:
        clock[0] += 5.0
        hook(Progress(0, 1, 2, 1.0, None, 0, "x" * 500))
    assert capsys.readouterr().err == "toy: 1 of 2 runs, 1 failed; last error: " + "x" * 77 + "...\n"


def test_what_comes_after_the_runs_has_a_line_each_when_piped(capsys, clock):
    with _progress.comparison_progress("toy", quiet=False) as (_, step):
        for what in ("Working out effects", "Drawing figures"):
            for done in range(3):
                step(what, done, 3)
    assert capsys.readouterr() == ("", "Working out effects ...\nDrawing figures ...\n")


def test_what_comes_after_the_runs_goes_on_in_the_bar(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("COLUMNS", "200")
    with _progress.comparison_progress("toy", quiet=False) as (hook, step):
        hook(HALF)
        step("Drawing figures", 2, 7)
    assert "Drawing figures, 3 of 7 ..." in terminal.getvalue()


@pytest.mark.parametrize(("quiet", "steps"), [(True, True), (False, False)])
def test_nothing_is_said_of_it_when_quiet_or_where_a_program_reads(quiet, steps):
    with _progress.comparison_progress("toy", quiet, steps) as (hook, step):
        assert step is None and (hook is None) == quiet
