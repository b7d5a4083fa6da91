"""Records as lines, as they come: which are refused, and what is judged together."""

import io
import json
import threading
import time

import pytest

from jinzhong_engine.backends.files import BadTable
from jinzhong_engine.backends.tests.streams import AS_OF
from jinzhong_engine.features.windows import DAY
from jinzhong_engine.models import events
from jinzhong_engine.models.tests.watching import (
    LATEST,
    timed,
)


def test_a_watch_that_runs_for_days_takes_the_records_of_each(lines):
    """What lies in the future is asked anew for each piece: yesterday's tomorrow is today."""
    first, second = (json.loads(lines[at]) | {"start": timed(AS_OF + at * 2 * DAY)} for at in (0, 1))
    pieces = iter([json.dumps(one).encode() + b"\n" for one in (first, second)] + [b""])
    days = iter([AS_OF + DAY, AS_OF + 3 * DAY])

    class Given:
        def read(self, _most: int) -> bytes:
            return next(pieces)

    given = list(events.batches(Given(), latest=lambda: next(days), name="-"))
    assert sum(one.num_rows for one in given) == 2


def test_a_source_without_ends_of_lines_is_refused_before_it_fills_the_memory():
    class Endless:
        read_bytes = 0

        def read(self, most: int) -> bytes:
            self.read_bytes += most
            return b" " * most

    given = Endless()
    with pytest.raises(BadTable, match="line 1: longer than 1048576 bytes; one record a line"):
        list(events.batches(given, latest=lambda: LATEST, name="-"))
    assert given.read_bytes <= 2 * events.LONGEST


def test_what_came_meanwhile_is_judged_together(lines):
    """Three pieces come while the first is worked on."""
    waiting, given = threading.Event(), iter([*lines[:4], b""])

    class Given:
        def read(self, _most: int) -> bytes:
            piece = next(given)
            if not piece:
                waiting.set()
            return piece and piece + b"\n"

    batches = events.batches(Given(), latest=lambda: LATEST, name="-")
    first = next(batches)
    assert waiting.wait(10)
    rest = list(batches)

    assert first.num_rows + sum(one.num_rows for one in rest) == 4
    assert len(rest) <= 1


def test_where_nothing_comes_for_a_while_that_is_told(lines):
    class Slow:
        """A piece, a pause, a piece."""

        def __init__(self) -> None:
            self.given = iter([lines[0] + b"\n", lines[1] + b"\n", b""])

        def read(self, _most: int) -> bytes:
            piece = next(self.given)
            time.sleep(0.0 if piece.startswith(lines[0]) else 0.3)
            return piece

    given = list(events.batches(Slow(), latest=lambda: LATEST, name="-", idle=0.05))
    assert sum(one.num_rows for one in given if one is not None) == 2
    assert given[0].num_rows == 1
    assert given[1] is None


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b'{"id": "1", "caller": "A"', "line 1: not JSON"),
        (b"[1]", "line 1: not a record"),
        (b'{"id": "1"}', "line 1: seconds is missing"),
        (
            b'{"id": "1", "caller": "A", "callee": "B", "start": "2021-05-30T10:00:00+08:00", "seconds": "long", "kind": "domestic"}',
            "seconds is 'long'",
        ),
        (
            b'{"id": "1", "caller": "A", "callee": "B", "start": "2021-05-30T10:00:00+08:00", "seconds": -3, "kind": "domestic"}',
            "seconds is negative",
        ),
        (
            b'{"caller": "A", "callee": "B", "start": "2021-05-30T10:00:00+08:00", "seconds": 3, "kind": "domestic"}',
            "column id is empty",
        ),
        (
            b'{"id": "1", "caller": "A", "callee": "B", "start": "2051-05-30T10:00:00+08:00", "seconds": 3, "kind": "domestic"}',
            "in the future",
        ),
        (
            b'{"id": "1", "caller": "+8613812341234", "callee": "B", "start": "2021-05-30T10:00:00+08:00", "seconds": 3, "kind": "domestic"}',
            "line 1: caller is not in canonical form; write",
        ),
        (
            b'{"id": "1", "sender": "10655", "receiver": "138 1234 1234", "sent": "2021-05-30T10:00:00+08:00", "text_hash": "f"}',
            "line 1: receiver is not in canonical form; write",
        ),
        (
            b'{"id": "1", "caller": "A", "callee": "B", "start": "2021-05-30T10:00:00+08:00", "seconds": 3, "kind": "voice"}',
            "line 1: kind is 'voice', not one of domestic",
        ),
        (
            b'{"id": "1", "caller": "A", "callee": "B", "start": "soon", "seconds": 3, "kind": "domestic"}',
            "line 1: column start is 'soon', not a time; write it with its zone",
        ),
        (b"\xff\xfe\x00", "line 1: not UTF-8"),
        (
            '{"id": "1", "caller": "A", "callee": "B", "start": "2021-05-30T10:00:00+08:00", "seconds": 3, "kind": "domestic", "peer_city": "宁波"}'.encode(
                "gbk"
            ),
            "line 1: not UTF-8",
        ),
        (
            b'{"id": "1", "caller": "A", "callee": "B", "start": "2021-05-30T10:00:00+08:00", "seconds": 3, "kind": "domestic", "roaming": "yes"}',
            "line 1: roaming is 'yes', not true, false or null",
        ),
        (
            b'{"id": "1", "caller": "A", "callee": "B", "start": "2021-05-30T10:00:00+08:00", "seconds": 3, "kind": "domestic", "roaming": 1}',
            "line 1: roaming is 1, not true, false or null",
        ),
        (
            rb'{"id": "1", "caller": "A\ud800", "callee": "B", "start": "2021-05-30T10:00:00+08:00", "seconds": 3, "kind": "domestic"}',
            "line 1: caller holds half a letter",
        ),
    ],
)
def test_a_wrong_line_is_named(line, said):
    with pytest.raises(BadTable, match=said):
        list(events.batches(io.BytesIO(line + b"\n"), latest=lambda: LATEST, name="-"))


def test_a_record_says_whether_it_roams_or_nothing():
    call = {
        "caller": "A",
        "callee": "B",
        "start": "2021-05-30T10:00:00+08:00",
        "seconds": 3,
        "kind": "domestic",
    }
    message = {"sender": "A", "receiver": "B", "sent": "2021-05-30T10:00:00+08:00", "text_hash": "f"}
    rest = [{}, {"roaming": True}, {"roaming": None}, {"roaming": False}]
    given = [{"id": str(at)} | call | one for at, one in enumerate(rest)]
    for some in (given, [*given, {"id": "m"} | message | {"roaming": True}], [*given, {"id": 7} | call]):
        text = "".join(json.dumps(one) + "\n" for one in some).encode()

        [read] = events.batches(io.BytesIO(text), latest=lambda: LATEST, name="-")

        assert read["roaming"].to_pylist() == [None, True, None, False, None][: len(some)]


def test_a_wrong_record_among_others_is_named_by_its_line(lines):
    """Behind a message, which is read apart, and an empty line."""
    message = b'{"id": "m", "sender": "10655", "receiver": "B", "sent": "2021-05-30T10:00:00+08:00", "text_hash": "f"}'
    wrong = json.dumps(json.loads(lines[1]) | {"kind": "voice"}).encode()
    given = b"\n".join([lines[0], message, b"", wrong, lines[2]]) + b"\n"

    with pytest.raises(BadTable, match=r"^-, line 4: kind is 'voice', not one of"):
        list(events.batches(io.BytesIO(given), latest=lambda: LATEST, name="-"))
