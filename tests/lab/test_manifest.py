"""The layout of a results folder is versioned: an older or newer one is told apart from what is no results folder."""

import json

import pytest

from sim.errors import CgsimError, ExistsError, LayoutError, NotFoundError
from sim.lab import load_results
from sim.lab.folder import check_folder
from sim.lab.manifest import HOLDS, RUNS
from sim.lab.provenance import provenance, sources
from sim.lab.run_file import LAYOUT


def folder(tmp_path, text):
    (tmp_path / "manifest.json").write_text(text)
    return tmp_path


def stored(tmp_path, **values):
    command = "cgsim compare paths"
    data = {"layout": LAYOUT, "kind": "comparison", "command": command, "versions": {"cgsim": "0.0.3"}}
    data |= dict.fromkeys(HOLDS["comparison"], "") | values
    return folder(tmp_path, json.dumps(data))


def test_this_version_reads_its_own_layout(tmp_path):
    assert load_results(stored(tmp_path)).comparison


def test_a_newer_layout_is_refused_and_says_how_to_read_it(tmp_path):
    with pytest.raises(LayoutError, match=r"made by a newer version of cgsim .*pip install --upgrade"):
        load_results(stored(tmp_path, layout=LAYOUT + 1))


def test_an_older_layout_is_refused_with_the_version_and_the_command_that_made_it(tmp_path):
    with pytest.raises(LayoutError, match=r"older version of cgsim \(cgsim 0\.0\.3, layout 0.*cgsim compare paths"):
        load_results(stored(tmp_path, layout=0))


@pytest.mark.parametrize("text", ["{}", "[]", '{"layout": "one"}', "{", "\ufeff{}"])
def test_what_is_no_manifest_of_ours_is_no_results_folder(tmp_path, text):
    with pytest.raises(NotFoundError):
        load_results(folder(tmp_path, text))


@pytest.mark.parametrize("text", [None, "{"])
def test_a_folder_that_has_lost_its_manifest_and_not_its_runs_says_how_to_get_it_back(tmp_path, text):
    if text is not None:
        folder(tmp_path, text)
    with pytest.raises(NotFoundError) as nothing:
        load_results(tmp_path)
    (tmp_path / "runs.csv").write_text(",".join(RUNS) + "\n")
    with pytest.raises(NotFoundError, match="its list of runs is there: the command that made them keeps") as caught:
        load_results(tmp_path)
    assert str(caught.value).startswith(str(nothing.value))
    assert check_folder(tmp_path, "comparison") == {"lost": True, "kind": "comparison"}  # what the error promises


def test_runs_alone_do_not_make_a_comparison_and_nothing_is_promised_of_them(tmp_path):
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "12.parquet").touch()
    with pytest.raises(NotFoundError, match=r"no manifest\.json\)$"):
        load_results(tmp_path)
    with pytest.raises(ExistsError, match="holds other files"):
        check_folder(tmp_path, "comparison")


def test_no_comparison_writes_into_a_folder_of_another_layout(tmp_path):
    path = stored(tmp_path, layout=LAYOUT + 1)
    with pytest.raises(CgsimError, match="newer version"):
        check_folder(path, "comparison")


def test_a_manifest_says_what_has_to_be_the_same_for_the_same_numbers():
    found = json.loads(json.dumps(provenance()))
    assert {"python", "numpy", "numba", "llvmlite", "libc"} <= set(found["versions"])
    assert found["processor_type"] and found["policy_modules"] == []
    assert {"rules/trust.py", "model/day.py", "analysis/effects.py"} <= set(found["sources"])


def test_the_hash_of_a_source_depends_on_its_text_alone(tmp_path):
    for name, text in (("a", b"x = 1\n"), ("b", b"x = 1\r\n"), ("c", b"x = 2\n")):
        (tmp_path / name / "rules").mkdir(parents=True)
        (tmp_path / name / "rules" / "r.py").write_bytes(text)
    a, b, c = (sources(tmp_path / name) for name in "abc")
    assert a == b != c and list(a) == ["rules/r.py"]
