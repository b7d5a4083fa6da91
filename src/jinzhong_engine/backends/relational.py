"""The relational executor: the catalogue's expressions over small tables ("grains") of calls and messages.

Ibis compiles them to whatever engine the two given tables belong to; DuckDB and Spark run them unchanged. Times are int64
microseconds on every engine, days and hours integer arithmetic, so that no engine's own idea of a zone comes in.
"""

from collections.abc import Iterable
from functools import reduce
from typing import Any

import ibis

from jinzhong_engine.features.catalogue import CATALOGUE, Feature, Grain
from jinzhong_engine.features.windows import DAY, HOUR, LOOKBACK, MONTH, MOST_ON_HANDSET, SHANGHAI, WEEK


def features(calls: Any, messages: Any, as_of: int) -> Any:
    """calls, messages: Ibis tables of the contract, times int64. Returns the expression of ``number`` and all features."""
    calls = calls.filter((calls.start >= as_of - LOOKBACK) & (calls.start < as_of))
    messages = messages.filter((messages.sent >= as_of - WEEK) & (messages.sent < as_of))
    parts = [_gathered(table, grain) for grain, table in grains(calls, messages, as_of).items()]
    week = calls.filter(calls.start >= as_of - WEEK)
    everybody = week.select(number=week.caller).union(week.select(number=week.callee), distinct=True)
    joined = reduce(
        lambda left, right: left.left_join(right, "number").drop("number_right"), parts, everybody
    )
    counted = joined.mutate(
        {one.name: joined[one.name].fill_null(0) for one in _counts() if one.grain != "number"}
    )
    whole = counted.mutate({one.name: one.expression(counted) for one in CATALOGUE if one.grain == "number"})
    return whole.select("number", *(one.name for one in CATALOGUE))


def readable(calls: Any, messages: Any, as_of: int) -> dict[str, Any]:
    """The week before the moment as signals read it: ``calls`` and ``messages``."""
    week = calls.filter((calls.start >= as_of - WEEK) & (calls.start < as_of))
    local = week.start + SHANGHAI
    made = week.select(
        "caller", "callee", "seconds", "imei", at=week.start, answered=(week.seconds > 0).cast("int64"),
        hour=local - local % HOUR, city=week.peer_city,
    )  # fmt: skip
    sent = messages.filter((messages.sent >= as_of - WEEK) & (messages.sent < as_of))
    return {"calls": made, "messages": sent.select("sender", "receiver", "text_hash", at=sent.sent)}


def grains(calls: Any, messages: Any, as_of: int) -> dict[Grain, Any]:
    """The small tables that features are written over; each has ``number``. See ``features.catalogue`` for their columns."""
    made = _made(calls, as_of)
    week = made.filter(made.week)
    received = calls.filter(calls.start >= as_of - WEEK)
    received = received.select(
        number=received.callee, party=received.caller, start=received.start, seconds=received.seconds
    )
    sent = messages.select(number=messages.sender, receiver=messages.receiver, text=messages.text_hash)
    return {
        "made": made,
        "received": received,
        "party": _party(made, received, as_of),
        "hour": week.group_by(week.number, at_hour=week.local - week.local % HOUR).agg(
            calls=week.count(), parties=week.party.nunique()
        ),
        "clock": week.group_by("number", "of_day").agg(calls=week.count()),
        "city": _known(week, "peer_city").agg(calls=lambda t: t.count()),
        "handset": _handset(week),
        "sent": sent,
        "text": sent.group_by("number", "text").agg(receivers=sent.receiver.nunique()),
    }


def _made(calls: Any, as_of: int) -> Any:
    local = calls.start + SHANGHAI
    return calls.select(
        "seconds", "kind", "cell", "imei", "peer_city", "start",
        number=calls.caller, party=calls.callee, local=local, date=local - local % DAY,
        of_day=(local % DAY - local % HOUR) / HOUR, age=as_of - calls.start,
        month=calls.start >= as_of - MONTH, week=calls.start >= as_of - WEEK,
        day=calls.start >= as_of - DAY, hour=calls.start >= as_of - HOUR,
    )  # fmt: skip


def _party(made: Any, received: Any, as_of: int) -> Any:
    called = made.group_by("number", "party").agg(
        calls=made.count(where=made.week), answered=made.count(where=made.week & (made.seconds > 0)),
        first=made.start.min(where=made.week), in_day=made.day.any(), in_hour=made.hour.any(),
        reached_in_day=(made.day & (made.seconds > 0)).any(), before=(~made.week).any(),
    )  # fmt: skip
    back = received.group_by("number", "party").agg(last_back=received.start.max())
    joined = called.left_join(back, ["number", "party"])
    return joined.mutate(called_back=(joined.last_back > joined.first).fill_null(False))


def _handset(week: Any) -> Any:
    used = week.filter(week.imei.notnull()).select("number", "imei").distinct()
    on_it = used.group_by("imei").agg(numbers=used.count())
    counted = on_it.mutate(numbers=ibis.least(on_it.numbers, MOST_ON_HANDSET))
    return used.inner_join(counted, "imei")


def _known(week: Any, column: str) -> Any:
    known = week.filter(week[column].notnull())
    return known.group_by("number", column)


def _gathered(table: Any, grain: Grain) -> Any:
    """The features of one grain, one row per number."""
    return table.group_by("number").agg({one.name: one.expression(table) for one in _of(grain)})


def _of(grain: Grain) -> Iterable[Feature]:
    return (one for one in CATALOGUE if one.grain == grain)


def _counts() -> Iterable[Feature]:
    return (one for one in CATALOGUE if one.is_count)
