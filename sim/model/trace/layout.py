"""Draws, rules and paragraphs as lines of text."""

import textwrap
from typing import Any, Final

from sim.model.trace.recorder import Call, equation
from sim.model.trace.words import LEVELS, WAYS, quantity
from sim.vocabulary.categories import CATEGORIES

WIDTH: Final = 116
"""Characters in a line."""
_OF_A_LEVEL: Final = ("knowledge.gained", "knowledge.lost", "efficacy.after")


def level(call: Call, levels: dict[str, Any]) -> str:
    """Which level a share was gained or lost of, found by its value; what it is afterwards is remembered."""
    if call.rule not in _OF_A_LEVEL or not levels:
        return ""
    given = next(iter(call.inputs.values()))
    name = next((name for name in LEVELS if levels.get(name) == given), "")
    if name:
        levels[name] = call.result
    return f"{name}: " if name else ""


def explained(rule: str) -> str:
    """What a rule says, with its equation."""
    formula, meaning = equation(rule)
    return f"{meaning} {formula}" if formula and formula not in meaning else meaning


def plain(name: str, number: Any) -> str:
    """An input or result of a rule."""
    if name == "way":
        return WAYS[number]
    if isinstance(number, bool):
        return "yes" if number else "no"
    if isinstance(number, dict):
        return f"({len(number)} numbers)"
    return quantity(number) if isinstance(number, int | float) else str(number)


def chance(chance: float) -> str:
    """A chance: 0 and 1 without decimals."""
    return quantity(chance) if 0.0 < chance < 1.0 else f"{chance:.0f}"


def result(call: Call) -> str:
    """What a rule returned."""
    if call.rule == "needs.category":
        return CATEGORIES[call.result].replace("_", " ")
    if call.rule == "participation.choose":
        known = f" (chance of taking part {chance(call.compared[0])})" if call.compared else ""
        return f"{WAYS[call.result]}{known}"
    return plain("", call.result)


def wrapped(text: str, indent: int, mark: str, hanging: int | None = None) -> list[str]:
    """A paragraph, indented; lines after the first hang under the text."""
    hang = " " * (indent + len(mark) if hanging is None else hanging)
    return textwrap.wrap(
        text, WIDTH, initial_indent=" " * indent + mark, subsequent_indent=hang, break_long_words=False
    )


