"""Records: many arrays and numbers under one name, which kernels take by a single pointer.

Numba takes a named tuple of arrays apart at every call, seven words an array: some three hundred arguments for the
residents' columns alone, slow to hand over and slow to compile. A record looks the same from Python and in a kernel
(``residents.trust[i]``), but beside its fields it keeps a table of addresses and shapes, and a kernel gets the address
of that table. What is in a record may change; which arrays it holds may not, so compiled code may read the table once.

Whoever calls a kernel holds the record, and the record holds its arrays; within kernels nothing has to be counted.
"""

import hashlib
import sys
from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped,unused-ignore]
from numba import typeof
from numba.core import cgutils
from numba.core import types as numba_types
from numba.core.imputils import impl_ret_untracked
from numba.core.typing.templates import AttributeTemplate
from numba.extending import (
    NativeValue,
    infer_getattr,
    lower_getattr_generic,
    models,
    register_model,
    typeof_impl,
    unbox,
)

__all__ = ["Record", "record"]

types: Any = numba_types
_WORD_BITS = 64


class RecordType(numba_types.Type):  # type: ignore[misc,unused-ignore]
    """Numba's type of a record: the names and types of its fields, in order."""

    def __init__(self, fields: tuple[tuple[str, Any], ...]) -> None:
        self.kinds = dict(fields)
        self.places: dict[str, int] = {}
        place = 0
        for name, kind in fields:
            self.places[name] = place
            place += _words(kind)
        self.words = place
        name = f"Record{fields}"
        self.short = hashlib.blake2b(name.encode(), digest_size=8).hexdigest()
        super().__init__(name=name)

    @property
    def mangling_args(self) -> Any:
        """A short name in compiled functions' names, where all fields spelled out would be longer than the code."""
        return f"Record{self.short}", ()


def _words(kind: Any) -> int:
    """Words that a field takes in the table."""
    if isinstance(kind, types.Array):
        return 2 + 2 * int(kind.ndim)
    if isinstance(kind, types.BaseTuple):
        return sum(_words(part) for part in kind.types)
    return 1


def _put(words: Any, numbers: Any, place: int, kind: Any, value: Any) -> int:
    """Write one field into the table, of which ``words`` and ``numbers`` are two views; return the place after it."""
    if isinstance(kind, types.Array):
        end = place + 2 + 2 * value.ndim
        words[place:end] = (value.size, value.__array_interface__["data"][0], *value.shape, *value.strides)
        return end
    if isinstance(kind, types.BaseTuple):
        for part, inner in zip(kind.types, value, strict=True):
            place = _put(words, numbers, place, part, inner)
        return place
    if isinstance(kind, RecordType):
        words[place] = value._address
    elif isinstance(kind, types.Float):
        numbers[place] = value
    else:
        words[place] = int(value)
    return place + 1


class Record:
    """Base of records made by :func:`record`; built like a named tuple and read like one."""

    __slots__ = ("_address", "_numba_type_", "_words")
    _fields: ClassVar[tuple[str, ...]] = ()
    _address: int
    _numba_type_: Any
    _words: Any

    def __init__(self, *values: Any, **named: Any) -> None:
        fields = self._fields
        if named:
            values = (*values, *(named.pop(name) for name in fields[len(values) :]))
        if named or len(values) != len(fields):
            raise TypeError(f"{type(self).__name__} takes the fields {', '.join(fields)}")
        for name, value in zip(fields, values, strict=True):
            object.__setattr__(self, name, value)
        kinds = tuple(map(_kind, values))
        kind = _known.get((fields, kinds))
        if kind is None:
            kind = _known[fields, kinds] = RecordType(tuple(zip(fields, kinds, strict=True)))
        words = np.zeros(max(kind.words, 1), np.int64)
        numbers, place = words.view(np.float64), 0
        for part, value in zip(kinds, values, strict=True):
            place = _put(words, numbers, place, part, value)
        object.__setattr__(self, "_numba_type_", kind)
        object.__setattr__(self, "_words", words)
        object.__setattr__(self, "_address", int(words.ctypes.data))

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{type(self).__name__}.{name} cannot be replaced: compiled code knows the array it is")

    def __iter__(self) -> Iterator[Any]:
        return (getattr(self, name) for name in self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def __getitem__(self, place: int) -> Any:
        return getattr(self, self._fields[place])

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), tuple(self)

    def _asdict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self._fields}


_known: dict[Any, Any] = {}
"""Types that were made before, by what decides them: making one takes longer than a day of a small community."""


def _kind(value: Any) -> Any:
    if isinstance(value, Record):
        return value._numba_type_
    if isinstance(value, np.ndarray):
        flags = value.flags
        key: Any = (value.dtype, value.ndim, flags.c_contiguous, flags.f_contiguous, flags.writeable, flags.aligned)
    else:
        key = (type(value), tuple(map(type, value)) if isinstance(value, tuple) else None)
    kind = _known.get(key)
    if kind is None:
        kind = _known[key] = typeof(value)
    return kind


def record(name: str, fields: str | list[str]) -> Any:
    """Make a class of records with the given fields: arrays, numbers, tuples of numbers, other records."""
    names = tuple(fields.split() if isinstance(fields, str) else fields)
    module = sys._getframe(1).f_globals["__name__"]
    return type(name, (Record,), {"__slots__": names, "_fields": names, "__module__": module})


# --- what Numba has to know -----------------------------------------------------------------------------------------

register_model(RecordType)(models.OpaqueModel)


@typeof_impl.register(Record)
def _typeof(value: Any, context: Any) -> Any:
    return value._numba_type_


@unbox(RecordType)
def _unbox(kind: Any, obj: Any, c: Any) -> Any:
    address = c.pyapi.object_getattr_string(obj, "_address")
    pointer = c.pyapi.long_as_voidptr(address)
    c.pyapi.decref(address)
    return NativeValue(pointer)


@infer_getattr
class _Fields(AttributeTemplate):  # type: ignore[misc]
    key = RecordType

    def generic_resolve(self, kind: Any, name: str) -> Any:  # type: ignore[override,unused-ignore]
        return kind.kinds.get(name)


@lower_getattr_generic(RecordType)
def _get(context: Any, builder: Any, kind: Any, value: Any, name: str) -> Any:
    table = builder.bitcast(value, ir.IntType(_WORD_BITS).as_pointer())
    return impl_ret_untracked(
        context, builder, kind.kinds[name], _take(context, builder, table, kind.places[name], kind.kinds[name])[0]
    )


def _take(context: Any, builder: Any, table: Any, place: int, kind: Any) -> tuple[Any, int]:
    """Read a field from the table at ``place``; return its value and the place after it."""
    if isinstance(kind, types.Array):
        array = context.make_array(kind)(context, builder)
        size = _word(builder, table, place)
        data = builder.inttoptr(_word(builder, table, place + 1), array.data.type)
        shape = [_word(builder, table, place + 2 + k) for k in range(kind.ndim)]
        strides = [_word(builder, table, place + 2 + kind.ndim + k) for k in range(kind.ndim)]
        itemsize = context.get_abi_sizeof(context.get_data_type(kind.dtype))
        array.meminfo = cgutils.get_null_value(array.meminfo.type)
        array.parent = cgutils.get_null_value(array.parent.type)
        array.nitems, array.itemsize, array.data = size, context.get_constant(types.intp, itemsize), data
        array.shape = cgutils.pack_array(builder, shape)
        array.strides = cgutils.pack_array(builder, strides)
        return array._getvalue(), place + 2 + 2 * kind.ndim
    if isinstance(kind, types.BaseTuple):
        parts = []
        for part in kind.types:
            taken, place = _take(context, builder, table, place, part)
            parts.append(taken)
        return context.make_tuple(builder, kind, parts), place
    word = _word(builder, table, place)
    wanted = context.get_value_type(kind)
    if isinstance(kind, RecordType):
        word = builder.inttoptr(word, wanted)
    elif isinstance(kind, types.Float):
        word = builder.bitcast(word, wanted)
    elif word.type != wanted:
        word = builder.trunc(word, wanted)
    return word, place + 1


def _word(builder: Any, table: Any, place: int) -> Any:
    """Read a word of the table, which does not change while compiled code runs."""
    word = builder.load(builder.gep(table, [ir.IntType(32)(place)]))
    word.set_metadata("invariant.load", builder.module.add_metadata([]))
    return word
