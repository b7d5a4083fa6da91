"""点评 of a member unit: a day, a week or a month against its own past and against its kind, in sentences drafted from figures.

Who may see the unit is asked before. Only what our own tables hold is measured; a school or an office that
neither warns nor goes nor judges numbers has its papers alone.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jinzhong.clock import ZONE
from jinzhong.dispatch import queries as dispatch
from jinzhong.district import queries as district
from jinzhong.district.models import Account, Unit
from jinzhong.review import inspection, spans
from jinzhong.review.measured import KINDS, PLAIN, Facts, Kind, Look, Share, day_of, facts
from jinzhong.review.said import CHANCE, PERCENT, Said, papers_owed, percent
from jinzhong.situation import board, work
from jinzhong.situation.periods import DAY, Period

HISTORY = 16
"""Weeks drawn, as on the page of a town."""
PEERS = 2
"""Fewer other units of the kind with something to count would show each other's figures."""
OWED_DAYS = 30
"""So far back open orders are looked for."""
DEADLINES = {
    "sign": gettext_lazy("签收"),
    "meet": gettext_lazy("到门"),
    "feedback": gettext_lazy("反馈"),
}

SHARES: dict[str, Promise] = {
    "right": gettext_lazy("民警见过、判明的报警 %(whole)s 起，属实 %(part)s 起"),
    "sign": gettext_lazy("该签收 %(whole)s 单，按时 %(part)s 单"),
    "meet": gettext_lazy("须见面 %(whole)s 单，见到 %(part)s 单"),
    "feedback": gettext_lazy("该反馈 %(whole)s 单，按时 %(part)s 单"),
    "judged": gettext_lazy("名单上 %(whole)s 个号码，判了 %(part)s 个"),
    "agree": gettext_lazy("反诈办也判过的号码 %(whole)s 个，判得一样 %(part)s 个"),
    "papers": gettext_lazy("到期的督导文书 %(whole)s 件，按期回复 %(part)s 件"),
}
"""What is weighed: so many of so many, more of them being better."""
TITLES: dict[str, Promise] = {
    "warnings": gettext_lazy("报警"),
    "sent": gettext_lazy("接到派单"),
    "listed": gettext_lazy("名单上的号码"),
    "right": gettext_lazy("判明的报警里属实的"),
    "sign": gettext_lazy("按时签收"),
    "sign_time": gettext_lazy("签收用时，中位"),
    "meet": gettext_lazy("须见面的见到"),
    "door_time": gettext_lazy("民警到门用时，中位"),
    "feedback": gettext_lazy("按时反馈"),
    "refused": gettext_lazy("不听劝"),
    "transferred": gettext_lazy("到时已转账"),
    "dissuaded": gettext_lazy("劝住"),
    "protected": gettext_lazy("没转出去的钱"),
    "proven": gettext_lazy("其中撤回和柜面取消的"),
    "judged": gettext_lazy("判过的号码"),
    "judge_time": gettext_lazy("从出名单到判，中位"),
    "fraud": gettext_lazy("判为涉诈"),
    "agree": gettext_lazy("和反诈办判得一样"),
    "papers": gettext_lazy("督导文书按期回复"),
}
"""Rows of the table, in this order."""
COUNTED = {
    "warnings": gettext_lazy("报警 %(n)s 起"),
    "sent": gettext_lazy("接到派单 %(n)s 单"),
    "listed": gettext_lazy("名单上 %(n)s 个号码"),
}
"""The count of each kind that is drawn by weeks; more or fewer of it is neither good nor bad."""


@dataclass(frozen=True)
class Line:
    """A row of the table, ``form`` being the field of ``Facts``: the unit, its own past, the others of its kind together (None: too few, or nothing to share)."""

    title: str
    form: str
    own: object
    past: object
    kind: object


@dataclass(frozen=True)
class Review:
    """``history``: first day of each week and the count of it, the oldest first; empty where nothing is counted."""

    unit: Unit
    period: Period
    past: Period
    peers: int
    counted: str
    lines: list[Line]
    history: list[tuple[date, int]]
    said: Said


def review(unit: Unit, by: spans.By, period: Period, *, viewer: Account, now: datetime) -> Review:
    """A period that is over, by what is known now."""
    past = spans.past(by, period)
    kind = KINDS.get(unit.kind, PLAIN)
    others = [one for one in district.units(unit.kind) if one != unit]
    look = Look(period, now)
    own, theirs = (facts(kind, look, units) for units in ([unit], others))
    before = facts(kind, Look(past, now, of=unit.code), [unit])
    weeks = _weeks(kind, unit, period, now)
    said = Said(owed=owed(unit, viewer=viewer, now=now))
    began = kind.began() if kind.counted else None
    if began and began <= past.since:
        _on_count(said, kind.counted, own, before, (period, past))
    _on_shares(said, own, before, theirs if len(others) >= PEERS else Facts(), past.days)
    lines = _lines(own, before, theirs if len(others) >= PEERS else Facts())
    return Review(unit, period, past, len(others), kind.counted, lines, weeks, said)


def count_title(kind: str) -> str:
    """What is counted of a kind; empty where nothing is."""
    counted = KINDS[kind].counted if kind in KINDS else ""
    return str(TITLES[counted]) if counted else ""


def week_title(kind: str) -> str:
    title = count_title(kind)
    return _("每周%(what)s") % {"what": title} if title else ""


def week_counts(units: Iterable[Unit], week: Period, *, as_of: datetime) -> dict[str, int]:
    """By code of the unit, what its kind counts."""
    look, found = Look(week, as_of), {}
    for one in units:
        kind = KINDS.get(one.kind)
        if kind:
            found[one.code] = len(kind.days(look, [one]))
    return found


# -- said of it -----------------------------------------------------------------------------------------


def _on_count(
    said: Said, name: str, own: Facts, before: Facts, periods_: tuple[Period, Period]
) -> None:  # fmt: skip
    """How many, beside its own past by days. Told, not weighed: a quiet counter may be quiet for good reason."""
    from jinzhong_engine.surveillance import tails

    (period, past), n, earlier = periods_, own.counts[name], before.counts[name]
    share = period.days / (period.days + past.days)
    more, fewer = (tail(n, n + earlier, share) for tail in (tails.window_tail, tails.window_below))
    words = _("%(counted)s，此前 %(past)s 天 %(before)s（按天数折合 %(e)s）") % {
        "counted": str(COUNTED[name]) % {"n": n},
        "past": past.days,
        "before": earlier,
        "e": f"{earlier * period.days / past.days:.1f}",
    }
    if more <= CHANCE:
        words = _("%(words)s，比平时多，偶然的可能 %(p)s") % {"words": words, "p": percent(more)}
    elif fewer <= CHANCE:
        words = _("%(words)s，比平时少，偶然的可能 %(p)s") % {"words": words, "p": percent(fewer)}
    said.usual.append(words)


def _on_shares(said: Said, own: Facts, before: Facts, theirs: Facts, days: int) -> None:
    """Each share beside its kind's and beside its own past: what is good or bad in a sentence of its own, the rest in one."""
    for name, template in SHARES.items():
        now = own.shares.get(name, Share(0, 0))
        then, kind = (each.shares.get(name, Share(0, 0)) for each in (before, theirs))
        if not now.whole:
            continue
        words, found = str(template) % {"whole": now.whole, "part": now.part}, Said()
        beside = _("同类单位 %(share)s%%") % {"share": f"{kind.percent or 0:.1f}"}
        earlier = _("此前 %(n)s 天 %(whole)s 中 %(part)s") % {"n": days, **then._asdict()}
        told = [words]
        if kind.percent is not None:
            found.beside(_("，").join((words, beside)), *now, others=kind.percent / PERCENT)
            told.append(beside)
        if then.whole:
            _beside_past(found, _("，").join((words, earlier)), now, then)
            told.append(earlier)
        said.good += found.good
        said.bad += found.bad
        if not (found.good or found.bad):
            said.usual.append(_("，").join(told))


def _beside_past(said: Said, words: str, now: Share, then: Share) -> None:
    from jinzhong_engine.surveillance.tails import parted_tail

    said.weigh(
        words,
        worse=parted_tail(now.whole - now.part, now.whole, then.whole - then.part, then.whole),
        better=parted_tail(*now, *then),
    )


def owed(unit: Unit, *, viewer: Account, now: datetime) -> list[str]:
    """What is overdue today: papers, and open orders whose time has passed."""
    papers = inspection.papers(viewer=viewer).filter(receiver=unit, closed_at=None)
    told = papers_owed(papers, now.date())
    if unit.kind != Unit.Kind.STATION:
        return told
    return told + _orders_owed(unit, viewer=viewer, now=now)


def _orders_owed(unit: Unit, *, viewer: Account, now: datetime) -> list[str]:
    """By name what the viewer may see; the others, of towns that aren't theirs, in number only."""
    recent = Period(day_of(now) - timedelta(days=OWED_DAYS), day_of(now) + DAY)
    still = work.sent(recent, viewer=None, as_of=now, only=Q(station=unit, closed_at=None))
    open_ = [(run, [one for one in run.deadlines if one.done is None and one.due < now]) for run in still]
    late = [(run, owed) for run, owed in open_ if owed]
    seen = set(dispatch.orders(viewer=viewer).filter(station=unit).values_list("pk", flat=True))
    told = [
        _("%(number)s 应于 %(due)s 前%(what)s，还没有")
        % {"number": run.order.number, "due": f"{_local(one.due):%m-%d %H:%M}", "what": DEADLINES[one.kind]}
        for run, owed in late
        if run.order.pk in seen
        for one in owed
    ]
    others = sum(run.order.pk not in seen for run, _owed in late)
    return told + ([_("别的镇（街道）的 %(n)s 单，过了时限还没有办") % {"n": others}] if others else [])


def _local(moment: datetime) -> datetime:
    return moment.astimezone(ZONE)


# -- figures --------------------------------------------------------------------------------------------


def _lines(own: Facts, before: Facts, theirs: Facts) -> list[Line]:
    """Counts and money of the others aren't beside one's own: units differ in size."""
    found = []
    for name, title in TITLES.items():
        for each in ("counts", "shares", "times", "money"):
            if name in getattr(own, each):
                mine, past, kind = (getattr(facts, each).get(name) for facts in (own, before, theirs))
                beside = kind if each in ("shares", "times") else None
                found.append(Line(str(title), each, mine, past, beside))
    return found


def _weeks(kind: Kind, unit: Unit, period: Period, now: datetime) -> list[tuple[date, int]]:
    """The 16 whole weeks up to the end of the period."""
    if not kind.counted:
        return []
    last = board.week_of(min(period.last + DAY, day_of(now)) - board.WEEK)
    since = last.since - (HISTORY - 1) * board.WEEK
    counts = Counter(
        board.week_of(day).since
        for day in kind.days(Look(Period(since, last.until), now, of=unit.code), [unit])
    )
    return [(since + n * board.WEEK, counts[since + n * board.WEEK]) for n in range(HISTORY)]
