"""What packages are worth in the worlds of a search: their runs, and the means over them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.analysis.decisions import COST
from sim.analysis.effects import EVERYONE, RESIDENTS
from sim.analysis.packages.grid import Steps
from sim.analysis.packages.plan import WINDOW, Plan
from sim.analysis.packages.search import FAILED, Value
from sim.lab.design import Design
from sim.lab.engine import Engine
from sim.lab.runner import Progress, ProgressHook
from sim.lab.study import Study
from sim.vocabulary.outcomes import BY_NAME, HEADLINE

if TYPE_CHECKING:
    import pandas as pd


class Evaluation:
    """What packages are worth: runs them in the worlds of the search, in a comparison's folder, and says."""

    def __init__(
        self, plan: Plan, study: Study, engine: Engine, jobs: int, progress: ProgressHook | None
    ) -> None:
        self.plan, self.engine, self.jobs, self.progress = plan, engine, jobs, progress
        self.study = study
        self.version = engine.code_version()
        self.failed, self.seconds = 0, 0.0
        self.seen: list[Steps] = []

    def __call__(self, new: Sequence[Steps]) -> list[Value]:
        """The value of some packages."""
        design = self.plan.design("search", new)
        hook = self.further(self.progress)
        # At any time the folder is a comparison's that can be opened and made again like any other.
        self.seen += new
        seen = self.plan.design("search", self.seen)
        summary = self.study.do_runs(seen, self.engine, self.jobs, progress=hook, part=design)
        self.failed += len(summary.failures)
        self.seconds += summary.seconds
        table = self._horizon(design)
        return [self._value(table, self.plan.space.name(steps)) for steps in new]

    def further(self, progress: ProgressHook | None, runs: int | None = None) -> ProgressHook | None:
        """Progress of one batch as progress of all of it, after ``runs`` others; by default it is one of the search."""
        if progress is None:
            return None
        before = len(self.seen) * len(self.plan.searched) if runs is None else runs
        seconds, total = self.seconds, self.plan.runs

        def hook(part: Progress) -> None:
            done = min(before + part.done, total)
            spent = seconds + part.seconds
            left = spent / done * (total - done) if done else None
            progress(Progress(done, self.failed + part.failed, total, spent, left))

        return hook

    def _horizon(self, design: Design) -> pd.DataFrame:
        """Outcomes over the horizon of the finished runs of a design, for residents and for everybody."""
        import pandas as pd
        import pyarrow.parquet as pq

        columns = ["scenario", "world", "by", "level", *HEADLINE, COST, "delivered_share"]
        keys = list(design.keys(self.version))
        store = self.study.store
        done = store.finished([key.id for key in keys])
        parts = []
        for key in keys:
            if key.id in done:
                with open(store.run_file(key.id), "rb") as file:  # a path may look like an address
                    there = set(pq.read_schema(file).names)
                    rows = pq.read_table(
                        file,
                        columns=[name for name in columns if name in there],
                        filters=[("table", "==", "windows"), ("window", "==", WINDOW)],
                    )
                parts.append(rows.to_pandas())
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)

    def _value(self, table: pd.DataFrame, name: str) -> Value:
        """Mean gains over the worlds, in smallest changes that matter; a package that lacks a world has failed."""
        level = (
            RESIDENTS
            if ((table["by"] == RESIDENTS[0]) & (table["level"] == RESIDENTS[1])).any()
            else EVERYONE
        )
        own, base = (_by_world(table, each, level) for each in (name, self.plan.base.name))
        all_own, all_base = (_by_world(table, each, EVERYONE) for each in (name, self.plan.base.name))
        if len(own) < len(self.plan.searched) or len(base) < len(self.plan.searched):
            return FAILED
        gains = tuple(
            float((own[o] - base[o]).mean()) * BY_NAME[o].direction / BY_NAME[o].smallest_change
            for o in HEADLINE
            if o in own
        )
        delivered = all_own["delivered_share"].mean() if "delivered_share" in all_own else 1.0
        return Value(gains, float((all_own[COST] - all_base[COST]).mean()), float(delivered))


def _by_world(table: pd.DataFrame, scenario: str, level: tuple[str, str]) -> pd.DataFrame:
    """One scenario's rows of one level, by world."""
    rows = (table["scenario"] == scenario) & (table["by"] == level[0]) & (table["level"] == level[1])
    return table[rows].set_index("world")
