"""沉默号激活: a number that had been silent for weeks suddenly rings strangers.

Bought and stored cards are let lie until the seller's deal is forgotten. A seaman home from sea wakes his number too, and rings
his family.
"""

TITLE = "沉默号激活"
READS = "features"
REASON = "静默 {days} 天后呼叫 {parties} 个不同号码，新对端占 {new_share}%"
LOOK_ALIKE = "出海回来的人：号也停了几个星期，但醒来先打给家里人。"

MIN_DAYS, MIN_PARTIES, MIN_NEW = 14, 30, 0.9
"""Placeholders until the district's own silent numbers were looked at."""


def hits(features):
    """features: the catalogue's. Returns caller, days, parties, new_share (percent)."""
    woken = features.filter(
        features.silent_days_37d >= MIN_DAYS, features.out_parties_7d >= MIN_PARTIES,
        features.new_party_share_7d >= MIN_NEW,
    )  # fmt: skip
    return woken.select(
        caller="number", days=woken.silent_days_37d.round(1), parties="out_parties_7d",
        new_share=(100 * woken.new_party_share_7d).round(0),
    )  # fmt: skip


EXAMPLES = {
    "stored for three weeks, then a list": (
        ["A > N0 10:00 30 day-22"] + [f"A > N{one} 10:{one:02} 20" for one in range(40)], ["A"],
    ),
    "home from sea": (["A > N0 10:00 30 day-22"] + [f"A > N{one % 5} 10:{one:02} 20" for one in range(40)], []),
}  # fmt: skip
