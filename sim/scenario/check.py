"""Checking a tree against a schema, and saying what is wrong in the words of the file rather than of the schema."""

from __future__ import annotations

import datetime as dt
import types
import typing
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from pydantic import BaseModel, ValidationError

from sim.scenario.nodes import Entry, ListNode, MapNode, Node, Scalar, find, plain, show
from sim.scenario.problems import Problems, did_you_mean, listing
from sim.scenario.texts import quoted

__all__ = ["check"]

_TYPES = {
    "int_type": ("not a whole number", "a whole number"),
    "int_from_float": ("not a whole number", "a whole number"),
    "float_type": ("not a number", "a number"),
    "string_type": ("not text", None),
    "bool_type": ("not a switch", "true or false (or on, off)"),
    "date_type": ("not a date", "a date such as 2024-03-31"),
    "dict_type": ("not a mapping of keys to values", "keys and values, one to a line"),
    "model_type": ("not a mapping of keys to values", None),
    "model_attributes_type": ("not a mapping of keys to values", None),
    "list_type": ("not a list", "a list, as in [a, b]"),
    "finite_number": ("not a finite number", "a number"),
    "too_short": ("empty", "at least one"),
    "string_too_short": ("empty text", "at least one character"),
}
CUT = "fewer posts are a cut, as in shocks: {budget: {kind: cut, posts: 0.5, start: 2025-07-01}}"
"""Said to those who give a programme less than nothing."""

_BOUNDS = {
    "greater_than_equal": ("ge", "out of range"),
    "less_than_equal": ("le", "out of range"),
    "greater_than": ("gt", "out of range"),
    "less_than": ("lt", "out of range"),
}


def check(
    node: MapNode,
    model: type[BaseModel],
    problems: Problems,
    *,
    path: tuple[str, ...] = (),
    whole: int | None = None,
    incomplete: bool = False,
) -> MapNode:
    """Check a tree against a schema model.

    A date in quotes is taken as a date where a date is wanted (JSON and many programs write dates so), and ``2024`` or
    ``true`` as a name where a name is wanted.

    Parameters
    ----------
    node
        The tree.
    model
        The schema.
    problems
        Where to note what is wrong.
    path
        Where the tree stands in its file, for messages.
    whole
        Depth of the parts that are dropped as a whole when something in them is wrong; None drops single values.
    incomplete
        Keep what lacks a key that it cannot do without, for checks that look at what is there.

    Returns
    -------
    MapNode
        The tree without the parts that are wrong, so that checking can go on with the rest.
    """
    noted = False
    while True:
        try:
            model.model_validate(plain(node))
            return node
        except ValidationError as error:
            errors = error.errors(include_url=False, include_input=False)
            read = _reread(node, errors) if not noted else node
            if read is not node:
                node = read
                continue
            bad = []
            for item in errors:
                loc = [step for step in item["loc"] if step != "[key]"]
                if not noted:
                    _note(node, model, item, loc, problems, path)
                if item["type"] == "missing":
                    if incomplete:
                        continue
                    loc = loc[:-1]  # what lacks something it cannot do without is dropped
                bad.append(loc[: find(node, loc)[3]][:whole])
        pruned = _pruned(node, bad)
        if pruned is node or incomplete:
            return pruned  # the document itself lacks something
        node, noted = pruned, True


def _reread(node: MapNode, errors: Sequence[Any]) -> MapNode:
    """Return a tree in which dates in quotes are dates, and words that names were wanted for are text."""
    changes: list[tuple[Sequence[str | int], Node]] = []
    for item in errors:
        loc = [step for step in item["loc"] if step != "[key]"]
        _, _, found, depth = find(node, loc)
        if not isinstance(found, Scalar):
            continue
        if item["type"] in ("date_type", "day") and isinstance(found.value, str):
            try:
                date = dt.date.fromisoformat(found.value)
            except ValueError:
                continue
            if found.value == date.isoformat():
                changes.append((loc[:depth], replace(found, value=date)))
        elif item["type"] == "word" and found.value is not None and not isinstance(found.value, str):
            changes.append((loc[:depth], replace(found, value=found.text)))
    return typing.cast(MapNode, _changed(node, changes)) if changes else node


def _changed(node: Node, changes: Sequence[tuple[Sequence[str | int], Node]]) -> Node:
    """Return a tree with other nodes at some paths, in one walk."""
    below: dict[str | int, list[tuple[Sequence[str | int], Node]]] = {}
    for loc, new in changes:
        if not loc:
            return new
        below.setdefault(loc[0], []).append((loc[1:], new))
    if isinstance(node, MapNode):
        texts = {str(step): inner for step, inner in below.items()}
        return MapNode(
            {
                key: Entry(entry.key_mark, _changed(entry.node, texts[key])) if key in texts else entry
                for key, entry in node.entries.items()
            },
            node.mark,
        )
    assert isinstance(node, ListNode)
    return ListNode(
        tuple(_changed(item, below[i]) if i in below else item for i, item in enumerate(node.items)), node.mark
    )


def _pruned(node: MapNode, locs: Iterable[Sequence[str | int]]) -> MapNode:
    """Return a tree without what stands at some paths, in one walk; an item of a list takes the list with it."""
    below: dict[str, list[Sequence[str | int]]] = {}
    for loc in locs:
        if loc and str(loc[0]) in node.entries:
            below.setdefault(str(loc[0]), []).append(loc[1:])
    if not below:
        return node
    entries = {}
    for key, entry in node.entries.items():
        if key not in below:
            entries[key] = entry
        elif isinstance(entry.node, MapNode) and all(below[key]):
            entries[key] = Entry(entry.key_mark, _pruned(entry.node, below[key]))
    return MapNode(entries, node.mark)


def _note(
    node: Node,
    model: type[BaseModel],
    item: Any,
    loc: list[str | int],
    problems: Problems,
    path: tuple[str, ...],
) -> None:
    """Add one finding of the schema to the problems."""
    kind: str = item["type"]
    key_mark, value_mark, found, depth = find(node, loc)
    if depth == len(loc) and problems.at(value_mark):
        return  # the word itself was refused when it was read
    dotted = _dotted((*path, *loc))
    if problems.full:  # no words are needed for what is only counted
        problems.add(key_mark if kind == "extra_forbidden" else value_mark, dotted, kind)
        return
    context = item.get("ctx", {})
    got = show(found)
    if kind == "extra_forbidden":
        if problems.at(key_mark):
            return  # the key itself was refused when it was read
        known = _keys(model, loc[:-1])
        problems.add(
            key_mark,
            dotted,
            "unknown key",
            got=quoted(str(loc[-1])),
            allowed=listing(known),
            hint=did_you_mean(str(loc[-1]), known),
        )
    elif kind == "missing":
        wanted = _field(model, loc)
        problems.add(key_mark, dotted, f"is missing ({wanted})" if wanted else "is missing")
    elif kind == "literal_error":
        words = [word.strip("'") for word in context["expected"].replace(" or ", ", ").split(", ")]
        problems.add(
            value_mark,
            dotted,
            "not one of the allowed words" if len(words) > 1 else "not the value it must have",
            got=got,
            allowed=", ".join(words),
            hint=did_you_mean(str(plain(found)), words) if isinstance(found, Scalar) else None,
        )
    elif kind in _BOUNDS:
        _, wrong = _BOUNDS[kind]
        hint = CUT if loc[-1] == "dose" and kind == "greater_than_equal" else None
        problems.add(value_mark, dotted, wrong, got=got, allowed=_bounds(model, loc), hint=hint)
    elif kind in _TYPES:
        wrong, allowed = _TYPES[kind]
        if kind in ("model_type", "model_attributes_type"):
            allowed = "the keys " + listing(_keys(model, loc))
        if kind in ("float_type", "int_type", "int_from_float", "finite_number"):
            allowed = _bounds(model, loc) or allowed
        if kind in ("float_type", "int_type") and isinstance(found, Scalar) and isinstance(found.value, str):
            got = f"the text {found.text!r}" if len(found.text) < 40 else got
        hint = (
            "put it in quotes if it is meant as text"
            if kind == "string_type" and isinstance(found, Scalar) and (found.value is not None)
            else None
        )
        problems.add(value_mark, dotted, wrong, got=got, allowed=allowed, hint=hint)
    elif "allowed" in context:
        problems.add(value_mark, dotted, item["msg"], got=got, allowed=context["allowed"])
    else:
        problems.add(value_mark, dotted, item["msg"][:1].lower() + item["msg"][1:], got=got)


def _dotted(steps: Iterable[str | int]) -> str:
    text = ""
    for step in steps:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else str(step)
    return text


def _unwrap(annotation: Any) -> Any:
    """Return what stands inside Annotated and Optional."""
    while True:
        origin = typing.get_origin(annotation)
        if origin is typing.Annotated:
            annotation = typing.get_args(annotation)[0]
        elif origin in (typing.Union, types.UnionType):
            inner = [a for a in typing.get_args(annotation) if a is not type(None)]
            if len(inner) != 1:
                return annotation
            annotation = inner[0]
        else:
            return annotation


def _walk(model: type[BaseModel], loc: Iterable[str | int]) -> tuple[Any, Any]:
    """Follow a path through a schema; return the annotation there and the field's own information, if any."""
    annotation: Any = model
    info: Any = None
    for step in loc:
        annotation = _unwrap(annotation)
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            info = next((f for n, f in annotation.model_fields.items() if (f.alias or n) == step), None)
            if info is None:
                return None, None
            annotation = info.annotation
        else:
            arguments = typing.get_args(annotation)
            if not arguments:
                return None, None
            annotation, info = arguments[-1], None
    return annotation, info


def _keys(model: type[BaseModel], loc: Iterable[str | int]) -> list[str]:
    annotation = _unwrap(_walk(model, loc)[0])
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [f.alias or n for n, f in annotation.model_fields.items()]
    return []


def _field(model: type[BaseModel], loc: Iterable[str | int]) -> str | None:
    info = _walk(model, loc)[1]
    return info.description if info is not None else None


def _bounds(model: type[BaseModel], loc: Iterable[str | int]) -> str:
    """Return the bounds of a number, as the schema states them."""
    annotation, info = _walk(model, loc)
    metadata: list[Any] = list(info.metadata) if info is not None else []
    while typing.get_origin(annotation) in (typing.Annotated, typing.Union, types.UnionType):
        if typing.get_origin(annotation) is typing.Annotated:
            metadata += list(annotation.__metadata__)
            annotation = typing.get_args(annotation)[0]
        else:
            annotation = next(a for a in typing.get_args(annotation) if a is not type(None))
    limits: dict[str, Any] = {}
    for item in metadata:
        for part in [item, *getattr(item, "metadata", [])]:
            for name in ("ge", "gt", "le", "lt"):
                if getattr(part, name, None) is not None:
                    limits[name] = getattr(part, name)
    if "gt" in limits and "le" not in limits and "lt" not in limits:
        return f"more than {_limit(limits['gt'])}"
    low, high = limits.get("ge", limits.get("gt")), limits.get("le", limits.get("lt"))
    if low is None and high is None:
        return ""
    if low is not None and high is not None:
        return f"{_limit(low)} to {_limit(high)}"
    return f"{_limit(low)} or more" if low is not None else f"{_limit(high)} or less"


def _limit(value: Any) -> str:
    """A bound as it is written in a file: a number, or a date."""
    return f"{value:g}" if isinstance(value, (int, float)) else str(value)
