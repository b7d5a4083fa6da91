"""The API as a simulated teller or officer calls it: a token for each account, a key for each write."""

import http.client
import json
import sys
import time
import urllib.error
import urllib.request
from typing import Any
from uuid import uuid4

DESK = "office_seat_9"
"""The simulated account that looks at the queue."""
TIMEOUT_SECONDS = 20
TRIES, BETWEEN_TRIES = 3, 2.0


class Api:
    """Asks and writes; a refusal is told and left, a write without an answer is sent again under the same key."""

    def __init__(self, url: str):
        self.url = url.rstrip("/") + "/api/v1"
        self.tokens: dict[str, str] = {}

    def order(self, pk: str) -> dict[str, Any] | None:
        return self._send("GET", f"/orders/{pk}", None, DESK, {})

    def amount(self, warning: str) -> str | None:
        """How much money is at stake, as far as it is known."""
        found = self._send("GET", f"/warnings/{warning}", None, DESK, {})
        return found["amount"] if found else None

    def open_warnings(self) -> list[dict[str, Any]]:
        """Warnings on the desk, the newest fifty."""
        found = self._send("GET", "/warnings?state=open", None, DESK, {})
        return found["items"] if found else []

    def write(self, method: str, path: str, body: dict[str, Any], *, as_: str) -> dict[str, Any] | None:
        """The answer, or None when it was refused or nobody answers."""
        return self._send(method, path, body, as_, {"Idempotency-Key": f"feed-{uuid4()}"})

    def _send(
        self, method: str, path: str, body: dict[str, Any] | None, as_: str, headers: dict[str, str]
    ) -> dict[str, Any] | None:
        headers = headers | {
            "Authorization": f"Bearer {self._token(as_)}",
            "Content-Type": "application/json",
        }
        request = urllib.request.Request(
            self.url + path, None if body is None else json.dumps(body).encode(), headers, method=method
        )
        for _ in range(TRIES):
            try:
                with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
                    return dict(json.load(answer))
            except urllib.error.HTTPError as refusal:
                print(f"feed: {method} {path.rsplit('/', 1)[-1]}: {refusal.code}", file=sys.stderr)
                return None
            except (OSError, http.client.HTTPException):
                time.sleep(BETWEEN_TRIES)
        return None

    def _token(self, username: str) -> str:
        from jinzhong import clock
        from jinzhong.demo.fenghua import BY
        from jinzhong.district import operations, queries

        if username not in self.tokens:
            account = queries.account(username)
            assert account is not None, username
            self.tokens[username] = operations.make_token(account=account, by=BY, at=clock.now())
        return self.tokens[username]
