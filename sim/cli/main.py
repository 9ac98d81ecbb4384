"""``cgsim``: find the command that was asked for, run it, and turn what goes wrong into one clear answer."""

from __future__ import annotations

import importlib
import os
import re
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from sim import __version__
from sim.cli._streams import forgiving
from sim.errors import CgsimError, CgsimWarning, UsageError, printable, refusal
from sim.lab.interrupts import Terminated, heeding_signals

__all__ = ["cli", "main"]

FOLDER = Path(__file__).parent
DEFINES_COMMAND = re.compile(r"^(def command\(|command\b\s*[:=])", re.MULTILINE)
FIRST_LINE = re.compile(r'\A\s*r?"""(.+?)(\n|""")')
ORDER = (
    *("run", "plan", "compare", "report", "choose", "frontier", "claims", "sensitivity"),
    *("reproduce", "export", "debug", "validate", "explain", "diff", "init", "schema"),
)
"""Commands that ``--help`` lists first, in the order in which people need them."""

INTERRUPTED = 130
FAILED = 1


class LazyGroup(click.Group):
    """A group that knows its commands by the files beside this one and imports only the one that is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, the everyday ones first."""
        names = [name for name in _modules() if name not in ORDER]
        return [name for name in ORDER if name in _modules()] + sorted(names)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Import a command, or return None where there is none of this name."""
        if name not in _modules():
            return None
        module = importlib.import_module(f"sim.cli.{name.replace('-', '_')}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command, suggesting the one that was probably meant."""
        name = args[0] if args else ""
        if args and not name.startswith("-") and name not in _modules():
            from sim.scenario.problems import did_you_mean

            hint = did_you_mean(name, self.list_commands(ctx))
            ctx.fail(f"no command {name!r}" + (f"; {hint}" if hint else "; see cgsim --help"))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands with the first line of each module, without importing any of them."""
        rows = [(name, _modules()[name]) for name in self.list_commands(ctx)]
        if rows:
            with formatter.section("Commands"):
                formatter.write_dl(rows)


def _modules() -> dict[str, str]:
    """Return the commands there are, with the first line of each module's docstring."""
    if not _found:
        for path in sorted(FOLDER.glob("[a-z]*.py")):
            text = path.read_text(encoding="utf-8")
            if path.stem != "main" and DEFINES_COMMAND.search(text):
                line = FIRST_LINE.match(text)
                _found[path.stem.replace("_", "-")] = line.group(1).strip() if line else ""
    return _found


_found: dict[str, str] = {}


@click.command(
    cls=LazyGroup,
    name="cgsim",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Examples:
  cgsim validate scenarios/baseline.yaml
  cgsim run baseline --seed 1
  cgsim compare paths
Start with: cgsim init my-town, then edit my-town/scenarios. Every command has a --help with examples.
""",
)
@click.version_option(__version__, prog_name="cgsim", message="%(prog)s %(version)s")
def cli() -> None:
    """What happens to participation, trust and conflict in a community when social work is organised differently?

    A comparison of assumptions, not a forecast.
    """


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments
        What stands after ``cgsim``; by default what the shell gave.

    Returns
    -------
    int
        0 where all went well, 1 where a run failed or the system refused something, 2 where the request cannot be
        met, 130 after Ctrl-C, 143 after SIGTERM, 129 after SIGHUP.
    """
    refused = forgiving()
    with warnings.catch_warnings(), heeding_signals() as came:
        warnings.showwarning = _show_warning(warnings.showwarning)
        status = _answer(arguments)
    if came and status:
        status = 128 + came[0]
    error = refused()
    if error is not None and not isinstance(error, BrokenPipeError):  # a reader that goes away (head) wants no more
        click.echo(f"cgsim: standard output cannot be written to ({error.strerror}): some of it is lost", err=True)
        status = status or FAILED
    return status


def _answer(arguments: Sequence[str] | None) -> int:
    """Run a command and turn what goes wrong into an exit status and a line on standard error."""
    try:
        given = [_as_text(argument) for argument in (sys.argv[1:] if arguments is None else arguments)]
        result = cli.main(args=given, prog_name="cgsim", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except CgsimError as error:
        click.echo(printable(str(error)), err=True)
        return error.exit_status
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt) as error:
        cause = error.__cause__ if isinstance(error, click.Abort) else error
        click.echo(f"Interrupted ({cause})." if isinstance(cause, Terminated) else "Interrupted.", err=True)
        return INTERRUPTED
    except Exception as error:
        if os.environ.get("CGSIM_DEBUG"):
            raise
        if (said := refusal(error)) is not None:
            click.echo(f"cgsim: {printable(said)}", err=True)
        else:  # the last resort: a defect of ours is told in one line, not in a traceback
            click.echo(
                f"cgsim: internal error: {type(error).__name__}: {printable(str(error))}\n"
                "This is a defect. Set CGSIM_DEBUG=1 to see where it happened, and please report it.",
                err=True,
            )
        return FAILED


def _show_warning(others: Any) -> Any:
    """A way to show warnings that prints the text alone of those that are meant for users."""

    def show(message: Warning | str, category: type[Warning], *place: Any, **more: Any) -> None:
        if issubclass(category, CgsimWarning):
            click.echo(f"cgsim: {message}", err=True)
        else:
            others(message, category, *place, **more)

    return show


def _as_text(argument: str) -> str:
    """Read an argument as UTF-8, whatever Python took its bytes for.

    In a C locale, Python without UTF-8 mode keeps bytes that it cannot read as lone surrogates, which nothing prints.
    """
    try:
        argument.encode()
        return argument
    except UnicodeEncodeError:
        pass
    try:
        return os.fsencode(argument).decode()
    except UnicodeError:
        shown = argument.encode("ascii", "backslashreplace").decode()
        raise UsageError(f"{shown}: not UTF-8 text; use a terminal, or a locale, with UTF-8") from None


if __name__ == "__main__":
    sys.exit(main())
