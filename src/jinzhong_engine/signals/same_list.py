"""呼叫名单相邻: two numbers ring the same strangers.

A gang works one bought list with many numbers; friends and families share some people, but not dozens that are strangers to both.
"""

TITLE = "呼叫名单相邻"
READS = "calls"
REASON = "与另一号码呼叫了 {shared} 个相同的号码，占它呼叫的 {share}%"
LOOK_ALIKE = "一家人、朋友：有共同的熟人，但不会有几十个都打过的陌生号码。"

MIN_SHARED, MIN_SHARE, MAX_CALLERS = 20, 30, 20
"""Placeholders. A callee rung by more than 20 numbers is a hotline, a bank or a courier, and says nothing."""


def hits(calls):
    """calls: one row per call made. Returns caller, shared, share (percent): with the number most like it."""
    pairs = calls.select("caller", "callee").distinct()
    called = pairs.group_by("callee").agg(callers=pairs.count())
    telling = pairs.inner_join(called.filter(called.callers.between(2, MAX_CALLERS)), "callee").select(
        "caller", "callee"
    )
    other = telling.select(another="caller", there="callee")
    both = telling.inner_join(other, [telling.callee == other.there, telling.caller != other.another])
    alike = both.group_by("caller", "another").agg(shared=both.count())
    all_called = pairs.group_by("caller").agg(parties=pairs.count())
    beside = alike.filter(alike.shared >= MIN_SHARED).inner_join(all_called, "caller")
    beside = beside.mutate(share=(100 * beside.shared / beside.parties).round(0))
    close = beside.filter(beside.share >= MIN_SHARE)
    return close.group_by("caller").agg(shared=close.shared.max(), share=close.share.max())


EXAMPLES = {
    "two hands on one list": ([f"{who} > N{one} 10:{one:02} 9" for who in "AB" for one in range(30)], ["A", "B"]),
    "a couple with a few common friends": (
        [f"A > N{one} 10:{one:02} 60" for one in range(25)] + [f"B > N{one} 10:{one - 20:02} 60" for one in range(20, 50)], [],
    ),
}  # fmt: skip
