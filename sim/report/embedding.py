"""The Chinese characters of a page, carried inside it: machines without a Chinese font are common."""

from __future__ import annotations

import base64
import io

from sim.report.fonts import bundled_font_file

__all__ = ["FAMILY", "HAN", "RANGE", "font_face"]

HAN = r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]"
"""A Chinese character or full-width mark, as a regular expression."""
RANGE = "U+3000-303F, U+3400-9FFF, U+FF00-FFEF"
"""The same for a style sheet. The family stands first there: as a last resort Chromium finds it for some texts of a
picture and draws boxes for others. With this range it never meddles with Latin text or the height of lines."""

FAMILY = "Report Han"
"""The family name that the page's style sheet lists."""


def font_face(characters: str) -> str:
    """An ``@font-face`` rule that holds just ``characters``, as a data address.

    Empty where there is nothing to embed, or no bundled font to take it from; the page then relies on the reader's
    fonts. The font's licence (SIL Open Font License 1.1) allows embedding; its notice travels in the name table.
    """
    file = bundled_font_file()
    if not characters or file is None:
        return ""
    from fontTools import subset  # type: ignore[import-untyped]

    options = subset.Options()
    options.flavor = "woff"
    options.layout_features = []
    options.hinting = False
    options.recalc_timestamp = False
    options.notdef_outline = True
    options.name_IDs = [0, 13]  # copyright and licence
    font = subset.load_font(str(file), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=characters)
    subsetter.subset(font)
    buffer = io.BytesIO()
    subset.save_font(font, buffer, options)
    data = base64.b64encode(buffer.getvalue()).decode("ascii")
    source = f'url(data:font/woff;base64,{data}) format("woff")'
    return (
        f'@font-face {{ font-family: "{FAMILY}"; src: {source}; font-weight: 100 900; '
        f"unicode-range: {RANGE}; font-display: block; }}"
    )
