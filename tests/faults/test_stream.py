"""Live events as a neighbour's program listens to them: what it may hear, once, also across a lost connection."""

import asyncio
import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx
import pytest

from jinzhong.audit import queries as audit
from jinzhong.wire import events
from tests.running import PATIENCE_SECONDS, START, Running, free_port, wait_for

ALERT = {"customer_name": "张桂兰", "customer_phone": "13812346620", "amount": "86000"}


class Ear:
    """One listener; ``hear`` returns the next event that is no beat, as (event, id, data)."""

    def __init__(self, answer: httpx.Response):
        self.lines = answer.iter_lines()

    def hear(self) -> tuple[str, int, dict]:
        told: dict[str, str] = {}
        for line in self.lines:
            name, _, text = line.partition(": ")
            if not line and "event" in told:
                return told["event"], int(told["id"]), json.loads(told["data"])
            told |= {name: text} if name else {}
        raise AssertionError("the stream ended")


@pytest.fixture
def address(own: Running) -> str:
    port = free_port()
    own.start(f"stream --port {port}", clock=START)
    wait_for(lambda: _answers(port), "the stream process to answer")
    return f"http://127.0.0.1:{port}/api/v1/stream"


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


@contextmanager
def listening(address: str, token: str, **headers: str | bytes) -> Iterator[Ear]:
    sent = {"Authorization": f"Bearer {token}"} | {
        name.replace("_", "-"): text for name, text in headers.items()
    }
    with httpx.stream("GET", address, headers=sent, timeout=PATIENCE_SECONDS) as answer:
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "text/event-stream"
        ear = Ear(answer)
        assert ear.hear()[0] == "hello"
        yield ear


def test_each_hears_what_they_may_see_and_nothing_about_a_person(own, tokens, address):
    web = own.serve()
    with (
        listening(address, tokens["desk"]) as desk,
        listening(address, tokens["town_yuelin"]) as yuelin,
        listening(address, tokens["town_xikou"]) as xikou,
    ):
        first = web.post("/alerts", ALERT, token=tokens["teller"]).json()
        second = web.post("/alerts", {"customer_phone": "13812346621"}, token=tokens["far_teller"]).json()
        heard = [desk.hear() for _ in range(6)]

        assert [told["kind"] for _, _, told in heard[:3]] == [
            "warning.opened",
            "warning.graded",
            "dispatch.sent",
        ]
        assert [told["warning"] for _, _, told in heard] == 3 * [first["warning"]] + 3 * [second["warning"]]
        assert heard[2][2]["order"] == first["order"]
        assert [yuelin.hear() for _ in range(3)] == heard[:3]
        assert [xikou.hear() for _ in range(3)] == heard[3:]
    assert "张桂兰" not in json.dumps(heard, ensure_ascii=False)
    assert not re.search(r"12346620|\*6620", json.dumps(heard)), "four digits alone may stand in any id"


def test_what_was_missed_is_told_in_order_and_once(own, tokens, address):
    web = own.serve()
    with listening(address, tokens["desk"]) as desk:
        web.post("/alerts", ALERT, token=tokens["teller"])
        _, last, _ = desk.hear()
    web.post("/alerts", {"customer_phone": "13812346621"}, token=tokens["teller"])

    with listening(address, tokens["desk"], Last_Event_ID=str(last)) as desk:
        missed = [desk.hear() for _ in range(5)]
        web.post("/alerts", {"customer_phone": "13812346622"}, token=tokens["teller"])
        fresh = desk.hear()

    kinds = [told["kind"] for _, _, told in missed]
    numbers = [last, *(seq for _, seq, _ in missed), fresh[1]]
    assert kinds == ["warning.graded", "dispatch.sent", "warning.opened", "warning.graded", "dispatch.sent"]
    assert numbers == sorted(set(numbers))


def test_one_follows_the_log_however_many_come_at_once(monkeypatch):
    async def ask(query: object) -> object:
        await asyncio.sleep(0)
        return 0 if query is audit.newest_seq else (0, [])

    async def come() -> int:
        log = events.Log()
        await asyncio.gather(*(log.start() for _ in range(12)))
        return sum(task.get_coro().__name__ == "_follow" for task in asyncio.all_tasks())

    monkeypatch.setattr(events, "ask", ask)
    with ThreadPoolExecutor(1) as aside:  # a browser that was open in this process leaves a loop running
        assert aside.submit(asyncio.run, come()).result() == 1


@pytest.mark.parametrize("after", ["x", "-1", "9" * 30, "1e400", "٣"], ids=ascii)
def test_a_place_that_is_none_begins_at_the_newest(tokens, address, after):
    with listening(address, tokens["desk"], Last_Event_ID=after.encode()):
        pass


def test_strangers_hear_nothing(own, tokens, address):
    for headers in ({}, {"Authorization": "Bearer nonsense"}, {"Cookie": 'sessionid="x'}):
        answer = httpx.get(address, headers=headers)
        assert answer.status_code == 401
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert {"type", "title", "status", "detail", "errors"} <= set(answer.json())
