"""The routes of ``/api/v1``. Each asks who may, calls one operation, and answers masked."""

from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Schema
from ninja.security import HttpBearer

from jinzhong import clock, flow
from jinzhong.dispatch import operations as dispatch
from jinzhong.dispatch import queries as orders
from jinzhong.district import queries as district
from jinzhong.district.permissions import require
from jinzhong.intake import queries as intake
from jinzhong.intake.sources.bank_alert import parse as bank_alert
from jinzhong.intake.sources.base import Refused
from jinzhong.warning import queries as warnings
from jinzhong.wire import serve
from jinzhong.wire.rest import problems, shapes
from jinzhong.wire.rest.once import once
from jinzhong.wire.rest.problems import NotFound, Problem

AHEAD = timedelta(minutes=10)
"""A device clock further ahead than this is not believed: the server's time stands."""


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
    description="The interface of a district's anti-fraud platform. Writes need an Idempotency-Key; errors are application/problem+json.",
)  # fmt: skip
problems.install(api)
ERRORS = dict.fromkeys((400, 401, 403, 404, 409, 422), Problem)


class AlertIn(Schema):
    """What a teller knows; every field is optional."""

    customer_name: Any = None
    customer_phone: Any = None
    customer_id_number: Any = None
    customer_sex: Any = None
    customer_age: Any = None
    amount: Any = None
    payee_name: Any = None
    payee_account: Any = None
    payee_bank: Any = None
    signs: Any = None
    answers: Any = None
    story: Any = None
    alert: UUID | None = None
    at: datetime | None = None

    model_config = {"extra": "allow"}


class StepIn(Schema):
    """When it happened by the phone's clock; without it, now."""

    at: datetime | None = None


class CloseIn(StepIn):
    outcome: str = ""
    amount_protected: str | int | float | None = None
    evidence: str = ""
    met_by: list[str] = []
    checks: list[str] = []
    note: str = ""


@api.post("/alerts", response={201: shapes.Raised, 200: shapes.Raised, **ERRORS}, summary="Raise an alert")
def post_alert(request: HttpRequest, body: AlertIn) -> HttpResponse:
    by = request.auth  # type: ignore[attr-defined]
    require(by, "alert.raise")

    def do() -> tuple[int, dict[str, Any]]:
        now, given = clock.now(), _given(body)
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
def patch_alert(request: HttpRequest, alert_id: UUID, body: AlertIn) -> HttpResponse:
    by = request.auth  # type: ignore[attr-defined]
    alert = intake.alert(alert_id, viewer=by)
    if alert is None:
        raise NotFound
    require(by, "alert.raise")

    def do() -> tuple[int, dict[str, Any]]:
        now, given = clock.now(), _given(body)
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
    request: HttpRequest, state: str = "", town: str = "", since: str = "", q: str = "", cursor: str = ""
) -> dict[str, Any]:
    by = request.auth  # type: ignore[attr-defined]
    require(by, "warning.read")
    found = warnings.search(viewer=by, state=state, town=town, since=_time("since", since), words=q)
    return shapes.page(found, cursor=cursor, viewer=by)


@api.get("/warnings/{warning_id}", response={200: shapes.WarningOut, **ERRORS}, summary="One warning")
def get_warning(request: HttpRequest, warning_id: UUID) -> dict[str, Any]:
    by = request.auth  # type: ignore[attr-defined]
    found = warnings.warning(warning_id, viewer=by)
    if found is None:
        raise NotFound
    return shapes.warnings([found], viewer=by)[0]


@api.get("/orders/{order_id}", response={200: shapes.OrderOut, **ERRORS}, summary="One order")
def get_order(request: HttpRequest, order_id: UUID) -> dict[str, Any]:
    return shapes.order(_order(request, order_id))


@api.post("/orders/{order_id}/sign", response={200: shapes.OrderOut, **ERRORS}, summary="Take the order")
def sign(request: HttpRequest, order_id: UUID, body: StepIn | None = None) -> HttpResponse:
    return _move(request, order_id, body, dispatch.sign)


@api.post("/orders/{order_id}/depart", response={200: shapes.OrderOut, **ERRORS}, summary="On the way")
def depart(request: HttpRequest, order_id: UUID, body: StepIn | None = None) -> HttpResponse:
    return _move(request, order_id, body, dispatch.depart)


@api.post("/orders/{order_id}/arrive", response={200: shapes.OrderOut, **ERRORS}, summary="At the door")
def arrive(request: HttpRequest, order_id: UUID, body: StepIn | None = None) -> HttpResponse:
    return _move(request, order_id, body, dispatch.arrive)


@api.post("/orders/{order_id}/close", response={200: shapes.OrderOut, **ERRORS}, summary="Say what happened")
def close(request: HttpRequest, order_id: UUID, body: CloseIn) -> HttpResponse:
    report = {
        "outcome": body.outcome,
        "amount_protected": _money(body.amount_protected),
        "evidence": body.evidence,
        "met_by": body.met_by,
        "checks": body.checks,
        "note": body.note,
    }
    return _move(request, order_id, body, dispatch.close, **report)


@api.get("/stream", response={307: None, **ERRORS}, summary="Live events (SSE); served by the stream process")
def stream(request: HttpRequest) -> HttpResponse:
    answer = HttpResponse(status=307)
    answer["Location"] = serve.stream_url(request.get_host(), settings.STREAM_URL)
    return answer


def _order(request: HttpRequest, order_id: UUID) -> Any:
    by = request.auth  # type: ignore[attr-defined]
    found = orders.order(order_id, viewer=by)
    if found is None:
        raise NotFound
    return found


def _move(
    request: HttpRequest, order_id: UUID, body: StepIn | None, operation: Any, **report: Any
) -> HttpResponse:
    """One step of an order: seen? allowed? then once per key."""
    order, by = _order(request, order_id), request.auth  # type: ignore[attr-defined]
    require(by, "order.act")

    def do() -> tuple[int, dict[str, Any]]:
        now = clock.now()
        moved = operation(
            order=order, by=by, happened_at=_their_time(body.at if body else None, now), now=now, **report
        )
        return 200, shapes.order(moved)

    return once(request, do)


def _given(body: AlertIn) -> dict[str, Any]:
    return body.model_dump(exclude_unset=True, exclude={"alert", "at"})


def _their_time(at: datetime | None, now: datetime) -> datetime:
    """The sender's time, or ours where it has none or runs ahead of ours."""
    if at is None:
        return now
    at = at.replace(tzinfo=clock.ZONE) if at.tzinfo is None else at.astimezone(clock.ZONE)
    return now if at > now + AHEAD else min(at, now)


def _time(field: str, text: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as problem:
        raise Refused([(field, _("时间写成 2021-05-31T14:00:00+08:00"))]) from problem
    return moment.replace(tzinfo=clock.ZONE) if moment.tzinfo is None else moment


def _money(value: Any) -> Decimal | None:
    if value in (None, ""):
        return None
    try:
        money = Decimal(str(value))
    except InvalidOperation as problem:
        raise Refused([("amount_protected", _("金额要写数字,例如 50000"))]) from problem
    if not money.is_finite() or abs(money) >= Decimal("1e10"):
        raise Refused([("amount_protected", _("金额要写数字,例如 50000"))])
    return money.quantize(Decimal("0.01"))
