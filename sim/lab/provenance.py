"""Where numbers come from: versions, platform, the state of the working copy, the command line."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import platform
import re
import shlex
import subprocess
import sys
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from sim.lab.extensions import meaning_of, own_files
from sim.lab.files import write_bytes
from sim.policies import modules

_PACKAGES = ("mesa", "numpy", "numba", "llvmlite", "scipy", "pandas", "pyarrow")
_OWN = ("rules", "model", "policies", "vocabulary", "scenario", "stats", "lab", "analysis")
"""The packages of ``sim`` that can change a number of a run or of a table."""
_DIGITS = 12
POLICY_MODULES = "policy_modules"
"""The folder of a results folder that keeps the user's own policies."""


def provenance() -> dict[str, Any]:
    """Collect what another person needs to get the same numbers, as plain data for a manifest."""
    import sim
    from sim.model.sources import code_version

    around = surroundings()
    return {
        "created": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "command": command_line(),
        "code_version": code_version(),
        "versions": {"cgsim": sim.__version__, **around["versions"]},
        "platform": f"{platform.system()} {platform.release()} {platform.machine()}",
        "processor": processor(),
        "processor_type": around["processor_type"],
        "cores": os.cpu_count(),
        "git": git_state(Path(sim.__file__).resolve().parent),
        "policy_modules": policy_modules(),
        "plugins": plugins(),
        "sources": sources(Path(sim.__file__).resolve().parent),
    }


@cache
def surroundings() -> dict[str, Any]:
    """What can move the last bit of a number beside the code: libraries, Python, the platform and its processor."""
    return {
        "versions": {
            "python": platform.python_version(),
            "libc": " ".join(platform.libc_ver()).strip() or None,
            **{name: _version(name) for name in _PACKAGES},
        },
        "platform": f"{platform.system()} {platform.machine()}",
        "processor_type": processor_type(),
    }


def sources(root: Path) -> dict[str, str]:
    """Hash each source file that can change a number, so that a later version can say which ones were changed.

    Line endings do not matter, as they do not for the code version.
    """
    return {
        path.relative_to(root).as_posix(): digest(path.read_bytes().replace(b"\r\n", b"\n"))
        for package in _OWN
        for path in sorted((root / package).rglob("*.py"))
    }


def policy_modules() -> list[dict[str, Any]]:
    """The user's own policies that this process has loaded: the name of each, its hash, and hashes of its files.

    Of a file the folder it lay in says nothing to anybody else. The text is not here, because pages show manifests;
    :func:`keep_policy_modules` keeps it.
    """
    return [
        {
            "name": Path(name).name if name.endswith(".py") else name,
            "hash": meaning_of(name)[:_DIGITS],
            "files": {label: digest(path.read_bytes()) for path, label in own_files(name).items()},
        }
        for name in modules()
    ]


def keep_policy_modules(folder: Path) -> None:
    """Copy the user's own policies, with what they import from the user's folders, into a results folder.

    They are code and may hold what its owner would not publish, so they stand in files of their own, below
    :data:`POLICY_MODULES` and the hash of the module.
    """
    for name in modules():
        place = folder / POLICY_MODULES / meaning_of(name)[:_DIGITS]
        for path, label in own_files(name).items():
            write_bytes(place / label, path.read_bytes())


def plugins() -> list[str]:
    """What installed packages add to the model: group, name, package and its version, in one line each."""
    return sorted(
        f"{group}: {point.name} ({point.dist.name} {point.dist.version})" if point.dist else f"{group}: {point.name}"
        for group in ("cgsim.policies", "cgsim.outcomes", "cgsim.observers")
        for point in metadata.entry_points(group=group)
    )


def digest(content: bytes) -> str:
    """A short hash, for telling texts apart."""
    return hashlib.sha256(content).hexdigest()[:_DIGITS]


def command_line() -> str | None:
    """Return the cgsim command of this process, ready to be pasted into a shell; None in a notebook or script.

    Files are named from the current folder, and by their own name where they lie elsewhere: results are shared, and
    where somebody keeps things is nobody else's business.
    """
    program = Path(sys.argv[0])
    if program.stem == "cgsim" or program.parts[-3:] == ("sim", "cli", "main.py"):
        return shlex.join(["cgsim", *(_ABSOLUTE.sub(_from_here, word) for word in sys.argv[1:])])
    return None


_ABSOLUTE = re.compile(r"(?:(?<==)|(?<=:)|(?<=,)|^)(?:/(?!/)[^=:,]*|[A-Za-z]:[\\/][^=,]*)")
"""An absolute path in a word of a command, alone or as the value of something."""


def _from_here(path: re.Match[str]) -> str:
    """A path as it is told to others."""
    where = Path(path.group())
    try:
        return where.resolve().relative_to(Path.cwd().resolve()).as_posix()
    except (ValueError, OSError):
        return where.name or "."


def processor() -> str:
    """Return the processor's name; identity of bits is promised per platform only."""
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor()


def processor_type() -> str | None:
    """Return vendor, family and model of the processor, where its name alone does not say ("AMD EPYC")."""
    found: dict[str, str] = {}
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            key, _, value = line.partition(":")
            found.setdefault(key.strip(), value.strip())
    except OSError:
        pass
    named = [found.get(key) for key in ("vendor_id", "cpu family", "model")]
    if None not in named:
        return "{} family {} model {}".format(*named)
    return platform.processor() or None


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
