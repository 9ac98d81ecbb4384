"""How long building a community takes, and how much memory: people, households and contacts.

Run ``python benchmarks/bench_build.py``. The targets: full Xicheng under a second, a million residents under 15 seconds
and one gigabyte. Each size is built in a process of its own, so that its peak memory is its own; the first build in a
process loads compiled kernels from the cache, the best of the later ones is the warm time.
"""

import argparse
import json
import subprocess
import sys
import time
from dataclasses import replace


def build(people: int | None, seed: int, repeats: int) -> dict[str, float]:
    """Build a community of about ``people`` (the declared number if None) and measure it."""
    started = time.perf_counter()
    from sim import load_scenario
    from sim.model.contacts import build_contacts
    from sim.model.population import build_population

    scenario = load_scenario("baseline")
    imported = time.perf_counter() - started
    community = scenario.community
    if people is not None:
        scale = people / sum(group.size for group in community.groups)
        community = replace(
            community, groups=tuple(replace(group, size=round(group.size * scale)) for group in community.groups)
        )
    times = []
    for _ in range(repeats + 1):
        started = time.perf_counter()
        population = build_population(community, scenario.parameters, seed)
        middle = time.perf_counter()
        contacts = build_contacts(community, population, scenario.parameters)
        times.append((middle - started, time.perf_counter() - middle))
    warm = min(times[1:], key=sum)
    return {
        "residents": len(population), "contacts": len(contacts.indices), "import_s": imported, "first_s": sum(times[0]),
        "people_s": warm[0], "contacts_s": warm[1], "warm_s": sum(warm), "peak_mb": peak_memory(),
    }


def peak_memory() -> float:
    """Most memory this process has held, in MB; not a number where the platform does not say."""
    try:
        import resource
    except ImportError:
        return float("nan")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, help="build only this many, in this process, and print JSON")
    parser.add_argument("--declared", action="store_true", help="build what the community declares, likewise")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    if arguments.people or arguments.declared:
        print(json.dumps(build(arguments.people, arguments.seed, arguments.repeats)))
        return
    common = ["--seed", str(arguments.seed), "--repeats", str(arguments.repeats)]
    print(f"{'residents':>10} {'contacts':>10} {'import s':>9} {'first s':>8} {'people s':>9} {'contacts s':>11} "
          f"{'warm s':>7} {'peak MB':>8}")
    for size in (["--declared"], ["--people", "250000"], ["--people", "1000000"]):
        done = subprocess.run([sys.executable, __file__, *size, *common], check=True, stdout=subprocess.PIPE, text=True)
        r = json.loads(done.stdout)
        print(f"{r['residents']:>10,} {r['contacts']:>10,} {r['import_s']:>9.2f} {r['first_s']:>8.3f} "
              f"{r['people_s']:>9.3f} {r['contacts_s']:>11.3f} {r['warm_s']:>7.3f} {r['peak_mb']:>8.0f}")


if __name__ == "__main__":
    main()
