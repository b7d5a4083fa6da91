"""一机多卡: many numbers call from one handset within a week.

Whoever burns numbers puts one card after another into the same phone, or into a box that holds dozens. Two cards in a phone
are how many people keep work and family apart.
"""

TITLE = "一机多卡"
READS = "calls"
REASON = "同一手机上先后出现 {numbers} 个号码"
LOOK_ALIKE = "一部手机两张卡，工作、家里分开用。修手机的试卡，四张也到头了。"

MIN_NUMBERS = 5
"""A phone has two slots; a repaired and lent one saw four in the planted world. Placeholder."""


def hits(calls):
    """calls: one row per call made. Returns caller, numbers: how many were seen on a handset it used."""
    used = calls.filter(calls.imei.notnull()).select("caller", "imei").distinct()
    handsets = used.group_by("imei").agg(numbers=used.count())
    many = handsets.filter(handsets.numbers >= MIN_NUMBERS)
    on_many = used.inner_join(many, "imei")
    return on_many.group_by("caller").agg(numbers=on_many.numbers.max())


EXAMPLES = {
    "six cards in one box": ([f"{one} > N 10:00 30 box" for one in "ABCDEF"], list("ABCDEF")),
    "work and family on two cards": ([f"{one} > N 10:00 30 phone" for one in "AB"], []),
}
