"""Drawing parameter values from their ranges: evenly, and by a key, so that any machine draws the same."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim.errors import UsageError
from sim.scenario.experiment_checks import below, power_of_two

if TYPE_CHECKING:
    import numpy as np


DIMENSIONS = 1024
"""Dimensions that a Sobol sequence is scrambled in at once; the scramble of each depends on how many they are."""


def keyed_generator(*key: str) -> np.random.Generator:
    """A generator whose numbers depend on the given words alone, on any machine and in any process."""
    import numpy as np

    digest = hashlib.blake2b("\0".join(key).encode(), digest_size=16).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest, "little")))


def latin_hypercube_draws(names: Sequence[str], count: int, key: str) -> np.ndarray:
    """Points of shape (count, names) in the unit cube: in each dimension one in each of ``count`` slices.

    Each dimension is drawn by its own name, so that one more moves no other.
    """
    import numpy as np

    points = np.empty((count, len(names)))
    for i, name in enumerate(names):
        generator = keyed_generator("latin_hypercube", key, name)
        points[:, i] = (generator.permutation(count) + generator.random(count)) / count
    return points


def sobol_draws(names: Sequence[str], count: int, key: str) -> np.ndarray:
    """Points of shape (count, names) in the unit cube, even in all dimensions together (scrambled Sobol).

    The first half of the points is the draw of half as many, so that a design can grow; and as more dimensions are
    scrambled than are used, one more at the end moves no other.

    Raises
    ------
    UsageError
        If the count is no power of two: between them the sequence has holes, and a Latin hypercube is the better draw.
    """
    from scipy.stats import qmc

    if not power_of_two(count):
        raise UsageError(
            f"worlds: a Sobol sequence is even at powers of two only: take {below(count)} or {2 * below(count)} rather "
            f"than {count}, or draw latin_hypercube, which takes any count"
        )
    blocks = -(-len(names) // DIMENSIONS)
    sampler = qmc.Sobol(d=blocks * DIMENSIONS, scramble=True, rng=keyed_generator("sobol", key))
    return sampler.random_base2(count.bit_length() - 1)[:, : len(names)]


def varying(specs: Mapping[str, Any], names: Sequence[str] | None) -> list[str]:
    """The parameters to vary, checked; in the order of the specifications."""
    able = {name for name, spec in specs.items() if spec.varies}
    if names is None:
        chosen = [name for name in specs if name in able and specs[name].kind != "switch"]
        if not chosen:
            raise UsageError("worlds: no parameter has a range to draw from")
        return chosen
    for name in names:
        if name not in specs:
            import difflib

            near = difflib.get_close_matches(name, list(specs), 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise UsageError(f"worlds.parameters: there is no parameter {name!r}{hint}")
        if name not in able:
            raise UsageError(f"worlds.parameters: {name} has no range to draw from")
    return [name for name in specs if name in set(names)]


def value_at(spec: Any, u: float) -> Any:
    """The value at quantile ``u`` of a parameter's range."""
    choices = (False, True) if spec.kind == "switch" else spec.choices
    if choices:
        return choices[min(int(u * len(choices)), len(choices) - 1)]
    low, high = float(spec.low), float(spec.high)
    if spec.kind == "count":
        first, last = math.ceil(low), math.floor(high)
        return min(first + int(u * (last - first + 1)), last)
    if spec.distribution == "log_uniform" and low > 0.0:
        return min(max(low, math.exp(math.log(low) + u * (math.log(high) - math.log(low)))), high)
    return min(low + u * (high - low), high)
