"""日均广呼: in the operator's monthly table, a number that rings ten strangers every day, within few hours, and hardly anybody twice.

The readable layer over the monthly table: of 2,903 innocent real rows none, of 1,371 fraudulent ones 49 % (docs/figures.md). A call
centre rings as widely, but through the whole day, and is called back.
"""

TITLE = "日均广呼"
READS = "monthly"
COLUMNS = ("opposite_unique", "voc_day_nunique", "voc_calltype1", "voc_hour_nunique", "phone2opposite_mean")
REASON = "有通话的日子平均联系 {each_day} 个不同号码，主叫占 {out_share}%"
LOOK_ALIKE = "客服中心：一样打给很多人，但从早打到晚，也有人打回来。"

MIN_EACH_DAY, MIN_OUT, MAX_HOURS, MAX_EACH = 10, 0.9, 14, 2
"""From the operators' real rows: the loosest of 40 combinations that touched no innocent number, tightened by one step."""


def hits(monthly):
    """monthly: the operator's table. Returns caller, each_day, out_share (percent)."""
    each_day = monthly.opposite_unique / monthly.voc_day_nunique.nullif(0)
    wide = monthly.mutate(each_day=each_day).filter(
        each_day >= MIN_EACH_DAY, monthly.voc_calltype1 >= MIN_OUT, monthly.voc_hour_nunique <= MAX_HOURS,
        monthly.phone2opposite_mean <= MAX_EACH,
    )  # fmt: skip
    return wide.select(
        caller="number", each_day=wide.each_day.round(0), out_share=(100 * wide.voc_calltype1).round(0)
    )


_NAMES = " ".join(COLUMNS)
EXAMPLES = {
    "331 strangers in four days": ([f"A = {_NAMES} 331 4 1.0 13 1.0"], ["A"]),
    "a call centre, called back": ([f"A = {_NAMES} 900 26 0.62 14 3.1"], []),
}
