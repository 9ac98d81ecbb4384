"""Run the commands of the tutorial again and put what they print under them, so that what it shows is what happens.

``python docs/rerun.py`` (make tutorial; minutes). A block marked ``console`` holds commands after ``$`` and what they
print; a block after ``<!-- file: NAME -->`` is written to that file first; a ``python`` block after ``<!-- run -->`` is
run, and what it prints goes into the ``text`` block after it. All of it happens in one temporary folder.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PAGE = Path(__file__).resolve().parent / "tutorial.md"
BLOCK = re.compile(
    r"(?P<mark><!-- (?:file: (?P<file>\S+)|(?P<run>run)) -->\n)?```(?P<kind>console|python|yaml)\n(?P<body>.*?)```\n"
    r"(?P<shown>\n```text\n.*?```\n)?",
    re.DOTALL,
)
WIDE = {"COLUMNS": "110", "PYTHONIOENCODING": "utf-8"}


def main() -> int:
    """Rewrite the tutorial."""
    page = PAGE.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as home:
        place = {"folder": Path(home)}
        page = BLOCK.sub(lambda block: rerun(block, place), page)
    PAGE.write_text(page, encoding="utf-8")
    return 0


def rerun(block: re.Match[str], place: dict[str, Path]) -> str:
    """One block with what it prints now; blocks without a mark stay as they are."""
    mark, body, shown = block["mark"] or "", block["body"], block["shown"] or ""
    if block["kind"] == "console":
        commands = re.findall(r"^\$ (.*)$", body, re.MULTILINE)
        body = "".join(f"$ {command}\n{printed(command, place)}" for command in commands)
    elif block["file"]:
        target = place["folder"] / block["file"]
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(body, encoding="utf-8")
    elif block["run"]:
        words = [sys.executable, "-c", body]
        text = subprocess.check_output(words, cwd=place["folder"], env=environment(), text=True)
        return f"{mark}```python\n{body}```\n\n```text\n{text.rstrip()}\n```\n"
    return f"{mark}```{block['kind']}\n{body}```\n{shown}"


def printed(command: str, place: dict[str, Path]) -> str:
    """Run one command of a shell and return what it prints; what it says of its progress is left out."""
    print(f"$ {command}", file=sys.stderr)
    if command.startswith("cd "):
        place["folder"] = place["folder"] / command.removeprefix("cd ")
        return ""
    words = command.replace("cgsim ", f"{sys.executable} -m sim.cli.main ", 1)
    done = subprocess.run(words, shell=True, cwd=place["folder"], env=environment(), capture_output=True, text=True)
    text = done.stdout if done.returncode == 0 else done.stdout + done.stderr
    return "".join(f"{line.rstrip()}\n" for line in text.strip("\n").splitlines())


def environment() -> dict[str, str]:
    """The environment of the commands: this working copy's package, a fixed width."""
    here = str(PAGE.parents[1])
    paths = os.pathsep.join(filter(None, (here, os.environ.get("PYTHONPATH", ""))))
    return {**os.environ, **WIDE, "PYTHONPATH": paths}


if __name__ == "__main__":
    assert shutil.which("sh"), "the commands are those of a shell"
    sys.exit(main())
