"""Where numbers come from: versions, platform, the state of the working copy, the command line."""

from __future__ import annotations

import datetime as dt
import os
import platform
import shlex
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

_PACKAGES = ("mesa", "numpy", "numba", "scipy", "pandas", "pyarrow")


def provenance() -> dict[str, Any]:
    """Collect what another person needs to get the same numbers, as plain data for a manifest."""
    import sim
    from sim.model.sources import code_version

    return {
        "created": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "command": command_line(),
        "code_version": code_version(),
        "versions": {
            "cgsim": sim.__version__,
            "python": platform.python_version(),
            **{name: _version(name) for name in _PACKAGES},
        },
        "platform": f"{platform.system()} {platform.release()} {platform.machine()}",
        "processor": processor(),
        "cores": os.cpu_count(),
        "git": git_state(Path(sim.__file__).resolve().parent),
    }


def command_line() -> str | None:
    """Return the cgsim command of this process, ready to be pasted into a shell; None in a notebook or script."""
    program = Path(sys.argv[0])
    if program.stem == "cgsim" or program.parts[-3:] == ("sim", "cli", "main.py"):
        return shlex.join(["cgsim", *sys.argv[1:]])
    return None


def processor() -> str:
    """Return the processor's name; identity of bits is promised per platform only."""
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor()


def git_state(folder: Path) -> dict[str, Any] | None:
    """Return commit and cleanliness of the working copy that holds a folder, or None where there is none.

    A package installed inside somebody else's repository is not part of it: the folder has to be tracked.
    """
    if _git(folder, "ls-files", "--error-unmatch", "__init__.py") is None:
        return None
    commit = _git(folder, "rev-parse", "HEAD")
    if commit is None:
        return None
    changed = _git(folder, "status", "--porcelain", "--untracked-files=no") or ""
    return {"commit": commit, "clean": not changed, "changed_files": len(changed.splitlines())}


def _git(folder: Path, *arguments: str) -> str | None:
    """Return git's answer, or None if there is no git or it has none."""
    try:
        answer = subprocess.run(
            ["git", "-C", str(folder), *arguments], capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip() if answer.returncode == 0 else None


def _version(package: str) -> str | None:
    """Return an installed package's version without importing it."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
