"""Rubbish through every operation of the API, by every role: a clear refusal, never a 500, never a hang, nothing half.

``JINZHONG_FUZZ=100`` sends a hundred pieces per operation and role instead of fifteen.
"""

import json
import os
import random
import time
import uuid
from typing import Any

import pytest

from jinzhong import clock
from jinzhong.audit import queries as audit
from jinzhong.wire.rest.api import api
from tests.calling import Caller
from tests.district import at

EACH = int(os.environ.get("JINZHONG_FUZZ", "15"))
SLOWEST_SECONDS = 5
ROLES = (
    "teller",
    "bank_head",
    "desk",
    "hotline",
    "town_yuelin",
    "auditor",
    "admin",
    "citizen",
    "officer_217",
)

WORDS = [
    "", " ", "张桂兰", "13812346620", "138 1234 6620", "+86", "11010519491231002X", "330213209912310017", "6222020200007731",
    "86000", "-1", "0", "NaN", "Infinity", "1e400", "1e-400", "1_000", "８６０００", "٨٦", "0x10", "1" * 400, "9" * 5000,
    "true", "null", "[]", "{}", "\x00", "a\x00b", "\ud800", "\U0001f600", "𠮷𪚥", "\u202e13812346620", "\u200b", "\ufeff",
    "x" * 5000, "张" * 5000, "=1+1", "@SUM(A1)", "<script>alert(1)</script>", "{{7*7}}", "${7*7}", "' OR 1=1 --", "%s%n",
    "../../../../etc/passwd", "2021-02-30", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2021-05-31T14:03:00+08:00",
    "dissuaded", "refused", "counter_cancelled", "stated", "open", "red", "330213002", "on_the_phone",
]  # fmt: skip
VALUES: list[Any] = [
    None, True, False, 0, -1, 1, 86000, 10**30, -(10**30), 1.5, 1e308, float("inf"), float("nan"), [], [[]], {}, {"a": {}},
    ["x"] * 41, [None], [1, "x"], {"purpose": "x"}, {"x" * 300: 1}, {"": ""},
]  # fmt: skip
FIELDS = [
    "customer_name", "customer_phone", "customer_id_number", "customer_sex", "customer_age", "amount", "payee_name",
    "payee_account", "payee_bank", "signs", "answers", "story", "alert", "at", "outcome", "amount_protected", "evidence",
    "met_by", "checks", "note", "state", "town", "since", "q", "cursor", "unknown", "__class__", "\x00", "pk", "id",
]  # fmt: skip
BODIES = [
    b"", b"{", b"null", b"[]", b'"x"', b"1", b"\xff\xfe", b"\x00", b"{}{}", b'{"a":' * 3000, b"[" * 20_000, b'{"amount": NaN}',
    b'{"amount": -Infinity}', b'{"story": "\\ud800"}', b'{"a":1,"a":2}', "{\"story\": \"张\"}".encode("gb18030"),
    b'{"amount": 1' + b"0" * 6000 + b"}", b"<xml/>", b"a=b&c=d",
]  # fmt: skip


class Rubbish:
    """The same rubbish in every run."""

    def __init__(self, seed: str):
        self.dice = random.Random(seed)

    def value(self, depth: int = 0) -> Any:
        kind = self.dice.random()
        if kind < 0.55:
            return self.dice.choice(WORDS)
        if kind < 0.9 or depth > 3:
            return self.dice.choice(VALUES)
        if kind < 0.95:
            return [self.value(depth + 1) for _ in range(self.dice.randrange(5))]
        return {
            str(self.dice.choice(WORDS))[:50]: self.value(depth + 1) for _ in range(self.dice.randrange(4))
        }

    def body(self) -> bytes:
        if self.dice.random() < 0.2:
            return self.dice.choice(BODIES)
        chosen = self.dice.sample(FIELDS, self.dice.randrange(6))
        return json.dumps({name: self.value() for name in chosen}).encode()

    def query(self) -> dict[str, str]:
        chosen = self.dice.sample(FIELDS, self.dice.randrange(4))
        return {name: self.dice.choice(WORDS).encode("utf-8", "replace").decode()[:2000] for name in chosen}

    def key(self) -> str:
        return self.dice.choice([str(uuid.uuid4()), "k", "k", "张", " ", "x" * 300])

    def pick(self, known: str) -> str:
        return self.dice.choice([known, known, known, str(uuid.uuid4()), "x", "%00", "..", "0" * 36, "张"])


def operations() -> list[tuple[str, str]]:
    """(method, path) of every operation the API publishes."""
    paths = api.get_openapi_schema(path_prefix="")["paths"]
    return [(method.upper(), path) for path, methods in paths.items() for method in methods]


@pytest.mark.parametrize("role", ROLES)
def test_rubbish_is_refused_never_a_500(place, role, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: at("14:05"))
    known = Caller(place.teller).post("/alerts", {"customer_phone": "13812346620"}).json()
    ids = {"{alert_id}": known["alert"], "{warning_id}": known["warning"], "{order_id}": known["order"]}
    account = next(
        one for one in (*vars(place).values(), *place.patrols) if getattr(one, "username", "") == role
    )
    caller = Caller(account)

    bad = []
    for method, pattern in operations():
        rubbish = Rubbish(f"{role} {method} {pattern}")
        for _ in range(EACH):
            path = pattern
            for name, one in ids.items():
                path = path.replace(name, rubbish.pick(one)) if name in path else path
            began = time.monotonic()
            body = rubbish.body()
            answer = (
                caller.get(path, **rubbish.query())
                if method == "GET"
                else caller.raw(
                    method, path, body, key=rubbish.key().encode("latin-1", "replace").decode("latin-1")
                )
            )
            if answer.status_code >= 500 or time.monotonic() - began > SLOWEST_SECONDS:
                bad.append((method, path, body[:200], answer.status_code))
            elif answer.status_code >= 400 and answer["Content-Type"] != "application/problem+json":
                bad.append((method, path, body[:200], answer["Content-Type"]))

    assert bad == []
    assert audit.verify().broken == ""


def test_the_operations_are_all_there():
    assert len(operations()) >= 10
