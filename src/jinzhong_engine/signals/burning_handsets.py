"""频繁换机: one number moves through many handsets while it rings strangers.

Boxes that hold cards change the handset's number to hide. A repair shop puts a customer's card into several phones, but doesn't
ring strangers from it.
"""

TITLE = "频繁换机"
READS = "features"
REASON = "近7天用过 {handsets} 部手机，呼叫 {parties} 个不同号码"
LOOK_ALIKE = "修手机的：顾客的卡在好几部手机里试过，但不会用它打给一串陌生号码。"

MIN_HANDSETS, MIN_PARTIES = 4, 30
"""Of the operators' real rows 5 % of the innocent use four handsets in eight months, half of the fraudulent two in one month
(quantiles by label); a week is stricter."""


def hits(features):
    """features: the catalogue's. Returns caller, handsets, parties."""
    moving = features.filter(features.handsets_7d >= MIN_HANDSETS, features.out_parties_7d >= MIN_PARTIES)
    return moving.select(caller="number", handsets="handsets_7d", parties="out_parties_7d")


EXAMPLES = {
    "a box that changes its name": ([f"A > N{one} 10:{one:02} 9 i{one % 5}" for one in range(40)], ["A"]),
    "a card in the repair shop": ([f"A > N{one % 3} 10:{one:02} 9 i{one % 5}" for one in range(40)], []),
}
