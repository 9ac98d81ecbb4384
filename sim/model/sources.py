"""The version of the code that decides behaviour: a hash of its sources.

Two runs with the same scenario, seed and code version give the same numbers. The compiled kernels are cached
under this hash too, because Numba's own cache looks only at the file a kernel stands in and would go on
running an old rule after the rule's file was edited.
"""

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

BEHAVIOUR_PACKAGES: Final = ("rules", "model", "policies", "vocabulary")
"""The packages of ``sim`` whose sources can change a number of a run."""


def hash_sources(root: Path, packages: tuple[str, ...] = BEHAVIOUR_PACKAGES) -> str:
    """Hash the Python sources of some packages, by relative path and content.

    Parameters
    ----------
    root : Path
        The folder that holds the packages (the folder of ``sim`` itself).
    packages : tuple of str
        Folders below ``root``; one that does not exist counts as empty.

    Returns
    -------
    str
        SHA-256 in hexadecimal. Line endings do not matter, so a checkout on another platform has the same
        hash.
    """
    digest = hashlib.sha256()
    for package in sorted(packages):
        for path in sorted((root / package).rglob("*.py"), key=lambda p: p.relative_to(root).as_posix()):
            content = path.read_bytes().replace(b"\r\n", b"\n")
            digest.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()


@cache
def code_version() -> str:
    """Return the hash of the sources that are in use in this process (SHA-256, hexadecimal)."""
    return hash_sources(Path(__file__).resolve().parent.parent)
