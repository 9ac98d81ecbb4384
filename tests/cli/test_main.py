"""The command line answers in plain words and with the right status, whatever happens."""

from __future__ import annotations

import subprocess
import sys
import types
from collections.abc import Callable
from pathlib import Path

import click
import pytest

import sim
from sim.cli import main as module
from sim.errors import CgsimError, RunError

ROOT = Path(__file__).parents[2]


def test_help_lists_the_commands_and_every_command_has_examples(cgsim: Callable) -> None:
    top = cgsim("--help")
    assert top.status == 0
    for name in ("validate", "explain", "diff", "init", "schema"):
        assert f"\n  {name} " in top.out
        own = cgsim(name, "--help")
        assert own.status == 0 and "Examples:" in own.out and f"cgsim {name}" in own.out


def test_version(cgsim: Callable) -> None:
    assert cgsim("--version").out == f"cgsim {sim.__version__}\n"


def test_a_misspelt_command_or_option_is_answered_with_the_one_that_was_meant(cgsim: Callable) -> None:
    wrong = cgsim("valdate")
    assert wrong.status == 2 and "did you mean 'validate'?" in wrong.err
    wrong = cgsim("validate", "plain", "--jsn")
    assert wrong.status == 2 and "--json" in wrong.err


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], None]:
    """Make ``cgsim validate`` fail in a given way."""

    def arrange(error: BaseException) -> None:
        @click.command()
        def command() -> None:
            raise error

        monkeypatch.setattr(module.importlib, "import_module", lambda name: types.SimpleNamespace(command=command))

    return arrange


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (CgsimError("that cannot be"), 2, "that cannot be\n"),
        (RunError("it broke on day 3"), 1, "it broke on day 3\n"),
        (KeyboardInterrupt(), 130, "Interrupted.\n"),
    ],
)
def test_every_ending_has_its_status(cgsim: Callable, failing: Callable, error: BaseException, status: int,
                                     said: str) -> None:  # fmt: skip
    failing(error)
    answer = cgsim("validate")
    assert (answer.status, answer.err.lstrip("\n")) == (status, said)


def test_a_defect_of_ours_is_told_without_a_traceback(cgsim: Callable, failing: Callable) -> None:
    failing(ZeroDivisionError("division by zero"))
    answer = cgsim("validate")
    assert answer.status == 1
    assert answer.err.startswith("cgsim: internal error: ZeroDivisionError: division by zero\n")
    assert "Traceback" not in answer.err


def test_a_reader_that_goes_away_causes_no_noise(home: Path) -> None:
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from sim.cli.main import main; sys.exit(main())"
    command = f'"{sys.executable}" -c "{code}" explain baseline | head -1'
    done = subprocess.run(command, shell=True, capture_output=True, text=True, cwd=home)
    assert done.stdout.count("\n") == 1 and done.stderr == ""
