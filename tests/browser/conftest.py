"""A real browser, and the briefs that are shown in it; ``make test-browser`` installs what this needs."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from sim.cli.main import main
from tests.browser import briefs

FLAGS = (
    "--headless=new",
    "--no-sandbox",  # Chromium refuses to run as root with its sandbox; the only page it opens is ours
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@dataclass
class Seen:
    """A page in the browser, and what it asked for and complained of while it was loaded."""

    page: Any
    folder: Path
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def at(self, width: int, media: str = "screen") -> Any:
        """The page at a width in pixels, with every data table unfolded on screen."""
        self.page.emulate_media(media=media)
        self.page.set_viewport_size({"width": width, "height": 900})
        for part in self.page.query_selector_all("details"):
            part.evaluate("(d, open) => { d.open = open }", media == "screen")
        return self.page


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Chromium with a profile of its own."""
    from playwright.sync_api import sync_playwright

    program = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    assert program, "no Chromium on the path: run `make test-browser`, or name one with CHROMIUM=/path"
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            tmp_path_factory.mktemp("profile"), executable_path=program, headless=True, args=list(FLAGS)
        )
        yield context
        context.close()


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder of a brief by name, made when it is first asked for."""
    made: dict[str, Path] = {}

    def folder(name: str) -> Path:
        if name not in made:
            made[name] = tmp_path_factory.mktemp(name)
            if name == "real":
                assert main([*briefs.REAL, "--out", str(made[name] / "results"), "--quiet"]) == 0
                made[name] /= "results"
            else:
                briefs.write(name, made[name])
        return made[name]

    return folder


@pytest.fixture(scope="session")
def show(browser: Any, folders: Callable[[str], Path]) -> Callable[[str], Seen]:
    """A brief by name, loaded from its file."""
    loaded: dict[str, Seen] = {}

    def load(name: str) -> Seen:
        if name not in loaded:
            seen = Seen(browser.new_page(), folders(name))
            seen.page.on("request", lambda request: seen.requests.append(request.url))
            seen.page.on("console", lambda message: seen.complaints.append(message.text))
            seen.page.on("pageerror", lambda error: seen.complaints.append(str(error)))
            seen.page.goto((seen.folder / briefs.page_file(name)).as_uri(), wait_until="load")
            loaded[name] = seen
        return loaded[name]

    return load
