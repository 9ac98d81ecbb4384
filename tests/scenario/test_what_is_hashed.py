"""All that a scenario holds is in its hash, or on a list of what is not."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from sim.scenario import Scenario, load_scenario
from sim.scenario.community import Agency, Block, Community, Councils, Elections, Group
from sim.scenario.dates import Calendar
from sim.scenario.frozen import FrozenMapping
from sim.scenario.parameters import ParameterSet
from sim.scenario.scenario import NO_BEHAVIOUR, PolicyBlock, When
from sim.scenario.schema import community as town_schema
from sim.scenario.schema import scenario as scenario_schema
from sim.scenario.shocks import Shock

CLASSES = (Scenario, Community, Block, Group, Agency, Councils, Elections, Calendar, PolicyBlock, Shock, When)
FIELDS = [(each, field.name) for each in CLASSES for field in dataclasses.fields(each)]


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    sets = (
        "policies.online_channel.dose=0.5", "mechanisms.M12=off",
        "policies.online_channel.when={outcome: load, above: 0.8, for: 14, off_below: 0.6}",
        "shocks.storm={kind: crisis, needs: x3}",
        "parameters.trust.gain={start: 0.05, 100: 0.06}",
    )
    loaded = load_scenario("harbour_today", sets)
    assert loaded.policies and loaded.community.agencies and loaded.shocks and loaded.changes
    assert loaded.community.elections is not None
    return loaded


def other(value: Any) -> Any:
    """Another value of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, dt.date):
        return value + dt.timedelta(days=1)
    if isinstance(value, int | float):
        return value + 1
    if isinstance(value, str):
        return value + "x"
    if isinstance(value, tuple):
        return (*value[:-1], other(value[-1])) if value else ("x",)
    if isinstance(value, FrozenMapping):
        name = next(iter(value), "x")
        return FrozenMapping({**value, name: other(value.get(name, 1.0))})
    if isinstance(value, ParameterSet):
        name = next(name for name, spec in value.specs.items() if not spec.choices and spec.kind != "switch")
        return ParameterSet(value.specs, {**value.chosen, name: other(value.raw(name))}, value.switched_off)
    if dataclasses.is_dataclass(value):
        names = [field.name for field in dataclasses.fields(value)]
        left_out = NO_BEHAVIOUR.get(type(value).__name__, ())
        name = next(name for name in reversed(names) if name not in left_out and getattr(value, name) is not None)
        return dataclasses.replace(value, **{name: other(getattr(value, name))})  # type: ignore[type-var]
    return "x" if value is None else None


def with_other(thing: Any, kind: type, field: str) -> Iterator[Any]:
    """A thing with another value in the field of one class, wherever that class is in it."""
    if isinstance(thing, tuple):
        for i, part in enumerate(thing):
            yield from ((*thing[:i], changed, *thing[i + 1 :]) for changed in with_other(part, kind, field))
    elif isinstance(thing, kind):
        yield dataclasses.replace(thing, **{field: other(getattr(thing, field))})  # type: ignore[type-var]
    elif isinstance(thing, CLASSES):
        for each in dataclasses.fields(thing):
            part = getattr(thing, each.name)
            yield from (dataclasses.replace(thing, **{each.name: changed}) for changed in with_other(part, kind, field))


@pytest.mark.parametrize(("kind", "field"), FIELDS, ids=[f"{kind.__name__}.{field}" for kind, field in FIELDS])
def test_every_field_changes_the_hash_or_is_named_as_one_that_does_not(
    scenario: Scenario, kind: type, field: str
) -> None:
    changed = next(with_other(scenario, kind, field))
    named = field in NO_BEHAVIOUR.get(kind.__name__, ())
    assert (changed.hash == scenario.hash) is named


def test_every_class_of_which_there_are_objects_in_a_scenario_is_looked_at(scenario: Scenario) -> None:
    def classes(thing: Any) -> set[type]:
        if isinstance(thing, tuple):
            return {each for part in thing for each in classes(part)}
        if not dataclasses.is_dataclass(thing) or isinstance(thing, type):
            return set()
        names = [each.name for each in dataclasses.fields(thing) if each.name not in NO_BEHAVIOUR.get(kind(thing), ())]
        return {type(thing)} | {each for name in names for each in classes(getattr(thing, name))}

    def kind(thing: Any) -> str:
        return type(thing).__name__

    assert classes(scenario) == set(CLASSES)


def test_the_list_names_fields_that_there_are() -> None:
    there = {(kind.__name__, field) for kind, field in FIELDS}
    assert {(kind, field) for kind, names in NO_BEHAVIOUR.items() for field in names} < there


def test_what_parameters_hold_beside_their_daily_values_says_the_same(scenario: Scenario) -> None:
    """Declarations, chosen values and what is switched off make the daily values; worlds draw from declarations."""
    assert set(ParameterSet.__slots__) == {"_specs", "_chosen", "_off", "_values"}
    values = dict(scenario.parameters)
    same = ParameterSet({name: dataclasses.replace(spec, note="x") for name, spec in scenario.parameters.specs.items()},
                        scenario.parameters.chosen, scenario.parameters.switched_off)  # fmt: skip
    assert dict(same) == values and dataclasses.replace(scenario, parameters=same).hash == scenario.hash


DOCUMENTS: dict[type, tuple[type, set[str]]] = {
    # what a file can say, the object that it becomes, and what becomes something of another name there
    scenario_schema.ScenarioDocument: (
        Scenario, {"schema_version", "kind", "extends", "community_overrides", "start", "burn_in", "horizon"},
    ),
    scenario_schema.BlockDocument: (PolicyBlock, {"coverage", "off"}),
    scenario_schema.Coverage: (PolicyBlock, set()),
    # what a shock takes is in its values, and who arrives is a group of the community
    scenario_schema.ShockDocument: (
        Shock,
        {"off", "needs", "enquiries", "categories", "posts", "agencies", "people", "like", "quarters", "new_quarter",
         "label", "headline", "elector"},
    ),
    scenario_schema.WhenDocument: (When, {"below", "off_below", "off_above"}),
    town_schema.CommunityDocument: (Community, {"schema_version", "kind", "each_group"}),
    town_schema.BlockSchema: (Block, {"weight"}),
    town_schema.GroupSchema: (Group, set()),
    town_schema.AgencySchema: (Agency, {"off"}),
    town_schema.CouncilsSchema: (Councils, set()),
    town_schema.ElectionsSchema: (Elections, {"month_day", "years", "source", "grade", "note"}),
}  # fmt: skip


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.__name__)
def test_every_key_of_a_file_becomes_a_field_or_is_named_here(document: Any) -> None:
    made, named = DOCUMENTS[document]
    known = {field.name for field in dataclasses.fields(made)}  # type: ignore[arg-type]
    assert set(document.model_fields) - known == named
