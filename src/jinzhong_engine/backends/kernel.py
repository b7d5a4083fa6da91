"""The native executor's heart: all features of one number from its own stretch of each ledger, in one pass.

Only whole numbers are summed and every division comes last, so a value depends on the set of events and on nothing else:
not on the order of calls within a microsecond, on threads, or on whether the number was met in a batch or live.
"""

import math
from collections import namedtuple
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from jinzhong_engine.backends.ledger import FORWARDED, INTERNATIONAL
from jinzhong_engine.features.catalogue import NAMES
from jinzhong_engine.features.windows import (
    DAY,
    HOUR,
    LOOKBACK,
    MONTH,
    MOST_ON_HANDSET,
    NIGHT_FROM,
    NIGHT_UNTIL,
    SHANGHAI,
    SHORT_SECONDS,
    WEEK,
)

_named: Any = namedtuple  # mypy wants the names spelt out, and the catalogue is the one list of them
Row = _named("Row", NAMES)
WIDTH = len(NAMES)
NULL = math.nan


MET = np.dtype([("turn", "i8"), ("slot", "i8")])
"""What is noted of a number met while another's events are gone through: side by side, since each look costs a way through memory."""

SLOT = np.dtype([("mark", "i8"), ("calls", "i4"), ("first", "i4"), ("last", "i4"), ("last_answered", "i4")])
"""One party of the present number. ``mark``: STEP × turn and what it is; the rest are its calls in the week, and which of the week's calls was the
first, the last, the last answered, counted from 1. Small, since a busy number has thousands of parties."""
CALLED, BEFORE, RANG = 1, 2, 4
STEP = 8
"""Marks of a turn; an earlier turn's are smaller."""


class Book(NamedTuple):
    """All that is known: the ledgers, and by number how many parties have a slot, and how many of its events have none yet.

    Calls from before the week stand in ``before``, in ``made``, or some in each; where in both, those in ``before`` are the older ones.
    Events made and received carry their party's slot, a small number of its own for each party of a number, so that whatever is noted
    of them lies close together. ``fresh`` ALL: no event has a slot that counts. ``opened``: when, by number, and ``sharing`` (``shared_with``),
    both empty where nobody told.
    """

    before: Any
    made: Any
    received: Any
    sent: Any
    uses: Any
    parties: Any
    fresh: Any
    opened: Any
    sharing: Any


ALL = -1
FEW = 8
"""Events without a slot for which the others are searched; more, and all get their slots anew."""


class Scratch(NamedTuple):
    """One thread's paper. ``seen_*[id] == turn`` means: met while working on the present number."""

    turn: Any
    met: Any
    seen_cell: Any
    seen_imei: Any
    seen_city: Any
    city_calls: Any
    hours: Any
    slots: Any


def scratch(numbers: int, cells: int, imeis: int, cities: int, widest: int) -> Scratch:
    """``widest``: the most parties any number has."""
    ids = (cells, imeis, cities, cities)
    cell, imei, city, calls = (np.zeros(max(size, 1), np.int64) for size in ids)
    return Scratch(
        turn=np.zeros(1, np.int64), met=np.zeros(max(numbers, 1), MET), seen_cell=cell, seen_imei=imei, seen_city=city,
        city_calls=calls, hours=np.zeros(24, np.int64), slots=np.zeros(max(widest, 1), SLOT),
    )  # fmt: skip


@njit(cache=True, nogil=True, inline="always")
def _over(part: float, whole: float) -> float:
    return part / whole if whole > 0 else NULL


@njit(cache=True, nogil=True)
def _since(events: Any, low: int, high: int, moment: int) -> int:
    """First place in events[low:high] at or after the moment; mostly it is one of the ends."""
    if low == high or events[low].at >= moment:
        return low
    if events[high - 1].at < moment:
        return high
    while low < high:
        middle = (low + high) // 2
        if events[middle].at < moment:
            low = middle + 1
        else:
            high = middle
    return low


@njit(cache=True, nogil=True)
def numbers_on(uses: Any, imei: int, moment: int, s: Any) -> int:
    """Distinct numbers seen on a handset in the week, at most MOST_ON_HANDSET; newest first, so that the cap bounds the work."""
    s.turn[0] += 1
    turn, met, events = s.turn[0], s.met, uses.events
    found, caller = 0, -1
    for place in range(uses.end[imei] - 1, uses.start[imei] - 1, -1):
        one = events[place]
        if one.at < moment - WEEK:
            break
        if one.at < moment and one.other != caller:
            caller = one.other
            if met[caller].turn != turn:
                met[caller].turn = turn
                found += 1
                if found == MOST_ON_HANDSET:
                    break
    return found


NOBODY, SEVERAL = -1, -2
NO_SHARING = np.zeros(0, np.int32)


def shared_with(since: Any, moment: int, made: Any) -> Any:
    """By number, which of those known as fraud before the moment rang it in the week: NOBODY, one of them, or SEVERAL. ``since``: by number,
    since when it is known; empty where nobody told."""
    if not len(since):
        return NO_SHARING
    sharing = np.full(len(since), NOBODY, np.int32)
    _share_out(np.flatnonzero(since < moment), moment, made, sharing)
    return sharing


@njit(cache=True, nogil=True)
def _share_out(known: Any, moment: int, made: Any, sharing: Any) -> None:
    for number in known:
        for place in range(made.end[number] - 1, made.start[number] - 1, -1):
            one = made.events[place]
            if one.at < moment - WEEK:
                break
            if one.at < moment and sharing[one.other] != number:
                sharing[one.other] = number if sharing[one.other] == NOBODY else SEVERAL


@njit(cache=True, nogil=True)
def settle(number: int, book: Any, s: Any) -> None:
    """See to it that all events of the number carry a slot."""
    fresh = book.fresh[number]
    if fresh == 0:
        return
    if ALL < fresh <= FEW:
        made = (book.made.events, book.made.start[number], book.made.end[number])
        received = (book.received.events, book.received.start[number], book.received.end[number])
        parties, fresh = _settle_few(made, made, received, fresh, book.parties[number])
        book.parties[number], _none = _settle_few(received, made, received, fresh, parties)
    else:
        book.parties[number] = _settle_all(number, book, s)
    book.fresh[number] = 0


@njit(cache=True, nogil=True)
def _settle_few(stretch: Any, made: Any, received: Any, fresh: int, parties: int) -> tuple[int, int]:
    """Those of a stretch without a slot, the last ones first, get that of another event with the same party, or the next one.

    Returns how many parties there are then, and how many events still have none.
    """
    events, start, end = stretch
    place = end - 1
    while fresh > 0 and place >= start:
        if events[place].slot < 0:
            slot = max(_slot(made, events[place].other), _slot(received, events[place].other))
            if slot < 0:
                slot = parties
                parties += 1
            events[place].slot = slot
            fresh -= 1
        place -= 1
    return parties, fresh


@njit(cache=True, nogil=True)
def _slot(stretch: Any, other: int) -> int:
    """The slot an event with this party carries; -1: none does."""
    events, start, end = stretch
    for place in range(end - 1, start - 1, -1):
        if events[place].other == other and events[place].slot >= 0:
            return events[place].slot
    return -1


@njit(cache=True, nogil=True)
def _settle_all(number: int, book: Any, s: Any) -> int:
    """A slot for each party, in the order they are met; returns how many there are."""
    s.turn[0] += 1
    before, made, received = book.before, book.made, book.received
    parties = _settle_in(before.events, before.start[number], before.end[number], s, 0)
    parties = _settle_in(made.events, made.start[number], made.end[number], s, parties)
    return _settle_in(received.events, received.start[number], received.end[number], s, parties)


@njit(cache=True, nogil=True)
def _settle_in(events: Any, start: int, end: int, s: Any, parties: int) -> int:
    turn, met = s.turn[0], s.met
    for place in range(start, end):
        other = events[place].other
        if met[other].turn != turn:
            met[other].turn, met[other].slot = turn, parties
            parties += 1
        events[place].slot = met[other].slot
    return parties


@njit(cache=True, nogil=True)
def _knew(events: Any, low: int, high: int, moment: int, mark: int, slots: Any) -> tuple[int, int]:
    """Notes whom the number rang before the week. Returns the first place of the week, and how many of the calls before it lie in the month."""
    in_month = 0
    while low < high and events[low].at < moment - WEEK:
        slots[events[low].slot].mark = mark | BEFORE
        in_month += events[low].at >= moment - MONTH
        low += 1
    return low, in_month


@njit(cache=True, nogil=True)
def row(number: int, moment: int, book: Any, s: Any) -> Any:
    """Features of ``number`` from what happened before ``moment``.

    1. calls made in the 30 days before the week: whom it knew, when it last rang
    2. calls made in the week, in the order of time
    3. calls received in the week, the last one first: who rang, who rang back
    4. messages sent in the week
    """
    s.turn[0] += 1
    turn, slots, hours = s.turn[0], s.slots, s.hours
    seen_cell, seen_imei, seen_city, city_calls = s.seen_cell, s.seen_imei, s.seen_city, s.city_calls
    sharing, told = book.sharing, len(book.sharing) > 0
    hours[:] = 0
    mark = turn * STEP

    before, made = book.before, book.made
    events = made.events
    oldest_apart = _since(before.events, before.start[number], before.end[number], moment - LOOKBACK)
    apart, in_month = _knew(before.events, oldest_apart, before.end[number], moment, mark, slots)
    oldest = _since(events, made.start[number], made.end[number], moment - LOOKBACK)
    high = _since(events, oldest, made.end[number], moment)
    week, month_here = _knew(events, oldest, high, moment, mark, slots)
    in_month += month_here

    short, answered, seconds, longest, forwarded, international = 0, 0, 0, 0, 0, 0
    cells, imeis, cities, on_one, with_city, main_city = 0, 0, 0, 0, 0, 0
    recorded, roamed = 0, 0
    called, new, once, most, reached, reached_day, party_day, party_hour = 0, 0, 0, 0, 0, 0, 0, 0
    active_days, active_hours, busiest, fanout, shared = 0, 0, 0, 0, 0
    day_now, hour_now, of_day, in_hour, fresh_in_hour, hour_ends = -1, -1, 0, 0, 0, 0
    cell_now, imei_now, first_of_hour = -1, -1, 0
    first_of_day = _since(events, week, high, moment - DAY)
    first_of_last_hour = _since(events, first_of_day, high, moment - HOUR)
    last_day, last_hour = high - first_of_day, high - first_of_last_hour
    for place in range(week, high):
        one = events[place]
        at, which = one.at, place - week + 1
        if at >= hour_ends:
            busiest, fanout = max(busiest, in_hour), max(fanout, fresh_in_hour)
            hours[of_day] += in_hour
            hour_now, in_hour, fresh_in_hour = (at + SHANGHAI) // HOUR, 0, 0
            hour_ends, of_day = (hour_now + 1) * HOUR - SHANGHAI, hour_now % 24
            active_hours, first_of_hour = active_hours + 1, which
            if hour_now // 24 != day_now:
                day_now = hour_now // 24
                active_days += 1
        in_hour += 1

        party = slots[one.slot]
        known = max(party.mark, mark)
        is_new = (known & CALLED) == 0
        calls = 1 if is_new else party.calls + 1
        last = 0 if is_new else party.last
        last_answered = 0 if is_new else party.last_answered
        called += is_new
        new += is_new & ((known & BEFORE) == 0)
        if told and is_new:
            shared += (sharing[one.other] != NOBODY) & (sharing[one.other] != number)
        once += (calls == 1) - (calls == 2)
        most = max(most, calls)
        fresh_in_hour += last < first_of_hour
        party_day += (place >= first_of_day) & (last + week <= first_of_day)
        party_hour += (place >= first_of_last_hour) & (last + week <= first_of_last_hour)
        is_answered = one.seconds > 0
        answered += is_answered
        reached += is_answered & (last_answered == 0)
        reached_day += is_answered & (place >= first_of_day) & (last_answered + week <= first_of_day)
        party.first = which if is_new else party.first
        party.mark, party.calls, party.last = known | CALLED, calls, which
        party.last_answered = which if is_answered else last_answered

        seconds += one.seconds
        longest = max(longest, one.seconds)
        short += one.seconds < SHORT_SECONDS
        forwarded += one.kind == FORWARDED
        international += one.kind == INTERNATIONAL
        recorded += one.roaming >= 0
        roamed += one.roaming > 0
        if one.cell != cell_now:
            cell_now = one.cell
            if cell_now >= 0 and seen_cell[cell_now] != turn:
                seen_cell[cell_now] = turn
                cells += 1
        if one.imei != imei_now:
            imei_now = one.imei
            if imei_now >= 0 and seen_imei[imei_now] != turn:
                seen_imei[imei_now] = turn
                imeis += 1
                on_one = max(on_one, numbers_on(book.uses, imei_now, moment, s))
        if one.city >= 0:
            if seen_city[one.city] != turn:
                seen_city[one.city] = turn
                city_calls[one.city] = 0
                cities += 1
            city_calls[one.city] += 1
            with_city += 1
            main_city = max(main_city, city_calls[one.city])
    busiest, fanout = max(busiest, in_hour), max(fanout, fresh_in_hour)
    hours[of_day] += in_hour

    out = high - week
    received = book.received
    events_in = received.events
    callers, received_calls, taken, back = 0, 0, 0, 0
    for place in range(received.end[number] - 1, received.start[number] - 1, -1):
        one_in = events_in[place]
        if one_in.at < moment - WEEK:
            break
        if one_in.at < moment:
            received_calls += 1
            taken += one_in.what > 0
            party = slots[one_in.slot]
            known = max(party.mark, mark)
            if known & RANG == 0:
                party.mark = known | RANG
                callers += 1
                back += (known & CALLED != 0) and one_in.at > events[week + party.first - 1].at

    weighted, night = 0.0, 0
    for of_day in range(24):
        if of_day < NIGHT_UNTIL or of_day >= NIGHT_FROM:
            night += hours[of_day]
        if hours[of_day] > 0:
            weighted += hours[of_day] * math.log2(hours[of_day])

    messages, receivers, campaign = _messages(number, moment, book.sent)
    entropy, longest_call, first_call, silent, idle, age = NULL, NULL, NULL, NULL, NULL, NULL
    if out > 0:
        entropy = max(0.0, math.log2(out) - weighted / out)
        longest_call = float(longest)
        idle = (moment - events[high - 1].at) / DAY
    if oldest_apart < apart:
        first_call = (moment - before.events[oldest_apart].at) / DAY
    elif oldest < high:
        first_call = (moment - events[oldest].at) / DAY
    if oldest < week < high:
        silent = (events[week].at - events[week - 1].at) / DAY
    elif oldest_apart < apart and week < high:
        silent = (events[week].at - before.events[apart - 1].at) / DAY
    if len(book.opened) > 0 and book.opened[number] < moment:
        age = (moment - book.opened[number]) / DAY
    return Row(
        out_calls_7d=float(out),
        in_calls_7d=float(received_calls),
        out_share_7d=_over(out, out + received_calls),
        out_parties_7d=float(called),
        calls_per_party_7d=_over(out, called),
        short_call_share_7d=_over(short, out),
        max_fanout_1h_7d=float(fanout),
        handsets_7d=float(imeis),
        active_days_7d=float(active_days),
        hour_entropy_7d=entropy,
        new_party_share_7d=_over(new, called),
        callback_share_7d=_over(back, called),
        out_calls_1h=float(last_hour),
        out_calls_1d=float(last_day),
        out_calls_30d=float(in_month + out),
        day_surge_7d=_over(7 * last_day, out),
        month_surge_30d=_over(out, in_month + out),
        busiest_hour_7d=float(busiest),
        active_hours_7d=float(active_hours),
        calls_per_active_hour_7d=_over(out, active_hours),
        out_parties_1h=float(party_hour),
        out_parties_1d=float(party_day),
        in_parties_7d=float(callers),
        once_share_7d=_over(once, called),
        most_calls_party_7d=float(most),
        city_count_7d=float(cities),
        main_city_share_7d=_over(main_city, with_city),
        known_party_share_7d=_over(shared, called * told),
        answered_share_7d=_over(answered, out),
        talk_mean_7d=_over(seconds, answered),
        talk_max_7d=longest_call,
        reached_7d=float(reached),
        reached_1d=float(reached_day),
        in_answered_share_7d=_over(taken, received_calls),
        night_share_7d=_over(night, out),
        first_call_days_37d=first_call,
        silent_days_37d=silent,
        age_days_ever=age,
        idle_days_7d=idle,
        handset_numbers_7d=float(on_one),
        cells_7d=float(cells),
        roaming_share_7d=_over(roamed, recorded),
        forwarded_share_7d=_over(forwarded, out),
        international_share_7d=_over(international, out),
        sent_7d=float(messages),
        receivers_7d=float(receivers),
        sent_per_receiver_7d=_over(messages, receivers),
        campaign_7d=float(campaign),
    )


@njit(cache=True, nogil=True)
def _messages(number: int, moment: int, sent: Any) -> Any:
    """(messages, distinct receivers, most distinct receivers of one text) of the week."""
    low = _since(sent.events, sent.start[number], sent.end[number], moment - WEEK)
    high = _since(sent.events, low, sent.end[number], moment)
    if low == high:
        return 0, 0, 0
    pairs = np.empty(high - low, np.int64)
    to = np.empty(high - low, np.int64)
    for place in range(low, high):
        one = sent.events[place]
        pairs[place - low] = (np.int64(one.what) << 32) | one.other
        to[place - low] = one.other
    pairs.sort()
    to.sort()
    receivers, campaign, of_text = 1, 1, 1
    for place in range(1, len(to)):
        receivers += to[place] != to[place - 1]
        if pairs[place] >> 32 != pairs[place - 1] >> 32:
            of_text = 1
        elif pairs[place] != pairs[place - 1]:
            of_text += 1
        campaign = max(campaign, of_text)
    return high - low, receivers, campaign


@njit(cache=True, nogil=True)
def rows(chosen: Any, moment: int, book: Any, s: Any, out: Any) -> None:
    """Features of the chosen numbers, one line of ``out`` each."""
    for line in range(len(chosen)):
        settle(chosen[line], book, s)
        values = row(chosen[line], moment, book, s)
        for column in range(WIDTH):
            out[line, column] = values[column]
