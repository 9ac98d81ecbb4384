"""What the lab needs to know about a simulator: how to run one, and when two runs share a beginning.

The lab takes an engine as an argument, so that its own logic (designs, stores, resuming, failures) is tested with a
simulator that is known exactly.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from sim.lab.extensions import installed_observers, installed_sources, meaning_of
from sim.lab.provenance import surroundings
from sim.model.sources import RUNS, version_of

Driver = Literal["compiled", "agents"]
ProgressHook = Callable[..., None]
"""Called as ``hook(days_done, days_in_all)`` while a run goes on."""


class Engine(Protocol):
    """A simulator, as the lab sees it; it travels to worker processes, so it has to be picklable."""

    def prepare(self) -> None:
        """Called once in each worker process before it does anything else."""

    def code_version(self) -> str:
        """Hash of everything but the scenario and the seed that decides the numbers."""

    def branch_key(self, scenario: Any) -> str:
        """Equal for two scenarios exactly if their runs are the same up to the end of the burn-in."""

    def burn_in(self, scenario: Any, seed: int, driver: Driver) -> Any | None:
        """Run the burn-in and return the state to branch from, or None where there is nothing to share."""

    def simulate(
        self,
        scenario: Any,
        seed: int,
        days: int | None,
        driver: Driver,
        state: Any | None = None,
        progress: ProgressHook | None = None,
        threads: int = 1,
    ) -> Any:
        """Run a scenario, from ``state`` if it is given; the result has daily, windows, hours, costs and meta."""


@dataclass(frozen=True)
class ModelEngine:
    """The community model.

    Attributes
    ----------
    policy_modules
        Python files or modules with policies of the user's own, as given on the command line; every worker
        process loads them before it begins.
    """

    policy_modules: tuple[str, ...] = ()

    def prepare(self) -> None:
        """Load the user's own policies."""
        if self.policy_modules:
            from sim.policies import load_module

            for name in self.policy_modules:
                load_module(name)

    def code_version(self) -> str:
        """Hash of what runs a scenario, of what is kept of a run, and of what the user's own code adds."""
        own = [*(meaning_of(name) for name in self.policy_modules), *installed_sources()]
        version = version_of((*RUNS, "sim.lab.run_file"))
        return hashlib.sha256("\n".join([version, *own]).encode()).hexdigest() if own else version

    def branch_key(self, scenario: Any) -> str:
        """See :func:`branch_key`."""
        return branch_key(scenario)

    def burn_in(self, scenario: Any, seed: int, driver: Driver) -> Any | None:
        """Run the burn-in and return its snapshot."""
        if scenario.burn_in == 0:
            return None
        from sim.model import burn_in_state

        return burn_in_state(scenario, seed=seed, driver=driver)

    def simulate(
        self,
        scenario: Any,
        seed: int,
        days: int | None,
        driver: Driver,
        state: Any | None = None,
        progress: ProgressHook | None = None,
        threads: int = 1,
    ) -> Any:
        """Run the model, branching from a snapshot if there is one."""
        from sim.model import simulate

        run = simulate(
            scenario,
            seed=seed,
            days=days,
            driver=driver,
            threads=threads,
            progress=progress,
            observers=installed_observers(),
            state=state,
        )
        run.meta["made_with"] = {"code_version": self.code_version(), **surroundings()}
        return run


def branch_key(scenario: Any) -> str:
    """Hash what a scenario is until the end of its burn-in.

    Names, the horizon, and policy blocks that have not begun by then are left out. A block without dose equals its
    absence (a promise of the model that its tests hold), so two scenarios with the same key have the same burn-in,
    day for day.

    Parameters
    ----------
    scenario
        A loaded scenario, with or without its world's parameters.

    Returns
    -------
    str
        SHA-256 in hexadecimal.
    """
    data = scenario.resolved()
    document = {name: value for name, value in data["scenario"].items() if name not in _NAMES_ONLY}
    change = scenario.start + dt.timedelta(days=scenario.burn_in)
    document["parameters"] = dict(scenario.parameters.chosen)  # what changes later has no part in the burn-in
    document.pop("shocks", None)
    blocks: Mapping[str, Any] = document.get("policies") or {}
    document["policies"] = {
        name: _until(block, change) for name, block in blocks.items() if _at_work(block, change)
    }
    text = json.dumps({**data, "scenario": document}, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


_NAMES_ONLY = ("name", "title", "question", "description", "horizon")
"""What cannot change a single day of the burn-in."""


def _at_work(block: Mapping[str, Any], change: dt.date) -> bool:
    """Whether a resolved policy block does anything before the end of the burn-in."""
    if not block["dose"]:
        return False
    return bool(block.get("from_start")) or dt.date.fromisoformat(block["start"]) < change


def _until(block: Mapping[str, Any], change: dt.date) -> dict[str, Any]:
    """A block without what becomes of it after the burn-in."""
    end = block.get("end")
    return {**block, "end": None if end is None or dt.date.fromisoformat(end) >= change else end}
