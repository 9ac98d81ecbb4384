"""The options that say what is wanted: a budget, targets, and what counts how much."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from sim.analysis.decisions import Aims

__all__ = ["aims_of", "aims_options"]

LARGEST = 1e9
"""No change or weight is larger; sums of much larger ones overflow, and every option would score "not a number"."""

F = TypeVar("F", bound=Callable[..., Any])


def aims_options(function: F) -> F:
    """Add ``--budget``, ``--target`` (as ``targets``) and ``--weight`` (as ``weights``) to a command."""
    function = click.option(
        "--weight",
        "weights",
        multiple=True,
        metavar="OUTCOME=NUMBER",
        help="How much a headline outcome counts in the score; all alike by default. May be repeated.",
    )(function)
    function = click.option(
        "--target",
        "targets",
        multiple=True,
        metavar="OUTCOME=CHANGE",
        help="A change wanted, in the outcome's unit and with its sign, as in --target trust=0.005 or "
        "--target conflicts_per_1000=-0.5. May be repeated.",
    )(function)
    return click.option(
        "--budget",
        type=click.FloatRange(0.0),
        metavar="YUAN",
        help="Most that may be spent beyond the baseline, in yuan per resident a year.",
    )(function)


def aims_of(budget: float | None, targets: Sequence[str], weights: Sequence[str]) -> Aims:
    """What was asked for.

    Raises
    ------
    UsageError
        If a text is not a name and a number, or a name is not an outcome's.
    """
    from sim.analysis.decisions import Aims

    return Aims(budget, _numbers("--target", targets), _numbers("--weight", weights))


def _numbers(option: str, texts: Sequence[str]) -> dict[str, float]:
    """Texts ``NAME=NUMBER`` as numbers by name."""
    import math

    from sim.errors import UsageError

    found: dict[str, float] = {}
    for text in texts:
        name, _, number = text.partition("=")
        name = name.strip()
        try:
            value = float(number)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise UsageError(f"{option} {text}: an outcome's name and a number, as in trust=0.005")
        if abs(value) > LARGEST:
            raise UsageError(f"{option} {text}: too large a number; at most {LARGEST:g}")
        if name in found:
            raise UsageError(f"{option} {name}: given twice")
        found[name] = value
    return found
