"""A simulator whose outcomes are known functions of a world's parameters, of luck, or of both."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from tests.fakes import Parameters, Spec

Function = Callable[[dict[str, Any], Any], Any]
"""Of a world's values and its seed; those of closed form take arrays as well."""
G_WEIGHTS = (0.0, 1.0, 4.5, 9.0)


def luck(*key: Any) -> float:
    """A standard normal draw that depends on its key alone."""
    digest = hashlib.blake2b(repr(key).encode(), digest_size=8).digest()
    return float(np.random.default_rng(int.from_bytes(digest, "little")).normal())


def ishigami(x: dict[str, Any], seed: Any = 0) -> Any:
    """Ishigami and Homma (1990) with a = 7, b = 0.1."""
    return np.sin(x["f.x1"]) + 7.0 * np.sin(x["f.x2"]) ** 2 + 0.1 * x["f.x3"] ** 4 * np.sin(x["f.x1"])


def sobol_g(x: dict[str, Any], seed: Any = 0) -> Any:
    """Sobol's g function of four unit variables."""
    product: Any = 1.0
    for k, a in enumerate(G_WEIGHTS):
        product *= (abs(4.0 * x[f"g.u{k + 1}"] - 2.0) + a) / (1.0 + a)
    return product


def ishigami_indices() -> dict[str, tuple[float, float]]:
    """First-order and total indices, in closed form."""
    a, b = 7.0, 0.1
    one = 0.5 * (1.0 + b * math.pi**4 / 5.0) ** 2
    two = a * a / 8.0
    joint = b * b * math.pi**8 * (1.0 / 18.0 - 1.0 / 50.0)
    v = one + two + joint
    return {"f.x1": (one / v, (one + joint) / v), "f.x2": (two / v, two / v), "f.x3": (0.0, joint / v)}


def g_indices() -> dict[str, tuple[float, float]]:
    """First-order and total indices, in closed form."""
    own = [1.0 / (3.0 * (1.0 + a) ** 2) for a in G_WEIGHTS]
    v = math.prod(1.0 + each for each in own) - 1.0
    return {
        f"g.u{k + 1}": (each / v, each * math.prod(1.0 + other for other in own) / (1.0 + each) / v)
        for k, each in enumerate(own)
    }


ANGLES = tuple(Spec(f"f.x{k}", 0.0, -math.pi, math.pi) for k in (1, 2, 3))
UNITS = tuple(Spec(f"g.u{k}", 0.5, 0.0, 1.0) for k in (1, 2, 3, 4))


@dataclass(frozen=True)
class KnownScenario:
    """A scenario with parameters of our own."""

    name: str
    specs: tuple[Spec, ...]
    changed: tuple[tuple[str, Any], ...] = ()
    title: str = ""
    question: str = ""
    burn_in: int = 0
    horizon: int = 1
    policies: tuple[Any, ...] = ()
    community: Any = field(
        default_factory=lambda: SimpleNamespace(name="known", population=1, blocks=(), groups=())
    )

    @property
    def parameters(self) -> Parameters:
        parameters = Parameters({**{spec.name: spec.value for spec in self.specs}, **dict(self.changed)})
        parameters.specs = {spec.name: spec for spec in self.specs}  # type: ignore[misc]
        return parameters

    @property
    def hash(self) -> str:
        return hashlib.sha256(repr((self.name, sorted(self.changed))).encode()).hexdigest()

    def resolved(self) -> dict[str, Any]:
        return {"name": self.name}

    def with_parameters(self, values: Any) -> KnownScenario:
        return replace(self, changed=tuple({**dict(self.changed), **values}.items()))


@dataclass(frozen=True)
class KnownEngine:
    """Outcomes of each scenario: functions of the world's values and the seed, by headline outcome."""

    functions: dict[str, dict[str, Function]]
    fails: Callable[[dict[str, float], int], bool] | None = None

    def prepare(self) -> None:
        pass

    def code_version(self) -> str:
        return "known"

    def branch_key(self, scenario: Any) -> str:
        return "shared"

    def burn_in(self, scenario: Any, seed: int, driver: Any) -> None:
        return None

    def simulate(self, scenario, seed, days, driver, state=None, progress=None, threads=1):  # type: ignore[no-untyped-def]
        values = dict(scenario.parameters)
        if self.fails is not None and self.fails(values, seed):
            raise ValueError("this world cannot be simulated")
        known = self.functions[scenario.name]
        row = {name: known[name](values, seed) if name in known else 0.0 for name in
               ("participation_30d", "trust", "conflicts_per_1000")}  # fmt: skip
        windows = pd.DataFrame([{"window": "horizon", "by": "scope", "level": "residents", **row}])
        return SimpleNamespace(windows=windows, meta={})
