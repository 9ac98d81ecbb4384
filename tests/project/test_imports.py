"""Imports run one way, so that a part can be read without what stands above it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.project.sources import ROOT, SIM, imports, label, module_name, parse, python_files

# From what knows least to what knows most. A part may import itself and whatever stands before it.
ORDER = ("vocabulary", "policies", "scenario", "model", "lab", "analysis", "report", "dashboard", "cli")
# These import nothing of ours, and everybody may import them.
FREE = ("rules", "stats", "errors")
# These are read by commands that must answer at once, and by readers who have no numerical libraries in mind.
LIGHT = ("vocabulary", "scenario", "rules", "policies", "errors")
HEAVY = ("numpy", "numba", "mesa", "pandas", "scipy", "networkx", "pyarrow", "matplotlib")


def part(module: str) -> str:
    """``sim.model.draws`` -> ``model``; the top of the package is ``""``."""
    names = module.split(".")
    return names[1] if len(names) > 1 else ""


def allowed(importer: str, imported: str) -> bool:
    """Whether one part of ``sim`` may import another."""
    if importer == imported:
        return True
    if importer in FREE:
        return False
    if imported in FREE or imported in {"", "__version__"}:
        return True
    return importer in ORDER and imported in ORDER and ORDER.index(imported) < ORDER.index(importer)


def test_the_order_itself_is_one_way() -> None:
    assert allowed("cli", "vocabulary") and allowed("model", "rules") and allowed("scenario", "policies")
    assert not allowed("vocabulary", "cli") and not allowed("rules", "vocabulary")
    assert not allowed("policies", "scenario") and not allowed("lab", "analysis")


def test_every_part_of_the_package_has_its_place_in_the_order() -> None:
    found = {part(module_name(file)) for file in python_files()} - {""}
    assert not found - {*ORDER, *FREE}, "a new part of sim needs a place in ORDER, and a line in the docs"


@pytest.mark.parametrize("file", python_files(), ids=label)
def test_imports_point_down(file: Path) -> None:
    module = module_name(file)
    if module == "sim":
        return  # the public face names everything, and loads it when touched
    wrong = [
        f"{label(file)}:{line}: sim.{part(module)} may not import {name}"
        for line, name in imports(parse(file), module, file.name == "__init__.py")
        if name.split(".")[0] == "sim" and not allowed(part(module), part(name))
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "name", [name for name in LIGHT if (SIM / name).exists() or (SIM / f"{name}.py").exists()]
)
def test_light_parts_load_no_numerical_library(name: str) -> None:
    modules = [module_name(file) for file in python_files(name)] or [f"sim.{name}"]
    code = (
        "import sys, importlib\n"
        f"for module in {modules!r}: importlib.import_module(module)\n"
        f"print(*[name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


def test_the_public_face_loads_nothing_until_touched() -> None:
    code = (
        "import sys, sim\n"
        "assert set(sim.__all__) <= set(dir(sim)) and sim.__version__\n"
        "print(*[name for name in sys.modules if name.startswith('sim.')])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


def test_every_public_name_is_where_the_face_says() -> None:
    import sim

    for name in sim.__all__:
        assert getattr(sim, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = sim.nothing
