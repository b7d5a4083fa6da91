"""Whom the listed numbers talk to now: told beside the live list, a line when one is listed and whenever somebody gets in deeper.

Worked out from the watch's own ledgers, by the same patterns as of a day's list (``evaluate.reached``).
"""

import json
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from jinzhong_engine.backends.live import Live
from jinzhong_engine.evaluate.reached import BANKS, LONG_SECONDS, OFFICIAL, Contact, Resident, of_contacts
from jinzhong_engine.features.windows import WEEK
from jinzhong_engine.models.watch import ListFile, in_china

DEPTH = {"shallow": 1, "medium": 2, "deep": 3}
DEEPEST = max(DEPTH, key=DEPTH.__getitem__)
CHECKS = OFFICIAL | BANKS


class People:
    """``told``: how deep each resident is in, as was told since their number was listed; ``since``: when it was, None where the watch took up
    telling of people later. A number that left and is listed anew is told of anew.

    A line: ``number, since, at, person, pattern, was, talks, seconds, last``; ``was``: the pattern told before, null the first time.
    """

    def __init__(self, out: Path, *, is_resident: Callable[[str], bool]) -> None:
        self.out, self._is_resident = ListFile(out), is_resident
        self.since: dict[str, int | None] = {}
        self.told: dict[str, dict[str, str]] = {}
        self._fresh: set[str] = set()

    def changed(self, number: str, enters: bool, moment: int) -> None:
        """A number came to be listed at this moment, or no longer is."""
        if enters:
            self.since[number], self.told[number] = moment, {}
            self._fresh.add(number)
        else:
            del self.since[number], self.told[number]
            self._fresh.discard(number)

    def look(self, live: Live, events: pa.Table, moment: int) -> list[str]:
        """What is to be told after these events, by number and resident: the same again after a crash."""
        touched = self._touched(events)
        for number in self._fresh:
            touched[number] = None
        self._fresh = set()
        ids = live.ids_of(sorted({*touched, *(other for some in touched.values() for other in some or ())}))
        return [
            self._line(number, one, moment)
            for number in sorted(touched)
            for one in self._of(live, number, touched[number], ids, moment)
            if DEPTH[one.pattern] > DEPTH.get(self.told[number].get(one.number, ""), 0)
        ]

    def notes(self) -> dict[str, Any]:
        """For the watch's mark."""
        return {"bytes": self.out.written, "since": self.since, "told": self.told}

    def stand(self, notes: dict[str, Any] | None, listed: list[str]) -> None:
        """Where the mark says; a mark that knows of no people has these numbers on the list, and all of theirs are still to be told."""
        self.out.stand(notes["bytes"] if notes else None)
        self.since = notes["since"] if notes else dict.fromkeys(listed)
        self.told = notes["told"] if notes else {number: {} for number in listed}
        self._fresh = set() if notes else set(listed)

    def _touched(self, events: pa.Table) -> dict[str, set[str] | None]:
        """By listed number the others who talked with it or, being in touch with it, called somebody who helps to check; None: all."""
        if not self.since:
            return {}
        listed = pa.array(list(self.since), pa.string())
        pairs = defaultdict[str, set[str]](set)
        for number, other in (*_rows(events, "caller", listed), *_rows(events, "callee", listed)):
            pairs[number].add(other)
        for _line, caller in _rows(events, "callee", pa.array(sorted(CHECKS))):
            for number, told in self.told.items():
                if caller in told:
                    pairs[number].add(caller)
        return dict(pairs)

    def _of(
        self, live: Live, number: str, others: set[str] | None, ids: dict[str, int], moment: int
    ) -> list[Resident]:
        """The residents among these (None: all) whom the number got hold of in the week before the moment, and who may be in deeper than was
        told, by number."""
        told = self.told[number]

        def may_be_told(other: str) -> bool:
            return other not in self.since and told.get(other) != DEEPEST and self._is_resident(other)

        among = None if others is None else [ids[other] for other in others]
        made, received = live.talks_of(ids[number], moment - WEEK, moment, among, may_be_told)
        between = defaultdict[str, list[Contact]](list)
        for at, other, seconds in made:
            between[other].append(Contact(at, seconds, "called"))
        for at, other, seconds in received:
            between[other].append(Contact(at, seconds, "calls_back"))
        found = []
        for other, its in sorted(between.items()):
            is_long = any(one.seconds >= LONG_SECONDS for one in its)  # whom they then asked counts
            found.append(of_contacts(other, its, _checks(live, other, moment) if is_long else []))
        return [one for one in found if one]

    def _line(self, number: str, one: Resident, moment: int) -> str:
        was, since = self.told[number].get(one.number), self.since[number]
        self.told[number][one.number] = one.pattern
        line = {
            "number": number, "since": None if since is None else in_china(since - 1).isoformat(),
            "at": in_china(moment - 1).isoformat(), "person": one.number, "pattern": one.pattern, "was": was,
            "talks": one.talks, "seconds": one.seconds, "last": in_china(one.last_at).isoformat(),
        }  # fmt: skip
        return json.dumps(line, ensure_ascii=False)


def _checks(live: Live, resident: str, moment: int) -> list[Contact]:
    made, _received = live.calls_of(resident, moment - WEEK, moment)
    return [
        Contact(at, seconds, "calls_bank" if other in BANKS else "asks_official")
        for at, other, seconds in made
        if other in CHECKS
    ]


def _rows(events: pa.Table, side: str, wanted: pa.Array) -> list[tuple[str, str]]:
    """(the one on this side, the other) of the events in which this side is a wanted one."""
    found = events.filter(pc.is_in(pc.cast(events[side], pa.string()), value_set=wanted))
    other = "callee" if side == "caller" else "caller"
    return list(zip(found[side].to_pylist(), found[other].to_pylist(), strict=True))
