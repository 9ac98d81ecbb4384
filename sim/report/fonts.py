"""Fonts for the labels of figures: Chinese on any machine, other scripts where the machine has a font.

Matplotlib ships none, and a fresh machine often has none either, so that the name of a quarter would come out as a
row of boxes. The package ``zhplot`` carries Noto Sans SC (SIL Open Font License 1.1; every character of GB 2312 and,
but for one symbol, of GBK and Big5) inside its wheel. Only the font file is used: importing ``zhplot`` itself would
change Matplotlib's settings behind the caller's back.
"""

from __future__ import annotations

import unicodedata
import warnings
from collections.abc import Callable, Iterable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import CgsimWarning

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["BUNDLED_FAMILY", "SYSTEM_FAMILIES", "bundled_font_file", "find_fonts", "told_missing", "use_cjk_font"]

BUNDLED_FAMILY = "Noto Sans SC"

# Where the bundled font is missing: families that carry simplified Chinese, open ones first.
SYSTEM_FAMILIES = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "PingFang SC",
    "Hiragino Sans GB",
    "Heiti SC",
    "Microsoft YaHei",
    "SimHei",
    "Noto Sans CJK JP",
    "Arial Unicode MS",
)

_SCRIPTS = {
    "HANGUL": ("Hangul", "Noto Sans KR", "fonts-noto-cjk"),
    "HIRAGANA": ("Japanese", "Noto Sans JP", "fonts-noto-cjk"),
    "KATAKANA": ("Japanese", "Noto Sans JP", "fonts-noto-cjk"),
    "CJK": ("Chinese", "Noto Sans SC", "fonts-noto-cjk"),
}
"""By the first word of a character's name: what its script is called, and the font and Debian package that have it."""
_CORE = "fonts-noto-core"
_LETTERS = ("Lo", "Ll", "Lu", "Lm", "Mn", "Mc", "Nd")
_missing: dict[tuple[str, str, str], dict[str, None]] = {}
_told: set[tuple[str, str, str]] = set()


def bundled_font_file() -> Path | None:
    """Find the font file that travels with the ``zhplot`` package.

    Returns
    -------
    Path or None
        The TrueType file, or None where the package or its font is not installed.
    """
    spec = find_spec("zhplot")
    if spec is None or spec.origin is None:
        return None
    file = Path(spec.origin).parent / "fonts" / "NotoSansSC-Regular.ttf"
    return file if file.is_file() else None


def use_cjk_font(
    latin: Iterable[str] = ("DejaVu Sans",), say: Callable[[str], object] | None = None
) -> str | None:
    """Make Matplotlib draw Chinese characters, from now on, in this process.

    The family list becomes ``latin`` followed by one Chinese font; Matplotlib takes each character from the first
    family that has it. Calling it again changes nothing.

    Parameters
    ----------
    latin : iterable of str
        Families for everything that is not Chinese, the preferred one first.
    say : callable, optional
        Called with one sentence when no font with Chinese characters is found. By default it becomes a warning.

    Returns
    -------
    str or None
        The family used for Chinese, or None when there is none; figures are then drawn with empty boxes.
    """
    import matplotlib
    from matplotlib import font_manager

    known = {entry.name for entry in font_manager.fontManager.ttflist}
    family = next((name for name in (BUNDLED_FAMILY, *SYSTEM_FAMILIES) if name in known), None)
    if family != BUNDLED_FAMILY:
        file = bundled_font_file()
        if file is not None:
            font_manager.fontManager.addfont(str(file))
            family = BUNDLED_FAMILY
    if family is None:
        message = (
            "No font with Chinese characters was found: labels in Chinese will show as empty boxes. "
            "Install one with: pip install zhplot  (or, on Debian and Ubuntu: apt install fonts-noto-cjk)."
        )
        if say is None:
            warnings.warn(message, CgsimWarning, stacklevel=2)
        else:
            say(message)
        matplotlib.rcParams["font.family"] = [*latin]
        return None
    matplotlib.rcParams["font.family"] = [*latin, family]
    return family


def find_fonts(figure: Figure) -> None:
    """Let a figure's texts take characters that the usual fonts lack from other fonts of this computer.

    Characters that none has are remembered for :func:`told_missing`.
    """
    import matplotlib
    from matplotlib import font_manager
    from matplotlib.text import Text

    for axes in figure.axes:
        axes.get_xticklabels(), axes.get_yticklabels()  # tick labels hold no text before they are asked for
    texts = [text for text in figure.findobj(Text) if isinstance(text, Text)]
    lacking = {char for text in texts for char in text.get_text() if not _invisible(char)}
    for family in matplotlib.rcParams["font.family"]:
        lacking -= _characters(font_manager.findfont(family))
    entries = sorted(font_manager.fontManager.ttflist, key=_plainest) if lacking else ()
    for entry in entries:
        if lacking and not lacking.isdisjoint(_characters(entry.fname)):
            lacking -= _characters(entry.fname)
            matplotlib.rcParams["font.family"] = [*matplotlib.rcParams["font.family"], entry.name]
    if entries:
        for text in texts:
            text.set_fontfamily(matplotlib.rcParams["font.family"])
    for char in sorted(lacking):
        _missing.setdefault(_script(char), {})[char] = None


def told_missing() -> None:
    """Warn, once a script, of characters for which no font was found."""
    new = {script: "".join(chars) for script, chars in _missing.items() if script not in _told}
    _missing.clear()
    _told.update(new)
    if new:
        parts = [f"{name} ({chars[:12]}{'…' if len(chars) > 12 else ''})" for (name, _, _), chars in new.items()]
        fonts, packages = (", ".join(dict.fromkeys(script[i] for script in new)) for i in (1, 2))
        warnings.warn(
            f"No font of this computer has the {', '.join(parts)} characters of some labels: figures show boxes "
            f"there. Install {fonts} (Debian and Ubuntu: apt install {packages.replace(',', '')}) and draw again.",
            CgsimWarning,
            stacklevel=2,
        )


def _invisible(char: str) -> bool:
    """Whether a character has no picture of its own: spaces, line ends, marks of direction, variants."""
    return char.isspace() or unicodedata.category(char) in ("Cc", "Cf", "Cs") or "\ufe00" <= char <= "\ufe0f"


def _script(char: str) -> tuple[str, str, str]:
    """The name of a character's script, and the font and the package that have it."""
    word = unicodedata.name(char, "UNNAMED").split()[0]
    if word in _SCRIPTS:
        return _SCRIPTS[word]
    if unicodedata.category(char) in _LETTERS:
        return word.capitalize(), f"Noto Sans {word.capitalize()}", _CORE
    return "special", "Noto Sans Symbols 2", "fonts-noto-core fonts-symbola"


def _plainest(entry: Any) -> tuple[bool, bool, int, str, str]:
    """Order of fonts to look through: open and upright ones of usual weight first, always in the same order."""
    weight = entry.weight if isinstance(entry.weight, int) else 400
    return (not entry.name.startswith("Noto Sans"), entry.style != "normal", abs(weight - 400), entry.name, entry.fname)


@cache
def _characters(file: str) -> frozenset[str]:
    """The characters that a font file has; none where Matplotlib cannot read it or it has boxes for all."""
    from matplotlib import font_manager

    if "LastResort" in file:
        return frozenset()
    try:
        return frozenset(map(chr, font_manager.get_font(file).get_charmap()))
    except (OSError, RuntimeError, ValueError):
        return frozenset()
