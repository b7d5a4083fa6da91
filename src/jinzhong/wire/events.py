"""Live events (SSE): the event log as it grows, told to those who may hear it.

A small ASGI application of its own. One follower reads the log; each listener waits for it and is told what their sight
includes: kinds, ids, grade and town, never anything about a person. ``Last-Event-ID`` (or ``?after=``) goes on where a
lost connection ended. A listener's account is looked at again while they listen.
"""

import asyncio
import json
import logging
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from http.cookies import CookieError, SimpleCookie
from itertools import takewhile
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import django

django.setup()

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.db import DatabaseError, close_old_connections, connection
from django.http import HttpRequest

from jinzhong import clock
from jinzhong.audit import queries as audit
from jinzhong.dispatch import queries as orders
from jinzhong.district import queries as district

log = logging.getLogger(__name__)

LOOK_EVERY = 0.2
BEAT_EVERY = 15.0
CHECK_EVERY = 30.0
KEPT = 2000
"""Events kept for listeners; who is further behind reads them from the log."""
MAX_BEHIND = 5000
"""A listener further behind than this starts at the newest: their page reads its lists anew anyway."""
ROOMS = ("warning", "dispatch")
"""Whose events are told."""
SEEN = "seen_at"
T = TypeVar("T")
Scope = dict[str, Any]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]

_threads = ThreadPoolExecutor(4, thread_name_prefix="stream")


@dataclass(frozen=True)
class Told:
    """One event as listeners get it, and who may."""

    seq: int
    text: bytes
    audience: orders.Audience


@dataclass(frozen=True)
class Listener:
    """Who listens, what they may hear, and how they proved who they are."""

    account: UUID
    sight: district.Sight
    session: str = ""
    token: str = ""

    def hears(self, told: Told) -> bool:
        return told.audience.includes(self.account, self.sight)


async def ask(query: Callable[[], T]) -> T:
    """Run a query in a thread; the loop never waits for the database."""
    return await asyncio.get_running_loop().run_in_executor(_threads, partial(_asked, query))


def _asked(query: Callable[[], T]) -> T:
    try:
        return query()
    except DatabaseError:
        connection.close()
        raise
    finally:
        if connection.vendor != "sqlite":
            close_old_connections()


# -- following the log ----------------------------------------------------------------------------------


class Log:
    """What happened lately, and a bell that rings when there is more."""

    def __init__(self) -> None:
        self.newest = -1
        self.kept: deque[Told] = deque(maxlen=KEPT)
        self.kept_from = 0
        self.more = asyncio.Event()
        self.follower: asyncio.Task[None] | None = None
        self.starting = asyncio.Lock()

    async def start(self) -> None:
        """Begin to follow with the first listener; of many that come at once, one begins, or all would be told twice."""
        async with self.starting:
            if self.follower is None:
                self.newest = self.kept_from = await ask(audit.newest_seq)
                self.follower = asyncio.create_task(self._follow())

    async def _follow(self) -> None:
        while True:
            try:
                self._take(*await ask(partial(_after, self.newest)))
            except DatabaseError as problem:
                log.error("database: %s; trying again", type(problem).__name__)
                await asyncio.sleep(1)
            await asyncio.sleep(LOOK_EVERY)

    def _take(self, newest: int, told: list[Told]) -> None:
        if newest == self.newest:
            return
        for one in told:
            if len(self.kept) == KEPT:
                self.kept_from = self.kept[0].seq
            self.kept.append(one)
        self.newest = newest
        bell, self.more = self.more, asyncio.Event()
        bell.set()

    async def since(self, seq: int) -> tuple[int, list[Told]]:
        """(number up to which this tells, the events behind ``seq``), from memory or from the log."""
        if seq >= self.kept_from:
            newest_first = takewhile(lambda one: one.seq > seq, reversed(self.kept))
            return self.newest, [*newest_first][::-1]
        return await ask(partial(_after, seq))


def _after(seq: int) -> tuple[int, list[Told]]:
    """(newest number looked at, what there is to tell) behind ``seq``."""
    events = audit.events_after(seq, limit=KEPT)
    return (events[-1].seq if events else seq), _tellable(events)


def _tellable(events: Sequence[Any]) -> list[Told]:
    """The events about warnings and orders, with who may hear of them; few statements, however many events."""
    events = [one for one in events if one.kind.split(".")[0] in ROOMS]
    on_orders = {UUID(one.on_id) for one in events if one.on_type == "order"}
    warnings = orders.warnings_of(on_orders)
    about = [warnings.get(UUID(one.on_id)) if one.on_type == "order" else UUID(one.on_id) for one in events]
    audiences = orders.audiences({one for one in about if one})
    return [
        _told(event, audiences[warning])
        for event, warning in zip(events, about, strict=True)
        if warning in audiences
    ]


def _told(event: Any, audience: orders.Audience) -> Told:
    order = event.on_id if event.on_type == "order" else None
    data = {
        "kind": event.kind,
        "warning": str(audience.warning),
        "order": order,
        "town": audience.town or None,
        "grade": audience.grade,
        "at": event.recorded_at.astimezone(clock.ZONE).isoformat(),
    }
    name = "order" if order else "warning"
    text = f"event: {name}\nid: {event.seq}\ndata: {json.dumps(data)}\n\n".encode()
    return Told(event.seq, text, audience)


_log: Log | None = None


# -- one listener ---------------------------------------------------------------------------------------


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """ASGI: ``GET /api/v1/stream`` and ``GET /healthz``."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
    elif scope["type"] == "http":
        await _answer(scope, receive, send)


async def _live(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


async def _answer(scope: Scope, receive: Receive, send: Send) -> None:
    headers = {name.decode("latin-1"): text.decode("latin-1") for name, text in scope["headers"]}
    shared = _cross_origin(headers)
    if scope["path"] == "/healthz":
        return await _problem(send, 200, "ok", shared)
    if scope["path"] != "/api/v1/stream":
        return await _problem(send, 404, "not found", shared)
    if scope["method"] != "GET":
        return await _problem(send, 405, "method not allowed", shared)
    try:
        listener = await ask(partial(_listener, headers))
    except DatabaseError:
        return await _problem(send, 503, "database unreachable", shared)
    if listener is None:
        return await _problem(send, 401, "log in or send Authorization: Bearer TOKEN", shared)
    after = (
        headers.get("last-event-id")
        or (parse_qs(scope["query_string"].decode("latin-1")).get("after") or [""])[0]
    )
    await _stream(listener, after, receive, send, shared)
    return None


async def _problem(send: Send, status: int, title: str, shared: list[tuple[bytes, bytes]]) -> None:
    body = json.dumps(
        {"type": "about:blank", "title": title, "status": status, "detail": "", "errors": []}
    ).encode()
    kind = b"application/json" if status == 200 else b"application/problem+json"
    await send(
        {"type": "http.response.start", "status": status, "headers": [(b"content-type", kind), *shared]}
    )
    await send({"type": "http.response.body", "body": body})


def _cross_origin(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    """Pages of the same host on another port (the web process), and of the origins the settings name, may listen."""
    origin = headers.get("origin", "")
    same_host = urlsplit(origin).hostname == urlsplit(f"//{headers.get('host', '')}").hostname
    if not origin or not (same_host or origin in settings.CSRF_TRUSTED_ORIGINS):
        return []
    allowed = [
        ("access-control-allow-origin", origin),
        ("access-control-allow-credentials", "true"),
        ("vary", "origin"),
    ]
    return [(name.encode(), text.encode("latin-1")) for name, text in allowed]


def _listener(headers: dict[str, str]) -> Listener | None:
    """Who it is, by API token or by the session of a logged-in page."""
    kind, _space, token = headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer" and token:
        account = district.account_by_token(token.strip())
        return Listener(account.pk, district.sight(account), token=token.strip()) if account else None
    try:
        cookies = SimpleCookie(headers.get("cookie", ""))
    except CookieError:
        return None
    session = cookies[settings.SESSION_COOKIE_NAME].value if settings.SESSION_COOKIE_NAME in cookies else ""
    return _of_session(session) if session else None


def _of_session(key: str) -> Listener | None:
    """A session that was locked after idling listens no longer."""
    request = HttpRequest()
    request.session = SessionStore(key)
    account = get_user(request)
    idle = clock.machine_seconds() - request.session.get(SEEN, 0)
    if not account.is_authenticated or not account.is_active or idle > settings.IDLE_LOCK_MINUTES * 60:
        return None
    return Listener(account.pk, district.sight(account), session=key)


def _again(listener: Listener) -> Listener | None:
    """The listener as they stand now; None when their account, token or session has ended."""
    if listener.token:
        account = district.account_by_token(listener.token)
        return Listener(account.pk, district.sight(account), token=listener.token) if account else None
    return _of_session(listener.session)


async def _stream(
    listener: Listener, after: str, receive: Receive, send: Send, shared: list[tuple[bytes, bytes]]
) -> None:
    log_ = await _shared_log()
    start = [
        (b"content-type", b"text/event-stream"),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": [*start, *shared]})
    position = _position(after, log_)
    await _say(send, f"retry: 2000\nid: {position}\nevent: hello\ndata: {{}}\n\n".encode())
    gone = asyncio.create_task(_gone(receive))
    try:
        async for text in _tell(listener, position, log_, gone):
            await _say(send, text)
    finally:
        gone.cancel()


async def _shared_log() -> Log:
    global _log
    if _log is None:
        _log = Log()
    await _log.start()
    return _log


def _position(after: str, log_: Log) -> int:
    seq = int(after) if after.isascii() and after.isdigit() and len(after) < 19 else log_.newest
    return seq if log_.newest - MAX_BEHIND <= seq <= log_.newest else log_.newest


async def _tell(
    listener: Listener, position: int, log_: Log, gone: asyncio.Task[None]
) -> AsyncIterator[bytes]:
    loop = asyncio.get_running_loop()
    checked = loop.time()
    while not gone.done():
        bell = log_.more
        if position < log_.newest:
            position, told = await log_.since(position)
            if heard := b"".join(one.text for one in told if listener.hears(one)):
                yield heard
            continue
        rung = asyncio.create_task(bell.wait())
        await asyncio.wait([gone, rung], timeout=BEAT_EVERY, return_when=asyncio.FIRST_COMPLETED)
        rung.cancel()  # in a quiet night each beat of each listener would leave one waiting
        if loop.time() - checked > CHECK_EVERY:
            known, checked = await ask(partial(_again, listener)), loop.time()
            if known is None:
                return
            listener = known
        if position == log_.newest:
            yield b": beat\n\n"


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _say(send: Send, text: bytes) -> None:
    await send({"type": "http.response.body", "body": text, "more_body": True})
