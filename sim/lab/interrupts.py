"""How a batch ends when it is asked to: by Ctrl-C, SIGTERM (a queue, a container) or SIGHUP (a closed terminal)."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType

_ASKING = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


class Terminated(KeyboardInterrupt):
    """The process was asked to end by a signal; everything that tidies up after Ctrl-C tidies up after it."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)


def name_of(error: KeyboardInterrupt) -> str:
    """Return what interrupted: "Ctrl-C", or the name of the signal."""
    return str(error) if isinstance(error, Terminated) else "Ctrl-C"


@contextlib.contextmanager
def heeding_signals() -> Iterator[list[int]]:
    """Let SIGTERM and SIGHUP raise :class:`Terminated` in this block, unless somebody handles or ignores them.

    Only a main thread can arrange that; elsewhere nothing changes. Yields a list to which each signal that came is
    added.
    """
    came: list[int] = []

    def end(number: int, frame: FrameType | None) -> None:
        came.append(number)
        raise Terminated(number)

    before = {}
    if threading.current_thread() is threading.main_thread():
        before = {number: signal.getsignal(number) for number in _ASKING}
        before = {number: handler for number, handler in before.items() if handler is signal.SIG_DFL}
    for number in before:
        signal.signal(number, end)
    try:
        yield came
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Tidy up without minding further signals: what is done here is short, and half of it would leave a mess."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, *_ASKING)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
