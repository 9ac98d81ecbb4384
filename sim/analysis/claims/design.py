"""The paired design of a file of claims: every arm in every world, with the same luck."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sim.lab.design import POINT_SEEDS, Design
from sim.lab.engine import Driver
from sim.lab.worlds import World, make_worlds, table_beside, uncertain_names


@dataclass(frozen=True)
class ClaimsDesign(Design):
    """A design whose scenarios are the arms of claims.

    Attributes
    ----------
    fixed
        By arm: parameters that have the arm's own value in every world, because they are the treatment.
    scaled
        By arm: parameters whose value in each world is multiplied.
    """

    fixed: Mapping[str, frozenset[str]] = field(default_factory=dict)
    scaled: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    windows_only: bool = True

    def values_in(self, scenario: str, world: World) -> dict[str, Any]:
        """The values that an arm takes from a world: not those of its treatment, and multiplied where it says so."""
        arm = self.scenarios[scenario]
        fixed, scaled = self.fixed.get(scenario, frozenset()), self.scaled.get(scenario, {})
        return {
            name: value * scaled[name] if name in scaled else value
            for name, value in world.values.items()
            if name in arm.parameters.specs and name not in fixed
        }


def claims_design(
    claims: Any,
    worlds: int | None = None,
    seeds: int | None = None,
    days: int | None = None,
    driver: Driver = "compiled",
    first_seed: int | None = None,
    draw: str | None = None,
) -> ClaimsDesign:
    """Make the design of some claims.

    Parameters
    ----------
    claims
        From ``sim.scenario.claims.load_claims``.
    worlds, seeds, days, first_seed, draw
        In place of what the file says.

    Raises
    ------
    CgsimError
        If the worlds cannot be made.
    """
    choice = claims.worlds
    method = draw or choice.draw
    count = worlds or (choice.count if method == choice.draw else None)
    first = claims.first_seed if first_seed is None else first_seed
    base = next(iter(claims.arms.values())).scenario
    table = claims.table or table_beside(claims.path)
    drawn = make_worlds(method, count, _drawn(choice, method, base), base, first, table)
    replications = seeds or claims.seeds or (POINT_SEEDS if method == "point" else 1)
    return ClaimsDesign(
        name=claims.name,
        title=claims.title,
        question=claims.question,
        scenarios={name: arm.scenario for name, arm in claims.arms.items()},
        worlds=drawn,
        replications=replications,
        repeated=0 if seeds or len(drawn) == 1 else min(choice.repeated, len(drawn)),
        first_seed=first,
        days=days or claims.horizon,
        driver=driver,
        draw=method,
        fixed={name: arm.fixed for name, arm in claims.arms.items()},
        scaled={name: dict(arm.scaled) for name, arm in claims.arms.items()},
    )


def _drawn(choice: Any, method: str, base: Any) -> list[str] | None:
    """Parameters that a Latin hypercube draws: those of the file, or all that history matching draws, too."""
    if method != "latin_hypercube":
        return None
    if choice.parameters is not None:
        return list(choice.parameters)
    return uncertain_names(base.parameters.specs)
