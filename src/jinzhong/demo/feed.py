"""The demo's life: a synthetic world replayed through the doors that everybody uses, on the demo's clock, however fast it runs.

Its tellers press the key and officers go, through the API; its cases come in each night as a sheet, through the importer. Officers
find what is true in that world. When nobody comes for a while somebody is invented, so that there is always something to see. Run as ``python -m jinzhong.demo.feed URL``. It acts on the demo's clock, as accounts that are marked simulated, with a
token each and a key for every write; a write that got no answer is sent again under its key. 岳林 is left to whoever is
trying the demo: nobody presses there, and an order from there is taken over only when it was left alone for ten minutes.
"""

import contextlib
import heapq
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinzhong.demo.api import Api
    from jinzhong.demo.episodes import Teller
    from jinzhong.demo.replay import Press

LONGEST_QUIET = timedelta(minutes=6)
"""Then somebody is invented."""
FIRST_PRESS = timedelta(seconds=20)
PRESSED_EMPTY = 0.25
"""So many tellers press first and write later."""
LOOK_EVERY = timedelta(seconds=45)
LEFT_ALONE = timedelta(minutes=10)
LATE_SIGN, LATE_DOOR = 0.12, 0.15
OUTCOMES = {
    "dissuaded": 46, "false_alarm": 30, "already_transferred": 10, "does_not_match": 10, "not_found": 2, "refused": 2,
}  # fmt: skip
EVIDENCE = ("counter_cancelled", "counter_cancelled", "reversed", "document_seen", "stated")
STEPS = {"waiting": "sign", "signed": "depart", "on_the_way": "arrive", "at_the_door": "close"}
LONGEST_PAUSE, SHORTEST_PAUSE = 1.0, 0.05


class Feed:
    """What the simulated people will do next, by the demo's clock."""

    def __init__(
        self, api: "Api", *, now: datetime, dice: random.Random, played: set[str], home: str, coming: "Iterator[Press]",
        import_cases: Callable[[datetime], datetime],
    ):  # fmt: skip
        """``coming``: what tellers will raise; ``import_cases`` tells the cases of ended days, and when to ask again."""
        self.api, self.dice, self.played, self.home = api, dice, played, home
        self.teller = self._teller()
        self.followed: set[str] = set()
        self.true_outcome: dict[str, str] = {}
        self.coming = (one for one in coming if one.town != home)
        self.next = next(self.coming)
        self.import_cases = import_cases
        self._waiting: list[tuple[datetime, int, Callable[[datetime], None]]] = []
        self._count = count()
        self._at(now, self.look)
        self._at(now + FIRST_PRESS, self.press)
        self._at(now, self.tell_cases)

    def _teller(self) -> "Teller":
        """Invents customers with numbers that the built demo doesn't use."""
        from jinzhong.demo.episodes import Teller

        teller = Teller(self.dice)
        teller.count = self.dice.randrange(1000, 4000)
        return teller

    def _at(self, moment: datetime, do: Callable[[datetime], None]) -> None:
        heapq.heappush(self._waiting, (moment, next(self._count), do))

    def _after(self, now: datetime, seconds: float, do: Callable[[datetime], None]) -> None:
        self._at(now + timedelta(seconds=seconds), do)

    def turn(self, now: datetime) -> datetime:
        """Do what is due; returns when the next thing is."""
        while self._waiting[0][0] <= now:
            _, _, do = heapq.heappop(self._waiting)
            do(now)
        return self._waiting[0][0]

    # -- tellers --------------------------------------------------------------------------------------

    def press(self, now: datetime) -> None:
        """A teller presses the key: one of the world, if it is time, else somebody invented."""
        if self.next.at <= now:
            one, self.next = self.next, next(self.coming)
            self._press(one.given, one.by, one.outcome, now)
        else:
            told = self.teller.alert(now, played=False, outside=self.home)
            self._press(told.given, told.by, "", now)
        self._at(max(min(self.next.at, now + LONGEST_QUIET), now + FIRST_PRESS), self.press)

    def _press(self, given: dict[str, Any], by: str, outcome: str, now: datetime) -> None:
        """One in four writes the rest a minute later."""
        first = {"signs": given["signs"]} if self.dice.random() < PRESSED_EMPTY else given
        answer = self.api.write("POST", "/alerts", first, as_=by)
        if answer is None:
            return
        if first is not given:
            self._after(
                now, self.dice.uniform(30, 80), partial(self._amend, f"/alerts/{answer['alert']}", given, by)
            )
        if answer["order"]:
            if outcome:
                self.true_outcome[answer["order"]] = outcome
            self._follow(answer["order"], now)

    def _amend(self, path: str, given: dict[str, Any], by: str, now: datetime) -> None:
        self.api.write("PATCH", path, given, as_=by)

    def tell_cases(self, now: datetime) -> None:
        """The sheets of the days that ended come in; then again in the night."""
        self._at(self.import_cases(now), self.tell_cases)

    # -- officers -------------------------------------------------------------------------------------

    def look(self, now: datetime) -> None:
        """The desk looks for orders that nobody of us follows and somebody should."""
        self._at(now + LOOK_EVERY, self.look)
        for one in self.api.open_warnings():
            order = one["order"]
            is_old = datetime.fromisoformat(one["opened_at"]) < now - LEFT_ALONE
            if order and order["state"] != "closed" and (one["town"] != self.home or is_old):
                self._follow(order["id"], now)

    def _follow(self, order: str, now: datetime) -> None:
        if order not in self.followed:
            self.followed.add(order)
            is_late = self.dice.random() < LATE_SIGN
            seconds = self.dice.uniform(75, 200) if is_late else self.dice.uniform(8, 45)
            self._after(now, seconds, partial(self._go_on, order))

    def _go_on(self, order: str, now: datetime) -> None:
        """The next step of an order, by whoever has it; then note when the one after that is due."""
        found = self.api.order(order)
        if found is None or found["state"] not in STEPS:
            return
        step, officer = STEPS[found["state"]], self._officer(found)
        if officer is None:
            self.followed.discard(order)  # only played accounts were asked: look again later
            return
        report = self._report(found, officer) if step == "close" else {}
        if self.api.write("POST", f"/orders/{order}/{step}", report, as_=officer) is not None:
            self._after(now, self._seconds(step), partial(self._go_on, order))

    def _officer(self, found: dict[str, Any]) -> str | None:
        """Who signed, else the first who was asked, or after an escalation the last."""
        asked = [one for one in found["officers"] if one["username"] not in self.played]
        signed = [one for one in asked if one["signed_at"]]
        if not asked:
            return None
        return str((signed or asked)[-1 if found["escalations"] and not signed else 0]["username"])

    def _seconds(self, step: str) -> float:
        """How long from this step to the next."""
        if step == "depart":
            return (
                self.dice.uniform(290, 700) if self.dice.random() < LATE_DOOR else self.dice.uniform(70, 210)
            )
        return self.dice.uniform(*{"sign": (12, 45), "arrive": (360, 1200)}.get(step, (30, 60)))

    def _report(self, found: dict[str, Any], officer: str) -> dict[str, Any]:
        invented = self.dice.choices(list(OUTCOMES), list(OUTCOMES.values()))[0]
        outcome = self.true_outcome.pop(found["id"], invented)
        amount = self.api.amount(found["warning"])
        met = [one["username"] for one in found["officers"]][:2] if outcome != "not_found" else []
        report: dict[str, Any] = {
            "outcome": outcome,
            "met_by": met or [officer],
            "note": "模拟反馈（演示数据）",
        }
        if outcome == "dissuaded" and amount:
            report |= {"amount_protected": amount, "evidence": self.dice.choice(EVIDENCE)}
        return report


def main(url: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jinzhong.config.settings")
    import django

    django.setup()
    from jinzhong import clock
    from jinzhong.demo import replay
    from jinzhong.demo.api import Api
    from jinzhong.demo.staff import HOME, PLAYED

    played = {one.username for one in PLAYED}
    now = clock.now()
    feed = Feed(
        Api(url), now=now, dice=random.Random(), played=played, home=HOME, coming=replay.presses(now),
        import_cases=replay.import_cases,
    )  # fmt: skip
    while True:
        following = feed.turn(clock.now())
        seconds = (following - clock.now()).total_seconds() / clock.rate()
        time.sleep(min(LONGEST_PAUSE, max(SHORTEST_PAUSE, seconds)))


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main(sys.argv[1])
