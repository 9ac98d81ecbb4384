"""A starter set: the shipped scenarios and experiments, copied for editing."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from sim.errors import CgsimError, ExistsError
from sim.scenario.finder import shipped

__all__ = ["write_starter"]

PARTS = ("scenarios", "experiments")


def write_starter(folder: Path, force: bool = False) -> list[Path]:
    """Copy the shipped scenarios and experiments into a folder.

    Everything is first copied to a hidden folder on the same disk and then renamed into place, so that a full disk or
    an interruption leaves no half-written file.

    Parameters
    ----------
    folder
        Where to; made if it does not exist.
    force
        Replace files of the starter set that were changed; all others stay in any case.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    ExistsError
        If files of the starter set are there and were changed (and not `force`), or the folder is a file.
    """
    if folder.exists() and not folder.is_dir():
        raise ExistsError(f"{folder} is a file; give the name of a folder")
    changed = [] if force else _changed(folder)
    if changed:
        named = ", ".join([*changed[:3], *([f"{len(changed) - 3} more"] if len(changed) > 3 else [])])
        raise ExistsError(
            f"{folder} has starter files that were changed ({named}); choose another folder, or --force to replace them"
        )
    for part in PARTS:
        if (folder / part).exists() and not (folder / part).is_dir():
            raise ExistsError(f"{folder / part} is in the way: it is a file")
    made = _missing(folder)
    stage: Path | None = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        stage = Path(tempfile.mkdtemp(prefix=".cgsim-init-", dir=folder))
        for part in PARTS:
            if shipped(part).is_dir():
                shutil.copytree(shipped(part), stage / part, copy_function=shutil.copyfile)
        return _into_place(stage, folder)
    except OSError as error:
        raise CgsimError(f"{folder} cannot be written: {error.strerror or error}") from None
    finally:
        if stage is not None:
            shutil.rmtree(stage, ignore_errors=True)
        for path in made:  # empty only where nothing was written
            if path.is_dir() and not any(path.iterdir()):
                path.rmdir()


def _changed(folder: Path) -> list[str]:
    """Files of the starter set that stand in the folder with other words than the shipped ones."""
    return [
        f"{part}/{path.relative_to(shipped(part)).as_posix()}"
        for part in PARTS
        for path in sorted(shipped(part).rglob("*"))
        if path.is_file()
        and (own := folder / part / path.relative_to(shipped(part))).exists()
        and not (own.is_file() and own.read_bytes() == path.read_bytes())
    ]


def _missing(folder: Path) -> list[Path]:
    """Return the folders that will have to be made, the innermost first."""
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    return missing


def _into_place(stage: Path, folder: Path) -> list[Path]:
    written = []
    for part in PARTS:
        if (stage / part).is_dir() and not (folder / part).exists():
            os.replace(stage / part, folder / part)
            written += sorted(p for p in (folder / part).rglob("*") if p.is_file())
            continue
        for path in sorted((stage / part).rglob("*")):
            target = folder / path.relative_to(stage)
            if path.is_dir():
                target.mkdir(exist_ok=True)
            else:
                os.replace(path, target)
                written.append(target)
    return written
