"""The shipped communities say what the paper says, and nothing is tied to one of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from sim.scenario import load_scenario
from sim.vocabulary.categories import AGE_BANDS, AGENCY_KINDS, CATEGORIES

FOLDER = Path(__file__).parents[2] / "scenarios" / "communities"
NAMES = sorted(path.stem for path in FOLDER.glob("*.yaml"))


@pytest.fixture(params=NAMES)
def town(request: pytest.FixtureRequest) -> Any:
    return load_scenario("baseline", [f"community={request.param}"]).community


def test_xicheng_has_the_papers_people_and_places() -> None:
    town = load_scenario("baseline").community
    assert {g.name: g.size for g in town.groups} == {
        "registered": 13_388, "floating": 4_343, "construction": 6_000, "students": 33_000, "campus_staff": 2_000,
    }  # fmt: skip
    assert town.population == 58_731 and town.headline_population == 23_731
    kinds = [block.kind for block in town.blocks]
    assert (kinds.count("quarter"), kinds.count("campus"), kinds.count("site")) == (17, 2, 1)
    assert town.staff == 30 and sum(a.staff for a in town.agencies if a.outside) == 6
    assert {agency.kind for agency in town.agencies} == set(AGENCY_KINDS)


def test_there_is_a_community_quite_unlike_xicheng() -> None:
    towns = {name: load_scenario("baseline", [f"community={name}"]).community for name in NAMES}
    assert len(towns) >= 2
    others = [town for name, town in towns.items() if name != "xicheng"]
    assert all(not set(town.group_names) & set(towns["xicheng"].group_names) for town in others)
    assert any(not any(block.kind == "campus" for block in town.blocks) for town in others)


def test_shares_add_up(town: Any) -> None:
    for group in town.groups:
        assert sum(group.ages) == pytest.approx(1.0) and len(group.ages) == len(AGE_BANDS)
        assert sum(block.weights.get(group.name, 0.0) for block in town.blocks) == pytest.approx(1.0)
        assert all(block.kind in group.lives_in for block in town.blocks if group.name in block.weights)
    for agency in town.agencies:
        assert set(agency.serves) <= set(town.block_names) and set(agency.competences) <= set(CATEGORIES)


def test_every_block_is_served_by_somebody_of_its_own(town: Any) -> None:
    served = {block for agency in town.agencies if not agency.outside for block in agency.serves}
    assert served == set(town.block_names)


@pytest.mark.parametrize("name", NAMES)
def test_every_number_says_where_it_comes_from(name: str) -> None:
    data = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))

    def bare(value: Any, path: str) -> list[str]:
        if isinstance(value, dict):
            if "value" in value:
                return [] if value.get("source") and value.get("grade") else [path]
            return [b for key, inner in value.items() for b in bare(inner, f"{path}.{key}")]
        return [path] if isinstance(value, (int, float)) and not isinstance(value, bool) else []

    numbers = {key: data[key] for key in ("blocks", "groups", "agencies", "councils")}
    assert not bare(numbers, name)


def test_xicheng_notes_the_papers_contradictions_and_cites_its_facts() -> None:
    text = (FOLDER / "xicheng.yaml").read_text(encoding="utf-8")
    assert all(f"Contradiction {n}" in text or f"Contradictions {n}" in text for n in (1, 2, 3, 4, 5, 7))
    assert all(f"F{n}" in text for n in (1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 15))
