"""Parameter worlds: sets of parameter values that are all consistent with what is known.

Every world is run under every scenario with the same seeds, so that a difference between two scenarios is never a
difference between two worlds.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import NotFoundError, UsageError
from sim.lab.drawing import keyed_generator, latin_hypercube_draws, sobol_draws, value_at, varying
from sim.lab.tables import as_it_was, no_formula
from sim.scenario.in_short import in_short

if TYPE_CHECKING:
    import numpy as np

__all__ = [
    "CALENDAR",
    "CHOSEN",
    "DRAWN",
    "MATCHED_TABLE",
    "POINT",
    "World",
    "keyed_generator",
    "latin_hypercube",
    "latin_hypercube_blocks",
    "make_worlds",
    "matched_worlds",
    "point_world",
    "sobol",
    "table_beside",
    "uncertain_names",
    "without_choices",
    "world_key",
    "worlds_csv",
]

MATCHED_TABLE = "matched_worlds.csv"
"""The history-matched worlds, beside the scenarios."""
POINT = "point"
"""The world in which every parameter has its written value."""


DRAWN = 16
"""Worlds drawn from ranges where nothing says how many."""
CHOSEN = ("policy.workforce.posts",)
"""Parameters with a range that a planner sets: how many posts a programme of staff adds is its dose, and no unknown.
Claims hold it for the same reason. Drawn from 0 to 120, "ten more posts" would be another programme in each world."""
CALENDAR = (
    "hours.workdays",
    "policy.representative_elections.first_after_days",
    "policy.representative_elections.every_days",
)
"""Parameters with a range that are matters of calendar, not of ignorance: history matching leaves them alone."""


@in_short(
    lambda self: {
        "id": self.id,
        "values": len(self.values),
    }
)
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


def point_world() -> tuple[World, ...]:
    """The one world of the written values."""
    return (World(POINT),)


def latin_hypercube(
    specs: Mapping[str, Any], names: Sequence[str] | None, count: int, key: str, before: int = 0
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
        Words that the draw depends on (:func:`world_key`).
    before
        Worlds that were drawn already; the names go on from there.

    Returns
    -------
    tuple of World
        Uniform in the unit the parameter is written in, or in its logarithm where the specification says so.

    Raises
    ------
    UsageError
        If a name is unknown or cannot vary.
    """
    return _drawn(latin_hypercube_draws, specs, names, count, key, before)


def latin_hypercube_blocks(
    specs: Mapping[str, Any], names: Sequence[str] | None, blocks: Sequence[int], key: str
) -> tuple[World, ...]:
    """Draw worlds in blocks, each a Latin hypercube of its own, so that the first blocks stay as more are added.

    A Latin hypercube cannot grow: one of 32 worlds does not contain one of 16.
    """
    worlds: list[World] = []
    for i, count in enumerate(blocks):
        worlds += latin_hypercube(specs, names, count, f"{key}/{i}", len(worlds))
    return tuple(worlds)


def sobol(specs: Mapping[str, Any], names: Sequence[str] | None, count: int, key: str) -> tuple[World, ...]:
    """Draw worlds as :func:`latin_hypercube` does, but from a scrambled Sobol sequence (see ``sobol_draws``)."""
    return _drawn(sobol_draws, specs, names, count, key)


def _drawn(
    draws: Callable[[Sequence[str], int, str], np.ndarray],
    specs: Mapping[str, Any],
    names: Sequence[str] | None,
    count: int,
    key: str,
    before: int = 0,
) -> tuple[World, ...]:
    """Worlds from points of the unit cube."""
    chosen = varying(specs, names)
    if count < 1:
        raise UsageError(f"worlds: count is at least 1, not {count}")
    # Names do not depend on how many worlds there are: stored runs carry them, and a design may grow.
    return tuple(
        World(
            f"w{before + i + 1:04d}",
            {name: value_at(specs[name], float(u)) for name, u in zip(chosen, point, strict=True)},
        )
        for i, point in enumerate(draws(chosen, count, key))
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
            as_it_was(str(row[id_column])),
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
    seed: int,
    table: Path | None = None,
    specs: Mapping[str, Any] | None = None,
    role: str = "",
) -> tuple[World, ...]:
    """Make the parameter worlds of an experiment.

    Parameters
    ----------
    draw
        ``point``, ``latin_hypercube``, ``sobol`` or ``matched``.
    count
        How many; if None 16, or all there are in a table.
    names
        Parameters to vary (where they are drawn from ranges); every one with a range by default.
    baseline
        The scenario whose parameters are varied.
    seed
        The first seed.
    table
        The table of matched worlds; the shipped one by default.
    specs
        Specifications to draw from, in place of the baseline's alone (``sim.scenario.specs.specs_of``).
    role
        Tells worlds that a study draws for something else from its others.
    """
    key = world_key(baseline, seed, role)
    ours = baseline.parameters.specs
    # What other scenarios bring comes behind: a draw that goes by position stays as it is when a scenario is added.
    specs = {**{name: ours[name] for name in sorted(ours)}, **(specs or {})}
    if draw == "point":
        if count not in (None, 1):
            raise UsageError(
                "worlds: draw 'point' is one world; use seeds for more runs of it, or latin_hypercube"
            )
        return point_world()
    if draw == "latin_hypercube":
        return latin_hypercube(specs, names, DRAWN if count is None else count, key)
    if draw == "sobol":
        return sobol(specs, names, DRAWN if count is None else count, key)
    if draw == "matched":
        if names is not None:
            raise UsageError(
                "worlds: matched worlds say themselves which parameters vary; leave parameters out"
            )
        return matched_worlds(table or _shipped_table(), specs, count, key)
    raise UsageError(f"worlds: draw is point, latin_hypercube, sobol or matched, not {draw!r}")


def uncertain_names(specs: Mapping[str, Any]) -> list[str]:
    """Parameters that are not known, in name order: those that vary, but no switches and no matters of calendar."""
    return sorted(
        name for name, spec in specs.items() if spec.varies and spec.kind != "switch" and name not in CALENDAR
    )


def without_choices(worlds: Iterable[World], named: Iterable[str] | None = None) -> tuple[World, ...]:
    """The same worlds without what is a planner's choice and no unknown (``CHOSEN``), which keeps its written value.

    Parameters
    ----------
    named
        Parameters that somebody asked to vary by name; these stay.
    """
    gone = set(CHOSEN) - set(named or ())
    return tuple(
        replace(world, values={name: value for name, value in world.values.items() if name not in gone})
        for world in worlds
    )


def world_key(baseline: Any, seed: int, role: str = "") -> str:
    """What worlds are drawn by, beside the way of drawing and each parameter's name: the community and the first seed.

    Neither the name of an experiment nor its other scenarios are in it: renaming one, or adding a scenario, redraws
    nothing.
    """
    return "/".join((str(baseline.community.name), str(seed), *filter(None, (role,))))


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
        writer.writerow([no_formula(world.id), *(world.values.get(name, "") for name in names)])
    return out.getvalue()


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
