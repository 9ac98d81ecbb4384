"""The service keeps its accounts: nothing is dropped, every number booked adds up, and every bound holds."""

from __future__ import annotations

import numpy as np
import pytest

from sim.model import columns as c
from sim.model.counters import flow, institution, use
from sim.model.world import World
from tests.model.busy_service import both, stream, town, turnover
from tests.worlds import serve

DAYS = 250


class Seen:
    """What a run showed, day by day."""

    def __init__(self) -> None:
        self.experiences = self.performance = self.failures = self.successes = 0.0
        self.interrupted = self.carried = self.ties = self.again_the_same_day = 0
        self.used: list[float] = []
        self.offered: list[float] = []
        self.busy: list[float] = []

    def __call__(self, world: World) -> None:
        people, workers = world.residents, world.workers
        table, rows = world.demands.columns, slice(0, world.demands.count)
        self.experiences += people.experience_n.sum()
        self.performance += people.experience_sum.sum()
        self.failures += people.failures.sum()
        self.successes += people.successes.sum()
        self.carried += int((workers.case >= 0).sum())
        in_work = table.state[rows] == c.IN_WORK
        assert sorted(workers.case[workers.case >= 0]) == list(np.flatnonzero(in_work))
        again = (table.state[rows] >= c.QUEUED) & (table.attempts[rows] > 0) & (table.entered[rows] >= world.tick)
        self.again_the_same_day += int(again.sum())
        entered = table.entered[rows][table.state[rows] == c.QUEUED]
        self.ties += len(entered) - len(np.unique(entered))
        self.interrupted += int(((table.state[rows] == c.QUEUED) & (table.worked[rows] > 0.0)).sum())
        self.offered.append(world.institution[institution("hours_cases_offered")])
        self.used.append(world.institution[institution("hours_cases_used")])
        self.busy.append(workers.busy[workers.outside == 0].sum())
        for column in c.DEMAND:
            values = getattr(table, column.name)[rows]
            assert column.lower is None or not len(values) or values.min() >= column.lower, column.name
            assert column.upper is None or not len(values) or values.max() <= column.upper, column.name
        assert (workers.familiarity >= 0.0).all() and (workers.familiarity <= 1.0).all()
        late = (table.state[rows] < c.RESOLVED) & (table.state[rows] != c.IN_WORK)
        assert (table.deadline[rows][late] > world.tick + 1.0).all(), "an overdue demand did not lapse"


@pytest.fixture(scope="module")
def run() -> tuple[World, object, Seen]:
    world, seen = town(), Seen()
    coming = serve(world, stream(DAYS), DAYS, each_day=both(seen, turnover))
    return world, coming, seen


def test_the_run_meets_every_situation_often(run) -> None:
    world, _, seen = run
    assert min(seen.interrupted, seen.carried, seen.ties, seen.again_the_same_day) >= 100
    flows = world.flows.sum(axis=0)
    for name in ("lapsed_waiting", "lapsed_silent", "reopened", "failed", "council_taken", "misrouted", "resolved"):
        assert flows[flow(name)] >= 50, name


def test_every_demand_is_open_or_ended_in_one_way(run) -> None:
    world, coming, _ = run
    flows = world.flows.sum(axis=0)
    need = coming.columns["kind"] == c.NEED
    assert (coming.state >= c.SILENT).all(), "a demand was lost"
    assert (coming.state < c.RESOLVED).sum() == world.demands.count
    assert flows[flow("resolved")] == (need & (coming.state == c.RESOLVED)).sum()
    assert flows[flow("failed")] == (need & (coming.state == c.FAILED)).sum()
    lapsed = flows[flow("lapsed_silent")] + flows[flow("lapsed_waiting")]
    assert lapsed == (need & (coming.state == c.LAPSED)).sum()


def test_beginnings_and_waits_agree(run) -> None:
    world, coming, _ = run
    flows = world.flows.sum(axis=0)
    waits = np.concatenate(world.waits.wait)
    assert len(waits) == flows[flow("started")]
    assert waits.sum() == pytest.approx(flows[flow("wait_days")])
    assert (waits >= 0.0).all()
    by_cell = np.bincount(np.concatenate(world.waits.cell), minlength=len(world.flows))
    np.testing.assert_array_equal(by_cell, world.flows[:, flow("started")])
    by_staff_or_council = coming.first[(coming.columns["kind"] == c.NEED) & (coming.first != c.NEVER)]
    unsettled = flows[flow("started")] + flows[flow("council_resolved")]
    assert len(by_staff_or_council) == unsettled


def test_timeliness_is_decided_at_most_once(run) -> None:
    world, coming, _ = run
    flows = world.flows.sum(axis=0)
    need = coming.columns["kind"] == c.NEED
    due = np.where(coming.columns["urgent"], 3.0, 7.0)
    begun = need & (coming.first != c.NEVER)
    in_time = begun & (coming.wait <= due)
    assert flows[flow("on_time")] == in_time.sum()
    surfaced = need & (coming.columns["state"] == c.ROUTING)
    old = surfaced & (world.tick - coming.voiced > due)
    ended = surfaced & (coming.state >= c.RESOLVED)
    assert flows[flow("due_decided")] == (begun | old | ended).sum()


def test_residents_feel_each_end_once(run) -> None:
    world, coming, seen = run
    flows = world.flows.sum(axis=0)
    ended_ways = ("failed", "lapsed_silent", "lapsed_waiting")
    assert seen.failures == flows[[flow(name) for name in ended_ways]].sum()
    assert seen.successes == flows[flow("resolved")]
    closed = flows[[flow(name) for name in ("resolved", "failed", "lapsed_waiting")]].sum()
    need = coming.columns["kind"] == c.NEED
    never_begun_in_time = flows[flow("due_decided")] - flows[flow("on_time")]
    assert closed <= seen.experiences <= closed + never_begun_in_time
    assert 0.0 <= seen.performance <= seen.experiences
    assert need.sum() > seen.successes


def test_hours_used_are_hours_worked_and_never_more_than_offered(run) -> None:
    world, _, seen = run
    used, offered = np.diff([0.0, *seen.used]), np.diff([0.0, *seen.offered])
    np.testing.assert_allclose(used, seen.busy, atol=1e-9)
    assert (used <= offered + 1e-9).all()
    assert (used[offered > 0.0] > 0.0).all()
    weekend = np.arange(DAYS) % 7 >= 5
    assert (offered[weekend] == 0.0).all() and (offered[~weekend] > 0.0).all()
    kinds = world.hours[use("casework")] + world.hours[use("mediation")]
    assert kinds == pytest.approx(seen.used[-1])
    assert world.hours[use("mediation")] > 0.0
    assert kinds + world.hours[use("unused")] == pytest.approx(seen.offered[-1])


def test_the_table_s_first_size_changes_no_bit() -> None:
    ends = []
    for capacity in (1, 1024):
        world = town(capacity)
        coming = serve(world, stream(60), 60, each_day=turnover)
        saved = world.demands.saved()
        ends.append(
            (
                coming.first.tobytes(), coming.state.tobytes(), world.flows.tobytes(), world.hours.tobytes(),
                world.workers.familiarity.tobytes(), *(saved[name].tobytes() for name in sorted(saved)),
            )  # fmt: skip
        )
    assert ends[0] == ends[1]


def test_a_run_begun_again_from_saved_rows_goes_on_the_same() -> None:
    """Queues, agenda and speeds are derived: dropping and restoring the saved rows midway changes nothing."""
    straight = town()
    coming = serve(straight, stream(80), 80, each_day=turnover)

    stopped, again = town(), stream(80)

    def pause(world: World) -> None:
        turnover(world)
        if world.tick == 39:
            saved = world.demands.saved()
            world.demands.count = 0
            world.demands.restore(saved)
            world.workers.busy[:] = -5.0
            world.workers.speed[:] = -5.0
            world.workers.clock[:] = -5.0

    serve(stopped, again, 80, each_day=pause)
    assert again.first.tobytes() == coming.first.tobytes()
    assert stopped.flows.tobytes() == straight.flows.tobytes()


def test_no_demand_no_event() -> None:
    world = town()
    serve(world, stream(1, rate=1e-9), 14)
    assert not world.flows.any() and not world.demands.count
    assert world.institution[institution("hours_cases_used")] == 0.0
    assert world.hours[use("unused")] == world.institution[institution("hours_cases_offered")] > 0.0
