"""Every rule gives the same bits in plain Python and compiled by Numba, whatever it is given."""

import importlib
import math
import random
import struct
import typing
from collections.abc import Callable
from types import ModuleType

import numba
import pytest

from sim.model.compiled import register_rules
from tests.project.sources import module_name, python_files

pytestmark = pytest.mark.versions

CALLS = 3000
MODULES: list[ModuleType] = [
    importlib.import_module(module_name(file)) for file in python_files("rules") if file.name != "__init__.py"
]
RULES: list[Callable[..., object]] = [
    value
    for module in MODULES
    for name, value in sorted(vars(module).items())
    if not name.startswith("_") and callable(value) and getattr(value, "__module__", "") == module.__name__
    and not isinstance(value, type)
]  # fmt: skip
for _module in MODULES:
    register_rules(_module)


def number(luck: random.Random) -> float:
    """A number of the sizes rules meet: shares, edges, codes of forms, hours and days, and the odd large one."""
    kind = luck.random()
    if kind < 0.55:
        return luck.random()
    if kind < 0.7:
        return float(luck.choice((0, 1, 2, 3)))
    if kind < 0.9:
        return luck.uniform(0.0, 30.0)
    return luck.uniform(-5.0, 400.0)


def value(kind: object, luck: random.Random) -> object:
    """A value for an argument of the given type."""
    if kind is float:
        return number(luck)
    if kind is int:
        return luck.randrange(0, 6)
    if kind is bool:
        return luck.random() < 0.5
    fields = typing.get_type_hints(kind)
    assert fields, f"no way to make a {kind}"
    return kind(*(value(inner, luck) for inner in fields.values()))  # type: ignore[operator]


def bits(result: object) -> tuple[bytes, ...]:
    """The bits of a number, or of each number of a tuple; all NaNs are one."""
    if isinstance(result, tuple):
        return tuple(part for inner in result for part in bits(inner))
    number = float(result)  # type: ignore[arg-type]
    return (b"nan" if math.isnan(number) else struct.pack("<d", number),)


@pytest.mark.parametrize(
    "rule", RULES, ids=lambda rule: f"{rule.__module__.rsplit('.', 1)[-1]}.{rule.__name__}"
)
def test_python_and_numba_agree_in_every_bit(rule: Callable[..., object]) -> None:
    hints = typing.get_type_hints(rule)
    hints.pop("return")
    compiled = numba.njit(error_model="numpy")(rule)
    luck = random.Random(rule.__qualname__)
    answered = 0
    for _ in range(CALLS):
        arguments = [value(kind, luck) for kind in hints.values()]
        try:
            plain = rule(*arguments)
        except (ZeroDivisionError, ValueError, OverflowError):
            continue  # outside what the rule is for; how often that may be is bounded below
        answered += 1
        assert bits(plain) == bits(compiled(*arguments)), f"{rule.__name__}{tuple(arguments)}"
    assert answered > CALLS / 2, (
        f"{rule.__name__} raised for {CALLS - answered} of {CALLS} ordinary arguments"
    )


def test_the_comparison_would_notice_a_last_bit() -> None:
    def fourth_power(x: float) -> float:
        return x**4

    compiled = numba.njit(fourth_power)
    luck = random.Random(1)
    assert any(bits(fourth_power(x)) != bits(compiled(x)) for x in (luck.random() for _ in range(2000)))
