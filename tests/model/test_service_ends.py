"""How demands end, what residents meet, and what the day's hours were spent on."""

from __future__ import annotations

import numpy as np
import pytest

from sim.model import columns as c
from sim.model.counters import flow, institution, use
from sim.model.world import World
from tests.worlds import Office, demands, poisson, serve, small_world

SHIFT = {"hours.week": 40.0, "hours.workdays": 5.0, "hours.shift_start": 9.0, "hours.shift_hours": 8.0}


def experiences(world: World, coming, days: int) -> list[tuple[float, float]]:
    """Number and sum of performances of the first resident, day by day."""
    met: list[tuple[float, float]] = []
    people = world.residents
    serve(world, coming, days, lambda w: met.append((float(people.experience_n[0]), float(people.experience_sum[0]))))
    return met


def test_a_need_resolved_in_time_by_a_kind_worker_is_the_best_experience() -> None:
    world = small_world({"skill.on_treatment": 0.5, "service.work_form": 1.0})
    world.workers.skill[:] = 1.0
    assert experiences(world, demands([0.0]), 3) == [(0.0, 0.0), (1.0, pytest.approx(1.0)), (0.0, 0.0)]


def test_an_acknowledgement_adds_to_treatment() -> None:
    world = small_world({"service.acknowledge_treatment": 0.25, "service.work_form": 1.0})
    world.levers.acknowledgement[:] = 1.0
    assert experiences(world, demands([0.0]), 2)[1] == (1.0, pytest.approx(0.4 + 0.4 + 0.2 * 0.75))


def test_work_that_fails_may_be_taken_up_again_and_keeps_its_first_date() -> None:
    numbers = {"skill.resolution": -700.0, "service.reopen": 0.5, "service.work_hours": 2.0}
    world = small_world(numbers, (Office((60,)),))
    coming = serve(world, poisson(30.0, 60), 90)
    flows = world.flows.sum(axis=0)
    n = len(coming.voiced)
    assert (coming.state == c.FAILED).all() and flows[flow("failed")] == flows[flow("started")] == n
    assert (coming.wait < 1e-9).all()
    # a geometric number of further attempts with mean 1 and variance 2
    assert flows[flow("reopened")] / n == pytest.approx(1.0, abs=4.0 * np.sqrt(2.0 / n))
    assert coming.worked.mean() == pytest.approx(4.0, rel=0.15), "every attempt draws its own work"


def test_more_skill_and_familiarity_resolve_more() -> None:
    shares = []
    for skill, known in ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0)):
        numbers = {"skill.on_resolution": 1.0, "skill.familiarity_on_resolution": 1.0, "skill.resolution": -1.0}
        world = small_world({**numbers, "service.work_hours": 0.1}, (Office((3,)),))
        world.workers.skill[:] = skill
        world.workers.familiarity[:] = known
        shares.append((serve(world, poisson(100.0, 40), 41).state == c.RESOLVED).mean())
    assert shares == pytest.approx([0.2689, 0.5, 0.7311], abs=4.0 * np.sqrt(0.25 / 4_000))


def test_every_case_makes_its_worker_more_familiar_with_the_quarter() -> None:
    world = small_world({"skill.familiarity_gain": 0.5, "service.work_form": 1.0}, residents=2, blocks=2)
    serve(world, demands([0.0, 1.0, 2.0], resident=[1, 1, 0], kind=[c.NEED, c.MEDIATION, c.FALSE_ALARM]), 5)
    assert world.workers.familiarity[0] == pytest.approx([0.5, 0.75])


def test_mediation_succeeds_less_the_older_the_conflict_and_leaves_the_rest_to_the_conflict_phase() -> None:
    numbers = {"conflict.success_age": 1.0, "conflict.success_skill": 1.0, "conflict.hours": 0.01}
    numbers["conflict.success"] = 0.0
    shares = []
    for age, skill in ((0.0, 0.0), (30.0, 0.0), (30.0, 1.0)):
        world = small_world(numbers, (Office((2,)),))
        world.workers.skill[:] = skill
        coming = poisson(100.0, 40, kind=c.MEDIATION)
        coming.columns["arose"] = coming.voiced - age
        met = experiences(world, coming, 41)
        shares.append((coming.state == c.RESOLVED).mean())
        assert (coming.state >= c.RESOLVED).all() and not any(n for n, _ in met) and not world.flows.any()
    assert shares == pytest.approx([0.5, 0.2689, 0.5], abs=4.0 * np.sqrt(0.25 / 4_000))


# --- lapses and due times -----------------------------------------------------------------------------------


def test_what_comes_to_its_deadline_lapses_unless_work_has_begun() -> None:
    world = small_world({"service.work_form": 1.0, "service.work_hours": 96.0})
    coming = demands(
        [0.0, 0.1, 0.2, 0.3], state=[c.ROUTING, c.ROUTING, c.SILENT, c.SILENT], deadline=[1.0, 2.5, 2.5, 40.0]
    )
    serve(world, coming, 10)
    assert list(coming.state) == [c.RESOLVED, c.LAPSED, c.LAPSED, c.SILENT]
    flows = world.flows.sum(axis=0)
    assert flows[flow("lapsed_waiting")] == 1 and flows[flow("lapsed_silent")] == 1


def test_a_case_past_its_deadline_is_not_begun_later_the_same_day() -> None:
    world = small_world({"service.work_form": 1.0, "service.work_hours": 12.0})
    coming = serve(world, demands([0.0, 0.1], deadline=[9.0, 0.4]), 1)
    assert list(coming.state) == [c.RESOLVED, c.LAPSED] and coming.first[1] == c.NEVER


def test_a_lapse_while_waiting_is_a_bad_experience_and_a_silent_one_is_none() -> None:
    world = small_world()
    world.workers.in_post[:] = 0
    met = experiences(world, demands([0.5], deadline=[1.5]), 3)
    assert met == [(0.0, 0.0), (1.0, pytest.approx(0.2 * 0.5)), (0.0, 0.0)]
    silent = small_world()
    assert not any(n for n, _ in experiences(silent, demands([0.5], deadline=[1.5], state=c.SILENT), 3))
    assert silent.residents.overdue[0] == 0.0


def test_passing_the_due_time_counts_once_and_grieves_every_day() -> None:
    world = small_world({"service.due_ordinary": 2.0, "service.due_urgent": 1.0, "grievance.acknowledged": 0.25})
    world.workers.in_post[:] = 0
    world.levers.acknowledgement[:] = 1.0
    overdue: list[float] = []
    met: list[float] = []

    def look(w: World) -> None:
        overdue.append(float(w.residents.overdue[0]))
        met.append(float(w.residents.experience_n[0]))

    serve(world, demands([0.5, 0.5], urgent=[0, 1]), 5, look)
    assert met == [0.0, 1.0, 1.0, 0.0, 0.0]
    assert overdue == pytest.approx([0.0, 0.75, 1.5, 1.5, 1.5])
    flows = world.flows.sum(axis=0)
    assert flows[flow("due_decided")] == 2 and flows[flow("on_time")] == 0


def test_a_silent_need_grieves_by_its_own_weight() -> None:
    world = small_world({"grievance.silence": 0.3})
    overdue: list[float] = []
    serve(world, demands([0.5], state=c.SILENT), 3, lambda w: overdue.append(float(w.residents.overdue[0])))
    assert overdue == pytest.approx([0.3, 0.3, 0.3])


def test_timeliness_looks_at_true_urgency_not_at_the_judged_one() -> None:
    world = small_world({"service.triage": 0.0, "service.due_urgent": 0.5, "service.work_form": 1.0})
    serve(world, demands([0.0, 0.1, 0.2], urgent=[0, 1, 0]), 6)
    flows = world.flows.sum(axis=0)
    assert flows[flow("due_decided")] == 3 and flows[flow("on_time")] == 2


# --- hours --------------------------------------------------------------------------------------------------


def test_a_case_too_long_for_a_shift_is_carried_over_nights_and_weekends() -> None:
    """20 hours from Thursday 15:00 (2 h), Friday (8 h), Monday (8 h), Tuesday till 11:00."""
    world = small_world({**SHIFT, "service.work_form": 1.0, "service.work_hours": 20.0})
    busy: list[float] = []
    coming = serve(world, demands([3.0 + 15.0 / 24.0, 3.7]), 12, lambda w: busy.append(float(w.workers.busy[0])))
    assert busy == pytest.approx([0, 0, 0, 2, 8, 0, 0, 8, 8, 8, 6, 0])
    assert coming.first == pytest.approx([3.0 + 15.0 / 24.0, 8.0 + 11.0 / 24.0])
    assert coming.worked == pytest.approx([20.0, 20.0])


def test_what_is_voiced_at_night_is_begun_in_the_morning() -> None:
    world = small_world({**SHIFT, "service.work_form": 1.0, "service.work_hours": 1.0}, (Office((5,)),))
    coming = serve(world, demands([0.1, 0.8, 4.75, 5.5]), 9)
    assert coming.first == pytest.approx([0.375, 1.375, 7.375, 7.375])


def test_hours_are_split_by_use_and_fewer_hours_for_cases_make_slower_work() -> None:
    numbers = {**SHIFT, "service.work_form": 1.0, "service.work_hours": 8.0, "conflict.hours": 4.0}
    world = small_world(numbers, (Office((2,)),))
    world.case_share = 0.5
    coming = serve(world, demands([0.0, 0.0], kind=[c.NEED, c.MEDIATION]), 5)
    assert coming.state.tolist() == [c.RESOLVED, c.RESOLVED]
    assert world.hours[use("casework")] == pytest.approx(8.0)
    assert world.hours[use("mediation")] == pytest.approx(4.0)
    assert world.institution[institution("hours_cases_offered")] == pytest.approx(2 * 5 * 4.0)
    assert world.hours[use("unused")] == pytest.approx(40.0 - 12.0)
    assert world.institution[institution("work_arrived")] == pytest.approx(12.0)


def test_without_hours_for_cases_no_case_is_begun() -> None:
    world = small_world(SHIFT)
    world.case_share = 0.0
    coming = serve(world, demands([0.1, 0.2]), 10)
    assert (coming.first == c.NEVER).all() and (coming.state == c.QUEUED).all()
    assert world.institution[institution("hours_cases_offered")] == 0.0


def test_skill_and_tools_quicken_and_burnout_slows_work() -> None:
    numbers = {
        "service.work_form": 1.0, "skill.on_speed": 0.5, "workforce.burnout_on_speed": 0.4, "technology.on_speed": 0.25,
    }  # fmt: skip
    world = small_world(numbers)
    world.workers.skill[:], world.workers.burnout[:] = 0.8, 0.5
    world.levers.platform[:] = 1.0
    coming = serve(world, demands([0.0, 0.01]), 3)
    assert coming.first[1] == pytest.approx(1.0 / (1.4 * 0.8 * 1.25))


@pytest.mark.parametrize(("cooperating", "share"), [(0.0, 0.1), (1.0, 0.4)])
def test_partners_give_part_of_their_hours_which_are_not_the_agency_s_own(cooperating: float, share: float) -> None:
    numbers = {
        "service.work_form": 1.0, "cooperation.accept_base": 1.0, "cooperation.accept_full": 1.0,
        "cooperation.partner_share": 0.1, "cooperation.partner_full": 0.4,
    }  # fmt: skip
    world = small_world(numbers, (Office((1,)), Office((1,), outside=True)))
    world.levers.cooperation[:] = cooperating
    world.case_share = 0.0
    coming = serve(world, demands([0.0, 0.01], outside=1), 30)
    assert coming.first[1] == pytest.approx(1.0 / share)
    assert world.hours[use("casework")] == 0.0 and world.institution[institution("work_arrived")] == 0.0
