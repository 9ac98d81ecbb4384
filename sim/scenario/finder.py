"""Where scenario files are: by path, by name in ``./scenarios``, then among those that come with the package."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from sim.errors import NotFoundError, UsageError
from sim.scenario.problems import did_you_mean, listing
from sim.scenario.texts import normal, quoted, visible

__all__ = ["SUFFIXES", "available", "find_file", "home_of", "homes_of", "locate", "named", "shipped", "shown", "within"]

SUFFIXES = (".yaml", ".yml")


def shipped(what: str = "scenarios") -> Path:
    """Return the folder of shipped ``scenarios`` or ``experiments``: beside the package, or inside an installed one."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "_shipped" / what
    return inside if inside.is_dir() else package.parent / what


def shown(path: Path) -> str:
    """Return a path as a user would type it: relative to the current folder where it lies below it."""
    for change in (os.path.abspath, os.path.realpath):
        try:
            return str(Path(change(path)).relative_to(change(Path.cwd())))
        except (ValueError, OSError):
            continue
    return str(path)


def within(path: Path, folder: Path) -> bool:
    """Whether a path lies in a folder's tree, both as they are given or both with links followed.

    Mounted and versioned folders are full of links to places elsewhere (Kubernetes, git-annex, DVC): what somebody put
    into a folder lies in it.
    """
    return any(Path(change(path)).is_relative_to(change(folder)) for change in (os.path.abspath, os.path.realpath))


def home_of(path: Path, what: str = "scenarios") -> Path:
    """Return the top of a file's own folder tree: the nearest folder called ``scenarios``, else the file's folder."""
    given = Path(os.path.abspath(path))
    for each in (given, Path(os.path.realpath(path))):
        for folder in each.parents:
            if folder.name == what:
                return folder
    return given.parent


def homes_of(path: Path, what: str = "scenarios") -> tuple[Path, ...]:
    """Return the folder trees that a file may name others in: its own, and that of the file a link leads to."""
    return tuple(dict.fromkeys((home_of(path, what), Path(os.path.realpath(path)).parent)))


def _file(path: Path) -> Path | None:
    """Return the file of this path, whichever Unicode form its names have on disk, or None where there is none.

    Raises
    ------
    UsageError
        If two names differ only in their Unicode form.
    """
    if str(path).isascii():
        return path if os.path.isfile(path) else None
    there = Path(path.anchor)
    for part in path.parts[1:] if path.anchor else path.parts:
        if part.isascii():
            there = there / part
            continue
        try:
            same = sorted(name for name in os.listdir(there) if normal(name) == normal(part))
        except (OSError, ValueError):
            return None
        if len(same) > 1:
            forms = " and ".join(name.encode("unicode_escape").decode() for name in same)
            raise UsageError(
                f"{shown(there)}: two names look the same, {part!r}, and differ in their Unicode form "
                f"({forms}); rename one of them"
            )
        if not same:
            return None
        there = there / same[0]
    return there if os.path.isfile(there) else None


def named(name: str, folder: Path) -> Path | None:
    """Return the YAML file of a name, with or without its ending, in a folder; None where there is none."""
    for suffix in ("", *SUFFIXES):
        candidate = folder / (name + suffix)
        if candidate.suffix in SUFFIXES and (found := _file(candidate)) is not None:
            return found
    return None


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
    usable = "\0" not in text and bool(text.strip())
    if usable:
        given = _file(path)
        if given is not None and path.suffix in SUFFIXES:
            return given
        for folder in (Path.cwd() / what, shipped(what)):
            found = named(text, folder)
            if found is not None and within(found, folder):
                return found
        if given is not None:
            return given
    known = sorted(set(available(what=what)))
    hint = did_you_mean(Path(text).stem, known)
    looked = (
        " and ".join(dict.fromkeys(shown(f) for f in (Path.cwd() / what, shipped(what)) if f.is_dir()))
        or "no folder"
    )
    kind = what[:-1]
    why = "it is a folder, and not" if usable and os.path.isdir(path) else "it is neither a file nor"
    raise NotFoundError(
        f"no {kind} {quoted(text)}: {why} a name in {looked}; there are: {listing(known)}"
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
                    yield normal(visible(relative.with_suffix("").as_posix()))


def locate(name: str, path: Path) -> Path | None:
    """Find a scenario that a scenario file names, within that file's own trees and the shipped set only.

    Parameters
    ----------
    name
        Name or relative path, with or without its ending.
    path
        The file that names it.

    Returns
    -------
    Path or None
        The file, or None where there is none that may be reached.
    """
    homes = (*homes_of(path), shipped())
    for folder in dict.fromkeys((path.parent, *homes)):
        found = named(name, folder)
        if found is not None and any(within(found, home) for home in homes):
            return found
    return None
