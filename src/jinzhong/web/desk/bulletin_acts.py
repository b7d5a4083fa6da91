"""What is done with the draft of a bulletin: other words, put forward, issued. A refusal comes back on the draft, in words."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from jinzhong.bulletin import operations, queries, reports
from jinzhong.bulletin.paper.pdf import FontsMissing
from jinzhong.bulletin.wording import BadWords
from jinzhong.web.desk.bulletin_archive import show_archive
from jinzhong.web.desk.bulletins import AT, Asked, NoSuchBulletin, asked_for, show_bulletin
from jinzhong.web.shared.pages import missing, page
from jinzhong.web.shared.request import Request

Done = tuple[str, str]
"""What to say, and the address to go on to."""


def _act(
    request: Request, kind: str, day: str, do: Callable[[Asked], Done], refusals: Mapping[type[Exception], tuple[int, str]],
    typed: dict[str, str] | None = None,
) -> HttpResponse:  # fmt: skip
    """``refusals``: for what ``do`` may raise, the status and what to say."""
    try:
        asked = asked_for(request, kind, day)
        said, address = do(asked)
    except (NoSuchBulletin, operations.NoSuchPassage):
        return missing(request)
    except queries.NotAskable as problem:
        return show_archive(request, kind, error=str(problem))
    except tuple(refusals) as problem:
        status, told = refusals[type(problem)]
        return show_bulletin(request, asked.as_draft, told % {"why": problem}, status=status, typed=typed)
    messages.success(request, said)
    return HttpResponseRedirect(address)


@page(f"{AT}/words", name="bulletin-words", may="bulletin.issue", methods=("POST",))
def reword(request: Request, kind: str, day: str) -> HttpResponse:
    """Other words for a passage of the draft. It needs no key of the form: the same words again change nothing."""
    passage, text = request.POST.get("passage", ""), request.POST.get("text", "")

    def do(asked: Asked) -> Done:
        operations.reword(
            kind=kind,
            day=asked.day,
            passage=passage,
            text=text,
            by=request.user.get_username(),
            now=asked.now,
        )
        return _("文字改好了，数字没有动"), asked.address("bulletin", draft="")

    return _act(request, kind, day, do, {BadWords: (422, _("文字没有改：%(why)s"))}, typed={passage: text})


@page(f"{AT}/submit", name="bulletin-submit", may="bulletin.issue", methods=("POST",))
def submit(request: Request, kind: str, day: str) -> HttpResponse:
    """Put forward what was read, for another person to sign."""

    def do(asked: Asked) -> Done:
        if not reports.of(kind).TWO_PERSONS:
            raise NoSuchBulletin
        operations.submit(**_as_read(request, asked))
        return _("已送审，请另一位签发"), asked.address("bulletin", draft="")

    changed = _("没有送审：您看过之后又有新的数，下面已是最新，请再看一遍再送")
    return _act(request, kind, day, do, {operations.Changed: (409, changed)})


@page(f"{AT}/issue", name="bulletin-issue", may="bulletin.issue", methods=("POST",))
def issue(request: Request, kind: str, day: str) -> HttpResponse:
    """Freeze what was read. It needs no key of the form: done twice, the second time finds nothing to issue."""

    def do(asked: Asked) -> Done:
        made = operations.issue(**_as_read(request, asked))
        words = _("已签发第 %(n)s 版") if made.fresh else _("与第 %(n)s 版没有不同，没有出新版")
        return words % {"n": made.issue.revision}, asked.address("bulletin")

    alone = (409, _("没有签发：要先由另一个人送审，送审的人自己不能签"))
    refusals = {
        operations.Changed: (409, _("没有签发：您看过之后又有新的数，下面已是最新，请再看一遍再签")),
        operations.NotSubmitted: alone,
        operations.SamePerson: alone,
        FontsMissing: (
            503,
            _("没有签发：服务器上缺公文字体，版面排不出来；请管理员运行 python3 dev.py setup 后再签"),
        ),
    }
    return _act(request, kind, day, do, refusals)


def _as_read(request: Request, asked: Asked) -> dict[str, Any]:
    """Who signs for which bulletin, as what was read."""
    return {
        "kind": asked.kind,
        "day": asked.day,
        "by": request.user.get_username(),
        "signed": queries.signature(request.user),
        "now": asked.now,
        "read": request.POST.get("read") or "-",
    }
