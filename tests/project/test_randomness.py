"""Rules, model and policies have one source of chance: keyed draws, a pure function of who, what and when."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.project.sources import imports, label, module_name, parse, python_files

FORBIDDEN_MODULES = ("random", "secrets", "uuid", "numpy.random", "scipy.stats", "os.urandom", "time.time")
# Mesa gives every model `.random` and `.rng`, and every AgentSet `.shuffle()` and `.shuffle_do()`.
FORBIDDEN_ATTRIBUTES = {
    "random": "a shared generator: its next number depends on who asked before",
    "rng": "a shared generator: its next number depends on who asked before",
    "shuffle": "an order by chance; compete by time, then by a keyed draw",
    "shuffle_do": "an order by chance; compete by time, then by a keyed draw",
    "default_rng": "a generator of its own; use a keyed draw",
    "RandomState": "a generator of its own; use a keyed draw",
    "urandom": "chance from the machine; use a keyed draw",
    "SeedSequence": "a generator of its own; use a keyed draw",
}
FORBIDDEN_CALLS = {"hash": "differs between processes", "id": "differs between processes"}
WATCHED = python_files("rules", "model", "policies")


def other_chance(tree: ast.Module, module: str, is_package: bool) -> list[str]:
    """Say, as ``LINE: what``, where chance other than a keyed draw could enter."""
    found = [
        (line, f"imports {name}")
        for line, name in imports(tree, module, is_package)
        if any(name == banned or name.startswith(f"{banned}.") for banned in FORBIDDEN_MODULES)
    ]
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in FORBIDDEN_ATTRIBUTES:
            found.append((node.lineno, f"{ast.unparse(node)}: {FORBIDDEN_ATTRIBUTES[node.attr]}"))
        elif (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FORBIDDEN_CALLS
        ):
            found.append((node.lineno, f"{ast.unparse(node)}: {FORBIDDEN_CALLS[node.func.id]}"))
        elif isinstance(node, ast.For | ast.comprehension) and isinstance(node.iter, ast.Set | ast.SetComp):
            found.append((node.iter.lineno, "goes through a set: its order differs between processes"))
    return [f"{line}: {message}" for line, message in sorted(found)]


@pytest.mark.parametrize("file", WATCHED, ids=label)
def test_no_other_source_of_chance(file: Path) -> None:
    found = other_chance(parse(file), module_name(file), file.name == "__init__.py")
    assert not found, "\n".join(f"{label(file)}:{line}" for line in found)


@pytest.mark.parametrize(
    "source",
    [
        "import random",
        "from numpy import random",
        "import numpy as np\nnp.random.default_rng(1)",
        "def step(self):\n    return self.random.random()",
        "def step(self):\n    return self.model.rng.normal()",
        "agents.shuffle_do('step')",
        "x = hash('a')",
        "for name in {'a', 'b'}: print(name)",
        "from uuid import uuid4",
    ],
)
def test_the_check_finds_what_it_should(source: str) -> None:
    assert other_chance(ast.parse(source), "sim.model.example", False)


def test_the_check_leaves_keyed_draws_alone() -> None:
    source = (
        "from sim.model.draws import uniform\nu = uniform(seed, stream, agent, day, 0)\nModel(rng=seed)\n"
    )
    assert not other_chance(ast.parse(source), "sim.model.example", False)
