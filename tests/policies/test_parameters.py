"""The shipped parameter file: complete, nothing idle in it, and honest about its grades."""

from __future__ import annotations

import importlib
import math
import pkgutil
from typing import Any

import pytest

import sim.rules
from sim import policies
from sim.vocabulary.mechanisms import BY_ID, MECHANISMS

Declared = dict[str, dict[str, Any]]
KINDS = {
    "plain", "count", "per_event", "weekly_share", "weekly_hazard", "yearly_hazard", "yearly_rate", "half_life_days",
    "switch",
}


def read_by_rules() -> set[str]:
    """Names of all parameters that a rule takes."""
    found = set()
    for module in pkgutil.iter_modules(sim.rules.__path__):
        rules = importlib.import_module(f"sim.rules.{module.name}")
        found |= {f"{module.name}.{field}" for field in getattr(getattr(rules, "Parameters", None), "_fields", ())}
    return found


def read_by_policies() -> set[str]:
    """Names of all settings of the shipped policies."""
    return {f"policy.{name}.{s}" for name in policies.BUILT_IN for s in policies.get(name).setting_names()}


def test_everything_that_is_read_is_declared_and_everything_declared_is_read(declared: Declared) -> None:
    wanted = read_by_rules() | read_by_policies()
    idle = {name for name in declared if name not in wanted and not name.startswith("structure.")}
    assert (wanted - set(declared), idle) == (set(), set())


def test_every_number_carries_unit_range_source_and_grade(declared: Declared) -> None:
    for name, entry in declared.items():
        assert entry["kind"] in KINDS and entry["mechanism"] in BY_ID, name
        assert len(entry["source"]) > 5 and entry["description"].endswith("."), name
        assert entry["grade"] in ("measured", "literature", "expert", "assumed"), name
        if entry["kind"] == "switch":
            assert isinstance(entry["value"], bool), name
            continue
        low, high = entry["range"]
        assert entry["unit"] and low <= entry["value"] <= high and math.isfinite(high), name


def test_what_is_matched_inferred_or_chosen_is_never_called_literature(declared: Declared) -> None:
    chosen = ("assum", "infer", "settled choice", "match", "definition", "convention")
    wrong = [
        name for name, entry in declared.items()
        if entry["grade"] in ("measured", "literature") and entry["source"].lower().startswith(chosen)
    ]
    assert not wrong


def test_sources_are_sources_and_not_our_own_notes(declared: Declared) -> None:
    assert not [name for name, entry in declared.items() if "evidence" in entry["source"] and ".md" in entry["source"]]


@pytest.mark.parametrize("mechanism", MECHANISMS, ids=lambda m: m.id)
def test_what_switches_a_mechanism_off_is_declared(mechanism: Any, declared: Declared) -> None:
    assert mechanism.off and set(mechanism.off) <= set(declared)


def test_shares_that_make_a_whole_add_up(declared: Declared) -> None:
    mix = [entry["value"] for name, entry in declared.items() if name.startswith("needs.mix_")]
    weights = [entry["value"] for name, entry in declared.items() if name.startswith("trust.weight_")]
    assert math.isclose(sum(mix), 1.0) and math.isclose(sum(weights), 1.0)
    most = sum(entry["range"][1] for name, entry in declared.items() if name.startswith("needs.mix_"))
    last = declared["needs.mix_culture_and_education"]["range"][1]
    assert most - last <= 1.0 + 1e-9, "the category that takes what is left never falls below nothing"


def test_ranges_stay_where_the_evidence_puts_them(declared: Declared) -> None:
    for name, low, high in (
        ("trust.gain", 0.02, 0.10), ("needs.rate", 0.04, 0.40), ("needs.outside_share", 0.1, 0.4),
        ("service.reopen", 0.1, 0.5), ("trust.hearsay", 0.0, 0.5), ("participation.nesting", 0.3, 1.0),
        ("participation.b_knowledge", 0.0, 1.0), ("participation.b_trust", 0.0, 1.0),
        ("knowledge.gain", 0.1, 0.5), ("policy.residents_councils.demand_share", 0.05, 0.3),
    ):
        assert tuple(declared[name]["range"]) == (low, high), name
    low, high = declared["conflict.grievance"]["range"]
    assert math.isclose(math.exp(low), 3.0, rel_tol=0.01) and math.isclose(math.exp(high), 20.0, rel_tol=0.01)
    assert declared["trust.adaptation"]["range"][1] < 1.0, "at 1 trust would not depend on the service"


def test_the_conflict_rate_is_what_its_source_says(declared: Declared) -> None:
    assert 6 <= 2_060 * declared["conflict.onset"]["value"] * 0.44 <= 11
