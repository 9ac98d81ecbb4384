"""A trace tells one life, phase by phase, and lives it a second time to be sure."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from sim.cli.run import command as run_command
from sim.errors import RunError, UsageError
from sim.model import day
from sim.model.build import build_world
from sim.model.trace import Trace, Tracer, parse, trace
from sim.model.trace.recorder import NEWS, Call, Draw, equation, rule_names
from sim.model.trace.stage import row_of
from sim.model.world import World
from sim.rules import knowledge
from tests.model import stressed

DAYS = 100
SEED = 3
RESIDENTS = tuple(f"resident:{row}" for row in range(0, 600, 40))
WORKERS = tuple(f"worker:{row}" for row in range(6))
DEMANDS = tuple(f"demand:{number}" for number in range(1, 121, 4))
CONFLICTS = tuple(f"conflict:{number}" for number in range(1, 41, 2))


@pytest.fixture(scope="module")
def lives() -> dict[str, Trace]:
    """Many lives of a hard season, each lived twice; that they agree to the last bit is checked on the way."""
    told = trace(stressed.scenario(), (*RESIDENTS, *WORKERS, *DEMANDS, *CONFLICTS), SEED, DAYS)
    return {life.name: life for life in told}


def moments(lives: dict[str, Trace]) -> list[Any]:
    return [m for life in lives.values() for d in life.days for phase in d.phases for m in phase.moments]


def test_lives_agree_with_the_compiled_driver_through_all_that_can_happen(lives: dict[str, Trace]) -> None:
    titles = {moment.title for moment in moments(lives)}
    for happened in (
        "Takes part", "Reached by outreach", "Changes more than on an ordinary day", "Election of representatives",
        "A need arises", "A silent need comes to light", "Asks the service a question", "Taken in by the service",
        "On its way to staff", "Joins a queue", "Work on a case begins", "A case is resolved", "A case fails",
        "A case is taken up again", "A case passes its due time", "A case lapses", "A mediation succeeds",
        "A conflict breaks out", "A conflict becomes known", "A conflict escalates",
        "A conflict is settled by mediation", "Weighs what was met against what was expected",
        "Hears from contacts what they met", "Talks matters over with contacts", "Leaves the post",
        "A newcomer takes the post", "Moves away; a newcomer takes the place",
    ):  # fmt: skip
        assert happened in titles, happened


def test_what_chance_decided_is_what_the_draw_says(lives: dict[str, Trace]) -> None:
    draws = [note for moment in moments(lives) for note in moment.notes if isinstance(note, Draw)]
    weighed = [draw for draw in draws if draw.chance is not None]
    assert len(weighed) > 1000
    assert all(draw.happened == (draw.u < draw.chance) for draw in weighed)
    assert all(0.0 <= draw.u < 1.0 for draw in draws)


def test_a_noted_rule_gives_the_same_again(lives: dict[str, Trace]) -> None:
    """Inputs and result belong together: rules without parameters are called again."""
    calls = [note for moment in moments(lives) for note in moment.notes if isinstance(note, Call)]
    gains = [call for call in calls if call.rule == "knowledge.gained"]
    assert gains
    assert all(knowledge.gained(**call.inputs) == call.result for call in gains)
    assert all(equation(rule)[1] for rule in {call.rule for call in calls}), "every rule explains itself"


def test_changes_lead_from_the_first_day_to_the_last() -> None:
    target = "resident:80"
    world = build_world(stressed.scenario(), SEED)
    tracer = Tracer(world, [parse(target)])
    states = row_of(world, ("resident", 80))
    assert states is not None
    for _ in range(DAYS):
        day.step(world, tracer)
    for entry in tracer.diaries[0].days:
        for phase in entry.phases:
            for name, (before, after) in phase.changes.get(("resident", 80), {}).items():
                assert states[name] == before or name in ("moved",)
                states[name] = after
    last = row_of(world, ("resident", 80))
    assert {name: value for name, value in states.items() if name != "moved"} == {
        name: value for name, value in (last or {}).items() if name != "moved"
    }


def test_following_lives_changes_nothing() -> None:
    followed, alone = (build_world(stressed.scenario(), SEED) for _ in range(2))
    tracer = Tracer(followed, [parse(text) for text in ("resident:5", "worker:1", "demand:9", "conflict:2")])
    for _ in range(40):
        day.step(followed, tracer)
        day.step(alone)
    assert same(followed, alone)


def same(one: World, other: World) -> bool:
    tables = [(getattr(one, name), getattr(other, name)) for name in ("residents", "workers", "councils")]
    rows = one.demands.count == other.demands.count and one.conflicts.count == other.conflicts.count
    return rows and all(np.array_equal(a, b) for t, u in tables for a, b in zip(t, u, strict=True))


def test_a_difference_is_an_error_with_phase_and_column(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = stressed.scenario()
    trace(scenario, "resident:80", SEED, 2)  # kernels are compiled with the rule as it is
    right = knowledge.lost
    monkeypatch.setattr(knowledge, "lost", lambda level, share: right(level, share) * 0.5)
    with pytest.raises(RunError, match=r"phase learning, resident 80: column knowledge is .* wrote"):
        trace(scenario, "resident:80", SEED, 2)


def test_rules_are_themselves_again_even_when_something_goes_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    before = [getattr(module, name) for module, name in rule_names()]
    monkeypatch.setattr("sim.model.agents.resident.Resident.learn", lambda self: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        trace(stressed.scenario(), "resident:5", SEED, 2)
    assert all(getattr(module, name) is rule for (module, name), rule in zip(rule_names(), before, strict=True))


def test_a_demand_is_found_by_its_number_and_by_its_id(lives: dict[str, Trace]) -> None:
    numbered = lives["demand:21"]
    key = numbered.days[0].states["id"]
    (named,) = trace(stressed.scenario(), f"demand:{key:016x}", SEED, DAYS)
    assert [phase.name for d in named.days for phase in d.phases] == [
        phase.name for d in numbered.days for phase in d.phases
    ]
    assert f"{key:016x}" in numbered.text


def test_a_resident_s_life_holds_that_of_the_demands(lives: dict[str, Trace]) -> None:
    demand = lives["demand:21"]
    row = demand.days[0].states["resident"]
    (life,) = trace(stressed.scenario(), f"resident:{row}", SEED, DAYS)
    begun = {(d.date, m.title) for d in demand.days for p in d.phases if p.name == "service" for m in p.moments}
    assert begun <= {(d.date, m.title) for d in life.days for p in d.phases for m in p.moments}


def test_the_text_tells_of_days_with_news_and_sums_up_the_others() -> None:
    scenario = stressed.scenario()
    (brief,) = trace(scenario, "resident:80", SEED, 30)
    (full,) = trace(scenario, "resident:80", SEED, 30, every_day=True)
    news = [d for d in brief.days if d.level == NEWS]
    assert 0 < len(news) < 30
    assert all(f"{d.date:%Y-%m-%d, %A}" in brief.text for d in news)
    assert all(f"{d.date:%Y-%m-%d, %A}" in full.text for d in full.days)
    assert len(full.days) == 30
    assert max(len(line) for line in brief.text.splitlines()) <= 120
    assert "Rules met on the way" in brief.text and "sim/rules/" in brief.text


def test_lines_for_scripts_hold_what_the_text_is_made_of(lives: dict[str, Trace], tmp_path: Path) -> None:
    text, lines = lives["demand:21"].write(tmp_path)
    assert (text.name, lines.name) == ("trace-demand-21.txt", "trace-demand-21.jsonl")
    entries = [json.loads(line) for line in lines.read_text(encoding="utf-8").splitlines()]
    first = entries[0]
    assert (first["phase"], first["moments"][0]["title"]) == ("needs", "A need arises")
    drawn = [note for moment in first["moments"] for note in moment["notes"] if note.get("draw") == "needs.arise"]
    assert drawn and drawn[0]["u"] < drawn[0]["chance"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("neighbour:3", "unknown kind 'neighbour'; allowed are resident:ROW, worker:ROW, demand:N and conflict:N"),
        ("resident", "a number is missing"),
        ("residnet:3", r"unknown kind .residnet. \(did you mean resident\?\)"),
        ("resident:-1", "'-1' is no resident; allowed is a whole number from 0 on"),
        ("demand:0", "'0' is no demand; allowed is a whole number from 1 on or an id"),
        ("resident:1000000", r"there is no such resident; .* has residents 0 to \d+"),
        ("worker:999", r"there is no such worker; .* has workers 0 to \d+"),
        ("demand:100000", r"in the 2 days of this run \d+ demands appeared; they are numbered 1 to \d+"),
        ("conflict:0123456789abcdef", r"(no conflict|\d+ conflicts) appeared"),
    ],
)
def test_what_cannot_be_followed_is_said_with_what_can(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        trace(stressed.scenario(), text, SEED, 2)


def test_the_command_line_writes_a_life_into_the_results_folder(tmp_path: Path) -> None:
    folder = tmp_path / "results"
    given = ["baseline", "--set", "community=harbour_court", "--set", "burn_in=0", "--days", "3", "--no-figures",
             "--out", str(folder)]  # fmt: skip
    done = CliRunner().invoke(run_command, [*given, "--trace", "resident:12", "--trace-all"])
    assert done.exit_code == 0, done.output
    assert "Resident 12 in" in (folder / "trace-resident-12.txt").read_text(encoding="utf-8")
    assert (folder / "trace-resident-12.jsonl").is_file()
    assert str(folder / "trace-resident-12.txt") in done.output
    done = CliRunner().invoke(run_command, given)
    assert not list(folder.glob("trace-*")), "an earlier run's traces do not stay beside another run's results"


def test_a_mistake_leaves_nothing_behind(tmp_path: Path) -> None:
    folder = tmp_path / "results"
    done = CliRunner().invoke(run_command, ["baseline", "--trace", "cat:1", "--out", str(folder)])
    assert isinstance(done.exception, UsageError)
    assert not folder.exists()
