"""A made-up comparison on disk, and the way back from it: what the tests of reproducing and exporting share."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np

from sim.analysis.compare import run_comparison
from sim.lab import design_from_scenarios
from sim.lab.checksums import staged
from tests import fakes

NAMES = ("baseline", "workforce", "online_channel")


def from_resolved(document: Any) -> fakes.FakeScenario:
    """What ``sim.scenario.from_resolved`` is to scenarios."""
    changed = {k: v for k, v in document["parameters"].items() if v != fakes.SPECS[k].value}
    own = document["scenario"]
    return fakes.FakeScenario(own["name"], horizon=own["horizon"], changed=tuple(changed.items()))


def comparison(
    folder: Path, seeds: int = 2, worlds: int = 1, names: tuple[str, ...] = NAMES, engine: Any = None, **given: Any
) -> Path:
    """Run a comparison of fakes into a folder."""
    design = design_from_scenarios(fakes.scenarios(*names), seeds=seeds, worlds=worlds, days=20)
    run_comparison(design, folder, engine or fakes.FakeEngine(**given), jobs=1)
    return folder


def edit(folder: Path, **values: Any) -> None:
    """Change what a manifest says."""
    manifest = {**json.loads((folder / "manifest.json").read_text()), **values}
    with staged(folder, manifest["kind"]) as place:
        (place / "manifest.json").write_text(json.dumps(manifest))


@dataclasses.dataclass(frozen=True)
class Biased(fakes.FakeEngine):
    """A simulator in which trust comes out differently: by so much, or by the last bit (None)."""

    bias: float | None = 0.001

    def simulate(self, *given: Any, **more: Any) -> fakes.FakeRun:
        run = super().simulate(*given, **more)
        for table in (run.windows, run.daily):
            trust = table["trust"].to_numpy()
            table["trust"] = np.nextafter(trust, 2.0) if self.bias is None else trust + self.bias
        return run
