"""One picture of all claims: what each does to its outcomes, in units of the smallest change that matters."""

from __future__ import annotations

from typing import Any

from sim.report.claims import grouped, judged, label
from sim.report.style import BETTER, INK, NEUTRAL, WORSE, ZONE, inline_svg, quiet_axes

__all__ = ["claims_picture"]

LINEAR = 2.0
"""Smallest changes up to which the axis is linear; beyond, it is logarithmic."""
COLOURS = {"as_claimed": BETTER, "against": WORSE}


def claims_picture(ledger: Any) -> str:
    """Every judged effect of the claims that can come out either way, as inline SVG.

    The claimed direction is to the right. Dots are worlds, lines 95% intervals of the mean; in the grey zone are
    changes too small to matter.
    """
    from matplotlib.figure import Figure

    main = judged(ledger)
    rows = []
    for _, claims in grouped(ledger):
        for claim in claims:
            if claim.nature == "emergent":
                rows += list(main[main["claim"] == claim.claim].itertuples(index=False))
    height = 0.6 + 0.2 * max(len(rows), 1)
    figure = Figure(figsize=(7.6, height), layout="constrained")
    axes = figure.add_subplot()
    axes.axvspan(-1.0, 1.0, color=ZONE, zorder=0)
    axes.axvline(0.0, color=NEUTRAL, linewidth=0.7, zorder=1)
    worlds = ledger.worlds
    for place, row in enumerate(rows):
        sign = 1.0 if row.expected == "higher" else -1.0
        unit = float(row.smallest_change)
        own = (
            worlds[(worlds["claim"] == row.claim) & (worlds["name"] == row.name)]["claimed"].astype(float)
            / unit
        )
        colour = COLOURS.get(row.result, NEUTRAL)
        axes.scatter(own, [place] * len(own), s=7, color="white", edgecolor=NEUTRAL, linewidth=0.5, zorder=2)
        axes.plot([sign * row.low / unit, sign * row.high / unit], [place, place], color=colour, zorder=3)
        filled = colour if row.result in COLOURS else "white"
        marker = {"as_claimed": ">", "against": "<"}.get(
            row.result, "s" if row.result == "too_small" else "o"
        )
        axes.plot(
            [sign * row.mean / unit],
            [place],
            marker,
            color=colour,
            markerfacecolor=filled,
            markersize=4.5,
            zorder=4,
        )
    axes.set_xscale("symlog", linthresh=LINEAR, linscale=1.0)
    axes.set_yticks(range(len(rows)), [f"{row.claim}  {label(row)}" for row in rows])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlabel("against the claim  ←  smallest changes that matter  →  as claimed", color=INK)
    axes.xaxis.set_major_formatter(lambda x, _: f"{x:g}".replace("-", "−"))
    quiet_axes(axes, "x")
    return inline_svg(
        figure,
        "claims",
        "Effects of all claims on what they are judged by, claim by claim; the table holds the numbers.",
    )
