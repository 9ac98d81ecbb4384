"""Where scenario files are: by path, by name in ``./scenarios``, then among those that come with the package."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from sim.errors import NotFoundError, UsageError
from sim.scenario.problems import did_you_mean, listing

__all__ = ["SUFFIXES", "available", "find_file", "home_of", "locate", "shipped", "shown", "within"]

SUFFIXES = (".yaml", ".yml")


def shipped(what: str = "scenarios") -> Path:
    """Return the folder of shipped ``scenarios`` or ``experiments``: beside the package, or inside an installed one."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "_shipped" / what
    return inside if inside.is_dir() else package.parent / what


def shown(path: Path) -> str:
    """Return a path as a user would type it: relative to the current folder where it lies below it."""
    try:
        return str(path.resolve().relative_to(Path.cwd().resolve()))
    except (ValueError, OSError):
        return str(path)


def within(path: Path, folder: Path) -> bool:
    """Whether a path, with links followed, lies in a folder's tree."""
    return path.resolve().is_relative_to(folder.resolve())


def home_of(path: Path, what: str = "scenarios") -> Path:
    """Return the top of a file's own folder tree: the nearest folder called ``scenarios``, else the file's folder."""
    path = path.resolve()
    for folder in path.parents:
        if folder.name == what:
            return folder
    return path.parent


def find_file(name: str | os.PathLike[str], what: str = "scenarios") -> Path:
    """Find a scenario or experiment file.

    Parameters
    ----------
    name
        A path, or a name without its ending: ``baseline``, ``communities/xicheng``.
    what
        ``scenarios`` or ``experiments``.

    Raises
    ------
    NotFoundError
        If there is none, with the names that there are.
    """
    text = os.fspath(name) if isinstance(name, (str, os.PathLike)) else None
    if not isinstance(text, str):
        raise UsageError(f"{what[:-1]}: a name or a path, not {name!r}")
    path = Path(text)
    if path.suffix in SUFFIXES and path.is_file():
        return path
    if "\0" not in text and text.strip():
        for folder in (Path.cwd() / what, shipped(what)):
            for suffix in ("", *SUFFIXES):
                candidate = folder / (text + suffix)
                if candidate.suffix in SUFFIXES and candidate.is_file() and within(candidate, folder):
                    return candidate
    if path.is_file():
        return path
    known = sorted(set(available(what=what)))
    hint = did_you_mean(Path(text).stem, known)
    looked = (
        " and ".join(dict.fromkeys(shown(f) for f in (Path.cwd() / what, shipped(what)) if f.is_dir()))
        or "no folder"
    )
    kind = what[:-1]
    folder_there = "\0" not in text and bool(text.strip()) and path.is_dir()
    why = "it is a folder, and not" if folder_there else "it is neither a file nor"
    raise NotFoundError(
        f"no {kind} {text!r}: {why} a name in {looked}; there are: {listing(known)}"
        + (f"; {hint}" if hint else "")
    )


def available(home: Path | None = None, what: str = "scenarios") -> Iterator[str]:
    """Yield the names of the scenarios or experiments that can be had by name."""
    for folder in dict.fromkeys((home or Path.cwd() / what, Path.cwd() / what, shipped(what))):
        if folder.is_dir():
            for path in sorted(folder.rglob("*") if folder.name == what else folder.glob("*")):
                relative = path.relative_to(folder)
                if (
                    path.suffix in SUFFIXES
                    and path.name != "parameters.yaml"
                    and relative.parts[0] != "communities"
                ):
                    yield relative.with_suffix("").as_posix()


def locate(name: str, beside: Path, home: Path) -> Path | None:
    """Find a file that another file names, within that file's own tree and the shipped set only.

    Parameters
    ----------
    name
        Name or relative path, with or without its ending.
    beside
        Folder of the file that names it.
    home
        Top of its folder tree.

    Returns
    -------
    Path or None
        The file, or None where there is none that may be reached.
    """
    for folder in dict.fromkeys((beside, home, shipped())):
        for suffix in ("", *SUFFIXES):
            candidate = folder / (name + suffix)
            if candidate.suffix not in SUFFIXES or not candidate.is_file():
                continue
            if within(candidate, home) or within(candidate, shipped()):
                return candidate
    return None
