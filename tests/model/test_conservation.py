"""Nothing is dropped and nothing comes from nowhere: needs, conflicts, people, hours and money, on every day."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from sim.model.columns import KNOWN, MEDIATED, MEDIATION, NEED, RESOLVED
from sim.model.counters import flow, institution, use
from sim.model.run import simulate
from sim.model.world import World
from sim.vocabulary.measures import FLOWS, STOCKS
from tests.model import stressed

DAYS = 200
ENDS = ("self_resolved", "resolved", "failed", "lapsed_silent", "lapsed_waiting")


@pytest.fixture(scope="module")
def evenings() -> list[dict[str, np.ndarray]]:
    """What can be counted on each of 200 evenings under strain."""
    return list(counted(stressed.under_strain(), DAYS))


def counted(world: World, days: int) -> Iterator[dict[str, np.ndarray]]:
    """Flows so far and what is open, by cell, and the day's hours and money."""
    total = np.zeros_like(world.flows)
    cells = len(world.cell_levels)
    for _ in stressed.days(world, days):
        total += world.flows
        needs, quarrels = world.demands.columns, world.conflicts.columns
        n, k = world.demands.count, world.conflicts.count
        is_need = needs.kind[:n] == NEED
        cases = needs.conflict[:n][needs.kind[:n] == MEDIATION]
        yield {
            "flows": total.copy(),
            "open_needs": np.bincount(needs.cell[:n][is_need], minlength=cells),
            "open_conflicts": np.bincount(quarrels.cell[:k], minlength=cells),
            "closed_rows": np.array((needs.state[:n] >= RESOLVED).sum() + (quarrels.state[:k] >= MEDIATED).sum()),
            "stocks": world.stocks.copy(),
            "present": world.residents.present.copy(),
            "today": world.flows.copy(),
            "hours": world.hours.copy(),
            "institution": world.institution.copy(),
            "programmes": np.array(sum(world.board.money_by_block.values()) / 365.0),
            "known_with_case": np.sort(quarrels.id[:k][(quarrels.state[:k] == KNOWN) & (quarrels.case_open[:k] == 1)]),
            "cases": np.sort(cases),
            "busiest": np.array(world.workers.busy.max()),
            "in_hand": np.sort(world.workers.case[world.workers.case >= 0]),
        }


def so_far(evening: dict[str, np.ndarray], *names: str) -> np.ndarray:
    """Sum of flows up to an evening, by cell."""
    return sum(evening["flows"][:, flow(name)] for name in names)


def test_the_run_is_one_in_which_everything_happens(evenings: list[dict[str, np.ndarray]]) -> None:
    total = evenings[-1]["flows"].sum(axis=0)
    never = [name for name, value in zip(FLOWS, total, strict=True) if value == 0.0]
    assert not never
    assert max(e["institution"][institution("quits")] for e in evenings) > 0


def test_every_need_that_arose_has_ended_or_is_open_in_each_cell(evenings: list[dict[str, np.ndarray]]) -> None:
    for evening in evenings:
        assert (so_far(evening, "needs_arose") == so_far(evening, *ENDS) + evening["open_needs"]).all()
        stocks = evening["stocks"][:, STOCKS.index("silent_open")] + evening["stocks"][:, STOCKS.index("backlog")]
        assert (stocks == evening["open_needs"]).all()
        assert evening["closed_rows"] == 0, "closed rows are dropped every evening"


def test_every_need_is_solved_alone_voiced_or_kept_silent_and_only_silent_ones_are_found(
    evenings: list[dict[str, np.ndarray]],
) -> None:
    last = evenings[-1]
    assert (so_far(last, "needs_arose") == so_far(last, "self_resolved", "voiced", "stayed_silent")).all()
    found_or_open = so_far(last, "detected", "lapsed_silent") + last["stocks"][:, STOCKS.index("silent_open")]
    assert (found_or_open == so_far(last, "stayed_silent")).all()


def test_shares_never_exceed_what_they_are_shares_of(evenings: list[dict[str, np.ndarray]]) -> None:
    pairs = [
        ("on_time", "due_decided"), ("triage_right", "triaged"), ("misrouted", "routed"), ("votes", "electors"),
        ("enquiries_answered", "enquiries"), ("council_resolved", "council_taken"), ("council_resolved", "resolved"),
    ]  # fmt: skip
    for part, whole in pairs:
        assert (so_far(evenings[-1], part) <= so_far(evenings[-1], whole)).all(), part
    voiced = so_far(evenings[-1], "voiced", "detected")
    assert (so_far(evenings[-1], "triaged") == voiced).all()
    assert (so_far(evenings[-1], "due_decided") <= voiced).all(), "timeliness is decided once"
    assert (so_far(evenings[-1], "started") <= voiced).all(), "work on a need first begins once"


def test_every_conflict_has_ended_or_is_open_in_each_cell(evenings: list[dict[str, np.ndarray]]) -> None:
    ends = ("conflicts_mediated", "conflicts_escalated", "conflicts_faded")
    for evening in evenings:
        assert (so_far(evening, "conflicts_new") == so_far(evening, *ends) + evening["open_conflicts"]).all()
        assert (evening["stocks"][:, STOCKS.index("conflicts_open")] == evening["open_conflicts"]).all()


def test_every_known_conflict_waits_as_one_case(evenings: list[dict[str, np.ndarray]]) -> None:
    assert sum(len(e["known_with_case"]) for e in evenings) > 100
    for evening in evenings:
        assert len(set(evening["cases"])) == len(evening["cases"])
        assert set(evening["known_with_case"]) <= set(evening["cases"])


def test_nobody_is_lost(evenings: list[dict[str, np.ndarray]]) -> None:
    places = len(evenings[0]["present"])
    empty = 0.0
    for evening in evenings:
        empty += evening["today"][:, flow("left")].sum() - evening["today"][:, flow("arrived")].sum()
        assert evening["present"].sum() == evening["stocks"][:, STOCKS.index("n")].sum() == places - empty
    assert empty == 0.0 and max(e["today"][:, flow("arrived")].sum() for e in evenings) > 1_000


def test_hours_by_use_add_up_to_the_hours_there_are(evenings: list[dict[str, np.ndarray]]) -> None:
    working = 0
    for evening in evenings:
        available = evening["institution"][institution("hours_available")]
        assert evening["hours"].sum() == pytest.approx(available, abs=1e-9)
        assert (evening["hours"] >= -1e-12).all()
        working += available > 0.0
        offered = evening["institution"][institution("hours_cases_offered")]
        used = evening["institution"][institution("hours_cases_used")]
        assert used <= offered + 1e-9
        assert evening["hours"][use("unused")] == pytest.approx(offered - used, abs=1e-9)
        assert evening["hours"][use("casework")] + evening["hours"][use("mediation")] == pytest.approx(used, abs=1e-9)
        assert evening["busiest"] <= 8.0 + 1e-9, "nobody works longer than a paid day"
    assert 0.6 * DAYS < working < 0.8 * DAYS, "weekdays"


def test_a_case_is_in_one_pair_of_hands(evenings: list[dict[str, np.ndarray]]) -> None:
    assert any(len(e["in_hand"]) for e in evenings)
    for evening in evenings:
        assert len(set(evening["in_hand"])) == len(evening["in_hand"])


def test_money_is_wages_and_what_the_policies_spend(evenings: list[dict[str, np.ndarray]]) -> None:
    for evening in evenings:
        row = evening["institution"]
        assert row[institution("money_wages")] == pytest.approx(row[institution("workers")] * 40.0 / 7.0 * 45.0)
        assert row[institution("money_programmes")] == pytest.approx(float(evening["programmes"]))


def test_tables_of_a_run_add_up_over_every_cut_and_costs_match_the_ledger() -> None:
    run = simulate(stressed.scenario(), seed=3, days=60)
    levels, series = run.recorder.levels.names, run.recorder.series
    for by in ("scope", "group", "quarter", "age", "vulnerable"):
        rows = [k for k, (cut, _) in enumerate(levels) if cut == by]
        assert series[:, rows].sum(axis=1) == pytest.approx(series[:, 0], abs=1e-6), by
    costs = run.costs[run.costs["window"] == "horizon"]
    residents = series[:, 0, STOCKS.index("n")].sum()
    spent = run.value("cost_per_resident", by="all", level="total") * residents / 365.0
    assert costs["money"].sum() == pytest.approx(spent)
    hours = run.hours[run.hours["window"] == "horizon"]["hours"].sum()
    assert hours == pytest.approx(float(costs[costs["item"] == "wages"]["hours"].iloc[0]))
