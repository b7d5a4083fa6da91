"""Records that were taken in are read again after a kill and after a power cut, and by one watch at a time."""

import os
from concurrent.futures import Future
from threading import Event

import pyarrow as pa
import pytest

from jinzhong_engine.models.card import BadModel
from jinzhong_engine.models.journal import Journal


def batch(*starts: int) -> pa.Table:
    return pa.table({"id": [f"r{one}" for one in starts], "start": pa.array(starts, pa.int64())})


def starts(batches) -> list[int]:
    return [start for one in batches for start in one["start"].to_pylist()]


def test_zeros_that_a_power_cut_left_behind_the_last_batch_are_cut_off(tmp_path):
    journal = Journal(tmp_path)
    journal.append(batch(1, 2))
    journal.close()
    with (tmp_path / "records-0").open("ab") as file:
        file.write(bytes(4096))

    again = Journal(tmp_path)
    assert starts(again.since()) == [1, 2]
    again.append(batch(3))
    again.close()
    assert starts(Journal(tmp_path).since()) == [1, 2, 3]


@pytest.mark.parametrize("broken", [lambda path: path.unlink(), lambda path: path.write_bytes(b"\xff" * 99)])
def test_an_ended_segment_that_is_gone_or_garbled_is_named(tmp_path, broken):
    journal = Journal(tmp_path)
    journal.append(batch(1))
    journal.mark({}, oldest=0)
    journal.close()
    broken(tmp_path / "records-0")

    with pytest.raises(BadModel, match="records-0: not readable"):
        list(Journal(tmp_path).ended())


def test_a_batch_is_synced_although_the_sync_before_it_ends_meanwhile(tmp_path, monkeypatch):
    """That sync is still running when it is looked at first, and done when it is asked whether it runs."""

    class Ending(Future):
        looked = 0

        def done(self) -> bool:
            self.looked += 1
            return self.looked > 1

    synced = []
    journal = Journal(tmp_path)
    journal._syncs = [ending := Ending()]
    ending.set_result(None)
    monkeypatch.setattr(os, "fdatasync", synced.append)

    journal.append(batch(1))
    journal.settle()
    assert len(synced) == 1


def test_a_segment_that_is_removed_before_its_turn_to_be_packed_stays_removed(tmp_path):
    journal, go = Journal(tmp_path), Event()
    journal._packer.submit(go.wait)
    journal.append(batch(1))
    journal.mark({}, oldest=0)
    journal.append(batch(9))
    journal.mark({}, oldest=9)
    go.set()
    journal.close()

    assert {one.name for one in tmp_path.glob("*-*")} == {"mark-2", "records-1"}
    assert starts(Journal(tmp_path).ended()) == [9]


def test_two_watches_dont_share_a_folder(tmp_path):
    journal = Journal(tmp_path)
    with pytest.raises(BadModel, match="another watch writes it"):
        Journal(tmp_path)

    journal.close()
    Journal(tmp_path).close()
