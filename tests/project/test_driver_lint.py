"""What runs in both drivers is written so that Python and Numba agree, outside the rules too."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.project.sources import label, parse, python_files

# The day itself: the phases, and whatever steps agents one at a time.
STEPPED = [
    file
    for file in python_files("model")
    if "phases" in file.parts or "agents" in file.parts or "agents" in file.stem or "driver" in file.stem
]
MODEL = python_files("model")
ROUNDS_DIFFERENTLY = {
    "exp", "expm1", "exp2", "log", "log1p", "log2", "log10", "tanh", "power", "float_power", "hypot", "sum", "nansum",
    "mean", "nanmean", "average", "var", "std", "dot", "matmul", "einsum", "inner", "prod", "cumprod",
}  # fmt: skip


def driver_problems(tree: ast.Module) -> list[str]:
    """Say, as ``LINE: what``, where a phase could give other bits in the other driver."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Pow):
            found.append((node.lineno, "`**` gives other bits in Numba"))
        elif isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.MatMult):
            found.append((node.lineno, "`@` adds in another order"))
        elif isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            if name == "sum":
                found.append((node.lineno, "sum() is compensated from Python 3.12"))
            elif name.split(".")[0] in {"np", "numpy"} and name.split(".")[-1] in ROUNDS_DIFFERENTLY:
                found.append((node.lineno, f"{name}() rounds differently from a loop, or from math"))
            elif isinstance(node.func, ast.Attribute) and node.func.attr in {
                "sum",
                "mean",
                "dot",
                "var",
                "std",
            }:
                found.append((node.lineno, f"{name}() adds in another order than a loop"))
    return [f"{line}: {message}" for line, message in sorted(found)]


def unsafe_compilation(tree: ast.Module) -> list[str]:
    """Say where Numba is asked for what changes bits."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg in {"fastmath", "parallel"}:
            if not (isinstance(node.value, ast.Constant) and node.value.value is False):
                found.append(f"{node.value.lineno}: {node.arg} changes bits")
        elif isinstance(node, ast.Name | ast.Attribute) and ast.unparse(node).split(".")[-1] == "prange":
            found.append(f"{node.lineno}: prange adds in an order that depends on the threads")
    return found


@pytest.mark.parametrize("file", STEPPED, ids=label)
def test_a_phase_uses_only_what_both_drivers_round_alike(file: Path) -> None:
    problems = driver_problems(parse(file))
    assert not problems, "\n".join(f"{label(file)}:{problem}" for problem in problems)


@pytest.mark.parametrize("file", MODEL, ids=label)
def test_nothing_is_compiled_with_other_arithmetic(file: Path) -> None:
    problems = unsafe_compilation(parse(file))
    assert not problems, "\n".join(f"{label(file)}:{problem}" for problem in problems)


@pytest.mark.parametrize(
    "source",
    ["x ** 2", "x **= 2", "a @ b", "sum(a)", "np.exp(x)", "np.sum(a)", "trust.sum()", "numpy.linalg.dot(a)"],
)
def test_the_check_finds_what_rounds_differently(source: str) -> None:
    assert driver_problems(ast.parse(source))


@pytest.mark.parametrize(
    "source", ["njit(fastmath=True)(f)", "njit(parallel=True)(f)", "for i in prange(n): pass"]
)
def test_the_check_finds_other_arithmetic(source: str) -> None:
    assert unsafe_compilation(ast.parse(source))


def test_the_check_leaves_loops_and_columns_alone() -> None:
    source = "total = 0.0\nfor row in range(n):\n    total += math.exp(x[row].item())\ncolumn = np.zeros(n)\n"
    assert not driver_problems(ast.parse(source)) and not unsafe_compilation(ast.parse(source))
