"""Reading the manifest of a results folder, and which layouts of such folders this version reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sim.errors import LayoutError, NotFoundError, printable
from sim.lab.checksums import DamagedError, read_checked
from sim.lab.run_file import LAYOUT

RESULTS = ("comparison", "run")
"""Kinds of folders that hold runs to be read as results."""
OTHERS = ("frontier", "sensitivity")
"""Kinds of folders that hold conclusions of their own kind."""
RUNS = ("id", "scenario", "world", "seed", "status", "error")
"""Columns of a comparison's ``runs.csv``."""
HOLDS = {
    "comparison": ("name", "baseline", "scenarios", "experiment", "scenario_hashes"),
    "run": ("name", "scenario", "hash", "seed"),
}
"""What a manifest of each kind of results says at the least; one that lacks any of it is damaged."""
OLDEST_LAYOUT = 1
"""The oldest layout that is still read; ``LAYOUT`` is the newest."""


def read_manifest(folder: Path, checked: bool = True) -> dict[str, Any]:
    """Read a results folder's manifest.

    Parameters
    ----------
    checked
        Whether it has to be as it was written.

    Raises
    ------
    NotFoundError
        If there is none, or it is not one of cgsim's.
    LayoutError
        If it is of a layout that this version cannot read.
    """
    path = folder / "manifest.json"
    try:
        manifest = _printable(json.loads(read_checked(path) if checked else path.read_bytes()))
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        raise NotFoundError(f"{folder}: not a results folder (it has no manifest.json){_keeps_runs(folder)}") from None
    except OSError as error:
        raise NotFoundError(f"{path}: not readable ({error.strerror or error})") from None
    except DamagedError as error:
        raise NotFoundError(f"{error}{_keeps_runs(folder)}") from None
    except (ValueError, RecursionError) as error:
        raise NotFoundError(f"{path}: not readable ({error}){_keeps_runs(folder)}") from None
    if not isinstance(manifest, dict) or type(manifest.get("layout")) is not int:
        raise NotFoundError(f"{path}: not a manifest of cgsim's (it names no layout)")
    _check_layout(folder, manifest)
    if manifest.get("kind") not in (*RESULTS, *OTHERS):
        raise NotFoundError(f"{path}: not a manifest of cgsim's (its kind is {manifest.get('kind')!r})")
    if lacks := [key for key in HOLDS.get(manifest["kind"], ()) if key not in manifest]:
        raise NotFoundError(f"{path}: damaged, it does not say its {lacks[0]}{_keeps_runs(folder)}")
    return manifest


def _printable(data: Any) -> Any:
    """Data whose texts hold nothing that a terminal obeys: titles and labels are printed and drawn."""
    if isinstance(data, dict):
        return {key: _printable(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_printable(value) for value in data]
    return printable(data) if isinstance(data, str) else data


def lists_runs(folder: Path) -> bool:
    """Whether a folder is a comparison's, with or without a manifest: its list of runs says so."""
    try:
        with (folder / "runs.csv").open(encoding="utf-8") as file:
            return file.readline().rstrip("\n") == ",".join(RUNS)
    except (OSError, UnicodeDecodeError):
        return False


def _keeps_runs(folder: Path) -> str:
    """What helps where a comparison has lost its manifest and not its list of runs; nothing elsewhere."""
    if not lists_runs(folder):
        return ""
    return "; its list of runs is there: the command that made them keeps them and writes the manifest again"


def _check_layout(folder: Path, manifest: dict[str, Any]) -> None:
    """Refuse a layout that this version does not read, with a way out."""
    layout = manifest["layout"]
    if OLDEST_LAYOUT <= layout <= LAYOUT:
        return
    maker = (manifest.get("versions") or {}).get("cgsim")
    by = f"cgsim {maker}" if maker else "a version that it does not name"
    if layout > LAYOUT:
        raise LayoutError(
            f"{folder}: made by a newer version of cgsim ({by}, layout {layout}; this version reads up to "
            f"{LAYOUT}). Update with: pip install --upgrade community-governance-sim"
        )
    command = manifest.get("command")
    again = f", or run it again with this one: {command}" if command else ""
    raise LayoutError(
        f"{folder}: made by an older version of cgsim ({by}, layout {layout}; this version reads from "
        f"{OLDEST_LAYOUT}). Use that version to read it{again}"
    )
