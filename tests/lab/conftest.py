"""What the tests of the lab share."""

import pytest

from tests.lab import batches


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory):
    """The final tables of a batch that nothing happened to."""
    folder = tmp_path_factory.mktemp("undisturbed")
    assert batches.conclude(folder).done == 24
    return batches.tables(folder)
