"""Trying a door as somebody: what they are answered, what they see of whom, and what has changed by it."""

import json
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from openpyxl import load_workbook

from tests.access.routes import BODIES, FORMS, Door, Form
from tests.access.world import ACTORS, World

WRITES = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)"?', re.IGNORECASE)
OF_NO_ACCOUNT = {"django_session"}
"""That somebody is logged in, and since when they are idle."""
LOG = {"audit_event"}
SHEET = "spreadsheetml"


@dataclass(frozen=True)
class Seen:
    """What one try came to. ``told``: (letter of the record, field, is it plain)."""

    status: int
    is_login: bool
    wrote: frozenset[str]
    told: frozenset[tuple[str, str, bool]]

    @property
    def changes(self) -> bool:
        return bool(self.wrote - LOG)

    @property
    def cell(self) -> str:
        """The short form that stands in the reviewed table; see its head."""
        mark = "+" if self.changes else "°" if self.wrote else ""
        whom = _letters(self.told)
        return f"{self._answer}{mark}{':' + whom if whom else ''}"

    @property
    def _answer(self) -> str:
        if self.is_login:
            return "-"
        return {2: "ok", 3: "go"}.get(self.status // 100, str(self.status))


def _letters(told: frozenset[tuple[str, str, bool]]) -> str:
    """Whose records show: a capital where something of them is plain."""
    whose = {letter: False for letter, _field, _plain in told}
    for letter, _field, plain in told:
        whose[letter] |= plain
    return "".join(letter.upper() if plain else letter for letter, plain in sorted(whose.items()))


class Tries:
    """The district's people, each at a browser and at a machine of their own."""

    def __init__(self, world: World):
        self.world = world
        self.machine = Client(raise_request_exception=False)
        self.clients = {name: Client(raise_request_exception=False) for name in ACTORS}
        for name, account in world.accounts.items():
            self.clients[name].force_login(account)
            self.clients[name].get("/me")  # from here on looking at a page writes nothing about the session

    def __call__(self, actor: str, door: Door, verb: str, state: str, address: str) -> Seen:
        """One try; whatever it changed is taken back."""
        form = FORMS.get(door.name, lambda *_: {}) if verb == "POST" else (lambda *_: {})
        sent = form(self.world, state)
        with untouched(self.clients[actor]) as wrote:
            answer = self._api(actor, door, verb, address) if door.is_api else self._page(actor, door, verb, address, sent)  # fmt: skip
        is_login = answer.status_code == 401 and door.is_api
        target = urlsplit(answer.headers.get("Location", "")).path
        told = self.world.told(written(answer)) - {
            one for one in self.world.told(str(sent)) if one[2]
        }  # whoever typed a number is shown it again
        if getattr(answer, "redirect_chain", None):
            return Seen(302, False, frozenset(wrote), frozenset(told))
        return Seen(answer.status_code, is_login or target == "/login", frozenset(wrote), frozenset(told))

    def _page(self, actor: str, door: Door, verb: str, address: str, sent: Form) -> HttpResponse:
        client = self.clients[actor]
        if verb == "POST":
            return self._onwards(client, client.post(address, {"once": uuid.uuid4().hex, **sent}))
        return self._onwards(client, client.generic(verb, address))

    def _onwards(self, client: Client, answer: HttpResponse) -> Any:
        """Where it leads: what is seen after a write counts as well. The login page is the end."""
        chain = 0
        while answer.status_code in (301, 302) and urlsplit(answer["Location"]).path != "/login":
            answer, chain = client.get(answer["Location"]), chain + 1
            answer.redirect_chain = chain
        return answer

    def _api(self, actor: str, door: Door, verb: str, address: str) -> HttpResponse:
        headers = {"Idempotency-Key": uuid.uuid4().hex}
        if actor in self.world.tokens:
            headers["Authorization"] = f"Bearer {self.world.tokens[actor]}"
        body = json.dumps(BODIES.get(f"{verb} {door.route}", {})) if verb != "GET" else ""
        return self.machine.generic(verb, address, body, content_type="application/json", headers=headers)


@contextmanager
def untouched(client: Client) -> Iterator[set[str]]:
    """The tables that were written to inside; afterwards everything is as before, the browser's cookies too."""
    wrote: set[str] = set()
    inside: list[set[str]] = [wrote]

    def watch(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        done, said = execute(sql, params, many, context), str(sql)
        table = WRITES.match(said)
        if table and (said.startswith("INSERT") or context["cursor"].rowcount):
            inside[-1].add(table[1])
        elif said.startswith("SAVEPOINT"):
            inside.append(set())
        elif said.startswith("ROLLBACK TO SAVEPOINT"):
            inside[-1].clear()
        elif said.startswith("RELEASE SAVEPOINT"):
            inside[-2].update(inside.pop())
        return done

    cookies = client.cookies.output()
    kept = SimpleCookie()
    kept.load({name: one.value for name, one in client.cookies.items()})
    with transaction.atomic(), connection.execute_wrapper(watch):
        yield wrote
        transaction.set_rollback(True)
    if client.cookies.output() != cookies:
        client.cookies = kept
    wrote -= OF_NO_ACCOUNT


def written(answer: Any) -> str:
    """What stands in an answer, a spreadsheet's cells and the names of files included."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    about = " ".join(answer.headers.values())
    if SHEET in answer.headers.get("Content-Type", ""):
        book = load_workbook(BytesIO(content), read_only=True)
        cells = [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row]
        return " ".join([about, *cells])
    return f"{about} {content.decode('utf-8', 'replace')}"
