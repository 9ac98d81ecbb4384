"""The ledger of claims in words: the sentences on top, verdicts in groups, one line an effect."""

from __future__ import annotations

import math
import re
from collections.abc import Container, Mapping
from typing import Any, Final

from sim.analysis.claims.verdict import RESULTS as RESULT_WORDS
from sim.analysis.claims.verdict import VERDICTS
from sim.report import words
from sim.vocabulary.outcomes import BY_NAME

__all__ = [
    "ABOUT_GROUPS",
    "GROUPS",
    "LEGEND",
    "MARKS",
    "RESULT_WORDS",
    "alarms",
    "arm",
    "beyond",
    "caveat",
    "correction",
    "effect_line",
    "effect_text",
    "grouped",
    "judged",
    "label",
    "rules",
    "smallest",
    "tally",
    "uncorrected",
    "where",
    "why",
]

GROUPS: Final[Mapping[str, str]] = {
    "contradicted": "Contradicted",
    "broken": "Wired in, and yet it does not come out",
    "turns": "Supported with conditions: turns from world to world",
    "conditions": "Supported with conditions: in part, or by another path",
    "supported": "Supported",
    "small": "Not distinguishable: shown to be too small to matter",
    "open": "Not distinguishable: cannot be told",
    "unsure": "Wired in, and not told in so few worlds",
    "wired": "True by construction (no findings)",
    "untestable": "Not testable in the model",
    "not_run": "Not run",
    "not_tried": "Not tried: what the claim is about was never at work",
}
"""Groups of claims in the order in which a reader wants them: what speaks against the paper first."""
ABOUT_GROUPS: Final[Mapping[str, str]] = {
    "broken": "The model was built so that these hold. Something else in it works against them.",
    "turns": (
        "No outcome goes as claimed on average. In some worlds the claim holds well, in others the opposite does, and "
        "this is no luck: which of them is true decides."
    ),
    "conditions": (
        "At least one outcome goes as claimed. Another does not, or too few worlds agree, or it is not the mechanism "
        "that the claim names which carries it."
    ),
    "small": "Every outcome is known well enough to say: if there is an effect, it is smaller than what matters.",
    "open": "At least one outcome is not known well enough. This does not say that nothing happens.",
    "wired": "The model was built so that these hold. That they do is a check, and says nothing about the world.",
}
"""What a group means, where its title does not say it all."""
MARKS: Final = {"as_claimed": "▲", "against": "▽", "too_small": "≈", "small": "≈?", "open": "?", "missing": "–"}
"""Results of outcomes; they differ in shape, so that they are read without colour."""
LEGEND: Final = ("as_claimed", "against", "too_small", "small", "open")
"""Results that a page explains."""

_HASH: Final = re.compile(r"\.\.\. [0-9a-f]{6}\b")
"""What keeps the long name of an arm apart from others that begin alike."""
_SHORT: Final = {
    " on a scale of 0 to 1": "",
    " -1 to 1": "",
    " ratio": "",
    " per 1,000 residents a year": " per 1,000 a year",
}
"""Units that say little in a table, and what stands for them."""


def arm(name: str) -> str:
    """The name of an arm, or of several, as people read it."""
    return _HASH.sub("…", name)


def rules(ledger: Any) -> list[str]:
    """How verdicts are given, with the lines as they were drawn: one sentence or two a verdict."""
    lines = ledger.about["rules"]
    names = ("level", "share_of_worlds", "share_against", "share_left")
    level, worlds, against, left = (words.percent(lines[name]) for name in names)
    return [
        "An outcome goes as claimed (▲), or against the claim (▽), where its whole 95% interval lies on that side, its "
        f"mean is at least the smallest change that matters, and its p-value stays below {level} after Holm's "
        "correction for all comparisons of claims that can come out either way.",
        "An outcome is too small to matter (≈) where its whole interval lies inside the smallest change that matters, "
        "on either side of zero. Where it is told from zero and is smaller than that on average, but the interval "
        "reaches further, it is perhaps too small (≈?). All else cannot be told from no change (?).",
        "It is the mean over worlds that is judged. Its interval says how well the mean is known, and not how far "
        "worlds lie apart: in a single world the effect may lie outside. Where worlds differ a great deal in size, the "
        "mean may not be told from none although all of them agree on the direction; the share of worlds says so.",
        "Supported: all outcomes go as claimed among residents, in at least "
        f"{worlds} of worlds; campus and everybody tell no other story; and at most {left} of each effect is left "
        "when the mechanism that the claim names is cut.",
        "Supported with conditions: some of that holds and not all. Also where worlds differ by more than luck (which "
        f"is corrected in the same way), and {against} of them or more lie well on either side: the claim turns.",
        "Contradicted: an outcome goes against the claim and none goes as claimed.",
        "Not distinguishable, shown to be too small to matter: every outcome is too small to matter (≈).",
        "Not distinguishable, cannot be told: at least one outcome is not known, and none of the above holds.",
        "True by construction: the claim is wired into the model, and is no finding. It is run all the same; one that "
        "does not come out is told in a warning.",
    ]


def grouped(ledger: Any) -> list[tuple[str, list[Any]]]:
    """Claims in the order of ``GROUPS``; a group that nobody is in is left out."""
    rows = list(ledger.claims.itertuples(index=False))
    main = judged(ledger)
    held = set(main.loc[main["result"] == "as_claimed", "claim"]) if len(main) else set()
    found = [(key, [row for row in rows if _group(row, held) == key]) for key in GROUPS]
    return [(key, own) for key, own in found if own]


def of_the_paper(row: Any) -> bool:
    """Whether a claim is one of the paper's: others say in place of a section where they are not."""
    return not str(row.section).startswith("not")


def where(row: Any) -> str:
    """Where a claim is made: a section by its number, or what the file says."""
    section = str(row.section)
    return f"§{section}" if section[:1].isdigit() else section


def _group(row: Any, held: Container[str]) -> str:
    """The group of a claim; ``held`` are those of which an outcome goes as claimed."""
    if row.verdict == "conditions" and row.claim not in held:
        return "turns"
    if row.nature == "wired" and row.verdict in ("open", "contradicted"):
        return "broken" if row.alarm else "unsure"
    return "small" if row.verdict == "open" and row.shown_small else str(row.verdict)


def alarms(ledger: Any) -> list[str]:
    """What must not be overlooked: wired claims that do not come out."""
    wrong = ledger.claims[ledger.claims["alarm"].astype(bool)]
    return [f"{row.claim} ({row.text.rstrip('.')}): {row.why}." for row in wrong.itertuples(index=False)]


def why(row: Any) -> str:
    """Why a claim got its verdict, as sentences; then what in the model makes it so, where that was looked into."""
    found = [f"{part[:1].upper()}{part[1:]}." for part in row.why.split("; ") if part]
    return " ".join([*found, *([row.because] if row.because else [])])


def judged(ledger: Any, role: str = "judged") -> Any:
    """The rows of outcomes by which verdicts are given, or those that are ``shown``; none where nothing was run."""
    table = ledger.outcomes
    return table[(table["role"] == role) & table["judged_level"].astype(bool)] if len(table) else table


def tally(ledger: Any) -> str:
    """How often each verdict was given; claims that the paper does not make, and wired ones, are counted apart."""
    groups = grouped(ledger)
    own, more = ({key: [r for r in rows if of_the_paper(r) is mine] for key, rows in groups} for mine in (True, False))
    wired = sum(len(rows) for key, rows in groups if key in ("broken", "unsure", "wired"))
    broken, untestable = (sum(len(rows) for key, rows in groups if key == name) for name in ("broken", "untestable"))
    said = []
    if parts := _verdict_counts(own):
        number, paper = _emergent(own), "of the paper " if _emergent(more) else ""
        said.append(f"Of {number} claims {paper}that can come out either way, {words.join(parts)}.")
    if parts := _verdict_counts(more):
        said.append(f"Of {_emergent(more)} that the paper does not make, {words.join(parts)}.")
    if wired:
        text = f"{wired} {_are(wired)} wired in and {'is no finding' if wired == 1 else 'are no findings'}"
        if broken:
            text += f"; {broken} of them {'does' if broken == 1 else 'do'} not come out all the same"
        said.append(f"{text}.")
    if untestable:
        said.append(f"{untestable} cannot be tested.")
    return " ".join(said)


def _emergent(groups: Mapping[str, list[Any]]) -> int:
    return sum(row.nature == "emergent" for rows in groups.values() for row in rows)


def _verdict_counts(groups: Mapping[str, list[Any]]) -> list[str]:
    """How many of the claims that can come out either way got each verdict, as parts of a sentence."""
    found = []
    for key, one, several, text in (
        ("supported", "is", "are", "supported"),
        ("conditions", "is", "are", "supported with conditions"),
        ("turns", "turns", "turn", "from world to world"),
        ("contradicted", "is", "are", "contradicted"),
        ("not_run", "is", "are", "not run"),
        ("not_tried", "was", "were", "not tried"),
        ("small", "has", "have", "no effect that matters"),
        ("open", "cannot", "cannot", "be told either way"),
    ):
        if number := sum(row.nature == "emergent" for row in groups.get(key, ())):
            found.append(f"{number} {one if number == 1 else several} {text}")
    return found


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def correction(ledger: Any) -> str:
    """How many verdicts the correction for many comparisons decides, and which."""
    table = ledger.claims
    own = table[(table["nature"] == "emergent") & (table["uncorrected"] != table["verdict"])]
    start = f"P-values are corrected for {ledger.about['comparisons']} comparisons (Holm)."
    if own.empty:
        return f"{start} No verdict hangs on that."
    parts = [
        f"{words.join(list(rows['claim']))} {VERDICTS[key]}"
        for key, rows in own.groupby("uncorrected", sort=False)
    ]
    changed = "verdict would be another one" if len(own) == 1 else "verdicts would be other ones"
    return f"{start} Without the correction {len(own)} {changed}: {'; '.join(parts)}."


def caveat(ledger: Any) -> str:
    """What the numbers are from, and what they hold."""
    about = ledger.about
    kept = about.get("kept") if about["draw"] == "matched" else None
    worlds = f"{about['worlds']} parameter worlds"
    if kept:
        share = words.percent(kept["worlds"] / kept["tried"])
        worlds += f" (history matching kept {kept['worlds']} of {kept['tried']} drawn, {share})"
    elif about["draw"] == "latin_hypercube":
        worlds += " (over the whole ranges of all parameters, matched to nothing)"
    seeds = f"{about['seeds']} seed{'' if about['seeds'] == 1 else 's'} in each"
    seeds += f" and one more in {about['repeated']} of them" if about.get("repeated") else ""
    return (
        f"{about['community']}, {about['residents']:,} residents, {about['days']} days after a burn-in of "
        f"{about['burn_in']}; {worlds}, {seeds}, the same luck in every arm. Effects are on residents who are not "
        f"students. 95% intervals hold {about['interval_holds']}."
    )


def label(row: Any) -> str:
    """What an outcome is called, with its level where that is not the usual one."""
    outcome = BY_NAME[row.outcome]
    if row.name != row.outcome:
        return str(row.name).replace("_", " ").capitalize()
    return outcome.label + (" on campus" if getattr(row, "level", "") == "scope/campus" else "")


def effect_line(row: Any) -> str:
    """One effect with its interval: mark, what moved, and by how much."""
    return f"{MARKS[row.result]} {label(row)} {effect_text(row)}{uncorrected(row)}"


def uncorrected(row: Any) -> str:
    """What an effect would be called if it were the only comparison, where that is something else."""
    alone = getattr(row, "result_uncorrected", row.result)
    return "" if alone == row.result else f" [{MARKS[alone]} without the correction]"


def effect_text(row: Any, prefix: str = "") -> str:
    """A difference with its interval and unit."""
    outcome = BY_NAME[row.outcome]
    mean, low, high = (float(getattr(row, f"{prefix}{name}")) for name in ("mean", "low", "high"))
    if math.isnan(mean):
        return "–"
    size = words.difference(outcome, mean, row.smallest_change, unit=True)
    return f"{_short(size)} ({words.interval(outcome, low, high, row.smallest_change)})"


def _short(text: str) -> str:
    """A difference without what its unit says at too great a length."""
    for unit, short in _SHORT.items():
        text = text.replace(unit, short)
    return text


def beyond(row: Any) -> str:
    """What a joint effect has beyond the sum of its parts, as an addition to its line; nothing for other claims."""
    text = effect_text(row, "beyond_sum_")
    return "" if text == "–" else f"; together less the sum of each alone {text}"


def smallest(row: Any) -> str:
    """The smallest change of an outcome that matters, with its unit."""
    outcome = BY_NAME[row.outcome]
    number, unit = float(row.smallest_change), f" {words.difference_unit(outcome)}"
    number = 100.0 * number if outcome.unit == "share" else number
    return _short(f"{number:g}{unit.removesuffix('s') if number == 1.0 and ' per ' not in unit else unit}")
