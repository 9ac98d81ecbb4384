"""Step two runs side by side and show the first day, phase, agent and column in which they part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from sim.cli._options import DAYS, DRIVERS, SEED, THREADS, json_option, policy_module_option, quiet_option
from sim.cli._output import print_json, table_lines

if TYPE_CHECKING:
    from sim.lab.debug import Moment, Parting, Side
    from sim.lab.engine import Driver
    from sim.lab.pairs import Parted

MOST_COLUMNS = 8
"""Columns that are shown of one moment."""


@click.command(
    name="debug",
    epilog="""\b
Examples:
  cgsim debug baseline online_channel --seed 1 --days 30
  cgsim debug baseline --seed-b 2
  cgsim debug baseline --driver-a compiled --driver-b agents --days 3
  cgsim debug baseline --set-b parameters.trust.gain=0.06 --spread 14
  cgsim debug baseline --threads-b 2 --whole --exit-code
""",
)
@click.argument("a", metavar="A")
@click.argument("b", metavar="[B]", required=False)
@click.option("--seed", type=SEED, default=1, show_default=True, help="The luck of both runs.")
@click.option("--seed-b", type=SEED, help="Another luck for B.")
@click.option(
    "--days", type=DAYS, default=30, show_default=True, help="Days after the burn-in, at most."
)
@click.option(
    "--spread",
    type=click.IntRange(1),
    default=7,
    show_default=True,
    help="Days to watch once they have parted.",
)
@click.option(
    "--whole", is_flag=True, help="Compare the burn-in, too, where it could be lived once for both."
)
@click.option("--driver-a", type=DRIVERS, default="compiled", show_default=True, help="How A is stepped.")
@click.option("--driver-b", type=DRIVERS, default="compiled", show_default=True, help="How B is stepped.")
@click.option("--threads-a", type=THREADS, default=1, show_default=True, help="Threads of A.")
@click.option("--threads-b", type=THREADS, default=1, show_default=True, help="Threads of B.")
@click.option(
    "--set", "sets", multiple=True, metavar="KEY=VALUE", help="Change one value in both. May be repeated."
)
@click.option("--set-a", "sets_a", multiple=True, metavar="KEY=VALUE", help="Change one value in A.")
@click.option("--set-b", "sets_b", multiple=True, metavar="KEY=VALUE", help="Change one value in B.")
@policy_module_option("Load policies of your own.")
@click.option("--exit-code", is_flag=True, help="End with status 1 where they part.")
@json_option
@quiet_option
def command(
    a: str,
    b: str | None,
    seed: int,
    seed_b: int | None,
    days: int,
    spread: int,
    whole: bool,
    driver_a: Driver,
    driver_b: Driver,
    threads_a: int,
    threads_b: int,
    sets: tuple[str, ...],
    sets_a: tuple[str, ...],
    sets_b: tuple[str, ...],
    policy_modules: tuple[str, ...],
    exit_code: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    """Step the scenarios A and B side by side, day by day and phase by phase, and compare every column bit by bit.

    Without B, A is compared with itself: with another seed, driver, number of threads, or value. Two runs that are the
    same until the end of their burn-in live it once, compiled, and branch from it.
    """
    from sim.scenario import load_scenario

    loaded = load_scenario(a, (*sets, *sets_a)), load_scenario(b or a, (*sets, *sets_b))

    from sim.cli._progress import run_progress
    from sim.lab.debug import Side, part

    sides = (
        Side(loaded[0], seed, driver_a, threads_a),
        Side(loaded[1], seed if seed_b is None else seed_b, driver_b, threads_b),
    )
    with run_progress("side by side", quiet) as progress:
        parting = part(*sides, days, spread, whole, progress)
    if as_json:
        print_json(_as_data(sides, parting))
    elif not quiet:
        for line in _told(sides, (sets_a, sets_b), parting):
            click.echo(line)
    return 1 if exit_code and parting.first is not None else 0


def _told(
    sides: tuple[Side, Side], sets: tuple[tuple[str, ...], tuple[str, ...]], parting: Parting
) -> list[str]:
    """What was seen, for people."""
    burn_in = sides[0].scenario.burn_in
    lines = [f"{name}: {_side(side, own)}" for name, side, own in zip("AB", sides, sets, strict=True)]
    if parting.shared:
        lines.append(f"Same seed and the same {burn_in} days of burn-in, lived once for both.")
    if parting.first is None:
        return [
            *lines,
            f"They do not part: every column is the same after every phase of {parting.lived} days.",
        ]
    lines += ["", *_moment("They part", parting.first)]
    if parting.agent is None:
        lines.append(f"No agent, demand or conflict differs in {parting.lived} days.")
    elif parting.agent.parted[0] not in parting.first.parted:
        lines += ["", *_moment("First agent", parting.agent)]
    hint = _trace(sides[0], parting.agent)
    return [*lines, *hint, "", *_spread(parting)]


def _side(side: Side, sets: tuple[str, ...]) -> str:
    """A run in one line."""
    threads = f", {side.threads} threads" if side.threads > 1 else ""
    return ", ".join([f"{side.scenario.name}, seed {side.seed}, {side.driver} driver{threads}", *sets])


def _moment(what: str, moment: Moment) -> list[str]:
    """A moment and the columns that differ in it."""
    when = "in the morning" if moment.phase == "morning" else f"in phase {moment.phase}"
    lines = [f"{what} on day {moment.day} ({moment.date}), {when}:"]
    lines += [f"  {_column(parted)}" for parted in moment.parted[:MOST_COLUMNS]]
    rest = len(moment.parted) - MOST_COLUMNS
    return lines + ([f"  and {rest} more columns (--json shows all)"] if rest > 0 else [])


def _column(parted: Parted) -> str:
    """A column in which two runs differ, with its first row."""
    meaning = f" ({parted.meaning})" if parted.meaning else ""
    agent = parted.table in _ONE
    where = f"{_ONE[parted.table]} {parted.row}, {parted.who}" if agent else f"{parted.table}, {parted.who}"
    unit = parted.table if agent else "places"
    return (
        f"{where}: {parted.column}{meaning} is {_value(parted.a)} in A and {_value(parted.b)} in B; "
        f"{parted.differing:,} of {parted.rows:,} {unit} differ"
    )


_ONE = {
    "residents": "resident",
    "workers": "worker",
    "councils": "council",
    "agencies": "agency",
    "demands": "demand",
    "conflicts": "conflict",
}


def _value(value: Any) -> str:
    """A value to the last bit."""
    return value if isinstance(value, str) else repr(value)


def _trace(side: Side, moment: Moment | None) -> list[str]:
    """How to see the reasons behind what an agent does."""
    if moment is None or moment.parted[0].table not in ("residents", "workers", "demands", "conflicts"):
        return []
    parted = moment.parted[0]
    days = max(moment.day + 1, 1)
    return [
        f"The reasons: cgsim run {side.scenario.name} --seed {side.seed} --days {days} "
        f"--trace {_ONE[parted.table]}:{parted.row}, with the --set of each side"
    ]


def _spread(parting: Parting) -> list[str]:
    """How the difference spreads: rows that differ in any column at the end of each day."""
    tables = [count.table for count in parting.evenings[0].counts]
    lines = [
        "How it spreads: rows that differ in any column at the end of the day (and rows that only A + only B has)",
    ]
    rows = []
    for evening in parting.evenings:
        cells = []
        for count in evening.counts:
            only = f" ({count.only_a}+{count.only_b})" if count.only_a or count.only_b else ""
            cells.append(f"{count.differing:,} of {count.rows:,}{only}")
        rows.append((str(evening.day), str(evening.date), *cells, f"{evening.trust:+.3g}"))
    columns = ("day", "date", *tables, "trust, B less A")
    return [*lines, *table_lines(columns, rows, range(2, len(columns)))]


def _as_data(sides: tuple[Side, Side], parting: Parting) -> dict[str, Any]:
    """What was seen as plain data."""
    from dataclasses import asdict

    def moment(found: Moment | None) -> dict[str, Any] | None:
        if found is None:
            return None
        columns = [{**asdict(parted), "meaning": parted.meaning} for parted in found.parted]
        return {"day": found.day, "date": found.date.isoformat(), "phase": found.phase, "parted": columns}

    return {
        "same": parting.first is None,
        "sides": [
            {"scenario": s.scenario.name, "seed": s.seed, "driver": s.driver, "threads": s.threads}
            for s in sides
        ],
        "burn_in_shared": parting.shared,
        "days_compared": parting.lived,
        "first": moment(parting.first),
        "agent": moment(parting.agent),
        "evenings": [{**asdict(evening), "date": evening.date.isoformat()} for evening in parting.evenings],
    }
