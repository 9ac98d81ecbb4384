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
        Write even if the folder is not empty. Files of the starter set are replaced, all others stay.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    ExistsError
        If the folder is not empty (and not `force`), or is a file.
    """
    if folder.exists() and not folder.is_dir():
        raise ExistsError(f"{folder} is a file; give the name of a folder")
    if folder.is_dir() and any(folder.iterdir()) and not force:
        raise ExistsError(
            f"{folder} is not empty; choose another folder, or --force to replace the starter files in it"
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
