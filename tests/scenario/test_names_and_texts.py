"""Names stay names, texts stay texts, and how much work a check does follows from the size of what it checks."""

from __future__ import annotations

import datetime as dt
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sim.errors import CgsimError, ScenarioError, UsageError
from sim.scenario import load_experiment, load_scenario
from sim.scenario.problems import MAX_PROBLEMS
from sim.scenario.texts import name_complaint, path_complaint
from sim.scenario.validate import validate

Write = Callable[[str, str], Path]
SCENARIO = "schema: 1\nkind: scenario\ncommunity: village\n"
EXPERIMENT = "schema: 1\nkind: experiment\nbaseline: plain\n"
BAD_NAMES = [
    '"../../x"', "/x", "..", ".", '"a\\\\b"', '"=cmd()"', '"-x"', '"@x"', "con", "Nul.yaml", "x" * 101, '"a\\nb"',
    '" x"', '"x."', "C:x", '"a?"', '"~x"',
]  # fmt: skip


def refused(path: Path) -> str:
    with pytest.raises(ScenarioError) as error:
        validate(str(path))
    return str(error.value)


@pytest.mark.parametrize("name", BAD_NAMES)
def test_what_cannot_name_a_folder_is_no_name(write: Write, name: str, home: Path) -> None:
    village = (home / "scenarios/communities/village.yaml").read_text()
    for path, text, place in (
        ("scenarios/case.yaml", SCENARIO + f"name: {name}\n", "4:7: name: a name"),
        ("experiments/case.yaml", EXPERIMENT + f"name: {name}\n", "4:7: name: a name"),
        ("experiments/other.yaml", EXPERIMENT + f"scenarios: [{{name: {name}}}]\n", "].name: a name"),
        ("scenarios/communities/case.yaml", village.replace("name: village", f"name: {name}"), "4:7: name: a name"),
    ):
        assert place in refused(write(path, text)), path


def test_the_name_of_a_file_is_checked_where_it_becomes_a_name(write: Write) -> None:
    assert "=formula" in refused(write("scenarios/=formula.yaml", SCENARIO))
    assert validate(str(write("scenarios/=formula.yaml", SCENARIO + "name: formula\n")))
    assert "rename the file" in refused(write("experiments/-x.yaml", EXPERIMENT))


def test_names_in_any_script_and_years_are_names(write: Write) -> None:
    for name in ("2024", "true", "quartier_été", "社区", "full+package@0.5", "a b", "x" * 100):
        assert name_complaint(name) is None
    for name in ("2024", "true"):
        write(f"scenarios/{name}.yaml", SCENARIO + f"name: {name}\n")
    write("scenarios/child.yaml", "schema: 1\nkind: scenario\nextends: [2024, true]\n")
    assert load_scenario("child").community.name == "village"
    found = load_experiment(write("experiments/case.yaml", EXPERIMENT + "scenarios: [2024, true]\nshow: [2024]\n"))
    assert list(found.scenarios) == ["plain", "2024", "true"] and found.show == ("2024",)
    assert {type(scenario.name) for scenario in found.scenarios.values()} == {str}


def test_blocks_of_policies_have_usable_names(write: Write) -> None:
    said = refused(write("scenarios/case.yaml", SCENARIO + 'policies:\n  "../x": {policy: workforce}\n'))
    assert "5:3: policies.../x: a name with /" in said


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_files_and_names_are_compared_in_one_unicode_form(write: Write, form: Any) -> None:
    other = "NFD" if form == "NFC" else "NFC"
    write(f"scenarios/{unicodedata.normalize(form, 'quartier_été')}.yaml", SCENARIO + "horizon: 44\n")
    name = unicodedata.normalize(other, "quartier_été")
    child = write("scenarios/child.yaml", f"schema: 1\nkind: scenario\nextends: {name}\n")
    assert load_scenario(child).horizon == load_scenario(name).horizon == 44
    assert load_scenario(name).name == unicodedata.normalize("NFC", name)


def test_two_files_that_look_the_same_are_told(write: Write, home: Path) -> None:
    for form in ("NFC", "NFD"):
        write(f"scenarios/{unicodedata.normalize(form, 'été')}.yaml", SCENARIO)  # type: ignore[arg-type]
    if len(list((home / "scenarios").glob("*t*.yaml"))) < 2:
        pytest.skip("this file system keeps one form only")
    with pytest.raises(UsageError, match="look the same"):
        load_scenario("été")


def test_a_group_may_be_written_in_either_form(write: Write, home: Path) -> None:
    village = (home / "scenarios/communities/village.yaml").read_text()
    write("scenarios/communities/hamlet.yaml", village.replace("farmers", unicodedata.normalize("NFD", "métayers")))
    text = "schema: 1\nkind: scenario\ncommunity: hamlet\n"
    text += "policies:\n  online_channel: {coverage: {groups: [métayers]}}\n"
    assert load_scenario(write("scenarios/case.yaml", text)).policies[0].groups == ("métayers",)


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ('title: "a\\e[31m"', "4:8: title: the character U+001B"),
        ('title: "a\\u202eb"', "4:8: title: the character U+202E"),
        ('description: "a\\u2028b"', "4:14: description: the character U+2028"),
        ('extends: "a\\0b"', "4:10: extends: the character U+0000"),
        ('community: "a\\x85"', "4:12: community: the character U+0085"),
        ('"ti\\atle": x', "4:1: the character U+0007"),
        ('title: "a\\rb"', "4:8: title: the character U+000D"),
        ("title: a\x1b[2J", "4:9: the character U+001B"),
        ("# \u202e hidden", "4:3: the character U+202E"),
        ("title: ab\u2028c", "4:10: the character U+2028"),
        ('title: "a\\tb"', "4:8: title: more than one line"),
    ],
)
def test_what_steers_a_terminal_is_refused_where_it_stands(write: Write, line: str, place: str) -> None:
    said = refused(write("scenarios/case.yaml", "schema: 1\nkind: scenario\nname: case\n" + line + "\n"))
    assert place in said
    assert said.isprintable() or said.replace("\n", "").isprintable()


def test_control_characters_are_refused_in_communities_and_in_set(write: Write, home: Path) -> None:
    village = (home / "scenarios/communities/village.yaml").read_text()
    path = write("scenarios/communities/case.yaml", village.replace("label: School", 'label: "S\\e[1m"'))
    assert "13:33: blocks.school.label: the character U+001B ESCAPE" in refused(path)
    with pytest.raises(ScenarioError, match=r"U\+001B"):
        load_scenario("plain", ['title="\\e[1m"'])


@pytest.mark.parametrize("text", ["a\0b", "x" * 300, "é" * 200, "a/" * 3000, "", " ", "\x1b[1m"])
def test_any_text_given_for_a_file_has_an_answer(write: Write, text: str) -> None:
    for call in (load_scenario, load_experiment, validate):
        with pytest.raises(CgsimError) as error:
            call(text)
        assert len(str(error.value)) < 2000
    for key in ("extends", "community"):
        with pytest.raises(CgsimError):
            load_scenario("plain", [f"{key}={text}"])


def test_folders_that_no_system_would_take_are_refused_beforehand() -> None:
    for path in ("s3:bucket", "file:", "hdfs:x/y", "x" * 256, "a\0b", "a\x1bb", "x/" * 3000):
        assert path_complaint(path) is not None
    for path in ("results/a", "C:/results", "./a:b", "social work", "社区/x"):
        assert path_complaint(path) is None


def test_dates_may_stand_in_quotes(write: Write) -> None:
    blocks = "policies:\n  workforce: {start: \"2023-03-01\", end: '2024-02-01'}\n"
    text = SCENARIO + "start: '2023-01-01'\nburn_in: 30\n" + blocks
    scenario = load_scenario(write("scenarios/case.yaml", text))
    assert scenario.start == dt.date(2023, 1, 1) and scenario.policies[0].start == dt.date(2023, 3, 1)
    assert load_scenario("plain", ["start='2023-02-01'"]).start == dt.date(2023, 2, 1)
    json = '{"schema": 1, "kind": "scenario", "community": "village", "start": "2023-01-01"}'
    assert load_scenario(write("scenarios/other.yaml", json)).start == dt.date(2023, 1, 1)
    assert "not a date (got '2023-02-30')" in refused(write("scenarios/bad.yaml", SCENARIO + "start: '2023-02-30'\n"))


@pytest.mark.parametrize(
    ("line", "place", "told"),
    [
        ("horizon： 30", "4:8:", "full-width colon"),
        ("horizon:\u00a030", "4:9:", "no-break space"),
        ("policies： {a： 1}", "4:9:", "full-width colon"),
        ("extends: “plain”", "4:10:", "curly quotation mark"),
        ("horizon: ３０", "4:10:", "full-width digit"),
        ("extends: [plain，other]", "4:11:", "full-width comma"),
        ("coverage（x）: 1", "4:1:", "full-width bracket"),
    ],
)
def test_punctuation_that_only_looks_right_is_named(write: Write, line: str, place: str, told: str) -> None:
    said = refused(write("scenarios/case.yaml", SCENARIO + line + "\n"))
    assert place in said and told in said and "U+" in said


def test_full_width_punctuation_is_text_in_a_text(write: Write) -> None:
    path = write("scenarios/case.yaml", SCENARIO + "title: 社区：今天（或明天），“好”\n")
    assert load_scenario(path).title == "社区：今天（或明天），“好”"


def test_a_community_is_looked_for_where_one_stands_too(write: Write, home: Path) -> None:
    village = (home / "scenarios/communities/village.yaml").read_text()
    write("scenarios/communities/mytown.yaml", village.replace("name: village", "name: mytown"))
    assert load_scenario("harbour_today", ["community=mytown"]).community.name == "mytown"
    with pytest.raises(ScenarioError, match=r"did you mean 'mytown'\?; looked in .*scenarios/communities"):
        load_scenario("harbour_today", ["community=mytwon"])


def test_mistakes_of_a_community_are_told_in_one_go(write: Write, home: Path) -> None:
    text = (home / "scenarios/communities/village.yaml").read_text()
    for old, new in (
        ("label: Farmers", "labl: Farmers"),
        ("0_17: 0.25", "0_17: 0.35"),
        ("lives_in: [campus]", "lives_in: [camp]"),
        ("{farmers: 3}", "{farmer: 3}"),
        ("value: 300, range: [100, 500]", "value: 900, range: [100, 500]"),
        ("seats: {value: 5", "seats: {value: 5.5"),
    ):
        assert old in text
        text = text.replace(old, new)
    said = refused(write("scenarios/communities/case.yaml", text))
    for told in (
        "unknown key (got 'labl')", "the shares do not add up to 1 (got 1.1)", "(got 'camp')", "(got 'farmer')",
        "out of its own range (got 900)", "not a whole number (got 5.5)",
    ):  # fmt: skip
        assert told in said


def _lines_run(path: Path) -> int:
    """Lines of Python run by a check: a count of work that no machine's speed changes."""
    count = 0

    def trace(frame: Any, event: str, _: Any) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        with pytest.raises(CgsimError):
            validate(str(path))
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize(
    "of", ["a number", "a group", "groups", "weights", "an experiment", "parameters", "policies", "overrides", "names"]
)
def test_the_work_of_a_check_grows_with_the_file_and_no_faster(write: Write, home: Path, of: str) -> None:
    village = (home / "scenarios/communities/village.yaml").read_text()

    def text(count: int) -> tuple[str, str]:
        keys = ", ".join(f"k{i}: 1" for i in range(count))
        lines = "".join(f"  k{i}: 1\n" for i in range(count))
        town = "scenarios/communities/case.yaml"
        return {
            "a number": (town, village.replace("{value: 3.0,", "{" + keys + ", value: 3.0,")),
            "a group": (town, village.replace("label: Farmers", "label: Farmers\n" + lines.replace("  ", "    "))),
            "groups": (town, village.replace("groups:\n", "groups:\n" + lines)),
            "weights": (town, village.replace("{farmers: 3}", "{" + keys + "}")),
            "an experiment": ("experiments/case.yaml", EXPERIMENT + lines.replace("  ", "")),
            "parameters": ("scenarios/case.yaml", SCENARIO + "parameters:\n" + lines),
            "policies": ("scenarios/case.yaml", SCENARIO + "policies:\n" + lines.replace("1\n", "{dose: 1.0}\n")),
            "overrides": (
                "scenarios/case.yaml",
                SCENARIO + "community_overrides:\n  groups:\n" + lines.replace("  ", "    "),
            ),
            "names": ("experiments/case.yaml", EXPERIMENT + f"show: [{keys.replace(': 1', '')}]\n"),
        }[of]

    few, many = (_lines_run(write(*text(count))) for count in (400, 1600))
    assert few > 1000
    # what is the same for both (the first hundred mistakes, found words for) only makes the ratio smaller
    assert many < 4.2 * few
    said = refused(write(*text(1600)))
    assert len(said.splitlines()) <= MAX_PROBLEMS + 1 and "more mistakes, from here on, are not listed" in said
