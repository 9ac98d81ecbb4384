"""Handing many columns to small kernels by one pointer.

Numba passes a named tuple of arrays by copying every field of every array at each call, seven words an array: for some
eighty columns, small functions were slow to call and took minutes to compile. A *handle* has the same fields by the
same names, lives on the heap, and is passed as one pointer. It is made inside a kernel and lasts as long as the call.
"""

from typing import Any

from numba.core import types
from numba.experimental import structref
from numba.extending import overload

from sim.model.compiled import kernel

__all__ = ["Handle", "by_reference"]


@structref.register
class Handle(types.StructRef):  # type: ignore[misc]
    """Numba's type of a handle: the names and types of its fields."""

    def preprocess_fields(self, fields: Any) -> Any:
        """Forget which literal a field was made from."""
        return tuple((name, types.unliteral(kind)) for name, kind in fields)


def _is_tuple(kind: Any) -> bool:
    return isinstance(kind, types.BaseNamedTuple)


def _is_record(kind: Any) -> bool:
    """Whether a field is itself a named tuple that holds arrays or other records, and becomes a handle too."""
    return _is_tuple(kind) and any(isinstance(inner, types.Array) or _is_tuple(inner) for inner in kind.types)


def _handle_type(record: Any) -> Handle:
    fields = zip(record.fields, record.types, strict=True)
    return Handle(
        tuple((name, _handle_type(kind) if _is_record(kind) else kind) for name, kind in fields)
    )


def _by_reference(record: Any) -> Any:
    raise NotImplementedError("only kernels make handles")


@overload(_by_reference)
def _make(record: Any) -> Any:
    if not _is_tuple(record):
        return None
    lines = ["def make(record: Any) -> Any:", "    handle = new(handle_type)"]
    for name, kind in zip(record.fields, record.types, strict=True):
        value = f"by_reference(record.{name})" if _is_record(kind) else f"record.{name}"
        lines.append(f"    handle.{name} = {value}")
    lines.append("    return handle")
    scope = {"Any": Any, "new": structref.new, "handle_type": _handle_type(record), "by_reference": _by_reference}
    exec("\n".join(lines), scope)
    return scope["make"]


@kernel
def by_reference(record):
    """Return a handle with the fields of a named tuple; nested tuples that hold arrays become handles too.

    Tuples of numbers only (rules' parameters) stay as they are, because rules take them by value.
    """
    return _by_reference(record)
