"""``files.sha256`` of a results folder: which files we wrote there, each with its checksum.

The list is in the form of ``sha256sum``, which checks a folder without us (``sha256sum -c files.sha256``). Its first
line says what kind of folder it is, its last is the checksum of the lines above. While files are replaced, a name has
two checksums, the old one and the new one; whoever reads meets either file, and a process that is killed leaves
nothing that is taken for damage. Runs of a comparison are not in it: each has its checksum beside it.

Only files on the list are ever removed. What people put beside them stays.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sim.errors import RunError
from sim.lab.files import sync_folder, write_text, writing

__all__ = ["AGAIN", "LIST", "STAGE", "DamagedError", "FileList", "read_checked", "read_list", "staged"]

LIST = "files.sha256"
STAGE = ".new"
"""Folder in which files wait that are to land together."""
AGAIN = "the command that made it writes it again"
_KIND = "# files of a {kind}, written by cgsim; to check them: sha256sum -c " + LIST
_ABOVE = "# of the lines above: "


class DamagedError(RunError):
    """A file has another content than was written."""


@dataclass(frozen=True)
class FileList:
    """The files that were written to a folder.

    Attributes
    ----------
    kind
        What the folder holds, as its manifest says.
    sums
        By name (with ``/`` between folders) the checksums that a file may have: one, or two while it is replaced.
    """

    kind: str
    sums: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def unsettled(self) -> bool:
        """Whether files are being replaced, or were when a process was killed."""
        return any(len(each) > 1 for each in self.sums.values())

    def text(self) -> str:
        """The list as it is written."""
        rows = [_KIND.format(kind=self.kind)]
        rows += [f"{each}  {name}" for name in sorted(self.sums) for each in self.sums[name]]
        above = "".join(f"{row}\n" for row in rows)
        return f"{above}{_ABOVE}{_sum(above.encode())}\n"


def read_list(folder: Path) -> FileList | None:
    """Read the list of a folder; None where there is none.

    Raises
    ------
    DamagedError
        If it is damaged.
    OSError
        If it cannot be read.
    """
    try:
        content = (folder / LIST).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    above, mark, own = content.rpartition(_ABOVE.encode())
    if not mark or own != f"{_sum(above)}\n".encode():
        raise DamagedError(f"{folder / LIST}: damaged since it was written; {AGAIN}")
    first, *rows = above.decode().splitlines()
    sums: dict[str, tuple[str, ...]] = {}
    for row in rows:
        one, _, name = row.partition("  ")
        sums[name] = (*sums.get(name, ()), one)
    return FileList(first.removeprefix("# files of a ").partition(",")[0], sums)


def read_checked(path: Path, listed: bool = False) -> bytes:
    """Return the content of a file, checked against the list of its folder or the one above.

    Parameters
    ----------
    listed
        Whether a file that is on no list is refused. Others pass: folders of earlier versions have no list.

    Raises
    ------
    DamagedError
        If it is not what was written.
    OSError
        If it cannot be read.
    """
    for _ in range(3):  # it may be replaced between the reading of the two
        content = path.read_bytes()
        sums = _sums_of(path)
        if not sums and not listed:
            return content
        if _sum(content) in sums:
            return content
    if not sums:
        raise DamagedError(f"{path}: on no list of files ({LIST}), so it cannot be checked; {AGAIN}")
    raise DamagedError(f"{path}: damaged or changed since it was written; {AGAIN}")


def _sums_of(path: Path) -> tuple[str, ...]:
    """The checksums that a file may have by the list of its folder or the one above."""
    for folder in (path.parent, path.parent.parent):
        there = read_list(folder)
        if there is not None and (sums := there.sums.get(path.relative_to(folder).as_posix())):
            return sums
    return ()


def _never(_name: str) -> bool:
    return False


@contextlib.contextmanager
def staged(folder: Path, kind: str, stale: Callable[[str], bool] = _never) -> Iterator[Path]:
    """Give a folder to write files to, which land in ``folder`` together when the block ends well.

    Until then ``folder`` is as it was: neither a full disk nor an error or a kill leaves half of one thing and half of
    another. The folder has to be locked.

    Parameters
    ----------
    kind
        What the folder holds.
    stale
        Says of the name of a listed file that is not written again whether it goes. One that somebody changed since
        it was written is theirs, and stays.

    Raises
    ------
    WriteError
        If something could not be written.
    """
    place = folder / STAGE
    shutil.rmtree(place, ignore_errors=True)  # left by a process that was killed
    with writing(place):
        place.mkdir(parents=True)
    try:
        yield place
        _land(folder, place, kind, stale)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _land(folder: Path, place: Path, kind: str, stale: Callable[[str], bool]) -> None:
    """Move staged files to their places, and remove those that are stale."""
    names = sorted(path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file())
    there = None
    with contextlib.suppress(DamagedError):
        there = read_list(folder)
    before: Mapping[str, tuple[str, ...]] = there.sums if there is not None else {}
    new = {name: _sum((place / name).read_bytes()) for name in names}
    gone = [name for name in before if name not in new and stale(name)]
    after = {**before, **{name: (each,) for name, each in new.items()}}
    both = {**after, **{name: tuple(dict.fromkeys((*before.get(name, ()), each))) for name, each in new.items()}}
    for name in gone:
        del after[name]
    # All that may fail for want of room is done before anything moves.
    write_text(place / LIST, FileList(kind, after).text())
    folders = {(folder / name).parent for name in names}
    for each in sorted(folders):
        with writing(each):
            each.mkdir(parents=True, exist_ok=True)
    write_text(folder / LIST, FileList(kind, both).text())
    for name in names:
        with writing(folder / name):
            os.replace(place / name, folder / name)
    for name in gone:
        _remove(folder / name, before[name])
    with writing(folder / LIST):
        os.replace(place / LIST, folder / LIST)
    for each in folders | {folder}:
        sync_folder(each)


def _remove(path: Path, sums: tuple[str, ...]) -> None:
    """Remove a file that we wrote, unless it has been changed since; and its folder, if nothing else is in it."""
    with contextlib.suppress(OSError):
        if _sum(path.read_bytes()) in sums:
            path.unlink()
            path.parent.rmdir()


def _sum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
