"""短时高频外呼: one number rings many strangers within an hour, and few of them answer.

Refund and loan scams dial through bought lists, so the spread of callees rises long before anybody complains.
Couriers look alike; their calls get answered.
"""

TITLE = "短时高频外呼"
READS = "calls"
REASON = "一小时内呼叫 {parties} 个不同号码，接通 {answered_share}%"
LOOK_ALIKE = "快递员：一小时也打几十个，但大多有人接。"

MIN_PARTIES = 30
"""In an hour of the planted world no resident comes near; placeholder until a week of the operator's calls was looked at."""

MAX_ANSWERED = 50


def hits(calls):
    """calls: one row per call made. Returns caller, parties, answered_share (percent) of each hour that shows it; the busiest is told."""
    hours = calls.group_by("caller", "hour").agg(
        parties=calls.callee.nunique(), answered_share=100 * calls.answered.sum() / calls.count()
    )
    hot = hours.filter(hours.parties >= MIN_PARTIES, hours.answered_share < MAX_ANSWERED)
    return hot.select("caller", "parties", answered_share=hot.answered_share.round(0))


EXAMPLES = {
    "a bought list, nobody picks up": ([f"A > N{one} 10:{one:02} 0" for one in range(40)], ["A"]),
    "a courier, most pick up": ([f"A > N{one} 10:{one:02} {one % 4 * 20}" for one in range(40)], []),
}
