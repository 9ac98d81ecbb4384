"""What a behaviour rule may be written with, so that Python and Numba give the same bits.

Measured on Python 3.11 to 3.13 with Numba 0.68: plain arithmetic and the functions below agree in every bit; ``x**2``,
``0.5**x`` and ``math.pow`` with a constant, NumPy's ufuncs, ``hypot`` and ``gamma`` do not, and the builtin ``sum`` is
compensated from Python 3.12.
"""

from __future__ import annotations

import ast

SAME_BITS = {
    "sqrt", "exp", "log", "log1p", "expm1", "tanh", "erf", "pow", "fabs", "floor", "ceil", "isnan", "isfinite",
    "pi", "e", "inf", "nan",
}  # fmt: skip
RAISES_IN_PYTHON = {"exp", "expm1", "log", "log1p"}  # Numba returns inf or nan where Python raises
FORBIDDEN_NAMES = {
    "sum": "sum() is compensated from Python 3.12 and not in Numba; write the loop",
    "pow": "builtin pow() is not math.pow(); write the product, or math.pow with two variables",
    "np": "rules use math, not NumPy",
    "numpy": "rules use math, not NumPy",
    "hash": "hash() differs between processes",
    "print": "rules do not print",
    "open": "rules do not read files",
}


def rule_problems(source: str, module: str = "sim.rules.example") -> list[str]:
    """Say, as ``LINE: what is wrong``, where a rule file breaks the rules."""
    tree = ast.parse(source)
    problems: list[tuple[int, str]] = []

    def wrong(node: ast.AST, message: str) -> None:
        problems.append((getattr(node, "lineno", 1), message))

    if not ast.get_docstring(tree):
        wrong(tree, "the file has no docstring")
    for node in ast.walk(tree):
        _imports(node, wrong)
        _arithmetic(node, wrong)
        if isinstance(node, ast.Name) and node.id in FORBIDDEN_NAMES:
            wrong(node, FORBIDDEN_NAMES[node.id])
        elif isinstance(node, ast.Global | ast.Nonlocal):
            wrong(node, "no global state")
        elif isinstance(node, ast.ClassDef):
            _parameters(node, wrong)
        elif isinstance(node, ast.FunctionDef):
            _function(node, wrong)
    return [f"{line}: {message}" for line, message in sorted(problems)]


def _imports(node: ast.AST, wrong) -> None:
    """Only math and typing, and other rules."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            if alias.name not in {"math", "typing"} or alias.asname:
                wrong(node, f"rules import only math and typing, not {alias.name}")
    elif isinstance(node, ast.ImportFrom):
        name = node.module or ""
        ours = node.level == 1 or name == "sim.rules" or name.startswith("sim.rules.")
        if name == "math":
            wrong(
                node, "write `import math` and `math.exp`, so that the reader and this lint see what is used"
            )
        elif name != "typing" and not ours:
            wrong(node, f"rules import only math and typing, not {name}")


def _arithmetic(node: ast.AST, wrong) -> None:
    """No power, no reduction, only functions that agree in every bit."""
    if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Pow):
        wrong(node, "`**` gives other bits in Numba; write the product, or math.pow with two variables")
    if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.MatMult):
        wrong(node, "`@` is a reduction; write the loop")
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "math":
        if node.attr not in SAME_BITS:
            wrong(node, f"math.{node.attr} has not been shown to give the same bits in Numba")
    called = _math_call(node)
    if called == "pow" and any(_is_constant(argument) for argument in node.args):  # type: ignore[attr-defined]
        wrong(node, "math.pow with a constant gives other bits in Numba; both arguments must be variables")


def _math_call(node: ast.AST) -> str | None:
    """``exp`` for ``math.exp(...)``; None for anything else."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        owner = node.func.value
        if isinstance(owner, ast.Name) and owner.id == "math":
            return node.func.attr
    return None


def _is_constant(node: ast.AST) -> bool:
    if isinstance(node, ast.UnaryOp):
        return _is_constant(node.operand)
    return isinstance(node, ast.Constant)


def _parameters(node: ast.ClassDef, wrong) -> None:
    """Records are documented NamedTuples of numbers; ``Parameters`` are floats whose values come from the scenario."""
    if not ast.get_docstring(node):
        wrong(node, f"class {node.name} has no docstring")
    if [ast.unparse(base) for base in node.bases] not in (["NamedTuple"], ["typing.NamedTuple"]):
        wrong(node, f"class {node.name}: parameters are a NamedTuple, and rules have no other classes")
        return
    kinds = {"float"} if node.name.endswith("Parameters") else {"float", "int", "bool"}
    for field in node.body:
        if isinstance(field, ast.AnnAssign):
            if ast.unparse(field.annotation) not in kinds:
                wrong(
                    field,
                    f"{node.name}.{ast.unparse(field.target)} must be a float: another type is another compile",
                )
            if field.value is not None:
                wrong(field, f"{node.name}.{ast.unparse(field.target)}: its value belongs in parameters.yaml")


def _function(node: ast.FunctionDef, wrong) -> None:
    """Documented and typed where public; exp and log guarded wherever they stand."""
    if not node.name.startswith("_"):
        if not ast.get_docstring(node):
            wrong(node, f"{node.name}() has no docstring")
        arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        if node.returns is None or any(argument.annotation is None for argument in arguments):
            wrong(node, f"{node.name}() is not fully typed")
    if node.args.defaults or any(default is not None for default in node.args.kw_defaults):
        wrong(node, f"{node.name}(): a default is a number in code; it belongs in parameters.yaml")
    bounded = {
        target.id
        for statement in ast.walk(node)
        if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None
        for target in (statement.targets if isinstance(statement, ast.Assign) else [statement.target])
        if isinstance(target, ast.Name) and _is_bounded(statement.value, set())
    }
    # `if total <= 0.0: return ...` bounds `total` for what follows
    bounded |= {
        name.id
        for branch in ast.walk(node)
        if isinstance(branch, ast.If) and isinstance(branch.body[-1], ast.Return)
        for compared in ast.walk(branch.test)
        if isinstance(compared, ast.Compare)
        for name in (compared.left, *compared.comparators)
        if isinstance(name, ast.Name)
    }
    for call in ast.walk(node):
        if _math_call(call) in RAISES_IN_PYTHON and not _is_bounded(call.args[0], bounded):  # type: ignore[attr-defined]
            wrong(
                call,
                f"{ast.unparse(call)}: clamp the argument with min() or max(); Python raises where Numba does not",
            )


def _is_bounded(node: ast.AST, bounded: set[str]) -> bool:
    """Whether an expression shows a bound: min(), max() or a clamp in it, a name so bounded, or a lone parameter."""
    if isinstance(node, ast.Attribute):
        return True  # `p.spread`: its range is declared in parameters.yaml and held at load
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name):
            if inner.func.id in {"min", "max"} or "clamp" in inner.func.id or "clip" in inner.func.id:
                return True
        if isinstance(inner, ast.Name) and inner.id in bounded:
            return True
    return False
