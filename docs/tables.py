"""Write the tables of the model's description from the code and the YAML, so that they cannot drift.

``python docs/tables.py`` writes ``docs/tables/*.md``; ``python docs/tables.py --check`` writes nothing and fails,
naming the tables that no longer say what the code does.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "tables"
NOTE = (
    "<!-- Written by docs/tables.py (make docs). Edit the code or the YAML it comes from, not this page. -->"
)
DIRECTION = {1: "higher is better", -1: "lower is better", 0: "neither"}


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A Markdown table; bars and line ends inside a cell are escaped."""
    lines = [list(head), *([str(cell) for cell in row] for row in rows)]
    cells = [[" ".join(cell.replace("|", "\\|").split()) for cell in line] for line in lines]
    rule = "|" + "---|" * len(cells[0])
    return (
        "\n".join(f"| {' | '.join(line)} |" for line in cells[:1])
        + "\n"
        + rule
        + "\n"
        + "\n".join(f"| {' | '.join(line)} |" for line in cells[1:])
    )


def first_sentence(text: str | None) -> str:
    """The first paragraph of a docstring, on one line."""
    return " ".join((text or "").strip().split("\n\n")[0].split())


def outcomes() -> str:
    """Every outcome, by pillar."""
    from sim.vocabulary.outcomes import OUTCOMES

    rows = [
        (f"`{o.name}`", o.label, o.definition, o.unit, DIRECTION[o.direction], o.pillar, o.smallest_change)
        for o in OUTCOMES
    ]
    head = ("name", "label", "definition", "unit", "direction", "pillar", "smallest change that matters")
    return "# Outcomes\n\n" + table(head, rows)


def levers() -> str:
    """Every lever a policy can set."""
    from sim.vocabulary.levers import LEVERS

    rows = [
        (
            f"`{x.name}`",
            x.description,
            x.axis.replace("_", " and "),
            x.unit,
            x.combine,
            "yes" if x.hours else "no",
        )
        for x in LEVERS
    ]
    head = (
        "lever",
        "what it does",
        "set for each",
        "unit",
        "two policies combine by",
        "needs workers' hours",
    )
    return "# Levers\n\n" + table(head, rows)


def mechanisms() -> str:
    """Every mechanism, and what switching it off sets."""
    from sim.vocabulary.mechanisms import MECHANISMS

    rows = [
        (
            m.id,
            m.name,
            m.summary,
            ", ".join(f"`{name}` = {value:g}" for name, value in m.off.items()) or "none",
        )
        for m in MECHANISMS
    ]
    return "# Mechanisms\n\n" + table(("", "mechanism", "in short", "switched off by"), rows)


def rules() -> str:
    """Every public rule, from the source itself: what the model's processes are made of."""
    parts = ["# Processes: the rules of behaviour"]
    for file in sorted((ROOT / "sim" / "rules").glob("*.py")):
        if file.name == "__init__.py":
            continue
        tree = ast.parse(file.read_text(encoding="utf-8"))
        rows = [
            (f"`{node.name}`", first_sentence(ast.get_docstring(node)))
            for node in tree.body
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        ]
        if rows:
            source = f"[`sim/rules/{file.name}`](../../sim/rules/{file.name})"
            parts.append(
                f"## {source}\n\n{first_sentence(ast.get_docstring(tree))}\n\n"
                + table(("rule", "what it says"), rows)
            )
    return "\n\n".join(parts)


def parameters() -> str:
    """Every parameter of the shipped model, as written in ``scenarios/parameters.yaml``."""
    import yaml

    data = yaml.safe_load((ROOT / "scenarios" / "parameters.yaml").read_text(encoding="utf-8"))
    rows = []
    for name, entry in data["parameters"].items():
        spread = entry.get("range")
        choices = entry.get("choices")
        allowed = (
            f"{spread[0]} to {spread[1]}" if spread else " or ".join(str(choice) for choice in choices or ())
        )
        rows.append(
            (f"`{name}`", entry.get("description", ""), entry["value"], entry.get("unit", ""), allowed,
             entry.get("mechanism", ""), entry.get("grade", ""), entry.get("source", ""))
        )  # fmt: skip
    head = ("parameter", "what it is", "value", "unit", "range", "mechanism", "grade", "source")
    return f"# Parameters\n\n{len(rows)} of them.\n\n" + table(head, rows)


def policies() -> str:
    """The fourteen policies: what each does, where it comes from, how it can do harm, and what it touches."""
    from sim.policies import BUILT_IN, get

    parts = ["# Policies"]
    for name in BUILT_IN:
        policy = get(name)
        touches = ", ".join(f"`{lever}`" for lever in policy.touches)
        settings = ", ".join(f"`policy.{name}.{setting}`" for setting in policy.reads)
        parts.append(
            f"## {policy.title} (`{name}`)\n\n{policy.summary}\n\n**How it can do harm.** {policy.harm}\n\n"
            f"Paper: section {policy.section}. Evidence: {', '.join(policy.claims) or 'none'}. "
            f"Levers: {touches}. Settings: {settings}."
        )
    return "\n\n".join(parts)


TABLES: Mapping[str, Callable[[], str]] = {
    "outcomes": outcomes,
    "levers": levers,
    "mechanisms": mechanisms,
    "rules": rules,
    "policies": policies,
    "parameters": parameters,
}


def main(arguments: list[str]) -> int:
    """Write the tables, or check them."""
    sys.path.insert(0, str(ROOT))
    check = "--check" in arguments
    stale = []
    FOLDER.mkdir(exist_ok=True)
    for name, make in TABLES.items():
        file = FOLDER / f"{name}.md"
        text = f"{NOTE}\n\n{make()}\n"
        if file.exists() and file.read_text(encoding="utf-8") == text:
            continue
        stale.append(str(file.relative_to(ROOT)))
        if not check:
            file.write_text(text, encoding="utf-8")
    if stale and check:
        print(f"Out of date: {', '.join(stale)}. Write them again with: make docs", file=sys.stderr)
        return 1
    print(f"docs/tables: {'up to date' if not stale else 'wrote ' + ', '.join(stale)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
