"""The ledger of claims as one HTML page in the brief's style: no scripts, nothing from the network, prints well."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from sim.report import words
from sim.report.claims import (
    ABOUT_GROUPS,
    GROUPS,
    LEGEND,
    MARKS,
    RESULT_WORDS,
    alarms,
    arm,
    beyond,
    caveat,
    correction,
    effect_text,
    grouped,
    label,
    rules,
    smallest,
    tally,
    uncorrected,
    where,
    why,
)
from sim.report.claims_conditions import about_conditions, conditions
from sim.report.claims_map import about_map, map_head, map_rows, map_sentence
from sim.report.claims_picture import claims_picture
from sim.report.page import render_page
from sim.report.style import drawing

__all__ = ["FILENAME", "claims_html", "write_claims_page"]

FILENAME: Final = "claims.html"
CLASSES: Final = {
    "as_claimed": "better",
    "against": "worse",
    "too_small": "too_small",
    "small": "too_small",
    "open": "not_distinguishable",
}


def write_claims_page(ledger: Any, folder: Path | None = None) -> Path:
    """Write the ledger as ``claims.html``, whole or not at all.

    Parameters
    ----------
    ledger
        From ``sim.analysis.claims``.
    folder
        Where it goes; beside the ledger's tables by default.
    """
    from sim.lab.files import write_text

    path = (Path(ledger.folder) if folder is None else folder) / FILENAME
    write_text(path, claims_html(ledger))
    return path


def claims_html(ledger: Any) -> str:
    """The ledger as the text of one HTML page; the same ledger gives the same bytes."""
    from markupsafe import Markup

    with drawing():
        picture = claims_picture(ledger)
    return render_page(
        "claims.html.j2",
        title=ledger.about["title"],
        question=ledger.about["question"],
        finding=tally(ledger),
        caveat=f"{caveat(ledger)} {correction(ledger)}",
        description=ledger.about.get("description"),
        warnings=alarms(ledger),
        legend=[(MARKS[key], RESULT_WORDS[key], CLASSES[key]) for key in LEGEND],
        groups=[
            {
                "key": key,
                "title": GROUPS[key],
                "about": ABOUT_GROUPS.get(key),
                "claims": [_claim(ledger, row) for row in rows],
            }
            for key, rows in grouped(ledger)
        ],
        picture=Markup(picture),
        rules=rules(ledger),
        conditions=conditions(ledger),
        about_conditions=about_conditions(ledger),
        map=_map(ledger),
        provenance=list(_facts(ledger.about)),
        command=ledger.about.get("command"),
    )


def _map(ledger: Any) -> dict[str, Any] | None:
    """What the page shows of the sign map; None where there is none."""
    if not len(ledger.map):
        return None
    return {
        "about": about_map(ledger.about),
        "said": map_sentence(ledger.map),
        "head": map_head(ledger.map),
        "rows": [
            (claim, name, [(MARKS[key], RESULT_WORDS[key], CLASSES.get(key, "")) for key in results])
            for claim, name, results in map_rows(ledger.map)
        ],
    }


def _claim(ledger: Any, row: Any) -> dict[str, Any]:
    """What the page says of one claim."""
    own = ledger.outcomes[ledger.outcomes["claim"] == row.claim]
    names = list(dict.fromkeys(own["name"]))
    found = [_outcome(own[(own["name"] == name)]) for name in names]
    return {
        "id": row.claim,
        "text": row.text,
        "where": where(row),
        "why": why(row),
        "verdict": row.words,
        "ablation": row.ablation,
        "reason": row.reason,
        "note": row.note,
        "treatment": arm(row.treatment),
        "control": arm(row.control),
        "mechanisms": row.mechanisms,
        "judged": [outcome for outcome in found if outcome["role"] == "judged"],
        "shown": [outcome for outcome in found if outcome["role"] == "shown"],
    }


def _outcome(rows: Any) -> dict[str, Any]:
    """One outcome of a claim at every level."""
    levels = list(rows.itertuples(index=False))
    main = next(row for row in levels if row.judged_level)
    others = [
        {
            "level": row.level,
            "mark": MARKS[row.result],
            "words": RESULT_WORDS[row.result],
            "text": effect_text(row),
        }
        for row in levels
        if not row.judged_level
    ]
    turned = [word for word in str(main.turned_worlds).split() if word]
    return {
        "role": main.role,
        "label": label(main),
        "level": main.level,
        "window": words.window_words(main.window),
        "expected": main.expected,
        "smallest": smallest(main),
        "mark": MARKS[main.result],
        "css": CLASSES.get(main.result, ""),
        "words": RESULT_WORDS[main.result],
        "text": effect_text(main) + uncorrected(main),
        "share": words.percent(main.share_holds),
        "others": others,
        "ablated": effect_text(main, "ablated_"),
        "carried": effect_text(main, "carried_"),
        "beyond": effect_text(main, "beyond_sum_"),
        "further": beyond(main),
        "turned": turned,
        "count": int(main.n),
    }


def _facts(about: Any) -> Iterator[tuple[str, str]]:
    """What the page says of where its numbers come from."""
    for key in ("file", "community", "draw", "worlds", "seeds", "days", "arms", "code_version", "created"):
        if about.get(key) not in (None, ""):
            yield key.replace("_", " "), str(about[key])
    runs = about.get("runs") or {}
    if runs:
        yield "runs", f"{runs['finished']:,} of {runs['all']:,} finished"
