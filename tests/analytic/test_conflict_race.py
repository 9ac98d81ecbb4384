"""Reporting, escalation and fading race in continuous time: who wins, and when (evidence section 5, case 17).

A conflict is noted as known at the end of the day on which a party reports it, and mediated from the next morning; what
ends within that same day was not known in time. All expectations below take that day into account exactly.
"""

from __future__ import annotations

import math

import pytest

from sim.model.world import World
from sim.rules.functions import hazard_to_chance
from tests.analytic.towns import SURE, counts, flows, live, town, with_rules

NAMES = (
    "conflicts_new", "conflicts_known", "conflicts_mediated", "conflicts_escalated", "conflicts_faded", "conflict_days",
)  # fmt: skip
ROUND_THE_CLOCK = {"workdays": 7.0, "shift_start": 0.0, "shift_hours": 24.0}


def quarrels(
    report: float, escalate: float, fade: float, mediation: float, people: int = 3_000
) -> dict[str, float]:
    """Totals of a town in which one in ten starts a conflict every day; hazards a week. All have come to an end."""
    conflict = {
        "onset": 0.1, "institution": 1.0, "grievance": 0.0, "mediation": mediation, "hours": 1e-6, "success": SURE,
        "reporting": hazard_to_chance(report, 1.0), "escalation": hazard_to_chance(escalate, 1.0),
        "fade": hazard_to_chance(fade, 1.0), "relief": 0.0,
    }  # fmt: skip
    rules = {
        "conflict": conflict, "hours": ROUND_THE_CLOCK, "service": {"routing_days": 0.0},
        "belonging": {"conflict_loss": 0.0, "friction_witness": 0.0},
    }  # fmt: skip
    world = town(on=("M8", "M9"), people=people, rules=rules)
    world.residents.trust[:] = world.residents.belonging[:] = world.residents.grievance[:] = 0.0
    world.residents.anchor[:] = 0.0
    totals = dict.fromkeys(NAMES, 0.0)

    def add_up(world: World) -> None:
        for name in NAMES:
            totals[name] += flows(world, name)

    live(world, 40, add_up)
    with_rules(world, {"conflict": {"onset": 0.0}})
    while world.conflicts.count > 0 and world.tick < 3_000:
        live(world, 1, add_up)
    assert world.conflicts.count == 0
    return totals


def known_in_time(report: float, ends: float) -> float:
    """Chance to be known at the end of a day before it ends otherwise: hazards a day, onset at any hour.

    On a day of length x: reported within it and not ended, ``exp(-L x) - exp(-H x)`` with H = L + report; else, not
    ended either, the next morning begins anew.
    """
    both = report + ends
    later = (math.exp(-ends) - math.exp(-both)) / (1.0 - math.exp(-both))
    first = (1.0 - math.exp(-ends)) / ends - (1.0 - math.exp(-both)) / both
    return first + (1.0 - math.exp(-both)) / both * later


def close(found: float, chance: float, n: float) -> bool:
    """Whether a count is within 4.5 standard errors of a binomial's mean."""
    return abs(found / n - chance) < 4.5 * math.sqrt(chance * (1.0 - chance) / n)


@pytest.mark.parametrize(("report", "escalate", "fade"), [(0.25, 0.10, 0.15), (0.4, 0.4, 0.4), (0.6, 0.03, 0.03)])
def test_what_is_known_in_time_is_mediated_and_the_rest_escalates_or_fades_by_hazard(
    report: float, escalate: float, fade: float
) -> None:
    totals = quarrels(report, escalate, fade, mediation=1.0)
    n = totals["conflicts_new"]
    assert n > 9_000
    known = known_in_time(report / 7.0, (escalate + fade) / 7.0)
    # in continuous time throughout it would be the share of hazards; noting it at night costs little
    assert known == pytest.approx(report / (report + escalate + fade), rel=0.09)
    assert close(totals["conflicts_mediated"], known, n)
    lost = n - totals["conflicts_mediated"]
    assert close(totals["conflicts_escalated"], escalate / (escalate + fade), lost)
    assert totals["conflicts_escalated"] + totals["conflicts_faded"] == lost


def test_detection_at_a_fifth_against_escalation_at_a_twentieth_wins_four_times_in_five() -> None:
    totals = quarrels(0.2, 0.05, 0.0, mediation=0.0)
    expected = known_in_time(0.2 / 7.0, 0.05 / 7.0)
    assert expected == pytest.approx(0.8, abs=0.004)
    assert close(totals["conflicts_known"], expected, totals["conflicts_new"])
    assert totals["conflicts_escalated"] == totals["conflicts_new"], "nothing else ends them"


@pytest.mark.parametrize(("escalate", "fade"), [(0.1, 0.4), (0.7, 0.7)])
def test_without_mediation_a_conflict_lasts_as_long_as_its_hazards_say(escalate: float, fade: float) -> None:
    """Chance of escalation ``h_e / (h_e + h_f)`` and a mean of ``1 / (h_e + h_f)``, exact in continuous time."""
    totals = quarrels(0.25, escalate, fade, mediation=0.0, people=25_000)
    n = totals["conflicts_new"]
    assert close(totals["conflicts_escalated"], escalate / (escalate + fade), n)
    mean = 7.0 / (escalate + fade)
    # an exponential time has a standard deviation as large as its mean: 100,000 of them, 0.32%; 2% off would show
    assert n > 90_000
    assert abs(totals["conflict_days"] / n / mean - 1.0) < 4.5 / math.sqrt(n)


def test_no_hazard_no_end() -> None:
    conflict = {"onset": 0.1, "reporting": 0.0, "escalation": 0.0, "fade": 0.0}
    world = town(on=("M8",), people=500, rules={"conflict": conflict})
    new = counts(world, 60, "conflicts_new").sum()
    assert world.conflicts.count == new > 0
