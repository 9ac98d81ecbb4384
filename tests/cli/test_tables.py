"""Tables at the terminal fit it, break no heading inside a word, and show people's text as text."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from sim.cli._output import table_lines

COLUMNS = ("Option", "Cost", "Participation", "Trust", "New conflicts", "Score", "Most missed", "Wanted met", "Best")
ROWS = [
    ("More staff, better retained, community education", "+1,234", "+1.2", "−0.01", "+3.4", "+1", "3", "20%", "75%"),
    ("西城社区居民参与的一个很长的名称西城社区居民参与", "+12", "+1.2", "−0.01", "+3.4", "+1", "3", "20%", "75%"),
]


@pytest.mark.parametrize("wide", [200, 140, 80, 60, 40])
def test_a_table_fits_and_no_heading_is_broken_inside_a_word(monkeypatch: pytest.MonkeyPatch, wide: int) -> None:
    monkeypatch.setenv("COLUMNS", str(wide))
    lines = table_lines(COLUMNS, ROWS, range(1, len(COLUMNS)))
    assert max(map(cell_len, lines)) <= wide
    text = "\n".join(lines)
    assert all(word in text for column in COLUMNS for word in column.split())
    assert all(cell in text for row in ROWS for cell in row[1:])


def test_markup_is_shown_and_terminal_codes_never_reach_the_terminal() -> None:
    text = "\n".join(table_lines(("Scenario", "Effect"), [("[bold]a[/] [/] :smile: \x1b[31mred\x9b1m\x07", "|`<b>")]))
    assert "[bold]a[/] [/] :smile:" in text
    assert "|`<b>" in text
    assert not set(text) & set("\x1b\x9b\x07")
