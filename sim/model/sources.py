"""The version of the code that decides behaviour: a hash of what it computes, not of how it is written.

Two runs with the same scenario, seed and code version give the same numbers. The compiled kernels are cached
under such a hash too, because Numba's own cache looks only at the file a kernel stands in and would go on
running an old rule after the rule's file was edited.

*What is hashed* are the modules that running a scenario imports, at the top of a module or inside a function, but for
those that only read scenario files (what they read is in the scenario's own hash), write texts, or replay a run.

*What is left out* of a module is what changes no number: comments, layout, docstrings and other bare strings,
annotations, ``pass``, ``__all__``, imports for type checkers, the messages of exceptions and assertions, and, in the
modules that declare things for people, the words of those declarations (titles, summaries, harms, labels,
descriptions). Names of a function's local variables are replaced by numbers, unless the function looks at its own
names (``locals()``, ``eval`` and the like). Names of modules, classes, functions, parameters and attributes count,
because other code and keyword arguments know them.

The hash is the same under every version of Python from 3.11 on: it is taken of text that is written from the syntax
tree by the rules below, not by ``ast.dump``; fields that are empty, as new ones are for old code, are never written.
"""

import ast
import contextlib
import hashlib
import os
import stat
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

COMPILED: Final = ("sim.rules", "sim.model", "sim.vocabulary", "sim.policies")
"""What a kernel can be compiled from, whether a run reaches it or not."""
FACES: Final = ("sim", "sim.lab")
"""Packages whose own file only says where names live."""
OUTSIDE: Final = ("sim.errors", "sim.model.sources", "sim.model.trace", "sim.scenario")
"""Modules and packages that change no number: words, the trace of one life, and the reading of scenario files."""
OBJECTS: Final = tuple(
    f"sim.scenario.{name}"
    for name in ("build", "community", "dated", "dates", "frozen", "parameters", "policies", "scenario", "shocks")
)
"""What is not outside after all: the modules that make what the model is given, also with other parameter values."""
RUNS: Final = ("sim.model.run", "sim.policies", *OBJECTS)
"""What a run is made with: the function that runs a scenario, the policies, which are imported by name, and the
scenario that it is given."""
DECLARATIONS: Final = ("sim.policies", "sim.vocabulary")
"""Packages that declare things for people; no code that runs a scenario reads the words of :data:`TEXTS`."""
CACHE_VARIABLE: Final = "CGSIM_CACHE_DIR"


# --- versions -----------------------------------------------------------------------------------------------


@cache
def code_version() -> str:
    """Return the hash of the code that runs a scenario in this process (SHA-256, hexadecimal)."""
    return version_of(RUNS)


@cache
def version_of(starts: tuple[str, ...]) -> str:
    """Hash what some modules and packages of this package compute, with all that they import of it.

    Parameters
    ----------
    starts : tuple of str
        Modules, and packages with every module in them.

    Returns
    -------
    str
        SHA-256 in hexadecimal. Working it out takes a second, so it is kept in the user's cache, under a hash of the
        bytes that it was made from.
    """
    contents = read_sources(Path(__file__).resolve().parent.parent)
    digest = hashlib.sha256(repr(starts).encode())
    for name, content in sorted(contents.items()):
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    folder = user_cache_dir() / "versions"
    known = folder / digest.hexdigest()
    if not usable(folder.parent) or not usable(folder):
        return hash_modules(contents, starts)
    with contextlib.suppress(OSError, ValueError):
        version = known.read_text(encoding="ascii")
        if len(version) == 64:
            return version
    version = hash_modules(contents, starts)
    with contextlib.suppress(OSError):
        handle, part = tempfile.mkstemp(dir=folder)
        with open(handle, "w", encoding="ascii") as file:
            file.write(version)
        os.replace(part, known)
    return version


def read_sources(root: Path) -> dict[str, bytes]:
    """Read the modules that a run could import, by name, from the folder of ``sim``; line endings do not matter."""
    return {
        ".".join(("sim", *path.relative_to(root).with_suffix("").parts)).removesuffix(".__init__"): content
        for path in root.rglob("*.py")
        if path.relative_to(root).parts[0] not in ("analysis", "cli", "report")
        for content in [path.read_bytes().replace(b"\r\n", b"\n")]
    }


def hash_modules(contents: Mapping[str, bytes], starts: Iterable[str] = RUNS) -> str:
    """Hash the meaning of the modules that some modules and packages reach, by their names.

    Parameters
    ----------
    contents : mapping
        Sources by the name of the module.
    starts : iterable of str
        Modules, and packages with every module in them.
    """
    trees = reached(contents, starts)
    digest = hashlib.sha256()
    for name in sorted(trees):
        text = meaning(trees[name], _signatures(name, trees) if name.startswith(DECLARATIONS) else None)
        digest.update(f"{name}\0{len(text)}\0{text}".encode())
    return digest.hexdigest()


def reached(contents: Mapping[str, bytes], starts: Iterable[str] = RUNS) -> dict[str, ast.Module]:
    """Return the syntax trees of the modules that some reach by imports, but for those that lie outside."""
    trees: dict[str, ast.Module] = {}
    todo = [name for name in contents if any(f"{name}.".startswith(f"{start}.") for start in starts)]
    while todo:
        name = todo.pop()
        if name in contents and name not in trees and not _outside(name):
            trees[name] = ast.parse(contents[name])
            todo += [name.rpartition(".")[0], *imported(trees[name])]
    return trees


def _outside(name: str) -> bool:
    """Whether a module changes no number of a run."""
    below = any(f"{name}.".startswith(f"{each}.") for each in OUTSIDE)
    return name in FACES or (below and name not in OBJECTS)


def imported(tree: ast.Module) -> Iterator[str]:
    """Names of what a module imports anywhere in it: modules, and names that may be modules.

    ``from a import b`` gives ``a`` and ``a.b``; imports from where a module stands keep their dots (``..a``).
    """
    todo: list[ast.AST] = [tree]
    while todo:
        node = todo.pop()
        if for_type_checkers(node):
            todo += node.orelse  # type: ignore[attr-defined]
            continue
        todo += ast.iter_child_nodes(node)
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            yield base
            yield from (base + "." * (node.module is not None) + alias.name for alias in node.names)


def _signatures(name: str, trees: Mapping[str, ast.Module]) -> Mapping[str, tuple[str, ...]]:
    """Parameters of the functions and classes that a module can call by name and that take words for people."""
    found: dict[str, tuple[str, ...]] = {}
    for node in trees[name].body:
        if isinstance(node, ast.ImportFrom) and (module := node.module or "") in trees:
            theirs = {each.name: each for each in trees[module].body if isinstance(each, _NAMED)}
            found |= {a.asname or a.name: _parameters(theirs[a.name]) for a in node.names if a.name in theirs}
        elif isinstance(node, _NAMED):
            found[node.name] = _parameters(node)
    return {name: names for name, names in found.items() if TEXTS.intersection(names)}


def _parameters(node: Any) -> tuple[str, ...]:
    """Names of the parameters of a function, or of the fields of a class, in the order in which a call gives them."""
    if isinstance(node, ast.ClassDef):
        return tuple(each.target.id for each in node.body if isinstance(each, ast.AnnAssign))  # type: ignore[union-attr]
    return tuple(each.arg for each in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs))


# --- meaning ------------------------------------------------------------------------------------------------

TEXTS: Final = frozenset(
    (
        *("title", "label", "definition", "summary", "harm", "begins_anew", "description", "section", "claims"),
        *("source", "grade", "note"),
    )
)
"""Fields, parameters and class attributes that hold words for people in the modules that declare things."""

Signatures = Mapping[str, tuple[str, ...]]
"""Names of the parameters, in their order, of the functions and classes that a module calls by name."""

_NAMED: Final = (ast.FunctionDef, ast.ClassDef)
_SKIPPED: Final = frozenset(("ctx", "type_comment", "type_ignores", "type_params", "kind"))
_LOOKS_AT_NAMES: Final = frozenset(("locals", "eval", "exec", "vars", "dir"))
_NOT_FIELDS: Final = ("ClassVar", "InitVar", "KW_ONLY")
_SCOPES: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_COMPREHENSIONS: Final = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
Scope = dict[str, str]


def meaning(tree: ast.Module, signatures: Signatures | None = None, annotations: bool = False) -> str:
    """Return the meaning of a module as text that is equal for two modules exactly if these rules make them equal.

    Parameters
    ----------
    tree : ast.Module
    signatures : mapping, optional
        Given for a module that declares things for people: texts in class attributes called as in :data:`TEXTS`, and
        texts given to parameters of these names, are left out.
    annotations : bool
        Count annotations, for code that may read its own (dataclasses of kinds that are not known here).
    """
    writer = _Writer(signatures, annotations)
    writer.statements(tree.body)
    return "".join(writer.out)


def for_type_checkers(node: ast.AST) -> bool:
    """Whether a statement is an ``if TYPE_CHECKING``."""
    return isinstance(node, ast.If) and "TYPE_CHECKING" in (
        getattr(node.test, "id", None), getattr(node.test, "attr", None),
    )


class _Writer:
    """Writes nodes one after another into ``out``; ``scopes`` are those of the functions around, innermost last."""

    def __init__(self, signatures: Signatures | None, annotations: bool) -> None:
        self.out: list[str] = []
        self.signatures, self.annotations = signatures, annotations
        self.scopes: list[Scope] = []
        self.in_class = False
        self.locals = 0
        self.special: dict[type[ast.AST], Callable[[Any], None]] = {
            ast.Constant: self.constant, ast.Name: self.name, ast.JoinedStr: self.joined, ast.Call: self.call,
            ast.FunctionDef: self.function, ast.AsyncFunctionDef: self.function, ast.Lambda: self.function,
            ast.ClassDef: self.a_class, ast.AnnAssign: self.annotated, ast.Raise: self.raised,
            ast.Assert: self.asserted, ast.alias: self.alias, ast.arg: self.argument, ast.Nonlocal: self.nonlocals,
            **dict.fromkeys(_COMPREHENSIONS, self.comprehension),
        }

    # ---- nodes of any kind

    def node(self, node: ast.AST) -> None:
        special = self.special.get(type(node))
        if special is not None:
            special(node)
        else:
            self.plain(node)

    def plain(self, node: ast.AST, but: tuple[str, ...] = ()) -> None:
        self.out.append(type(node).__name__ + "(")
        for field in node._fields:
            value = getattr(node, field, None)
            if value is None or value == [] or field in _SKIPPED or field in but:
                continue
            self.out.append(field + "=")
            self.value(value, field)
        self.out.append(")")

    def value(self, value: Any, field: str = "") -> None:
        if isinstance(value, ast.AST):
            self.node(value)
        elif isinstance(value, list):
            if value and isinstance(value[0], ast.stmt):
                self.statements(value)
                return
            self.out.append("[")
            for item in value:
                self.value(item)
                self.out.append(",")
            self.out.append("]")
        elif isinstance(value, str) and field in ("name", "rest"):  # bound by an except clause or a pattern
            self.out.append(self.known_as(value))
        else:
            self.out.append(ascii(value))

    def statements(self, body: list[Any]) -> None:
        self.out.append("{")
        for statement in body:
            if not (_says_nothing(statement) or self.for_people(statement)):
                self.node(statement)
                self.out.append(";")
            elif for_type_checkers(statement):
                for other in statement.orelse:
                    self.node(other)
        self.out.append("}")

    def for_people(self, node: ast.AST) -> bool:
        """Whether a statement of a class gives words for people."""
        if not self.in_class or self.signatures is None or not isinstance(node, (ast.Assign, ast.AnnAssign)):
            return False
        target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
        return getattr(target, "id", None) in TEXTS and _is_text(node.value)

    # ---- values

    def constant(self, node: ast.Constant) -> None:
        self.out.append(ascii(node.value))

    def joined(self, node: ast.JoinedStr) -> None:
        """Versions of Python cut the constant parts of an f-string differently."""
        self.out.append("f(")
        text = ""
        for part in node.values:
            if isinstance(part, ast.Constant):
                text += str(part.value)
                continue
            self.out.append(ascii(text))
            text = ""
            self.node(part)
        self.out.append(ascii(text) + ")")

    def call(self, node: ast.Call) -> None:
        known = self.signatures.get(node.func.id, ()) if self.signatures and isinstance(node.func, ast.Name) else ()
        self.out.append("Call(")
        self.node(node.func)
        for i, argument in enumerate(node.args):
            if i < len(known) and known[i] in TEXTS and _is_text(argument):
                self.out.append(",~")
            else:
                self.out.append(",")
                self.node(argument)
        for keyword in node.keywords:
            if not (known and keyword.arg in TEXTS and _is_text(keyword.value)):
                self.node(keyword)
        self.out.append(")")

    # ---- names

    def known_as(self, name: str) -> str:
        """A local's number, or the name itself where it is not one of a function."""
        for scope in reversed(self.scopes):
            if name in scope:
                if not scope[name]:
                    self.locals += 1
                    scope[name] = f"%{self.locals}"
                return scope[name]
        return name

    def name(self, node: ast.Name) -> None:
        self.out.append(self.known_as(node.id) + " ")

    def alias(self, node: ast.alias) -> None:
        bound = node.asname or node.name.partition(".")[0]
        self.out.append(f"{node.name} as {self.known_as(bound)}")

    def argument(self, node: ast.arg) -> None:
        self.out.append(node.arg)
        if self.annotations and node.annotation is not None:
            self.out.append(":")
            self.node(node.annotation)

    def nonlocals(self, node: ast.Nonlocal) -> None:
        self.out.append(f"Nonlocal({','.join(self.known_as(name) for name in node.names)})")

    # ---- scopes

    def function(self, node: Any) -> None:
        """A function or lambda; what its head says belongs to the scope around it."""
        self.out.append(type(node).__name__ + "(" + self.known_as(getattr(node, "name", "")))
        self.value(getattr(node, "decorator_list", []))
        self.value([*node.args.defaults, *node.args.kw_defaults])
        if self.annotations and getattr(node, "returns", None) is not None:
            self.node(node.returns)
        outside, in_class = self.scopes, self.in_class
        parameters = [*node.args.posonlyargs, *node.args.args, node.args.vararg, *node.args.kwonlyargs, node.args.kwarg]
        scope: Scope = {each.arg: each.arg for each in parameters if each is not None}
        body = node.body if isinstance(node.body, list) else [node.body]
        kept = _looks_at_names(body)
        for name in _bound(body):
            scope.setdefault(name, name if kept else "")
        scope |= {name: name for each in _own(body) if isinstance(each, ast.Global) for name in each.names}
        # Names of a class body are not seen by the functions in it.
        self.scopes = [each for each in outside if _CLASS not in each] + [scope]
        self.in_class = False
        self.plain(node.args, ("defaults", "kw_defaults"))
        self.statements(node.body) if isinstance(node.body, list) else self.node(node.body)
        self.scopes, self.in_class = outside, in_class
        self.out.append(")")

    def a_class(self, node: ast.ClassDef) -> None:
        self.out.append("ClassDef(" + self.known_as(node.name))
        self.value(node.decorator_list)
        self.value(node.bases)
        self.value(node.keywords)
        outside, in_class = self.scopes, self.in_class
        self.scopes = [*outside, {_CLASS: _CLASS, **{name: name for name in _bound(node.body)}}]
        self.in_class = True
        self.statements(node.body)
        self.scopes, self.in_class = outside, in_class
        self.out.append(")")

    def comprehension(self, node: Any) -> None:
        """The first thing that is gone through belongs to the scope around it, all else to its own."""
        first = node.generators[0]
        self.out.append(type(node).__name__ + "(")
        self.node(first.iter)
        targets = (each for generator in node.generators for each in ast.walk(generator.target))
        names = {each.id: "" for each in targets if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}
        outside = self.scopes
        self.scopes = [each for each in outside if _CLASS not in each] + [dict(names)]
        for generator in node.generators:
            self.plain(generator, ("iter",) if generator is first else ())
        self.plain(node, ("generators",))
        self.scopes = outside
        self.out.append(")")

    # ---- statements

    def annotated(self, node: ast.AnnAssign) -> None:
        """An annotation makes a field of a class; anywhere else the statement is an assignment, or nothing."""
        if self.in_class:
            self.out.append("Field(")
            text = _text_of(node.annotation)
            self.out += [word for word in _NOT_FIELDS if word in text]
        elif node.value is None:
            return
        if not self.in_class:
            self.out.append("Assign(targets=[")
        self.node(node.target)
        if self.annotations:
            self.node(node.annotation)
        self.out.append(",")
        if node.value is not None:
            if not self.in_class:
                self.out.append("]value=")
            self.node(node.value)
        self.out.append(")")

    def raised(self, node: ast.Raise) -> None:
        """What kind of error, without its words."""
        self.out.append("Raise(")
        if node.exc is not None:
            self.node(node.exc.func if isinstance(node.exc, ast.Call) else node.exc)
        self.out.append(")")

    def asserted(self, node: ast.Assert) -> None:
        self.plain(node, ("msg",))


_CLASS: Final = " class"
"""Marks the scope of a class body; no name of Python begins with a space."""


def _says_nothing(node: ast.AST) -> bool:
    """Whether a statement changes nothing: a docstring or other bare constant, ``pass``, or words for tools."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, ast.ImportFrom):
        return node.module == "__future__"
    if isinstance(node, ast.Assign):
        return [getattr(target, "id", None) for target in node.targets] == ["__all__"]
    return isinstance(node, ast.Pass) or for_type_checkers(node)


def _is_text(node: ast.AST | None) -> bool:
    """Whether an expression is text, or a tuple of texts."""
    if isinstance(node, ast.Tuple):
        return all(_is_text(item) for item in node.elts)
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _text_of(node: ast.AST) -> set[str]:
    """The names in an annotation, written as text or not."""
    names = set()
    for each in ast.walk(node):
        names |= {getattr(each, "id", ""), getattr(each, "attr", "")}
        if isinstance(each, ast.Constant) and isinstance(each.value, str):
            names |= {word for word in _NOT_FIELDS if word in each.value}
    return names


def _bound(body: list[Any]) -> list[str]:
    """Names that statements bind in their own scope, in the order of the source; not those declared elsewhere's."""
    names: dict[str, None] = {}
    elsewhere: set[str] = set()
    for node in _own(body):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            names[node.id] = None
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names[node.name] = None
        elif isinstance(node, ast.alias):
            names[node.asname or node.name.partition(".")[0]] = None
        elif isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name:
            names[node.name] = None
        elif isinstance(node, ast.MatchMapping) and node.rest:
            names[node.rest] = None
        elif isinstance(node, (ast.Global, ast.Nonlocal)):
            elsewhere.update(node.names)
    return [name for name in names if name not in elsewhere]


def _own(body: list[Any]) -> Iterator[ast.AST]:
    """Nodes of one scope: functions and classes in it are met, what is in them is not."""
    todo = list(reversed(body))
    while todo:
        node = todo.pop()
        yield node
        if isinstance(node, _SCOPES):
            continue
        if isinstance(node, _COMPREHENSIONS):  # its targets are its own; what it assigns with := is not
            todo += [each.target for each in ast.walk(node) if isinstance(each, ast.NamedExpr)]
            continue
        todo += reversed(list(ast.iter_child_nodes(node)))


def _looks_at_names(body: list[Any]) -> bool:
    """Whether code looks at its own names, so that they count."""
    return any(
        isinstance(node, ast.Name) and node.id in _LOOKS_AT_NAMES for part in body for node in ast.walk(part)
    )


# --- where it is kept ---------------------------------------------------------------------------------------


def user_cache_dir() -> Path:
    """Return where this user's caches live on this platform, or what ``CGSIM_CACHE_DIR`` says."""
    chosen = os.environ.get(CACHE_VARIABLE)
    if chosen:
        return Path(chosen).expanduser()
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "cgsim"


def usable(folder: Path) -> bool:
    """Make a folder and try to write into it.

    What is read from a cache is run as code, so it has to be this user's, and nobody else may write to it, members of
    the user's group included.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if hasattr(os, "getuid"):
            status = folder.stat()
            if status.st_uid != os.getuid() or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
                return False
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False
