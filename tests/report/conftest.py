"""Made-up results for the tests of what people read."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def fake() -> ModuleType:
    """The module that makes results up, found by its path because the tests are no package."""
    spec = importlib.util.spec_from_file_location("fake_results", Path(__file__).parent / "fake_results.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
