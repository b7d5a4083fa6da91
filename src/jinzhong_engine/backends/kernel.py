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


MET = np.dtype([("party", "i8"), ("caller", "i8"), ("slot", "i8")])
"""What is noted of each number met: side by side, since numbers lie all over the memory and each look costs a way there."""


class Scratch(NamedTuple):
    """One thread's paper. ``seen_*[id] == turn`` means: met while working on the present number."""

    turn: Any
    met: Any
    seen_cell: Any
    seen_imei: Any
    seen_city: Any
    city_calls: Any
    calls: Any
    answered: Any
    first: Any
    last: Any
    last_answered: Any
    flags: Any


def scratch(numbers: int, cells: int, imeis: int, cities: int, widest: int) -> Scratch:
    """``widest``: the most calls any number made."""
    ids = (cells, imeis, cities)
    cell, imei, city = (np.zeros(max(size, 1), np.int64) for size in ids)
    slots = max(widest, 1)
    return Scratch(
        turn=np.zeros(1, np.int64), met=np.zeros(max(numbers, 1), MET), seen_cell=cell, seen_imei=imei, seen_city=city,
        city_calls=np.zeros(max(cities, 1), np.int64),
        calls=np.zeros(slots, np.int64), answered=np.zeros(slots, np.int64), first=np.zeros(slots, np.int64),
        last=np.zeros(slots, np.int64), last_answered=np.zeros(slots, np.int64), flags=np.zeros(slots, np.int8),
    )  # fmt: skip


BEFORE, CALLED_BACK = 1, 2


@njit(cache=True, nogil=True, inline="always")
def _over(part: float, whole: float) -> float:
    return part / whole if whole > 0 else NULL


@njit(cache=True, nogil=True)
def _since(events: Any, low: int, high: int, moment: int) -> int:
    """First place in events[low:high] at or after the moment."""
    while low < high:
        middle = (low + high) // 2
        if events[middle].at < moment:
            low = middle + 1
        else:
            high = middle
    return low


@njit(cache=True, nogil=True)
def numbers_on(uses: Any, met: Any, turn: int, imei: int, moment: int) -> int:
    """Distinct numbers seen on a handset in the week, at most MOST_ON_HANDSET; newest first, so that the cap bounds the work."""
    low = _since(uses.events, uses.start[imei], uses.end[imei], moment - WEEK)
    high = _since(uses.events, low, uses.end[imei], moment)
    found = 0
    for place in range(high - 1, low - 1, -1):
        caller = uses.events[place].other
        if met[caller].caller != turn:
            met[caller].caller = turn
            found += 1
            if found == MOST_ON_HANDSET:
                break
    return found


@njit(cache=True, nogil=True)
def row(number: int, moment: int, made: Any, received: Any, sent: Any, on_handset: Any, s: Any) -> Any:
    """Features of ``number`` from what happened before ``moment``.

    1. calls made in the 30 days before the week: whom it knew, when it last rang
    2. calls made in the week, in the order of time
    3. calls received in the week: who rang back
    4. the parties, gathered
    5. messages sent in the week
    """
    s.turn[0] += 1
    turn = s.turn[0]
    events = made.events
    oldest = _since(events, made.start[number], made.end[number], moment - LOOKBACK)
    high = _since(events, oldest, made.end[number], moment)
    week = _since(events, oldest, high, moment - WEEK)
    month = _since(events, oldest, high, moment - MONTH)
    parties = 0

    for place in range(oldest, week):
        other = events[place].other
        if s.met[other].party != turn:
            s.met[other].party = turn
            s.met[other].slot = parties
            s.calls[parties], s.answered[parties] = 0, 0
            s.last[parties], s.last_answered[parties], s.flags[parties] = 0, 0, BEFORE
            parties += 1

    hours = np.zeros(24, np.int64)
    short, answered, seconds, longest, night, forwarded, international = 0, 0, 0, 0, 0, 0, 0
    cells, imeis, cities, on_one, with_city, main_city = 0, 0, 0, 0, 0, 0
    active_days, active_hours, busiest, fanout = 0, 0, 0, 0
    day_now, hour_now, in_hour, fresh_in_hour = -1, -1, 0, 0
    last_day, last_hour = 0, 0
    for place in range(week, high):
        one = events[place]
        at, other = one.at, one.other
        last_day += at >= moment - DAY
        last_hour += at >= moment - HOUR
        hour, of_day = (at + SHANGHAI) // HOUR, (at + SHANGHAI) // HOUR % 24
        if hour != hour_now:
            hour_now, in_hour, fresh_in_hour = hour, 0, 0
            active_hours += 1
            if hour // 24 != day_now:
                day_now = hour // 24
                active_days += 1
        hours[of_day] += 1
        night += of_day < NIGHT_UNTIL or of_day >= NIGHT_FROM
        in_hour += 1
        busiest = max(busiest, in_hour)

        if s.met[other].party != turn:
            s.met[other].party = turn
            s.met[other].slot = parties
            s.calls[parties], s.answered[parties] = 0, 0
            s.last[parties], s.last_answered[parties], s.flags[parties] = 0, 0, 0
            parties += 1
        slot = s.met[other].slot
        if s.calls[slot] == 0:
            s.first[slot] = at
        if s.calls[slot] == 0 or (s.last[slot] + SHANGHAI) // HOUR != hour:
            fresh_in_hour += 1
            fanout = max(fanout, fresh_in_hour)
        s.calls[slot] += 1
        s.last[slot] = at
        if one.seconds > 0:
            answered += 1
            s.answered[slot] += 1
            s.last_answered[slot] = at
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
    low_in = _since(received.events, received.start[number], received.end[number], moment - WEEK)
    high_in = _since(received.events, low_in, received.end[number], moment)
    callers, taken = 0, 0
    for place in range(low_in, high_in):
        one_in = received.events[place]
        other = one_in.other
        taken += one_in.what > 0
        if s.met[other].caller != turn:
            s.met[other].caller = turn
            callers += 1
        if s.met[other].party == turn:
            slot = s.met[other].slot
            if s.calls[slot] > 0 and one_in.at > s.first[slot]:
                s.flags[slot] |= CALLED_BACK

    called, new, back, once, most, reached, reached_day, party_day, party_hour = 0, 0, 0, 0, 0, 0, 0, 0, 0
    for slot in range(parties):
        if s.calls[slot] == 0:
            continue
        called += 1
        new += s.flags[slot] & BEFORE == 0
        back += s.flags[slot] & CALLED_BACK != 0
        once += s.calls[slot] == 1
        most = max(most, s.calls[slot])
        reached += s.answered[slot] > 0
        reached_day += s.last_answered[slot] >= moment - DAY
        party_day += s.last[slot] >= moment - DAY
        party_hour += s.last[slot] >= moment - HOUR

    weighted = 0.0
    for of_day in range(24):
        if hours[of_day] > 0:
            weighted += hours[of_day] * math.log2(hours[of_day])

    messages, receivers, campaign = _messages(number, moment, sent)
    received_calls = high_in - low_in
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
        out_calls_30d=float(high - month),
        day_surge_7d=_over(7 * last_day, out),
        month_surge_30d=_over(out, high - month),
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
def rows(
    chosen: Any, moment: int, made: Any, received: Any, sent: Any, on_handset: Any, s: Any, out: Any
) -> None:
    """Features of the chosen numbers, one line of ``out`` each."""
    for line in range(len(chosen)):
        values = row(chosen[line], moment, made, received, sent, on_handset, s)
        for column in range(WIDTH):
            out[line, column] = values[column]


@njit(cache=True, nogil=True)
def handset_counts(chosen: Any, moment: int, uses: Any, s: Any, out: Any) -> None:
    """``out[imei]`` for the chosen handsets: distinct numbers on it in the week."""
    for imei in chosen:
        s.turn[0] += 1
        out[imei] = numbers_on(uses, s.met, s.turn[0], imei, moment)
