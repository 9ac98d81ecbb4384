"""A community, its residents and its social workers, simulated to compare ways of organising social work.

The names below are the public face of the package. They are loaded when first touched (PEP 562), so that
``import sim`` and the commands that only read scenario files stay quick.

>>> import sim
>>> scenario = sim.load_scenario("baseline")          # doctest: +SKIP
>>> run = sim.simulate(scenario, seed=1)              # doctest: +SKIP
>>> run.windows                                       # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

# public name -> the module that defines it
_FACE = {
    "load_scenario": "sim.scenario",
    "CommunityModel": "sim.model",
    "simulate": "sim.model",
    "compare": "sim.analysis.compare",
    "load_results": "sim.lab",
}

__all__ = ["__version__", "load_scenario", "CommunityModel", "simulate", "compare", "load_results"]

if TYPE_CHECKING:
    from sim.analysis import compare
    from sim.lab import load_results
    from sim.model import CommunityModel, simulate
    from sim.scenario import load_scenario


def __getattr__(name: str) -> Any:
    """Import a public name from where it lives, once."""
    module = _FACE.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(module), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Public names, loaded or not."""
    return sorted({*globals(), *__all__})
