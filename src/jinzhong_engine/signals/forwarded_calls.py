"""呼叫转移外呼: an ordinary number mostly makes forwarded calls.

Forwarding through a local number makes a call from abroad look like one from next door. A shop that forwards to the owner's
home does so a few times a day.
"""

TITLE = "呼叫转移外呼"
READS = "features"
REASON = "近7天主叫 {calls} 次，呼叫转移占 {share}%"
LOOK_ALIKE = "铺子打烊后转到店主家里：一天只有几次。"

MIN_CALLS, MIN_SHARE = 50, 0.5
"""Placeholders."""


def hits(features):
    """features: the catalogue's. Returns caller, calls, share (percent)."""
    forwarded = features.filter(features.out_calls_7d >= MIN_CALLS, features.forwarded_share_7d >= MIN_SHARE)
    return forwarded.select(
        caller="number", calls="out_calls_7d", share=(100 * forwarded.forwarded_share_7d).round(0)
    )


EXAMPLES = {
    "a bridge for calls from abroad": (
        [f"A > N{one} 10:{one % 60:02} 60 - - forwarded" for one in range(70)],
        ["A"],
    ),
    "a shop forwards in the evening": ([f"A > N 19:{one:02} 60 - - forwarded" for one in range(12)], []),
}
