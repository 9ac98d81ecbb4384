"""What an unquoted word in a scenario file means.

YAML 1.1, which PyYAML speaks, reads ``no`` as false, ``1:30`` as ninety, ``010`` as eight and ``1e3`` as text; YAML 1.2
and most people read something else. Such words are refused, with what to write in their place, so that no two
readers of a file can take it for different numbers.
"""

from __future__ import annotations

import datetime as dt
import math
import re

__all__ = ["Trap", "resolve"]

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)\Z")
_DECIMAL = re.compile(r"[-+]?(([0-9]+\.[0-9]*)|(\.[0-9]+))([eE][-+][0-9]+)?\Z")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_LOOSE_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}\Z")
_DATE_TIME = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt]|[ \t]+)[0-9]{1,2}:")
_OCTAL = re.compile(r"[-+]?0[0-9_]+\Z")
_OTHER_BASE = re.compile(r"[-+]?0[xXbBoO][0-9a-fA-F_]+\Z")
_UNDERSCORE = re.compile(r"[-+]?[0-9][0-9_]*_[0-9_]*(\.[0-9_]*)?\Z")
_EXPONENT = re.compile(r"[-+]?[0-9]+(\.[0-9]*)?[eE][-+]?[0-9]+\Z|[-+]?\.[0-9]+[eE][-+]?[0-9]+\Z")
_SEXAGESIMAL = re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?\Z")
_THOUSANDS = re.compile(r"[-+]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?\Z")
_NOT_FINITE = re.compile(
    r"[-+]?\.(inf|Inf|INF)\Z|\.(nan|NaN|NAN)\Z|[-+]?(inf|infinity)\Z|nan\Z", re.IGNORECASE
)

_NULLS = {"", "~", "null", "Null", "NULL"}
_TRUE = {"true", "True", "TRUE", "on", "On", "ON"}
_FALSE = {"false", "False", "FALSE", "off", "Off", "OFF"}
_WORDS = {"yes": "true", "y": "true", "no": "false", "n": "false"}

Value = str | int | float | bool | dt.date | None


class Trap(Exception):
    """A word that different readers of YAML would take for different things.

    Attributes
    ----------
    wrong
        What is wrong with it.
    hint
        What to write instead.
    """

    def __init__(self, wrong: str, hint: str) -> None:
        super().__init__(wrong)
        self.wrong = wrong
        self.hint = hint


def resolve(text: str) -> Value:
    """Return the value of an unquoted word.

    Parameters
    ----------
    text
        The word as it stands in the file.

    Raises
    ------
    Trap
        If readers of YAML do not agree on it, or if it is not a finite number.
    """
    if text in _NULLS:
        return None
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    if not text[0].isdigit() and text[0] not in "+-.yYnNiI":
        return text
    if text.lower() in _WORDS:
        raise Trap(
            "some readers of YAML take this word for true or false, others for text",
            f'write {_WORDS[text.lower()]}, or "{text}" in quotes if it is text',
        )
    if _INTEGER.match(text):
        if len(text) > 18:
            raise Trap("the whole number is too long", "write at most 18 digits")
        return int(text)
    if _DECIMAL.match(text):
        number = float(text)
        if not math.isfinite(number):
            raise Trap("not a finite number", "write a number that a computer can hold")
        return number
    if _DATE.match(text):
        try:
            return dt.date.fromisoformat(text)
        except ValueError as error:
            raise Trap(f"no such date: {error}", "write a date of the calendar, as in 2024-02-29") from None
    _refuse(text)
    return text


def _refuse(text: str) -> None:
    """Raise a trap for words that look like numbers or dates and are not safe ones."""
    if _NOT_FINITE.match(text):
        raise Trap("not a finite number", "write a number; NaN and infinity mean nothing here")
    if _OCTAL.match(text):
        raise Trap(
            "a number with a leading zero is octal in YAML 1.1",
            f'write {text.replace("_", "").lstrip("0") or "0"}, or "{text}" in quotes',
        )
    if _OTHER_BASE.match(text):
        raise Trap("a number to another base", "write it as a decimal number")
    if _UNDERSCORE.match(text):
        raise Trap("a number with underscores", f"write {text.replace('_', '')}")
    if _THOUSANDS.match(text):
        raise Trap("a number with commas", f"write {text.replace(',', '')}")
    if _EXPONENT.match(text):
        if not math.isfinite(float(text)):
            raise Trap("not a finite number", "write a number that a computer can hold")
        raise Trap("YAML 1.1 reads this as text, not as a number", f"write {_written_out(text)}")
    if _SEXAGESIMAL.match(text):
        raise Trap(
            "YAML 1.1 reads this as a number to base 60",
            f'write a plain number, or "{text}" in quotes if it is text',
        )
    if _LOOSE_DATE.match(text):
        year, month, day = text.split("-")
        raise Trap("a date needs two digits for month and day", f"write {year}-{month:0>2}-{day:0>2}")
    if _DATE_TIME.match(text):
        raise Trap(
            "a date lies between two ticks: one tick is one day",
            f"write {text[:10].rstrip('Tt ')} without a time",
        )


def _written_out(text: str) -> str:
    """Return a number in scientific notation as YAML 1.1 and 1.2 both read it."""
    number = float(text)
    if number == int(number) and abs(number) < 1e15:
        return str(int(number))
    written = repr(number)
    return (
        written
        if "e" not in written
        else f"{number:.6g}".replace("e", ".0e")
        if "." not in written
        else written
    )
