"""The same seed is the same district, to the byte, however and however often it is built."""

import multiprocessing
import os
import signal
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from jinzhong.cli import main
from jinzhong_engine import tables
from jinzhong_engine.world.build import MANIFEST, BadWorld, build, manifest
from tests.world.conftest import SMALL


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_two_processes_write_the_same_bytes_as_one(folder, tmp_path):
    build(**SMALL, out=tmp_path / "two", workers=2)

    assert bytes_of(tmp_path / "two") == bytes_of(folder)


def test_another_seed_is_another_district(built, tmp_path):
    other = build(**{**SMALL, "seed": 8}, out=tmp_path / "other", workers=1)

    assert other.digest != built.digest
    assert other.calls == pytest.approx(built.calls, rel=0.5)


def test_a_killed_build_goes_on_without_repeating_or_losing_a_day(folder, tmp_path):
    out = tmp_path / "killed"
    child = multiprocessing.get_context("fork").Process(
        target=build, kwargs={**SMALL, "out": out, "workers": 1}
    )
    child.start()
    while child.is_alive() and len(list(out.glob("messages/2*.parquet"))) < 2:
        time.sleep(0.005)
    os.kill(child.pid, signal.SIGKILL)
    child.join()
    before = {path: path.stat().st_mtime_ns for path in out.glob("calls/2*.parquet")}
    with pytest.raises(BadWorld, match="isn't finished"):
        manifest(out)

    build(**SMALL, out=out, workers=1)

    kept = [path for path, at in before.items() if path.stat().st_mtime_ns == at]
    assert len(kept) >= 2
    assert bytes_of(out) == bytes_of(folder)


def test_every_file_has_the_columns_of_its_table(folder):
    for one in (*tables.WORLD, *tables.TRUTH):
        path = next((folder / one.path).glob("*.parquet")) if one.path.endswith("/") else folder / one.path
        found = pq.read_table(path)

        assert found.schema.names == [column.name for column in one.required], one.name
        assert [f.type for f in found.schema] == [column.type for column in one.required], one.name
        for column in one.required:
            assert column.may_be_null or found[column.name].null_count == 0, (one.name, column.name)


def test_a_day_holds_what_happened_on_it_in_china(folder):
    for path in sorted((folder / "calls").glob("*.parquet")):
        starts = pq.read_table(path, columns=["start"])["start"].to_pylist()
        assert starts == sorted(starts)
        assert {str(one.astimezone(tz()).date()) for one in (starts[0], starts[-1])} == {path.stem}


def tz():
    from jinzhong_engine.world.register import CHINA

    return CHINA


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (["--residents", "0"], "--residents 0"),
        (["--days", "-3"], "--days -3"),
        (["--start", "2021-02-31"], "2021-02-31"),
        (["--start", "1776-07-04"], "1776-07-04"),
        (["--profile", "nowhere"], "fenghua"),
        (["--density", "0"], "--density"),
        (["--seed", "-1"], "--seed -1"),
        (["--workers", "0"], "--workers 0"),
    ],
)
def test_bad_parameters_get_one_line_and_leave_no_world(wrong, said, tmp_path, capsys):
    right = {"--seed": "1", "--residents": "500", "--days": "2", "--out": str(tmp_path / "w")}
    asked = {**right, wrong[0]: wrong[1]}

    assert main(["world", "build", *(word for pair in asked.items() for word in pair)]) == 2

    told = capsys.readouterr()
    assert said in told.err
    assert len(told.err.strip().splitlines()) == 1
    assert not (tmp_path / "w").exists()


def test_a_folder_that_is_taken_stays_as_it_was(folder, tmp_path, capsys):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/letter").write_text("dear", "utf-8")

    assert (
        main(
            [
                "world",
                "build",
                "--seed",
                "1",
                "--residents",
                "500",
                "--days",
                "2",
                "--out",
                str(tmp_path / "mine"),
            ]
        )
        == 2
    )
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["letter"]
    before = (folder / MANIFEST).read_bytes()
    assert (
        main(["world", "build", "--seed", "1", "--residents", "500", "--days", "2", "--out", str(folder)])
        == 2
    )
    assert (folder / MANIFEST).read_bytes() == before
    assert "finished world" in capsys.readouterr().err


def test_a_disk_that_fills_up_leaves_nothing(tmp_path, monkeypatch, capsys):
    def full(fd: int) -> None:
        if len(list((tmp_path / "w").rglob("2*.parquet"))) > 2:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)

    asked = [
        "--seed",
        "1",
        "--residents",
        "500",
        "--days",
        "4",
        "--workers",
        "1",
        "--out",
        str(tmp_path / "w"),
    ]
    assert main(["world", "build", *asked]) == 2
    assert "No space left" in capsys.readouterr().err.splitlines()[-1]
    assert not (tmp_path / "w").exists()
