"""Run stored results again, in full or a sample, and say whether the same numbers come out."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.cli._options import (
    COUNT,
    DRIVERS,
    FOLDER,
    jobs_option,
    json_option,
    policy_module_option,
    quiet_option,
)
from sim.cli._output import print_json, table_lines, teller

if TYPE_CHECKING:
    from sim.analysis.again import Conclusion
    from sim.lab.engine import Driver
    from sim.lab.reproduce import Reproduction

MOST_LINES = 20
"""Outcomes that are listed where many drifted."""


@click.command(
    name="reproduce",
    epilog="""\b
Examples:
  cgsim reproduce results/paths
  cgsim reproduce results/paths --sample 12 --jobs 4
  cgsim reproduce results/paths --all --out results/paths-again
  cgsim reproduce results/baseline-seed1 --driver agents
  cgsim reproduce from-a-colleague --policy-module street_cafes.py --json
""",
)
@click.argument("results", type=click.Path(path_type=Path), metavar="RESULTS")
@click.option(
    "--all", "everything", is_flag=True, help="Repeat every finished run, and draw the conclusions again."
)
@click.option("--sample", type=COUNT, help="Repeat so many runs.  [default: 4]")
@click.option(
    "--out",
    type=FOLDER,
    help="Keep the repeated runs in this folder; they are dropped by default.",
)
@jobs_option
@click.option(
    "--driver",
    type=DRIVERS,
    help="In place of the one that was used; same results.",
)
@policy_module_option("Load policies of your own that the runs used.")
@click.option(
    "--stored-policies",
    is_flag=True,
    help="Run the copies of such policies in policy_modules/ of the folder. They are code: look at them first.",
)
@json_option
@quiet_option
def command(
    results: Path,
    everything: bool,
    sample: int | None,
    out: Path | None,
    jobs: int | None,
    driver: Driver | None,
    policy_modules: tuple[str, ...],
    stored_policies: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    """Run what the folder RESULTS holds again, and compare every number with the stored one.

    RESULTS is the folder of a comparison or of one run. Nothing else is needed: it may have been moved, and the files
    of its scenarios and experiment may be gone. The effects are also computed again from the stored runs.

    The exit status is 0 for a match (also where the last bits differ on another platform, which is said), 1 for a drift
    or a damaged file, 2 where the runs cannot be made again, and 130 after Ctrl-C.
    """
    if everything and sample is not None:
        from sim.errors import UsageError

        raise UsageError("--all and --sample exclude each other")
    from sim.cli._progress import batch_progress, run_progress
    from sim.lab.reproduce import SAMPLE, reproduce

    with (
        _place(out) as folder,
        batch_progress("repeating", quiet) as progress,
        run_progress("repeating", quiet) as days_progress,
    ):
        found = reproduce(
            results,
            folder,
            None if everything else sample or SAMPLE,
            jobs,
            driver,
            policy_modules,
            stored_policies,
            say=teller(quiet),
            progress=progress,
            days_progress=days_progress,
        )
        conclusions, said = _conclusions(found)
    status = 0 if found.matches and not any(c.sameness == "differs" for c in conclusions) else 1
    if as_json:
        print_json(_as_data(found, conclusions, status, out))
    elif not quiet or status:
        for line in (*_verdict(found), *said, *(() if out is None else (f"Repeated runs: {out}",))):
            click.echo(line)
    return status


@contextlib.contextmanager
def _place(out: Path | None) -> Iterator[Path]:
    """Where repeated runs land."""
    if out is not None:
        yield out
        return
    with tempfile.TemporaryDirectory(prefix="cgsim-reproduce-") as folder:
        yield Path(folder) / "again"


def _conclusions(found: Reproduction) -> tuple[list[Conclusion], list[str]]:
    """Effects and costs once more, from the stored runs and, if all were repeated, from the repeated ones."""
    if not found.results.comparison:
        return [], []
    from sim.analysis.again import conclude_again

    checked: list[Conclusion] = []
    said = ["Conclusions were not drawn again from the stored runs: that needs every one of them."]
    if not found.damaged:
        checked = conclude_again(found.results, found.results.folder)
        said = [f"Conclusions from the stored runs: {_same(checked)}."]
    if found.complete:
        again = conclude_again(found.again, found.results.folder)
        checked, said = [*checked, *again], [*said, f"Conclusions from the repeated runs: {_same(again)}."]
    return checked, said


def _same(conclusions: list[Conclusion]) -> str:
    """How recomputed tables compare, in words."""
    by_sameness: dict[str, list[str]] = {}
    for each in conclusions:
        by_sameness.setdefault(each.sameness, []).append(each.file)
    words = {
        "same bytes": "byte for byte the same",
        "same values": "the same values (another version of a library wrote the bytes)",
        "differs": "NOT the same",
        "not stored": "not in the folder (the comparison was not finished)",
    }
    return "; ".join(f"{', '.join(files)} {words[sameness]}" for sameness, files in by_sameness.items())


def _verdict(found: Reproduction) -> list[str]:
    """What came out, for people."""
    count = len(found.compared)
    runs = f"{count} run{'' if count == 1 else 's'}"
    values = sum(d.values for d in found.drifts)
    drifted = [d for d in found.drifts if d.status != "identical"]
    word = {"none": "a defect", "last_bits": "expected on this platform", "any": "expected with this code"}
    if not found.compared:
        lines = ["DRIFT: no run could be repeated."]
    elif not drifted:
        lines = [
            f"{'MATCH' if found.matches else 'NOT CONFIRMED'}: all {len(found.drifts)} outcomes of {runs} are the same "
            f"to the last bit ({values:,} values)."
        ]
    else:
        size = "by at most 1e-9 of their values" if found.status == "tiny" else "beyond rounding"
        if found.failed and all(d.status == "tiny" for d in drifted):
            size = "by at most 1e-9 of their values, and runs failed"
        lines = [
            f"{'MATCH' if found.matches else 'DRIFT'}: {len(drifted)} of {len(found.drifts)} outcomes of {runs} "
            f"differ, {size}; this is {word[found.origins.expected]}.",
            *_table(drifted),
        ]
    lines += [
        f"Failed this time: {scenario}, world {world}, seed {seed}: {error}"
        for (scenario, world, seed), error in found.failed.items()
    ]
    lines += [
        f"Damaged and not compared: {found.results.folder / 'runs' / run_id}.parquet (its checksum is wrong, or it is "
        "gone); --all --out FOLDER makes all of them again"
        for run_id in found.damaged
    ]
    lines += [f"Before the first day: {text}." for text in found.unlike[:MOST_LINES]]
    return [*lines, "There and here: " + "\n  ".join(found.origins.sentences())]


def _table(drifts: list[Any]) -> list[str]:
    """Outcomes that drifted, the worst first."""
    from sim.lab.drift import Drift

    def line(d: Drift) -> tuple[str, ...]:
        runs, values = f"{d.runs_differing} of {d.runs}", f"{d.values_differing:,} of {d.values:,}"
        return d.outcome, d.status, runs, values, f"{d.largest:.3g}", f"{d.largest_relative:.3g}"

    ordered = sorted(drifts, key=lambda d: (-d.largest_relative, d.outcome))
    head = ("outcome", "drift", "runs", "values", "difference", "relative")
    rest = len(ordered) - MOST_LINES
    more = [f"  and {rest} more (--json lists all)"] if rest > 0 else []
    return [*table_lines(head, map(line, ordered[:MOST_LINES]), range(2, 6)), *more]


def _as_data(
    found: Reproduction, conclusions: list[Conclusion], status: int, out: Path | None
) -> dict[str, Any]:
    """What came out as plain data; a difference without a size is null."""
    from dataclasses import asdict
    from math import isfinite

    return {
        "match": status == 0,
        "status": found.status,
        "folder": str(found.results.folder),
        "kept": None if out is None else str(out),
        "runs": {
            "finished": found.finished,
            "compared": [
                dict(zip(("scenario", "world", "seed"), row, strict=True)) for row in found.compared
            ],
            "damaged": list(found.damaged),
            "failed": [
                {"scenario": row[0], "world": row[1], "seed": row[2], "error": error}
                for row, error in found.failed.items()
            ],
        },
        "outcomes": [
            {k: None if isinstance(v, float) and not isfinite(v) else v for k, v in asdict(drift).items()}
            for drift in found.drifts
        ],
        "conclusions": [asdict(each) for each in conclusions],
        "unlike": list(found.unlike),
        "origins": {**asdict(found.origins), "meaning": found.origins.sentences()[-1]},
    }
