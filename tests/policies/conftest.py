"""Settings of the shipped policies as the model hands them over, and a context to ask policies in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from sim import policies
from sim.policies import Context

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def declared() -> dict[str, dict[str, Any]]:
    """Entries of the shipped parameter file, as written."""
    return yaml.safe_load((ROOT / "scenarios" / "parameters.yaml").read_text(encoding="utf-8"))["parameters"]


@pytest.fixture(scope="session")
def settings(declared: dict[str, dict[str, Any]]) -> Callable[[str], Mapping[str, float]]:
    """Settings of a policy by name; none of the kinds used for settings changes on the way to a daily value."""

    def of(name: str) -> Mapping[str, float]:
        return {s: declared[f"policy.{name}.{s}"]["value"] for s in policies.get(name).setting_names()}

    return of


@pytest.fixture
def context() -> Context:
    """All of a community like Xicheng, half a year into a programme, on an election day."""
    return Context(
        residents_covered=58_731.0, residents=58_731.0, blocks_covered=20.0, workers=30.0, workers_covered=30.0,
        service_covered=1.0, days_since_start=180, date=dt.date(2025, 6, 30), election_day=True,
    )
