"""A folder's files are of one thing, checked when they are read; nothing but what we wrote is ever removed."""

import os
import random
import shutil
from pathlib import Path

import pytest

from sim.analysis.compare import run_comparison
from sim.errors import CgsimError, ExistsError, RunError, UsageError
from sim.lab import checksums, load_results
from sim.lab.checksums import LIST, STAGE, DamagedError, read_checked, read_list, staged
from sim.lab.files import WriteError, write_text
from sim.lab.single import run_in, run_single
from sim.lab.store import SUPERSEDED
from sim.lab.study import open_study
from sim.lab.tables import read_parquet
from tests import fakes
from tests.lab import batches

NAMES = ("baseline", "workforce")
SMALL = {"names": NAMES, "worlds": 2}


def compared(folder, **options):
    return run_comparison(batches.design(**SMALL), folder, fakes.FakeEngine(), 1, **options)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made") / "there"
    compared(folder)
    return folder


@pytest.fixture
def copy(whole, tmp_path):
    return shutil.copytree(whole, tmp_path / "copy")


def run(folder, seed, also=None):
    with open_study(folder, "run") as study:
        run_in(study, fakes.scenarios("baseline")[0], seed, fakes.FakeEngine(), also=also)


def figure(_run, place):
    write_text(place / "figures" / "over_time.svg", "drawn")
    write_text(place / "trace-resident-1.txt", "a life")


def read_everything(folder):
    """All that pages and commands read; every table in full."""
    results = load_results(folder)
    tables = [results.runs, results.worlds, results.parameters, results.windows]
    tables += [results.written(path.stem) for path in sorted(folder.glob("*.parquet"))]
    return results.manifest, read_checked(folder / "scenarios.json"), [table.to_csv() for table in tables]


def test_a_flipped_bit_anywhere_is_noticed_or_changes_nothing(copy):
    good, luck = read_everything(copy), random.Random(4)
    files = sorted([*copy.glob("*.parquet"), *copy.glob("*.csv"), *copy.glob("*.json"), copy / LIST])
    assert len(files) > 10
    for path in files:
        content = path.read_bytes()
        for _ in range(3):
            flipped = bytearray(content)
            flipped[luck.randrange(len(flipped))] ^= 1 << luck.randrange(8)
            path.write_bytes(flipped)
            with pytest.raises(CgsimError, match=r"damaged|no manifest|list of files"):
                read_everything(copy)
        path.write_bytes(content)
    assert read_everything(copy) == good


def test_a_run_whose_status_is_no_status_is_not_left_out(copy):
    (copy / LIST).unlink()  # as of an earlier version
    text = (copy / "runs.csv").read_text()
    (copy / "runs.csv").write_text(text.replace(",ok,", ",oo,", 1))
    with pytest.raises(RunError, match=r"runs\.csv: damaged, a run's status is 'oo'"):
        _ = load_results(copy).windows


def test_a_table_that_is_not_on_the_list_is_not_read_and_one_of_a_folder_without_a_list_is(copy):
    good = load_results(copy).effects
    shutil.copyfile(copy / "costs.parquet", copy / "interactions.parquet")
    with pytest.raises(RunError, match=r"interactions\.parquet: on no list of files"):
        load_results(copy).written("interactions")
    (copy / LIST).unlink()
    assert load_results(copy).effects.equals(good)
    with pytest.raises(RunError, match="on no list of files"):
        read_parquet(copy / "effects.parquet")


def test_a_run_replaces_another_with_all_that_was_written_of_it_and_nothing_else(tmp_path):
    run(tmp_path, 1, figure)
    assert (tmp_path / "figures" / "over_time.svg").exists() and (tmp_path / "trace-resident-1.txt").exists()
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "figures" / "slide.png").write_text("mine")
    run(tmp_path, 2)
    assert load_results(tmp_path).manifest["seed"] == 2
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix in (".txt", ".csv")) == ["notes.txt"]
    assert [path.name for path in (tmp_path / "figures").iterdir()] == ["slide.png"]


@pytest.mark.parametrize("name", ["daily.parquet", "manifest.json", LIST, "figures/over_time.svg"])
def test_a_run_that_cannot_be_written_leaves_the_earlier_one_whole(tmp_path, monkeypatch, name):
    run(tmp_path, 1)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    write = checksums.os.replace

    def full(source, target):
        if Path(target) == tmp_path / STAGE / name:
            raise OSError(28, "No space left on device", str(source))
        write(source, target)

    with monkeypatch.context() as disk:
        disk.setattr("sim.lab.files.os.replace", full)
        with pytest.raises(WriteError, match="the disk is full"):
            run(tmp_path, 2, figure)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    run(tmp_path, 2, figure)
    assert load_results(tmp_path).manifest["seed"] == 2


def test_a_run_that_was_killed_while_its_files_landed_is_not_read_and_is_made_again(tmp_path, monkeypatch):
    run(tmp_path, 1)
    move = os.replace

    def killed(source, target):
        if Path(target) == tmp_path / "hours.parquet":
            raise KeyboardInterrupt
        move(source, target)

    with monkeypatch.context() as kill:
        kill.setattr("sim.lab.checksums.os.replace", killed)
        with pytest.raises(KeyboardInterrupt):
            run(tmp_path, 2)
    assert read_list(tmp_path).unsettled
    with pytest.raises(CgsimError, match="being replaced by another run's"):
        load_results(tmp_path)
    run(tmp_path, 3)
    assert load_results(tmp_path).manifest["seed"] == 3 and not read_list(tmp_path).unsettled


def test_two_runs_do_not_write_to_one_folder(tmp_path):
    with open_study(tmp_path / "out", "run"), pytest.raises(UsageError, match="another batch is writing"):
        run_single(fakes.scenarios("baseline")[0], 2, tmp_path / "out", fakes.FakeEngine())


def test_a_run_is_not_put_where_it_is_not_known_what_goes_with_the_earlier_one(tmp_path):
    run(tmp_path, 1, figure)
    content = (tmp_path / LIST).read_bytes()
    for damaged in (content[:-9], None):
        (tmp_path / LIST).unlink() if damaged is None else (tmp_path / LIST).write_bytes(damaged)
        with pytest.raises(ExistsError, match=r"its list of files \(files\.sha256\) is gone or damaged"):
            run(tmp_path, 2)
    assert (tmp_path / "figures" / "over_time.svg").exists()


def test_the_same_command_again_leaves_what_people_put_beside_our_tables_and_edited(copy):
    with open_study(copy, "comparison") as study, study.staged() as place:
        for name in ("tables/old.csv", "figures/old.png", "figures/edited.png"):
            write_text(place / name, "ours")
    for name in ("tables/my_analysis.csv", "figures/my_slide.png", "figures/edited.png", "runs/notes.txt"):
        (copy / name).write_text("mine")
    compared(copy)
    assert not (copy / "tables" / "old.csv").exists() and not (copy / "figures" / "old.png").exists()
    compared(copy, fresh=True)
    mine = [path for path in copy.rglob("*") if path.is_file() and path.read_bytes() == b"mine"]
    assert sorted(path.name for path in mine) == ["edited.png", "my_analysis.csv", "my_slide.png", "notes.txt"]


def test_a_comparison_whose_list_is_damaged_keeps_its_runs_and_what_its_manifest_knew(copy):
    created = load_results(copy).manifest["created"]
    (copy / LIST).write_bytes((copy / LIST).read_bytes()[1:])
    with pytest.raises(CgsimError, match=r"files\.sha256: damaged since it was written; the command"):
        load_results(copy)
    assert compared(copy)[1].kept == 4
    assert load_results(copy).manifest["created"] == created


def test_fresh_does_not_remove_the_runs_of_another_experiment(copy):
    before = sorted(copy.rglob("*"))
    other = batches.design(**SMALL)
    object.__setattr__(other, "name", "other")
    with pytest.raises(ExistsError, match="holds 'toy', not 'other', and --fresh would remove its runs"):
        run_comparison(other, copy, fakes.FakeEngine(), 1, fresh=True)
    assert sorted(copy.rglob("*")) == sorted([*before])


def test_a_damaged_run_is_set_aside_and_made_again(copy):
    path = sorted((copy / "runs").glob("*.parquet"))[0]
    content = path.read_bytes()
    path.write_bytes(content[:-50])
    assert compared(copy)[1].kept == 3
    assert path.exists() and compared(copy)[1].kept == 4
    assert (copy / SUPERSEDED / f"{path.stem}.damaged").read_bytes() == content[:-50]


def test_a_run_that_cannot_be_read_is_no_damaged_run(copy, monkeypatch):
    path = sorted((copy / "runs").glob("*.parquet"))[0]
    read = Path.read_bytes

    def refused(self):
        if self == path:
            raise PermissionError(13, "Permission denied", str(self))
        return read(self)

    with monkeypatch.context() as network:
        network.setattr(Path, "read_bytes", refused)
        with pytest.raises(RunError, match=rf"{path.name}: cannot be read \(Permission denied\)\. The run is left"):
            compared(copy)
    assert path.exists() and not (copy / SUPERSEDED).exists()
    assert compared(copy)[1].kept == 4


def test_a_list_of_files_is_one_that_sha256sum_reads(tmp_path):
    with staged(tmp_path, "run") as place:
        write_text(place / "tables" / "a.csv", "a\n")
    rows = (tmp_path / LIST).read_text().splitlines()
    sums = [row.split("  ") for row in rows if not row.startswith("#")]
    assert sums == [["87428fc522803d31065e7bce3cf03fe475096631e5e07bbd7a0fde60c4cf25c7", "tables/a.csv"]]
    (tmp_path / "tables" / "a.csv").write_text("b\n")
    with pytest.raises(DamagedError, match=r"a\.csv: damaged or changed"):
        read_checked(tmp_path / "tables" / "a.csv")


def test_nothing_lands_where_the_block_does_not_end_well(tmp_path):
    with pytest.raises(ZeroDivisionError), staged(tmp_path, "run") as place:
        write_text(place / "a.csv", "a")
        _ = 1 / 0
    assert not list(tmp_path.iterdir())
