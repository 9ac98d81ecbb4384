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
