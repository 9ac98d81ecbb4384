"""The code version: what computes is in it, what is only written is not, and no version of Python sees it otherwise."""

from __future__ import annotations

import ast
import hashlib
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from sim.model import sources

ROOT = Path(sources.__file__).resolve().parents[1]
NEIGHBOURS = sorted(Path(sys.base_prefix).parent.glob("*3.1[1-9]*/bin/python3"))
"""Other versions of Python that are installed beside this one."""


@cache
def contents() -> dict[str, bytes]:
    return sources.read_sources(ROOT)


@cache
def trees() -> dict[str, ast.Module]:
    return sources.reached(contents())


def means(text: str, module: str = "sim.rules.made_up") -> str:
    """The meaning of a text in place of a module."""
    tree = ast.parse(text)
    if not module.startswith(sources.DECLARATIONS):
        return sources.meaning(tree)
    return sources.meaning(tree, sources._signatures(module, {**trees(), module: tree}))


def edited(module: str, old: str, new: str) -> tuple[str, str]:
    """The meaning of a module of the package before and after an edit."""
    text = contents()[module].decode()
    assert text.count(old) >= 1, f"{module} no longer says {old!r}"
    return means(text, module), means(text.replace(old, new, 1), module)


WORDS = [
    ("sim.rules.trust", '"""', '"""Said anew. '),
    ("sim.rules.trust", "def ", "# why it is so\ndef "),
    ("sim.policies.close_ties", "Visits are the most expensive minutes", "No minutes cost more than visits"),
    ("sim.policies.close_ties", "asks for close ties between workers", "asks for ties between workers"),
    ("sim.policies.close_ties", 'section = "2, 5.3"', 'section = "5.3"'),
    ("sim.policies.close_ties", "strength: float, s: Settings", "strength: object, s: Settings"),
    ("sim.vocabulary.levers", "Chance of attending a cultural activity.", "How often people come."),
    ("sim.vocabulary.mechanisms", "Not everyone is online.", "Some are offline."),
    ("sim.vocabulary.outcomes", "Mean trust of residents.", "Trust, averaged over residents."),
    ("sim.vocabulary.outcomes", '"Trust in community social work"', '"Trust"'),
    ("sim.model.run", "a run needs at least 1 day", "a run takes at least 1 day"),
    ("sim.model.run", "edges = outcomes.windows", "edges: dict[str, object] = outcomes.windows"),
    ("sim.model.run", "scenario.burn_in + days - world.tick", "(scenario.burn_in + days\n - world.tick)"),
]


@pytest.mark.parametrize(("module", "old", "new"), WORDS, ids=[f"{module}: {new[:30]}" for module, _, new in WORDS])
def test_words_and_layout_are_not_in_the_code_version(module: str, old: str, new: str) -> None:
    before, after = edited(module, old, new)
    assert module in trees() and before == after


NUMBERS = [
    ("sim.policies.base", "1.0 - (1.0 - full) ** strength", "1.0 - (1.0 + full) ** strength"),
    ("sim.policies.close_ties", "/ 60.0", "/ 61.0"),
    ("sim.policies.close_ties", 'touches = ("visit", "continuity")', 'touches = ("visit",)'),
    ("sim.scenario.parameters", "DAYS_PER_YEAR = 365.0", "DAYS_PER_YEAR = 366.0"),
    ("sim.vocabulary.levers", '"share of occasions", "union"', '"share of occasions", "add"'),
    ("sim.vocabulary.mechanisms", '"network.mean_degree": 0.0', '"network.mean_degree": 1.0'),
    ("sim.vocabulary.outcomes", '"took_part_30", "adults"', '"took_part_365", "adults"'),
    ("sim.model.run", "seed: int = 0", "seed: int = 1"),
    ("sim.model.run", "if days < 1", "if days <= 1"),
    ("sim.model.run", "recorder.record(world)", "recorder.note(world)"),
]


@pytest.mark.parametrize(("module", "old", "new"), NUMBERS, ids=[f"{module}: {new[:30]}" for module, _, new in NUMBERS])
def test_constants_operators_and_defaults_are_in_the_code_version(module: str, old: str, new: str) -> None:
    before, after = edited(module, old, new)
    assert module in trees() and before != after


RULE = """
def rule(x, gain=0.5):
    total = 0.0
    for i in range(3):
        total += gain * x
    def again(y):
        nonlocal total
        total = y
    return [total + part for part in (x, gain)]
"""


@pytest.mark.parametrize(("old", "new"), [
    ("total", "whole"), (" i ", " day "), ("part", "piece"), ("again", "once_more"),
])
def test_names_of_locals_do_not_count(old: str, new: str) -> None:
    assert RULE.replace(old, new) != RULE and means(RULE.replace(old, new)) == means(RULE)


@pytest.mark.parametrize(("old", "new"), [
    ("0.5", "0.6"), ("+=", "-="), ("gain", "profit"), ("def rule", "def ruler"), ("range(3)", "range(4)"),
    ("nonlocal total", "pass"), ("total + part", "part + total"), ("y):", "total):"), ("for part in", "for total in"),
])
def test_what_computes_and_what_others_call_by_name_counts(old: str, new: str) -> None:
    assert RULE.replace(old, new) != RULE and means(RULE.replace(old, new)) != means(RULE)


IN_A_CLASS = "def f():\n x = 1\n class A:\n  x = 2\n  def g(self): return x"


@pytest.mark.parametrize(("one", "other"), [
    ("def f():\n x = 1\n return locals()", "def f():\n y = 1\n return locals()"),
    ("def f():\n global x\n x = 1", "def f():\n global y\n y = 1"),
    ("class A:\n x: int = 1", "class A:\n x: ClassVar[int] = 1"),
    ("class A:\n x: int = 1", "class A:\n x = 1"),
    ("def f(a, b):\n x = a\n y = b\n return x - y", "def f(a, b):\n x = a\n y = b\n return y - x"),
    (IN_A_CLASS, IN_A_CLASS.replace("x = 1", "y = 1")),
    ("x = 1", "x = 1.0"), ("x = 1", "x = True"), ("x = 'a'", "x = b'a'"), ("raise A('x')", "raise B('x')"),
    ("y = f'{x}a'", "y = f'{x}b'"), ("y = f'{x:.1f}'", "y = f'{x:.2f}'"),
])
def test_what_looks_alike_is_told_apart(one: str, other: str) -> None:
    assert means(one) != means(other)


@pytest.mark.parametrize(("one", "other"), [
    ("def f():\n '''Says.'''", "def f():\n pass"),
    ("x: int = 1", "x = 1"),
    ("def f(x: int) -> int: return x", "def f(x): return x"),
    ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n import a", "from typing import TYPE_CHECKING"),
    ("assert x, 'so'", "assert x"),
    ("y = 'a' f'b{x}'", "y = f'ab{x}'"),
    ("def f(a):\n try: pass\n except E as e: a(e)", "def f(a):\n try: pass\n except E as g: a(g)"),
    ("def f(a):\n match a:\n  case [b, *c]: return b, c", "def f(a):\n match a:\n  case [x, *y]: return x, y"),
    ("def f(a):\n return [c for b in a if (c := b)]", "def f(a):\n return [x for y in a if (x := y)]"),
    ("def f():\n import a.b as c\n return c", "def f():\n import a.b as d\n return d"),
])
def test_what_is_only_written_otherwise_is_the_same(one: str, other: str) -> None:
    assert means(one) == means(other)


def test_the_meaning_of_a_text_is_the_same_under_every_python() -> None:
    text = RULE + (
        "@d(1)\nclass A(B, metaclass=C):\n    x: float = -1e-9\n    async def h(self, *a, k=None, **b):\n"
        "        async with a as c, b: yield f'{c!r:>{k}} {{}} é' 'x'\n"
        "        return lambda q, /, *r: {**q, 'z': (w := [*r])}\n"
        "match x:\n    case {'a': 1, **rest} | A(y=2): del rest\n    case _: raise E('so') from None\n"
    )
    digest = hashlib.sha256(means(text).encode()).hexdigest()[:16]
    assert digest == "7d4880f4686ca481"


@pytest.mark.skipif(len(NEIGHBOURS) < 2, reason="no other Python is installed here")
def test_pythons_that_are_installed_agree_on_the_code_version() -> None:
    code = "import sys; sys.path.insert(0, sys.argv[1]); import sources; from pathlib import Path; " \
        "print(sources.hash_modules(sources.read_sources(Path(sys.argv[1]).parent)))"
    found = {
        subprocess.run([name, "-c", code, ROOT / "model"], capture_output=True, text=True, check=True).stdout
        for name in NEIGHBOURS
    }
    assert found == {f"{sources.code_version()}\n"}


def test_the_code_version_is_of_what_a_run_imports() -> None:
    found = set(trees())
    rules = {name for name in contents() if name.startswith("sim.rules.") and name != "sim.rules.functions"}
    policies = {name for name in contents() if name.startswith("sim.policies.")}
    assert len(rules) > 10 and len(policies) > 10
    assert found >= rules | policies | {"sim.model.day", "sim.model.agents.day", "sim.vocabulary.outcomes"}
    outside = ("sim.model.trace", "sim.scenario.reader", "sim.scenario.problems", "sim.errors", "sim.lab", "sim.stats")
    assert not [name for name in found if name.startswith(outside)]


def test_an_edit_anywhere_in_it_is_another_version_and_outside_it_is_none() -> None:
    made_up = {
        "sim.model.run": b"from sim.rules import a\ndef simulate():\n    from sim.model import late\n",
        "sim.rules.a": b"x = 1", "sim.model.late": b"x = 1", "sim.model.trace.told": b"x = 1", "sim.rules.b": b"x = 1",
        "sim.policies": b"",
    }
    first = sources.hash_modules(made_up)
    changed = {name: sources.hash_modules({**made_up, name: made_up[name] + b"\ny = 2"}) != first for name in made_up}
    outside = {"sim.model.trace.told", "sim.rules.b"}
    assert changed == {name: name not in outside for name in made_up}
    assert sources.hash_modules({**made_up, "sim.rules.a": b"x = 1  # so\n"}) == first


def test_nothing_that_computes_reads_the_words_of_declarations() -> None:
    """Only then may they be left out. ``note`` is also a method of the recorder; objects of scenarios carry titles."""
    read = [
        f"{name}:{node.lineno}: .{node.attr}"
        for name, tree in trees().items()
        if not name.startswith("sim.scenario")
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load) and node.attr in sources.TEXTS - {"note"}
    ]
    assert len(trees()) > 50 and all(line.startswith("sim.policies:") and ".grade" in line for line in read), read


def test_the_version_is_kept_for_the_bytes_it_is_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CGSIM_CACHE_DIR", str(tmp_path / "mine"))
    work_out = sources.version_of.__wrapped__
    texts = {"sim.rules.a": b"x = 1"}
    monkeypatch.setattr(sources, "read_sources", lambda root: texts)
    first = work_out(("sim.rules",))
    (kept,) = (tmp_path / "mine" / "versions").iterdir()
    assert kept.read_text() == first and work_out(("sim.rules",)) == first
    texts["sim.rules.a"] = b"x = 2"
    assert work_out(("sim.rules",)) != first
    for mode in (0o770, 0o707):  # what others may write to is not believed
        (tmp_path / "mine").chmod(mode)
        for path in (tmp_path / "mine" / "versions").iterdir():
            path.write_text("f" * 64)
        assert work_out(("sim.rules",)) != "f" * 64


@pytest.mark.parametrize("mode", [0o775, 0o757, 0o777])
def test_a_cache_that_others_may_write_to_is_not_used(tmp_path: Path, mode: int) -> None:
    folder = tmp_path / "kernels"
    assert sources.usable(folder) and folder.stat().st_mode & 0o777 == 0o700
    folder.chmod(mode)
    assert not sources.usable(folder)


def test_a_cache_of_somebody_elses_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources.os, "getuid", lambda: 123_456)
    assert not sources.usable(tmp_path)
