"""Errors as ``application/problem+json``: type, title, status, detail, errors."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, ValidationError

from jinzhong.agenda.operations import KeyReused
from jinzhong.dispatch.operations import AlreadyClosed, NotTheirOrder, WrongClosing
from jinzhong.district.permissions import NotAllowed
from jinzhong.intake.sources.base import Refused
from jinzhong.warning.operations import NotOpen


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
        NotFound: lambda e: problem(404, _("没有找到"), _("没有这一条,或者不在您能看的范围。")),
        KeyMissing: lambda e: problem(
            400, _("缺少 Idempotency-Key"), _("每次写入都要带 Idempotency-Key 请求头,重发时用同一个。")
        ),
        KeyReused: lambda e: problem(
            422,
            _("Idempotency-Key 用过了"),
            _("同一个 Idempotency-Key 先前带的是另一份内容;新的内容请换一个。"),
        ),
        AuthenticationError: lambda e: problem(401, _("没有登录"), _("请带 Authorization: Bearer 令牌。")),
        NotAllowed: lambda e: problem(403, _("您的岗位不能做这件事"), _("需要时请联系区反诈办。")),
        NotTheirOrder: lambda e: problem(403, _("这一单没有派给您"), _("请值班台改派后再操作。")),
        AlreadyClosed: lambda e: problem(
            409,
            _("这一单已经反馈"),
            _("先前的结果没有改动:%(outcome)s") % {"outcome": e.order.get_outcome_display()},
        ),
        NotOpen: lambda e: problem(409, _("这条预警已经办结"), _("没有改动。")),
        Refused: lambda e: problem(422, _("有内容没填对"), _("什么都没有保存,请改好再交。"), e.errors),
        WrongClosing: lambda e: problem(422, _("有内容没填对"), _("什么都没有保存,请改好再交。"), e.errors),
        ValidationError: lambda e: problem(
            422, _("有内容没填对"), _("什么都没有保存,请改好再交。"), _fields(e)
        ),
    }
    for kind, answer in answers.items():
        api.add_exception_handler(kind, lambda request, exc, answer=answer: answer(exc))


def bad_json(request: HttpRequest, exc: Exception) -> HttpResponse:
    return problem(400, _("内容不是 JSON"), _("请发送 UTF-8 的 JSON 对象。"))


def _fields(error: ValidationError) -> list[tuple[str, str]]:
    return [
        (".".join(str(part) for part in one["loc"][1:]) or "body", str(one["msg"])) for one in error.errors
    ]
