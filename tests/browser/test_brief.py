"""The brief in a real browser: it needs no network, can be read by everybody, and nothing in it is cut off."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.browser.briefs import NAMES, PAGES, page_file

WIDE, NARROW = 1200, 400
PAPER = 695
"""A4 less the margins of the style sheet, 184 mm, in pixels of 1/96 inch."""

every_brief = pytest.mark.parametrize("name", NAMES)
every_page = pytest.mark.parametrize("name", PAGES)
every_width = pytest.mark.parametrize(
    ("width", "media"), [(WIDE, "screen"), (NARROW, "screen"), (PAPER, "print")]
)

# Boxes with something in them that does not fit. A table under <details> may scroll within its own box on a narrow
# screen: it has to be reached by the keyboard and to have a name.
OVERFLOWING = """
({narrow}) => {
  const found = [];
  const say = (what, element) => found.push(
    `${what}: ${element.tagName} ${element.getAttribute('class')} "${element.textContent.trim().slice(0, 60)}"`);
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) found.push(`the page is ${root.scrollWidth} wide`);
  for (const element of document.querySelectorAll('main *:not(svg *)')) {
    const box = element.getBoundingClientRect();
    if (!box.width || element.closest('.unseen') || element.closest('.verdicts thead') && narrow) continue;
    const scrolling = element.closest('.scroll');
    const allowed = narrow && scrolling && scrolling.closest('details');
    if (allowed) {
      if (scrolling.tabIndex !== 0 || !scrolling.getAttribute('aria-label')) say('no key scrolls', scrolling);
      continue;
    }
    if (box.right > root.clientWidth + 1 || box.left < -1) say('beyond the edge', element);
    if (!['svg', 'SPAN', 'CODE', 'SMALL', 'STRONG', 'WBR', 'BR'].includes(element.tagName)
        && element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).display !== 'inline')
      say(`holds ${element.scrollWidth} in ${element.clientWidth}`, element);
  }
  return found;
}
"""

# Words of a picture that stick out of it, or lie on one another by more than a tenth of the smaller.
COLLIDING = """
() => {
  const found = [];
  for (const svg of document.querySelectorAll('figure svg')) {
    const frame = svg.getBoundingClientRect();
    if (!frame.width) continue;
    const texts = [...svg.querySelectorAll('text')].map(t => [t.textContent, t.getBoundingClientRect()]);
    const name = svg.closest('figure').id;
    texts.forEach(([said, a], i) => {
      if (a.left < frame.left - 1 || a.right > frame.right + 1 || a.top < frame.top - 1 || a.bottom > frame.bottom + 1)
        found.push(`${name}: "${said}" is cut off`);
      for (const [other, b] of texts.slice(i + 1)) {
        const w = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        // Glyphs fill about two thirds of the height of their box.
        const h = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) - Math.min(a.height, b.height) / 3;
        if (w > 0 && h > 0 && w * h > 0.1 * Math.min(a.width * a.height, b.width * b.height))
          found.push(`${name}: "${said}" and "${other}" lie on one another`);
      }
    });
  }
  return found;
}
"""

# Chinese text that is not drawn from the font it came with.
NARROW_HAN = """
() => {
  const found = [];
  const look = (element, width) => {
    const said = element.textContent.trim();
    if (!/^[\\u3400-\\u9fff]+$/.test(said)) return;
    const each = width / said.length / parseFloat(getComputedStyle(element).fontSize);
    if (Math.abs(each - 1) > 0.03) found.push(`"${said}" has ${each.toFixed(2)} a character`);
  };
  for (const text of document.querySelectorAll('svg text')) look(text, text.getComputedTextLength());
  for (const span of document.querySelectorAll('[lang|=zh]'))
    look(span, [...span.getClientRects()].reduce((sum, box) => sum + box.width, 0));
  return found;
}
"""


@every_page
def test_it_asks_for_nothing_but_itself_and_complains_of_nothing(show, name: str) -> None:
    seen = show(name)
    seen.page.wait_for_load_state("networkidle")
    assert seen.requests, "the browser's requests are not seen"
    assert {url for url in seen.requests if not url.startswith("data:")} == {
        (seen.folder / page_file(name)).as_uri()
    }
    assert seen.complaints == []
    assert seen.page.evaluate("performance.getEntriesByType('resource').length") == 0


@every_page
def test_it_has_no_violation_that_axe_finds(show, name: str) -> None:
    import axe_playwright_python

    script = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
    for width in (WIDE, NARROW):
        page = show(name).at(width)
        page.evaluate(script)
        # Nothing is to be fetched: the style sheet is in the page.
        found = page.evaluate("axe.run(document, {resultTypes: ['violations'], preload: false})")
        assert len(found["passes"]) > 15, "axe has hardly looked at anything"
        said = [
            f"{rule['id']} ({rule['impact']}): {rule['help']}: {rule['nodes'][0]['html'][:150]}"
            for rule in found["violations"]
        ]
        assert said == []


@every_page
@every_width
def test_nothing_is_cut_off_or_wider_than_its_place(show, name: str, width: int, media: str) -> None:
    page = show(name).at(width, media)
    assert page.evaluate(OVERFLOWING, {"narrow": width == NARROW}) == []


@every_page
@every_width
def test_words_in_pictures_are_whole_and_apart(show, name: str, width: int, media: str) -> None:
    page = show(name).at(width, media)
    assert page.evaluate(COLLIDING) == []


@pytest.mark.parametrize(
    ("check", "harm"),
    [
        (OVERFLOWING, "document.querySelector('.verdicts').style.width = '3000px'"),
        (OVERFLOWING, "document.querySelector('.verdicts td').style.width = '1px';"
                      "document.querySelector('.verdicts').style.tableLayout = 'fixed';"
                      "document.querySelector('.verdicts').style.width = '200px'"),
        (NARROW_HAN, "document.body.style.letterSpacing = '-3px'"),
        (COLLIDING, "document.querySelector('figure svg text').setAttribute('transform', 'translate(-500 0)')"),
        (COLLIDING, "{ const [a, b] = document.querySelectorAll('figure svg text'); a.parentNode.append("
                    "Object.assign(b.cloneNode(true), {}), b.cloneNode(true)) }"),
    ],
)  # fmt: skip
def test_the_checks_see_what_they_are_for(browser, folders, check: str, harm: str) -> None:
    page = browser.new_page()
    page.set_viewport_size({"width": WIDE, "height": 900})
    page.goto((folders("null") / "brief.html").as_uri())
    assert page.evaluate(check, {"narrow": False}) == []
    page.evaluate(harm)
    assert page.evaluate(check, {"narrow": False}) != []
    page.close()


@every_page
def test_chinese_characters_come_with_a_font_that_has_them(show, name: str) -> None:
    page = show(name).at(WIDE)
    page.evaluate("document.fonts.ready.then(() => true)")
    han = page.evaluate("[...new Set(document.body.textContent.match(/[\\u3400-\\u9fff]/g) ?? [])].join('')")
    faces = page.evaluate("[...document.fonts].map(face => [face.family, face.status])")
    assert bool(han) == bool(faces), (han, faces)
    assert all(status == "loaded" for _, status in faces)
    # A Chinese character is as wide as it is high; the box drawn for a missing one is narrower.
    assert page.evaluate(NARROW_HAN) == []


@every_page
def test_no_id_is_repeated(show, name: str) -> None:
    ids = show(name).page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert ids and len(ids) == len(set(ids))


@every_page
def test_it_prints_on_a_few_pages_of_a4(show, name: str) -> None:
    """What is read; the data come after it, on as many pages as they take."""
    seen = show(name)
    page = seen.at(WIDE, "print")
    whole = _pages(page)
    page.evaluate("document.querySelectorAll('details, .appendix').forEach(e => { e.style.display = 'none' })")
    read = _pages(page)
    page.evaluate("document.querySelectorAll('details, .appendix').forEach(e => { e.style.display = '' })")
    # Seventeen scenarios with names of three lines take room, in letters that can be read.
    assert 2 <= read <= (16 if name == "many" else 9)
    assert read <= whole <= read + (40 if name == "many" else 13)


@every_brief
def test_data_that_are_folded_on_the_screen_are_there_on_paper(show, name: str) -> None:
    page = show(name).at(PAPER, "print")
    found = page.evaluate(
        """() => [...document.querySelectorAll('details')].map(d => [
             d.querySelector('summary').textContent, d.open, d.lastElementChild.getBoundingClientRect().height,
             d.getBoundingClientRect().top - document.querySelector('.facts').getBoundingClientRect().bottom])"""
    )
    assert len(found) >= 4 and not any(is_open for _, is_open, *_ in found)
    hidden = [said for said, _, height, _ in found if height < 10]
    assert hidden == ["Data: All parameters"]
    # All but how the sentence was made come after everything else.
    shown = [(said, below) for said, _, height, below in found if height >= 10]
    assert [said for said, below in shown if below < 0] == ["How this sentence was made"]


@every_brief
def test_words_in_pictures_are_at_least_eight_points_on_paper(show, name: str) -> None:
    page = show(name).at(PAPER, "print")
    sizes = page.evaluate(
        """() => [...document.querySelectorAll('figure svg text')].map(t => {
             const {a, b} = t.getScreenCTM();
             return [t.textContent, parseFloat(getComputedStyle(t).fontSize) * Math.hypot(a, b) * 0.75] })"""
    )
    assert sizes and [(said, round(points, 2)) for said, points in sizes if points < 8.0] == []


@pytest.mark.parametrize("name", ["real", "many", "large"])
def test_the_numbers_of_who_is_better_and_what_is_worth_its_money_are_those_of_the_files(show, name: str) -> None:
    seen = show(name)
    page = seen.at(WIDE)
    order = list(dict.fromkeys(pd.read_csv(seen.folder / "tables" / "verdicts.csv")["scenario"]))
    outcomes = ["participation_30d", "trust", "conflicts_per_1000"]
    versus = pd.read_parquet(seen.folder / "versus.parquet").set_index(["scenario", "other", "outcome"])
    pairs = [(a, b) for i, a in enumerate(order) for b in order[i + 1 :] if i == 0 or len(order) <= 6]
    rows = _rows(page, "such comparisons")
    assert len(rows) == len(pairs) * 3 > 0
    for (own, other, outcome), cells in zip([(*p, o) for p in pairs for o in outcomes], rows, strict=True):
        sign = 1.0 if (own, other, outcome) in versus.index else -1.0
        row = versus.loc[(own, other, outcome) if sign > 0 else (other, own, outcome)]
        scale = 100.0 if outcome == "participation_30d" else 1.0
        _same(cells[2], [sign * scale * row["mean"]])
        _same(cells[3], sorted(sign * scale * row[end] for end in ("low", "high")))
        told = row["verdict"] in ("better", "worse")
        assert ("is better for sure" in cells[4]) == told
    worth = pd.read_parquet(seen.folder / "acceptability.parquet")
    worth = worth[worth["willingness"] > 0].pivot(
        index=["scenario", "outcome"], columns="willingness", values="share_beats_baseline"
    )
    rows = _rows(page, "Worth more than it costs")
    assert len(rows) == 3 * len(order)
    for (outcome, scenario), cells in zip([(o, s) for o in outcomes for s in order], rows, strict=True):
        _same(" ".join(cells[2:]), [100.0 * share for share in worth.loc[(scenario, outcome)]])


@every_brief
def test_the_numbers_of_the_verdict_table_are_those_of_the_files(show, name: str) -> None:
    """Read off the screen, and compared with the files by arithmetic of the test's own."""
    seen = show(name)
    page = seen.at(WIDE)
    verdicts = pd.read_csv(seen.folder / "tables" / "verdicts.csv")
    effects = pd.read_parquet(seen.folder / "effects.parquet")
    residents = effects[(effects["by"] == "scope") & (effects["level"] == "residents")]
    written = residents.set_index(["scenario", "outcome", "window"])
    order = list(dict.fromkeys(verdicts["scenario"]))
    rows = page.query_selector_all(".verdicts tbody tr")
    assert len(rows) == len(order) > 0
    for scenario, row in zip(order, rows, strict=True):
        own = verdicts[verdicts["scenario"] == scenario]
        assert row.query_selector("th").inner_text().split() == own["title"].iloc[0].split()
        cells = row.query_selector_all("td")
        for (_, file), cell in zip(own.iterrows(), cells, strict=False):
            first = written.loc[(scenario, file["outcome"], file["window"])]
            for column, source in (
                ("difference", "mean"),
                ("low", "low"),
                ("high", "high"),
                ("share_sign",) * 2,
            ):
                assert file[column] == pytest.approx(first[source], rel=1e-12)
            assert file["verdict"] == first["verdict"]
            scale = 100.0 if file["unit"] == "share" else 1.0
            _same(cell.query_selector(".effect").inner_text(), [scale * file["difference"]])
            interval, share, *_ = cell.query_selector("small").inner_text().splitlines()
            _same(interval, [scale * file["low"], scale * file["high"]])
            _same(share, [100.0 * file["share_sign"]])
        cost = cells[len(own)].inner_text().strip()
        if pd.isna(own["cost_per_resident"].iloc[0]):
            assert cost == "–"
        else:
            _same(cost, [own["cost_per_resident"].iloc[0]])


def _same(text: str, numbers: list[float]) -> None:
    """The numbers of a text are these, to the last digit that it shows."""
    shown = re.findall(r"[+−]?\d[\d,]*(?:\.\d+)?", text)
    assert len(shown) == len(numbers), (text, numbers)
    for said, number in zip(shown, numbers, strict=True):
        plain = said.replace("−", "-").replace(",", "")
        digits = len(plain.partition(".")[2])
        assert float(plain) == pytest.approx(number, abs=0.5 * 10.0**-digits + 1e-9), (text, number)


def _rows(page: Any, caption: str) -> list[list[str]]:
    """The cells of a data table whose caption holds these words."""
    found = page.evaluate(
        """caption => [...document.querySelectorAll('table.data')]
             .filter(table => table.caption.textContent.includes(caption))
             .map(table => [...table.tBodies[0].rows].map(row => [...row.cells].map(cell => cell.innerText)))""",
        caption,
    )
    assert len(found) == 1, caption
    return found[0]


def _pages(page: Any) -> int:
    """Pages of A4 that it prints on."""
    data = page.pdf(format="A4", prefer_css_page_size=True)
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", data)
    assert {tuple(round(float(side)) for side in box) for box in boxes} == {(595, 842)}
    return len(re.findall(rb"/Type /Page\b(?!s)", data))
