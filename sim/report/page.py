"""One HTML page from a template: the style sheet, and the Chinese characters that it holds, come inside it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from sim.report.embedding import HAN, font_face

__all__ = ["render_page"]


def render_page(name: str, **content: Any) -> str:
    """Render a template that stands beside this module, with ``style`` and ``han_font``.

    Parameters
    ----------
    name
        The template.
    content
        What it is told. Texts are escaped; the filter ``lang`` marks Chinese in them.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    here = Path(__file__).parent
    environment = Environment(
        loader=FileSystemLoader(here),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["lang"] = _marked_language
    style = Markup((here / "brief.css").read_text(encoding="utf-8"))
    template = environment.get_template(name)
    page = template.render(style=style, han_font="", **content)
    # Chinese characters that the page holds come with it; which they are is known once it is there.
    face = Markup(font_face("".join(sorted(set(re.findall(HAN, page))))))
    return template.render(style=style, han_font=face, **content) + "\n"


def _marked_language(text: str) -> Any:
    """Mark Chinese characters as Chinese, for screen readers, and let long dotted names break on narrow screens."""
    from markupsafe import Markup, escape

    marked = re.sub(f"{HAN}+", lambda match: f'<span lang="zh-Hans">{match[0]}</span>', str(escape(text)))
    return Markup(re.sub(r"(?<=[a-z])([._])(?=[a-z])", r"\1<wbr>", marked))
