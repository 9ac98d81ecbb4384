"""How soon commands that only read scenario files answer, and that they load no numerical library.

Run ``python benchmarks/bench_start_up.py``. Each command runs in new processes, in turns with an empty Python.
"""

from __future__ import annotations

import json
import statistics

from common import HERE, Check, Table, child, main

HEAVY = ("numpy", "numba", "mesa", "pandas", "scipy", "pyarrow", "matplotlib", "networkx")
COMMANDS = {
    "cgsim --help": ["--help"],
    "cgsim validate": ["validate", "scenarios/full_package.yaml"],
    "cgsim explain": ["explain", "scenarios/full_package.yaml", "horizon"],
    "cgsim diff": ["diff", "scenarios/baseline.yaml", "scenarios/full_package.yaml"],
}
RUN = """
import contextlib, io, json, sys
sys.argv = ["cgsim", *{arguments!r}]
with contextlib.redirect_stdout(io.StringIO()):
    from sim.cli.main import main
    with contextlib.suppress(SystemExit):
        main()
print(json.dumps([len(sys.modules), [name for name in {heavy!r} if name in sys.modules]]))
"""
EMPTY = "import json, sys; print(json.dumps([len(sys.modules), []]))"


def measure(quick: bool) -> Table:
    codes = {"python, doing nothing": EMPTY} | {
        name: RUN.format(arguments=arguments, heavy=HEAVY) for name, arguments in COMMANDS.items()
    }
    cpu: dict[str, list[float]] = {name: [] for name in codes}
    wall: dict[str, list[float]] = {name: [] for name in codes}
    loaded: dict[str, tuple[int, list[str]]] = {}
    for _ in range(4 if quick else 12):
        for name, code in codes.items():
            out, spent, passed = child(["-c", code], cwd=HERE.parent)
            cpu[name].append(spent)
            wall[name].append(passed)
            loaded[name] = tuple(json.loads(out))
    table = Table(
        "Start-up",
        "New processes, in turns. Heavy libraries: " + ", ".join(HEAVY) + ".",
        ["command", "CPU s, least", "CPU s, median", "wall s, least", "wall s, median", "modules", "heavy libraries"],
    )
    for name in codes:
        modules, heavy = loaded[name]
        table.rows.append(
            [name, f"{min(cpu[name]):.3f}", f"{statistics.median(cpu[name]):.3f}", f"{min(wall[name]):.3f}",
             f"{statistics.median(wall[name]):.3f}", str(modules), ", ".join(heavy) or "none"]
        )
    slowest = max(statistics.median(cpu[name]) for name in COMMANDS)
    none = not any(loaded[name][1] for name in COMMANDS)
    table.checks = [
        Check("the slowest of them, median CPU time", "under 0.5 s", f"{slowest:.2f} s", slowest < 0.5),
        Check("heavy libraries loaded", "none", "none" if none else "some", none),
    ]
    return table


if __name__ == "__main__":
    main(measure, __doc__)
