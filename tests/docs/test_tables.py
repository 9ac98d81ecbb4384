"""The documents agree with the code, and their links lead somewhere."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from sim.vocabulary.levers import LEVERS

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def test_the_tables_say_what_the_code_does() -> None:
    done = subprocess.run(
        [sys.executable, "docs/tables.py", "--check"], cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr


def test_a_table_that_drifts_is_noticed(tmp_path: Path) -> None:
    for part in ("docs", "sim", "scenarios"):
        (tmp_path / part).symlink_to(ROOT / part)
    (tmp_path / "docs").unlink()
    copied = tmp_path / "docs"
    copied.mkdir()
    for file in (ROOT / "docs").glob("*.py"):
        (copied / file.name).write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    (copied / "tables").mkdir()
    for file in (ROOT / "docs" / "tables").glob("*.md"):
        text = file.read_text(encoding="utf-8")
        (copied / "tables" / file.name).write_text(
            text.replace("`trust.gain`", "`trust.pain`") if file.name == "parameters.md" else text, encoding="utf-8"
        )
    done = subprocess.run(
        [sys.executable, "docs/tables.py", "--check"], cwd=tmp_path, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 1
    assert "docs/tables/parameters.md" in done.stderr and "make docs" in done.stderr


def test_the_reach_of_every_lever_has_been_measured() -> None:
    text = (ROOT / "docs" / "tables" / "lever_reach.md").read_text(encoding="utf-8")
    assert [lever.name for lever in LEVERS if text.count(f"| `{lever.name}` |") < 2] == []


def test_a_lever_that_moves_nothing_is_explained() -> None:
    text = (ROOT / "docs" / "tables" / "lever_reach.md").read_text(encoding="utf-8")
    still = re.findall(r"^\| `(\w+)` \| nothing \|$", text, flags=re.MULTILINE)
    assert [lever for lever in still if not re.search(rf"^`{lever}`: [A-Z]", text, flags=re.MULTILINE)] == []


def anchors(page: Path) -> set[str]:
    """Anchors that headings of a page make, as GitHub names them."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    return {
        re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower()).strip().replace(" ", "-")
        for heading in HEADING.findall(text)
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    broken = []
    for target in LINK.findall(text):
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or (anchor and anchor not in anchors(file)):
            broken.append(target)
    assert broken == []
