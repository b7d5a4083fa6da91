"""The tables of a special report: its towns and classes in the two times, the counts that are drawn, the largest losses."""

from datetime import date
from typing import Any

from jinzhong.bulletin.reports.base.lists import SHOWN_CASES, by_code, cases
from jinzhong.bulletin.reports.base.look import Look
from jinzhong.bulletin.reports.special.figures import SURE, cannot_test, knows_before
from jinzhong.district import queries as district
from jinzhong.situation import queries, shares
from jinzhong.situation.figures import Part
from jinzhong.situation.periods import DAY, Period
from jinzhong.situation.shares import money
from jinzhong_engine.taxonomy import BY_CODE

MOST_BARS = 62
"""More days are drawn by sevens."""
USUAL = (0.05, 0.95)
"""Nine of ten times without a change lie in it."""


def towns(look: Look) -> list[dict[str, Any]]:
    """In the district's order. ``against``: higher or lower than before beyond chance, all towns taken together into account
    (a twentieth shared among them), else like; None where it can't be said. ``low``, ``high``: the usual counts."""
    now, then = by_code(look.now.by_town), by_code(look.then.by_town)
    residents, tested = district.residents(look.day), not cannot_test(look)
    return [
        {
            "code": one.code,
            "name": one.name,
            "kind": str(one.kind),
            "cases": now[one.code].cases,
            "loss": money(now[one.code].loss),
            **_before(then[one.code], look),
            "rate_10k": shares.rate(now[one.code].cases, residents.get(one.code, 0)),
            **(_judged(now[one.code].cases, then[one.code].cases, len(look.towns)) if tested else UNTESTED),
        }
        for one in look.towns
    ]


def _before(one: Part, look: Look) -> dict[str, Any]:
    """Nothing where what came before isn't known."""
    known = knows_before(look)
    return {
        "cases_previous": one.cases if known else None,
        "loss_previous": money(one.loss) if known else None,
    }


UNTESTED = {"against": None, "low": None, "high": None}


def _judged(now: int, then: int, towns: int) -> dict[str, Any]:
    from jinzhong_engine.surveillance import tails  # costs a second, so pages start without it

    more, fewer = (tail(now, now + then, 0.5) for tail in (tails.window_tail, tails.window_below))
    low, high = (tails.binomial_quantile(one, then + 0.5, 0.5) for one in USUAL)
    against = "higher" if more <= SURE / towns else "lower" if fewer <= SURE / towns else "like"
    return {"against": against, "low": low, "high": high}


def classes(look: Look) -> list[dict[str, Any]]:
    """The chosen ones, or all that came; the most frequent first."""
    now, then = by_code(look.now.by_class), by_code(look.then.by_class)
    lines = [
        {
            "code": code,
            "name": BY_CODE[code].short,
            "cases": one.cases,
            "loss": money(one.loss),
            **_before(then[code], look),
        }
        for code, one in now.items()
        if code in look.only.classes or one.cases or then[code].cases
    ]
    return sorted(lines, key=lambda one: (-one["cases"], -(one["cases_previous"] or 0), one["code"]))


def bars(look: Look) -> list[dict[str, Any]]:
    """Cases by day, or by seven days counted from the first one, of the time before and of the campaign."""
    whole = Period(look.before.since, look.period.until)
    step = 1 if whole.days <= MOST_BARS else 7
    told = dict(queries.by_day(whole, viewer=look.viewer, as_of=look.as_of, only=look.only))

    def bar(since: date, until: date) -> dict[str, Any]:
        days = Period(since, until)
        counted = sum(told[since + n * DAY].cases for n in range(days.days))
        return {"since": since.isoformat(), "until": until.isoformat(), "cases": counted}

    found = []
    for part in (look.before, look.period) if knows_before(look) else (look.period,):
        at = part.since
        while at < part.until:
            end = min(at + step * DAY, part.until)
            found.append(bar(at, end) | {"during": at >= look.period.since})
            at = end
    return found


def largest(look: Look) -> list[dict[str, Any]]:
    return cases(look, SHOWN_CASES)
