"""What a replay notes: draws and what they were compared with, and rules with their inputs and results.

While somebody listens, the functions of :mod:`sim.rules` are replaced by ones that note their calls and pass them on,
and a draw is a number that notes what it is compared with. Neither changes a bit of any result: the replay is compared
with what the compiled driver wrote, column by column.
"""

import inspect
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from types import FunctionType, ModuleType
from typing import Any, Final

import sim.rules
from sim.model.agents.today import Today

Subject = tuple[str, int]
"""Whose life it belongs to: ``("resident", row)``, ``("worker", row)``, ``("demand", id)``, ``("conflict", id)``."""

ORDINARY, QUIET, NEWS = range(3)
"""How much a moment says: as on every day; worth counting; worth a line of its own."""

_ELEMENTARY: Final = frozenset(("clamp01", "safe_exp", "logistic", "logit"))
_UNTOLD: Final = frozenset(("population.normal_quantile",))
"""Functions that compare a draw with numbers that are no chances."""


@dataclass(eq=False)
class Draw:
    """A uniform draw; ``chance`` and ``happened`` where it was held against a chance."""

    stream: str
    index: int
    key: int
    u: float
    chance: float | None = None
    happened: bool | None = None


@dataclass
class Call:
    """A rule that was called: its inputs by name, the parameters it looked at, what it returned."""

    rule: str
    inputs: dict[str, Any]
    parameters: dict[str, float]
    result: Any = None
    compared: list[float] = field(default_factory=list)


@dataclass
class Moment:
    """Something that happened to somebody, with the draws and rules behind it in order.

    Attributes
    ----------
    title, detail : str
        What happened, in words; the title is one of a few, the detail has the particulars.
    at : float, optional
        Time in days since the start of the burn-in, where it has one within the day.
    level : int
        ORDINARY, QUIET or NEWS.
    ordinary : int
        How many of the notes, from the first, are those of a day on which nothing happens.
    before : mapping, optional
        The resident's columns before, to tell which level a share was gained or lost of.
    """

    subjects: frozenset[Subject]
    title: str = ""
    detail: str = ""
    at: float | None = None
    level: int = ORDINARY
    notes: list[Draw | Call] = field(default_factory=list)
    ordinary: int = 0
    before: Mapping[str, Any] | None = None
    keys: frozenset[int] | None = None

    def tell(self, level: int, title: str, detail: str = "") -> None:
        """Say what happened."""
        self.level, self.title, self.detail = level, title, detail

    def draws(self, stream: str, index: int | None = None) -> list[Draw]:
        """Draws of one stream among the notes."""
        return [
            note for note in self.notes
            if isinstance(note, Draw) and note.stream == stream and index in (None, note.index)
        ]  # fmt: skip


class Drawn(float):
    """A uniform draw that notes what it is compared with; in arithmetic it is an ordinary number."""

    noted: Callable[[float, bool], None]

    def __lt__(self, other: float) -> bool:
        happened = float(self) < other
        self.noted(other, happened)
        return happened

    def __ge__(self, other: float) -> bool:
        return not self < other


class Recorder:
    """Notes what happens to those who are followed.

    Attributes
    ----------
    followed : set of subjects
    moments : list of Moment
        Of the phase that is being replayed.
    """

    def __init__(self) -> None:
        self.followed: set[Subject] = set()
        self.moments: list[Moment] = []
        self._open: list[Moment] = []
        self._call: Call | None = None

    def follows(self, *subjects: Subject) -> bool:
        """Whether anybody of these is followed."""
        return not self.followed.isdisjoint(subjects)

    @contextmanager
    def moment(
        self, *subjects: Subject, at: float | None = None, keys: frozenset[int] | None = None
    ) -> Iterator[Moment]:
        """Note what goes on as one moment in the lives of the subjects; with ``keys``, only draws of those."""
        new = Moment(frozenset(subjects), at=at, keys=keys)
        kept = self.follows(*subjects)
        if kept:
            self.moments.append(new)
        if kept or keys is not None:
            self._open.append(new)
            try:
                yield new
            finally:
                self._open.pop()
        else:
            yield new

    def add(
        self, level: int, title: str, *subjects: Subject, detail: str = "", notes: list[Draw | Call] | None = None
    ) -> None:
        """Note a moment that is told from its outcome alone."""
        if self.follows(*subjects):
            new = Moment(frozenset(subjects), notes=notes or [])
            new.tell(level, title, detail)
            self.moments.append(new)

    def taken(self) -> list[Moment]:
        """Hand over the moments noted so far."""
        moments, self.moments = self.moments, []
        return moments

    # --- what is noted ------------------------------------------------------------------------------------------

    def drawn(self, stream: str, index: int, key: int, u: float) -> float:
        """Note a draw, if somebody listens, and return it."""
        moment = self._open[-1] if self._open else None
        if moment is None or (moment.keys is not None and key not in moment.keys):
            return u
        note = Draw(stream, index, key, u)
        moment.notes.append(note)
        number = Drawn(u)

        def compared(other: float, happened: bool) -> None:
            if self._call is not None:
                self._call.compared.append(other)
            elif note.chance is None:
                note.chance, note.happened = float(other), happened
                moment.notes.remove(note)  # the rule that gave the chance may have been called after the draw
                moment.notes.append(note)

        number.noted = compared
        return number

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Note the calls of rules until the end of the block; one replay at a time in a process."""
        ours = [(module, name, getattr(module, name)) for module, name in rule_names()]
        for _, _, rule in ours:
            names_used(rule)  # looked up, and kept, while the names still stand for the rules themselves
        try:
            for module, name, rule in ours:
                setattr(module, name, self._noting(f"{module.__name__.rpartition('.')[2]}.{name}", rule))
            yield
        finally:
            for module, name, rule in ours:
                setattr(module, name, rule)

    def _noting(self, name: str, rule: FunctionType) -> Callable[..., Any]:
        def called(*args: Any, **named: Any) -> Any:
            if not self._open or self._open[-1].keys is not None or self._call is not None:
                return rule(*args, **named)
            given = dict(zip(argument_names(rule), args, strict=False)) | named
            p = given.pop("p", None)
            used = {} if p is None else {f: getattr(p, f) for f in p._fields if f in names_used(rule)}
            self._call = call = Call(name, {k: plain(v) for k, v in given.items()}, used)
            try:
                result = rule(*args, **named)
            finally:
                self._call = None
            call.result = plain(result)
            if name not in _UNTOLD:
                self._open[-1].notes.append(call)
            return result

        return called


class NotingToday(Today):
    """A day whose draws are noted."""

    def __init__(self, world: Any, recorder: Recorder) -> None:
        super().__init__(world)
        self._recorder = recorder

    def draw(self, stream: str, key: int, index: int = 0) -> float:
        """Today's uniform draw of whoever has this key."""
        return self._recorder.drawn(stream, index, key, super().draw(stream, key, index))

    def lasting(self, stream: str, key: int, index: int = 0) -> float:
        """A uniform draw that is the same on every day."""
        return self._recorder.drawn(stream, index, key, super().lasting(stream, key, index))


def plain(value: Any) -> Any:
    """A number without memory, a named tuple as a dictionary; anything else as it is."""
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {name: plain(part) for name, part in value._asdict().items()}
    return float(value) if isinstance(value, Drawn) else value


# --- the rules --------------------------------------------------------------------------------------------------


@cache
def rule_names() -> tuple[tuple[ModuleType, str], ...]:
    """The rules, by module and name, without the elementary functions that others are made of."""
    found = [import_module(f"sim.rules.{module.name}") for module in pkgutil.iter_modules(sim.rules.__path__)]
    return tuple(
        (module, name) for module in found for name, value in vars(module).items()
        if isinstance(value, FunctionType) and value.__module__ == module.__name__
        and not name.startswith("_") and name not in _ELEMENTARY
    )  # fmt: skip


@cache
def argument_names(rule: FunctionType) -> tuple[str, ...]:
    """Names of a rule's arguments, in order."""
    return tuple(inspect.signature(rule).parameters)


@cache
def names_used(rule: FunctionType) -> frozenset[str]:
    """Names that a rule's code looks up: its parameters among them, those of rules that it calls in its module too."""
    names = set(rule.__code__.co_names)
    for name in rule.__code__.co_names:
        other = rule.__globals__.get(name)
        if isinstance(other, FunctionType) and other.__module__ == rule.__module__ and other is not rule:
            names |= names_used(other)
    return frozenset(names)


@cache
def equation(name: str) -> tuple[str, str]:
    """A rule's equation (the first literal of its docstring; empty where there is none) and its first sentence."""
    module, _, function = name.partition(".")
    text = inspect.getdoc(getattr(import_module(f"sim.rules.{module}"), function)) or ""
    first = text.partition("\n\n")[0].replace("\n", " ")
    literals = [part for part in text.replace("\n", " ").split("``")[1::2] if "=" in part]
    return (literals[0] if literals else ""), first.replace("``", "")
