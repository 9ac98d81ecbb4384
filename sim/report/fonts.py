"""A font with Chinese characters for Matplotlib, on any machine.

Matplotlib ships none, and a fresh machine often has none either, so that the name of a quarter would come out as a
row of boxes. The package ``zhplot`` carries Noto Sans SC (SIL Open Font License 1.1; every character of GB 2312 and,
but for one symbol, of GBK and Big5) inside its wheel. Only the font file is used: importing ``zhplot`` itself would
change Matplotlib's settings behind the caller's back.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from pathlib import Path

__all__ = ["BUNDLED_FAMILY", "SYSTEM_FAMILIES", "bundled_font_file", "use_cjk_font"]

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
            warnings.warn(message, stacklevel=2)
        else:
            say(message)
        matplotlib.rcParams["font.family"] = [*latin]
        return None
    matplotlib.rcParams["font.family"] = [*latin, family]
    return family
