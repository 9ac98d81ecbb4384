"""How a policy from outside becomes known, and what a user is told when it cannot."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim import policies
from sim.errors import PolicyModuleError

STREET_CAFES = '''
from sim.policies import Policy, Setting, share


class StreetCafes(Policy):
    """Tables in the street where workers sit."""

    name = "street_cafes"
    title = "Street cafes"
    section = "5.3"
    summary = "Workers sit at a table in the street, and residents drop in."
    harm = "Hours at the table leave casework."
    touches = ("visit",)
    settings = {
        "visits": Setting(0.01, "per week", (0.0, 0.1), "a guess", "assumed", "Chance that a resident drops in."),
        "hours": Setting(1.0, "hours a week, each block", (0.0, 5.0), "a guess", "assumed", "At the table."),
    }

    def levers(self, strength, s, context):
        return {"visit": share(s["visits"], strength)}

    def weekly_hours(self, strength, s, context):
        return {"outreach": s["hours"] * context.blocks_covered * strength}

    def yearly_money(self, strength, s, context):
        return 0.0
'''


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    """Forget afterwards what a test made known."""
    registry, modules = dict(policies._registry), list(policies._modules)
    yield
    policies._registry.clear()
    policies._registry.update(registry)
    policies._modules[:] = modules


def written(folder: Path, text: str, name: str = "street_cafes.py") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def test_a_policy_in_one_file_is_known_by_its_name(tmp_path: Path) -> None:
    file = written(tmp_path, STREET_CAFES)
    assert policies.load_module(file) == ("street_cafes",)
    assert policies.names()[:14] == policies.BUILT_IN and "street_cafes" in policies.names()
    assert policies.get("street_cafes").setting_names() == ("visits", "hours")
    assert policies.modules() == (str(file.resolve()),), "worker processes load it again"


def test_loading_it_twice_is_no_clash(tmp_path: Path) -> None:
    file = written(tmp_path, STREET_CAFES)
    assert policies.load_module(file) == policies.load_module(str(file))
    assert len(policies.modules()) == 1


def test_an_importable_module_works_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, STREET_CAFES, "cafes_for_the_test.py")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert policies.load_module("cafes_for_the_test") == ("street_cafes",)
    sys.modules.pop("cafes_for_the_test")


def test_two_policies_of_one_name_are_refused(tmp_path: Path) -> None:
    policies.load_module(written(tmp_path, STREET_CAFES))
    with pytest.raises(PolicyModuleError, match="two policies are called 'street_cafes'"):
        policies.load_module(written(tmp_path, STREET_CAFES, "other.py"))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (('name = "street_cafes"', 'name = "workforce"'), "comes with cgsim"),
        (('name = "street_cafes"', 'name = "Street cafes"'), "small letters"),
        (('touches = ("visit",)', 'touches = ("visits",)'), "no lever 'visits'"),
        (('harm = "Hours at the table leave casework."', 'harm = ""'), "harm is missing"),
        (("Setting(0.01,", "Setting(0.5,"), "outside its range"),
        (('"assumed", "At', '"certain", "At'), "grade 'certain'"),
        (("class StreetCafes(Policy)", "class StreetCafes"), "defines no policy"),
        (("from sim.policies import", "from sim.policie import"), "could not be loaded: ModuleNotFoundError"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(tmp_path: Path, change: tuple[str, str], told: str) -> None:
    assert change[0] in STREET_CAFES
    file = written(tmp_path, STREET_CAFES.replace(*change))
    with pytest.raises(PolicyModuleError, match=told) as caught:
        policies.load_module(file)
    assert "\n" not in str(caught.value)
    assert "street_cafes" not in policies.names()


def test_half_a_policy_is_told_what_it_lacks(tmp_path: Path) -> None:
    start = STREET_CAFES.index("    def weekly_hours")
    with pytest.raises(PolicyModuleError, match=r"StreetCafes is not .* weekly_hours\(\).* yearly_money\(\)"):
        policies.load_module(written(tmp_path, STREET_CAFES[:start]))
    for change, told in (
        (('touches = ("visit",)', 'touches = "visit"'), "touches is 'visit' and no list"),
        (("Setting(0.01,", 'Setting("much",'), "are not numbers"),
    ):
        assert change[0] in STREET_CAFES
        with pytest.raises(PolicyModuleError, match=told):
            policies.load_module(written(tmp_path, STREET_CAFES.replace(*change)))


def test_a_base_that_others_are_made_from_need_not_be_whole(tmp_path: Path) -> None:
    start = STREET_CAFES.index("    def weekly_hours")
    base = STREET_CAFES[:start].replace("class StreetCafes(Policy)", "class Base(Policy)")
    whole = "\n\nclass StreetCafes(Base):\n    \"\"\"Whole.\"\"\"\n\n" + STREET_CAFES[start:]
    assert policies.load_module(written(tmp_path, base + whole)) == ("street_cafes",)


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(PolicyModuleError, match="no such file"):
        policies.load_module(tmp_path / "nothing.py")


def test_an_unknown_name_lists_those_known() -> None:
    with pytest.raises(PolicyModuleError, match="no policy 'street_cafe'.*online_channel.*--policy-module"):
        policies.get("street_cafe")


def test_an_entry_point_that_fails_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from importlib.metadata import EntryPoint

    point = EntryPoint("cafes", "no_such_package.cafes", policies.ENTRY_POINTS)
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: [point])
    monkeypatch.setattr(policies, "_entry_points_read", False)
    with pytest.raises(PolicyModuleError, match="entry point cafes = no_such_package.cafes"):
        policies.names()


def test_an_entry_point_makes_a_policy_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from importlib.metadata import EntryPoint

    written(tmp_path, STREET_CAFES, "cafes_by_entry_point.py")
    monkeypatch.syspath_prepend(str(tmp_path))
    point = EntryPoint("cafes", "cafes_by_entry_point", policies.ENTRY_POINTS)
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: [point])
    monkeypatch.setattr(policies, "_entry_points_read", False)
    assert "street_cafes" in policies.names()
