"""What to choose, at the terminal: the rules' picks in sentences, then a row for each option."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import click

__all__ = ["choice_sentences", "print_options"]


def choice_sentences(decision: Any, spoken: Callable[[str], str]) -> list[str]:
    """Say what the rules pick, and what the robust choice gives up.

    Parameters
    ----------
    decision
        A ``sim.analysis.decisions.Decision``.
    spoken
        An option's name as people say it.
    """
    from sim.report import words
    from sim.vocabulary.outcomes import BY_NAME

    rows = decision.options.set_index("scenario")
    robust, expected = rows.loc[decision.robust], rows.loc[decision.expected]
    first = (
        f"Robust choice: {spoken(decision.robust)}. Whichever of {decision.worlds} worlds is true, it misses at most "
        f"{robust['regret_max']:.1f} smallest changes that matter, in the mean {robust['regret_mean']:.1f}; it meets "
        f"what is wanted in {robust['satisfied']:.0%} of worlds and does harm in {robust['harms']:.0%}."
    )
    if decision.expected == decision.robust:
        second = "It is also the best in the mean: it gives nothing up."
    else:
        lost = [
            f"{words.subject(BY_NAME[name])} {words.difference(BY_NAME[name], -value, unit=True)}"
            for name, value in decision.gives_up.items()
            if name != "score" and abs(value) >= BY_NAME[name].smallest_change / 10.0
        ]
        second = (
            f"In the mean {spoken(decision.expected)} does better, but misses up to {expected['regret_max']:.1f}; "
            f"the robust choice differs from it by {words.join(lost) or 'nothing that shows'}."
        )
    sentences = [first, second]
    harmed = [
        f"{words.subject(BY_NAME[name])} in {robust[f'{name}_harmed']:.0%} of worlds"
        for name in decision.gives_up
        if name != "score" and robust[f"{name}_harmed"] > 0.0
    ]
    if harmed:
        sentences.append(
            f"Where it fails: {words.join(harmed)}; it scores least in world {robust['worst_world']}."
        )
    if robust["worst_by"]:
        subject = words.subject(BY_NAME[robust["worst_outcome"]])
        sentences.append(
            f"Under the robust choice the least favoured are {robust['worst_by']} {robust['worst_level']}, on "
            f"{subject} ({words.signed(robust['worst_effect'], 1)} smallest changes)."
        )
    if decision.satisficing not in (decision.robust, decision.expected):
        best = rows.loc[decision.satisficing]
        sentences.append(
            f"What is wanted is most often met by {spoken(decision.satisficing)} ({best['satisfied']:.0%})."
        )
    if decision.left_out:
        sentences.append(f"{decision.left_out} worlds are left out: some option lacks a run there.")
    return sentences


def print_options(decision: Any, titles: Mapping[str, str]) -> None:
    """Print one row an option, the affordable ones first, the best score first."""
    from rich import box
    from rich.table import Table

    from sim.cli._tables import print_table
    from sim.report import words
    from sim.vocabulary.outcomes import BY_NAME, HEADLINE

    outcomes = [BY_NAME[name] for name in HEADLINE if name in decision.options]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("Option", overflow="fold")
    table.add_column("Cost", justify="right")
    for outcome in outcomes:
        table.add_column(outcome.label, justify="right", overflow="fold")
    for title in ("Score", "Most missed", "Wanted met", "Does harm", "Best"):
        table.add_column(title, justify="right")
    for row in decision.options.sort_values(["affordable", "score"], ascending=False, kind="stable").to_dict(
        "records"
    ):
        picked = [
            word
            for word, name in (("robust", decision.robust), ("best mean", decision.expected))
            if name == row["scenario"]
        ]
        mark = "" if row["affordable"] else "too dear"
        note = ", ".join([*picked, mark] if mark else picked)
        table.add_row(
            titles.get(row["scenario"], row["scenario"]) + (f"  [{note}]" if note else ""),
            words.money(row["cost"], signed=True),
            *(words.difference(outcome, row[outcome.name]) for outcome in outcomes),
            words.signed(row["score"], 1),
            f"{row['regret_max']:.1f}",
            f"{row['satisfied']:.0%}",
            f"{row['harms']:.0%}",
            f"{row['best_share']:.0%}",
        )
    print_table(table)
    click.echo(
        "\nCost in yuan per resident a year beyond the baseline. Score: mean effect on participation, trust and "
        "conflict, in smallest\nchanges that matter. Most missed: how far the score lies below that of the best "
        "affordable option, where that is most.\nBest: share of worlds in which none scores higher."
    )
