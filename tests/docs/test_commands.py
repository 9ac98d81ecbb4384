"""Every command and option that a page shows is one that there is."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from sim.cli.main import cli

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "Makefile", *sorted((ROOT / "docs").rglob("*.md"))]
SHOWN = re.compile(r"\bcgsim ([a-z]+)\b([^`\n#&|;]*)")
OPTION = re.compile(r"(?<![\w-])--?[a-z][a-z-]*")


def unknown(text: str) -> list[str]:
    """What a text shows of ``cgsim`` that is not there."""
    context, found = click.Context(cli), []
    for name, rest in SHOWN.findall(text.replace("\\\n", " ")):
        command = cli.get_command(context, name)
        if command is None:
            found.append(name)
            continue
        known = {word for option in command.params for word in (*option.opts, *option.secondary_opts)} | {"--help"}
        found += [f"{name} {word}" for word in OPTION.findall(rest) if word not in known]
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_option_shown_is_there(page: Path) -> None:
    assert unknown(page.read_text(encoding="utf-8")) == []


def test_one_that_is_not_there_is_noticed() -> None:
    assert unknown("`cgsim run baseline --dais 3`, `cgsim rum`, `cgsim run -q`") == ["run --dais", "rum"]
