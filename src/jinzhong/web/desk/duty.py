"""值班: who is on, who comes next, the roster of the week, changing duties, and the note from shift to shift."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jinzhong import clock
from jinzhong.district import operations
from jinzhong.district import queries as district
from jinzhong.district.permissions import may
from jinzhong.warning import queries as warnings
from jinzhong.web.desk.people import bar
from jinzhong.web.shared.once import once
from jinzhong.web.shared.pages import missing, page
from jinzhong.web.shared.people import staff
from jinzhong.web.shared.request import Request, day_in

KEY = "%Y%m%d%H"
SHIFT, DAY, WEEK = timedelta(hours=8), timedelta(days=1), timedelta(days=7)
EXCHANGE_WITHIN = timedelta(days=14)
NAMED = 3
"""So many names of a post stand in a cell of the roster; of more only their number."""


@dataclass(frozen=True)
class Cell:
    """One shift on the roster."""

    since: datetime
    until: datetime
    kind: str
    shift: Any
    posts: list[tuple[str, str]]
    lacks: list[tuple[str, int]]
    is_now: bool
    is_past: bool

    @property
    def key(self) -> str:
        return f"{self.since:{KEY}}"


@page("desk/duty", name="duty", may="duty.read", menu=(30, gettext_lazy("排班")))
def duty(request: Request) -> HttpResponse:
    """The week, and beside it what concerns now."""
    return _shown(request, _monday(day_in(request.GET.get("week", "")) or clock.now().date()))


@page("desk/duty/<int:key>", name="duty-shift", may="duty.read")
def shift(request: Request, key: int) -> HttpResponse:
    """One shift, and who is on it."""
    since = _since(key)
    return missing(request) if since is None else _shown(request, _monday(since.date()), chosen=since)


@page("desk/duty/<int:key>/assign", name="duty-assign", may="duty.manage", methods=("POST",))
def assign(request: Request, key: int) -> HttpResponse:
    """Put somebody on a shift."""
    since = _since(key)
    if since is None:
        return missing(request)
    return _do(request, lambda: _assign(request, since), back=_shift_address(since))


@page("desk/duty/<int:key>/relieve", name="duty-relieve", may="duty.manage", methods=("POST",))
def relieve(request: Request, key: int) -> HttpResponse:
    """Take somebody off a shift."""
    since, found = _since(key), _duty(request.POST.get("duty", ""))
    if since is None or found is None:
        return missing(request)
    return _do(request, lambda: _relieve(request, found), back=_shift_address(since))


@page("desk/duty/<int:key>/handover", name="duty-handover", may="duty.manage", methods=("POST",))
def hand_over(request: Request, key: int) -> HttpResponse:
    """Write the note for the next shift."""
    since = _since(key)
    found = district.shift_of(since) if since else None
    if found is None:
        return missing(request)
    return _do(request, lambda: _hand_over(request, found), back=reverse("duty"))


@page("desk/duty/repeat", name="duty-repeat", may="duty.manage", methods=("POST",))
def repeat(request: Request) -> HttpResponse:
    """Roster a week like the one before."""
    monday = _monday(day_in(request.POST.get("week", "")) or clock.now().date())
    return _do(request, lambda: _repeat(request, monday), back=_week_address(monday))


@page("desk/duty/second", name="duty-second", may="duty.manage", methods=("POST",))
def second(request: Request) -> HttpResponse:
    """A member unit sends a cadre for a time."""
    return _do(request, lambda: _second(request), back=reverse("duty"))


@page("desk/duty/swap", name="duty-swap", may="duty.swap", methods=("POST",))
def ask_swap(request: Request) -> HttpResponse:
    """Ask a colleague to take a duty of one's own."""
    found = _duty(request.POST.get("duty", ""))
    if found is None:
        return missing(request)
    return _do(request, lambda: _ask_swap(request, found), back=reverse("duty"))


@page("desk/duty/swaps/<uuid:pk>", name="duty-answer", may="duty.swap", methods=("POST",))
def answer_swap(request: Request, pk: UUID) -> HttpResponse:
    """Agree, decline, or withdraw one's own request."""
    found = district.swap(pk)
    if found is None or request.user.pk not in (found.takes_id, found.gives_id):
        return missing(request)
    return _do(request, lambda: _answer_swap(request, found), back=reverse("duty"))


# -- what the page shows ----------------------------------------------------------------------------


def _shown(request: Request, monday: datetime, *, chosen: datetime | None = None) -> HttpResponse:
    now = clock.now()
    here = district.shift_window(now)[0]
    shifts = district.roster(monday, monday + WEEK) | district.roster(here, here + 2 * SHIFT)
    shown = {
        "week": [
            [_cell(monday + day * DAY + turn * SHIFT, shifts, now) for turn in range(3)] for day in range(7)
        ],
        "monday": monday,
        "sunday": monday + 6 * DAY,
        "before": _week_address(monday - WEEK),
        "after": _week_address(monday + WEEK),
        "is_this_week": monday <= now < monday + WEEK,
        "on": _cell(here, shifts, now),
        "next": _cell(here + SHIFT, shifts, now),
        "mine": [(one, district.can_fill(one.post, shift=one.shift)) for one in _mine(request.user, now)],
        "exchange": [here + turn * SHIFT for turn in range(EXCHANGE_WITHIN // SHIFT)],
        "swaps": district.open_swaps(request.user),
        "handover": district.last_handover(now),
        "owed": district.owed_handovers(now),
        "open_warnings": warnings.open_by_rank(viewer=request.user).count(),
        "rotations": district.rotations(now.date(), now.date() + timedelta(days=28)),
        "may": {name: may(request.user, f"duty.{name}") for name in ("manage", "swap")},
        "bar": bar(now),
        "now": now,
        **(_one_shift(chosen, shifts, now) if chosen else {}),
        **(_to_second() if may(request.user, "duty.manage") else {}),
    }
    return render(request, "desk/duty.html", shown)


def _mine(viewer: Any, now: datetime) -> list[Any]:
    return district.duties_of(viewer, since=now)[:6]


def _one_shift(since: datetime, shifts: dict[datetime, Any], now: datetime) -> dict[str, Any]:
    found, order = shifts.get(since), [code for code, _word in district.posts()]
    people = sorted(found.duties.all(), key=lambda one: order.index(one.post)) if found else []
    return {
        "chosen": _cell(since, shifts, now),
        "people": [(staff(one.account), one) for one in people],
        "to_add": [
            (code, word, [(staff(one), one) for one in district.can_fill(code, shift=found)])
            for code, word in district.posts()
        ],
    }


def _to_second() -> dict[str, Any]:
    return {
        "cadres": [(staff(one), one) for one in district.can_fill("cadre")],
        "units": district.member_units(),
    }


def _cell(since: datetime, shifts: dict[datetime, Any], now: datetime) -> Cell:
    found, until = shifts.get(since), since + SHIFT
    duties = list(found.duties.all()) if found else []
    posts = [
        (word, _named([staff(one.account) for one in duties if one.post == code]))
        for code, word in district.posts()
    ]
    return Cell(
        since,
        until,
        district.shift_word(since),
        found,
        [(word, names) for word, names in posts if names],
        district.missing_posts(duties),
        is_now=since <= now < until,
        is_past=until <= now,
    )


def _named(names: list[str]) -> str:
    if len(names) <= NAMED:
        return _("、").join(names)
    return _("%(n)s 人") % {"n": len(names)}


# -- what its forms do ------------------------------------------------------------------------------


def _do(request: Request, do: Callable[[], str], *, back: str) -> HttpResponse:
    """Do it once, tell it, and go back; what can't be done is told too, and nothing has changed."""

    def done() -> str:
        messages.success(request, do())
        return back

    try:
        return once(request, done)
    except tuple(REFUSALS) as problem:
        messages.error(request, _("没有改动：%(why)s") % {"why": REFUSALS[type(problem)]})
        return HttpResponseRedirect(back)


class NobodyChosen(Exception):
    """The form names nobody whom we know, or no such day."""


REFUSALS: dict[type[Exception], Any] = {
    NobodyChosen: gettext_lazy("没选全，请再选一次"),
    operations.NoteMissing: gettext_lazy("交接要写内容，没有事也写“无”"),
    operations.NoTime: gettext_lazy("到期要晚于开始"),
    operations.NotTheirDuty: gettext_lazy("这一班不是您的，或刚换给了别人"),
    operations.ShiftOver: gettext_lazy("这一班已经过了"),
    operations.AlreadyOnDuty: gettext_lazy("那一班里已经有他的岗"),
    operations.WrongPost: gettext_lazy("这个人不能上这个岗"),
    operations.AlreadyAsked: gettext_lazy("这一班已经在等人答复，先收回再问别人"),
    operations.AlreadyAnswered: gettext_lazy("这一条已经答复过了"),
}


def _assign(request: Request, since: datetime) -> str:
    post, now = request.POST.get("post", ""), clock.now()
    account = district.account(request.POST.get("account", ""))
    if account is None or post not in dict(district.posts()):
        raise NobodyChosen
    if since + SHIFT <= now:
        raise operations.ShiftOver
    by = request.user.username
    found = operations.open_shift(moment=since, by=by, at=now)
    operations.assign(
        shift=found, account=account, post=post, by=by, at=now, seat=request.POST.get("seat", "").strip()[:10]
    )
    return _("%(who)s 已排上") % {"who": staff(account)}


def _relieve(request: Request, found: Any) -> str:
    operations.relieve(duty=found, by=request.user.username, at=clock.now())
    return _("%(who)s 已撤下") % {"who": staff(found.account)}


def _hand_over(request: Request, found: Any) -> str:
    note = request.POST.get("note", "")[:4000]
    operations.hand_over(shift=found, note=note, by=request.user, at=clock.now())
    return _("交接已写，下一班看得到")


def _repeat(request: Request, monday: datetime) -> str:
    made = operations.repeat_week(since=monday, by=request.user.username, at=clock.now())
    return _("照上周排好，新排 %(n)s 人次") % {"n": made}


def _second(request: Request) -> str:
    account = district.account(request.POST.get("account", ""))
    unit = district.unit(request.POST.get("unit", ""))
    since, until = day_in(request.POST.get("since", "")), day_in(request.POST.get("until", ""))
    if account is None or unit is None or since is None or until is None:
        raise NobodyChosen
    operations.second(
        account=account,
        sent_by=unit,
        since=since,
        until=until + DAY,
        by=request.user.username,
        at=clock.now(),
    )
    return _("%(who)s 已登记轮值") % {"who": staff(account)}


def _ask_swap(request: Request, found: Any) -> str:
    takes, back = district.account(request.POST.get("takes", "")), None
    if takes is None:
        raise NobodyChosen
    if request.POST.get("back"):
        since = _since(request.POST["back"])
        back = next(
            (one for one in district.duties_of(takes, since=clock.now()) if one.shift.since == since), None
        )
        if back is None:
            raise NobodyChosen
    operations.ask_swap(duty=found, takes=takes, back=back, by=request.user, at=clock.now())
    return _("已问 %(who)s，同意后才换") % {"who": staff(takes)}


def _answer_swap(request: Request, found: Any) -> str:
    said, now = request.POST.get("answer", ""), clock.now()
    if said == "withdraw":
        operations.withdraw_swap(swap=found, by=request.user, at=now)
        return _("已收回")
    operations.answer_swap(swap=found, agrees=said == "agree", by=request.user, at=now)
    return _("已换班") if said == "agree" else _("已回绝，班照旧")


# -- days and addresses -----------------------------------------------------------------------------


def _monday(day: date) -> datetime:
    """The beginning of the week in which a day lies."""
    return clock.midnight(day - timedelta(days=day.weekday()))


def _since(key: int | str) -> datetime | None:
    """The beginning of the shift that a key such as 2021053108 names."""
    try:
        found = datetime.strptime(str(key), KEY).replace(tzinfo=clock.ZONE)
    except ValueError:
        return None
    return found if found.hour % 8 == 0 else None


def _duty(text: str) -> Any:
    try:
        return district.duty(UUID(text))
    except ValueError:
        return None


def _shift_address(since: datetime) -> str:
    return reverse("duty-shift", args=[int(f"{since:{KEY}}")])


def _week_address(monday: datetime) -> str:
    return f"{reverse('duty')}?week={monday:%Y-%m-%d}"
