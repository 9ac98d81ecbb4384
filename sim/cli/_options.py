"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from sim.scenario.texts import path_complaint

__all__ = [
    "CLAIM_DAYS",
    "COUNT",
    "DAYS",
    "DRIVERS",
    "FIRST_SEED",
    "FOLDER",
    "FOLDER_THAT_IS_THERE",
    "SEED",
    "THREADS",
    "design_options",
    "driver_option",
    "jobs_option",
    "json_option",
    "listed",
    "policy_module_option",
    "quiet_option",
    "resume_option",
    "runs_nothing",
    "scenario_options",
    "search_options",
]

F = TypeVar("F", bound=Callable[..., Any])

SEED = click.IntRange(0, 2**63 - 1)
"""Tables hold whole numbers of 64 bits with a sign."""
FIRST_SEED = click.IntRange(0, 2**62)
"""A seed that others follow; what is left up to ``SEED`` is more than any design counts up to."""

DAYS = click.IntRange(1, 36_525)
"""As long as a scenario's horizon may be: a century."""
COUNT = click.IntRange(1, 100_000)
"""Worlds, seeds and other things that are counted; a slip of the finger beyond it would fill the memory."""
THREADS = click.IntRange(1, 256)
"""A step cuts its rows into as many parts: thousands of threads would spend days on cutting."""
CLAIM_DAYS = click.IntRange(90, DAYS.max)
"""Claims are judged over a last quarter of a year at least."""

DRIVERS = click.Choice(["compiled", "agents"])


class Folder(click.Path):
    """A folder that something is written to or read from, named by a text that stands for nothing else.

    An empty name, for one, comes from a shell variable that was never set, and would stand for the folder one is in.
    """

    def __init__(self, exists: bool = False) -> None:
        super().__init__(exists=exists, file_okay=False, path_type=Path)

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Any:
        """Return the folder as a path."""
        text = str(value)
        if not text.strip():
            self.fail("the name of the folder is empty; write . for the folder you are in", param, ctx)
        if text.startswith("-"):
            self.fail(f"{text} would be an option to other commands; write ./{text} for that folder", param, ctx)
        if text.startswith("~"):
            self.fail(f"{text}: no shell put your home folder in place of ~; write it out", param, ctx)
        complaint = path_complaint(text)
        if complaint is not None:
            self.fail(complaint, param, ctx)
        return super().convert(value, param, ctx)


FOLDER = Folder()
FOLDER_THAT_IS_THERE = Folder(exists=True)


def listed(_context: click.Context, _option: click.Parameter, value: str | None) -> list[str] | None:
    """Read an option such as ``--only C28,X1`` as the names in it; None where it was not given."""
    return None if value is None else [word.strip() for word in value.split(",") if word.strip()]


def _load_policies(
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


def policy_module_option(what: str) -> Callable[[F], F]:
    """The option ``--policy-module`` (as ``policy_modules``); modules are loaded before the command's function runs."""
    return click.option(
        "--policy-module",
        "policy_modules",
        multiple=True,
        metavar="FILE|MODULE",
        is_eager=True,
        callback=_load_policies,
        help=f"{what} Its code is run.",
    )


def scenario_options(function: F) -> F:
    """Add ``--set`` (as ``sets``) and ``--policy-module`` (as ``policy_modules``) to a command.

    Policy modules are loaded before the command's function is called.
    """
    function = policy_module_option("Load policies of your own from a Python file or module.")(function)
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
            driver_option,
            click.option("--out", type=FOLDER, help="Results folder; results/NAME by default."),
        )
    ):
        function = option(function)
    return function


def driver_option(function: F) -> F:
    """Add ``--driver`` to a command."""
    return click.option(
        "--driver",
        type=DRIVERS,
        default="compiled",
        show_default=True,
        help="Compiled kernels, or Mesa agents one at a time; the results are the same.",
    )(function)


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


def search_options(out: str) -> Callable[[F], F]:
    """Options of the commands that look into claims further: days, jobs, out, resume, sets, as_json and quiet.

    Parameters
    ----------
    out
        The results folder where none is named.
    """

    def add(function: F) -> F:
        for option in reversed(
            (
                click.option("--days", type=CLAIM_DAYS, help="Days after the burn-in."),
                jobs_option,
                click.option("--out", type=FOLDER, default=Path(out), show_default=True, help="Results folder."),
                resume_option,
                scenario_options,
                json_option,
                quiet_option,
            )
        ):
            function = option(function)
        return function

    return add
