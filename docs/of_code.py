"""Tables written from the source: mechanisms, phases, streams, columns of state, rules."""

from __future__ import annotations

import ast
import re
from collections import Counter

from writing import GRADES, ROOT, between, first_paragraph, link, module, read_yaml, table

MECHANISM = re.compile(r"\bM\d{1,2}\b")
# what a phase serves where its own description names no mechanism
SERVES = {"movement": "M0, M11", "outreach": "M2, M10, M12", "service": "M5, M7, M9, M12, M13, M15"}
STREAM = re.compile(r'INDEX\["([a-z_.]+)"\]')


def mechanisms() -> str:
    """Every mechanism, where its rules are, what it rests on, and what switching it off sets."""
    from sim.vocabulary.mechanisms import MECHANISMS

    files: dict[str, list[str]] = {}
    for file in sorted((ROOT / "sim" / "rules").glob("*.py")):
        head = first_paragraph(ast.get_docstring(module(f"sim/rules/{file.name}"))).split(":")[0]
        for found in MECHANISM.findall(head):
            files.setdefault(found, []).append(f"sim/rules/{file.name}")
    given = read_yaml(ROOT / "scenarios" / "parameters.yaml")["parameters"].values()
    graded = {m.id: Counter(p["grade"] for p in given if p["mechanism"] == m.id) for m in MECHANISMS}
    rows = [
        (m.id, m.name, m.summary, ", ".join(link(file) for file in files.get(m.id, [])),
         ", ".join(f"{count} {grade}" for grade in GRADES if (count := graded[m.id][grade])) or "none of its own",
         ", ".join(f"`{name}` = {value:g}" for name, value in m.off.items()))
        for m in MECHANISMS
    ]  # fmt: skip
    head = ("", "mechanism", "in short", "rules", "its parameters by grade", "switched off by setting")
    return "# Mechanisms\n\n" + table(head, rows)


def phases() -> str:
    """The thirteen phases in their order: file, what happens, mechanisms, rules, streams."""
    order = next(
        node for node in module("sim/model/phases/__init__.py").body
        if isinstance(node, ast.AnnAssign) and getattr(node.target, "id", "") == "PHASES"
    )
    assert isinstance(order.value, ast.Tuple)
    rows = []
    for number, name in enumerate((item.id for item in order.value.elts if isinstance(item, ast.Name)), start=1):
        paths = [f"sim/model/phases/{name}.py", *also_in(name)]
        told = "sim/model/service/__init__.py" if name == "service" else paths[0]
        about = first_paragraph(ast.get_docstring(module(told)))
        text = "\n".join((ROOT / path).read_text(encoding="utf-8") for path in paths)
        what = about.partition(": ")[2] or about
        found = sorted(set(MECHANISM.findall(about)), key=lambda mechanism: int(mechanism[1:]))
        drawn = sorted(set(STREAM.findall(text)))
        used = sorted({rule for path in paths for rule in rules_used(path)})
        rows.append(
            (number, name, what[0].upper() + what[1:], ", ".join(found) or SERVES.get(name, ""),
             ", ".join(f"`{rule}`" for rule in used), ", ".join(f"`{stream}`" for stream in drawn),
             ", ".join(link(path) for path in paths))
        )  # fmt: skip
    head = ("", "phase", "what happens", "mechanisms", "rules it applies", "streams it draws from", "files")
    return "# A day: the phases in their order\n\n" + table(head, rows)


def also_in(phase: str) -> list[str]:
    """Further files that a phase consists of."""
    if phase == "service":
        return [f"sim/model/service/{file.name}" for file in sorted((ROOT / "sim/model/service").glob("[a-z]*.py"))]
    return {"participation": ["sim/model/elections.py"], "movement": ["sim/model/persons.py"],
            "policies": ["sim/model/levers.py"]}.get(phase, [])  # fmt: skip


def rules_used(path: str) -> set[str]:
    """Modules of ``sim.rules`` that a file imports."""
    found = set()
    for node in ast.walk(module(path)):
        if isinstance(node, ast.ImportFrom) and node.module == "sim.rules":
            found |= {alias.name for alias in node.names if (ROOT / "sim/rules" / f"{alias.name}.py").exists()}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sim.rules."):
            found.add((node.module or "").split(".")[2])
    return found - {"functions"}


def streams() -> str:
    """Every random stream and where it is drawn from."""
    from sim.vocabulary.streams import STREAMS

    texts = {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted((ROOT / "sim" / "model").rglob("*.py"))
        if "agents" not in path.parts  # the other driver draws the same
    }
    rows = [
        (f"`{name}`", ", ".join(link(path) for path, text in texts.items() if f'"{name}"' in text) or "nowhere")
        for name in STREAMS
    ]
    return (
        "# Streams of chance\n\nA draw is a function of the seed, the stream's name, the key of whom it is about, "
        "the day and an index. Nothing else in the model is random.\n\n" + table(("stream", "drawn in"), rows)
    )


def columns() -> str:
    """Every column of the state, as declared in ``sim/model/columns.py``."""
    from sim.model.columns import TABLES

    parts = [
        "# State: every column\n\nTimes are days since the start of the burn-in. What is saved is enough to go on from "
        "any morning; the rest is derived. A worker also has `familiarity` with each block, in [0, 1], saved."
    ]
    for name, declared in TABLES.items():
        rows = [
            (f"`{c.name}`", c.meaning, f"`{c.dtype}`", between(c.lower, c.upper), "saved" if c.saved else "derived")
            for c in declared
        ]
        parts.append(f"## {name.capitalize()}\n\n" + table(("column", "meaning", "type", "bounds", ""), rows))
    return "\n\n".join(parts)


def rules() -> str:
    """Every public rule, from the source itself: what the model's processes are made of."""
    parts = ["# Processes: the rules of behaviour"]
    for file in sorted((ROOT / "sim" / "rules").glob("*.py")):
        if file.name == "__init__.py":
            continue
        tree = module(f"sim/rules/{file.name}")
        rows = [
            (f"`{node.name}`", first_paragraph(ast.get_docstring(node)))
            for node in tree.body
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        ]
        if rows:
            about = first_paragraph(ast.get_docstring(tree))
            parts.append(f"## {link(f'sim/rules/{file.name}')}\n\n{about}\n\n" + table(("rule", "what it says"), rows))
    return "\n\n".join(parts)
