"""Calling the API as a machine of one of the small district's people would."""

import json
import uuid
from typing import Any

from django.http import HttpResponse
from django.test import Client

from jinzhong.district import operations as district
from jinzhong.district.models import Account
from tests.district import at


class Caller:
    """One account's machine. ``raw`` sends bytes as they are; the others send and read JSON."""

    def __init__(self, account: Account | None):
        self.client = Client(raise_request_exception=False)
        self.token = district.make_token(account=account, by="test", at=at("07:00")) if account else ""

    def raw(
        self, method: str, path: str, body: bytes = b"", *, key: str | None = "", **headers: str
    ) -> HttpResponse:
        """``key``: the idempotency key; empty: a fresh one; None: none."""
        sent = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if key is not None:
            sent["Idempotency-Key"] = key or str(uuid.uuid4())
        return self.client.generic(
            method, f"/api/v1{path}", body, content_type="application/json", headers=sent | headers
        )

    def get(self, path: str, **query: str) -> HttpResponse:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return self.client.get(f"/api/v1{path}", query, headers=headers)

    def post(self, path: str, body: Any, *, key: str | None = "") -> HttpResponse:
        return self.raw("POST", path, json.dumps(body).encode(), key=key)

    def patch(self, path: str, body: Any, *, key: str | None = "") -> HttpResponse:
        return self.raw("PATCH", path, json.dumps(body).encode(), key=key)


def is_problem(answer: HttpResponse, status: int, *fields: str) -> bool:
    """Whether this is a refusal of the agreed shape, naming exactly these fields."""
    if answer.status_code != status or answer["Content-Type"] != "application/problem+json":
        return False
    body = answer.json()
    shaped = {"type", "title", "status", "detail", "errors"} <= set(body) and body["status"] == status
    return shaped and bool(body["title"]) and sorted(one["field"] for one in body["errors"]) == sorted(fields)
