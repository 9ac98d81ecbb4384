"""Labels in Chinese characters render on a machine that has no Chinese font of its own."""

from __future__ import annotations

import io
import warnings

import pytest

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")

from matplotlib import font_manager  # noqa: E402
from matplotlib.figure import Figure  # noqa: E402

from sim.report import fonts  # noqa: E402

LABEL = "西城社区 居民参与 ▲ ▽ ≈ Xicheng 0.5"


@pytest.fixture(autouse=True)
def _own_settings():
    """Each test gets Matplotlib's settings and font list as they were."""
    before = list(font_manager.fontManager.ttflist)
    with matplotlib.rc_context():
        yield
    font_manager.fontManager.ttflist[:] = before


def draw(kind: str) -> bytes:
    figure = Figure(figsize=(3, 1))
    figure.text(0.05, 0.5, LABEL)
    out = io.BytesIO()
    figure.savefig(out, format=kind)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_every_character_of_a_chinese_label_is_drawn(kind: str) -> None:
    assert fonts.use_cjk_font() is not None
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # Matplotlib warns of each character that no font has
        assert len(draw(kind)) > 500


def test_the_bundled_font_covers_everyday_chinese() -> None:
    file = fonts.bundled_font_file()
    assert file is not None, "zhplot, which carries the font, is not installed"
    has = set(font_manager.get_font(str(file)).get_charmap())
    rows = (bytes([a, b]).decode("gb2312", "ignore") for a in range(0xB0, 0xF8) for b in range(0xA1, 0xFF))
    wanted = {character for character in rows if character}
    assert len(wanted) > 6700
    assert not {character for character in wanted if ord(character) not in has}


def test_calling_it_twice_changes_nothing() -> None:
    first = fonts.use_cjk_font()
    settings, known = list(matplotlib.rcParams["font.family"]), len(font_manager.fontManager.ttflist)
    assert fonts.use_cjk_font() == first
    assert list(matplotlib.rcParams["font.family"]) == settings
    assert len(font_manager.fontManager.ttflist) == known


def test_without_any_chinese_font_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "bundled_font_file", lambda: None)
    monkeypatch.setattr(fonts, "BUNDLED_FAMILY", "No Such Family")
    monkeypatch.setattr(fonts, "SYSTEM_FAMILIES", ())
    said: list[str] = []
    assert fonts.use_cjk_font(say=said.append) is None
    assert len(said) == 1 and "pip install zhplot" in said[0]
    with pytest.warns(UserWarning, match="empty boxes"):
        fonts.use_cjk_font()


def test_a_system_font_is_used_where_the_bundled_one_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "bundled_font_file", lambda: None)
    monkeypatch.setattr(fonts, "BUNDLED_FAMILY", "No Such Family")
    monkeypatch.setattr(fonts, "SYSTEM_FAMILIES", ("No Such Family Either", "DejaVu Serif"))
    assert fonts.use_cjk_font() == "DejaVu Serif"
    assert matplotlib.rcParams["font.family"] == ["DejaVu Sans", "DejaVu Serif"]


def test_text_of_people_is_never_mathematics_and_the_svg_stays_xml(tmp_path) -> None:
    from xml.dom import minidom

    from sim.report.style import drawing, save

    with drawing():
        figure = Figure(figsize=(4, 2))
        axes = figure.add_subplot(title=r"Rents $900 to $1500, \frac $a_b^{c$ <b>&", xlabel="$\\frac a$")
        axes.set_yticks([0, 1], ["__x", "\x1b[31mred -- ]]>"])
        _, svg = save(figure, tmp_path, "any")
    text = svg.read_text(encoding="utf-8")
    assert "Oblique" not in text and "DejaVuSans-Cmr" not in text
    minidom.parseString(text.encode())


def test_characters_without_a_font_are_named_once_with_the_font_to_install(tmp_path, monkeypatch) -> None:
    from sim.report.style import drawing, save

    monkeypatch.setattr(font_manager.fontManager, "ttflist", [
        entry for entry in font_manager.fontManager.ttflist if entry.name.startswith("DejaVu Sans")
    ])
    monkeypatch.setattr(fonts, "_told", set())
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in range(2):
            with drawing():
                for stem in ("one", "two"):
                    figure = Figure(figsize=(2, 1), layout="constrained")
                    figure.add_subplot(title="구시가지 กรุงเทพ")
                    save(figure, tmp_path, stem)
    said = [str(each.message) for each in caught]
    assert len(said) == 1
    assert "Hangul (가구시지" in said[0] and "Thai" in said[0] and "Noto Sans KR" in said[0]


def test_no_two_lines_of_a_figure_share_colour_and_dash() -> None:
    from sim.report.style import SERIES

    assert len(SERIES) > 30
    assert len(set(SERIES)) == len(SERIES)
