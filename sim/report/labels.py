"""Labels of panels: headings, names broken into lines, and numbers along an axis."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from sim.report import words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.vocabulary.outcomes import Outcome

__all__ = ["columns", "heading", "percent_axis", "wrapped"]

_TOKEN = re.compile(r"[\u3000-\u9fff\uff00-\uffef]\s*|(?:[^\s\u3000-\u9fff\uff00-\uffef]|\u00a0)+\s*")
"""What a line may end after: a word, or a single Chinese character."""


def heading(outcome: Outcome) -> str:
    """The outcome's label with its unit, where the axis does not show it."""
    units = {
        "share": "",
        "0 to 1": "",
        "per 1,000 residents a year": " per 1,000 a year",
        "per 1,000 residents": " per 1,000",
    }
    # A number stays with its unit when the heading is broken into lines.
    label = re.sub(r"(?<=\d) (?=\w)", "\u00a0", outcome.label)
    return f"{label}{units.get(outcome.unit, ', ' + outcome.unit)}"


def wrapped(text: str, width: int = 21, most: int = 2) -> str:
    """Break a long label into at most two lines (or as many as ``most``); what is left over is cut with an ellipsis.

    ``width`` is in Latin letters: a Chinese character takes the room of two and may stand at the end of any line. A
    combination, "this 0.5 + that", may have two lines for each of its parts, because any of them may be what tells it
    from another; numbers stay with what is before them, and a plus with what is behind it.
    """
    if " + " in text:
        most = max(most, 2 * (text.count(" + ") + 1))
        text = re.sub(r" (?=\d[\d.]*(?: |$))|(?<=\+) ", "\u00a0", text)
    lines = [""]
    for token in _TOKEN.findall(text):
        while columns(token) > width:  # a word that is longer than a line
            lines.append(token[:width])
            token = token[width:]
        if columns(lines[-1] + token.rstrip()) <= width:
            lines[-1] += token
        else:
            lines.append(token)
    lines = [line.replace("\u00a0", " ").rstrip() for line in lines if line.strip()] or [text]
    if len(lines) <= most:
        return "\n".join(lines)
    last = lines[most - 1]
    while columns(f"{last} …") > width:
        last = last[:-1].rstrip()
    return "\n".join([*lines[: most - 1], f"{last} …"])


def columns(text: str) -> int:
    """The room that a text takes, in Latin letters."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def percent_axis(axes: Axes, outcome: Outcome, which: str = "y", points: bool = False) -> None:
    """Show shares as per cent (or percentage points) along one axis, and true minus signs everywhere."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axis = axes.yaxis if which == "y" else axes.xaxis
    axis.set_major_locator(MaxNLocator(nbins=4, steps=[1, 2, 2.5, 5, 10]))
    scale = 100.0 if outcome.unit == "share" else 1.0
    suffix = "%" if outcome.unit == "share" and not points else ""

    def text(number: float, _position: int) -> str:
        shown = f"{number * scale:.6g}"
        sign = "+" if points and float(shown) > 0 else ""
        return f"{sign}{shown}{suffix}".replace("-", words.MINUS)

    axis.set_major_formatter(FuncFormatter(text))
