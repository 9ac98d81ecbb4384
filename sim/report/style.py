"""How every figure looks, and how it is written: the same bytes each time, without a screen.

Figures are drawn on Matplotlib's object interface with the Agg and SVG canvases, inside a context that leaves the
caller's settings as they were. Nothing here knows what is drawn.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.lab.files import write_text, written_whole
from sim.report.fonts import find_fonts, told_missing, use_cjk_font

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = [
    "BETTER",
    "GRID",
    "INK",
    "NEUTRAL",
    "SERIES",
    "WORSE",
    "ZONE",
    "drawing",
    "in_legend",
    "inline_svg",
    "quiet_axes",
    "save",
]

INK = "#1d2429"
"""Text. All text colours keep a contrast of at least 4.5 on white."""
NEUTRAL = "#5b6770"
BETTER = "#0b5fa5"
WORSE = "#a8480b"
GRID = "#d9dee2"
ZONE = "#eceff1"
"""The zone of changes too small to matter."""
_COLOURS = (NEUTRAL, BETTER, WORSE, "#2f7d4f", "#7a4fa3", "#1d2429", "#a3265a")
_DASHES: tuple[Any, ...] = ("solid", "dashed", "dotted", "dashdot", (0, (6, 1.5, 1, 1.5, 1, 1.5)))
_FIRST = ((NEUTRAL, "solid"), (BETTER, "solid"), (WORSE, "dashed"))
_ALL = [(_COLOURS[j % 7], _DASHES[(j + j // 7) % 5]) for j in range(3, 38)]
SERIES: tuple[tuple[str, Any], ...] = (*_FIRST, *(look for look in _ALL if look not in _FIRST))
"""Colour and line style of the lines of a figure, no two alike; the style says it too, not colour alone."""

_DPI = 150
_SETTINGS: dict[str, Any] = {
    "font.size": 8.5,
    "axes.titlesize": 9.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 8.5,
    "axes.edgecolor": NEUTRAL,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "xtick.major.width": 0.7,
    "ytick.major.width": 0.7,
    "grid.color": GRID,
    "grid.linewidth": 0.6,
    "lines.linewidth": 1.5,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "text.parse_math": False,
    "svg.fonttype": "path",
    "svg.hashsalt": "cgsim",
}
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML document may hold."""
_DATELESS: dict[str, Any] = {"Date": None, "Creator": None, "Format": None, "Type": None}


@contextmanager
def drawing() -> Iterator[None]:
    """Draw inside this context: house style, fonts for the labels, and the old settings afterwards.

    Labels are people's text and never mathematics: dollar signs and backslashes are drawn as they stand. Characters
    for which no font is found are drawn as boxes, and one warning at the end says which and what to install.
    """
    import logging
    import warnings

    import matplotlib

    # The Chinese font comes in one weight only; that bold titles use it is no news for a planner's terminal.
    log = logging.getLogger("matplotlib.font_manager")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        with matplotlib.rc_context():
            matplotlib.rcParams.update(matplotlib.rcParamsDefault | {"backend": "agg"} | _SETTINGS)
            use_cjk_font()
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", message=r"Glyph \d+ ")
                yield
        told_missing()
    finally:
        log.setLevel(level)


def in_legend(text: str) -> str:
    """A label for a legend, which leaves out those that begin with an underscore."""
    return f" {text}" if text.startswith("_") else text


def quiet_axes(axes: Axes, grid: str = "y") -> None:
    """Thin grid lines behind the data along ``grid`` ("x", "y" or "both"), nothing else that shouts."""
    axes.grid(True, axis=grid, zorder=0)  # type: ignore[arg-type]
    axes.set_axisbelow(True)


def save(figure: Figure, folder: Path, stem: str) -> list[Path]:
    """Write ``figure`` as ``stem.png`` and ``stem.svg`` into ``folder``.

    Returns
    -------
    list of Path
        The two files, PNG first. Two calls with the same figure write the same bytes.
    """
    find_fonts(figure)
    png, svg = folder / f"{stem}.png", folder / f"{stem}.svg"
    with written_whole(png) as file:
        figure.savefig(file, format="png", dpi=_DPI, metadata={"Software": None})
    write_text(svg, _svg(figure))
    return [png, svg]


def inline_svg(figure: Figure, prefix: str, alt: str) -> str:
    """Give ``figure`` as an ``<svg>`` element for an HTML page.

    Parameters
    ----------
    figure
        The drawn figure.
    prefix
        Put before every id, so that several figures on one page never share one.
    alt
        What the picture shows, for those who do not see it.
    """
    import matplotlib

    # Words stay words: they can be searched and read aloud, take the page's font, and keep the page small. DejaVu Sans,
    # which the picture is laid out with, is wider than what a browser puts in its place, so nothing comes to overlap.
    with matplotlib.rc_context({"svg.fonttype": "none"}):
        text = _svg(figure)
    text = text[text.index("<svg") :]
    # The style rule of a Matplotlib SVG is `*{...}`: on a page it would restyle everything.
    text = re.sub(r"<style.*?</style>|<metadata>.*?</metadata>|<!--.*?-->", "", text, flags=re.S)
    text = re.sub(r"font-family: [^;\"]*;? ?|font-style: normal; ?", "", text)
    text = re.sub(r' transform="rotate\(-0 [^)]*\)"', "", text)
    text = text.replace("xlink:href=", "href=").replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', "")
    text = _own_ids(text, prefix)
    text = re.sub(r' d="([^"]*)"', lambda m: f' d="{_shorter(m[1])}"', text)
    text = re.sub(r"\s*\n\s*", " ", text).replace("> <", "><").strip()
    text = re.sub(r"<defs></defs>|<g></g>", "", text)
    head = f'<svg role="img" aria-label="{escape(alt)}" stroke-linejoin="round" '
    size = re.search(r'width="([\d.]+)pt" height="([\d.]+)pt"', text)
    if size:
        # Pixels at a 96 dpi screen; the page's style sheet scales it down, and `height: auto` keeps the shape.
        width, height = (round(float(part) * 4 / 3) for part in size.groups())
        text = text.replace(size[0], f'width="{width}" height="{height}"', 1)
    return text.replace("<svg ", head, 1)


def _own_ids(text: str, prefix: str) -> str:
    """Drop the ids that nothing refers to, and give the others short names that start with ``prefix``."""
    used = dict.fromkeys(re.findall(r'(?:href="|url\()#([^")]+)', text))
    names = {name: f"{prefix}-{i}" for i, name in enumerate(used)}
    text = re.sub(r' id="([^"]*)"', lambda m: f' id="{names[m[1]]}"' if m[1] in names else "", text)
    return re.sub(r'(href="|url\()#([^")]+)', lambda m: f"{m[1]}#{names[m[2]]}", text)


def _svg(figure: Figure) -> str:
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata=_DATELESS)
    return "\n".join(line.rstrip() for line in _NO_XML.sub("\ufffd", buffer.getvalue()).split("\n")).rstrip() + "\n"


def _shorter(path: str) -> str:
    """Path data at a hundredth of a point: half the size, no visible difference."""
    path = re.sub(r"-?\d+\.\d{3,}", lambda m: f"{float(m[0]):.2f}".rstrip("0").rstrip("."), path)
    return re.sub(r"\s+", " ", path).strip()
