"""Columns as attributes: what agents and records read and write is one row of the model's columns.

The properties are made here, once, from the declaration in :mod:`sim.model.columns`: its meaning becomes the docstring,
its bounds are held to, and values come out as Python's own numbers (flags as bool), never as NumPy scalars.
"""

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any, TypeVar

from sim.model.columns import Column

T = TypeVar("T", bound=type)

_SLACK = 1.0e-9
"""What rounding may add to a bound."""


class Backed:
    """Something whose state is one row of columns.

    Attributes
    ----------
    model : CommunityModel
    row : int
        Row of the columns.
    """

    __slots__ = ()

    model: Any
    row: int

    if TYPE_CHECKING:  # columns become attributes by ``backed_by``

        def __getattr__(self, name: str) -> Any: ...

        def __setattr__(self, name: str, value: Any) -> None: ...


def backed_by(declared: tuple[Column, ...], fixed: Collection[str] = ()) -> Callable[[T], T]:
    """Give a class one property for each declared column.

    The class has ``_columns``, the named tuple of arrays, and ``row``. A property that the class defines itself is left
    alone.

    Parameters
    ----------
    declared : tuple of Column
        In the order of the fields of ``_columns``.
    fixed : collection of str
        Columns that only the model itself may change.
    """

    def decorate(cls: T) -> T:
        for place, column in enumerate(declared):
            if column.name not in vars(cls):
                setattr(cls, column.name, _property(place, column, column.name in fixed))
        return cls

    return decorate


def is_flag(column: Column) -> bool:
    """Whether a column holds no or yes."""
    return column.dtype == "i1" and column.lower == 0 and column.upper == 1


def _property(place: int, column: Column, fixed: bool) -> property:
    read = _flag_reader(place) if is_flag(column) else _reader(place)
    kind = "bool" if is_flag(column) else {"f": "float", "i": "int", "u": "int"}[column.dtype[0]]
    return property(read, None if fixed else _writer(place, column), doc=f"{kind}: {column.meaning}.")


def _reader(place: int) -> Callable[[Any], Any]:
    def read(self: Any) -> Any:
        return self._columns[place].item(self.row)

    return read


def _flag_reader(place: int) -> Callable[[Any], bool]:
    def read(self: Any) -> bool:
        return self._columns[place].item(self.row) == 1

    return read


def _writer(place: int, column: Column) -> Callable[[Any, Any], None]:
    if column.lower is None or column.upper is None:

        def write(self: Any, value: Any) -> None:
            self._columns[place][self.row] = value

        return write

    low, high = column.lower - _SLACK, column.upper + _SLACK

    def write_within(self: Any, value: Any) -> None:
        if not low <= value <= high:
            raise ValueError(f"{column.name} lies between {column.lower} and {column.upper}, got {value}")
        self._columns[place][self.row] = value

    return write_within
