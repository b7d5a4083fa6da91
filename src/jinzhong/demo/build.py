"""Building the demo: five months lived through in the order of their time, and today up to the present hour.

Everything happens in one transaction, so that a build that is cut off leaves nothing behind and the next start builds
again; the passwords are written down just before it commits.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial

from django.db import transaction

from jinzhong import clock, flow
from jinzhong.audit import queries as audit
from jinzhong.bulletin import operations as bulletin
from jinzhong.bulletin import queries as bulletins
from jinzhong.bulletin import sending
from jinzhong.config import instance
from jinzhong.demo import cases, episodes, fenghua, numbers, papers, sheets
from jinzhong.demo.fenghua import BY
from jinzhong.demo.play import Player
from jinzhong.demo.staff import PLAYED_OUTLET, Roster, Staff, chief_of
from jinzhong.demo.timeline import Timeline
from jinzhong.district import operations as district
from jinzhong.district import queries as places
from jinzhong.district.permissions import Role
from jinzhong.review import operations as review
from jinzhong.review import queries as listings
from jinzhong.situation import board
from jinzhong.situation import operations as situation
from jinzhong.situation.periods import add_months

EVE = datetime(2020, 12, 28, 9, tzinfo=clock.ZONE)
"""When the district was entered."""
ACCOUNTS = "demo-accounts.json"
SHEET_AT = timedelta(minutes=30)
LISTED_AT = timedelta(days=1, hours=9)
HANDED_IN = "已办，材料存反诈办（演示数据）。"
BULLETIN_AT = timedelta(hours=8, minutes=30)
CITY_AT = timedelta(minutes=40)
NUMBERS_AT = timedelta(hours=6)
BULLETINS = 7
"""So many days before today have an issued bulletin."""
RECEIVERS = ("bank-01", PLAYED_OUTLET[1], numbers.OPERATOR)
ROSTERED = timedelta(days=7)
"""So far back the roster is whole; before, it tells who could be sent when something happened."""
CITY = {1: 2296, 2: 1874, 3: 2611, 4: 2748, 5: 2424}
"""Cases of the whole city: 11,953, of which 557 are the printed 4.66 %; the months are invented."""
NOTES = (
    "两条预警未办结，已交下一班跟进；网点前哨测试正常。",
    "不听劝的一位客户，下一班十点前再上门一次。",
    "日报已核；夜间热线三通，均为咨询。",
)


DONE = "已会商；网格员到重点村（社区）入户提醒，小喇叭换播案例。"


class Refused(Exception):
    """The importer refused a row of our own sheets: a defect of the demo."""


def is_built() -> bool:
    """Whether the demo stands in the database. Raises BadInstance where it stands without its accounts, or another's does."""
    if places.unit("office") is None:
        if places.accounts().exists():
            raise instance.BadInstance(
                "the database holds the accounts of another instance; give the demo its own"
            )
        return False
    if not (instance.data_folder() / ACCOUNTS).exists():
        raise instance.BadInstance(
            f"{instance.data_folder()} lacks {ACCOUNTS}; remove this demo's folder and start again"
        )
    return True


def passwords() -> dict[str, str]:
    """The accounts that can be logged in to, and their passwords."""
    return dict(json.loads((instance.data_folder() / ACCOUNTS).read_text("utf-8")))


def newest() -> datetime | None:
    """When the newest event was recorded."""
    found = audit.newest_time()
    return found.astimezone(clock.ZONE) if isinstance(found, datetime) else None


@transaction.atomic
def build(now: datetime) -> None:
    """Build everything up to ``now``."""
    _tell("the district: 12 towns, 21 banks, 146 outlets, 23 police and 6 cadres")
    fenghua.lay_out(at=EVE)
    chosen = Staff(EVE).appoint()
    _receivers()
    line, roster = Timeline(), Roster()
    told = _sheets(line, now)
    _duty(line, roster, now)
    warned = _episodes(line, roster, now)
    _city(line, now)
    _listings(line, now)
    papers.plan(line)
    line.at(min(clock.DEMO_DAY + NUMBERS_AT, now), numbers.bring)
    _bulletins(line, now)
    _tell(f"{told} case sheets and {warned} alerts, in the order in which they came")
    line.run(until=now)
    roster.roll_on(now=now)
    instance.replace_file(instance.data_folder() / ACCOUNTS, json.dumps(chosen, indent=1))


def go_on(now: datetime) -> None:
    """A later start: write the roster on, issue the bulletins that fell due while nobody was there."""
    Roster().roll_on(now=now)
    _issue_due(now)


def is_morning_between(since: datetime, until: datetime) -> bool:
    """Whether half past eight of some day, when the bulletin goes out, lies in between: since < t <= until."""
    return (since - BULLETIN_AT).date() < (until - BULLETIN_AT).date()


def _tell(text: str) -> None:
    print(f"· {text}", file=sys.stderr, flush=True)


# -- what is to happen ------------------------------------------------------------------------------------


def _sheets(line: Timeline, now: datetime) -> int:
    """Each day's sheet comes in at half past midnight. Returns how many."""
    days: dict[date, list[cases.DemoCase]] = defaultdict(list)
    for one in cases.plan():
        days[one.learned_on].append(one)
        if one.cleared_on:
            days[one.cleared_on].append(one.solved())
    for day, rows in days.items():
        line.at(_next_morning(day, SHEET_AT, now), partial(_import, day, rows))
    return len(days)


def _next_morning(day: date, after: timedelta, now: datetime) -> datetime:
    """Some time after the midnight that ends a day; a demo started in between doesn't wait for it."""
    ended = clock.midnight(day + timedelta(days=1))
    return min(ended + after, max(now, ended))


def _import(day: date, rows: list[cases.DemoCase], at: datetime) -> None:
    name, content = sheets.of_day(day, rows)
    done = flow.import_cases(source=content, name=name, by="office", now=at)
    if done.sheet.rejected:
        raise Refused(f"{name}: {done.sheet.rejected[0]}")


def _episodes(line: Timeline, roster: Roster, now: datetime) -> int:
    """Alerts come when they come; whoever has the shift is on the roster by then. Returns how many."""
    people = {one.username: one for one in places.accounts()}
    player = Player(line, people, {one.code for one in places.towns()})
    planned = episodes.plan(now)
    for one in planned:
        _rostered(line, roster, one.at, is_past=one.at < now - ROSTERED)
        player.prepare(one)
    return len(planned)


def _rostered(line: Timeline, roster: Roster, moment: datetime, *, is_past: bool = False) -> None:
    since, _until, _kind = places.shift_window(moment)
    line.at(since, lambda at: roster.write(at, at=at, is_past=is_past))


def _duty(line: Timeline, roster: Roster, now: datetime) -> None:
    """The roster of the last days is whole, and each shift left a note for the next."""
    for since in _shifts(now - ROSTERED, now):
        _rostered(line, roster, since)
        line.at(since + timedelta(hours=7, minutes=50), _hand_over)


def _shifts(since: datetime, until: datetime) -> Iterator[datetime]:
    moment, _end, _kind = places.shift_window(since)
    while moment <= until:
        yield moment
        moment += timedelta(hours=8)


def _hand_over(at: datetime) -> None:
    shift, chief = places.shift_at(at), places.account(chief_of(at))
    assert shift is not None
    assert chief is not None
    district.hand_over(shift=shift, note=NOTES[at.toordinal() % len(NOTES)], by=chief, at=at)


def _city(line: Timeline, now: datetime) -> None:
    """What the city counted comes after the month; of the month that runs, up to the day before."""
    for number, count in CITY.items():
        last = min(date(2021, number + 1, 1) - timedelta(days=1), cases.LAST_DAY)
        line.at(
            _next_morning(last, CITY_AT, now),
            partial(_tell_city, date(2021, number, 1), count),
        )


def _tell_city(month: date, count: int, at: datetime) -> None:
    situation.record_city_count(month=month, cases=count, source="演示数据：市反诈中心月报", by=BY, at=at)


def _receivers() -> None:
    """The bank, the outlet and the operator that can be logged in to are sent the weekly."""
    office = places.account("office")
    assert office
    for code in RECEIVERS:
        unit = places.unit(code)
        assert unit
        sending.set_receiver(to=unit, kinds=["weekly"], by=office, now=EVE)


def _listings(line: Timeline, now: datetime) -> None:
    """The list of each month is published on the 2nd; the towns hand in what they owe, the inspector accepts it."""
    for number in CITY:
        month = date(2021, number, 1)
        line.at(clock.midnight(add_months(month, 1)) + LISTED_AT, partial(_list, line, month))


def _list(line: Timeline, month: date, at: datetime) -> None:
    office = places.account("office")
    assert office
    made = review.publish(month=month, by=office, now=at)
    for one in listings.owed(made):
        if one.due_on:
            line.at(clock.midnight(one.due_on) + timedelta(hours=10), partial(_hand_in, one))


def _hand_in(one: "listings.Obligation", at: datetime) -> None:
    people = {(each.role, each.town_id): each for each in places.accounts()}
    own = one.kind in listings.ACCEPTED
    by = people[Role.TOWN, one.standing.town_id] if own else places.account("office")
    inspector = places.account("inspector")
    assert by
    assert inspector
    done = review.do(obligation=one, text=HANDED_IN, by=by, now=at)
    if own:
        review.accept(obligation=done, by=inspector, now=at)


def _bulletins(line: Timeline, now: datetime) -> None:
    for back in range(BULLETINS, -1, -1):
        line.at(clock.midnight(now.date() - timedelta(days=back)) + BULLETIN_AT, _issue_due)


def _issue_due(now: datetime) -> None:
    """Issue the bulletins of the last days that are not out yet; yesterday's goes out at half past eight."""
    office = places.account("office")
    signed = bulletins.signature(office) if office else BY
    newest_due = (now - BULLETIN_AT).date() - timedelta(days=1)
    for back in range(BULLETINS - 1, -1, -1):
        day = newest_due - timedelta(days=back)
        if day >= cases.LAST_DAY - timedelta(days=BULLETINS) and bulletins.issued("daily", day) is None:
            bulletin.issue(kind="daily", day=day, by="office", signed=signed, now=now)
    _respond_due(now)
    for kind in ("weekly", "monthly"):
        _issue_last(kind, newest_due, now)


def _respond_due(now: datetime) -> None:
    """On the morning of its last day the office tells what was done about a yellow town; about a graver one a week later."""
    office, newest = places.account("office"), board.last_week(now.date())
    if office is None:
        return
    for week in (newest, board.last_week(newest.since)):
        for one in board.board(week, viewer=None, as_of=now).lines:
            is_time = one.due and now.date() >= (one.due - timedelta(days=1)).date()
            if is_time and not one.responses and (week != newest or one.alarm.colour == "yellow"):
                situation.respond(week=week.since, town=one.town, text=DONE, by=office, at=now)


def _issue_last(kind: str, newest_due: date, now: datetime) -> None:
    """Issue the newest week or month that is over: the office puts it forward, the leader signs."""
    last = bulletins.last_over(kind, newest_due)
    leader = places.account("office_leader_1")
    office = places.account("office")
    if leader is None or office is None or last > cases.LAST_DAY or bulletins.issued(kind, last):
        return
    bulletin.submit(kind=kind, day=last, by=office.username, signed=bulletins.signature(office), now=now)
    bulletin.issue(kind=kind, day=last, by=leader.username, signed=bulletins.signature(leader), now=now)
