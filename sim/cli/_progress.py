"""Progress on standard error: a bar at a terminal, a plain line now and then otherwise, nothing when quiet."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import click

__all__ = ["batch_progress", "comparison_progress", "duration", "run_progress"]

PLAIN_EVERY = 30.0
"""Seconds between two plain lines."""
PLAIN_AFTER = 2.0
"""Anything shorter needs no line."""


def duration(seconds: float) -> str:
    """A time left: "40 s", "6 min", "2 h 10 min"."""
    if seconds < 90.0:
        return f"{max(0, round(seconds))} s"
    if seconds < 90 * 60:
        return f"{round(seconds / 60)} min"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes:02d} min"


@contextlib.contextmanager
def run_progress(title: str, quiet: bool, unit: str = "days") -> Iterator[Callable[[int, int], None] | None]:
    """A progress hook for one run: ``hook(days_done, days_in_all)``; None when quiet. Other units will do as well."""
    if quiet:
        yield None
        return
    with _reporter(title) as show:
        first: tuple[float, int] | None = None

        def hook(done: int, total: int) -> None:
            # The first day also loads the compiled code: the pace is that of the days after it.
            nonlocal first
            now = time.monotonic()
            if first is None:
                first = now, done
            days = done - first[1]
            show(done, total, unit, (now - first[0]) / days * (total - done) if days else None, "")

        yield hook


@contextlib.contextmanager
def batch_progress(title: str, quiet: bool) -> Iterator[Callable[[Any], None] | None]:
    """A progress hook for a batch (``sim.lab.runner.Progress``); None when quiet."""
    if quiet:
        yield None
        return
    with _reporter(title) as show:
        yield _runs(show)


@contextlib.contextmanager
def comparison_progress(
    title: str, quiet: bool, steps: bool = True
) -> Iterator[tuple[Callable[[Any], None] | None, Callable[[str, int, int], None] | None]]:
    """Progress hooks for a batch and for what comes after its runs; None for both when quiet.

    The second is ``hook(what, done, total)``: what is being done ("Drawing figures"), and how much of it is. At a
    terminal it goes on in the batch's bar; piped, each thing that is begun has a line. Without ``steps`` it is None.
    """
    if quiet:
        yield None, None
        return
    with _reporter(title) as show:
        begun: set[str] = set()

        def step(what: str, done: int, total: int) -> None:
            if sys.stderr.isatty():
                show(done, total, "", None, "", "", f"{what}, {min(done + 1, total)} of {total} ...")
            elif what not in begun:
                begun.add(what)
                click.echo(f"{what} ...", err=True)

        yield _runs(show), step if steps else None


Show = Callable[..., None]
"""``show(done, total, unit, seconds_left, note, last_error, text)``; a text is shown in place of all that."""


def _runs(show: Show) -> Callable[[Any], None]:
    """The progress hook of a batch."""

    def hook(progress: Any) -> None:
        note = f", {progress.failed} failed" if progress.failed else ""
        note += f", {progress.timed_out} timed out" if progress.timed_out else ""
        show(progress.ended, progress.total, "runs", progress.left, note, progress.error)

    return hook


def _text(done: int, total: int, unit: str, left: float | None, note: str, error: str) -> str:
    """How far it is, in one line; of the last error its first words."""
    said = f"{done} of {total} {unit}{note}" + ("" if left is None else f", {duration(left)} left")
    line = " ".join(error.split())
    return said + (f"; last error: {line[:77] + '...' if len(line) > 80 else line}" if line else "")


@contextlib.contextmanager
def _reporter(title: str) -> Iterator[Show]:
    """The way to show progress that fits where standard error goes."""
    if sys.stderr.isatty():
        try:
            bar = _bar(title)
            show = bar.__enter__()
        except RuntimeError:  # the thread that draws it cannot be started
            yield _lines(title)
            return
        with contextlib.ExitStack() as ending:
            ending.push(bar)
            yield show
    else:
        yield _lines(title)


@contextlib.contextmanager
def _bar(title: str) -> Iterator[Show]:
    """A bar that is drawn over itself; it goes when it is done."""
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, Progress, TextColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[text]}"))
    with Progress(*columns, console=console, transient=True, refresh_per_second=4) as bar:
        task = bar.add_task(title, total=None, text="")

        def show(
            done: int, total: int, unit: str, left: float | None, note: str, error: str = "", text: str = ""
        ) -> None:
            said = text or _text(done, total, unit, left, note, error)
            bar.update(task, completed=done, total=total, text=escape(said))

        yield show


def _lines(title: str) -> Show:
    """One plain line every half minute, for log files."""
    last = time.monotonic() - PLAIN_EVERY + PLAIN_AFTER

    def show(done: int, total: int, unit: str, left: float | None, note: str, error: str = "") -> None:
        nonlocal last
        now = time.monotonic()
        if now - last < PLAIN_EVERY or done >= total:
            return
        last = now
        click.echo(f"{title}: {_text(done, total, unit, left, note, error)}", err=True)

    return show
