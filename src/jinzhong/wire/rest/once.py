"""One write per Idempotency-Key: the answer commits with its effect and is given again when the request comes again."""

import json
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from jinzhong import clock
from jinzhong.agenda import operations as agenda
from jinzhong.district.queries import Account
from jinzhong.vault import seal
from jinzhong.wire.rest.problems import KeyMissing

MAX_KEY = 200


class Request(HttpRequest):
    """A request whose sender the API knows."""

    auth: Account


def once(request: Request, do: Callable[[], tuple[int, dict[str, Any]]]) -> HttpResponse:
    """Run ``do`` for a key that is new, else give its first answer with 200."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if not key or len(key) > MAX_KEY or not key.isprintable():
        raise KeyMissing
    digest = seal.digest(f"{request.method} {request.path}\n".encode() + request.body)
    account = request.auth.username
    # The key is kept as its digest: whoever calls may build it from a card or phone number.
    status, body, first = agenda.answer_once(
        account=account,
        key=seal.digest(key.encode()),
        digest=digest,
        at=clock.now(),
        do=lambda: _plain(do()),
    )
    # Sorted, because PostgreSQL gives a kept object back in an order of its own.
    return JsonResponse(body, status=status if first else 200, json_dumps_params={"sort_keys": True})


def _plain(answer: tuple[int, dict[str, Any]]) -> tuple[int, Any]:
    """The body as it will be stored and sent: JSON only."""
    status, body = answer
    return status, json.loads(json.dumps(body, ensure_ascii=False, default=str))
