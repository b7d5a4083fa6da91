"""Errors as ``application/problem+json``: type, title, status, detail, errors."""

import logging
from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import RawPostDataException
from django.urls import URLPattern
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError

from jinzhong.agenda.operations import KeyReused
from jinzhong.dispatch.operations import AlreadyClosed, NotTheirOrder, WrongClosing
from jinzhong.district.permissions import NotAllowed
from jinzhong.intake.operations import AlreadyTaken
from jinzhong.intake.sources.base import Refused
from jinzhong.warning.operations import NotOpen

log = logging.getLogger(__name__)
RETRY_AFTER_SECONDS = 5


class FieldError(Schema):
    field: str
    message: str


class Problem(Schema):
    """What went wrong, what was kept, what to do."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str = ""
    errors: list[FieldError] = []


class NotFound(Exception):
    """There is no such thing, or the caller may not see it: both look the same."""


class KeyMissing(Exception):
    """A write came without Idempotency-Key."""


def problem(
    status: int, title: str, detail: str = "", errors: list[tuple[str, str]] | None = None
) -> HttpResponse:
    body = Problem(
        title=title,
        status=status,
        detail=detail,
        errors=[FieldError(field=name, message=text) for name, text in errors or []],
    )
    return JsonResponse(body.model_dump(), status=status, content_type="application/problem+json")


def install(api: NinjaAPI) -> None:
    """Tell the API how each of our refusals looks outside."""
    answers: dict[type[Exception], Any] = {
        NotFound: lambda e: problem(404, _("没有找到"), _("没有这一条，或者不在您能看的范围。")),
        KeyMissing: lambda e: problem(
            400,
            _("缺少 Idempotency-Key，或者不合用"),
            _("每次写入都要带 Idempotency-Key 请求头：1 到 200 个可见字符，重发时用同一个。"),
        ),
        KeyReused: lambda e: problem(
            422,
            _("Idempotency-Key 用过了"),
            _("同一个 Idempotency-Key 先前带的是另一份内容；新的内容请换一个。"),
        ),
        AuthenticationError: lambda e: problem(401, _("没有登录"), _("请带 Authorization: Bearer 令牌。")),
        NotAllowed: lambda e: problem(403, _("您的岗位不能做这件事"), _("需要时请联系区反诈办。")),
        NotTheirOrder: lambda e: problem(403, _("这一单没有派给您"), _("请值班台改派后再操作。")),
        AlreadyClosed: lambda e: problem(
            409,
            _("这一单已经反馈"),
            _("先前的结果没有改动：%(outcome)s") % {"outcome": e.order.get_outcome_display()},
        ),
        NotOpen: lambda e: problem(409, _("这条预警已经办结"), _("没有改动。")),
        Refused: lambda e: problem(422, _("有内容没填对"), _("什么都没有保存，请改好再交。"), e.errors),
        WrongClosing: lambda e: problem(422, _("有内容没填对"), _("什么都没有保存，请改好再交。"), e.errors),
        ValidationError: lambda e: problem(
            422, _("有内容没填对"), _("什么都没有保存，请改好再交。"), _fields(e)
        ),
        AlreadyTaken: lambda e: problem(
            409, _("这个编号已经用过"), _("什么都没有保存；同一条线索重发时请用同一个 Idempotency-Key。")
        ),
        HttpError: _bad_json,
        RecursionError: _bad_json,
        RawPostDataException: _bad_json,
        RequestDataTooBig: lambda e: problem(413, _("内容太大"), _("一次最多 1 MB，什么都没有保存。")),
        OperationalError: _busy,
        Exception: _broken,
    }
    for kind, answer in answers.items():
        api.add_exception_handler(kind, partial(_tell, answer))


def _tell(answer: Callable[[Any], HttpResponse], request: HttpRequest, exc: Exception) -> HttpResponse:
    return answer(exc)


def _bad_json(exc: Exception) -> HttpResponse:
    return problem(400, _("内容不是 JSON"), _("请发送 UTF-8 的 JSON 对象。"))


def _busy(exc: Exception) -> HttpResponse:
    """The database is away or held by somebody else for too long: nothing was kept, and the same key may come again."""
    log.error("database: %s", type(exc).__name__)
    answer = problem(503, _("暂时不能保存"), _("什么都没有保存，请稍后用同一个 Idempotency-Key 重发。"))
    answer["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return answer


def _broken(exc: Exception) -> HttpResponse:
    log.error("API failed", exc_info=exc)
    return problem(500, _("系统出错了"), _("什么都没有保存，请稍后用同一个 Idempotency-Key 重发。"))


@csrf_exempt
def unknown(request: HttpRequest, rest: str = "") -> HttpResponse:
    """The answer to an address that the API doesn't have."""
    return problem(404, _("没有找到"), _("没有这个地址，请看 /api/v1/openapi.json。"))


def told(urls: tuple[list[Any], str, str]) -> tuple[list[URLPattern], str, str]:
    """The API's addresses, answering a method they don't have in the same shape as every other refusal."""
    for one in urls[0]:
        one.callback = _telling(one.callback)
    return urls


def _telling(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def answer(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
        given = view(request, *arguments, **named)
        if given.status_code != 405:
            return given
        refused = problem(
            405, _("这个地址没有这种操作"), _("可用：%(methods)s") % {"methods": given["Allow"]}
        )
        refused["Allow"] = given["Allow"]
        return refused

    return answer


def _fields(error: ValidationError) -> list[tuple[str, str]]:
    return [(_field(one["loc"]), _said(one["type"])) for one in error.errors]


def _field(place: tuple[int | str, ...]) -> str:
    """Of ("path", "order_id") and ("body", "body", "at") the name that the caller knows."""
    return ".".join(map(str, place[2:] if place[0] == "body" else place[1:])) or "body"


def _said(kind: str) -> str:
    """What the framework found wrong, in the user's words."""
    if kind.startswith("uuid"):
        return _("编号不是系统给出的样子，请核对")
    if kind.startswith("datetime"):
        return _("时间写成 2021-05-31T14:00:00+08:00")
    return _("缺少这一项") if kind == "missing" else _("写法认不出")
