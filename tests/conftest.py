"""What all tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sim import policies


@pytest.fixture(autouse=True, scope="module")
def _users_policies_are_forgotten() -> Iterator[None]:
    """A policy that one file of tests brings from outside is not known to the next."""
    known, modules = set(policies._registry), list(policies._modules)
    yield
    for name in set(policies._registry) - known - set(policies.BUILT_IN):
        del policies._registry[name]
    policies._modules[:] = modules
