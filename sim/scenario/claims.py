"""Claims: what somebody says leads to what, each with the arms of the experiment that it becomes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from sim.errors import UsageError
from sim.scenario.arms import Arm
from sim.scenario.experiment import WorldsChoice
from sim.scenario.frozen import FrozenMapping
from sim.scenario.in_short import in_short
from sim.scenario.problems import did_you_mean

__all__ = ["Claim", "Claims", "Contrast", "Expected", "Rules"]


@dataclass(frozen=True, slots=True)
class Expected:
    """Which way an outcome should move: ``direction`` is +1 or -1; ``level`` is None for the headline level."""

    name: str
    outcome: str
    direction: int
    level: tuple[str, str] | None
    window: str
    smallest_change: float


@dataclass(frozen=True, slots=True)
class Contrast:
    """A weighted sum of arms: +1 of the treatment and -1 of the control, or more of them for a joint effect."""

    weights: FrozenMapping[str, int]

    @property
    def arms(self) -> tuple[str, ...]:
        """Names of the arms it needs."""
        return tuple(self.weights)


@dataclass(frozen=True)
class Claim:
    """One claim.

    Attributes
    ----------
    id, section, text, note
        Its number, where it is made, what it says, and what a reader should know about the experiment.
    nature
        ``emergent``, ``wired`` or ``untestable``.
    mechanisms
        Of the model, that it runs through.
    effect
        Treatment less control; None where it is untestable.
    ablated
        The same with the mechanism switched off in both arms; None where there is nothing to switch off.
    beyond_sum
        For a claim about several policies together: their joint effect less the sum of each alone.
    judged, shown
        Outcomes that decide the verdict, and those on the way.
    cuts
        What the ablation cuts, in words.
    reason
        Why it is untestable, or why nothing is ablated.
    because
        What in the model makes it come out otherwise than one would think, where that was looked into.
    """

    id: str
    section: str
    text: str
    nature: str
    mechanisms: tuple[str, ...]
    effect: Contrast | None
    ablated: Contrast | None
    beyond_sum: Contrast | None
    judged: tuple[Expected, ...]
    shown: tuple[Expected, ...]
    cuts: str
    reason: str
    note: str
    because: str = ""

    @property
    def arms(self) -> tuple[str, ...]:
        """Names of all arms it needs."""
        contrasts = (self.effect, self.ablated, self.beyond_sum)
        return tuple(dict.fromkeys(arm for contrast in contrasts if contrast for arm in contrast.arms))


@dataclass(frozen=True, slots=True)
class Rules:
    """Where the lines of the verdicts are drawn; see ``RulesDocument``."""

    level: float = 0.05
    share_of_worlds: float = 0.9
    share_against: float = 0.2
    share_left: float = 0.5


@in_short(
    lambda self: {
        "name": self.name,
        "claims": len(self.claims),
        "scenarios": len(self.arms),
    }
)
@dataclass(frozen=True)
class Claims:
    """A file of claims, checked, with every arm loaded.

    Attributes
    ----------
    name, title, question, description, path
        As in the file.
    arms
        Name to arm, the baseline first; claims share them.
    claims
        Number to claim, in the order of the file.
    worlds, table, kept, seeds, first_seed, horizon
        The design: how worlds are drawn, from which table of matched ones, how many of those tried these are
        (``worlds`` and ``tried``), seeds in each, and days.
    rules
        Of the verdicts.
    quick, has_quick
        Whether this is the cheap setting, and whether the file has one.
    settings
        Points of the sign map by name: what is varied, and where on that axis each lies.
    """

    name: str
    title: str
    question: str
    description: str
    path: Path
    arms: FrozenMapping[str, Arm]
    claims: FrozenMapping[str, Claim]
    worlds: WorldsChoice
    table: Path | None
    kept: FrozenMapping[str, int] | None
    seeds: int | None
    first_seed: int
    horizon: int
    rules: Rules
    quick: bool
    has_quick: bool
    settings: FrozenMapping[str, tuple[str, str]]

    def only(self, ids: Iterable[str]) -> Claims:
        """The same with some of the claims and the arms that these need.

        Raises
        ------
        UsageError
            If there is no such claim, or none of them has anything to run.
        """
        wanted = list(dict.fromkeys(ids))
        if not wanted:
            raise UsageError(f"{self.path.name}: no claim is named; there are {', '.join(self.claims)}")
        for name in wanted:
            if name not in self.claims:
                hint = did_you_mean(name, list(self.claims))
                raise UsageError(
                    f"{self.path.name}: there is no claim {name!r}; there are {', '.join(self.claims)}"
                    + (f"; {hint}" if hint else "")
                )
        chosen = {name: claim for name, claim in self.claims.items() if name in wanted}
        if all(claim.effect is None for claim in chosen.values()):
            why = "; ".join(f"{name} {claim.reason}" for name, claim in chosen.items())
            raise UsageError(f"{self.path.name}: nothing can be run for {', '.join(chosen)}, not testable here: {why}")
        needed = {next(iter(self.arms)), *(arm for claim in chosen.values() for arm in claim.arms)}
        arms = {name: arm for name, arm in self.arms.items() if name in needed}
        return replace(self, claims=FrozenMapping(chosen), arms=FrozenMapping(arms))

    def bare(self) -> Claims:
        """The same without ablations and sums of parts, and with the arms that are left: what conditions take."""
        claims = {name: replace(claim, ablated=None, beyond_sum=None) for name, claim in self.claims.items()}
        return replace(self, claims=FrozenMapping(claims)).only(claims)
