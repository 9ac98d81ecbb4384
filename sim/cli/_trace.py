"""The options that follow one life through a run, and what is done with them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from sim.cli._progress import run_progress

__all__ = ["follow", "trace_options"]

F = TypeVar("F", bound=Callable[..., Any])


def trace_options(function: F) -> F:
    """Add ``--trace`` (as ``traces``) and ``--trace-all`` to a command."""
    function = click.option(
        "--trace-all", is_flag=True, help="With --trace: tell of every day, ordinary fading included."
    )(function)
    return click.option(
        "--trace",
        "traces",
        multiple=True,
        metavar="KIND:NUMBER",
        help="Write the life of resident:ROW, worker:ROW, demand:N or conflict:N (the N-th of the run, or its id), "
        "phase by phase, with the rules and numbers behind each change. May be repeated; takes a second run.",
    )(function)


def follow(
    scenario: Any,
    traces: Sequence[str],
    seed: int,
    days: int | None,
    threads: int,
    every_day: bool,
    quiet: bool,
) -> Sequence[Any]:
    """Follow lives through a run; nothing is written yet, so that a mistake leaves nothing behind.

    Raises
    ------
    UsageError
        If what was asked for makes no sense or never appeared, or every day is asked of nobody.
    """
    if not traces:
        if every_day:
            from sim.errors import UsageError

            raise UsageError("--trace-all is for use with --trace, as in --trace resident:12 --trace-all")
        return ()
    from sim.model.trace import parse, trace

    for text in traces:
        parse(text)
    with run_progress(f"following {', '.join(traces)}", quiet) as progress:
        return trace(scenario, traces, seed, days, threads, every_day, progress)
