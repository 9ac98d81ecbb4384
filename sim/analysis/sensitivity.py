"""What matters: which of the uncertain parameters carry the conclusions.

Three stages, each a comparison's folder of its own that goes on where it was broken off:

1. ``screening``: Morris trajectories over every parameter with a range; by a stated rule it says which matter at all.
2. ``indices``: Sobol indices of those, with everything else moved together and luck as a factor.
3. ``confirm-...``: the leading parameters one at a time through their whole range, here and in a large community.

What comes of it are tables (``tables/*.csv``), a page and figures (``sim.report``).
"""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.analysis.confirm import agreement, full_range_effects, one_at_a_time
from sim.analysis.indices import FEWEST, LARGE_SHARE, decompose, read_values, screen
from sim.analysis.measure_next import carried, leading, measure_next, turned_verdicts
from sim.analysis.sampling import Sample, SampledDesign, index_sample, screening_sample, uncertain
from sim.analysis.sensitivity_plan import KIND, PAGE, Plan, Sensitivity, Size, write_tables
from sim.errors import RunError, UsageError
from sim.lab.design import Design, Task
from sim.lab.engine import Engine
from sim.lab.estimate import measure, spoken
from sim.lab.files import write_json
from sim.lab.folder import refuse_clearing
from sim.lab.provenance import provenance
from sim.lab.results import Results
from sim.lab.run_file import LAYOUT
from sim.lab.runner import ProgressHook, default_jobs
from sim.lab.store import Store
from sim.lab.study import first_error, open_study
from sim.lab.worlds import world_key

if TYPE_CHECKING:
    import pandas as pd


def run_sensitivity(
    plan: Plan,
    folder: Path,
    engine: Engine,
    jobs: int | None = None,
    fresh: bool = False,
    say: Callable[[str], None] | None = None,
    progress: ProgressHook | None = None,
) -> Sensitivity:
    """Do what is missing of an analysis and draw conclusions.

    Parameters
    ----------
    plan, folder, engine
        What to analyse, where it lands, and with what.
    jobs
        Processes; as many as there are processors by default.
    fresh
        Forget the runs that are there.
    say
        Told before each stage what will be done and how long it will take.
    progress
        Told how far a stage is.

    Raises
    ------
    UsageError
        If SALib is not installed.
    RunError
        If so many runs failed that no index can be computed.
    """
    _need_salib()
    work = _Work(
        plan, folder, engine, default_jobs() if jobs is None else jobs, fresh, say, progress
    )
    with open_study(folder, KIND) as study:
        if fresh and study.before is not None:
            refuse_clearing(folder, study.before, plan.name)
        with study.staged(_concludes) as place:  # conclusions of an earlier analysis are not those of this one
            write_json(place / "manifest.json", work.manifest())
        tables = work.all_stages()
        found = Sensitivity(folder, work.manifest(), tables, work.failures)
        with study.staged() as place:
            write_tables(found, place)
    return found


class _Work:
    """The stages of one analysis, with what each leaves for the next."""

    def __init__(
        self, plan: Plan, folder: Path, engine: Engine, jobs: int, fresh: bool,
        say: Callable[[str], None] | None, progress: ProgressHook | None,
    ) -> None:  # fmt: skip
        self.plan, self.folder, self.engine, self.jobs = plan, folder, engine, jobs
        self.say, self.progress, self.fresh = say, progress, fresh
        self.failures: dict[str, dict[str, Any]] = {}
        self.notes: dict[str, Any] = {}
        self.version = engine.code_version()
        self.names, self.idle = uncertain(plan.scenarios, plan.baseline)
        self.specs = plan.scenarios[plan.baseline].parameters.specs
        self.world_seconds: dict[str, float | None] = {}

    def manifest(self) -> dict[str, Any]:
        """What was asked and what came of it, for ``manifest.json``."""
        plan, base = self.plan, self.plan.scenarios[self.plan.baseline]
        return {
            "layout": LAYOUT,
            "kind": KIND,
            "name": plan.name,
            "community": str(getattr(base.community, "name", "")),
            "community_title": str(
                getattr(base.community, "title", "") or getattr(base.community, "name", "")
            ),
            "population": getattr(base.community, "population", None),
            "baseline": plan.baseline,
            "scenarios": {name: each.title or name for name, each in plan.scenarios.items()},
            "scenario_hashes": {name: each.hash for name, each in plan.scenarios.items()},
            "size": {name: getattr(plan.size, name) for name in Size.__slots__},
            "burn_in": base.burn_in,
            "window": plan.window,
            "first_seed": plan.first_seed,
            "parameters": {"varied": len(self.names), "of_policies_not_at_work": len(self.idle)},
            "luck": "a factor of both samples: points that differ in a parameter alone share their seed",
            "rules": {"screening_share": LARGE_SHARE},
            "keeps": "windowed outcomes of every run, no daily ones",
            **self.notes,
            **provenance(),
            "code_version": self.version,
        }

    def all_stages(self) -> dict[str, pd.DataFrame]:
        """Screen, decompose, rank and confirm."""

        plan = self.plan
        key = world_key(plan.scenarios[plan.baseline], plan.first_seed, "sensitivity")
        size = plan.size
        self.tell(
            f"Screening: {len(self.names)} parameters, {size.trajectories} trajectories; then Sobol indices of at most "
            f"{size.keep} of them (up to {size.blocks * (size.keep + 4):,} worlds more)."
        )
        sample = screening_sample(self.specs, self.names, self.idle, size.trajectories, plan.first_seed, key)
        results = self.stage(
            "screening", self.design("morris", sample), FEWEST["trajectories"] * sample.block
        )
        screening = screen(sample, read_values(results, sample, plan.window))
        kept, passed = leading(screening, size.keep, [name for name in self.names if name not in self.idle])
        self.notes["screened"] = {"passed": passed, "kept": kept, "worlds": len(sample.worlds)}
        if not kept:
            raise RunError(
                "no parameter moves any outcome by more than luck does: all that varies here is luck, and there is "
                "nothing to decompose. More trajectories (--size large) see smaller effects"
            )
        self.tell(f"{passed} of {len(self.names)} parameters passed the screening; {len(kept)} get indices.")
        sample = index_sample(self.specs, self.names, kept, size.blocks, plan.first_seed, key)
        results = self.stage("indices", self.design("sobol", sample), 8 * sample.block)
        values = read_values(results, sample, plan.window)
        indices, resampled = decompose(sample, values)
        shares = carried(indices, resampled)
        turned, by_chance, verdict_count = turned_verdicts(sample, values, kept, key=key)
        ranking = measure_next(shares, turned, screening, self.specs, verdict_count)
        self.notes["verdicts"] = {"count": verdict_count, "turned_by_chance": round(by_chance, 2)}
        self.notes["index_worlds"] = len(sample.worlds)
        tables = {
            "screening": screening,
            "indices": indices,
            "measure_next": ranking,
            "turned": turned,
            "totals": shares,
        }
        return {**tables, **self.confirm(list(ranking["factor"][: size.confirm]))}

    def confirm(self, names: list[str]) -> dict[str, pd.DataFrame]:
        """Move the leading parameters one at a time, here and in the large community."""
        import pandas as pd

        if not names or not self.plan.large:
            return {}
        plan, parts = self.plan, {}
        for place, scenarios, days in (
            ("small", plan.scenarios, plan.size.days), ("large", plan.large, plan.large_days),
        ):  # fmt: skip
            title = f"one parameter at a time, {place}"
            design = one_at_a_time(scenarios, names, plan.first_seed, days, plan.driver, title)
            results = self.stage(f"confirm-{place}", design, 1)
            parts[place] = full_range_effects(results, names, plan.window)
        base = next(iter(plan.large.values()))
        self.notes["confirmed_at"] = {
            "community": str(base.community.name),
            "population": base.community.population,
        }
        table = pd.concat([part.assign(place=place) for place, part in parts.items()], ignore_index=True)
        return {"confirm": table, "agreement": agreement(parts["small"], parts["large"])}

    def design(self, draw: str, sample: Sample) -> SampledDesign:
        """The runs of a sample."""
        plan = self.plan
        return SampledDesign(
            name=f"{plan.name}-{draw}", title=f"Sensitivity, {draw} sample", scenarios=plan.scenarios,
            worlds=sample.worlds, seeds_of=sample.seeds, first_seed=plan.first_seed, days=plan.size.days,
            driver=plan.driver, draw=draw,
        )  # fmt: skip

    def stage(self, name: str, design: Design, needed: int) -> Results:
        """Do the runs of one stage that are missing."""
        with open_study(self.folder / name, "comparison") as study:
            summary = study.do_runs(
                design,
                self.engine,
                self.jobs,
                fresh=self.fresh,
                announce=lambda: self.announce(name, design, study.store),
                progress=self.progress,
            )
        self.failures |= summary.failures
        if summary.done < min(needed, summary.total):
            raise RunError(
                f"{name}: only {summary.done} of {summary.total} runs went well: {first_error(summary)}"
            )
        return study.load()

    def announce(self, name: str, design: Design, store: Store) -> float | None:
        """Say what a stage consists of and how long it should take."""
        if self.say is None:
            return None
        ids = [key.id for key in design.keys(self.version)]
        done = store.finished(ids)
        tasks = design.tasks(self.version, self.engine.branch_key, done, self.jobs)
        text = f"{name}: {len(design.worlds):,} worlds, {len(design.scenarios)} scenarios each: {len(ids):,} runs"
        if done:
            text += f", of which {len(done):,} are there already"
        expected = None
        if tasks:
            base = design.scenarios[design.baseline]
            if base.hash not in self.world_seconds:
                self.world_seconds[base.hash] = _seconds_of(design, tasks[0], self.engine)
            each = self.world_seconds[base.hash]
            expected = None if each is None else each * len(tasks) / min(self.jobs, len(tasks))
        self.tell(text + (f"; {spoken(expected)}." if expected is not None else "."))
        return expected

    def tell(self, text: str) -> None:
        """Say something, if anybody listens."""
        if self.say is not None:
            self.say(text)


def _seconds_of(design: Design, task: Task, engine: Engine) -> float | None:
    """Time one world's runs, once the code is compiled; None where they fail (the batch will say why)."""
    scenarios = [design.in_world(key.scenario, task.world) for key in task.runs]
    measure(engine, scenarios[0], task.seed, design.driver)
    began = time.perf_counter()
    try:
        state = engine.burn_in(scenarios[0], task.seed, design.driver)
        for scenario in scenarios:
            _ = engine.simulate(scenario, task.seed, design.days, design.driver, state).windows
    except Exception:
        return None
    return time.perf_counter() - began


def _concludes(name: str) -> bool:
    """Whether a file that we wrote says what came of an analysis."""
    return name == PAGE or name.startswith(("tables/", "figures/"))


def _need_salib() -> None:
    """Say what to install where the library for designs and indices is missing."""
    if importlib.util.find_spec("SALib") is None:
        raise UsageError(
            "a sensitivity analysis needs SALib, which is not installed. "
            "Install it with: pip install 'community-governance-sim[sensitivity]'"
        )
