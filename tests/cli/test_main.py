"""The command line answers in plain words and with the right status, whatever happens."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import types
import warnings
from collections.abc import Callable
from pathlib import Path

import click
import pytest

import sim
from sim.cli import main as module
from sim.errors import CgsimError, CgsimWarning, RunError

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


def refused(number: int, file: str | None = None) -> OSError:
    return OSError(number, os.strerror(number), file)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (refused(errno.ENOSPC), "No space left on device; free some space"),
        (refused(errno.EROFS, "out/x.csv"), "out/x.csv: Read-only file system; choose a folder"),
        (refused(errno.EMFILE), "ulimit -n"),
        (refused(errno.EAGAIN), "--jobs 1"),
        (FileNotFoundError(errno.ENOENT, "No usable temporary directory found in []"), "set TMPDIR"),
        (MemoryError(), "not enough memory; use fewer processes"),
        (RuntimeError("can't start new thread"), "no more threads"),
        (ImportError("libx.so: failed to map segment from shared object"), "Cannot allocate memory"),
    ],
)
def test_what_the_system_refuses_is_no_defect(cgsim: Callable, failing: Callable, error: Exception, said: str) -> None:
    failing(error)
    direct = cgsim("validate")
    outer = ValueError("while something else was done")
    outer.__cause__ = error
    failing(outer)
    for answer in (direct, cgsim("validate")):
        assert answer.status == 1 and answer.err.startswith("cgsim: ") and said in answer.err
        assert answer.err.count("\n") == 1 and "defect" not in answer.err


def test_a_working_folder_that_is_gone_is_named(
    cgsim: Callable, failing: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    failing(refused(errno.ENOENT))
    assert cgsim("validate").err == "cgsim: the working folder is gone; change to one that exists\n"


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_signal_to_end_ends_a_command_as_ctrl_c_does(
    cgsim: Callable, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    number = getattr(signal, name)
    before = signal.signal(number, signal.SIG_DFL)

    @click.command()
    def command() -> None:
        signal.raise_signal(number)

    monkeypatch.setattr(module.importlib, "import_module", lambda _: types.SimpleNamespace(command=command))
    answer = cgsim("validate")
    assert answer.status == 128 + number and f"Interrupted ({name})." in answer.err
    assert signal.signal(number, before) is signal.SIG_DFL


def test_warnings_for_users_are_their_text_alone(cgsim: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    @click.command()
    def command() -> None:
        warnings.warn("memory ran out", CgsimWarning, stacklevel=1)

    monkeypatch.setattr(module.importlib, "import_module", lambda _: types.SimpleNamespace(command=command))
    assert cgsim("validate").err == "cgsim: memory ran out\n"


PRINTS = """
import sys
from sim.cli._streams import forgiving
refused = forgiving()
print("≈ 东", flush=True)
print("≈ 东", file=sys.stderr, flush=True)
sys.exit(7 if refused() else 3)
"""


@pytest.mark.parametrize("encoding", ["cp1252", "gbk:strict", "latin-1", "ascii", "utf-8"])
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_text_that_a_stream_cannot_hold_is_escaped(encoding: str, unbuffered: str) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUNBUFFERED": unbuffered}
    done = subprocess.run([sys.executable, "-c", PRINTS], cwd=ROOT, env=environment, capture_output=True)
    assert done.returncode == 3, done.stderr
    name = encoding.partition(":")[0]
    expected = "≈ 东".encode(name, "backslashreplace")
    assert (done.stdout.strip(), done.stderr.strip()) == (expected, expected)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device")
@pytest.mark.parametrize(
    ("where", "status"), [("> /dev/full", 7), ("2> /dev/full", 3), (">&-", 3), ("2>&-", 3), (">&- 2>&-", 3)]
)
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_stream_that_is_full_or_closed_ends_nothing(tmp_path: Path, where: str, status: int, unbuffered: str) -> None:
    (tmp_path / "prints.py").write_text(PRINTS, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": unbuffered}
    command = f'"{sys.executable}" "{tmp_path / "prints.py"}" {where}'
    assert subprocess.run(command, shell=True, env=environment, capture_output=True).returncode == status
