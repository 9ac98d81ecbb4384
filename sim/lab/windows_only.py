"""For designs of thousands of runs of which only windowed outcomes are looked at.

Daily tables take three quarters of the room and most of the time to write; a sensitivity analysis reads none of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from sim.lab.engine import Driver, Engine, ProgressHook

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class WindowsOnly:
    """A simulator whose runs hold the table ``windows`` and nothing else; all else is the engine's.

    Tables of a run that are not asked for are never made.
    """

    engine: Engine

    def prepare(self) -> None:
        """Prepare a worker process."""
        self.engine.prepare()

    def code_version(self) -> str:
        """Hash of the engine's code; what is left out of a run is said by its design, and so by its id."""
        return self.engine.code_version()

    def branch_key(self, scenario: Any) -> str:
        """Equal for scenarios with the same burn-in."""
        return self.engine.branch_key(scenario)

    def burn_in(self, scenario: Any, seed: int, driver: Driver) -> Any | None:
        """Run the burn-in and return the state to branch from."""
        return self.engine.burn_in(scenario, seed, driver)

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
        """Run a scenario and keep its windows."""
        run = self.engine.simulate(scenario, seed, days, driver, state, progress, threads)
        return SimpleNamespace(windows=run.windows, meta=run.meta, **_no_tables())


@cache
def _no_tables() -> dict[str, pd.DataFrame]:
    """The other tables of a run, without a row; nobody writes into them."""
    import pandas as pd

    kinds = {"day": "int64", "date": "datetime64[ns]", "by": "str", "level": "str"}
    daily = pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})
    return {"daily": daily, "hours": pd.DataFrame(), "costs": pd.DataFrame()}
