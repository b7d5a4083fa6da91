"""新号暴增: a number nobody had heard of calls as much in its first days as others in a month.

Fraud numbers live for days and are worked hard from the first one. A new colleague's number rises too, but towards the same people.
"""

TITLE = "新号暴增"
READS = "features"
REASON = "首次主叫距今 {days} 天，近7天呼叫 {parties} 个不同号码"
LOOK_ALIKE = "新来的同事：号也是新的、打得也多，但总是那几个人。"

MAX_DAYS, MIN_PARTIES, MAX_CALLS_PER_PARTY = 7, 60, 2
"""Placeholders: the planted world's residents know fewer than 60 people a week and ring them more than twice."""


def hits(features):
    """features: the catalogue's. Returns caller, days, parties."""
    rising = features.filter(
        features.first_call_days_37d <= MAX_DAYS, features.out_parties_7d >= MIN_PARTIES,
        features.calls_per_party_7d < MAX_CALLS_PER_PARTY,
    )  # fmt: skip
    return rising.select(caller="number", days=rising.first_call_days_37d.round(1), parties="out_parties_7d")


EXAMPLES = {
    "a fresh number rings a list": ([f"A > N{one} 10:{one % 60:02} 20" for one in range(80)], ["A"]),
    "a new colleague rings the same six": ([f"A > N{one % 6} 10:{one % 60:02} 20" for one in range(80)], []),
}
