"""Which claims of a ledger a parameter could turn, in words and as a table of the sensitivity page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.report import words
from sim.report.tables import Table
from sim.vocabulary.outcomes import BY_NAME

if TYPE_CHECKING:
    from sim.analysis.sensitivity_plan import Sensitivity

_SIDES = {"as_claimed": "as claimed", "against": "against the claim", "too_small": "too small to matter"}


def claims_words(found: Sensitivity) -> tuple[str, ...]:
    """What was tried and how much could be seen, a paragraph each; nothing where no ledger was joined."""
    notes = found.manifest.get("claims")
    if not notes:
        return ()
    where = f"{notes['worlds']} parameter worlds of {notes['community']}"
    if not notes["pairs"]:
        return (
            f"The ledger of claims has {where}: too few, or none in which these parameters differ. "
            "Whether they could turn a claim is not known.",
        )
    by_chance = 0.05 * notes["pairs"]
    first = (
        f"The claims were tried in {where}. A claim could turn with a parameter where its effect in these worlds rises "
        "or falls with the parameter (Kendall's rank correlation, below 5% after Holm's correction for everything that "
        "was tried) and a straight line through the effects goes from one side of the smallest change that matters to "
        "another. What is true by construction cannot turn and is not counted."
    )
    weakest = notes["weakest_that_could_pass"]
    tried = f"{notes['pairs']:,} pairs of parameter and outcome were tried for {notes['claims']} claims, and"
    second = (
        f"With so few worlds little can be seen: {tried} no correlation could pass. "
        if weakest is None
        else f"With {notes['worlds']} worlds only strong effects are seen: {tried} nothing below a correlation of "
        f"{weakest:.2f} could pass. "
    )
    second += (
        f"By themselves {notes['below_5_percent_alone']} are below 5%, where chance alone gives about {by_chance:.0f}; "
        f"{notes['below_5_percent_corrected']} still {_is(notes['below_5_percent_corrected'])} after the correction. "
        "That a parameter turns no claim here does not say that it could not."
    )
    if notes["code_version"] and notes["code_version"] != found.manifest.get("code_version"):
        second += " The two were computed with different versions of the model."
    return first, second


def _is(count: int) -> str:
    return "is" if count == 1 else "are"


def claims_table(found: Sensitivity) -> Table:
    """Claims that a parameter could turn, with the effect at both ends of what the worlds hold."""
    what = found.tables["measure_next"].set_index("factor")["description"]
    rows = []
    if "claims_turned" in found.tables:
        table = found.tables["claims_turned"]
        for row in table[table["turns"].astype(bool)].to_dict("records"):
            outcome = BY_NAME.get(str(row["name"]))
            ends = [
                (
                    words.difference(outcome, row[f"at_{end}"], unit=True)
                    if outcome
                    else f"{row[f'at_{end}']:.3g}"
                )
                + f", {_SIDES[row[f'side_{end}']]}"
                for end in ("low", "high")
            ]
            rows.append(
                (
                    str(what.get(row["factor"], row["factor"])),
                    f"{row['claim']}: {row['text']} ({row['words']})",
                    words.subject(outcome) if outcome else str(row["name"]),
                    f"{row['correlation']:.2f}".replace("-", words.MINUS),
                    *ends,
                )
            )
    columns = (
        "Parameter",
        "Claim (verdict today)",
        "Outcome",
        "Rank correlation",
        "Effect where the parameter is lowest (plus: as claimed)",
        "Where it is highest",
    )
    return Table("Claims that could turn with a parameter", columns, tuple(rows), frozenset({3}))
