"""Reading the project's own source files, for the tests that hold its architecture."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SIM = ROOT / "sim"


def python_files(*packages: str) -> list[Path]:
    """Source files of the named packages of ``sim`` (all of them where none is named), sorted."""
    folders = [SIM / package for package in packages] or [SIM]
    return sorted(file for folder in folders for file in folder.rglob("*.py") if "_shipped" not in file.parts)


def module_name(file: Path) -> str:
    """``sim/model/draws.py`` -> ``sim.model.draws``; a package is named without its ``__init__``."""
    parts = list(file.relative_to(ROOT).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def label(file: Path) -> str:
    """The file as a test id."""
    return str(file.relative_to(ROOT))


def parse(file: Path) -> ast.Module:
    """The syntax tree of a source file."""
    return ast.parse(file.read_text(encoding="utf-8"), filename=str(file))


def imports(tree: ast.Module, module: str, is_package: bool) -> Iterator[tuple[int, str]]:
    """Line and absolute name of every module imported anywhere in ``tree``, inside functions too.

    ``from a import b`` gives ``a.b``: whether ``b`` is a module or a name in ``a`` makes no difference to the tests.
    Imports for annotations only (``if TYPE_CHECKING:``) never run, and are left out.
    """
    for_types = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for statement in node.body
        for inner in ast.walk(statement)
    }
    for node in ast.walk(tree):
        if id(node) in for_types:
            continue
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parts = module.split(".")
                keep = len(parts) - node.level + (1 if is_package else 0)
                base = ".".join([*parts[:keep], *([node.module] if node.module else [])])
            for alias in node.names:
                yield node.lineno, f"{base}.{alias.name}"
