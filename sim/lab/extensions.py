"""What installed packages add to every run by entry point: policies, outcomes and observers of the user's own."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import sys
import sysconfig
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

from sim.errors import PolicyModuleError, RunError, UsageError
from sim.model.sources import imported, meaning

__all__ = ["installed_observers", "installed_sources", "meaning_of", "own_files"]

OBSERVERS = ("cgsim.observers", "cgsim.outcomes")
GROUPS = ("cgsim.policies", *OBSERVERS)


def own_files(name: str) -> dict[Path, str]:
    """The file of a module of the user's own, and of all that it imports from the user's own folders.

    Imports are read, not run: those at the top, in functions, and by ``import_module`` with a name that is written
    out. What is installed (but for the module's own package), what belongs to Python or to cgsim, and what is no
    Python is left out.

    Parameters
    ----------
    name
        A file, or the name of an importable module.

    Returns
    -------
    dict
        Each file with its path below the folder that it is imported from; the module itself first, and nothing at all
        where it has no file.
    """
    first = _file_of(name)
    if first is None:
        return {}
    home = first.parent
    while (home / "__init__.py").is_file():
        home = home.parent
    folders = list(dict.fromkeys([home, first.parent, *(Path(each or ".").resolve() for each in sys.path)]))
    theirs = [folder for folder in folders if not _installed(folder)]
    package = first.relative_to(home).parts[0]
    found: dict[Path, str] = {}
    todo = [(first, home)]
    while todo:
        path, folder = todo.pop(0)
        if path in found:
            continue
        found[path] = path.relative_to(folder).as_posix()
        for wanted in _imports(path.read_bytes()):
            parts = wanted.lstrip(".").split(".")
            if wanted.startswith("."):
                level = len(wanted) - len(wanted.lstrip("."))
                around = path.parents[level - 1]
                parts, places = [*around.relative_to(folder).parts, *filter(None, parts)], [folder]
            else:
                places = folders if parts[0] == package else theirs
            if parts and parts[0] != "sim":
                todo += _files_of(parts, places)
    return found


def meaning_of(name: str) -> str:
    """Hash what a module of the user's own computes, with all that it imports from the user's own folders.

    Comments, layout, docstrings and names of locals do not count; everything else does, annotations and words included.

    Raises
    ------
    UsageError
        If a module that it imports was edited after this process had imported it: the old one would be run under the
        new one's name.
    """
    files = own_files(name)
    texts = [_meaning(path.read_bytes()) for path in files]
    for path, text in list(zip(files, texts, strict=True))[1:]:
        if _first_seen.setdefault(path, text) != text:
            raise UsageError(f"{path}: was edited after this process had imported it; start Python anew")
    digest = hashlib.sha256()
    for text in sorted(texts) or [name]:
        digest.update(f"{len(text)}\0{text}".encode())
    return digest.hexdigest()


_first_seen: dict[Path, str] = {}
"""What modules that policies import meant when this process first read them: Python imports each of them once."""


def installed_sources() -> Iterator[str]:
    """What decides the numbers of a run beside cgsim itself: each entry point, and what its module computes."""
    for group in GROUPS:
        for point in sorted(entry_points(group=group), key=lambda point: (point.name, point.value)):
            yield f"{group} {point.name} = {point.value}"
            yield meaning_of(point.module)


def _file_of(name: str) -> Path | None:
    """The file of a policy module that is named by its path or as an importable module, if it has one."""
    path = Path(name)
    if not path.is_file():
        try:
            spec = importlib.util.find_spec(name)
        except (ImportError, ValueError):
            spec = None
        if spec is None or spec.origin is None or not Path(spec.origin).is_file():
            return None
        path = Path(spec.origin)
    return path.resolve()


def _meaning(content: bytes) -> str:
    """The meaning of a text, or the text itself where Python does not read it."""
    try:
        return meaning(ast.parse(content), annotations=True)
    except (SyntaxError, ValueError):
        return content.decode("utf-8", "replace")


def _imports(content: bytes) -> Iterator[str]:
    """Names that a module imports, relative ones with their dots."""
    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError):
        return
    yield from imported(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in ("import_module", "__import__") and isinstance(node.args[0].value, str):
                yield node.args[0].value


def _files_of(parts: Sequence[str], folders: Sequence[Path]) -> list[tuple[Path, Path]]:
    """The files of a module and of the packages around it in the first folder that has it, each with that folder."""
    for folder in folders:
        base = folder.joinpath(*parts)
        module = base.parent / f"{base.name}.py"
        if module.is_file() or base.is_dir():
            around = (folder.joinpath(*parts[:i], "__init__.py") for i in range(1, len(parts) + 1))
            return [(each, folder) for each in (*around, module) if each.is_file()]
    return []


def _installed(folder: Path) -> bool:
    """Whether a folder belongs to Python or holds installed packages."""
    python = {Path(sysconfig.get_path(name)).resolve() for name in ("stdlib", "platstdlib")}
    return (
        not python.isdisjoint((folder, *folder.parents))
        or not {"site-packages", "dist-packages"}.isdisjoint(folder.parts)
        or next(folder.glob("*.dist-info"), None) is not None
    )


def installed_observers() -> dict[str, Callable[[Any], float]]:
    """Observers and outcomes that installed packages declare, each telling who it is when it fails.

    Raises
    ------
    PolicyModuleError
        If one of them cannot be loaded.
    """
    return {point.name: _watched(point) for group in OBSERVERS for point in entry_points(group=group)}


def _watched(point: EntryPoint) -> Callable[[Any], float]:
    """The function of an entry point; what goes wrong in it is its author's to mend, and is told so."""
    try:
        function = point.load()
    except Exception as error:
        raise PolicyModuleError(
            f"entry point {point.name} = {point.value}: could not be loaded: {type(error).__name__}: {error}"
        ) from error

    def observe(world: Any) -> float:
        try:
            return float(function(world))
        except Exception as error:
            raise RunError(
                f"entry point {point.name} = {point.value}: failed on {world.date}: {type(error).__name__}: {error}"
            ) from error

    return observe
