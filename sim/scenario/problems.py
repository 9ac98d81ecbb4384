"""What is wrong, where, and what was probably meant: one line for each mistake in a file."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sim.errors import ScenarioError
from sim.scenario.texts import LOOKALIKES, lookalike, quoted, visible

__all__ = ["Mark", "Problem", "Problems", "did_you_mean", "listing"]

_LEADING_ZEROS = re.compile(r"(?<![0-9])0+(?=[0-9])")

MAX_LISTED = 16
"""How many allowed names a message lists before it says how many more there are."""

MAX_PROBLEMS = 100
"""How many problems are listed. More are counted, without looking for what was meant: the work stays in proportion to
the file."""

MAX_COMPARED = 300
"""Most names a name is compared with letter by letter, and the longest name that is."""


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A place in a file: its name as a user would type it, and line and column counted from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: where it stands, which key it concerns, and what is wrong with it.

    Printed as ``FILE:LINE:COLUMN: path.to.key: what is wrong (got ...); allowed ...; did you mean ...?``.
    """

    mark: Mark
    path: str
    wrong: str
    got: str | None = None
    allowed: str | None = None
    hint: str | None = None

    def __str__(self) -> str:
        path = visible(self.path if len(self.path) <= 200 else self.path[:197] + "...")
        place = visible(str(self.mark))
        text = f"{place}: {path}: {self.wrong}" if path else f"{place}: {self.wrong}"
        if self.got is not None:
            text += f" (got {self.got})"
        if self.allowed:
            text += f"; allowed: {self.allowed}"
        if self.hint:
            text += f"; {self.hint}"
        return text


class Problems:
    """A collector, so that all mistakes are reported in one go."""

    def __init__(self) -> None:
        self._items: dict[Problem, None] = {}
        self._more: dict[Problem, None] = {}
        self._marks: set[Mark] = set()

    def __bool__(self) -> bool:
        return bool(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def at(self, mark: Mark) -> bool:
        """Whether something was already noted at this very place."""
        return mark in self._marks

    @property
    def full(self) -> bool:
        """Whether further problems are only counted, so that nobody need find words for them."""
        return len(self._items) >= MAX_PROBLEMS

    @property
    def items(self) -> list[Problem]:
        """The problems in reading order: by file in the order met, then by line and column."""
        order: dict[str, int] = {}
        for problem in self._items:
            order.setdefault(problem.mark.file, len(order))
        found = sorted(self._items, key=lambda p: (order[p.mark.file], p.mark.line, p.mark.column))
        if self._more:
            mark = next(iter(self._more)).mark
            found.append(Problem(mark, "", f"{len(self._more):,} more mistakes, from here on, are not listed"))
        return found

    def add(
        self,
        mark: Mark,
        path: str,
        wrong: str,
        *,
        got: str | None = None,
        allowed: str | None = None,
        hint: str | None = None,
    ) -> None:
        """Note one problem; a second copy of the same one is dropped."""
        other = lookalike(got or "")
        if other is not None:
            alike = f"{other[0]} (U+{ord(other[0]):04X}) is {LOOKALIKES[other[0]]}"
            hint = alike if hint is None else f"{alike}; {hint}"
        self.take(Problem(mark, path, wrong, got, allowed, hint))

    def take(self, problem: Problem) -> None:
        """Note a problem that was found elsewhere."""
        self._marks.add(problem.mark)
        if problem not in self._items:
            (self._more if self.full else self._items)[problem] = None

    def unknown(
        self, mark: Mark, path: str, what: str, name: str, known: Iterable[str], *, allowed: str | None = None
    ) -> None:
        """Note a name that does not exist, with the names that do and the one that was probably meant."""
        if self.full:
            self.add(mark, path, f"unknown {what}")
            return
        names = list(known)
        self.add(
            mark,
            path,
            f"unknown {what}",
            got=quoted(name),
            allowed=allowed or listing(_kin(name, names)),
            hint=did_you_mean(name, names),
        )

    def raise_if_any(self) -> None:
        """Raise all problems noted so far as one error.

        Raises
        ------
        ScenarioError
            If there are any.
        """
        if self._items:
            raise ScenarioError(self.items)


def did_you_mean(name: str, known: Sequence[str]) -> str | None:
    """Return ``did you mean 'x'?`` for the closest known name, or None where none is close."""
    if len(name) > MAX_COMPARED:
        return None
    lowered = {candidate.lower(): candidate for candidate in known}
    key = name.lower().replace("-", "_").replace(" ", "_")
    # a number without its leading zero ("Q1" for "Q01")
    close = [low for low in lowered if _LEADING_ZEROS.sub("", low) == _LEADING_ZEROS.sub("", key)][:1]
    # a name cut short, or one with its prefix forgotten ("gain" for "trust.gain")
    close = close or [
        low for low in lowered if len(key) > 2 and (low.startswith(key) or low.endswith("." + key))
    ][:1]
    # of very many names only those of nearly the same length are compared
    near = [low for low in lowered if len(lowered) <= MAX_COMPARED or abs(len(low) - len(key)) <= 2][:MAX_COMPARED]
    close = close or difflib.get_close_matches(key, near, n=1, cutoff=0.6)
    return f"did you mean {lowered[close[0]]!r}?" if close else None


def listing(names: Sequence[str]) -> str:
    """List names for a message, the first of them where there are many."""
    if not names:
        return "none is declared"
    shown = ", ".join(name if len(name) <= 100 else name[:97] + "..." for name in names[:MAX_LISTED])
    return shown if len(names) <= MAX_LISTED else f"{shown} and {len(names) - MAX_LISTED} more"


def _kin(name: str, known: Sequence[str]) -> Sequence[str]:
    """Return the known names that share the longest dotted beginning with a name, or all where none does."""
    steps = name.split(".")
    for length in range(len(steps) - 1, 0, -1):
        beginning = ".".join(steps[:length]) + "."
        kin = [candidate for candidate in known if candidate.startswith(beginning)]
        if kin:
            return kin
    return known
