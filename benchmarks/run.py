"""All benchmarks, one after the other, each in a process of its own: ``make bench``.

Run ``python benchmarks/run.py [--quick] [--only NAME ...]``. Prints the tables as they come and writes them to
``benchmarks/results/``. Exits with 1 if a target was missed, so that a loss of speed does not go unseen.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
from dataclasses import asdict

from common import HERE, RESULTS, Check, Table, child, machine

BENCHMARKS = ("speed", "drivers", "contact_choice", "build", "start_up", "first_compile")


def run_one(name: str, quick: bool) -> Table:
    """Run one benchmark in a new process."""
    printed, _, _ = child([str(HERE / f"bench_{name}.py"), "--json", *(["--quick"] if quick else [])])
    data = json.loads(printed.splitlines()[-1])
    return Table(**{**data, "checks": [Check(**check) for check in data["checks"]]})


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer repetitions")
    parser.add_argument("--only", nargs="+", choices=BENCHMARKS, default=BENCHMARKS, help=", ".join(BENCHMARKS))
    arguments = parser.parse_args()
    before = machine()
    tables = {}
    for name in arguments.only:
        print(f"({name} ...)", file=sys.stderr, flush=True)
        tables[name] = run_one(name, arguments.quick)
        print(tables[name].markdown(), flush=True)
    write(tables, before)
    missed = [check.what for table in tables.values() for check in table.checks if not check.met]
    print("All targets met." if not missed else "Targets missed: " + "; ".join(missed) + ".")
    return 1 if missed else 0


def write(tables: dict[str, Table], before: dict[str, object]) -> None:
    """Write what was measured; benchmarks that were left out keep what was measured last."""
    RESULTS.mkdir(exist_ok=True)
    store = RESULTS / "latest.json"
    kept = json.loads(store.read_text(encoding="utf-8")) if store.is_file() else {"benchmarks": {}}
    stamp = dt.datetime.now(dt.UTC).strftime("%Y-%m-%d %H:%M UTC")
    for name, table in tables.items():
        kept["benchmarks"][name] = {"measured": stamp, "machine": before, **asdict(table)}
    kept["benchmarks"] = {name: kept["benchmarks"][name] for name in BENCHMARKS if name in kept["benchmarks"]}
    store.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    parts = ["# Speed and size", "", "Written by `make bench`. Ratios carry to other machines, seconds do not.", ""]
    for entry in kept["benchmarks"].values():
        entry = dict(entry)
        when, on = entry.pop("measured"), entry.pop("machine")
        table = Table(**{**entry, "checks": [Check(**check) for check in entry["checks"]]})
        where = f"{on['processor']}, {on['cores']} cores, load {on['load']} before, Python {on['python']}, {when}"
        parts += [table.markdown(), f"({where})", ""]
    (RESULTS / "latest.md").write_text("\n".join(parts), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
