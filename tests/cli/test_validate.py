"""``cgsim validate``: all that is wrong, in every file, with status 2, and nothing written."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_all_shipped_files_are_valid(cgsim: Callable) -> None:
    files = sorted((ROOT / "scenarios").rglob("*.yaml")) + sorted((ROOT / "experiments").rglob("*.yaml"))
    assert len(files) > 20
    answer = cgsim("validate", *files)
    assert (answer.status, answer.err) == (0, "")
    assert answer.out.count(": valid.") == len(files)


def test_each_kind_of_file_is_summed_up_in_a_line(cgsim: Callable) -> None:
    folder = Path("scenarios")
    answer = cgsim("validate", "plain", folder / "communities" / "village.yaml", folder / "parameters.yaml")
    assert answer.out == (
        "plain: valid. Scenario: The village, 350 residents, 4 workers, 1 policy block, 2024-01-31 to 2024-03-30.\n"
        "scenarios/communities/village.yaml: valid. Community: The village, 350 residents in 3 blocks, 2 groups, "
        "4 workers in 1 agency.\n"
        "scenarios/parameters.yaml: valid. Parameters: 5, of which 5 are assumed.\n"
    )


def test_mistakes_in_several_files_are_told_together_and_once(cgsim: Callable, home: Path) -> None:
    head = "schema: 1\nkind: scenario\n"
    (home / "scenarios/a.yaml").write_text(head + "extends: plain\nhorizn: 3\n")
    (home / "scenarios/b.yaml").write_text(head + "extends: a\nburn_in: -1\n")
    before = sorted(home.rglob("*"))
    answer = cgsim("validate", "a", "b", "nowhere", "plain")
    assert answer.status == 2
    lines = answer.err.splitlines()
    assert [line.split(": ")[0] for line in lines] == [
        "scenarios/a.yaml:4:1",
        "scenarios/b.yaml:4:10",
        "no scenario 'nowhere'",
        "3 problems.",
    ]
    assert answer.out.startswith("plain: valid.")
    assert sorted(home.rglob("*")) == before


def test_scripts_get_json(cgsim: Callable, home: Path) -> None:
    (home / "scenarios/a.yaml").write_text("schema: 1\nkind: scenario\nextends: plain\nhorizn: 3\n")
    answer = cgsim("validate", "a", "plain", "--json")
    data = json.loads(answer.out)
    assert answer.status == 2 and data["valid"] is False
    (problem,) = data["files"][0]["problems"]
    assert (problem["file"], problem["line"], problem["column"], problem["key"]) == (
        "scenarios/a.yaml", 4, 1, "horizn",
    )  # fmt: skip
    assert data["files"][1]["valid"] is True


def test_quiet_says_nothing_when_all_is_well(cgsim: Callable) -> None:
    answer = cgsim("validate", "plain", "--quiet")
    assert (answer.status, answer.out, answer.err) == (0, "", "")


def test_set_values_are_checked_too(cgsim: Callable) -> None:
    assert cgsim("validate", "plain", "--set", "horizon=90").status == 0
    answer = cgsim("validate", "plain", "--set", "parameters.toy.plain=3")
    assert answer.status == 2
    assert answer.err.startswith(
        "--set parameters.toy.plain=3:1:22: parameters.toy.plain: out of range (got 3); allowed: 0 to 1 (share)\n"
    )


POLICY = '''
from sim.policies import Policy, Setting

class StreetCafes(Policy):
    name = "street_cafes"
    title = "Street cafes"
    section = "none"
    summary = "Tables in the street."
    harm = "Noise."
    touches = ("activity",)
    settings = {"reach": Setting(0.3, "per week", (0.0, 1.0), "for tests", "assumed", "Chance of a visit.")}

    def levers(self, strength, s, context):
        return {"activity": strength * s["reach"]}

    def weekly_hours(self, strength, s, context):
        return {}

    def yearly_money(self, strength, s, context):
        return 0.0
'''


def test_a_policy_of_ones_own_is_known_once_its_file_is_given_and_never_before(cgsim: Callable, home: Path) -> None:
    (home / "street_cafes.py").write_text(POLICY)
    (home / "scenarios/cafes.yaml").write_text(
        "schema: 1\nkind: scenario\nextends: plain\npolicies: {street_cafes: {settings: {reach: 0.6}}}\n"
    )
    from sim import policies

    assert cgsim("validate", "cafes").status == 2
    try:
        assert cgsim("validate", "cafes", "--policy-module", "street_cafes.py").status == 0
        shown = cgsim("explain", "cafes", "policies.street_cafes.settings.reach", "--policy-module", "street_cafes.py")
        assert "0.6 per week" in shown.out and "source: for tests" in shown.out
        wrong = cgsim("validate", "cafes", "--policy-module", "street_cafes.py",
                      "--set", "policies.street_cafes.settings.reach=2")  # fmt: skip
        assert "out of range (got 2); allowed: 0 to 1 (per week)" in wrong.err
    finally:
        policies._registry.pop("street_cafes", None)
    assert cgsim("validate", "plain", "--policy-module", "missing.py").status == 2
