"""Positions of measures in the arrays that phases add to: looked up once, at import, by name."""

from typing import Final

from sim.vocabulary.categories import HOUR_USES
from sim.vocabulary.measures import FLOWS, INSTITUTION, STOCKS

_FLOW: Final = {name: position for position, name in enumerate(FLOWS)}
_STOCK: Final = {name: position for position, name in enumerate(STOCKS)}
_INSTITUTION: Final = {name: position for position, name in enumerate(INSTITUTION)}
_USE: Final = {name: position for position, name in enumerate(HOUR_USES)}


def flow(name: str) -> int:
    """Column of a flow in ``world.flows``, shape (cells, flows); KeyError for a name that is none."""
    return _FLOW[name]


def stock(name: str) -> int:
    """Column of a stock in ``world.stocks``, shape (cells, stocks)."""
    return _STOCK[name]


def institution(name: str) -> int:
    """Place of a community-wide measure in ``world.institution``."""
    return _INSTITUTION[name]


def use(name: str) -> int:
    """Place of a use of hours in ``world.hours``."""
    return _USE[name]
