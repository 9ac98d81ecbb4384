"""What installed packages add to every run by entry point: policies, outcomes and observers of the user's own."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

from sim.errors import PolicyModuleError, RunError

__all__ = ["installed_observers", "installed_sources", "source_of"]

OBSERVERS = ("cgsim.observers", "cgsim.outcomes")
GROUPS = ("cgsim.policies", *OBSERVERS)


def source_of(name: str) -> bytes:
    """The text of a policy file or of an importable module; its name where there is no text."""
    path = Path(name)
    if not path.is_file():
        try:
            spec = importlib.util.find_spec(name)
        except ModuleNotFoundError:
            spec = None
        if spec is None or spec.origin is None or not Path(spec.origin).is_file():
            return name.encode()
        path = Path(spec.origin)
    return path.read_bytes()


def installed_sources() -> Iterator[bytes]:
    """What decides the numbers of a run beside cgsim itself: each entry point, and the text of its module."""
    for group in GROUPS:
        for point in sorted(entry_points(group=group), key=lambda point: (point.name, point.value)):
            yield f"{group} {point.name} = {point.value}".encode()
            yield source_of(point.module)


def installed_observers() -> dict[str, Callable[[Any], float]]:
    """Observers and outcomes that installed packages declare, each telling who it is when it fails.

    Raises
    ------
    PolicyModuleError
        If one of them cannot be loaded.
    """
    return {point.name: _watched(point) for group in OBSERVERS for point in entry_points(group=group)}


def _watched(point: EntryPoint) -> Callable[[Any], float]:
    """The function of an entry point; what goes wrong in it is its author's to mend, and is told so."""
    try:
        function = point.load()
    except Exception as error:
        raise PolicyModuleError(
            f"entry point {point.name} = {point.value}: could not be loaded: {type(error).__name__}: {error}"
        ) from error

    def observe(world: Any) -> float:
        try:
            return float(function(world))
        except Exception as error:
            raise RunError(
                f"entry point {point.name} = {point.value}: failed on {world.date}: {type(error).__name__}: {error}"
            ) from error

    return observe
