"""Every behaviour rule is written so that both drivers give the same bits."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.project.rules_lint import rule_problems
from tests.project.sources import label, python_files

HEAD = '"""A rule."""\nimport math\nfrom typing import NamedTuple\n'
RULE_FILES = python_files("rules")


def body(expression: str) -> str:
    return f'{HEAD}\ndef rule(x: float, y: float) -> float:\n    """Say what."""\n    return {expression}\n'


@pytest.mark.parametrize("file", RULE_FILES, ids=label)
def test_a_rule_file_uses_only_what_gives_the_same_bits(file: Path) -> None:
    problems = rule_problems(file.read_text(encoding="utf-8"))
    assert not problems, "\n".join(f"{label(file)}:{problem}" for problem in problems)


@pytest.mark.parametrize(
    "expression",
    [
        "x * x + math.sqrt(y)",
        "math.exp(min(x, 30.0))",
        "math.log(max(x, 1e-12))",
        "math.pow(x, y)",
        "min(max(round(x), 0.0), 1.0) // 1.0 % 2.0",
    ],
)
def test_what_gives_the_same_bits_is_allowed(expression: str) -> None:
    assert rule_problems(body(expression)) == []


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("x ** 2", r"\*\*"),
        ("0.5 ** x", r"\*\*"),
        ("math.pow(x, 2.0)", "constant"),
        ("math.pow(0.5, x)", "constant"),
        ("math.pow(x, -1.0)", "constant"),
        ("pow(x, y)", "builtin pow"),
        ("sum((x, y))", "compensated"),
        ("math.fsum((x, y))", "math.fsum"),
        ("math.hypot(x, y)", "math.hypot"),
        ("math.gamma(x)", "math.gamma"),
        ("math.lgamma(x)", "math.lgamma"),
        ("math.sin(x)", "math.sin"),
        ("np.exp(x)", "not NumPy"),
        ("math.exp(x)", "clamp"),
        ("math.log(x + y)", "clamp"),
        ("hash(x)", "processes"),
    ],
)
def test_what_gives_other_bits_is_refused(expression: str, reason: str) -> None:
    import re

    problems = rule_problems(body(expression))
    assert any(re.search(reason, problem) for problem in problems), problems


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (f"{HEAD}import random\n", "only math and typing"),
        (f"{HEAD}from math import exp\n", "import math"),
        (f"{HEAD}from sim.model import draws\n", "only math and typing"),
        (f"{HEAD}import numpy\n", "only math and typing"),
        (f'{HEAD}class Parameters(NamedTuple):\n    """P."""\n    a: int\n', "float"),
        (f'{HEAD}class P(NamedTuple):\n    """P."""\n    a: float = 0.3\n', "parameters.yaml"),
        (f'{HEAD}class P:\n    """P."""\n', "NamedTuple"),
        (f"{HEAD}def rule(x: float) -> float:\n    return x\n", "docstring"),
        (f'{HEAD}def rule(x):\n    """Say."""\n    return x\n', "typed"),
        (f'{HEAD}def rule(x: float = 0.1) -> float:\n    """Say."""\n    return x\n', "default"),
        ("import math\n", "no docstring"),
    ],
)
def test_a_rule_file_of_another_form_is_refused(source: str, reason: str) -> None:
    assert any(reason in problem for problem in rule_problems(source)), rule_problems(source)


def test_an_early_return_guards_a_logarithm() -> None:
    guarded = "    if x <= 0.0:\n        return 0.0\n    return math.log(x)\n"
    assert rule_problems(f'{HEAD}\ndef rule(x: float) -> float:\n    """Say what."""\n{guarded}') == []


def test_a_record_that_is_not_parameters_may_hold_whole_numbers() -> None:
    assert rule_problems(f'{HEAD}class Person(NamedTuple):\n    """P."""\n    age: int\n') == []


def test_rules_on_other_rules_are_allowed() -> None:
    assert rule_problems(f"{HEAD}from sim.rules.limits import clamp\nfrom .limits import share\n") == []
