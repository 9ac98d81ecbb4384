"""What is to be run to find what carries an effect: each mechanism by itself, then what the answers ask for.

First every other mechanism is cut beside the named one. The answers decide the rest: those that carry something are cut
together, and by themselves; all that can be cut is cut at once; and single paths of those mechanisms are cut that carry
something or without which the outcome stands still. At full size only what leads is run.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sim.analysis.carriers.reading import readings_of
from sim.errors import UsageError
from sim.scenario.cutter import Cut
from sim.vocabulary.mechanisms import MECHANISMS

if TYPE_CHECKING:
    import pandas as pd

LEADING: Final = 4
"""Mechanisms that are tried at full size, at most."""


@dataclass(frozen=True, slots=True)
class Question:
    """An outcome of a claim of whose effect a share is left when the named mechanism is cut."""

    claim: str
    name: str


Steps = dict[tuple[str, str], Cut]
"""By step and what is cut (see ``measured``)."""


def questions(entries: Iterable[Any], only: Sequence[str] | None = None) -> list[Question]:
    """Outcomes of a ledger of which it says that something else carries them.

    Raises
    ------
    UsageError
        If a claim is asked for of which it does not say that, or none is named.
    """
    from sim.analysis.claims.ablation import left_elsewhere

    found = [
        Question(entry.claim.id, outcome.expected.name)
        for entry in entries
        for outcome in left_elsewhere(entry.judged)
    ]
    there = list(dict.fromkeys(question.claim for question in found))
    if only is not None and not only:
        raise UsageError(f"no claim is named; the ledger says it of {', '.join(there) or 'none'}")
    for name in only or ():
        if name not in there:
            raise UsageError(
                f"{name}: the ledger does not say of this claim that something else carries its effect; "
                f"it says so of {', '.join(there) or 'none'}"
            )
    return [question for question in found if only is None or question.claim in only]


def first_steps(cutter: Any, claim: str) -> Steps:
    """Nothing cut, the named mechanism, and that with each other one."""
    named = cutter.named(claim)
    each = [mechanism.id for mechanism in MECHANISMS if mechanism.id not in named]
    return {
        ("whole", ""): Cut(named=False),
        ("named", ""): Cut(),
        **{("each", name): Cut(mechanisms=(name,)) for name in each},
    }


def next_steps(cutter: Any, question: Question, table: pd.DataFrame, policies: frozenset[str], paths: bool) -> Steps:
    """What the first answers ask for.

    Parameters
    ----------
    table
        Of the first steps, in the small community.
    policies
        That any arm of the claim runs.
    paths
        Whether single paths are looked at.
    """
    reading = _reading(table, question)
    if reading is None or reading.kind == "unclear":
        return {}
    steps = _at_once(cutter, question.claim, reading)
    steps |= {("alone", name): Cut(False, (name,)) for left in reading.carriers for name in left.cut}
    concerned = {*reading.still, *(name for left in reading.carriers for name in left.cut)}
    for name, path in cutter.paths.items() if paths else ():
        if path.mechanisms & concerned and path.policies <= policies and not cutter.same_path(question.claim, name):
            steps["path", name] = Cut(path=name)
    return steps


def full_steps(cutter: Any, question: Question, table: pd.DataFrame) -> Steps:
    """What is confirmed at full size: what leads in the small community, or what might."""
    reading = _reading(table, question)
    if reading is None:
        return {}
    carriers = [name for left in reading.carriers for name in left.cut]
    lead = carriers or ([] if reading.kind == "direct" else _likely(table, question))
    steps = {("whole", ""): Cut(named=False), ("named", ""): Cut()}
    steps |= {("each", name): Cut(mechanisms=(name,)) for name in lead[:LEADING]}
    return steps | _at_once(cutter, question.claim, reading)


def _at_once(cutter: Any, claim: str, reading: Any) -> Steps:
    """All that carry something, and all that can be cut."""
    steps: Steps = {}
    several = _sorted([name for left in reading.carriers for name in left.cut])
    if len(several) > 1:
        steps["several", " ".join(several)] = Cut(mechanisms=several)
    apart = {*cutter.named(claim), *reading.still}
    rest = tuple(mechanism.id for mechanism in MECHANISMS if mechanism.id not in apart)
    steps["rest", " ".join(rest)] = Cut(mechanisms=rest)
    return steps


def _likely(table: pd.DataFrame, question: Question) -> list[str]:
    """Mechanisms that may carry something, first the one that takes most off the effect."""
    own = _own(table, question)
    sign = 1.0 if float(own.loc[own["step"] == "named", "left_mean"].iloc[0]) > 0.0 else -1.0
    tried = own[(own["step"] == "each") & ~own["still"].astype(bool)]
    tried = tried.assign(lost=sign * tried["lost_mean"])
    tried = tried[tried["lost"] > 0.0].sort_values("lost", ascending=False, kind="stable")
    return [str(name) for name in tried["cut"]]


def _own(table: pd.DataFrame, question: Question) -> pd.DataFrame:
    return table[(table["claim"] == question.claim) & (table["name"] == question.name)]


def _reading(table: pd.DataFrame, question: Question) -> Any:
    return next(readings_of(_own(table, question)), None) if len(table) else None


def _sorted(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(mechanism.id for mechanism in MECHANISMS if mechanism.id in names)
