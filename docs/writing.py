"""What the tables of the model's description are written with: Markdown, sources, YAML."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
GRADES = ("measured", "literature", "expert", "assumed")


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A Markdown table; bars and line ends inside a cell are escaped."""
    lines = [list(head), *([str(cell) for cell in row] for row in rows)]
    cells = [[" ".join(cell.replace("|", "\\|").split()) for cell in line] for line in lines]
    rule = "|" + "---|" * len(cells[0])
    return (
        "\n".join(f"| {' | '.join(line)} |" for line in cells[:1])
        + "\n"
        + rule
        + "\n"
        + "\n".join(f"| {' | '.join(line)} |" for line in cells[1:])
    )


def first_paragraph(text: str | None) -> str:
    """The first paragraph of a docstring, on one line, fit for Markdown."""
    return " ".join((text or "").strip().split("\n\n")[0].split()).replace("``", "`")


def module(path: str) -> ast.Module:
    """A source file of the package, parsed but not run."""
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


def link(path: str) -> str:
    """A link to a file of the repository, from a table."""
    return f"[`{path}`](../../{path})"


def read_yaml(path: Path) -> dict[str, Any]:
    """A YAML file as plain data."""
    import yaml

    data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return data


def shown(value: Any) -> str:
    """A value as a reader of YAML knows it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else str(value)


def allowed(parameter: Mapping[str, Any]) -> str:
    """What a parameter may be."""
    if parameter.get("range"):
        low, high = parameter["range"]
        return f"{low:g} to {high:g}" if low != high else "by definition"
    return " or ".join(str(choice) for choice in parameter.get("choices") or ("on", "off"))


def between(lower: float | None, upper: float | None) -> str:
    """Bounds in words."""
    if lower is None and upper is None:
        return "none"
    return f"at least {lower:g}" if upper is None else f"{lower:g} to {upper:g}"
