"""What Python and notebooks show of an object: one short line, or a small table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import Any, TypeVar

__all__ = ["in_short"]

_T = TypeVar("_T")
_LONGEST = 80


def in_short(facts: Callable[[Any], Mapping[str, object]]) -> Callable[[type[_T]], type[_T]]:
    """A class decorator that gives objects a short ``repr`` and a small HTML table, made of a few facts by name."""

    def texts(self: Any) -> list[tuple[str, str]]:
        rows = [(name, f"{value:,}" if type(value) is int else str(value)) for name, value in facts(self).items()]
        return [(name, text if len(text) <= _LONGEST else f"{text[: _LONGEST - 2]} …") for name, text in rows]

    def as_line(self: Any) -> str:
        return f"<{type(self).__name__}: {', '.join(f'{name} {text}' for name, text in texts(self))}>"

    def as_table(self: Any) -> str:
        rows = "".join(f"<tr><th>{escape(name)}</th><td>{escape(text)}</td></tr>" for name, text in texts(self))
        return f"<table><caption>{type(self).__name__}</caption>{rows}</table>"

    def decorate(cls: type[_T]) -> type[_T]:
        cls.__repr__ = as_line  # type: ignore[method-assign, assignment]
        cls._repr_html_ = as_table  # type: ignore[attr-defined]
        return cls

    return decorate
