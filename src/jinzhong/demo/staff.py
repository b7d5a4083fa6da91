"""The people of the demo: accounts, who is on duty in each shift, which cadre sits in this week.

One account per role can be logged in to; everybody else is simulated and has no password.
"""

import random
from datetime import date, datetime, timedelta
from typing import NamedTuple

from jinzhong.demo import names
from jinzhong.demo.fenghua import BY, MEMBERS, PLACES, SEED, STATIONS, outlets
from jinzhong.district import operations as district
from jinzhong.district import queries
from jinzhong.district.models import Account, Duty, Role, Shift, Unit

GROUPS = 4
"""四班三运转: four groups take the three shifts of a day in turn."""
LARGE = {1, 2, 3, 9}
"""Stations that have three officers on patrol in each shift; the others have two."""
SEATS, HOTLINES, CHIEFS, LEADERS = 9, 6, 4, 2
"""With the two that can be logged in to, 23 police at the office."""
WEEK = timedelta(days=7)
FIRST_WEEK = date(2020, 12, 28)
ROSTER_DAYS = 8
"""So far ahead the roster is written, each time the demo starts and each morning while it runs."""


class Played(NamedTuple):
    """An account that can be logged in to."""

    username: str
    role: Role
    unit: str = ""
    town: str = ""


HOME = "330213002"
PLAYED_OUTLET = ("outlet", next(one.code for one in outlets() if one.town == HOME))
PLAYED = (
    Played("office", Role.ANTI_FRAUD_OFFICE, "office"),
    Played("leader", Role.ANTI_FRAUD_OFFICE, "office"),
    Played("hotline", Role.HOTLINE, "office"),
    Played("officer", Role.STATION_OFFICER, "station-02"),
    Played(PLAYED_OUTLET[0], Role.OUTLET, PLAYED_OUTLET[1]),
    Played("bank", Role.BANK_HEAD, "bank-01"),
    Played("town", Role.TOWN, "town-office-02", HOME),
    Played("grid", Role.GRID_WORKER, "town-office-02", HOME),
    Played("operator", Role.OPERATOR, "operator-1"),
    Played("inspector", Role.INSPECTOR, "member-1"),
    Played("auditor", Role.AUDITOR, "office"),
    Played("admin", Role.ADMINISTRATOR, "office"),
    Played("citizen", Role.CITIZEN),
)
"""One account per role, and in the office two, for what one person may not do alone. Outlet and officer are neighbours in 岳林, so that one alert goes round."""


class Staff:
    """Appoints people, each with a name that is nobody's."""

    def __init__(self, at: datetime):
        self.at = at
        self.dice = random.Random(SEED + 1)
        self.units = {unit.code: unit for unit in Unit.objects.select_related("town")}
        self.passwords: dict[str, str] = {}

    def appoint(self) -> dict[str, str]:
        """Add everybody; returns the passwords of those who have one."""
        for one in PLAYED:
            self._played(one)
        for name, role, count in (
            ("office_leader", Role.ANTI_FRAUD_OFFICE, LEADERS),
            ("office_chief", Role.ANTI_FRAUD_OFFICE, CHIEFS),
            ("office_seat", Role.ANTI_FRAUD_OFFICE, SEATS),
            ("office_hotline", Role.HOTLINE, HOTLINES),
        ):
            for number in range(1, count + 1):
                self._add(f"{name}_{number}", role, self.units["office"])
        self._add_cadres()
        self._add_officers()
        self._add_tellers()
        for number, place in enumerate(PLACES, 1):
            if place.code == HOME:
                continue
            self._add(
                f"town_{number:02d}", Role.TOWN, self.units[f"town-office-{number:02d}"], town_id=place.code
            )
        return self.passwords

    def _played(self, one: Played) -> None:
        self.passwords[one.username] = names.password()
        self._add(
            one.username, one.role, self.units.get(one.unit), password=self.passwords[one.username], town_id=one.town or None,
            simulated=False, staff_no="217" if one.role == Role.STATION_OFFICER else "",
        )  # fmt: skip

    def _add(
        self, username: str, role: str, unit: Unit | None, *, password: str | None = None, simulated: bool = True, **rest: object
    ) -> Account:  # fmt: skip
        return district.add_account(
            username=username, password=password, role=role, unit=unit, name=names.name(self.dice),
            simulated=simulated, by=BY, at=self.at, **rest,
        )  # fmt: skip

    def _add_cadres(self) -> None:
        """Six member units send a cadre each; they sit in for a week in turn."""
        for number in range(1, len(MEMBERS) + 1):
            unit = self.units[f"member-{number}"]
            cadre = (
                queries.account("inspector")
                if number == 1
                else self._add(f"cadre_{number}", Role.INSPECTOR, unit)
            )
            assert cadre
            since = FIRST_WEEK + (number - 1) * WEEK
            while since < date(2021, 7, 1):
                district.second(
                    account=cadre, sent_by=unit, since=since, until=since + WEEK, by=BY, at=self.at
                )
                since += len(MEMBERS) * WEEK

    def _add_officers(self) -> None:
        """Their numbers stand behind the played officer's, who is asked first where all are equally near."""
        for station in range(1, len(STATIONS) + 1):
            for number in range(1, GROUPS * patrol(station) + 1):
                self._add(
                    f"officer_{station:02d}_{number}", Role.STATION_OFFICER, self.units[f"station-{station:02d}"],
                    staff_no=f"{300 + station * 10 + number}",
                )  # fmt: skip

    def _add_tellers(self) -> None:
        for plan in outlets():
            if plan.code == PLAYED_OUTLET[1]:
                continue
            self._add(f"teller_{plan.code[-3:]}", Role.OUTLET, self.units[plan.code])


def group_of(moment: datetime) -> int:
    """Which of the four groups has the shift in which ``moment`` lies.

    >>> from jinzhong.clock import DEMO_DAY
    >>> [group_of(DEMO_DAY + timedelta(hours=hours)) for hours in (0, 7, 8, 16, 24)]
    [2, 2, 3, 0, 1]
    """
    return ((moment.date() - FIRST_WEEK).days * 3 + moment.hour // 8) % GROUPS


def patrol(station: int) -> int:
    """How many officers of a station are on patrol in each shift."""
    return 3 if station in LARGE else 2


def chief_of(moment: datetime) -> str:
    """Username of the duty chief of a shift."""
    return f"office_chief_{group_of(moment) + 1}"


def posts(moment: datetime, *, is_past: bool = False) -> list[tuple[str, str, str]]:
    """(username, post, seat) of everybody on duty in the shift in which ``moment`` lies; of one long past, fewer."""
    group, day = group_of(moment), (moment.date() - FIRST_WEEK).days
    cadre = day // WEEK.days % len(MEMBERS) + 1
    patrols: list[tuple[str, str, str]] = [
        (f"officer_{station:02d}_{group * patrol(station) + number}", Duty.Post.PATROL, "")
        for station in range(1, len(STATIONS) + 1)
        for number in range(1, patrol(station) + (0 if is_past else 1))
    ]
    leading: list[tuple[str, str, str]] = [
        (f"office_leader_{day % LEADERS + 1}", Duty.Post.LEADER, ""),
        (chief_of(moment), Duty.Post.CHIEF, ""),
    ]
    seats: list[tuple[str, str, str]] = [
        ("office", Duty.Post.SEAT, "1"),
        ("hotline", Duty.Post.SEAT, "2"),
        (f"office_seat_{group * 2 + 1}", Duty.Post.SEAT, "3"),
        (f"office_seat_{group * 2 + 2}", Duty.Post.SEAT, "4"),
        (f"office_hotline_{group + 1}", Duty.Post.SEAT, "5"),
        ("inspector" if cadre == 1 else f"cadre_{cadre}", Duty.Post.CADRE, ""),
        ("officer", Duty.Post.PATROL, ""),
    ]
    return leading + patrols + ([] if is_past else seats)


class Roster:
    """Writes the roster of shifts, each once."""

    def __init__(self) -> None:
        self.people = {one.username: one for one in Account.objects.all()}
        self.written: set[datetime] = set(
            Shift.objects.filter(duties__isnull=False).values_list("since", flat=True)
        )

    def write(self, moment: datetime, *, at: datetime, is_past: bool = False) -> None:
        """Put everybody on duty for the shift in which ``moment`` lies."""
        since, _until, _kind = queries.shift_window(moment)
        if since in self.written:
            return
        self.written.add(since)
        shift = district.open_shift(moment=moment, by=BY, at=at)
        for username, post, seat in posts(moment, is_past=is_past):
            district.assign(shift=shift, account=self.people[username], post=post, by=BY, at=at, seat=seat)

    def roll_on(self, *, now: datetime) -> None:
        """Write the shifts from the present one on, a week ahead."""
        since, _until, _kind = queries.shift_window(now)
        for number in range(ROSTER_DAYS * 3):
            self.write(since + number * timedelta(hours=8), at=now)
