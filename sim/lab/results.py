"""Reading results back as tidy pandas frames, whether they come from one run or from a comparison."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import NotFoundError, RunError, UsageError
from sim.lab.checksums import AGAIN, read_checked, read_list
from sim.lab.manifest import RESULTS, read_manifest
from sim.lab.rows import ROWS, check_outcomes, may_hold, no_outcomes, only
from sim.lab.run_file import KEYS, TABLES
from sim.lab.store import Store, damaged
from sim.lab.tables import first_line, read_csv, read_stored
from sim.scenario.in_short import in_short
from sim.vocabulary.outcomes import HEADLINE

if TYPE_CHECKING:
    import pandas as pd

WRITTEN = (
    "effects",
    "delivery",
    "costs",
    "variance",
    "cost_effect",
    "frontier",
    "acceptability",
    "versus",
    "equity",
    "who_gains",
)
"""What a comparison concludes from its runs, each as a Parquet file in its folder."""
STATUSES = ("ok", "failed", "timed_out", "missing")
"""How a planned run can have ended."""
OF_FACTORIAL = "interactions"
"""What it concludes, too, where its experiment has a factorial of two policies or more."""


@in_short(
    lambda self: {
        "folder": self.folder,
        "kind": self.manifest.get('kind'),
        "name": self.manifest.get('name') or self.baseline,
        "scenarios": ', '.join(self.scenarios),
    }
)
class Results:
    """A results folder, opened for reading; frames are read when first asked for.

    Every frame begins with the columns ``scenario``, ``world`` and ``seed``. A folder of a single run has one of
    each. Runs that failed or are missing are simply not in the frames; ``runs`` says which.
    """

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)
        self.manifest = read_manifest(self.folder)
        kind = self.manifest["kind"]
        if kind not in RESULTS:
            raise NotFoundError(f"{self.folder}: holds a {kind}, not the results of a comparison or run")
        listed = read_list(self.folder)
        if kind == "run" and listed is not None and listed.unsettled:
            raise NotFoundError(
                f"{self.folder}: its files are being replaced by another run's, or were when that was broken off; run "
                "it again"
            )
        self._tables: dict[str, pd.DataFrame] = {}
        self._whole: set[str] = set()

    @property
    def baseline(self) -> str:
        """Name of the scenario that others are compared against (of a single run: its own)."""
        return str(self.manifest.get("baseline") or self.manifest["scenario"]["name"])

    @cached_property
    def scenarios(self) -> tuple[str, ...]:
        """Names of the scenarios, the baseline first."""
        return tuple(self.manifest["scenarios"]) if self.comparison else (self.baseline,)

    @property
    def comparison(self) -> bool:
        """Whether the folder holds many runs rather than one."""
        return bool(self.manifest["kind"] == "comparison")

    @property
    def experiment(self) -> dict[str, Any]:
        """What was asked: name, title, question, baseline, scenarios with their titles, worlds, outcomes."""
        self._of_comparison("an experiment")
        return dict(self.manifest["experiment"])

    @cached_property
    def daily(self) -> pd.DataFrame:
        """One row a run, day and level; of a comparison the headline outcomes.

        The others are had by ``read("daily", outcomes=[...], levels=[("scope", "residents")])``; see ``store`` for
        what a comparison keeps of each level.
        """
        return self.read("daily", HEADLINE if self.comparison else None)

    @cached_property
    def windows(self) -> pd.DataFrame:
        """One row a run, window and level, with one column an outcome."""
        return self.read("windows")

    @cached_property
    def hours(self) -> pd.DataFrame:
        """Workers' hours by use, one row a run, window and use."""
        return self.read("hours")

    @cached_property
    def costs(self) -> pd.DataFrame:
        """Hours and money by item: of a comparison over all worlds and beside the baseline, else as in the run.

        ``read("costs")`` gives those of each run.
        """
        return self.written("costs") if self.comparison else self.read("costs")

    @cached_property
    def parameters(self) -> pd.DataFrame:
        """One row a parameter of the baseline: value, unit, range, grade, source, and whether worlds varied it."""
        self._of_comparison("a table of parameters")
        return read_csv(self.folder / "parameters.csv", ("name", "value"))

    @cached_property
    def runs(self) -> pd.DataFrame:
        """One row a planned run: id, scenario, world, seed, status (ok, failed, timed_out, missing) and error."""
        import pandas as pd

        if self.comparison:
            path = self.folder / "runs.csv"
            runs = read_csv(path, ("id", *KEYS, "status", "error"))
            if len(other := runs.loc[~runs["status"].isin(STATUSES), "status"]):
                raise RunError(f"{path}: damaged, a run's status is {other.iloc[0]!r}; {AGAIN}")
            return runs
        own = self.manifest
        return pd.DataFrame(
            [
                {
                    "id": own["hash"],
                    "scenario": self.baseline,
                    "world": "point",
                    "seed": own["seed"],
                    "status": "ok",
                    "error": "",
                }
            ]
        )

    @cached_property
    def worlds(self) -> pd.DataFrame:
        """One row a parameter world: its id, and the value of each varied parameter as written in YAML."""
        import pandas as pd

        if not self.comparison:
            return pd.DataFrame({"world": ["point"]})
        return read_csv(self.folder / "worlds.csv", ("world",))

    @cached_property
    def effects(self) -> pd.DataFrame:
        """Paired effects against the baseline, as the comparison wrote them."""
        return self.written("effects")

    def written(self, name: str) -> pd.DataFrame:
        """A table of conclusions, one of :data:`WRITTEN`, that the comparison wrote when it ended.

        The columns are in docs/results.md. A comparison that has not ended, an older one, or one without a factorial
        where interactions are asked for, raises NotFoundError.
        """
        if name not in (*WRITTEN, OF_FACTORIAL):
            raise ValueError(f"name is one of {', '.join((*WRITTEN, OF_FACTORIAL))}, not {name!r}")
        self._of_comparison(f"a table {name!r}")
        if name not in self._tables:
            path = self.folder / f"{name}.parquet"
            if not path.exists():
                raise NotFoundError(
                    f"{path}: not there; the comparison has not ended yet, and its command writes it when it does"
                )
            self._tables[name] = read_stored(self.folder, name)
        return self._tables[name]

    def _of_comparison(self, what: str) -> None:
        """Say that a single run has nothing of the kind."""
        if not self.comparison:
            raise NotFoundError(f"{self.folder}: holds one run, and only a comparison has {what}")

    def forget(self) -> None:
        """Read conclusions and the list of runs anew when they are next asked for."""
        self._tables.clear()
        for name in ("effects", "costs", "runs"):
            self.__dict__.pop(name, None)

    def read(
        self,
        table: str,
        outcomes: Sequence[str] | None = None,
        levels: Iterable[tuple[str, str]] | None = None,
    ) -> pd.DataFrame:
        """Read one table, or the part of it that is asked for.

        Parameters
        ----------
        table
            ``daily``, ``windows``, ``hours`` or ``costs``.
        outcomes
            Columns wanted beside those that say what a row is; all of them by default.
        levels
            Pairs of ``by`` and ``level``, such as ``("scope", "residents")``; all by default.

        Raises
        ------
        UsageError
            If there is no such outcome, here or in the vocabulary.
        RunError
            If a file is damaged or not there.
        """
        if table not in TABLES:
            raise ValueError(f"table is one of {', '.join(TABLES)}, not {table!r}")
        import pandas as pd

        if isinstance(outcomes, str):
            raise UsageError(f"outcomes: a list of names, as in [{outcomes!r}]")
        pairs = None if levels is None else list(levels)
        frame = (self._comparison_table if self.comparison else self._single_table)(table, outcomes, pairs)
        if "date" in frame.columns:
            frame["date"] = pd.to_datetime(frame["date"])
        return frame

    def run(self, run_id: str) -> dict[str, pd.DataFrame]:
        """The tables of one finished run, by name, as stored and without the columns that say which run it is.

        Raises
        ------
        RunError
            If its file is damaged or not there.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            if not self.comparison:
                return {name: read_stored(self.folder, name) for name in TABLES}
            with open(self._run_file(run_id), "rb") as file:  # a path may look like an address
                whole = pq.read_table(file).to_pandas()
        except (OSError, pa.ArrowException) as error:
            again = "the comparison's command makes it again" if self.comparison else "run it again"
            raise RunError(f"{self.folder}: a run cannot be read ({error}); {again}") from error
        others = no_outcomes()
        return {
            name: whole.loc[
                whole["table"] == name,
                [
                    *(n for n in ROWS[name] if n in whole),
                    *(() if name in ("hours", "costs") else (n for n in whole if n not in others)),
                ],
            ].reset_index(drop=True)
            for name in TABLES
        }

    def _run_file(self, run_id: str) -> Path:
        """The file of a finished run, checked against its checksum when it is first asked for."""
        path = Store(self.folder).run_file(run_id)
        if run_id not in self._whole:
            if damaged(path):
                raise RunError(f"{path}: damaged since it was written; the comparison's command makes it again")
            self._whole.add(run_id)
        return path

    def _single_table(
        self, table: str, outcomes: Sequence[str] | None, levels: list[tuple[str, str]] | None
    ) -> pd.DataFrame:
        """One table of a single run's folder."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        columns = None if outcomes is None else [*ROWS[table], *outcomes]
        path = self.folder / f"{table}.parquet"
        try:
            content = io.BytesIO(read_checked(path))
            check_outcomes(outcomes, pq.read_schema(content).names, path)
            part = pq.read_table(content, columns=columns)
        except (OSError, pa.ArrowException) as error:
            raise RunError(f"{path}: cannot be read ({first_line(error)}); run it again") from error
        frame = only(part, levels).to_pandas()
        for place, (key, value) in enumerate(
            zip(KEYS, (self.baseline, "point", self.manifest["seed"]), strict=True)
        ):
            frame.insert(place, key, value)
        return frame

    def _comparison_table(
        self, table: str, outcomes: Sequence[str] | None, levels: list[tuple[str, str]] | None
    ) -> pd.DataFrame:
        """One table of all finished runs, in the order of the design."""
        import pyarrow as pa
        import pyarrow.compute as pc
        import pyarrow.parquet as pq

        rows = ROWS[table]
        parts = []
        for run_id in self.runs.loc[self.runs["status"] == "ok", "id"]:
            try:
                with open(self._run_file(run_id), "rb") as content:  # a path may look like an address
                    file = pq.ParquetFile(content)
                    check_outcomes(outcomes, file.schema_arrow.names, self.folder)
                    others = no_outcomes() if outcomes is None else set()
                    wanted = [*KEYS, *rows, *(outcomes or (n for n in file.schema_arrow.names if n not in others))]
                    groups = [g for g in range(file.num_row_groups) if may_hold(file, g, table)]
                    there = set(file.schema_arrow.names)  # older runs do not say what of a policy was delivered
                    columns = [name for name in dict.fromkeys(wanted) if name in there]
                    part = file.read_row_groups(groups, columns=["table", *columns])
            except (OSError, pa.ArrowException) as error:
                path = Store(self.folder).run_file(run_id)
                raise RunError(f"{path}: cannot be read ({error}); the comparison's command makes it again") from error
            part = part.filter(pc.equal(part["table"], table)).drop_columns(["table"])
            parts.append(only(part, levels))
        if not parts:
            raise NotFoundError(f"{self.folder}: no finished run")
        frame = pa.concat_tables(parts, promote_options="permissive").to_pandas()
        if table in ("hours", "costs"):
            return frame[[name for name in (*KEYS, *rows) if name in frame]]
        return frame


def load_results(path: Path | str) -> Results:
    """Open a results folder written by ``cgsim run`` or ``cgsim compare``.

    Parameters
    ----------
    path
        The folder, or its ``manifest.json``.

    Raises
    ------
    NotFoundError
        If it is not a results folder.
    LayoutError
        If another version of cgsim made it, in a layout that this one does not read.
    """
    if not isinstance(path, (str, Path)):
        raise UsageError(f"results: the path of a folder, not {path!r}")
    path = Path(path)
    return Results(path.parent if path.name == "manifest.json" else path)


__all__ = ["OF_FACTORIAL", "WRITTEN", "Results", "load_results"]
