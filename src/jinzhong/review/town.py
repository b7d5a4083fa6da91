"""点评: a town's day, week or month against its size and its own past, in sentences drafted from figures; who may see it is asked before.

A figure is praised or blamed only where chance hardly explains it; the others stand as they are.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jinzhong import reasons
from jinzhong.district import queries as district
from jinzhong.district.models import Account, Town, Unit
from jinzhong.review import index, inspection, queries, spans
from jinzhong.review.models import Obligation
from jinzhong.review.said import CHANCE, PERCENT, Said, papers_owed, percent
from jinzhong.review.spans import By
from jinzhong.situation import board, fair, sentences, work
from jinzhong.situation import queries as situation
from jinzhong.situation.figures import Only
from jinzhong.situation.periods import DAY, Period

if TYPE_CHECKING:
    from jinzhong_engine.surveillance.index import Scored


@dataclass(frozen=True)
class Review:
    """``expected``: cases at the district's rate; ``rate``: cases per 10,000 with its interval; ``week``: the last one on the
    five-colour board."""

    town: Town
    by: By
    period: Period
    residents: int
    cases: int
    loss: Decimal
    expected: float
    rate: fair.TownRate | None
    district_rate: fair.Spread | None
    week: board.Board
    score: "Scored | None"
    formulas: str
    said: Said

    @property
    def line(self) -> board.Line | None:
        """None without history."""
        return self.week.line(self.town.code)


def review(town: Town, by: By, period: Period, *, viewer: Account, now: datetime) -> Review:
    """A period that is over, by what is known now; the index is a month's."""
    past = spans.past(by, period)
    stats = situation.stats(period, viewer=None, as_of=now)
    own = next(one for one in stats.by_town if one.code == town.code)
    residents = district.residents(period.last)
    people = residents.get(town.code, 0)
    expected = stats.total.cases / sum(residents.values()) * people if people else 0.0
    week = board.week_of(min(period.last + DAY, now.date()) - board.WEEK)
    shown = board.board(week, viewer=viewer, as_of=now)
    rates = fair.rates(period, viewer=viewer, as_of=now, only=Only(town=town.code))
    said = Said()
    _on_cases(said, own.cases, expected)
    _on_past(said, own.cases, town, (period, past), now)
    _on_week(said, shown.line(town.code))
    _on_orders(said, town, period, now)
    _on_met(said, town, (period, past), now)
    said.owed = owed(town, viewer=viewer, now=now)
    score, formulas = _index(town, period, now) if by == "month" else (None, "")
    return Review(
        town, by, period, people, own.cases, own.loss, expected,
        rates.towns[0] if rates and rates.towns else None, rates.district if rates else None,
        shown, score, formulas, said,
    )  # fmt: skip


def _on_cases(said: Said, cases: int, expected: float) -> None:
    from jinzhong_engine.surveillance.tails import poisson_below, poisson_tail

    told = {"n": cases, "e": f"{expected:.1f}"}
    if (p := poisson_tail(cases, expected)) <= CHANCE:
        words = _("发案 %(n)s 起，按全区发案率该有 %(e)s 起，偶然多到这样的可能 %(p)s")
        said.bad.append(words % (told | {"p": percent(p)}))
    elif (p := poisson_below(cases, expected)) <= CHANCE:
        words = _("发案 %(n)s 起，按全区发案率该有 %(e)s 起，偶然少到这样的可能 %(p)s")
        said.good.append(words % (told | {"p": percent(p)}))
    else:
        said.usual.append(_("发案 %(n)s 起，按全区发案率该有 %(e)s 起，在常见范围内") % told)


def _on_past(said: Said, cases: int, town: Town, periods: tuple[Period, Period], now: datetime) -> None:
    """Its own time before: of all those cases as many fall into this period as its share of the days lets expect."""
    from jinzhong_engine.surveillance import tails

    period, past = periods
    if not situation.reaches_back_to(past.since, viewer=None, as_of=now):
        said.usual.append(_("此前 %(n)s 天的案件不全，不与自己比") % {"n": past.days})
        return
    found = situation.stats(past, viewer=None, as_of=now).by_town
    before = next(one.cases for one in found if one.code == town.code)
    share = period.days / (period.days + past.days)
    told = {
        "n": cases, "days": period.days, "before": before, "past": past.days,
        "e": f"{before * period.days / past.days:.1f}",
    }  # fmt: skip
    words = _("这 %(days)s 天发案 %(n)s 起，此前 %(past)s 天 %(before)s 起（按天数折合 %(e)s 起）") % told
    more = tails.window_tail(cases, cases + before, share)
    fewer = tails.window_below(cases, cases + before, share)
    said.weigh(words, worse=more, better=fewer)


def _on_week(said: Said, line: board.Line | None) -> None:
    if line and line.due:
        said.bad.append(
            _("%(week)s %(colour)s：%(reason)s")
            % {
                "week": sentences.span(board.week_of(line.alarm.period)),
                "colour": reasons.told(line.word),
                "reason": reasons.told(line.alarm.reason),
            }
        )


def _on_orders(said: Said, town: Town, period: Period, now: datetime) -> None:
    """People met of those who had to be, beside the whole district."""
    runs = [
        one
        for one in work.sent(period, viewer=None, as_of=now)
        if one.order.meet_by and one.order.meet_by < now
    ]
    own = [one for one in runs if one.order.warning.town_id == town.code]
    if not own:
        return
    met, all_met = (sum(one.met_at is not None for one in each) for each in (own, runs))
    district_share = all_met / len(runs)
    words = _("须见面 %(whole)s 单，见到 %(part)s 单，全区 %(share)s%%") % {
        "whole": len(own), "part": met, "share": f"{district_share * PERCENT:.1f}",
    }  # fmt: skip
    said.beside(words, met, len(own), others=district_share)


def _on_met(said: Said, town: Town, periods: tuple[Period, Period], now: datetime) -> None:
    """People met of those who had to be, beside its own time before."""
    from jinzhong_engine.surveillance.tails import parted_tail

    (met, whole), (before, whole_before) = (_met(town, one, now) for one in periods)
    if not whole or not whole_before:
        return
    words = _("须见面 %(whole)s 单见到 %(met)s 单，此前 %(n)s 天 %(whole_before)s 单见到 %(before)s 单") % {
        "whole": whole, "met": met, "n": periods[1].days, "whole_before": whole_before, "before": before,
    }  # fmt: skip
    better = parted_tail(met, whole, before, whole_before)
    worse = parted_tail(whole - met, whole, whole_before - before, whole_before)
    said.weigh(words, worse=worse, better=better)


def _met(town: Town, period: Period, now: datetime) -> tuple[int, int]:
    """Met, and to be met, of the orders whose time for it has passed."""
    runs = [
        one
        for one in work.sent(period, viewer=None, as_of=now)
        if one.order.warning.town_id == town.code and one.order.meet_by and one.order.meet_by < now
    ]
    return sum(one.met_at is not None for one in runs), len(runs)


def owed(town: Town, *, viewer: Account, now: datetime) -> list[str]:
    """What is overdue today: of the lists, and of the papers to its office."""
    today = now.date()
    late = Obligation.objects.filter(
        standing__town=town, due_on__lt=today, done_at=None, kind__in=queries.ACCEPTED
    )
    told = [
        ngettext(
            "%(month)s 挂牌的%(what)s应于 %(day)s 前办，迟 %(n)s 天",
            "%(month)s 挂牌的%(what)s应于 %(day)s 前办，迟 %(n)s 天",
            late_by := (today - one.due_on).days,
        )
        % {
            "month": one.standing.listing,
            "what": reasons.told(one.title),
            "day": sentences.span(Period(one.due_on, one.due_on + DAY)),
            "n": late_by,
        }
        for one in late.select_related("standing__listing")
        if one.due_on
    ]
    papers = inspection.papers(viewer=viewer).filter(
        receiver__town=town, receiver__kind=Unit.Kind.TOWN_OFFICE, closed_at=None
    )
    return told + papers_owed(papers, today)


def _index(town: Town, period: Period, now: datetime) -> "tuple[Scored | None, str]":
    units, formulas = index.of(period, as_of=now)
    return next((one for one in units if one.unit == town.code), None), formulas
