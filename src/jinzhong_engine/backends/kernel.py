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

SLOT = np.dtype(
    [
        ("first", "i8"), ("last", "i8"), ("hour", "i8"), ("last_answered", "i8"), ("last_in", "i8"),
        ("calls", "i4"), ("answered", "i4"), ("before", "i4"), ("rang", "i4"),
    ]
)  # fmt: skip
"""One party of the present number: its calls in the week, and the last of them in each direction. 0: none."""


class Book(NamedTuple):
    """All that is known: the ledgers, and of how many parties each number's calls are. Events made and received carry their party's
    slot, a small number of its own for each party, so that whatever is noted of them lies close together."""

    made: Any
    received: Any
    sent: Any
    uses: Any
    parties: Any


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
    turn, met = s.turn[0], s.met
    found, caller = 0, -1
    for place in range(uses.end[imei] - 1, uses.start[imei] - 1, -1):
        one = uses.events[place]
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


@njit(cache=True, nogil=True)
def settle(number: int, book: Any, s: Any) -> None:
    """Give each party of the number a slot, in the order they are met; its events carry them from now on."""
    s.turn[0] += 1
    turn, met, parties = s.turn[0], s.met, 0
    made, received = book.made, book.received
    for place in range(made.start[number], made.end[number]):
        other = made.events[place].other
        if met[other].turn != turn:
            met[other].turn, met[other].slot = turn, parties
            parties += 1
        made.events[place].slot = met[other].slot
    for place in range(received.start[number], received.end[number]):
        other = received.events[place].other
        if met[other].turn != turn:
            met[other].turn, met[other].slot = turn, parties
            parties += 1
        received.events[place].slot = met[other].slot
    book.parties[number] = parties


@njit(cache=True, nogil=True)
def settle_all(numbers: Any, book: Any, s: Any) -> None:
    for number in numbers:
        settle(number, book, s)


@njit(cache=True, nogil=True)
def row(number: int, moment: int, book: Any, on_handset: Any, s: Any) -> Any:
    """Features of ``number`` from what happened before ``moment``.

    1. calls made in the 30 days before the week: whom it knew, when it last rang
    2. calls made in the week, in the order of time
    3. calls received in the week: who rang, who rang back
    4. the parties, gathered
    5. messages sent in the week
    """
    s.turn[0] += 1
    turn, slots, hours = s.turn[0], s.slots, s.hours
    for at_slot in range(book.parties[number]):
        one_slot = slots[at_slot]
        one_slot.last, one_slot.last_answered, one_slot.last_in, one_slot.hour = 0, 0, 0, -1
        one_slot.calls, one_slot.answered, one_slot.before, one_slot.rang = 0, 0, 0, 0
    hours[:] = 0

    made = book.made
    events = made.events
    oldest = _since(events, made.start[number], made.end[number], moment - LOOKBACK)
    high = _since(events, oldest, made.end[number], moment)
    week, in_month = oldest, 0
    while week < high and events[week].at < moment - WEEK:
        slots[events[week].slot].before = 1
        in_month += events[week].at >= moment - MONTH
        week += 1

    short, answered, seconds, longest, forwarded, international = 0, 0, 0, 0, 0, 0
    cells, imeis, cities, on_one, with_city, main_city = 0, 0, 0, 0, 0, 0
    active_days, active_hours, busiest, fanout = 0, 0, 0, 0
    day_now, hour_now, of_day, in_hour, fresh_in_hour, hour_ends = -1, -1, 0, 0, 0, 0
    last_day, last_hour = 0, 0
    for place in range(week, high):
        one = events[place]
        at = one.at
        last_day += at >= moment - DAY
        last_hour += at >= moment - HOUR
        if at >= hour_ends:
            hour_now, in_hour, fresh_in_hour = (at + SHANGHAI) // HOUR, 0, 0
            hour_ends, of_day = (hour_now + 1) * HOUR - SHANGHAI, hour_now % 24
            active_hours += 1
            if hour_now // 24 != day_now:
                day_now = hour_now // 24
                active_days += 1
        hours[of_day] += 1
        in_hour += 1
        busiest = max(busiest, in_hour)

        party = slots[one.slot]
        if party.calls == 0:
            party.first = at
        if party.hour != hour_now:
            party.hour = hour_now
            fresh_in_hour += 1
            fanout = max(fanout, fresh_in_hour)
        party.calls += 1
        party.last = at
        if one.seconds > 0:
            answered += 1
            party.answered += 1
            party.last_answered = at
        seconds += one.seconds
        longest = max(longest, one.seconds)
        short += one.seconds < SHORT_SECONDS
        forwarded += one.kind == FORWARDED
        international += one.kind == INTERNATIONAL
        if one.cell >= 0 and s.seen_cell[one.cell] != turn:
            s.seen_cell[one.cell] = turn
            cells += 1
        if one.imei >= 0 and s.seen_imei[one.imei] != turn:
            s.seen_imei[one.imei] = turn
            imeis += 1
            on_one = max(on_one, on_handset[one.imei])
        if one.city >= 0:
            if s.seen_city[one.city] != turn:
                s.seen_city[one.city] = turn
                s.city_calls[one.city] = 0
                cities += 1
            s.city_calls[one.city] += 1
            with_city += 1
            main_city = max(main_city, s.city_calls[one.city])

    out = high - week
    received = book.received
    callers, received_calls, taken = 0, 0, 0
    for place in range(received.end[number] - 1, received.start[number] - 1, -1):
        one_in = received.events[place]
        if one_in.at < moment - WEEK:
            break
        if one_in.at < moment:
            received_calls += 1
            taken += one_in.what > 0
            party = slots[one_in.slot]
            if party.rang == 0:
                party.rang, party.last_in = 1, one_in.at
                callers += 1

    called, new, back, once, most, reached, reached_day, party_day, party_hour = 0, 0, 0, 0, 0, 0, 0, 0, 0
    for at_slot in range(book.parties[number]):
        party = slots[at_slot]
        if party.calls == 0:
            continue
        called += 1
        new += party.before == 0
        back += party.last_in > party.first
        once += party.calls == 1
        most = max(most, party.calls)
        reached += party.answered > 0
        reached_day += party.last_answered >= moment - DAY
        party_day += party.last >= moment - DAY
        party_hour += party.last >= moment - HOUR

    weighted, night = 0.0, 0
    for of_day in range(24):
        if of_day < NIGHT_UNTIL or of_day >= NIGHT_FROM:
            night += hours[of_day]
        if hours[of_day] > 0:
            weighted += hours[of_day] * math.log2(hours[of_day])

    messages, receivers, campaign = _messages(number, moment, book.sent)
    entropy, longest_call, first_call, silent, idle = NULL, NULL, NULL, NULL, NULL
    if out > 0:
        entropy = max(0.0, math.log2(out) - weighted / out)
        longest_call = float(longest)
        idle = (moment - events[high - 1].at) / DAY
    if high > oldest:
        first_call = (moment - events[oldest].at) / DAY
    if oldest < week < high:
        silent = (events[week].at - events[week - 1].at) / DAY
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
        answered_share_7d=_over(answered, out),
        talk_mean_7d=_over(seconds, answered),
        talk_max_7d=longest_call,
        reached_7d=float(reached),
        reached_1d=float(reached_day),
        in_answered_share_7d=_over(taken, received_calls),
        night_share_7d=_over(night, out),
        first_call_days_37d=first_call,
        silent_days_37d=silent,
        idle_days_7d=idle,
        handset_numbers_7d=float(on_one),
        cells_7d=float(cells),
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
def rows(chosen: Any, moment: int, book: Any, on_handset: Any, s: Any, out: Any) -> None:
    """Features of the chosen numbers, one line of ``out`` each."""
    for line in range(len(chosen)):
        values = row(chosen[line], moment, book, on_handset, s)
        for column in range(WIDTH):
            out[line, column] = values[column]


@njit(cache=True, nogil=True)
def settled_rows(chosen: Any, moment: int, book: Any, on_handset: Any, s: Any, out: Any) -> None:
    """The same of numbers whose parties have no slots yet."""
    for line in range(len(chosen)):
        settle(chosen[line], book, s)
        rows(chosen[line : line + 1], moment, book, on_handset, s, out[line : line + 1])


@njit(cache=True, nogil=True)
def handset_counts(chosen: Any, moment: int, uses: Any, s: Any, out: Any) -> None:
    """``out[imei]`` for the chosen handsets: distinct numbers on it in the week."""
    for imei in chosen:
        out[imei] = numbers_on(uses, imei, moment, s)
