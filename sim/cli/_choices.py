"""What to choose, at the terminal: the rules' picks in sentences, then a row for each option."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

__all__ = ["print_options", "told_choice"]


def told_choice(
    decision: Any, titles: Mapping[str, str], baseline: str, aims: Any, labels: Mapping[str, str]
) -> None:
    """Print the rules' picks, one sentence or two a line."""
    from sim.report.choice import choice_sentences, wanted

    sentences = choice_sentences(decision, lambda name: f"“{titles.get(name, name)}”", baseline, labels)
    click.echo("\n".join(f"{what}: {said}" for what, said in sentences))
    click.echo(f"\nWanted is that {wanted(aims.budget, aims.targets)}.\n")


def print_options(decision: Any, titles: Mapping[str, str]) -> None:
    """Print one row an option, the affordable ones first, the best score first."""
    from sim.cli._output import print_table
    from sim.report import words
    from sim.vocabulary.outcomes import BY_NAME, HEADLINE

    outcomes = [BY_NAME[name] for name in HEADLINE if name in decision.options]
    labels = [outcome.label for outcome in outcomes]
    columns = ["Option", "Cost", *labels, "Score", "Most missed", "Wanted met", "Does harm", "Best"]
    lines = []
    for row in decision.options.sort_values(["affordable", "score"], ascending=False, kind="stable").to_dict(
        "records"
    ):
        picked = [
            word
            for word, name in (("robust", decision.robust), ("best mean", decision.expected))
            if name == row["scenario"]
        ]
        mark = "never at work" if row.get("delivered") == 0.0 else "" if row["affordable"] else "too dear"
        note = ", ".join([*picked, mark] if mark else picked)
        cells = (
            titles.get(row["scenario"], row["scenario"]) + (f"  [{note}]" if note else ""),
            words.money(row["cost"], signed=True),
            *(words.difference(outcome, row[outcome.name]) for outcome in outcomes),
            words.signed(row["score"], 1),
            f"{row['regret_max']:.1f}",
            f"{row['satisfied']:.0%}",
            f"{row['harms']:.0%}",
            f"{row['best_share']:.0%}",
        )
        lines.append(cells)
    print_table(columns, lines, range(1, len(columns)))
    for row in decision.options.to_dict("records"):
        if row.get("reason"):
            click.echo(f"\n{titles.get(row['scenario'], row['scenario'])}: {row['reason']}", nl=False)
    click.echo(
        "\nCost in yuan per resident a year beyond the baseline. Score: mean effect on participation, trust and "
        "conflict, in smallest\nchanges that matter. Most missed: how far the score lies below that of the best "
        "affordable option, where that is most.\nBest: share of worlds in which none scores higher."
    )
