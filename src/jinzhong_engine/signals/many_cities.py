"""异地批量: a number rings strangers in many cities, a few in each.

Bought lists mix the whole country. A sales office calls far as well, but comes back to its customers.
"""

TITLE = "异地批量"
READS = "calls"
REASON = "呼叫 {cities} 个城市的 {parties} 个不同号码，每个平均 {each} 次"
LOOK_ALIKE = "跑外地的业务员：打得一样远，但会再打给老客户。"

MIN_CITIES, MIN_PARTIES, MAX_EACH = 15, 40, 1.5
"""Placeholders: in the planted world one resident in a thousand calls into 15 cities within a week."""


def hits(calls):
    """calls: one row per call made. Returns caller, cities, parties, each."""
    spread = calls.group_by("caller").agg(
        cities=calls.city.nunique(),
        parties=calls.callee.nunique(),
        each=(calls.count() / calls.callee.nunique()).round(1),
    )
    return spread.filter(spread.cities >= MIN_CITIES, spread.parties >= MIN_PARTIES, spread.each < MAX_EACH)


EXAMPLES = {
    "a list of the whole country": ([f"A > N{one} 10:{one:02} 9 - c{one % 20}" for one in range(50)], ["A"]),
    "a sales office and its customers": (
        [f"A > N{one % 45} 1{one % 8}:00 90 - c{one % 20}" for one in range(180)],
        [],
    ),
}
