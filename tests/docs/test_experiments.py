"""The examples of "Writing an experiment" load as they stand, and are the designs that the page says they are."""

import re
from pathlib import Path

import pytest
import yaml

from sim.lab.engine import ModelEngine
from sim.lab.executors import Where
from sim.lab.plan import make_plan
from sim.lab.request import requested_design
from sim.lab.store import Store
from sim.scenario.schema.experiment import ExperimentDocument

PAGE = (Path(__file__).parents[2] / "docs" / "experiments.md").read_text(encoding="utf-8")
EXAMPLES = {yaml.safe_load(text)["name"]: text for text in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)}


@pytest.fixture
def plan(tmp_path):
    def made(name):
        (tmp_path / f"{name}.yaml").write_text(EXAMPLES[name])
        design = requested_design([tmp_path / f"{name}.yaml"])
        return make_plan(design, Store(tmp_path / "out"), ModelEngine(), Where("local", jobs=2), 2)

    return made


def test_a_few_scenarios(plan):
    found = plan("staff_or_screens")
    assert found.counts() == "3 scenarios, 12 parameter worlds, 1 seed each: 36 runs"
    assert found.design.scenarios["half_the_staff"].title == "Half of the additional staff"
    assert found.design.smallest_changes == {"trust": 0.01} and found.design.directions == {"wait_median_days": -1}


def test_a_factorial(plan):
    design = plan("channel_by_staff").design
    assert set(design.scenarios) == {
        "baseline", "online_channel@0.5", "online_channel", "workforce", "online_channel@0.5+workforce",
        "online_channel+workforce",
    }  # fmt: skip
    for name in design.scenarios:
        assert name == "baseline" or f"`{name}`" in PAGE
    assert len(design.worlds) == 16


def test_the_factorial_is_shipped():
    shipped = yaml.safe_load((Path(__file__).parents[2] / "experiments" / "channel_by_staff.yaml").read_text())
    shown = yaml.safe_load(EXAMPLES["channel_by_staff"])
    assert {name: shipped[name] for name in shown} == shown
    assert set(shipped) - set(shown) == {"question"}


def test_precision(plan):
    found = plan("precise")
    assert [stage.look.worlds for stage in found.stages] == [8, 16, 32, 64, 128]
    assert found.stages[-1].runs == 384
    levels = ", ".join(f"{100 * level:.2f}".rstrip("0") for level in found.design.precision.confidences[:4])
    assert f"{levels} and 97.5%" in " ".join(PAGE.split())


def test_all_keys_are_explained():
    table = PAGE.split("## Keys")[1].split("## Worlds")[0]
    for name, field in ExperimentDocument.model_fields.items():
        assert f"`{field.alias or name}`" in table, name


def test_editors_get_a_description_of_every_key():
    schema = ExperimentDocument.model_json_schema()
    parts = [schema, *schema["$defs"].values()]
    missing = [
        f"{part['title']}.{key}"
        for part in parts
        for key, value in part.get("properties", {}).items()
        if not (value.get("description") or "const" in value)
    ]
    assert not missing
