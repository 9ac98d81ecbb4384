"""An experiment is checked with all its scenarios before anything runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sim.errors import ScenarioError
from sim.scenario import load_experiment

Write = Callable[[str, str], Path]
HEAD = "schema: 1\nkind: experiment\nbaseline: plain\n"


def message(text: str, write: Write) -> str:
    with pytest.raises(ScenarioError) as error:
        load_experiment(write("experiments/case.yaml", text))
    return str(error.value).replace("experiments/case.yaml:", "")


def test_scenarios_are_named_listed_or_made_by_changing_a_few_values(write: Write) -> None:
    write("experiments/case.yaml", HEAD + """title: Three ways
scenarios:
  - name: nobody
    title: Nobody to help
    set: {community.agencies.committee.staff: 0}
  - name: half
    set:
      policies.online_channel.dose: 0.25
      parameters.toy.plain: 0.1
set: {horizon: 40}
worlds: {draw: latin_hypercube, count: 8, parameters: [toy.plain, group.farmers.size]}
seeds: 4
first_seed: 7
outcomes:
  trust: {smallest_change: 0.02}
  wait_median_days: {direction: lower}
window: horizon
show: [plain, half]
""")
    found = load_experiment("case")
    assert list(found.scenarios) == ["plain", "nobody", "half"] and found.baseline == "plain"
    assert found.scenarios["nobody"].title == "Nobody to help"
    assert found.scenarios["nobody"].community.agency("committee").staff == 0
    assert found.scenarios["half"].policies[0].dose == 0.25
    assert found.scenarios["half"].parameters["toy.plain"] == 0.1
    assert {s.horizon for s in found.scenarios.values()} == {40}
    assert (found.worlds.draw, found.worlds.count) == ("latin_hypercube", 8)
    assert found.worlds.parameters == ("toy.plain", "group.farmers.size")
    assert (found.seeds, found.first_seed, found.executor) == (4, 7, "local")
    assert found.outcomes["trust"].smallest_change == 0.02
    assert found.outcomes["wait_median_days"].direction == -1
    assert load_experiment("case", ["horizon=20"]).scenarios["half"].horizon == 20


def test_a_factorial_has_every_combination_on_top_of_the_base(write: Write) -> None:
    write("experiments/case.yaml", HEAD + "factorial: {policies: [workforce, close_ties], doses: [0, 0.5, 1]}\n")
    found = load_experiment("case")
    assert len(found.scenarios) == 9  # the combination of nothing is the baseline itself
    both = found.scenarios["workforce+close_ties@0.5"]
    assert {(b.policy, b.dose) for b in both.policies} == {
        ("online_channel", 0.5), ("workforce", 1.0), ("close_ties", 0.5),
    }  # fmt: skip


def test_each_policy_of_a_factorial_may_have_doses_of_its_own(write: Write) -> None:
    write("experiments/case.yaml", HEAD + "factorial: {policies: {workforce: [0, 0.5, 1], close_ties: [0, 1]}}\n")
    found = load_experiment("case")
    assert {name: scenario.title for name, scenario in list(found.scenarios.items())[1:]} == {
        "close_ties": "Close ties with residents",
        "workforce@0.5": "Staff and funds (dose 0.5)",
        "workforce@0.5+close_ties": "Staff and funds (dose 0.5) + Close ties with residents",
        "workforce": "Staff and funds",
        "workforce+close_ties": "Staff and funds + Close ties with residents",
    }
    doses = {b.policy: b.dose for b in found.scenarios["workforce@0.5+close_ties"].policies}
    assert doses == {"online_channel": 0.5, "workforce": 0.5, "close_ties": 1.0}
    assert set(found.factorial) == set(found.scenarios), "the baseline is the combination of nothing"
    assert dict(found.factorial[found.baseline]) == {"workforce": 0.0, "close_ties": 0.0}
    assert dict(found.factorial["workforce@0.5+close_ties"]) == {"workforce": 0.5, "close_ties": 1.0}


def test_a_factorial_combines_values_of_anything_with_policies(write: Write) -> None:
    write("experiments/case.yaml", HEAD + """factorial:
  policies: {workforce: [0, 1]}
  set:
    community.agencies.committee.staff: [2, 4]
    parameters.toy.form: [plain, beta]
    policies.workforce.start: [2024-02-10, 20]
""")
    found = load_experiment("case")
    assert len(found.factorial) == 2 * 2 * 2 * 2 and found.baseline not in found.factorial
    name = "workforce+committee.staff@2+toy.form@beta+workforce.start@20"
    scenario = found.scenarios[name]
    assert scenario.title == "Staff and funds + Committee staff 2 + Toy form beta + Workforce start 20"
    assert scenario.community.agency("committee").staff == 2 and scenario.parameters["toy.form"] == "beta"
    assert [block.start_day for block in scenario.policies if block.policy == "workforce"] == [20]
    numbers = {"workforce": 1.0, "committee.staff": 2.0, "toy.form": 1.0, "workforce.start": 1.0}
    assert dict(found.factorial[name]) == numbers, "a word or a date counts by its place"
    assert dict(found.levels["committee.staff"]) == {2.0: "2", 4.0: "4"}
    assert dict(found.levels["workforce.start"]) == {0.0: "2024-02-10", 1.0: "20"}


def test_the_combination_that_is_the_baseline_is_not_run_twice(write: Write) -> None:
    write("experiments/case.yaml", HEAD + "factorial: {set: {parameters.toy.plain: [0.5, 0.4], horizon: [60, 30]}}\n")
    found = load_experiment("case")
    assert found.scenarios["plain"].parameters.raw("toy.plain") == 0.5
    assert list(found.scenarios)[1:] == [
        "toy.plain@0.5+horizon@30", "toy.plain@0.4+horizon@60", "toy.plain@0.4+horizon@30",
    ]  # fmt: skip
    assert dict(found.factorial["plain"]) == {"toy.plain": 0.5, "horizon": 60.0}


@pytest.mark.parametrize(
    ("factorial", "said"),
    [
        ("set: {parameters.toy.plane: [0.1, 0.2]}", "4:30: parameters.toy.plane: unknown parameter (got 'toy.plane')"),
        ("set: {parameters.toy.plane: [0.1, 0.2]}", "did you mean 'toy.plain'?"),
        ("set: {parametres.toy.plain: [0.1]}", "4:19: factorial.set.parametres.toy.plain: unknown key"),
        ("set: {toy.plain: [0.1]}", "a parameter is set as parameters.toy.plain"),
        ("set: {community.agencies.comittee.staff: [2, 4]}", "unknown agency (got 'comittee')"),
        ("set: {policies.online_channel.stop: [2, 4]}", "unknown key (got 'stop')"),
        ("set: {parameters.toy.plain: [0.1, 9]}", "4:47: parameters.toy.plain: out of range (got 9)"),
        ("set: {parameters.toy.plain: 0.1}", "factorial.set.parameters.toy.plain: not a list of levels (got 0.1)"),
        ("set: {parameters.toy.plain: [0.1, 0.1]}", "a level stands in the list twice"),
        ("base: plain", "combines nothing; allowed: policies, set, or both"),
        ("set: {}", "factorial.set: empty"),
    ],
)
def test_values_of_a_factorial_that_make_no_sense_are_told_at_the_very_word(
    factorial: str, said: str, write: Write
) -> None:
    assert said in message(HEAD + f"factorial: {{{factorial}}}\n", write)


def test_a_factorial_may_start_from_another_scenario_than_the_baseline(write: Write) -> None:
    write("scenarios/more.yaml", "schema: 1\nkind: scenario\nextends: plain\ntitle: More of it\n")
    tail = "factorial: {base: more, policies: {workforce: [0, 1]}}\n"
    for listed in ("", "scenarios: [more]\n"):
        write("experiments/case.yaml", HEAD + listed + tail)
        found = load_experiment("case")
        assert {name: s.title for name, s in list(found.scenarios.items())[1:]} == {
            "more": "More of it",
            "more+workforce": "More + Staff and funds",
        }
        assert {name: dict(doses) for name, doses in found.factorial.items()} == {
            "more": {"workforce": 0.0},
            "more+workforce": {"workforce": 1.0},
        }


@pytest.mark.parametrize(
    ("factorial", "said"),
    [
        ("[workforce, close_tie]", "4:35: factorial.policies[1]: unknown policy (got 'close_tie')"),
        ("{workforse: [0, 1]}", "4:24: factorial.policies.workforse: unknown policy (got 'workforse')"),
        ("{workforce: [0, 3]}", "4:39: factorial.policies.workforce[1]: out of range (got 3); allowed: 0 to 2"),
        ("{workforce: 1}", "4:35: factorial.policies.workforce: not a list (got 1)"),
        ("{workforce: []}", "4:35: factorial.policies.workforce: "),
        ("workforce", "4:23: factorial.policies: not policies to combine (got 'workforce')"),
        ("[workforce, workforce]", "4:23: factorial.policies: a policy stands in the list twice"),
        ("{workforce: [0, 1]}, doses: [0, 1]", "4:44: factorial.doses: every policy says its own doses"),
    ],
)
def test_a_factorial_that_makes_no_sense_is_told_at_the_very_word(factorial: str, said: str, write: Write) -> None:
    assert said in message(HEAD + f"factorial: {{policies: {factorial}}}\n", write)


def test_precision_is_asked_for_by_outcome(write: Write) -> None:
    text = "precision: {trust: 0.005, participation_30d: 0.01}\nlooks: [4, 12]\nbudget: 100\n"
    write("experiments/case.yaml", HEAD + text)
    found = load_experiment("case").precision
    assert found is not None
    assert dict(found.half_widths) == {"trust": 0.005, "participation_30d": 0.01}
    assert (found.looks, found.budget) == ((4, 12), 100)
    write("experiments/case.yaml", HEAD + "precision: {trust: 0.005}\n")
    found = load_experiment("case").precision
    assert found is not None and (found.looks, found.budget) == ((), None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("precision: {trsut: 0.01}", "4:13: precision.trsut: unknown outcome (got 'trsut')"),
        ("precision: {trust: 0}", "4:20: precision.trust: out of range (got 0); allowed: more than 0"),
        ("precision: {trust: -1}", "4:20: precision.trust: out of range (got -1); allowed: more than 0"),
        ("precision: {trust: narrow}", "4:20: precision.trust: not a number (got the text 'narrow')"),
        ("precision: {}", "4:12: precision: empty"),
        ("precision: {trust: 1}\nlooks: [8, 8]", "5:8: looks: the looks do not ascend"),
        ("precision: {trust: 1}\nlooks: [1, 8]", "5:9: looks[0]: out of range (got 1); allowed: 2 or more"),
        ("looks: [8, 16]", "4:1: looks: belongs to precision, which is not there"),
        ("budget: 8", "4:1: budget: belongs to precision, which is not there"),
        ("precision: {trust: 1}\nseeds: 4", "5:1: seeds: is what precision finds out"),
        (
            "precision: {trust: 1}\nworlds: {draw: sobol, count: 8}",
            "5:23: worlds.count: is what precision finds out",
        ),
        (
            "precision: {trust: 1}\nworlds: {draw: sobol}\nlooks: [8, 20]",
            "6:12: looks[1]: a Sobol sequence is even at powers of two only (got 20); allowed: 16 or 32",
        ),
        (
            "worlds: {draw: sobol, count: 20}",
            "4:30: worlds.count: a Sobol sequence is even at powers of two only (got 20); allowed: 16 or 32; or draw",
        ),
        ("worlds: {draw: soboll}", "did you mean 'sobol'?"),
        ("outcomes: {trust: {smallest_change: -0.1}}", "4:37: outcomes.trust.smallest_change: out of range (got -0.1)"),
        ("outcomes: {trust: {smallest_change: 0}}", "(got 0); allowed: more than 0"),
        ("outcomes: {trusted: {direction: lower}}", "did you mean 'trust'?"),
        ("outcomes: {trust: {direction: up}}", "4:31: outcomes.trust.direction: not one of the allowed words (got 'up"),
        ("outcomes: {trust: {direction: highr}}", "did you mean 'higher'?"),
        ("outcomes: {trust: {smalest_change: 1}}", "did you mean 'smallest_change'?"),
    ],
)
def test_how_much_is_wanted_is_checked_at_the_very_word(text: str, said: str, write: Write) -> None:
    assert said in message(HEAD + text + "\n", write)


def test_all_mistakes_of_an_experiment_and_its_scenarios_are_told_together(write: Write) -> None:
    write("scenarios/broken.yaml", "schema: 1\nkind: scenario\nextends: plain\nhorizon: soon\n")
    text = HEAD + """scenarios:
  - broken
  - plan
  - {set: {horizn: 3}}
worlds: {draw: hypercube, parameters: [toy.plian]}
outcomes: {trsut: {smallest_change: 0.02}, trust: {smallest_change: 0}}
window: year_3
show: [plane]
seeds: 0
"""
    lines = message(text, write).splitlines()
    assert [line.split(": ")[0:2] for line in lines] == [
        ["6:5", "scenarios[1]"],
        ["7:5", "scenarios[2].name"],
        ["7:12", "scenarios[2].set.horizn"],
        ["8:16", "worlds.draw"],
        ["9:12", "outcomes.trsut"],
        ["9:69", "outcomes.trust.smallest_change"],
        ["10:9", "window"],
        ["11:8", "show[0]"],
        ["12:8", "seeds"],
        ["scenarios/broken.yaml:4:10", "horizon"],
    ]
    assert "did you mean 'plain'?" in lines[0] and "did you mean 'horizon'?" in lines[2]


def test_a_parameter_that_cannot_vary_is_no_choice_for_worlds(write: Write) -> None:
    text = HEAD + "worlds: {draw: latin_hypercube, parameters: [group.farmers.vulnerable]}\n"
    assert "has no range to vary in (got 'group.farmers.vulnerable')" in message(text, write)
    text = HEAD + "worlds: {draw: latin_hypercube, parameters: [toy.plian]}\n"
    assert "unknown parameter (got 'toy.plian')" in message(text, write)


def test_a_scenario_stands_in_an_experiment_once(write: Write) -> None:
    text = HEAD + "scenarios: [{name: a, set: {horizon: 3}}, {name: a, set: {horizon: 4}}]\n"
    assert "already part of the experiment (got 'a')" in message(text, write)


def test_a_factorial_too_large_is_refused(write: Write) -> None:
    six = "[workforce, close_ties, smart_platform, online_channel, worker_training, welfare_services]"
    text = HEAD + f"factorial: {{policies: {six}, doses: [0, 0.5, 1]}}\n"
    said = message(text, write)
    assert "too many combinations (got 3 x 3 x 3 x 3 x 3 x 3 levels, 729 scenarios); allowed: up to 256" in said


def test_scenarios_out_of_reach_are_not_read(write: Write) -> None:
    write("outside.yaml", "schema: 1\nkind: scenario\ncommunity: village\n")
    assert "no such scenario (got '../outside')" in message(HEAD + "scenarios: [../outside]\n", write)
