"""Which way outcomes should move if a claim holds, as its file says it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.scenario.claims import Expected
from sim.scenario.nodes import MapNode, plain
from sim.scenario.problems import Mark, Problems
from sim.vocabulary.outcomes import BY_NAME as OUTCOMES

__all__ = ["read_expected"]

LEVELS = ("all", "scope", "group", "quarter", "age", "vulnerable", "gap")


def read_expected(
    node: MapNode, part: str, path: str, stand_ins: Mapping[str, str], problems: Problems
) -> tuple[Expected, ...]:
    """Read the outcomes of a claim.

    Parameters
    ----------
    node
        The claim.
    part
        ``outcomes`` or ``shown``.
    path
        Where the claim stands, for messages.
    stand_ins
        Levels that stand in for others.
    problems
        Where to note outcomes and levels that do not exist.
    """
    listed = node.get(part)
    found = []
    for name, entry in listed.entries.items() if isinstance(listed, MapNode) else ():
        value = plain(entry.node)
        data: dict[str, Any] = value if isinstance(value, dict) else {"change": value}
        outcome = data.get("outcome") or name
        if outcome not in OUTCOMES:
            problems.unknown(entry.key_mark, f"{path}.{part}.{name}", "outcome", outcome, list(OUTCOMES))
            continue
        where = f"{path}.{part}.{name}.level"
        found.append(
            Expected(
                name=name,
                outcome=outcome,
                direction=1 if data["change"] == "higher" else -1,
                level=_level(data.get("level"), stand_ins, entry.node.mark, where, problems),
                window=data.get("window") or "horizon",
                smallest_change=data.get("smallest_change") or OUTCOMES[outcome].smallest_change,
            )
        )
    return tuple(found)


def _level(
    text: str | None, stand_ins: Mapping[str, str], mark: Mark, path: str, problems: Problems
) -> tuple[str, str] | None:
    """A level such as ``gap/age``, or the one that stands in for it; None for the headline level."""
    if text is None:
        return None
    text = stand_ins.get(text, text)
    if text == "scope/residents":
        return None
    by, _, level = text.partition("/")
    if by not in LEVELS or not level:
        known = "vulnerable/yes, gap/age, scope/campus, group/NAME and the like"
        problems.add(mark, path, "not a level", got=repr(text), allowed=known)
    return by, level
