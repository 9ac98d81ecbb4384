"""A ledger judged again from its own tables: rules and words are those of the code, numbers those that were measured.

Every verdict follows from ``outcomes.csv``. A ledger that was written before a rule or a sentence changed need not be
run again.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

from sim.analysis.claims.effects import Effect
from sim.analysis.claims.entries import Entry, entry_of
from sim.analysis.claims.ledger import Ledger
from sim.analysis.claims.tables import arms_of
from sim.analysis.claims.verdict import Judged
from sim.stats import Interval

if TYPE_CHECKING:
    import pandas as pd

TEXTS: Final = ("section", "text", "cuts", "reason", "note", "because")
"""What a file of claims says of a claim beside its experiment."""
NUMBERS: Final = (
    "mean", "low", "high", "p_value", "share_holds", "share_exceeds", "share_against", "variance_worlds",
    "variance_seeds", "p_worlds",
)  # fmt: skip
"""Of an effect, in the order of ``Interval`` and ``Effect``."""


def judged_again(ledger: Ledger, claims: Any = None) -> Ledger:
    """The same ledger with verdicts, reasons and results by the rules as they are now.

    Parameters
    ----------
    ledger
        As it was read.
    claims
        The file of claims as it is now; its texts replace those of the ledger where the experiment is still the same.
    """
    table, outcomes = ledger.claims.copy(), ledger.outcomes.copy()
    for column in ("because", "uncorrected"):
        if column not in table:
            table[column] = ""
    if claims is not None:
        for at, row in table.iterrows():
            claim = claims.claims.get(row["claim"])
            if claim is not None and (arms_of(claim, 1), arms_of(claim, -1)) == (row.treatment, row.control):
                table.loc[at, list(TEXTS)] = [getattr(claim, name) for name in TEXTS]
    found = entries_of(replace(ledger, claims=table))
    verdicts = [entry.verdict for entry in found]
    table["verdict"], table["words"] = [v.key for v in verdicts], [v.words for v in verdicts]
    table["shown_small"] = [entry.shown_small for entry in found]
    table["uncorrected"] = [entry.uncorrected for entry in found]
    table["alarm"], table["why"] = [v.alarm for v in verdicts], ["; ".join(v.reasons) for v in verdicts]
    table["ablation"] = [entry.ablation for entry in found]
    results = {
        (entry.claim.id, role, o.expected.name, level): (o.result(level), o.uncorrected().result(level))
        for entry in found
        for role, own in (("judged", entry.judged), ("shown", entry.shown))
        for o in own
        for level in o.effects
    }
    keys = list(zip(*(outcomes[name] for name in ("claim", "role", "name", "level")), strict=True))
    outcomes["result"] = [results[key][0] for key in keys]
    outcomes["result_uncorrected"] = [results[key][1] for key in keys]
    about = dict(ledger.about) if claims is None else {**ledger.about, "description": claims.description}
    return replace(ledger, about=about, claims=table[_order(table)], outcomes=outcomes[_order(outcomes)])


def entries_of(ledger: Ledger) -> list[Entry]:
    """Every claim of a ledger with what was found, from its tables."""
    rules, outcomes = SimpleNamespace(**ledger.about["rules"]), ledger.outcomes
    return [
        _entry(row, outcomes[outcomes["claim"] == row.claim], rules) for row in ledger.claims.itertuples()
    ]


def _order(table: pd.DataFrame) -> list[str]:
    """Columns as they are written: those that were added later stand where they would have stood."""
    after = {"shown_small": "words", "uncorrected": "shown_small", "result_uncorrected": "result"}
    names = [name for name in table.columns if name not in after]
    for name, before in after.items():
        if name in table.columns:
            names.insert(names.index(before) + 1, name)
    return names


def _entry(row: Any, rows: pd.DataFrame, rules: Any) -> Entry:
    """One claim from its rows."""
    claim = SimpleNamespace(id=row.claim, nature=row.nature, reason=row.reason, cuts=row.cuts)
    parts: dict[str, list[Judged]] = {"judged": [], "shown": []}
    for (role, _), own in rows.groupby(["role", "name"], sort=False):
        parts[role].append(_outcome(own.to_dict("records")))
    return entry_of(claim, parts["judged"], parts["shown"], rules)


def _outcome(levels: Sequence[Mapping[str, Any]]) -> Judged:
    """One outcome of a claim from its rows, the level that is judged first."""
    main = levels[0]
    expected = SimpleNamespace(
        name=main["name"],
        outcome=main["outcome"],
        direction=1 if main["expected"] == "higher" else -1,
        smallest_change=main["smallest_change"],
    )
    return Judged(
        expected,
        {row["level"]: _effect(row) for row in levels},
        {row["level"]: row["p_corrected"] for row in levels},
        _part(main, "ablated_"),
        _part(main, "carried_"),
        _part(main, "beyond_sum_"),
        float(main.get("p_worlds_corrected", math.nan)),
    )


def _effect(row: Mapping[str, Any]) -> Effect:
    mean, low, high, p, *rest = (float(row[name]) for name in NUMBERS)
    return Effect(Interval(mean, low, high, p, int(row["n"]), "", 0.95), row["control"], {}, *rest)


def _part(row: Mapping[str, Any], prefix: str) -> Effect | None:
    """An ablated effect, or what is lost or beyond the sum; None where nothing of the kind was run."""
    mean, low, high = (float(row[f"{prefix}{name}"]) for name in ("mean", "low", "high"))
    if math.isnan(mean):
        return None
    unknown = math.nan
    found = Interval(mean, low, high, unknown, int(row["n"]), "", 0.95)
    return Effect(found, unknown, {}, unknown, unknown, unknown, unknown, unknown, unknown)
