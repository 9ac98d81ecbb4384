"""The communities that are measured: Xicheng with everything on, and one of a million made from it."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # benchmarks run from a checkout, installed or not

WARM_UP = 45
"""Days before measuring: policies start after ten and have ramped up, queues have filled."""


def everything_on(*sets: str) -> Any:
    """Full-size Xicheng, every mechanism and policy on."""
    from sim import load_scenario

    return load_scenario("full_package", sets=("burn_in=10", "horizon=1000", *sets))


def enlarged(folder: Path, times: int = 17) -> Path:
    """Write Xicheng ``times`` over, quarters, residents and staff, with every policy on; return the scenario's path."""
    import yaml

    from sim.scenario.finder import shipped

    class Loader(yaml.SafeLoader):
        """Reads 18_29 as the name of an age band, where YAML 1.1 sees the number 1829."""

    whole = "tag:yaml.org,2002:int"
    Loader.yaml_implicit_resolvers = {
        first: [pair for pair in pairs if pair[0] != whole] for first, pairs in Loader.yaml_implicit_resolvers.items()
    }
    Loader.add_implicit_resolver(whole, re.compile(r"[-+]?[0-9]+$"), list("-+0123456789"))
    community = yaml.load((shipped() / "communities" / "xicheng.yaml").read_text(encoding="utf-8"), Loader)
    community["name"] = "many_xichengs"
    community["blocks"] = {
        f"{name}_{k + 1}": dict(block) for k in range(times) for name, block in community["blocks"].items()
    }
    for group in community["groups"].values():
        group["size"]["value"] *= times
        group["size"].pop("range", None)
    for agency in community["agencies"].values():
        agency["staff"]["value"] *= times
        agency["staff"].pop("range", None)
    target = folder / "scenarios" / "communities" / "many_xichengs.yaml"
    target.parent.mkdir(parents=True)
    target.write_text(yaml.safe_dump(community, allow_unicode=True, sort_keys=False), encoding="utf-8")
    scenario = {
        "schema": 1, "kind": "scenario", "name": "a_million", "title": "A million residents",
        "question": "What does a day cost at a million?", "extends": "full_package", "community": "many_xichengs",
        "burn_in": 10, "horizon": 1000,
    }
    path = folder / "scenarios" / "a_million.yaml"
    path.write_text(yaml.safe_dump(scenario, sort_keys=False), encoding="utf-8")
    return path


def parted(a: Any, b: Any) -> list[str]:
    """Names of the columns and counts in which two worlds differ in any bit."""
    import numpy as np

    names = []
    for table in ("residents", "workers", "agencies", "councils"):
        for name in getattr(a, table)._fields:
            if getattr(getattr(a, table), name).tobytes() != getattr(getattr(b, table), name).tobytes():
                names.append(f"{table}.{name}")
    for table in ("demands", "conflicts"):
        one, other = getattr(a, table), getattr(b, table)
        for name in one.columns._fields:
            x, y = (getattr(store.columns, name)[: store.count] for store in (one, other))
            if x.tobytes() != y.tobytes():
                names.append(f"{table}.{name}")
    for name in ("flows", "stocks", "institution", "hours"):
        if np.asarray(getattr(a, name)).tobytes() != np.asarray(getattr(b, name)).tobytes():
            names.append(name)
    return names
