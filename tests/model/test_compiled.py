"""Kernels: threads change no bit, rules stay plain Python, an edited rule is compiled anew."""

import os
import subprocess
import sys
import types
from pathlib import Path

import numpy as np
import pytest

from sim.model import compiled


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
compiled.announce_first_compile()
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
    for name in ("compiled.py", "sources.py"):
        (root / "sim" / "model" / name).write_text((source / "model" / name).read_text())
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
