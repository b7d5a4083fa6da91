"""The relational executor: the catalogue's expressions over small tables ("grains") of calls and messages.

Ibis compiles them to whatever engine the two given tables belong to; DuckDB and Spark run them unchanged. Times are int64
microseconds on every engine, days and hours integer arithmetic, so that no engine's own idea of a zone comes in.
"""

from collections.abc import Iterable
from typing import Any

import ibis

from jinzhong_engine.features.catalogue import ASIDE, CATALOGUE, Feature, Grain
from jinzhong_engine.features.windows import DAY, HOUR, LOOKBACK, MONTH, MOST_ON_HANDSET, SHANGHAI, WEEK


def features(
    calls: Any, messages: Any, as_of: int, earlier: Any = None, opened: Any = None, known: Any = None
) -> Any:
    """calls, messages: Ibis tables of the contract, times int64; ``earlier``: the calls again, where those before the week are read
    another way; ``opened``, ``known``: of ``register.Register``. Returns the expression of ``number`` and all features."""
    week = _between(calls, "start", as_of - WEEK, as_of)
    before = _between(calls if earlier is None else earlier, "start", as_of - LOOKBACK, as_of - WEEK)
    tables = grains(week, before, _between(messages, "sent", as_of - WEEK, as_of), as_of, opened, known)
    parts = {grain: _gathered(table, grain) for grain, table in tables.items()}
    joined = parts["made"].select("number").union(parts["received"].select("number"), distinct=True)
    for grain, part in parts.items():
        joined = joined.left_join(part, "number", rname=f"{{name}}_{grain}")
    counted = joined.mutate({one.name: joined[one.name].fill_null(0) for one in _counts()})
    whole = counted.mutate({one.name: one.expression(counted) for one in _of("number")})
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


def grains(
    week: Any, before: Any, messages: Any, as_of: int, opened: Any = None, known: Any = None
) -> dict[Grain, Any]:
    """The small tables that features are written over; each has ``number``. See ``features.catalogue`` for their columns.

    ``week``, ``before``, ``messages``: calls of the week, of the 30 days before it, messages of the week.
    """
    calls = _made(week, as_of)
    hourly = calls.group_by("number", "party", "at_hour").agg(
        calls=calls.count(), answered=calls.count(where=calls.seconds > 0), first=calls.start.min(), last=calls.start.max(),
        last_answered=calls.start.max(where=calls.seconds > 0),
    )  # fmt: skip
    pairs = hourly.group_by("number", "party").agg(
        calls=hourly.calls.sum(), answered=hourly.answered.sum(), first=hourly.first.min(), last=hourly.last.max(),
        last_answered=hourly.last_answered.max(),
    )  # fmt: skip
    hours = hourly.group_by("number", "at_hour").agg(calls=hourly.calls.sum(), parties=hourly.count())
    sent = messages.select(number=messages.sender, receiver=messages.receiver, text=messages.text_hash)
    return {
        "made": calls,
        "earlier": _earlier(before, as_of),
        "received": pairs.select("calls", "answered", number=pairs.party),
        "party": _party(pairs, before, as_of, known),
        "hour": hours,
        "clock": hours.group_by("number", of_day=hours.at_hour % DAY).agg(calls=hours.calls.sum()),
        "city": _known(calls, "peer_city").group_by("number", "peer_city").agg(calls=lambda t: t.count()),
        "handset": _handset(_known(calls, "imei")),
        "cell": _known(calls, "cell").distinct(),
        "sent": sent,
        "sold": _sold(week, opened, as_of),
        "text": sent.group_by("number", "text").agg(receivers=sent.receiver.nunique()),
    }


def _made(week: Any, as_of: int) -> Any:
    local = week.start + SHANGHAI
    return week.select(
        "seconds", "kind", "cell", "imei", "peer_city", "roaming", "start",
        number=week.caller, party=week.callee, at_hour=local - local % HOUR, age=as_of - week.start,
        day=week.start >= as_of - DAY, hour=week.start >= as_of - HOUR,
    )  # fmt: skip


def _earlier(before: Any, as_of: int) -> Any:
    return before.select(number=before.caller, age=as_of - before.start, month=before.start >= as_of - MONTH)


def _sold(week: Any, opened: Any, as_of: int) -> Any:
    """Where nobody tells when numbers were opened, of nobody."""
    if opened is None:
        opened = week.filter(ibis.literal(False)).select(number=week.caller, at=week.start)
    return opened.filter(opened["at"] < as_of).select("number", age=as_of - opened["at"])


def _party(pairs: Any, before: Any, as_of: int, known: Any) -> Any:
    """``pairs``: one row per number and number it called; ``before``: calls before the week."""
    called = before.select(number=before.caller, party=before.callee)
    rung = called.semi_join(pairs, ["number", "party"]).distinct()
    back = pairs.select(number=pairs.party, party=pairs.number, last_back=pairs.last)
    joined = pairs.left_join(rung, ["number", "party"], rname="{name}_before")
    joined = joined.left_join(back, ["number", "party"], rname="{name}_back")
    if known is None:
        joined = joined.mutate(shared=ibis.null("boolean"))
    else:
        joined = joined.left_join(_rung_by(pairs, known, as_of), "party", rname="{name}_rung")
        other = (joined.by > 1) | (joined.one != joined.number)
        joined = joined.mutate(shared=other.fill_null(False))
    return joined.select(
        "number", "calls", "answered", "shared", before=joined.party_before.notnull(),
        in_day=joined.last >= as_of - DAY, in_hour=joined.last >= as_of - HOUR,
        reached_in_day=(joined.last_answered >= as_of - DAY).fill_null(False), called_back=(joined.last_back > joined.first).fill_null(False),
    )  # fmt: skip


def _rung_by(pairs: Any, known: Any, as_of: int) -> Any:
    """Whom those rang that are known as fraud: ``by`` how many of them, and ``one`` of these."""
    rung = pairs.semi_join(known.filter(known["at"] < as_of), "number")
    return rung.group_by("party").agg(by=rung.count(), one=rung.number.min())


def _handset(used: Any) -> Any:
    """``used``: number, imei of calls."""
    once = used.distinct()
    on_it = once.group_by("imei").agg(numbers=ibis.least(once.count(), MOST_ON_HANDSET))
    return once.inner_join(on_it, "imei")


def _known(calls: Any, column: str) -> Any:
    return calls.filter(calls[column].notnull()).select("number", column)


def _between(events: Any, time: str, since: int, until: int) -> Any:
    return events.filter((events[time] >= since) & (events[time] < until))


def _gathered(table: Any, grain: Grain) -> Any:
    """The features of one grain and what else is needed of it, one row per number."""
    asked = {one.name: one.expression for one in _of(grain)} | ASIDE.get(grain, {})
    return table.group_by("number").agg({name: expression(table) for name, expression in asked.items()})


def _of(grain: Grain) -> Iterable[Feature]:
    return (one for one in CATALOGUE if one.grain == grain)


def _counts() -> Iterable[Feature]:
    """Counts that a grain lacks where nothing happened."""
    return (one for one in CATALOGUE if one.is_count and one.grain != "number")
