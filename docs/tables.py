"""Write the tables of the model's description from the code and the YAML, so that they cannot drift.

``python docs/tables.py`` writes ``docs/tables/*.md``; ``python docs/tables.py --check`` writes nothing and fails,
naming the tables that no longer say what the code does. ``python docs/tables.py --reach`` runs the model and writes the
table of what each lever can move (minutes).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import of_code
import of_data
import of_reach
from writing import ROOT

FOLDER = ROOT / "docs" / "tables"
NOTE = "<!-- Written by docs/tables.py (make docs). Edit the code or the YAML it comes from, not this page. -->"

TABLES: Mapping[str, Callable[[], str]] = {
    "outcomes": of_data.outcomes,
    "levers": of_data.levers,
    "policies": of_data.policies,
    "parameters": of_data.parameters,
    "scenarios": of_data.scenarios,
    "communities": of_data.communities,
    "mechanisms": of_code.mechanisms,
    "phases": of_code.phases,
    "streams": of_code.streams,
    "columns": of_code.columns,
    "rules": of_code.rules,
}


def main(arguments: list[str]) -> int:
    """Write the tables, or check them."""
    FOLDER.mkdir(exist_ok=True)
    if "--reach" in arguments:
        of_reach.write(FOLDER / "lever_reach.md")
        return 0
    check = "--check" in arguments
    stale = []
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
    missing = of_reach.missing(FOLDER / "lever_reach.md")
    if missing and check:
        print(f"lever_reach.md knows nothing of {', '.join(missing)}. Measure it with: make reach", file=sys.stderr)
    if check and (stale or missing):
        return 1
    print(f"docs/tables: {'up to date' if not stale else 'wrote ' + ', '.join(stale)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
