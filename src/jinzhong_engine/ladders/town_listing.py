"""三色挂牌: which towns are listed after a month, what they owe then, and what takes them off the list.

Defaults of the district; a change is a new version with its day. Growth over the month before is shown and decides
nothing: with equal rates everywhere it would list every fourth town.

>>> colour(Standing(cases=12, rate=2.4, district_rate=1.5, p=0.03, rises=True))
('red', ['万人发案率 2.40，是全区 1.50 的 1.60 倍，比上年同期多，偶然出现的可能 3.0%'])
>>> colour(Standing(cases=4, rate=4.7, district_rate=1.5, p=0.04, rises=True))  # a small place, four cases
('green', [])
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from jinzhong_engine.ladders import version_of
from jinzhong_engine.sayings import Saying

COLOURS = ("green", "yellow", "red")
WORDS = {"red": "红牌", "yellow": "黄牌", "green": "绿牌"}


class Rules(NamedTuple):
    """``fall``: share by which cases must have fallen since the listing month; ``report_days``: after publication."""

    effective_from: date = date(2021, 1, 1)
    least_cases: int = 5
    red_times: float = 1.5
    red_p: float = 0.05
    yellow_times: float = 1.2
    yellow_p: float = 0.15
    top: int = 2
    top_months: int = 3
    yellow_months: int = 2
    major_loss_yuan: int = 1_000_000
    small_below: int = 10_000
    small_months: int = 3
    star_days: int = 35
    lift_times: float = 1.2
    fall: float = 0.20
    lift_months: int = 2
    published_on: int = 2
    plan_working_days: int = 3
    report_days: int = 30

    @property
    def name(self) -> str:
        return f"town_listing {self.effective_from}"


VERSIONS = (Rules(),)


class BadRules(ValueError):
    """The rules contradict each other; the message says where."""


def in_force(on: date) -> Rules:
    """The version of a day; before the first one, the first."""
    return version_of(VERSIONS, on)


def check(rules: Rules) -> None:
    """Raises BadRules for a red that is easier than yellow, or numbers that decide nothing."""
    if rules.red_times < rules.yellow_times or rules.red_p > rules.yellow_p:
        raise BadRules("red must ask for at least the rate of yellow and allow at most its chance")
    if not (rules.red_p > 0 and rules.yellow_p < 1 and rules.yellow_times >= 1):
        raise BadRules("chances lie between 0 and 1, and rates are at least 1 times the district's")
    if rules.least_cases < 1 or rules.top_months < 1 or rules.yellow_months < 2 or not 0 <= rules.fall < 1:
        raise BadRules(
            "least_cases and top_months are 1 or more, yellow_months 2 or more, fall a share below 1"
        )


@dataclass(frozen=True)
class Standing:
    """An area in a month (in three for a small town). ``rises``: against last year, None if unknown; ``top_months``: months
    running, this one included, among the highest rates; ``yellow_months``: months running before this one that were
    yellow; ``improves``: fewer cases than the month before;
    ``months``: looked at together. A case then counts as many months running, so the chance asked for is as many times smaller."""

    cases: int
    rate: float
    district_rate: float
    p: float
    rises: bool | None = None
    top_months: int = 0
    yellow_months: int = 0
    improves: bool = False
    largest_loss: float = 0.0
    overdue: tuple[str, ...] = ()
    months: int = 1
    rules: Rules = VERSIONS[0]

    @property
    def times(self) -> float:
        return self.rate / self.district_rate if self.district_rate else 0.0

    def is_high(self, times: float, p_to: float) -> bool:
        return (
            self.cases >= self.rules.least_cases
            and self.times >= times - 1e-12
            and self.p <= p_to / self.months
        )


class Step(NamedTuple):
    """Every step that holds is told; the highest colour among them is the area's."""

    colour: str
    holds: Callable[[Standing], bool]
    reason: Callable[[Standing], str]


def _against_the_district(saying: Saying, s: Standing) -> str:
    return saying.said(
        rate=f"{s.rate:.2f}",
        district=f"{s.district_rate:.2f}",
        times=f"{s.times:.2f}",
        percent=f"{s.p * 100:.1f}",
    )


LADDER = (
    Step(
        "red",
        lambda s: s.is_high(s.rules.red_times, s.rules.red_p) and bool(s.rises),
        lambda s: _against_the_district(Saying.RATE_RISEN, s),
    ),
    Step(
        "red",
        lambda s: s.top_months >= s.rules.top_months,
        lambda s: Saying.TOP.said(months=s.top_months, places=s.rules.top),
    ),
    Step(
        "red",
        lambda s: s.yellow_months + 1 >= s.rules.yellow_months and not s.improves and _is_yellow(s),
        lambda s: Saying.YELLOW_AGAIN.said(months=s.yellow_months + 1),
    ),
    Step(
        "yellow",
        lambda s: s.is_high(s.rules.yellow_times, s.rules.yellow_p),
        lambda s: _against_the_district(Saying.RATE, s),
    ),
    Step(
        "yellow",
        lambda s: s.largest_loss >= s.rules.major_loss_yuan,
        lambda s: Saying.MAJOR_LOSS.said(wan=f"{s.largest_loss / 10_000:.2f}"),
    ),
    Step("yellow", lambda s: bool(s.overdue), lambda s: Saying.OVERDUE.said(owed="、".join(s.overdue))),
)


def _is_yellow(s: Standing) -> bool:
    return any(one.holds(s) for one in LADDER if one.colour == "yellow")


def colour(standing: Standing) -> tuple[str, list[str]]:
    """(colour, every reason of that colour)."""
    held = [one for one in LADDER if one.holds(standing)]
    if not held:
        return "green", []
    found = max((one.colour for one in held), key=COLOURS.index)
    return found, [one.reason(standing) for one in held if one.colour == found]


# -- what follows ----------------------------------------------------------------------------------------


class Due(NamedTuple):
    """What a listed town owes. ``by`` is None where people decide the day; ``proposal``: only they decide at all."""

    kind: str
    title: str
    by: date | None
    proposal: bool = False


def publication(month: date, rules: Rules) -> date:
    """The day on which the list of a month (its first day) is to be published."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=rules.published_on)


def dues(found: str, *, published: date, red_months: int, rules: Rules) -> list[Due]:
    """``published``: the day from which the time runs; ``red_months``: red ones of the last twelve, this one included."""
    if found == "green":
        return []
    plan = Due("plan", "报送整改方案", after_working_days(published, rules.plan_working_days))
    if found == "yellow":
        return [Due("advisory_letter", "发提示函", published), plan]
    owed = [
        Due("supervision_order", "挂牌并发督办单", published),
        plan,
        Due("report", "报送整改报告", published + timedelta(days=rules.report_days)),
        Due("talk_deputy", "约谈分管负责人", None),
    ]
    if red_months >= 2:
        owed.append(Due("talk_principal", "约谈主要负责人", None))
    if red_months >= 3:
        owed.append(Due("veto_proposal", "向平安办提出一票否决建议，由平安办决定", None, proposal=True))
    return owed


def after_working_days(day: date, count: int) -> date:
    """So many days later without Saturdays and Sundays. Public holidays move each year by order and aren't known here.

    >>> after_working_days(date(2021, 7, 2), 3)  # a Friday
    datetime.date(2021, 7, 7)
    """
    while count:
        day += timedelta(days=1)
        count -= day.isoweekday() <= 5
    return day


class Lift(NamedTuple):
    """Whether a listing may be lowered, to what, and what is still missing. Two persons sign; it never lifts itself."""

    to: str | None
    missing: list[str]


def may_lift(
    listed: str,
    *,
    listing_cases: int,
    months: list[tuple[int, float, float]],
    report_accepted: bool,
    days_without_case: int = 0,
    rules: Rules = VERSIONS[0],
) -> Lift:
    """``months``: (cases, rate, district rate) of each month since the listing, in order.

    Red to yellow after one good month and an accepted report; to green after two good months running or five weeks
    without a case, with the report too. Good: below 1.2 times the district's rate and a fifth fewer cases than in the
    month of the listing.

    >>> may_lift("red", listing_cases=10, months=[(8, 1.5, 1.4)], report_accepted=True)
    Lift(to='yellow', missing=[])
    >>> may_lift("red", listing_cases=10, months=[(9, 1.5, 1.4)], report_accepted=True).missing
    ['案件比挂牌月少两成（9 起，须不多于 8 起）']
    """
    if not months:
        return Lift(None, ["挂牌后满一个月"])
    missing = _missing(months[-1], listing_cases, rules)
    if not report_accepted:
        missing.append("整改报告通过验收")
    running = 0
    for one in reversed(months):
        if _missing(one, listing_cases, rules):
            break
        running += 1
    if report_accepted and (running >= rules.lift_months or days_without_case >= rules.star_days):
        return Lift("green", [])
    if missing:
        return Lift(None, missing)
    return (
        Lift("yellow", [])
        if listed == "red"
        else Lift(None, [Saying.MONTHS_TO_REACH.said(months=rules.lift_months)])
    )


def _missing(month: tuple[int, float, float], listing_cases: int, rules: Rules) -> list[str]:
    cases, rate, district_rate = month
    found = []
    if rate >= rules.lift_times * district_rate:
        found.append(
            Saying.RATE_TO_REACH.said(
                times=f"{rules.lift_times:g}", rate=f"{rate:.2f}", district=f"{district_rate:.2f}"
            )
        )
    most = int(listing_cases * (1 - rules.fall) + 1e-9)
    if cases > most:
        found.append(Saying.CASES_TO_REACH.said(cases=cases, most=most))
    return found
