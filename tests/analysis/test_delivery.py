"""What was never delivered has no verdict, and says why; what was delivered in part says so beside its verdict."""

from __future__ import annotations

import copy
import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import sim
from sim.analysis.claims.effects import Readings
from sim.analysis.claims.verdict import Judged, judge
from sim.analysis.delivery import deliveries, delivery_table, with_delivery
from sim.analysis.effects import headline, paired_effects
from sim.analysis.versus import versus
from sim.errors import ScenarioError
from sim.lab.request import requested_design
from sim.report.finding import find
from sim.report.selection import select
from sim.report.verdicts import verdict_frame, verdict_rows
from sim.scenario.experiment import load_experiment
from tests import fakes

BLOCK = {
    "policy": "online_channel", "dose": 1.0, "from_start": False, "start": "2025-01-01", "end": None, "ramp": 0,
    "fidelity": 1.0, "coverage": {"quarters": ["q1"], "groups": ["all"]}, "settings": {},
}  # fmt: skip
BASE = {
    "scenario": {
        "start": "2024-12-22", "burn_in": 10, "horizon": 60, "parameters": {}, "mechanisms": {"M1": True},
        "policies": {"existing": {**BLOCK, "policy": "worker_training", "from_start": True}},
    },
    "community": {"name": "toy"},
}  # fmt: skip


def scenario(block: dict | None = None, **changes: object) -> dict:
    """The base with one more block, and other changes of the scenario."""
    made = copy.deepcopy(BASE)
    made["scenario"].update(changes)
    if block is not None:
        made["scenario"]["policies"]["new"] = {**BLOCK, **block}
    return made


def why(document: dict, days: int = 30, share: float = 0.0, at_work: float = 0.0) -> tuple[str, str, float]:
    """Why nothing, or little, of a scenario was delivered in the whole horizon, and the share that was."""
    costs = pd.DataFrame([
        {"scenario": name, "world": "w", "seed": 1, "window": "horizon", "item": block, "hours": 1.0, "money": 1.0,
         "days_at_work": at_work, "dose_given": share * each["dose"], "residents_covered": 9.0, "quarters_covered": 1.0,
         "posts_filled": 0.0}
        for name, of in (("base", BASE), ("own", document)) for block, each in of["scenario"]["policies"].items()
    ])  # fmt: skip
    documents = {"base": BASE, "own": document}
    found = deliveries(delivery_table(costs, documents, days), documents, "base", days)["own", "horizon"]
    return found.never, found.partly, found.share


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (scenario(), "The same as the baseline: nothing in it differs."),
        (scenario({"dose": 0.0}), "The same as the baseline: it has dose 0."),
        (
            scenario({"start": "2025-02-15"}),
            "Never at work in these days: it starts 2025-02-15, after the last day (2025-01-30).",
        ),
        (
            scenario({"end": "2024-12-31"}),
            "Never at work in these days: it ended 2024-12-31, before the first day (2025-01-01).",
        ),
        (
            scenario(parameters={"trust.start": 0.5}),
            "Every run is the same as the baseline's: what differs in it (trust.start) changed nothing in these days.",
        ),
        (
            scenario({}),
            "Every run is the same as the baseline's: what differs in it (new) changed nothing in these days.",
        ),
    ],
)
def test_why_nothing_was_delivered_is_a_whole_sentence(document: dict, said: str) -> None:
    assert why(document)[0] == said


def test_less_than_half_of_a_dose_is_told_and_more_is_not() -> None:
    assert why(scenario({}), share=0.2, at_work=10)[1:] == (
        "Only 20% of its dose was given in these days: at work on 10 of 30 days, at 60% of its dose.", 0.2,
    )  # fmt: skip
    assert why(scenario({}), share=0.25, at_work=7.5)[1].endswith("at work on 8 of 30 days.")
    assert why(scenario({}), share=0.6, at_work=18)[1:] == ("", 0.6)
    assert why(scenario({}))[1] == "Not at work in these days: what shows is what is left of earlier days."
    assert math.isnan(why(scenario({}, parameters={"trust.start": 0.5}), share=0.1, at_work=3)[2])


def windows() -> pd.DataFrame:
    """A baseline, a scenario that differs, and one that is the same in every run until the last 90 days."""
    table = fakes.windows(("baseline", "workforce"), worlds=6)
    same = table[table["scenario"] == "baseline"].assign(scenario="late")
    same.loc[same["window"] == "last_90", "trust"] += 0.01
    return pd.concat([table, same], ignore_index=True)


def test_runs_that_are_all_the_same_have_no_verdict_in_that_window_and_are_not_counted() -> None:
    effects = paired_effects(windows(), "baseline")
    late = effects[effects["scenario"] == "late"]
    never = late[late["window"] == "horizon"]
    assert len(never) > 20
    assert set(never["verdict"]) == {"not_delivered"} and (never["delivered"] == 0.0).all()
    assert never["p_value"].isna().all() and set(never["reason"]) == {"Every run is the same as the baseline's."}
    other = late[late["window"] == "last_90"]
    assert "not_delivered" not in set(other["verdict"]) and "better" in set(other["verdict"])
    main = effects[headline(effects)]
    assert set(main["comparisons"]) == {3}, "three outcomes of the one scenario that was at work"


def test_one_run_that_differs_is_enough_for_a_verdict() -> None:
    table = windows()
    place = table.index[(table["scenario"] == "late") & (table["window"] == "horizon")][0]
    table.loc[place, "load"] += 1e-9
    effects = paired_effects(table, "baseline")
    assert "not_delivered" not in set(effects["verdict"])


def test_two_scenarios_that_are_the_same_are_not_judged_against_each_other() -> None:
    table = fakes.windows(("baseline", "workforce"), worlds=6)
    twin = table[table["scenario"] == "workforce"].assign(scenario="twin")
    found = versus(pd.concat([table, twin], ignore_index=True), "baseline")
    assert len(found) == 3 and set(found["verdict"]) == {"not_delivered"} and set(found["comparisons"]) == {0}


def test_options_say_what_was_never_at_work() -> None:
    effects = paired_effects(windows(), "baseline")
    options = pd.DataFrame({"scenario": ["baseline", "workforce", "late"]})
    found = with_delivery(options, effects, "horizon").set_index("scenario")
    assert found.loc["late", "delivered"] == 0.0 and found.loc["late", "reason"] and not found.loc["baseline", "reason"]


def test_a_claim_about_what_was_never_at_work_is_not_tried() -> None:
    readings = Readings(windows(), 6)
    claim = SimpleNamespace(nature="emergent", reason="")
    outcome = SimpleNamespace(name="trust", direction=1, smallest_change=0.005)
    level = ("scope", "residents")
    effect = readings.effect({"late": 1, "baseline": -1}, "horizon", level, "trust", 1, 0.005)
    tried = readings.differ(["late", "baseline"], "horizon", ("all", "total"))
    assert judge(claim, [Judged(outcome, {"residents": effect}, {}, tried=tried)], None).words == "not tried"
    assert readings.differ(["workforce", "baseline"], "horizon", ("all", "total"))
    assert readings.differ(["late", "baseline"], "last_90", ("all", "total"))


SETS = ("burn_in=14", "horizon=35", "start=2024-01-01")
"""The first day after the burn-in is 2024-01-15, the last one 2024-02-18."""


def harbour(name: str, *sets: str) -> object:
    return replace(sim.load_scenario("harbour_today", sets=[*SETS, *sets]), name=name, title=name.capitalize())


def test_a_comparison_tells_who_was_never_at_work_and_who_hardly_was(tmp_path) -> None:
    block = "policies.online_channel"
    nothing = harbour("nothing", f"{block}.dose=0")
    late = harbour("late", f"{block}.dose=1", f"{block}.start=2024-02-12")
    staff = harbour("staff", "policies.workforce.dose=0.05", "policies.workforce.settings.posts=10")
    results = sim.compare(harbour("today"), nothing, late, staff, seeds=2, days=35, out=tmp_path, jobs=1)
    selection = select(results)
    frame = verdict_frame(selection).set_index("scenario")
    assert set(frame.loc["nothing", "verdict"]) == {"not_delivered"}
    assert set(frame.loc["nothing", "delivered"]) == {0.0}
    assert set(frame.loc["late", "delivered"].round(6)) == {0.2}
    found = find(selection)
    assert "“Nothing” has no verdict. The same as the baseline: it has dose 0." in found.beside
    assert found.classes["nothing"] == "untried" and found.classes["late"] != "untried"
    rows = {row.scenario: row for row in verdict_rows(selection)}
    assert rows["nothing"].words == "No verdict. The same as the baseline: it has dose 0."
    assert {cell.difference for cell in rows["nothing"].cells} == {"–"}
    assert "Only 20% of its dose was given in these days: at work on 7 of 35 days." in rows["late"].words
    delivery = results.written("delivery").set_index(["scenario", "window", "block"])
    row = delivery.loc["late", "horizon", "online_channel"]
    assert row["days_at_work"] == 7 and row["window_days"] == 35
    assert row["residents_covered"] == 6000 and row["quarters_covered"] == 3
    posts = delivery.loc["staff", "horizon", "workforce"]
    assert posts["posts_filled"] == 0.0 and posts["money"] > 0.0, "half a post is no post"


def test_what_begins_after_the_last_day_is_refused_where_it_stands(tmp_path) -> None:
    late = tmp_path / "late.yaml"
    late.write_text(
        "schema: 1\nkind: scenario\nname: late\nextends: harbour_today\n"
        "policies:\n  online_channel: {dose: 1, start: 2025-06-01}\n"
    )
    with pytest.raises(ScenarioError, match=r"late.yaml:6:36: policies.online_channel.start: after the last"):
        requested_design(["harbour_today", str(late)], days=60)
    design = requested_design(["harbour_today", str(late)], days=200)
    assert design.days == 200
    late.write_text(late.read_text() + "  close_ties: {dose: 0.5}\n")
    assert requested_design(["harbour_today", str(late)], days=60).days == 60, "something of it is at work"
    assert requested_design([harbour("today"), harbour("same")], days=60).days == 60, "the same is no mistake"


def test_an_experiment_of_which_nothing_begins_is_refused_when_it_is_read(tmp_path) -> None:
    path = tmp_path / "late.yaml"
    text = (
        "schema: 1\nkind: experiment\nname: late\nbaseline: harbour_today\nscenarios:\n"
        "  - {name: june, set: {policies.online_channel.dose: DOSE, policies.online_channel.start: 2025-06-01}}\n"
        "horizon: 60\n"
    )
    path.write_text(text.replace("DOSE", "1"))
    with pytest.raises(ScenarioError, match=r"late.yaml:6:\d+: policies.online_channel.start: after the last day"):
        load_experiment(path)
    path.write_text(text.replace("DOSE", "0"))
    assert len(load_experiment(path).scenarios) == 2, "a dose of 0 is the baseline, and no mistake"
    assert np.isfinite(load_experiment(path).horizon)
