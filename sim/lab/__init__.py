"""Many runs: which ones (design), on what (executors), in what order (runner), and where they land (store).

>>> from sim.lab import load_results
>>> results = load_results("results/paths")              # doctest: +SKIP
>>> results.windows.query("window == 'horizon'")         # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

_FACE = {
    "Design": "sim.lab.design",
    "World": "sim.lab.worlds",
    "design_from_experiment": "sim.lab.request",
    "design_from_scenarios": "sim.lab.request",
    "Engine": "sim.lab.engine",
    "ModelEngine": "sim.lab.engine",
    "run_batch": "sim.lab.runner",
    "Store": "sim.lab.store",
    "Results": "sim.lab.results",
    "load_results": "sim.lab.results",
}

__all__ = [
    "Design",
    "Engine",
    "ModelEngine",
    "Results",
    "Store",
    "World",
    "design_from_experiment",
    "design_from_scenarios",
    "load_results",
    "run_batch",
]

if TYPE_CHECKING:
    from sim.lab.design import Design
    from sim.lab.engine import Engine, ModelEngine
    from sim.lab.request import design_from_experiment, design_from_scenarios
    from sim.lab.results import Results, load_results
    from sim.lab.runner import run_batch
    from sim.lab.store import Store
    from sim.lab.worlds import World


def __getattr__(name: str) -> Any:
    """Import a public name from where it lives, once: the command line must not pay for pandas to say hello."""
    module = _FACE.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(module), name)
    globals()[name] = value
    return value
