"""The routes of ``/api/v1``. Each asks who may, calls one operation, and answers masked."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError
from ninja.parser import Parser
from ninja.security import HttpBearer
from pydantic import WithJsonSchema

from jinzhong import clock, flow
from jinzhong.dispatch import operations as dispatch
from jinzhong.dispatch import queries as orders
from jinzhong.district import queries as district
from jinzhong.district.permissions import require
from jinzhong.intake import queries as intake
from jinzhong.intake.sources.bank_alert import parse as bank_alert
from jinzhong.intake.sources.base import MAX_TEXT, Reader, Refused, amount, one_of, text, words
from jinzhong.vault import operations as vault
from jinzhong.warning import queries as warnings
from jinzhong.wire import serve
from jinzhong.wire.rest import problems, shapes
from jinzhong.wire.rest.once import Request, once
from jinzhong.wire.rest.problems import NotFound, Problem

AHEAD, BEHIND = timedelta(minutes=10), timedelta(days=7)
"""A device clock further ahead, or behind longer than a phone may be without network, is not believed: ours stands."""

Word = Annotated[Any, WithJsonSchema({"type": "string"})]
Words = Annotated[Any, WithJsonSchema({"type": "array", "items": {"type": "string"}})]
Yuan = Annotated[
    Any, WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "number"}], "examples": ["86000.00"]})
]
Number = Annotated[Any, WithJsonSchema({"type": "integer"})]
YesOrNo = Annotated[Any, WithJsonSchema({"type": "object", "additionalProperties": {"type": "boolean"}})]
"""What a field should be. Read by us and not by the framework, so that a refusal speaks the user's language."""


class OneObject(Parser):
    """Every body is one JSON object; a list or a bare word is none, and says nothing about any field."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        body = super().parse_body(request)
        if not isinstance(body, dict):
            raise HttpError(400, "not an object")
        return body


class Token(HttpBearer):
    """``Authorization: Bearer TOKEN``, or the session of a logged-in person for their own pages."""

    def __call__(self, request: HttpRequest) -> Any:
        if (
            "Authorization" not in request.headers
            and request.method == "GET"
            and request.user.is_authenticated
        ):
            return request.user
        return super().__call__(request)

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        return district.account_by_token(token)


api = NinjaAPI(
    title="Golden Bell", version="1", docs_url=None, openapi_url="/openapi.json", auth=Token(), urls_namespace="v1",
    parser=OneObject(),
    description="The interface of a district's anti-fraud platform. Writes need an Idempotency-Key; errors are application/problem+json.",
)  # fmt: skip
problems.install(api)
ERRORS = dict.fromkeys((400, 401, 403, 404, 409, 422), Problem)


class AlertIn(Schema):
    """What a teller knows; every field is optional."""

    customer_name: Word = None
    customer_phone: Word = None
    customer_id_number: Word = None
    customer_sex: Word = None
    customer_age: Number = None
    amount: Yuan = None
    payee_name: Word = None
    payee_account: Word = None
    payee_bank: Word = None
    signs: Words = None
    answers: YesOrNo = None
    story: Word = None
    alert: UUID | None = None
    at: datetime | None = None


class StepIn(Schema):
    """When it happened by the phone's clock; without it, now."""

    at: datetime | None = None


class CloseIn(StepIn):
    outcome: Word = None
    amount_protected: Yuan = None
    evidence: Word = None
    met_by: Words = None
    checks: Words = None
    note: Word = None


@api.post("/alerts", response={201: shapes.Raised, 200: shapes.Raised, **ERRORS}, summary="Raise an alert")
def post_alert(request: Request, body: AlertIn) -> HttpResponse:
    by = request.auth
    require(by, "alert.raise")

    def do() -> tuple[int, dict[str, Any]]:
        now, given = clock.now(), _given(request)
        raised = flow.raise_alert(
            source="bank_alert",
            fields=bank_alert.parse(given),
            raw=given,
            by=by,
            sent_at=_their_time(body.at, now),
            now=now,
            alert_id=body.alert,
        )
        return 201, shapes.raised(raised)

    return once(request, do)


@api.patch("/alerts/{alert_id}", response={200: shapes.Raised, **ERRORS}, summary="Write more about an alert")
def patch_alert(request: Request, alert_id: UUID, body: AlertIn) -> HttpResponse:
    by = request.auth
    alert = intake.alert(alert_id, viewer=by)
    if alert is None:
        raise NotFound
    require(by, "alert.raise")

    def do() -> tuple[int, dict[str, Any]]:
        now, given = clock.now(), _given(request)
        raised = flow.amend_alert(
            alert=alert,
            fields=bank_alert.parse(given),
            raw=given,
            by=by,
            sent_at=_their_time(body.at, now),
            now=now,
        )
        return 200, shapes.raised(raised)

    return once(request, do)


@api.get(
    "/warnings",
    response={200: shapes.WarningPage, **ERRORS},
    summary="Warnings the caller may see, newest first",
)
def list_warnings(
    request: Request, state: str = "", town: str = "", since: str = "", q: str = "", cursor: str = ""
) -> dict[str, Any]:
    by = request.auth
    require(by, "warning.read")
    only = _filters(state=state, town=town, q=q)
    words = only.pop("q")
    found = warnings.search(viewer=by, since=_time("since", since), words=words, **only)
    shown = shapes.page(found, cursor=cursor)
    if words and not cursor:
        vault.note_lookup(account=by, by=by.username, where="api", found=shown["total"], at=clock.now())
    return shown


@api.get("/warnings/{warning_id}", response={200: shapes.WarningOut, **ERRORS}, summary="One warning")
def get_warning(request: Request, warning_id: UUID) -> dict[str, Any]:
    by = request.auth
    found = warnings.warning(warning_id, viewer=by)
    if found is None:
        raise NotFound
    return shapes.warnings([found])[0]


@api.get("/orders/{order_id}", response={200: shapes.OrderOut, **ERRORS}, summary="One order")
def get_order(request: Request, order_id: UUID) -> dict[str, Any]:
    return shapes.order(_order(request, order_id))


@api.post("/orders/{order_id}/sign", response={200: shapes.OrderOut, **ERRORS}, summary="Take the order")
def sign(request: Request, order_id: UUID, body: StepIn | None = None) -> HttpResponse:
    return _move(request, order_id, body, dispatch.sign)


@api.post("/orders/{order_id}/depart", response={200: shapes.OrderOut, **ERRORS}, summary="On the way")
def depart(request: Request, order_id: UUID, body: StepIn | None = None) -> HttpResponse:
    return _move(request, order_id, body, dispatch.depart)


@api.post("/orders/{order_id}/arrive", response={200: shapes.OrderOut, **ERRORS}, summary="At the door")
def arrive(request: Request, order_id: UUID, body: StepIn | None = None) -> HttpResponse:
    return _move(request, order_id, body, dispatch.arrive)


@api.post("/orders/{order_id}/close", response={200: shapes.OrderOut, **ERRORS}, summary="Say what happened")
def close(request: Request, order_id: UUID, body: CloseIn) -> HttpResponse:
    reader = Reader(body.model_dump())
    nobody: tuple[str, ...] = ()
    report: dict[str, Any] = {
        "outcome": reader.take("outcome", text(20), ""),
        "amount_protected": reader.take("amount_protected", _money, None),
        "evidence": reader.take("evidence", text(20), ""),
        "met_by": list(reader.take("met_by", words, nobody)),
        "checks": list(reader.take("checks", words, nobody)),
        "note": reader.take("note", text(MAX_TEXT), ""),
    }
    reader.done()
    return _move(request, order_id, body, dispatch.close, **report)


@api.get("/stream", response={307: None, **ERRORS}, summary="Live events (SSE); served by the stream process")
def stream(request: Request) -> HttpResponse:
    answer = HttpResponse(status=307)
    answer["Location"] = serve.stream_url(request.get_host(), settings.STREAM_URL)
    return answer


def _order(request: Request, order_id: UUID) -> Any:
    by = request.auth
    found = orders.order(order_id, viewer=by)
    if found is None:
        raise NotFound
    return found


def _move(
    request: Request, order_id: UUID, body: StepIn | None, operation: Any, **report: Any
) -> HttpResponse:
    """One step of an order: seen? allowed? then once per key."""
    order, by = _order(request, order_id), request.auth
    require(by, "order.act")

    def do() -> tuple[int, dict[str, Any]]:
        now = clock.now()
        moved = operation(
            order=order, by=by, happened_at=_their_time(body.at if body else None, now), now=now, **report
        )
        return 200, shapes.order(moved)

    return once(request, do)


def _given(request: Request) -> dict[str, Any]:
    """What was said, unknown names included, which are refused as such."""
    said: dict[str, Any] = json.loads(request.body)
    return {name: value for name, value in said.items() if name not in ("alert", "at")}


def _their_time(at: datetime | None, now: datetime) -> datetime:
    """The sender's time, or ours where it has none or can't be believed."""
    if at is None:
        return now
    at = at.replace(tzinfo=clock.ZONE) if at.tzinfo is None else at
    return min(at, now) if now - BEHIND <= at <= now + AHEAD else now


def _filters(**given: str) -> dict[str, str]:
    """What a list of warnings is narrowed down by: a state and a town that there are, a word without characters no database keeps."""
    reader = Reader(given)
    read = {
        "state": reader.take("state", one_of(warnings.states()), ""),
        "town": reader.take("town", _town, ""),
        "q": reader.take("q", text(100), ""),
    }
    reader.done()
    return read


def _town(code: str) -> str:
    return one_of([one.pk for one in district.towns()])(code)


def _time(field: str, given: str) -> datetime | None:
    if not given:
        return None
    try:
        moment = datetime.fromisoformat(given)
        moment = moment.replace(tzinfo=clock.ZONE) if moment.tzinfo is None else moment
        return moment.astimezone(UTC)
    except (ValueError, OverflowError) as problem:
        raise Refused([(field, _("时间写成 2021-05-31T14:00:00+08:00"))]) from problem


def _money(value: Any) -> Decimal:
    """Nothing protected is an amount too."""
    is_nothing = not isinstance(value, bool) and str(value).strip() in ("0", "0.0", "0.00")
    return Decimal("0.00") if is_nothing else amount(value)
