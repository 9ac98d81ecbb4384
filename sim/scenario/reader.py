"""Reading one YAML file into a tree of marked nodes, and refusing what is unsafe or ambiguous.

The file is read event by event with PyYAML, with libyaml's parser where PyYAML was built with it. Nothing but plain
data comes out: tags, anchors and aliases are refused (which rules out both code and alias bombs), files larger than
a megabyte or nested deeper than sixteen levels are not looked at further.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from sim.scenario.nodes import Entry, ListNode, MapNode, Node, Scalar
from sim.scenario.problems import Mark, Problems
from sim.scenario.scalars import Trap, resolve
from sim.scenario.texts import LOOKALIKES, UNSAFE, character, lookalike, normal, quoted

__all__ = ["MAX_BYTES", "MAX_DEPTH", "parse", "read"]

MAX_BYTES = 1_000_000
"""Largest file that is read, in bytes. The largest shipped one is a twentieth of it."""

MAX_DEPTH = 16
"""Deepest nesting. A scenario needs eight levels."""

MAX_KEY = 200
"""Longest key, in characters; the longest shipped one has 60."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


MAX_UNSAFE = 20
"""Most characters of one text that are reported one by one."""

ROWS_ABOVE = 3
"""Rows above a mistake of syntax in which its cause is looked for."""

_QUOTED = re.compile(r"""\"(?:[^"\\]|\\.)*\"|'[^']*'|(?:^|\s)#.*""")


class _Refused(Exception):
    """Reading this file stops here; the problem has been noted."""


@dataclass
class _Open:
    """A mapping or list that is being filled."""

    mark: Mark
    path: str
    is_map: bool
    entries: dict[str, Entry] = field(default_factory=dict)
    items: list[Node] = field(default_factory=list)
    key: str | None = None
    key_mark: Mark | None = None

    def closed(self) -> Node:
        return MapNode(self.entries, self.mark) if self.is_map else ListNode(tuple(self.items), self.mark)


def read(path: Path, shown: str, problems: Problems) -> MapNode | None:
    """Read a file.

    Parameters
    ----------
    path
        The file.
    shown
        Its name as it is to be printed.
    problems
        Where to note what is wrong.

    Returns
    -------
    MapNode or None
        The document, or None where it could not be read at all.
    """
    top = Mark(shown, 1, 1)
    try:
        if not path.is_file():
            problems.add(top, "", "not a file", hint="give the name of a YAML file")
            return None
        size = path.stat().st_size
        if size > MAX_BYTES:
            problems.add(
                top, "", "the file is too large", got=f"{size:,} bytes", allowed=f"up to {MAX_BYTES:,} bytes"
            )
            return None
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        utf16 = error.object[:2] in (b"\xff\xfe", b"\xfe\xff")
        problems.add(
            Mark(shown, before.count(b"\n") + 1, len(before) - before.rfind(b"\n")),
            "",
            "not UTF-8 text",
            got="UTF-16 text" if utf16 else f"byte {error.object[error.start]:#04x} at {error.start}",
            hint="save the file as UTF-8",
        )
        return None
    except OSError as error:
        problems.add(top, "", f"cannot be read: {error.strerror or error}")
        return None
    node = parse(text, shown, problems)
    if node is None:
        return None
    if isinstance(node, Scalar) and node.value is None:
        problems.add(node.mark, "", "the file is empty")
        return None
    if not isinstance(node, MapNode):
        problems.add(
            node.mark,
            "",
            "the file must hold a mapping of keys to values",
            got="a list" if isinstance(node, ListNode) else "a single value",
        )
        return None
    return node


def parse(
    text: str, shown: str, problems: Problems, *, line: int = 1, column: int = 1, path: str = ""
) -> Node | None:
    """Parse YAML text.

    Parameters
    ----------
    text
        The text.
    shown
        Name of the place it comes from, for messages.
    problems
        Where to note what is wrong.
    line, column
        Where the text begins in that place, counted from 1.
    path
        The key it will stand under, for messages.

    Returns
    -------
    Node or None
        The tree, or None where the text could not be parsed to its end.
    """

    def at(mark: object) -> Mark:
        row, col = getattr(mark, "line", 0), getattr(mark, "column", 0)
        return Mark(shown, row + line, col + (column if row == 0 else 1))

    unsafe = list(itertools.islice(UNSAFE.finditer(text), MAX_UNSAFE))
    for found in unsafe:
        row, col = _place(text, found.start())
        problems.add(
            Mark(shown, row + line, col + (column if row == 0 else 1)),
            path,
            f"the character {character(found[0])} may not stand here",
            hint="remove it: it changes how a terminal or a page shows the text",
        )
    if unsafe:
        return None
    try:
        return _compose(yaml.parse(text, Loader=_LOADER), at, problems, path) or Scalar(
            None, "", Mark(shown, line, column)
        )
    except _Refused:
        return None
    except yaml.reader.ReaderError as error:
        row, col = _place(text, error.position if isinstance(error.position, int) else 0)
        problems.add(Mark(shown, row + line, col + 1), path, "a character that may not stand in YAML")
    except yaml.MarkedYAMLError as error:
        unclosed = "end of stream" in (error.problem or "")
        place = at((unclosed and error.context_mark) or error.problem_mark or error.context_mark)
        rows = text.split("\n")
        other = _other_mark(rows, place.line - line)
        if other is not None:
            row, match = other
            place = Mark(shown, row + line, match.start() + (column if row == 0 else 1))
            problems.add(
                place,
                path,
                f"not valid YAML: {match[0]} (U+{ord(match[0]):04X}) stands here, {LOOKALIKES[match[0]]}",
            )
        else:
            problems.add(place, path, *_syntax(error, text, place.line - line))
    return None


def _place(text: str, position: int) -> tuple[int, int]:
    """Return row and column of a position in a text, counted from 0."""
    return text.count("\n", 0, position), position - (text.rfind("\n", 0, position) + 1)


def _other_mark(rows: list[str], row: int) -> tuple[int, re.Match[str]] | None:
    """Find what looks like a mark of YAML where the text is not YAML: on that row, or on the last ones above."""
    above = [each for each in range(max(0, row - ROWS_ABOVE), min(row, len(rows))) if rows[each].strip()]
    for each in (*([row] if row < len(rows) else []), *reversed(above)):
        # within quotes and comments such characters are text
        bare = _QUOTED.sub(lambda found: "x" * len(found[0]), rows[each])
        match = lookalike(bare)
        if match is not None:
            return each, match
    return None


def _syntax(error: yaml.MarkedYAMLError, text: str, row: int) -> tuple[str]:
    """Say in plain words why the text is not YAML."""
    lines = text.splitlines()
    here = lines[row] if row < len(lines) else ""
    indent = here[: len(here) - len(here.lstrip())]
    if "\t" in indent or "\t" in here and "cannot start any token" in (error.problem or ""):
        return ("a tab is used for spacing; YAML allows only spaces",)
    said = (error.problem or "cannot be read").replace(
        "found character that cannot start any token", "stray character"
    )
    context = f" {error.context}" if error.context else ""
    return (f"not valid YAML: {said}{context}; check indentation, colons and quotes here and just above",)


def _compose(events: Iterator[yaml.Event], at: object, problems: Problems, root: str) -> Node | None:
    """Build the tree from parser events, without recursion and without constructing anything but plain data."""
    stack: list[_Open] = []
    document: Node | None = None
    documents = 0
    for event in events:
        mark = at(event.start_mark)  # type: ignore[operator]
        where = _path(stack, root)
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                problems.add(mark, "", "a second document begins here", allowed="one document in a file")
                raise _Refused
        elif isinstance(event, yaml.AliasEvent):
            problems.add(
                mark,
                where,
                "aliases are not used in scenario files",
                got=f"*{event.anchor}",
                hint="write the value out, or share it through extends",
            )
            raise _Refused
        elif isinstance(event, (yaml.ScalarEvent, yaml.CollectionStartEvent)):
            _refuse_extras(event, mark, where, problems)
            if isinstance(event, yaml.ScalarEvent):
                if stack and stack[-1].is_map and stack[-1].key is None:
                    _take_key(stack[-1], event, mark, where, problems)
                    continue
                node = _scalar(event, mark, where, problems)
            else:
                if stack and stack[-1].is_map and stack[-1].key is None:
                    problems.add(
                        mark, where, "a key must be a single word", hint="check brackets, braces and dashes"
                    )
                    raise _Refused
                if len(stack) >= MAX_DEPTH:
                    problems.add(mark, where, "nested too deeply", allowed=f"up to {MAX_DEPTH} levels")
                    raise _Refused
                stack.append(_Open(mark, where, isinstance(event, yaml.MappingStartEvent)))
                continue
            document = _put(stack, node) or document
        elif isinstance(event, yaml.CollectionEndEvent):
            document = _put(stack, stack.pop().closed()) or document
    return document


def _put(stack: list[_Open], node: Node) -> Node | None:
    """Place a finished node; return it where it is the whole document."""
    if not stack:
        return node
    top = stack[-1]
    if top.is_map:
        assert top.key is not None and top.key_mark is not None
        # of two entries under one key the first stays; the second was reported when its key was read
        top.entries.setdefault(top.key, Entry(top.key_mark, node))
        top.key = None
    else:
        top.items.append(node)
    return None


def _take_key(top: _Open, event: yaml.ScalarEvent, mark: Mark, where: str, problems: Problems) -> None:
    key = _text(event, mark, where, problems)
    if len(key) > MAX_KEY:
        problems.add(mark, where, "a key is too long", got=f"{len(key):,} characters", allowed=f"up to {MAX_KEY}")
        raise _Refused
    path = f"{where}.{key}" if where else key
    if key == "<<" and not event.style:
        problems.add(
            mark, path, "merge keys are not used in scenario files", hint="share values through extends"
        )
    elif key in top.entries:
        problems.add(
            mark,
            path,
            "duplicate key",
            got=f"{key!r} again",
            hint=f"it was given before on line {top.entries[key].key_mark.line}",
        )
    elif not key:
        problems.add(mark, path, "an empty key")
    top.key, top.key_mark = key, mark


def _scalar(event: yaml.ScalarEvent, mark: Mark, where: str, problems: Problems) -> Scalar:
    text = _text(event, mark, where, problems)
    if event.style in ("'", '"', "|", ">"):
        return Scalar(text, text, mark)
    try:
        return Scalar(resolve(text), text, mark)
    except Trap as trap:
        problems.add(mark, where, trap.wrong, got=text if len(text) <= 60 else text[:57] + "...", hint=trap.hint)
        return Scalar(None, text, mark)


def _text(event: yaml.ScalarEvent, mark: Mark, where: str, problems: Problems) -> str:
    """Return a text in normal form; characters that escapes have brought in are refused like those written out."""
    # a carriage return can only have come from an escape: YAML reads those of a file as ends of lines
    found = UNSAFE.search(event.value) or re.search("\r", event.value)
    if found is not None:
        problems.add(
            mark,
            where,
            f"the character {character(found[0])} may not stand in a text",
            got=quoted(event.value),
            hint="remove it: it changes how a terminal or a page shows the text",
        )
    return normal(UNSAFE.sub("", event.value).replace("\r", "") if found else event.value)


def _refuse_extras(event: yaml.Event, mark: Mark, where: str, problems: Problems) -> None:
    """Refuse tags and anchors: scenario files hold plain data, written out once."""
    tag = getattr(event, "tag", None)
    if tag is not None:
        problems.add(
            mark, where, "tags are not allowed: only plain data is read", got=tag, hint="remove the tag"
        )
        raise _Refused
    anchor = getattr(event, "anchor", None)
    if anchor is not None:
        problems.add(
            mark,
            where,
            "anchors are not used in scenario files",
            got=f"&{anchor}",
            hint="write the value out, or share it through extends",
        )
        raise _Refused


def _path(stack: list[_Open], root: str) -> str:
    if not stack:
        return root
    top = stack[-1]
    if not top.is_map:
        return f"{top.path}[{len(top.items)}]"
    if top.key is None:
        return top.path
    return f"{top.path}.{top.key}" if top.path else top.key
