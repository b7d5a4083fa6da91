"""群发近似短信: one text goes to many receivers from an ordinary number.

Bait goes out by the thousand. Wedding invitations go out as one text too, to dozens and to people who write back; banks and
couriers send from service numbers (106, 95), which are left out.
"""

TITLE = "群发近似短信"
READS = "messages"
REASON = "同一内容发给 {receivers} 个号码"
LOOK_ALIKE = "婚礼请帖：同一段话，但只发几十个人，多半还会回。银行、快递用 106、95 开头的号发，不算。"

MIN_RECEIVERS = 100
"""More than a family invites at once; placeholder."""


def hits(messages):
    """messages: one row per message. Returns caller, receivers of its most sent text."""
    ordinary = messages.filter(~messages.sender.startswith("106"), ~messages.sender.startswith("95"))
    texts = ordinary.group_by("sender", "text_hash").agg(receivers=ordinary.receiver.nunique())
    many = texts.filter(texts.receivers >= MIN_RECEIVERS)
    return many.group_by(caller=many.sender).agg(receivers=many.receivers.max())


EXAMPLES = {
    "bait to two hundred": ([f"A ~ N{one} 10:00 bait" for one in range(200)], ["A"]),
    "a wedding invitation": ([f"A ~ N{one} 10:00 wedding" for one in range(60)], []),
    "a courier's service number": ([f"1069 ~ N{one} 10:00 parcel" for one in range(200)], []),
}
