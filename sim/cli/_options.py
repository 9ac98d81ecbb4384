"""Options that several commands share."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

__all__ = [
    "CLAIM_DAYS",
    "COUNT",
    "DAYS",
    "FIRST_SEED",
    "Folder",
    "THREADS",
    "SEED",
    "design_options",
    "jobs_option",
    "json_option",
    "listed",
    "load_policies",
    "print_json",
    "quiet_option",
    "resume_option",
    "runs_nothing",
    "scenario_options",
    "stopped",
]

F = TypeVar("F", bound=Callable[..., Any])

SEED = click.IntRange(0, 2**64 - 1)
FIRST_SEED = click.IntRange(0, 2**63 - 1)
"""A seed that others follow; what is left up to ``SEED`` is more than any design counts up to."""

DAYS = click.IntRange(1, 36_525)
"""As long as a scenario's horizon may be: a century."""
COUNT = click.IntRange(1, 100_000)
"""Worlds, seeds and other things that are counted; a slip of the finger beyond it would fill the memory."""
THREADS = click.IntRange(1, 256)
"""A step cuts its rows into as many parts: thousands of threads would spend days on cutting."""
CLAIM_DAYS = click.IntRange(90, DAYS.max)
"""Claims are judged over a last quarter of a year at least."""


class Folder(click.Path):
    """A folder that something is written to or read from; an empty name is refused.

    It comes from a shell variable that was never set, and would stand for the folder one is in.
    """

    def __init__(self, exists: bool = False) -> None:
        super().__init__(exists=exists, file_okay=False, path_type=Path)

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Any:
        """Return the folder as a path."""
        if not str(value).strip():
            self.fail("the name of the folder is empty; write . for the folder you are in", param, ctx)
        return super().convert(value, param, ctx)


def listed(_context: click.Context, _option: click.Parameter, value: str | None) -> list[str] | None:
    """Read an option such as ``--only C28,X1`` as the names in it; None where it was not given."""
    return None if value is None else [word.strip() for word in value.split(",") if word.strip()]


def load_policies(
    _context: click.Context, _option: click.Parameter, values: Sequence[str]
) -> tuple[str, ...]:
    """Load the policy modules a user named; done while options are read, before any scenario is looked at."""
    if values:
        from sim.errors import PolicyModuleError
        from sim.policies import load_module

        for value in values:
            try:
                load_module(value)
            except SystemExit as left:  # a script that calls exit() is no reason to end, wordless, with its status
                raise PolicyModuleError(
                    f"{value}: it ends the program (exit {left.code!r}) when it is loaded; "
                    'guard what is run as a script with: if __name__ == "__main__"'
                ) from None
    return tuple(values)


def scenario_options(function: F) -> F:
    """Add ``--set`` (as ``sets``) and ``--policy-module`` (as ``policy_modules``) to a command.

    Policy modules are loaded before the command's function is called.
    """
    function = click.option(
        "--policy-module",
        "policy_modules",
        multiple=True,
        metavar="FILE|MODULE",
        is_eager=True,
        callback=load_policies,
        help="Load policies of your own from a Python file or module. Its code is run.",
    )(function)
    return click.option(
        "--set",
        "sets",
        multiple=True,
        metavar="KEY=VALUE",
        help="Change one value, as in --set policies.online_channel.dose=0.5. May be repeated.",
    )(function)


def design_options(function: F) -> F:
    """Add what says how much is run, and where it lands: seeds, worlds, draw, first_seed, days, driver and out."""
    for option in reversed(
        (
            click.option("--seeds", type=click.IntRange(1), help="Seeds in each parameter world."),
            click.option(
                "--worlds",
                type=click.IntRange(1),
                help="Parameter worlds; 1 is the world of the written values. Like --seeds a fixed number: it sets "
                "aside the precision that an experiment asks for.",
            ),
            click.option(
                "--draw",
                type=click.Choice(["latin_hypercube", "sobol", "matched"]),
                help="Of scenarios: worlds over the parameters' whole ranges, or the history-matched ones.",
            ),
            click.option(
                "--first-seed", type=FIRST_SEED, help="The first seed; the others follow.  [default: 1]"
            ),
            click.option("--days", type=DAYS, help="Days after the burn-in."),
            click.option(
                "--driver",
                type=click.Choice(["compiled", "agents"]),
                default="compiled",
                show_default=True,
                help="Compiled kernels, or Mesa agents one at a time; the results are the same.",
            ),
            click.option(
                "--out",
                type=Folder(),
                help="Results folder; results/NAME by default.",
            ),
        )
    ):
        function = option(function)
    return function


def jobs_option(function: F) -> F:
    """Add ``--jobs`` to a command."""
    return click.option(
        "--jobs", "-j", type=click.IntRange(1), help="Processes; one for each processor by default."
    )(function)


def resume_option(function: F) -> F:
    """Add ``--resume/--fresh`` (as ``resume``) to a command."""
    return click.option(
        "--resume/--fresh", default=True, show_default=True, help="Use the runs that are there, or forget them."
    )(function)


def json_option(function: F) -> F:
    """Add ``--json`` (as ``as_json``) to a command."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON for scripts.")(function)


def quiet_option(function: F) -> F:
    """Add ``--quiet`` to a command."""
    return click.option("--quiet", "-q", is_flag=True, help="Print nothing but errors.")(function)


def runs_nothing(*names: str) -> None:
    """Refuse options of runs, by their parameters' names, beside ``--page``: they would change nothing.

    Raises
    ------
    UsageError
        If one of them was given.
    """
    from sim.errors import UsageError

    context = click.get_current_context()
    for option in context.command.params:
        given = context.get_parameter_source(option.name or "") is click.core.ParameterSource.COMMANDLINE
        if option.name in names and given:
            raise UsageError(f"--page runs nothing: leave {option.opts[0]} out")


def stopped(folder: Path) -> int:
    """Say that a batch was broken off and goes on; returns the exit status for it."""
    click.echo(f"Stopped. Finished runs are kept in {folder}; the same command goes on from there.", err=True)
    return 130


def print_json(data: Any) -> None:
    """Print data as JSON on standard output."""
    click.echo(json.dumps(data, indent=2, ensure_ascii=False, default=str))
