"""Kernels: threads change no bit, rules stay plain Python, an edited rule is compiled anew."""

import errno
import os
import subprocess
import sys
import types
from pathlib import Path

import numpy as np
import pytest

from sim.errors import UsageError
from sim.model import compiled
from sim.model.run import stepper


@compiled.kernel
def _double(lo, hi, values, doubled):
    for row in range(lo, hi):
        doubled[row] = 2.0 * values[row]


def _fail(lo, hi):
    raise RuntimeError(f"rows from {lo}")


@pytest.mark.parametrize("n", [0, 1, 4_096, 4_097, 50_001])
def test_one_thread_and_several_do_every_row(n: int) -> None:
    values = np.random.default_rng(3).lognormal(0.0, 5.0, n)
    for threads in (1, 2, 3, 100):
        doubled = np.zeros(n)
        compiled.run_blocks(_double, n, threads, values, doubled)
        assert np.array_equal(doubled, 2.0 * values)


@pytest.mark.parametrize("n", [1, 4_095, 4_096, 4_097, 58_731, 1_000_000])
@pytest.mark.parametrize("threads", [1, 2, 5])
def test_ranges_cover_every_row_once_and_split_no_block(n: int, threads: int) -> None:
    ranges = compiled.thread_ranges(n, threads)
    assert [lo for lo, _ in ranges] == [0, *(hi for _, hi in ranges[:-1])]
    assert ranges[-1][1] == n
    assert all(lo % compiled.BLOCK_ROWS == 0 and lo < hi for lo, hi in ranges)
    assert len(ranges) <= threads


def test_a_failure_in_any_thread_is_raised() -> None:
    with pytest.raises(RuntimeError, match="rows from"):
        compiled.run_blocks(_fail, 3 * compiled.BLOCK_ROWS, 2)


def test_rules_registered_for_kernels_stay_plain_python() -> None:
    module = types.ModuleType("some_rules")
    source = "import math\ndef _half(x):\n    return x / 2.0\ndef rule(x):\n    return math.exp(_half(x))"
    exec(source, module.__dict__)
    rule = module.rule
    compiled.register_rules(module)
    compiled.register_rules(module)
    assert module.rule is rule and isinstance(rule, types.FunctionType)

    @compiled.numba.njit
    def call(x):
        return rule(x)

    assert call(0.3) == rule(0.3)


STALE = """
import sys
from sim.rules import probe
from sim.model import compiled
compiled.register_rules(probe)
from sim.model.probe_kernel import run
print(run(1.0), compiled.CACHE_DIR)
"""


def _copy_with_probe(root: Path, factor: str) -> None:
    source = Path(compiled.__file__).resolve().parents[1]
    for package in ("model", "rules"):
        (root / "sim" / package).mkdir(parents=True, exist_ok=True)
        (root / "sim" / package / "__init__.py").write_text("")
    (root / "sim" / "__init__.py").write_text("")
    for name in ("errors.py", "model/compiled.py", "model/sources.py"):
        (root / "sim" / name).write_text((source / name).read_text())
    (root / "sim" / "rules" / "probe.py").write_text(f"def rule(x):\n    return {factor} * x\n")
    (root / "sim" / "model" / "probe_kernel.py").write_text(
        "from sim.model.compiled import kernel\nfrom sim.rules import probe\n"
        "@kernel\ndef run(x):\n    return probe.rule(x)\n"
    )


def _run(root: Path, **more: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if name != "CGSIM_QUIET"}
    environment = {**inherited, "PYTHONPATH": str(root), "CGSIM_CACHE_DIR": str(root / "cache"), **more}
    command = [sys.executable, "-c", STALE]
    return subprocess.run(command, cwd=root, env=environment, text=True, capture_output=True, check=True)


def test_an_edited_rule_is_never_run_in_its_old_form(tmp_path: Path) -> None:
    _copy_with_probe(tmp_path, "2.0")
    first = _run(tmp_path)
    assert first.stdout.split()[0] == "2.0" and "compiling" in first.stderr
    again = _run(tmp_path)
    assert again.stdout == first.stdout and again.stderr == ""
    _copy_with_probe(tmp_path, "3.0")
    edited = _run(tmp_path)
    assert edited.stdout.split()[0] == "3.0"
    assert edited.stdout.split()[1] != first.stdout.split()[1]


def test_compiling_is_announced_whenever_this_process_has_to_compile(tmp_path: Path) -> None:
    """Kernels of another installation in the same cache, or at another level of optimisation, are not these."""
    for name in ("one", "two"):
        _copy_with_probe(tmp_path / name, "2.0")
        done = _run(tmp_path / name, CGSIM_CACHE_DIR=str(tmp_path / "cache"))
        assert done.stderr.count("compiling") == 1
    assert _run(tmp_path / "two", CGSIM_CACHE_DIR=str(tmp_path / "cache")).stderr == ""
    for index in (tmp_path / "cache").rglob("*.nbi"):  # as after a first compile that was broken off
        index.unlink()
    (tmp_path / "cache" / "other.nbi").touch()
    assert "compiling" in _run(tmp_path / "two", CGSIM_CACHE_DIR=str(tmp_path / "cache")).stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device")
def test_a_stderr_that_refuses_every_line_does_not_stop_a_compile(tmp_path: Path) -> None:
    _copy_with_probe(tmp_path, "2.0")
    with open("/dev/full", "w") as full:
        environment = {**os.environ, "PYTHONPATH": str(tmp_path), "CGSIM_CACHE_DIR": str(tmp_path / "cache")}
        command = [sys.executable, "-c", STALE]
        done = subprocess.run(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=full, text=True)
    assert done.stdout.split()[0] == "2.0"


def test_a_kernel_that_cannot_be_kept_runs_all_the_same(tmp_path: Path, monkeypatch, capsys) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.delenv("CGSIM_QUIET", raising=False)
    monkeypatch.setattr(compiled.FunctionCache, "save_overload", full)

    @compiled.kernel
    def twice(x):
        return 2.0 * x

    assert twice(1.5) == 3.0
    assert "cannot be kept" in capsys.readouterr().err


def test_without_home_and_temporary_folder_there_is_no_cache_and_no_failure(monkeypatch) -> None:
    def nowhere(*_: object, **__: object) -> Path:
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found")

    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(compiled, "user_cache_dir", homeless)
    monkeypatch.setattr(compiled.tempfile, "gettempdir", nowhere)
    monkeypatch.setattr(compiled.tempfile, "mkdtemp", nowhere)
    assert compiled._choose_cache() is None
    monkeypatch.setattr(compiled, "CACHE_DIR", None)
    assert compiled.kernel(lambda x: 2.0 * x)(1.5) == 3.0


def test_the_compiled_driver_is_refused_where_the_compiler_is_switched_off(monkeypatch) -> None:
    monkeypatch.setattr(compiled.numba_config, "DISABLE_JIT", 1)
    with pytest.raises(UsageError, match="NUMBA_DISABLE_JIT is set.*--driver agents"):
        stepper("compiled")
    assert callable(stepper("agents"))


def test_an_edited_comment_compiles_nothing(tmp_path: Path) -> None:
    _copy_with_probe(tmp_path, "2.0")
    first = _run(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "cache").rglob("*.nb?")}
    assert before
    for path in (tmp_path / "sim" / "model" / "probe_kernel.py", tmp_path / "sim" / "rules" / "probe.py"):
        path.write_text("# why it is so\n\n" + path.read_text())
    again = _run(tmp_path)
    assert again.stdout == first.stdout and again.stderr == ""
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "cache").rglob("*.nb?")} == before


def test_a_cache_that_others_may_write_to_is_replaced_and_named(tmp_path: Path) -> None:
    _copy_with_probe(tmp_path, "2.0")
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o775)
    (tmp_path / "tmp").mkdir()
    result = _run(tmp_path, CGSIM_CACHE_DIR=str(shared), TMPDIR=str(tmp_path / "tmp"))
    number, folder = result.stdout.split()
    assert number == "2.0" and folder.startswith(str(tmp_path / "tmp"))
    assert str(shared) in result.stderr and "chmod" in result.stderr
    assert not list(shared.iterdir())


def test_a_cache_that_cannot_be_written_is_replaced_and_quiet_is_quiet(tmp_path: Path) -> None:
    _copy_with_probe(tmp_path, "2.0")
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "tmp").mkdir()
    folders = {"CGSIM_CACHE_DIR": str(tmp_path / "file"), "TMPDIR": str(tmp_path / "tmp")}
    result = _run(tmp_path, **folders, CGSIM_QUIET="1")
    number, folder = result.stdout.split()
    assert number == "2.0" and folder.startswith(str(tmp_path / "tmp")) and result.stderr == ""
