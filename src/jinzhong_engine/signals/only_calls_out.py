"""只打不接: a number rings many and is rung by nobody.

Those who answer a fraud number can't call it back: it is forwarded, faked or off. A taxi's or a doctor's number is rung back.
"""

TITLE = "只打不接"
READS = "features"
REASON = "呼叫 {parties} 个不同号码，没有一个打回来"
LOOK_ALIKE = "出租车、医生：打给很多人，也总有人打回来。"

MIN_PARTIES = 50
"""Where innocent numbers reach 50 people in a week some call back; placeholder."""


def hits(features):
    """features: the catalogue's. Returns caller, parties."""
    silent = features.filter(
        features.out_parties_7d >= MIN_PARTIES, features.callback_share_7d == 0, features.in_calls_7d == 0
    )
    return silent.select(caller="number", parties="out_parties_7d")


EXAMPLES = {
    "nobody can call back": ([f"A > N{one} 10:{one:02} 20" for one in range(55)], ["A"]),
    "a taxi, some call back": ([f"A > N{one} 10:{one:02} 20" for one in range(55)] + ["N3 > A 12:00 60"], []),
}
