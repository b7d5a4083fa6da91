"""Rubbish through every address of every page, by those who may open it: a clear answer, never a 500, never a hang.

``JINZHONG_FUZZ=100`` sends a hundred pieces to each address instead of a few. The rubbish is that of the API's test.
"""

import os
import time
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import get_resolver

from jinzhong import clock
from jinzhong.audit import queries as audit
from tests.calling import Caller
from tests.district import at
from tests.journeys.test_api_rubbish import BODIES, SLOWEST_SECONDS, WORDS, Rubbish
from tests.pages import text

EACH = int(os.environ.get("JINZHONG_FUZZ", "2"))
PEOPLE = ("desk", "teller", "officer_217", "admin", "auditor", "inspector")
LEAVE_OUT = {"logout", "language", "login"}
"""They would end the session or change the tongue under the test; ``test_login_...`` sends them their own rubbish."""
NAMES = (
    "username", "password", "role", "unit", "town", "sheet", "once", "q", "page", "state", "grade", "since", "until", "date",
    "day", "month", "phone", "name", "id_number", "amount", "story", "signs", "purpose", "why", "outcome", "evidence", "met_by",
    "note", "to", "officer", "reason", "kept", "absorbed", "warning", "order", "alert", "at", "key", "cursor", "sort", "word",
    "customer_name", "customer_phone", "customer_age", "payee_account", "column-0", "column-99999999999999999999", "next",
)  # fmt: skip
UNSAFE_IN_AN_ADDRESS = str.maketrans(dict.fromkeys("/?#\\", "_"))


class Form(Rubbish):
    """Rubbish as a browser, or what pretends to be one, can send it."""

    def word(self) -> str:
        return self.dice.choice(WORDS).encode("utf-8", "replace").decode()

    def said(self) -> dict[str, str]:
        chosen = self.dice.sample(NAMES, self.dice.randrange(1, 12))
        return {name: self.word() for name in chosen} | {"once": str(self.dice.random())}

    def part(self, known: dict[str, str], name: str) -> str:
        """A piece of an address: what is there, or something else."""
        if name in known and self.dice.random() < 0.6:
            return known[name]
        return self.dice.choice(
            [str(uuid.UUID(int=7)), "x", "0", "张", "2021-02-30", "9" * 30, self.word()[:200]]
        )


def addresses() -> list[tuple[str, list[str], object]]:
    """(pattern, names in it, the address itself) of every page and API entry the resolver knows, once."""
    return [
        (str(one.pattern), list(one.pattern.converters), one) for one in _leaves(get_resolver().url_patterns)
    ]


def _leaves(patterns):
    for one in patterns:
        yield from _leaves(one.url_patterns) if hasattr(one, "url_patterns") else [one]


def filled(pattern: str, names: list[str], form: Form, known: dict[str, str]) -> str:
    for name in names:
        start = pattern.index("<")
        end = pattern.index(">", start) + 1
        part = form.part(known, name).translate(UNSAFE_IN_AN_ADDRESS) or "x"
        pattern = pattern[:start] + part + pattern[end:]
    return f"/{pattern}"


def pages() -> list[tuple[str, list[str]]]:
    """The patterns of pages: what the web audiences declared."""
    from jinzhong.web.shared.pages import PAGES, discover

    discover()
    declared = {one.route for one in PAGES if one.name not in LEAVE_OUT}
    return [(pattern, names) for pattern, names, _one in addresses() if pattern in declared]


@pytest.mark.parametrize("who", PEOPLE)
def test_rubbish_is_answered_never_by_a_500(place, who, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: at("14:05"))
    raised = Caller(place.teller).post("/alerts", {"customer_phone": "13812346620"}).json()
    known = {name: raised[name] for name in ("warning", "order", "alert")} | {
        "pk": raised["warning"],
        "username": "teller",
    }
    account = next(
        one for one in (*vars(place).values(), *place.patrols) if getattr(one, "username", "") == who
    )
    client = Client(raise_request_exception=False)
    client.force_login(account)

    bad = []
    for pattern, names in pages():
        form = Form(f"{who} {pattern}")
        for _ in range(EACH):
            path = filled(pattern, names, form, known)
            for method, send in sending(client, path, form):
                began = time.monotonic()
                answer = send()
                if answer.status_code >= 500 or time.monotonic() - began > SLOWEST_SECONDS:
                    bad.append((method, path[:120], answer.status_code, text(answer)[:100]))
        client.force_login(account)

    assert bad == []
    assert audit.verify().broken == ""


def sending(client: Client, path: str, form: Form):
    """One look, one form, and now and then a body of another kind or a file where none belongs."""
    yield "GET", lambda: client.get(path, form.said())
    yield "POST", lambda: client.post(path, form.said())
    if form.dice.random() < 0.3:
        kind = form.dice.choice(
            [
                "application/json",
                "text/plain",
                "multipart/form-data",
                "multipart/form-data; boundary=",
                "x",
                "",
            ]
        )
        body = form.dice.choice(BODIES)
        yield f"POST {kind}", lambda: client.generic("POST", path, body, content_type=kind)
    if form.dice.random() < 0.15:
        file = SimpleUploadedFile("\u202e../../x.xlsx", form.dice.choice(BODIES))
        yield "FILE", lambda: client.post(path, {"sheet": file, "once": str(form.dice.random())})


def test_login_takes_rubbish_as_a_wrong_password(place, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick
    client = Client(raise_request_exception=False)
    for word in WORDS:
        said = word.encode("utf-8", "replace").decode()
        answer = client.post("/login", {"username": said, "password": said, "next": said})
        assert answer.status_code < 500, repr(word)


def test_most_addresses_are_pages_that_are_tried():
    assert len(pages()) >= 30
