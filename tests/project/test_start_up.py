"""Commands that only read scenario files answer at once, because they load no numerical library."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec

import pytest

from tests.project.sources import ROOT, SIM

pytestmark = [
    pytest.mark.versions,
    pytest.mark.skipif(not (SIM / "cli" / "main.py").exists(), reason="the command line is not here yet"),
]
HEAVY = ("numpy", "numba", "mesa", "pandas", "scipy", "networkx", "pyarrow", "matplotlib", "rich")
RUN = """
import json, sys
sys.argv = ["cgsim", *{arguments!r}]
from sim.cli.main import main
try:
    status = main()
except SystemExit as stop:
    status = stop.code
sys.stdout.flush()
print(json.dumps({{"status": status or 0, "loaded": [m for m in {heavy!r} if m in sys.modules]}}), file=sys.stderr)
"""


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        ["validate", "--help"],
        ["validate", "scenarios/baseline.yaml"],
        ["explain", "scenarios/baseline.yaml", "horizon"],
        ["diff", "scenarios/baseline.yaml", "scenarios/baseline.yaml"],
    ],
    ids=" ".join,
)
def test_reading_commands_load_no_numerical_library(arguments: list[str]) -> None:
    code = RUN.format(arguments=arguments, heavy=HEAVY)
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    answer = json.loads(done.stderr.strip().splitlines()[-1])
    assert answer["status"] == 0, done.stdout + done.stderr
    assert answer["loaded"] == []


def test_the_libraries_they_do_without_are_installed() -> None:
    """Otherwise the test above would prove nothing."""
    assert all(find_spec(name) for name in ("numpy", "numba", "mesa"))
