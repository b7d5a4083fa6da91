"""``--memory`` bounds the whole process, not DuckDB alone: a child is run, its peak read, its answer compared with one without a bound.
The rules are bounded alike."""

import os
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jinzhong_engine import signals
from jinzhong_engine.backends import cores, duck, files, native, run
from jinzhong_engine.backends.files import BadTable
from jinzhong_engine.backends.tests.streams import AS_OF
from jinzhong_engine.features.windows import DAY, WEEK
from jinzhong_engine.tables import CALLS

ALLOWED = 440 * 2**20
CHILD = """
import sys
from pathlib import Path
from jinzhong_engine.backends import files, run
found = run.features(run.Events(Path(sys.argv[1])), as_of={as_of}, latest={as_of}, engine="duckdb", memory={memory}, tell=print)
files.write_table(found, Path(sys.argv[2]))
peak = [line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")]
Path(sys.argv[3]).write_text(peak[0])
"""


def many_calls(folder: Path, rows: int) -> Path:
    rng = np.random.default_rng(3)
    caller, callee = rng.integers(0, 20_000, rows), rng.integers(0, 20_000, rows)
    start = np.sort(AS_OF - 1 - rng.integers(0, WEEK, rows))

    def text(begin: str, of: np.ndarray) -> pa.Array:
        return pa.array(np.char.add(begin, of.astype(str)))

    table = pa.table(
        [
            text("1540", caller + 1_000_000), text("1541", callee + 1_000_000), pa.array(start, pa.timestamp("us", tz="UTC")),
            pa.array(rng.integers(0, 300, rows), pa.int32()), pa.array(np.full(rows, "domestic")),
            text("cell-", rng.integers(0, 500, rows)), text("86", caller), text("05", rng.integers(10, 99, rows)),
        ],
        names=[one.name for one in CALLS.required],
    )  # fmt: skip
    pq.write_table(table, folder / "calls.parquet", row_group_size=50_000)
    return folder / "calls.parquet"


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system doesn't tell a process's peak")
def test_the_process_keeps_within_its_memory_and_spills_to_disk(tmp_path):
    calls = many_calls(tmp_path, 600_000)
    (tmp_path / "spill").mkdir()

    child = subprocess.Popen(
        [sys.executable, "-c", CHILD.format(as_of=AS_OF, memory=ALLOWED), calls, tmp_path / "out.parquet", tmp_path / "peak"],
        env={**os.environ, "TMPDIR": str(tmp_path / "spill")},
    )  # fmt: skip
    spilled = 0
    while child.poll() is None:
        spilled = max(spilled, len(list((tmp_path / "spill").glob("jinzhong-duck-*/*"))))
        time.sleep(0.005)

    assert child.returncode == 0
    assert int((tmp_path / "peak").read_text()) * 1024 <= 1.15 * ALLOWED
    assert spilled > 0
    assert not list((tmp_path / "spill").iterdir())
    found = pq.read_table(tmp_path / "out.parquet")
    known = native.features(files.read_events(calls, CALLS, AS_OF), None, AS_OF)
    assert found["number"].to_pylist() == known["number"].to_pylist()
    for name in found.column_names[1:]:
        one, other = (np.asarray(table[name].to_numpy(), float) for table in (found, known))
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-9, err_msg=name)


def test_too_little_memory_is_said_with_how_much_would_do(tmp_path):
    calls = many_calls(tmp_path, 100)

    with pytest.raises(BadTable, match=r"too little: .* give \d+\.\dGB or more"):
        duck.features([str(calls)], None, AS_OF, memory=2**20)
    with pytest.raises(BadTable, match="native: about"):
        run.features(run.Events(calls), as_of=AS_OF, latest=AS_OF + DAY, engine="native", memory=2**20, tell=print)  # fmt: skip
    with pytest.raises(BadTable, match="looked through whole: about"):
        run.must_fit(calls, None, 2**20)
    run.must_fit(calls, None, 2**30)


def test_a_file_that_is_read_whole_counts_as_what_it_takes_in_memory(tmp_path):
    sheet = tmp_path / "calls.csv"
    sheet.write_bytes(b"x" * 2**20)

    with pytest.raises(BadTable, match="give it as Parquet"):
        run.features(run.Events(sheet), as_of=AS_OF, latest=AS_OF, engine="duckdb", memory=run.ARROW + 2**22, tell=print)  # fmt: skip


def test_the_rules_keep_within_their_memory_and_spill_to_disk(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(duck, "held", lambda: 0)
    each = pa.table({"number": np.arange(4_000_000), "called": np.arange(4_000_000) % 7})

    asked = cores.later(partial(duck.ask, memory=duck.BESIDE + duck.LEAST), {"calls": each}, in_order)
    spilled = 0
    while not asked.done():
        spilled = max(spilled, sum(len(files) for _path, _folders, files in os.walk(tmp_path)))
        time.sleep(0.001)

    found = asked.result()["called"].to_numpy()
    assert (np.diff(found) >= 0).all()
    assert len(found) == 4_000_000
    assert spilled > 0
    assert not list(tmp_path.iterdir())


def in_order(given):
    return given["calls"].order_by("called", "number")


def test_rules_without_memory_say_how_much_would_do():
    nothing = pa.table({"number": ["15400002093"]})
    with pytest.raises(BadTable, match=r"too little: .* give \d+\.\dGB or more"):
        duck.ask({"calls": nothing}, lambda given: given["calls"], memory=2**20)
    with pytest.raises(BadTable, match="too little"):
        signals.found(
            files.no_events(CALLS),
            None,
            native.features(files.no_events(CALLS), None, AS_OF),
            AS_OF,
            memory=1,
        )
