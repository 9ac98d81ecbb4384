"""The brief in a real browser: it needs no network, can be read by everybody, and nothing in it is cut off."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.browser.briefs import NAMES, PAGES, page_file

WIDE, NARROW = 1200, 400
PAPER, PAPER_HEIGHT = 695, 1017
"""A4 less the margins of the style sheet, 184 by 269 mm, in pixels of 1/96 inch."""

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
    if (!/^[\\u3400-\\u9fff]+$/.test(said) || !element.getBoundingClientRect().width) return;
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
    """A dozen for somebody in a hurry, whatever is folded away on the screen."""
    # Seventeen scenarios with names of three lines take room, in letters that can be read.
    assert 2 <= _pages(show(name).at(WIDE, "print")) <= {"many": 17, "factorial": 15, "frontier": 20}.get(name, 12)


@every_brief
def test_tables_that_paper_leaves_out_are_named_there_with_the_file_that_has_them(show, name: str) -> None:
    seen = show(name)
    page = seen.at(PAPER, "print")
    found = page.evaluate(
        """() => [...document.querySelectorAll('details')].map(d => [
             d.querySelector('summary').textContent, d.open, d.lastElementChild.getBoundingClientRect().height])"""
    )
    assert len(found) >= 3 and not any(is_open for _, is_open, _ in found)
    shown = [said for said, _, height in found if height >= 10]
    assert "What the outcomes mean" in shown
    assert all(said.startswith(("Data: Cost beyond", "Data: Interactions", "What the")) for said in shown)
    hidden = [said.removeprefix("Data: ") for said, _, height in found if height < 10 and said.startswith("Data: ")]
    listed = page.evaluate(
        """() => [...document.querySelectorAll('dl.paper dt')].map(
             dt => [dt.textContent, dt.nextElementSibling.textContent, dt.getBoundingClientRect().height])"""
    )
    assert listed and all(height > 0 for *_, height in listed)
    said = "; ".join(captions for _, captions, _ in listed)
    assert all(caption.split("; 95% intervals")[0] in said for caption in hidden)
    if name == "real":
        assert all((seen.folder / file).is_file() for file, *_ in listed)


@every_brief
def test_what_is_meant_for_paper_is_not_on_the_screen(show, name: str) -> None:
    page = show(name).at(WIDE)
    heights = page.evaluate("[...document.querySelectorAll('.paper')].map(e => e.getBoundingClientRect().height)")
    assert heights and not any(heights)


@every_brief
def test_no_figure_is_split_over_two_pages(show, name: str) -> None:
    """None is higher than a page, and none may be broken."""
    page = show(name).at(PAPER, "print")
    found = page.evaluate(
        """() => [...document.querySelectorAll('figure')].filter(f => f.getBoundingClientRect().height).map(
             f => [f.id, f.getBoundingClientRect().height, getComputedStyle(f).breakInside])"""
    )
    assert found and all(height <= PAPER_HEIGHT and kept == "avoid" for _, height, kept in found), found


@every_brief
def test_words_in_pictures_are_at_least_eight_points_on_paper(show, name: str) -> None:
    page = show(name).at(PAPER, "print")
    sizes = page.evaluate(
        """() => [...document.querySelectorAll('figure svg text')]
             .filter(t => t.getBoundingClientRect().width).map(t => {
             const {a, b} = t.getScreenCTM();
             return [t.textContent, parseFloat(getComputedStyle(t).fontSize) * Math.hypot(a, b) * 0.75] })"""
    )
    assert sizes and [(said, round(points, 2)) for said, points in sizes if points < 8.0] == []


@pytest.mark.parametrize("width", [WIDE, NARROW, PAPER])
def test_names_of_combinations_are_whole_and_distinct_in_every_picture_and_table(show, width: int) -> None:
    seen = show("factorial")
    page = seen.at(width, "print" if width == PAPER else "screen")
    titles = set(pd.read_csv(seen.folder / "tables" / "verdicts.csv")["title"])
    assert len(titles) == 17
    heads = page.evaluate("[...document.querySelectorAll('.verdicts tbody th')].map(th => th.innerText)")
    assert {" ".join(head.split()) for head in heads} == titles
    # Matplotlib writes each line of a name as a text of its own.
    drawn = page.evaluate(
        """() => [...document.querySelectorAll('figure')].filter(f => /^(paper-)?effect/.test(f.id)
             && f.getBoundingClientRect().height).map(f => [...f.querySelectorAll('text')].map(t => t.textContent))"""
    )
    assert len(drawn) == (1 if width == PAPER else 3)
    for texts in drawn:
        joined = " ".join(texts)
        assert "…" not in joined and all(joined.count(title) >= 1 for title in titles), titles
    pictures = page.evaluate("[...document.querySelectorAll('figure svg text')].map(t => t.textContent).join(' ')")
    assert "…" not in pictures


@pytest.mark.parametrize("name", ["real", "many", "large", "factorial"])
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


def test_the_numbers_of_interactions_are_those_of_the_file(show) -> None:
    seen = show("factorial")
    table = pd.read_parquet(seen.folder / "interactions.parquet")
    own = table[(table["by"] == "scope") & (table["level"] == "residents")].set_index(
        ["kind", "policy", "dose", "other", "other_dose", "outcome"]
    )
    rows = _rows(seen.at(WIDE), "Interactions:")
    wanted = [key for key in own.index if key[0] == "interaction"]
    outcomes = ["participation_30d", "trust", "conflicts_per_1000"]
    wanted.sort(key=lambda key: outcomes.index(key[-1]))
    assert len(rows) == len(wanted) == 24
    for key, cells in zip(wanted, rows, strict=True):
        scale, row = 100.0 if key[-1] == "participation_30d" else 1.0, own.loc[key]
        _, policy, dose, other, other_dose, outcome = key
        for cell, at in ((cells[2], row["other_from"]), (cells[3], other_dose)):
            _same(cell, [scale * own.loc[("simple", policy, dose, other, at, outcome), "mean"]])
        _same(cells[4], [scale * row["mean"]])
        _same(cells[5], [scale * row["low"], scale * row["high"]])
        assert ("together" in cells[6]) == (row["verdict"] in ("better", "worse"))


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
