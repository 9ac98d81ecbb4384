"""What may stand in texts and in names: no control characters, and in names nothing that makes a path or a formula.

All text is compared in one Unicode normal form (NFC), whatever form a keyboard or a file system has given it.
"""

from __future__ import annotations

import os
import re
import unicodedata

__all__ = [
    "LOOKALIKES",
    "MAX_NAME",
    "UNSAFE",
    "character",
    "lookalike",
    "name_complaint",
    "normal",
    "path_complaint",
    "quoted",
    "visible",
]

MAX_NAME = 100
"""Longest name, in characters. A file system holds 255 bytes: folders add a seed, and some letters take three bytes."""

UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)
"""Characters that no text may hold: they steer terminals, break lines or turn the order of letters round. Tabs and
ends of lines may stand in a text."""

_IN_NAMES = '<>:"/\\|?*'
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])\s*(\..*)?\Z", re.IGNORECASE)
_ALLOWED = f"letters, digits, spaces and marks other than {' '.join(_IN_NAMES)}, up to {MAX_NAME} characters"

LOOKALIKES = {
    "：": "a full-width colon; write : and a space",
    "，": "a full-width comma; write ,",
    "、": "an ideographic comma; write ,",
    "；": "a full-width semicolon",
    "。": "an ideographic full stop; write .",
    "．": "a full-width full stop; write .",
    "（": "a full-width bracket; write (",
    "）": "a full-width bracket; write )",
    "［": "a full-width bracket; write [",
    "］": "a full-width bracket; write ]",
    "【": "a lenticular bracket; write [",
    "】": "a lenticular bracket; write ]",
    "｛": "a full-width brace; write {",
    "｝": "a full-width brace; write }",
    "＃": "a full-width number sign; write #",
    "－": "a full-width hyphen; write -",
    "＝": "a full-width equals sign; write =",
    "％": "a full-width percent sign",
    "＿": "a full-width underscore; write _",
    "＂": 'a full-width quotation mark; write "',
    "“": 'a curly quotation mark; write "',
    "”": 'a curly quotation mark; write "',
    "„": 'a low quotation mark; write "',
    "«": 'an angled quotation mark; write "',
    "»": 'an angled quotation mark; write "',
    "‘": "a curly apostrophe; write '",
    "’": "a curly apostrophe; write '",
    "–": "a dash; write -",
    "—": "a dash; write -",
    "−": "a minus sign; write -",
    "‐": "a hyphen of another kind; write -",
    "‑": "a no-break hyphen; write -",
    "\u00a0": "a no-break space; write a plain space",
    "\u202f": "a narrow no-break space; write a plain space",
    "\u2007": "a figure space; write a plain space",
    "\u2009": "a thin space; write a plain space",
    "\u3000": "an ideographic space; write a plain space",
    "\u200b": "a zero-width space; remove it",
    **{chr(0xFF10 + digit): f"a full-width digit; write {digit}" for digit in range(10)},
}
"""Characters that look like the punctuation and digits of YAML, and what to write instead."""

LOOKALIKE = re.compile("[" + "".join(LOOKALIKES) + "]")


def normal(text: str) -> str:
    """Return a text in Unicode normal form NFC."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def character(char: str) -> str:
    """Return a character by its number and name, as in ``U+202E RIGHT-TO-LEFT OVERRIDE``."""
    names = {"\0": "NULL", "\a": "BELL", "\b": "BACKSPACE", "\x1b": "ESCAPE", "\x7f": "DELETE", "\x85": "NEXT LINE"}
    name = unicodedata.name(char, names.get(char, "a control character" if ord(char) < 160 else ""))
    return f"U+{ord(char):04X} {name}".rstrip()


def visible(text: str) -> str:
    """Return a text that is safe to print: unsafe characters, tabs and ends of lines are written as escapes."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def quoted(text: str, longest: int = 60) -> str:
    """Return a text in quotes for "got ..." in a message, its middle left out where it is long."""
    if len(text) <= longest:
        return repr(text)
    return f"{text[: longest - 3]!r}... ({len(text):,} characters)"


def lookalike(text: str) -> re.Match[str] | None:
    """Return the first character of a text that looks like a character of YAML and is another."""
    return None if text.isascii() else LOOKALIKE.search(text)


def name_complaint(name: str) -> tuple[str, str] | None:
    """Say why a text cannot be the name of a scenario, experiment or community, or return None.

    Names become names of files and folders on any system, words of a command line and cells of a spreadsheet.

    Returns
    -------
    tuple of str or None
        What is wrong, and what is allowed.
    """
    odd = next((c for c in name if unicodedata.category(c) in ("Cc", "Cs", "Co", "Zl", "Zp") or UNSAFE.match(c)), None)
    if not name.strip():
        return "an empty name", _ALLOWED
    if odd is not None:
        return f"a name with the character {character(odd)}", _ALLOWED
    if len(name) > MAX_NAME or len(name.encode()) > 2 * MAX_NAME:
        return f"a name of {len(name):,} characters ({len(name.encode()):,} bytes)", f"up to {MAX_NAME} characters"
    bad = next((c for c in name if c in _IN_NAMES), None)
    if bad is not None:
        return f"a name with {bad}, which cannot stand in the name of a file on every system", _ALLOWED
    if name[0] in "-=+@.~" or name[0].isspace():
        return f"a name that begins with {name[0]!r}", "a letter or digit first"
    if name[-1] == "." or name[-1].isspace():
        return f"a name that ends with {name[-1]!r}", "another character last"
    if _RESERVED.match(name):
        return "a name that is reserved on Windows", "any other name"
    return None


def path_complaint(path: str) -> str | None:
    """Say in one sentence why a path cannot be one of files of ours, or return None."""
    odd = UNSAFE.search(path) or re.search(r"[\t\n\r]", path)
    if odd is not None:
        return f"{quoted(path)} holds the character {character(odd[0])}; choose another name"
    longest = max(re.split(r"[/\\]", path), key=len)
    if len(os.fsencode(longest)) > 255 or len(os.fsencode(path)) > 4000:
        return f"{quoted(longest)} is longer than the name of a file may be (255 bytes); choose another name"
    # libraries for tables would take such a folder for a place in a network; one letter is a drive
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]+:", path):
        return f"{quoted(path)} reads as an address, and only folders of this machine are used; choose another name"
    return None
