"""The command that a brief names gives the numbers that the brief shows."""

from __future__ import annotations

import html
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def cgsim(arguments: list[str], folder: Path) -> None:
    """Run the command line in a process of its own, in an empty folder."""
    folder.mkdir()
    subprocess.run(
        [sys.executable, str(ROOT / "sim" / "cli" / "main.py"), *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True,
        timeout=600,
    )


@pytest.mark.slow
def test_the_command_of_the_brief_gives_the_same_numbers(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    asked = "compare baseline workforce --set community=harbour_court --worlds 2 --seeds 2 --days 20 --jobs 1 --quiet"
    cgsim([*asked.split(), "--out", "somewhere"], first)
    page = (first / "somewhere" / "brief.html").read_text(encoding="utf-8")
    found = re.search("<pre><code>(.*?)</code></pre>", page)
    assert found is not None
    program, *command = shlex.split(html.unescape(found[1]))
    assert program == "cgsim" and "somewhere" not in command
    cgsim([*command, "--quiet"], second)
    (again,) = second.glob("results/*")
    for name in ("effects.csv", "verdicts.csv", "costs.csv"):
        one, two = (folder / "tables" / name for folder in (first / "somewhere", again))
        assert one.read_bytes() == two.read_bytes()
