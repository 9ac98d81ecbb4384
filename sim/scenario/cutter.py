"""Arms of claims with more cut than the mechanism that a claim names: what else carries its effect is found by them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import Any

from sim.scenario.arm_spec import ArmSpec
from sim.scenario.arms import Arm
from sim.scenario.claims import Claims, Contrast
from sim.scenario.nodes import MapNode, from_plain
from sim.scenario.read_claims import ClaimsReader, claims_reader
from sim.vocabulary.mechanisms import BY_ID

__all__ = ["Cut", "Cutter", "Pathway", "load_cutter"]


@dataclass(frozen=True, slots=True)
class Cut:
    """What is cut in both arms of a claim's experiment.

    Attributes
    ----------
    named
        The mechanism that the claim itself names (its ablation).
    mechanisms
        Others, switched off: numbers such as ``M16``.
    path
        A single path instead of a whole mechanism: the number of a claim whose ablation cuts it; empty for none.
    """

    named: bool = True
    mechanisms: tuple[str, ...] = ()
    path: str = ""


@dataclass(frozen=True, slots=True)
class Pathway:
    """One path, as the ablation of a claim cuts it.

    Attributes
    ----------
    claim, cuts
        Whose ablation it is, and what that cuts, in words.
    mechanisms, policies
        Those that its parameters belong to.
    """

    claim: str
    cuts: str
    mechanisms: frozenset[str]
    policies: frozenset[str] = frozenset()


class Cutter:
    """Makes the arms of a file's claims with further things cut.

    Attributes
    ----------
    claims
        The file as ``load_claims`` reads it.
    paths
        Paths that the ablations of its claims cut without switching a whole mechanism off, by claim; each once.
    """

    def __init__(self, reader: ClaimsReader) -> None:
        self._reader = reader
        self.claims: Claims = reader.claims()
        self.paths: Mapping[str, Pathway] = self._paths()

    def named(self, claim: str) -> tuple[str, ...]:
        """Mechanisms that a claim's own ablation switches off as a whole."""
        ablation = self._reader.specs(claim)[-1]
        return () if ablation is None else tuple(ablation.data.get("mechanisms_off", ()))

    def same_path(self, claim: str, path: str) -> bool:
        """Whether a path is the one that a claim's own ablation cuts."""
        one, two = (self._reader.specs(name)[-1] for name in (claim, path))
        return one is not None and two is not None and one.data == two.data

    def contrast(self, claim: str, cut: Cut) -> Contrast:
        """A claim's treatment less its control, both with a cut.

        Raises
        ------
        ScenarioError
            If such an arm cannot be made.
        """
        _, treated, untreated, ablation = self._reader.specs(claim)
        for spec in (ablation if cut.named else None, self._off(cut.mechanisms, treated), self._path(cut.path)):
            if spec is not None:
                treated, untreated = spec.over(treated), spec.over(untreated)
        made = self._reader.contrast(treated, untreated)
        self._reader.problems.raise_if_any()
        assert made is not None
        return made

    def arms(self) -> dict[str, Arm]:
        """Every arm that was made so far, the baseline first."""
        found = {arm.name: arm for arm in self._reader.workshop.arms.values()}
        base = next(iter(self.claims.arms))
        return {base: found[base], **found}

    def _off(self, mechanisms: Sequence[str], beside: ArmSpec) -> ArmSpec | None:
        if not mechanisms:
            return None
        tree = from_plain({"mechanisms_off": list(mechanisms)}, beside.tree.mark)
        assert isinstance(tree, MapNode)
        return ArmSpec(tree, "carriers")

    def _path(self, path: str) -> ArmSpec | None:
        return self._reader.specs(path)[-1] if path else None

    def _paths(self) -> dict[str, Pathway]:
        found: dict[str, Pathway] = {}
        seen: list[dict[str, Any]] = []
        declared = next(iter(self.claims.arms.values())).scenario.parameters.specs
        for name, claim in self.claims.claims.items():
            ablation = None if claim.ablated is None else self._reader.specs(name)[-1]
            if ablation is None or "mechanisms_off" in ablation.data or ablation.data in seen:
                continue
            seen.append(ablation.data)
            names = [key.removeprefix("parameters.") for key in ablation.data.get("set", ())]
            own = {declared[name].mechanism for name in names if name in declared}
            policies = {name.split(".")[1] for name in names if name.startswith("policy.")}
            found[name] = Pathway(name, claim.cuts, frozenset(own & set(BY_ID)), frozenset(policies))
        return found


def load_cutter(
    name_or_path: str | PathLike[str] = "claims", sets: Sequence[str] = (), quick: bool = False
) -> Cutter:
    """Load a file of claims so that more can be cut; the parameters are those of ``load_claims``.

    Raises
    ------
    NotFoundError, ScenarioError
        As there.
    """
    return Cutter(claims_reader(name_or_path, sets, quick))
