"""The brief is one file that needs nothing else, reads in order, and never disagrees with its tables."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from sim.report import words
from sim.report.brief import brief_html, write_brief
from sim.report.finding import find
from sim.report.selection import select
from sim.report.tables import write_tables
from sim.report.verdicts import verdict_rows

VOID = {"meta", "link", "br", "path", "use", "img", "hr", "input", "wbr"}


FEW = {"one": ("One", (4.0, 0.0, 0.0), 1.0)}


class Page(HTMLParser):
    """Collects what the tests ask about and checks that tags are closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        assert not self.open, f"left open: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.fixture(scope="module")
def results(fake):
    return fake.fake_results(worlds=4, days=60)


@pytest.fixture(scope="module")
def html(results) -> str:
    return brief_html(results)


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


def test_it_is_written_whole_the_same_each_time_and_small(results, html: str, tmp_path: Path) -> None:
    path = write_brief(results, tmp_path)
    assert path == tmp_path / "brief.html"
    assert [file.name for file in tmp_path.iterdir()] == ["brief.html"]
    assert path.read_text(encoding="utf-8") == html
    assert path.stat().st_size < 600_000


def test_it_runs_no_script_and_asks_nothing_of_the_network(html: str, page: Page) -> None:
    assert not page.all("script") and not page.all("iframe") and not page.all("img")
    policy = next(meta for meta in page.all("meta") if meta.get("http-equiv") == "Content-Security-Policy")
    assert policy["content"] == "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:"
    outside = [
        name for name in re.findall(r"https?://[^\"' )]+", html) if name != "http://www.w3.org/2000/svg"
    ]
    assert not outside
    assert not re.search(r"\son\w+=", html)
    assert all(str(link["href"]).startswith("data:") for link in page.all("link"))


def test_it_says_things_in_the_order_that_a_reader_needs_them(results, page: Page) -> None:
    parts = [
        results.experiment["question"],
        find(select(results)).text,
        "A comparison of assumptions, not a forecast.",
        "What each scenario does",
        "Effects and how sure they are",
        "Over time",
        "Quarter by quarter",
        "The gaps between people",
        "What it costs",
        "What it rests on",
        "Where the numbers come from",
        results.manifest["command"],
    ]
    places = [page.text.index(part) for part in parts]
    assert places == sorted(places)


def test_every_number_of_the_verdict_table_stands_on_the_page(results, page: Page) -> None:
    for row in verdict_rows(select(results)):
        assert row.title in page.text and row.words in page.text
        for cell in row.cells:
            assert cell is not None
            assert (
                f"{cell.mark} {cell.words}: {cell.difference} {cell.interval} {cell.share} of worlds"
                in page.text
            )


def test_the_printed_numbers_are_those_of_the_results(results) -> None:
    selection = select(results)
    table = results.effects.set_index(["scenario", "outcome", "window", "by", "level"])
    for row in verdict_rows(selection):
        for outcome, cell in zip(selection.outcomes, row.cells, strict=True):
            own = table.loc[(row.scenario, outcome.name, "horizon", "scope", "residents")]
            assert cell is not None and cell.verdict == own["verdict"]
            assert cell.difference == words.difference(outcome, own["mean"], own["smallest_change"])


def test_a_verdict_is_said_in_a_mark_and_in_words(page: Page) -> None:
    for mark, said in zip("▲▽≈", ("better", "worse", "too small to matter"), strict=True):
        assert mark in page.text and said in page.text


def test_ids_are_never_repeated_and_references_lead_somewhere(html: str, page: Page) -> None:
    ids = [str(attrs["id"]) for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    referred = re.findall(r'(?:href="|url\()#([^")]+)', html) + [
        str(attrs["aria-labelledby"]) for _, attrs in page.tags if "aria-labelledby" in attrs
    ]
    assert referred and set(referred) <= set(ids)


def test_it_can_be_read_aloud(page: Page) -> None:
    assert page.all("html")[0]["lang"] == "en"
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(levels, levels[1:], strict=False))
    assert all(attrs.get("scope") in ("col", "row") for attrs in page.all("th"))
    assert len(page.all("caption")) == len(page.all("table"))
    assert all(attrs.get("role") == "img" and attrs.get("aria-label") for attrs in page.all("svg"))


def test_every_table_is_in_a_box_that_scrolls_so_that_nothing_is_cut_off(html: str, page: Page) -> None:
    boxes = [attrs for attrs in page.all("div") if "scroll" in str(attrs.get("class", ""))]
    assert len(boxes) == len(page.all("table"))
    assert all(box["role"] == "region" and box["tabindex"] == "0" for box in boxes)
    assert re.search(r"@media screen and \(max-width: 760px\)", html) and "size: A4" in html


def test_every_interval_says_what_it_holds(fake, page: Page) -> None:
    assert "95% intervals hold seed noise and parameter uncertainty." in page.text
    seeds = Page(brief_html(fake.fake_results(true=FEW, worlds=3, days=4, holds="seed noise")))
    assert "They do not hold what is unknown about the parameters" in seeds.text


def test_runs_that_failed_are_said_at_the_top(fake) -> None:
    results = fake.fake_results(true=FEW, worlds=3, days=4)
    results.runs.loc[[1, 2], "status"] = "failed"
    text = Page(brief_html(results)).text
    assert "2 of 6 runs did not finish." in text.split("What each scenario does")[0]


def test_names_from_a_scenario_file_cannot_write_on_the_page(fake) -> None:
    true = {"bad": ("<script>alert(1)</script>", (4.0, 0.0, 0.0), 2.0)}
    results = fake.fake_results(true=true, worlds=3, days=4)
    results.experiment["question"] = "<img src=x onerror=alert(1)>"
    page = Page(brief_html(results))
    assert not page.all("script") and not page.all("img")


def test_chinese_names_come_with_their_font_and_language(html: str, page: Page) -> None:
    assert "航空新城" in page.text
    assert 'lang="zh-Hans">航空新城</span>' in html
    assert "@font-face" in html and "data:font/woff;base64," in html


def test_it_can_be_written_without_days_quarters_gaps_or_costs(fake) -> None:
    results = fake.fake_results(true=FEW, worlds=3, days=4)
    results.daily = results.daily.iloc[:0]
    results.effects = results.effects[results.effects["by"] == "scope"]
    results.costs = results.costs.iloc[:0]
    text = Page(brief_html(results)).text
    assert "Over time" not in text and "Quarter by quarter" not in text and "The gaps between" not in text
    assert "These results hold no costs." in text


def test_a_verdict_that_differs_once_the_campus_counts_is_said_to(fake) -> None:
    results = fake.fake_results(true=FEW, worlds=3, days=4, noise=0.05)
    table = results.effects
    total = (table["by"] == "all") & (table["outcome"] == "participation_30d")
    table.loc[total, "verdict"] = "too_small"
    assert verdict_rows(select(results))[0].words == (
        "Helps: participation rises. With the campus counted: participation ≈."
    )


def test_the_tables_land_beside_it_with_plain_numbers(results, tmp_path: Path) -> None:
    import pandas as pd

    verdicts, effects, over_time = write_tables(results, tmp_path)
    frame = pd.read_csv(verdicts)
    assert len(frame) == 3 * 16 and frame.iloc[0]["scenario"] == "full_package"
    assert len(pd.read_csv(effects)) == len(results.effects)
    levels = pd.read_csv(over_time)
    assert list(levels.columns) == ["scenario", "outcome", "by", "level", "day", "mean"]
    # Three scenarios, three outcomes and five days, of residents and of each of 17 quarters.
    assert len(levels) == 3 * 3 * 5 * 18 and set(levels["by"]) == {"scope", "quarter"}
    row = levels.query("scenario == 'full_package' and outcome == 'trust' and by == 'scope'").iloc[-1]
    own = results.daily.query("scenario == 'full_package' and by == 'scope' and level == 'residents'")
    assert row["mean"] == pytest.approx(own.loc[own["day"] == row["day"], "trust"].mean())
