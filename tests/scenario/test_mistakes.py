"""Every mistake is told with its line and column, what was expected, and what was probably meant."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sim.errors import ScenarioError
from sim.scenario.problems import did_you_mean
from sim.scenario.validate import validate

HEAD = "schema: 1\nkind: scenario\ncommunity: village\n"

# What is wrong; what stands from line 4 on; what is printed after "scenarios/case.yaml:".
MISTAKES = [
    (
        "a misspelt key",
        "horizn: 30\n",
        "4:1: horizn: unknown key (got 'horizn'); allowed: schema, kind, name, title, question, "
        "description, extends, community, start, burn_in, horizon, parameters, mechanisms, policies, "
        "shocks, community_overrides; did you mean 'horizon'?",
    ),
    (
        "text for a number",
        "horizon: thirty\n",
        "4:10: horizon: not a whole number (got the text 'thirty'); allowed: 1 to 36525",
    ),
    (
        "a fraction for days",
        "horizon: 30.5\n",
        "4:10: horizon: not a whole number (got 30.5); allowed: 1 to 36525",
    ),
    (
        "a number below its range",
        "horizon: 0\n",
        "4:10: horizon: out of range (got 0); allowed: 1 to 36525",
    ),
    (
        "a number YAML 1.1 reads as text",
        "horizon: 1e3\n",
        "4:10: horizon: YAML 1.1 reads this as text, not as a number (got 1e3); write 1000",
    ),
    (
        "a date beyond the calendar of the tables",
        "start: 9999-06-01\n",
        "4:8: start: out of range (got 9999-06-01); allowed: 1900-01-01 to 2060-12-31",
    ),
    (
        "a number no computer can hold",
        "horizon: 1e400\n",
        "4:10: horizon: not a finite number (got 1e400); write a number that a computer can hold",
    ),
    (
        "a number with underscores",
        "horizon: 1_000\n",
        "4:10: horizon: a number with underscores (got 1_000); write 1000",
    ),
    (
        "a number with commas",
        "horizon: 1,000\n",
        "4:10: horizon: a number with commas (got 1,000); write 1000",
    ),
    (
        "an octal number",
        "horizon: 0365\n",
        "4:10: horizon: a number with a leading zero is octal in YAML 1.1 (got 0365); write 365, or "
        '"0365" in quotes',
    ),
    (
        "a hexadecimal number",
        "horizon: 0x1F\n",
        "4:10: horizon: a number to another base (got 0x1F); write it as a decimal number",
    ),
    (
        "a number to base 60",
        "horizon: 12:30\n",
        "4:10: horizon: YAML 1.1 reads this as a number to base 60 (got 12:30); write a plain number, or "
        '"12:30" in quotes if it is text',
    ),
    (
        "not a number at all",
        "horizon: .nan\n",
        "4:10: horizon: not a finite number (got .nan); write a number; NaN and infinity mean nothing "
        "here",
    ),
    (
        "infinity",
        "parameters: {toy.plain: .inf}\n",
        "4:25: parameters.toy.plain: not a finite number (got .inf); write a number; NaN and infinity "
        "mean nothing here",
    ),
    (
        "a number too large to be finite",
        "parameters: {toy.plain: 1.0e+999}\n",
        "4:25: parameters.toy.plain: not a finite number (got 1.0e+999); write a number that a computer "
        "can hold",
    ),
    (
        "a key given twice",
        "horizon: 30\nhorizon: 60\n",
        "5:1: horizon: duplicate key (got 'horizon' again); it was given before on line 4",
    ),
    (
        "the word no",
        "title: no\n",
        "4:8: title: some readers of YAML take this word for true or false, others for text (got no); "
        'write false, or "no" in quotes if it is text',
    ),
    (
        "yes for a number",
        "policies:\n  online_channel: {dose: yes}\n",
        "5:26: policies.online_channel.dose: some readers of YAML take this word for true or false, "
        'others for text (got yes); write true, or "yes" in quotes if it is text',
    ),
    (
        "a number for text",
        "title: 12\n",
        "4:8: title: not text (got 12); put it in quotes if it is meant as text",
    ),
    (
        "a day that is not in the calendar",
        "start: 2024-02-30\n",
        "4:8: start: no such date: day is out of range for month (got 2024-02-30); write a date of the "
        "calendar, as in 2024-02-29",
    ),
    (
        "a date without leading zeros",
        "start: 2024-1-5\n",
        "4:8: start: a date needs two digits for month and day (got 2024-1-5); write 2024-01-05",
    ),
    (
        "a date between two ticks",
        "start: 2024-01-05 12:00:00\n",
        "4:8: start: a date lies between two ticks: one tick is one day (got 2024-01-05 12:00:00); write "
        "2024-01-05 without a time",
    ),
    (
        "a word for a date",
        "start: tomorrow\n",
        "4:8: start: not a date (got 'tomorrow'); allowed: a date such as 2024-03-31",
    ),
    (
        "a tab",
        "parameters:\n\ttoy.plain: 0.1\n",
        "5:1: a tab is used for spacing; YAML allows only spaces",
    ),
    (
        "a colon too many",
        "title: a: b\n",
        "4:9: not valid YAML: mapping values are not allowed in this context; check indentation, colons "
        "and quotes here and just above",
    ),
    (
        "a quote that is never closed",
        "title: 'unclosed\n",
        "4:8: not valid YAML: found unexpected end of stream while scanning a quoted scalar; check "
        "indentation, colons and quotes here and just above",
    ),
    (
        "a second document",
        "---\nhorizon: 1\n",
        "4:1: a second document begins here; allowed: one document in a file",
    ),
    (
        "a list for a key",
        "? [a, b]\n: 3\n",
        "4:3: a key must be a single word; check brackets, braces and dashes",
    ),
    (
        "a tag",
        "question: !!python/object/apply:os.system ['ls']\n",
        "4:11: question: tags are not allowed: only plain data is read (got "
        "tag:yaml.org,2002:python/object/apply:os.system); remove the tag",
    ),
    (
        "an anchor",
        "title: &a x\nquestion: *a\n",
        "4:8: title: anchors are not used in scenario files (got &a); write the value out, or share it "
        "through extends",
    ),
    (
        "a merge key",
        "<<: {horizon: 3}\n",
        "4:1: <<: merge keys are not used in scenario files; share values through extends",
    ),
    (
        "a misspelt parameter",
        "parameters:\n  toy.plian: 0.1\n",
        "5:3: parameters.toy.plian: unknown parameter (got 'toy.plian'); allowed: toy.plain, toy.weekly, "
        "toy.many, toy.form, toy.on; did you mean 'toy.plain'?",
    ),
    (
        "a parameter out of its range",
        "parameters: {toy.plain: 1.5}\n",
        "4:25: parameters.toy.plain: out of range (got 1.5); allowed: 0 to 1 (share)",
    ),
    (
        "text for a parameter",
        "parameters: {toy.plain: high}\n",
        "4:25: parameters.toy.plain: not a number (got 'high'); allowed: 0 to 1 (share)",
    ),
    (
        "a fraction for a count",
        "parameters: {toy.many: 2.5}\n",
        "4:24: parameters.toy.many: not a whole number (got 2.5); allowed: 1 to 12 (people)",
    ),
    (
        "a word that is not a choice",
        "parameters: {toy.form: gamma}\n",
        "4:24: parameters.toy.form: not one of the choices (got 'gamma'); allowed: plain, beta",
    ),
    (
        "a number for a switch",
        "parameters: {toy.on: 3}\n",
        "4:22: parameters.toy.on: not a switch (got 3); allowed: true or false (or on, off)",
    ),
    (
        "a mechanism that does not exist",
        "mechanisms: {M17: off}\n",
        "4:14: mechanisms.M17: unknown mechanism (got 'M17'); allowed: M0 to M16; did you mean 'M7'?",
    ),
    (
        "a mechanism neither on nor off",
        "mechanisms: {M3: maybe}\n",
        "4:18: mechanisms.M3: not a switch (got 'maybe'); allowed: true or false (or on, off)",
    ),
    (
        "a misspelt policy",
        "policies:\n  mine: {policy: online_chanel}\n",
        "5:18: policies.mine.policy: unknown policy (got 'online_chanel'); allowed: online_channel, "
        "feedback_mechanism, worker_training, workforce, cross_sector_cooperation, opinion_monitoring, "
        "participatory_decisions, residents_councils, representative_elections, cultural_activities, "
        "community_education, smart_platform, welfare_services, close_ties; did you mean "
        "'online_channel'?",
    ),
    (
        "a dose out of range",
        "policies:\n  online_channel: {dose: 3}\n",
        "5:26: policies.online_channel.dose: out of range (got 3); allowed: 0 to 2",
    ),
    (
        "a misspelt key of a block",
        "policies:\n  online_channel: {fidelty: 0.5}\n",
        "5:20: policies.online_channel.fidelty: unknown key (got 'fidelty'); allowed: policy, dose, "
        "start, from_start, end, ramp, fidelity, coverage, settings, when, off; did you mean 'fidelity'?",
    ),
    (
        "a number for a block",
        "policies:\n  online_channel: 0.5\n",
        "5:19: policies.online_channel: not a mapping of keys to values (got 0.5); allowed: the keys "
        "policy, dose, start, from_start, end, ramp, fidelity, coverage, settings, when, off",
    ),
    (
        "a list of blocks",
        "policies:\n  - online_channel\n",
        "5:3: policies: not a mapping of keys to values (got a list); allowed: keys and values, one to a "
        "line",
    ),
    (
        "a quarter that does not exist",
        "policies:\n  online_channel: {coverage: {quarters: [nort]}}\n",
        "5:42: policies.online_channel.coverage.quarters[0]: unknown quarter (got 'nort'); allowed: "
        "north, south, school; did you mean 'north'?",
    ),
    (
        "a group that does not exist",
        "policies:\n  online_channel: {coverage: {groups: [farmers, pupil]}}\n",
        "5:49: policies.online_channel.coverage.groups[1]: unknown group (got 'pupil'); allowed: "
        "farmers, pupils; did you mean 'pupils'?",
    ),
    (
        "a list of groups with nobody in it",
        "policies:\n  online_channel: {coverage: {groups: []}}\n",
        "5:39: policies.online_channel.coverage.groups: covers nobody (got []); allowed: all, or a list of groups",
    ),
    (
        "groups of which nobody lives in the quarters",
        "policies:\n  online_channel: {coverage: {quarters: [school], groups: [farmers]}}\n",
        "5:30: policies.online_channel.coverage: covers nobody: of these groups nobody lives in these quarters (got "
        "quarters school; groups farmers); allowed: for these groups: north, south",
    ),
    (
        "a policy of staff covered by groups",
        "policies:\n  workforce: {coverage: {groups: [farmers]}}\n",
        "5:34: policies.workforce.coverage.groups: workforce reaches no particular group: it acts through agencies and "
        "the community as a whole (got a list); allowed: coverage by quarters",
    ),
    (
        "a policy of which nothing is carried out",
        "policies:\n  online_channel: {fidelity: 0}\n",
        "5:30: policies.online_channel.fidelity: delivers nothing (got 0); allowed: more than 0, up to 1; for no "
        "programme say dose: 0, or off: true",
    ),
    (
        "a date within the burn-in",
        "policies:\n  online_channel: {start: 2024-06-01}\n",
        "5:27: policies.online_channel.start: within the burn-in, in which nothing changes (got "
        "2024-06-01); allowed: 2024-12-31 to 2026-12-30; from_start: true is for what is at work from "
        "the beginning",
    ),
    (
        "a date after the horizon",
        "policies:\n  online_channel: {end: 2030-01-01}\n",
        "5:25: policies.online_channel.end: after the horizon (got 2030-01-01); allowed: 2024-12-31 to "
        "2026-12-30",
    ),
    (
        "an end before the start",
        "policies:\n  online_channel: {start: 2025-06-01, end: 2025-03-01}\n",
        "5:44: policies.online_channel.end: ends before it begins (got 2025-03-01); allowed: 2025-06-01 "
        "or later",
    ),
    (
        "two starts",
        "policies:\n  online_channel: {start: 2025-06-01, from_start: true}\n",
        "5:51: policies.online_channel.from_start: contradicts start, which is given too (got true); "
        "allowed: one of the two",
    ),
    (
        "a group changed that does not exist",
        "community_overrides:\n  groups: {farmer: {size: 120}}\n",
        "5:12: community_overrides.groups.farmer: unknown group (got 'farmer'); allowed: farmers, "
        "pupils; did you mean 'farmers'?",
    ),
    (
        "a size out of the community's own range",
        "community_overrides:\n  groups: {farmers: {size: 1000}}\n",
        "5:28: community_overrides.groups.farmers.size: out of its own range (got 1000); allowed: 100 to "
        "500",
    ),
    (
        "ages that do not add up to 1",
        "community_overrides:\n  groups: {farmers: {ages: {value: {18_29: 0.5, 30_49: 0.4}}}}\n",
        "5:36: community_overrides.groups.farmers.ages: the shares do not add up to 1 (got 0.9); allowed: 1, or "
        "between 0.9 and 1.1 by rounding; per cent that add up to 100; or counts",
    ),
    (
        "an age band that does not exist",
        "community_overrides:\n  groups: {farmers: {ages: {value: {teens: 1.0}}}}\n",
        "5:37: community_overrides.groups.farmers.ages.value.teens: not an age band (got 'teens'); "
        "allowed: bands such as 0_14, 15-64, under_18, 65_plus, 65+, or single years",
    ),
    (
        "an agency of unknown kind",
        "community_overrides:\n  agencies: {new: {kind: charity, label: New, staff: 1, workers_per_pool: 1}}\n",
        "5:26: community_overrides.agencies.new.kind: not one of the allowed words (got 'charity'); "
        "allowed: residents_committee, social_organisation, government_department, enterprise",
    ),
    (
        "an agency that serves nowhere",
        "community_overrides:\n  agencies: {committee: {serves: [east]}}\n",
        "5:35: community_overrides.agencies.committee.serves[0]: unknown block (got 'east'); allowed: "
        "north, south, school",
    ),
    (
        "a parameter of a group that does not exist",
        "parameters: {group.farmer.size: 120}\n",
        "4:14: parameters.group.farmer.size: unknown parameter (got 'group.farmer.size'); allowed: "
        "group.farmers.size, group.farmers.academic_leave, group.farmers.turnover, "
        "group.farmers.vulnerable, group.farmers.need_ratio, group.farmers.participation_shift, "
        "group.farmers.trust_shift, group.farmers.household_size, group.pupils.size, "
        "group.pupils.academic_leave, group.pupils.turnover, group.pupils.vulnerable, "
        "group.pupils.need_ratio, group.pupils.participation_shift, group.pupils.trust_shift, "
        "group.pupils.household_size; did you mean 'group.farmers.size'?",
    ),
]


def test_a_number_without_its_leading_zero_is_recognised() -> None:
    assert did_you_mean("Q1", ["Q10", "Q17", "Q01"]) == "did you mean 'Q01'?"
    assert did_you_mean("q_007", ["Q_7", "Q_70"]) == "did you mean 'Q_7'?"


@pytest.mark.parametrize(("text", "printed"), [case[1:] for case in MISTAKES], ids=[case[0] for case in MISTAKES])
def test_a_mistake_is_printed_exactly(write: Callable[[str, str], Path], text: str, printed: str) -> None:
    write("scenarios/case.yaml", HEAD + text)
    with pytest.raises(ScenarioError) as error:
        validate("scenarios/case.yaml")
    assert str(error.value).replace("scenarios/case.yaml:", "") == printed


def test_the_table_is_long_enough_to_be_worth_reading() -> None:
    assert len(MISTAKES) >= 25


def test_all_mistakes_are_told_in_one_go_in_the_order_of_the_lines(write: Callable[[str, str], Path]) -> None:
    write("scenarios/case.yaml", HEAD + "".join((
        "policies:\n  online_channel: {dose: 9, coverage: {quarters: [nort]}}\n",
        "horizon: soon\n",
        "parameters: {toy.plain: 7, toy.plian: 1}\n",
        "community_overrides: {agencies: {committee: {staff: 11}}}\n",
    )))  # fmt: skip
    with pytest.raises(ScenarioError) as error:
        validate("scenarios/case.yaml")
    assert [(p.mark.line, p.path) for p in error.value.problems] == [
        (5, "policies.online_channel.dose"),
        (5, "policies.online_channel.coverage.quarters[0]"),
        (6, "horizon"),
        (7, "parameters.toy.plain"),
        (7, "parameters.toy.plian"),
        (8, "community_overrides.agencies.committee.staff"),
    ]


SPEC = "value: 0.5, kind: plain, unit: share, range: [0, 1], mechanism: M4, source: s, grade: assumed, description: d"
SPECS = [
    ("a parameter without a unit", SPEC.replace("unit: share, ", ""),
     "5:3: parameters.a.b.unit: is missing (in what the number is counted)"),
    ("a parameter without a range", SPEC.replace("range: [0, 1], ", ""),
     "5:3: parameters.a.b.range: is missing ([lowest, highest] it may take)"),
    ("a parameter without a source", SPEC.replace("source: s, ", ""),
     "5:3: parameters.a.b.source: is missing (where it comes from)"),
    ("a parameter without a grade", SPEC.replace("grade: assumed, ", ""),
     "5:3: parameters.a.b.grade: is missing (how sure it is)"),
    ("a parameter without a mechanism", SPEC.replace("mechanism: M4, ", ""),
     "5:3: parameters.a.b.mechanism: is missing (the mechanism it serves, M0 to M16)"),
    ("a parameter of an unknown grade", SPEC.replace("assumed", "guessed"),
     "5:95: parameters.a.b.grade: not one of the allowed words (got 'guessed'); "
     "allowed: measured, literature, expert, assumed"),
    ("a parameter of an unknown mechanism", SPEC.replace("M4", "M44"),
     "5:73: parameters.a.b.mechanism: unknown mechanism (got 'M44'); allowed: M0 to M16, policy, structure; "
     "did you mean 'M4'?"),
    ("a value outside its own range", SPEC.replace("0.5", "1.5"),
     "5:16: parameters.a.b.value: out of range (got 1.5); allowed: 0 to 1 (share)"),
    ("a range upside down", SPEC.replace("[0, 1]", "[1, 0]"),
     "5:54: parameters.a.b.range: the range is upside down (got a list); allowed: the lower number first"),
    ("a share a week above one", SPEC.replace("plain", "weekly_share").replace("0.5", "2").replace("[0, 1]", "[0, 3]"),
     "5:16: parameters.a.b.value: impossible for a weekly share (got 2); allowed: 0 to 1 (share)"),
]  # fmt: skip


@pytest.mark.parametrize(("spec", "printed"), [case[1:] for case in SPECS], ids=[case[0] for case in SPECS])
def test_a_parameter_must_say_all_about_itself(write: Callable[[str, str], Path], spec: str, printed: str) -> None:
    write("scenarios/mine.yaml", f"schema: 1\nkind: parameters\nparameters:\n  # mine\n  a.b: {{{spec}}}\n")
    with pytest.raises(ScenarioError) as error:
        validate("scenarios/mine.yaml")
    assert str(error.value) == f"scenarios/mine.yaml:{printed}"


def test_a_scenario_that_sets_a_badly_declared_parameter_is_not_told_that_it_does_not_exist(
    write: Callable[[str, str], Path],
) -> None:
    text = f"schema: 1\nkind: parameters\nparameters:\n  a.b: {{{SPEC.replace('source: s, ', '')}}}\n"
    write("scenarios/parameters.yaml", text)
    write("scenarios/case.yaml", HEAD + "parameters: {a.b: 0.1}\n")
    with pytest.raises(ScenarioError) as error:
        validate("scenarios/case.yaml")
    assert [p.path for p in error.value.problems] == ["parameters.a.b.source"]


def test_a_mistake_in_a_set_value_is_told_with_its_column(home: Path) -> None:
    with pytest.raises(ScenarioError) as error:
        validate("plain", ["policies.online_channel.dose=1e3", "horizn=3", "horizon", "trust.gain=1"])
    assert [str(p)[:60] for p in error.value.problems] == [
        "--set policies.online_channel.dose=1e3:1:30: policies.online",
        "--set horizn=3:1:1: horizn: unknown key (got 'horizn'); allo",
        "--set horizon:1:1: not of the form key=value (got 'horizon')",
        "--set trust.gain=1:1:1: trust.gain: unknown key (got 'trust.",
    ]
    assert error.value.problems[-1].hint == "a parameter is set as parameters.trust.gain"
