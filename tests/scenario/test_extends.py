"""A scenario builds on others: later ones win, circles are shown, and nothing outside its folder is reached."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.errors import NotFoundError, ScenarioError
from sim.scenario import load_scenario

Write = Callable[[str, str], Path]
HEAD = "schema: 1\nkind: scenario\n"


def message(name: str) -> str:
    with pytest.raises(ScenarioError) as error:
        load_scenario(name)
    return str(error.value)


def test_a_chain_is_merged_from_its_end(write: Write) -> None:
    write("scenarios/second.yaml", HEAD + "extends: plain\nhorizon: 90\nparameters: {toy.plain: 0.1}\n")
    write("scenarios/third.yaml", HEAD + "extends: second\nparameters: {toy.many: 3}\n")
    scenario = load_scenario("third")
    assert scenario.horizon == 90 and scenario.burn_in == 30
    assert scenario.parameters.raw("toy.plain") == 0.1 and scenario.parameters.raw("toy.many") == 3
    assert [block.name for block in scenario.policies] == ["online_channel"]


def test_of_several_parents_the_later_one_wins_and_the_file_itself_over_all(write: Write) -> None:
    write("scenarios/one.yaml", HEAD + "horizon: 100\nparameters: {toy.plain: 0.1, toy.many: 1}\n")
    write("scenarios/two.yaml", HEAD + "horizon: 200\nparameters: {toy.plain: 0.2}\n")
    text = "extends: [plain, one, two]\nparameters: {toy.form: beta}\n"
    scenario = load_scenario(write("scenarios/both.yaml", HEAD + text))
    raw = scenario.parameters.raw
    assert (scenario.horizon, raw("toy.plain"), raw("toy.many"), raw("toy.form")) == (200, 0.2, 1, "beta")


def test_titles_and_questions_are_not_inherited(write: Write) -> None:
    write("scenarios/child.yaml", HEAD + "extends: plain\n")
    scenario = load_scenario("child")
    assert (scenario.name, scenario.title, scenario.question) == ("child", "child", "")


def test_blocks_are_merged_key_by_key_and_switched_off_by_name(write: Write) -> None:
    write("scenarios/more.yaml", HEAD + "extends: plain\npolicies: {online_channel: {dose: 1.0}}\n")
    write("scenarios/none.yaml", HEAD + "extends: plain\npolicies: {online_channel: {off: true}}\n")
    (block,) = load_scenario("more").policies
    assert (block.dose, block.ramp) == (1.0, 10)
    assert load_scenario("none").policies == ()


def test_one_policy_runs_twice_under_two_names(write: Write) -> None:
    text = "extends: plain\npolicies: {more: {policy: online_channel, dose: 0.2, coverage: {groups: [farmers]}}}\n"
    blocks = load_scenario(write("scenarios/twice.yaml", HEAD + text)).policies
    assert [(b.name, b.policy, b.groups) for b in blocks] == [
        ("more", "online_channel", ("farmers",)),
        ("online_channel", "online_channel", ("farmers", "pupils")),
    ]


def test_a_circle_is_refused_with_the_whole_chain(write: Write) -> None:
    write("scenarios/a.yaml", HEAD + "extends: b\n")
    write("scenarios/b.yaml", HEAD + "extends: c\n")
    write("scenarios/c.yaml", HEAD + "extends: a\n")
    assert message("a").startswith("scenarios/c.yaml:3:10: extends: goes round in a circle: a -> b -> c -> a;")


def test_a_scenario_may_build_on_the_shipped_one_of_its_own_name(write: Write) -> None:
    write("scenarios/baseline.yaml", HEAD + "extends: baseline\nhorizon: 31\n")
    scenario = load_scenario("baseline")
    assert scenario.horizon == 31 and scenario.community.name == "xicheng"


@pytest.mark.parametrize("where", ["../outside", "../../etc/passwd", "/etc/passwd", "sub/../../outside.yaml"])
def test_what_lies_outside_the_folder_is_out_of_reach(write: Write, where: str) -> None:
    write("outside.yaml", HEAD + "community: village\n")
    write("scenarios/case.yaml", HEAD + f"extends: {where}\n")
    assert "lies outside the scenario's own folder" in message("case")


def test_a_link_in_the_folder_is_followed_wherever_its_file_lies(write: Write, home: Path) -> None:
    outside = write("store/ab12.yaml", HEAD + "community: village\nhorizon: 77\n")
    (home / "scenarios" / "link.yaml").symlink_to(outside)
    write("scenarios/case.yaml", HEAD + "extends: link\n")
    assert load_scenario("case").horizon == 77


def test_a_mounted_folder_of_links_reaches_shipped_scenarios_and_its_own(write: Write, home: Path) -> None:
    write("mount/..2026_12_01/base.yaml", HEAD + "extends: baseline\nhorizon: 50\n")
    write("mount/..2026_12_01/mine.yaml", HEAD + "extends: base\n")
    (home / "mount" / "..data").symlink_to("..2026_12_01")
    for name in ("base", "mine"):
        (home / "mount" / f"{name}.yaml").symlink_to(f"..data/{name}.yaml")
    assert load_scenario("mount/mine.yaml").horizon == 50
    (home / "elsewhere.yaml").symlink_to("mount/mine.yaml")
    assert load_scenario("elsewhere.yaml").horizon == 50


def test_a_subfolder_reaches_up_to_the_top_of_its_own_tree(write: Write) -> None:
    write("scenarios/sub/deep.yaml", HEAD + "extends: plain\nhorizon: 7\n")
    write("scenarios/sub/deeper.yaml", HEAD + "extends: ../plain.yaml\nhorizon: 8\n")
    assert load_scenario("sub/deep").horizon == 7
    assert load_scenario("scenarios/sub/deeper.yaml").horizon == 8


def test_parents_that_multiply_are_stopped(write: Write) -> None:
    write("scenarios/p0.yaml", HEAD + "extends: plain\n")
    for i in range(1, 30):
        write(f"scenarios/p{i}.yaml", HEAD + f"extends: [p{i - 1}, p{i - 1}]\n")
    assert "builds on too many files" in message("p29")


def test_a_mistake_in_a_parent_is_told_where_it_stands(write: Write) -> None:
    write("scenarios/parent.yaml", HEAD + "extends: plain\nhorizn: 3\n")
    write("scenarios/child.yaml", HEAD + "extends: parent\nhorizon: soon\n")
    assert [line.split(": ")[0] for line in message("child").splitlines()] == [
        "scenarios/child.yaml:4:10",
        "scenarios/parent.yaml:4:1",
    ]


def test_shipped_scenarios_are_found_from_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_scenario("baseline").community.population == 58_731
    with pytest.raises(NotFoundError) as error:
        load_scenario("basline")
    assert "did you mean 'baseline'?" in str(error.value)


def test_a_copied_starter_set_uses_its_own_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(Path(__file__).parents[2] / "scenarios", tmp_path / "scenarios")
    town = tmp_path / "scenarios" / "communities" / "xicheng.yaml"
    town.write_text(town.read_text(encoding="utf-8").replace("value: 13388", "value: 13389"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert load_scenario("online_channel").community.population == 58_732
