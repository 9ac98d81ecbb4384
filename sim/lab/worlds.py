"""Parameter worlds: sets of parameter values that are all consistent with what is known.

Every world is run under every scenario with the same seeds, so that a difference between two scenarios is never a
difference between two worlds.
"""

from __future__ import annotations

import csv
import hashlib
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import NotFoundError, UsageError

if TYPE_CHECKING:
    import numpy as np

MATCHED_TABLE = "matched_worlds.csv"
"""The history-matched worlds, beside the scenarios."""
POINT = "point"
"""The world in which every parameter has its written value."""


@dataclass(frozen=True)
class World:
    """One set of parameter values, as they would be written in YAML; those not named keep the scenario's."""

    id: str
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Hash of the values alone: a world's name does not change its runs."""
        text = "\n".join(f"{name}={self.values[name]!r}" for name in sorted(self.values))
        return hashlib.sha256(text.encode()).hexdigest()


def keyed_generator(*key: str) -> np.random.Generator:
    """A generator whose numbers depend on the given words alone, on any machine and in any process."""
    import numpy as np

    digest = hashlib.blake2b("\0".join(key).encode(), digest_size=16).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest, "little")))


def point_world() -> tuple[World, ...]:
    """The one world of the written values."""
    return (World(POINT),)


def latin_hypercube(
    specs: Mapping[str, Any], names: Sequence[str] | None, count: int, key: str
) -> tuple[World, ...]:
    """Draw worlds from the parameters' ranges, each parameter's range covered evenly.

    Parameters
    ----------
    specs
        Parameter specifications by name (``sim.scenario``).
    names
        Parameters to vary; by default every one that has a range or choices, but no switches: those are
        mechanisms and treatments.
    count
        Number of worlds.
    key
        Words that the draw depends on, such as the experiment's name and seed.

    Returns
    -------
    tuple of World
        Uniform in the unit the parameter is written in, or in its logarithm where the specification says so.

    Raises
    ------
    UsageError
        If a name is unknown or cannot vary.
    """
    from scipy.stats import qmc

    chosen = _variable(specs, names)
    if count < 1:
        raise UsageError(f"worlds: count is at least 1, not {count}")
    sampler = qmc.LatinHypercube(d=len(chosen), rng=keyed_generator("latin_hypercube", key))
    draws = sampler.random(count)
    width = len(str(count))
    return tuple(
        World(
            f"w{i + 1:0{width}d}",
            {name: value_at(specs[name], float(u)) for name, u in zip(chosen, draws[i], strict=True)},
        )
        for i in range(count)
    )


def matched_worlds(path: Path, specs: Mapping[str, Any], count: int | None, key: str) -> tuple[World, ...]:
    """Take worlds from a table of those that were kept by history matching.

    Parameters
    ----------
    path
        A CSV file, or a YAML file with a list ``worlds``: first the world's id, then one column a parameter.
    specs
        Parameter specifications by name, to tell numbers from words and to refuse unknown names.
    count
        How many to take, in an order drawn by ``key``: the first four of sixteen are the four of four. All by
        default.

    Raises
    ------
    NotFoundError
        If the file is not there.
    UsageError
        If the table has unknown parameters, or fewer worlds than asked for.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise NotFoundError(f"{path}: the table of matched worlds is not there") from None
    rows = _yaml_rows(text) if path.suffix in (".yaml", ".yml") else list(csv.DictReader(io.StringIO(text)))
    if not rows:
        raise UsageError(f"{path}: holds no worlds")
    id_column = next(iter(rows[0]))
    worlds = [
        World(
            str(row[id_column]),
            {
                name: _read(specs, name, value, path)
                for name, value in row.items()
                if name != id_column and value not in ("", None)
            },
        )
        for row in rows
    ]
    if len({world.id for world in worlds}) < len(worlds):
        raise UsageError(f"{path}: a world's id stands in the table twice")
    if count is None:
        return tuple(worlds)
    if not 1 <= count <= len(worlds):
        raise UsageError(f"{path}: holds {len(worlds)} worlds, {count} were asked for")
    order = keyed_generator("matched", key).permutation(len(worlds))
    return tuple(worlds[i] for i in order[:count])


def make_worlds(
    draw: str,
    count: int | None,
    names: Sequence[str] | None,
    baseline: Any,
    name: str,
    seed: int,
    table: Path | None = None,
) -> tuple[World, ...]:
    """Make the parameter worlds of an experiment.

    Parameters
    ----------
    draw
        ``point``, ``latin_hypercube`` or ``matched``.
    count
        How many; all there are where a table is given and it is None.
    names
        Parameters to vary (of a Latin hypercube); every one with a range by default.
    baseline
        The scenario whose parameters are varied.
    name, seed
        What the draw depends on.
    table
        The table of matched worlds; the shipped one by default.
    """
    key = f"{name}/{seed}"
    specs = baseline.parameters.specs
    if draw == "point":
        if count not in (None, 1):
            raise UsageError(
                "worlds: draw 'point' is one world; use seeds for more runs of it, or latin_hypercube"
            )
        return point_world()
    if draw == "latin_hypercube":
        return latin_hypercube(specs, names, 16 if count is None else count, key)
    if draw == "matched":
        if names is not None:
            raise UsageError(
                "worlds: matched worlds say themselves which parameters vary; leave parameters out"
            )
        return matched_worlds(table or _shipped_table(), specs, count, key)
    raise UsageError(f"worlds: draw is point, latin_hypercube or matched, not {draw!r}")


def table_beside(path: Path) -> Path | None:
    """The table of matched worlds in the scenarios that an experiment's file stands beside, if there is one."""
    table = path.resolve().parent.parent / "scenarios" / MATCHED_TABLE
    return table if table.is_file() else None


def _shipped_table() -> Path:
    """The table of matched worlds in the current folder's scenarios, or among the shipped ones."""
    from sim.scenario.finder import shipped

    own = Path.cwd() / "scenarios" / MATCHED_TABLE
    return own if own.is_file() else shipped("scenarios") / MATCHED_TABLE


def worlds_csv(worlds: Iterable[World]) -> str:
    """The worlds as a table: the id, then each varied parameter in name order."""
    worlds = list(worlds)
    names = sorted({name for world in worlds for name in world.values})
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["world", *names])
    for world in worlds:
        writer.writerow([world.id, *(world.values.get(name, "") for name in names)])
    return out.getvalue()


def _variable(specs: Mapping[str, Any], names: Sequence[str] | None) -> list[str]:
    """The parameters to vary, in name order, checked."""
    able = {name for name, spec in specs.items() if spec.varies}
    if names is None:
        chosen = sorted(name for name in able if specs[name].kind != "switch")
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
    return sorted(set(names))


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


def _read(specs: Mapping[str, Any], name: str, value: Any, path: Path) -> Any:
    """A cell of a table as the value of its parameter."""
    if name not in specs:
        raise UsageError(
            f"{path}: there is no parameter {name!r}; the table belongs to another community or version"
        )
    spec = specs[name]
    if spec.choices or not isinstance(value, str):
        return value
    if spec.kind == "switch":
        return value.strip().lower() in ("true", "on", "1", "yes")
    try:
        return int(value) if spec.kind == "count" else float(value)
    except ValueError:
        raise UsageError(f"{path}: {name}: not a number (got {value!r})") from None


def _yaml_rows(text: str) -> list[dict[str, Any]]:
    """Rows of a YAML table: ``worlds: [{world: id, name: value, ...}]``, or ``worlds: {id: {name: value}}``."""
    import yaml

    data = yaml.safe_load(text)
    worlds = data.get("worlds") if isinstance(data, dict) else data
    if isinstance(worlds, dict):
        return [{"world": name, **(values or {})} for name, values in worlds.items()]
    return list(worlds or [])
