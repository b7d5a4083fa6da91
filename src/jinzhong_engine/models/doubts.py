"""Why a model had better not be used, by its own card: said when it is made, and again when its scores come in."""

from collections.abc import Iterator
from math import sqrt
from typing import Any

LINE = "0.001"
"""Where a list begins unless somebody sets a line: one innocent number in a thousand lies above."""
SURE = 1.96


def doubts(card: dict[str, Any]) -> list[str]:
    """One line each. Cards of before the judged fraud rows were counted leave none."""
    return list(_doubts(card)) if "fraud_judged" in card["validation"] else []


def _doubts(card: dict[str, Any]) -> Iterator[str]:
    fraud = card["validation"]["fraud_judged"]
    innocent = card["validation"]["rows_judged"] - fraud
    if card["recalls"][LINE] == 0:
        yield f"at its line it finds none of the {fraud} fraud rows it was tried on: a list made with it would be empty or wrong"
    auc = card["figures"]["auc"]
    if auc - SURE * auc_error(auc, fraud, innocent) <= 0.5:
        yield f"it ranks no better than chance: AUC {auc} on {fraud} fraud rows and {innocent} others"
    if innocent < 1 / float(LINE):
        yield (
            f"its line rests on {innocent} innocent rows where a thousand are needed to tell one in a thousand:"
            " numbers labels --features F --background 2000 adds strangers"
        )
    beside = card.get("beside")
    if beside and beside["figures"]["ap"] >= card["figures"]["ap"]:
        yield (
            f"it is no better than the model it was held against ({beside['model'][:12]}): average precision {card['figures']['ap']},"
            f" of that one {beside['figures']['ap']} on the same rows"
        )


def auc_error(auc: float, fraud: int, innocent: int) -> float:
    """Standard error of an AUC (Hanley and McNeil 1982).

    >>> round(auc_error(0.8, 50, 50), 3)
    0.045
    """
    one, two = auc / (2 - auc), 2 * auc * auc / (1 + auc)
    spread = auc * (1 - auc) + (fraud - 1) * (one - auc * auc) + (innocent - 1) * (two - auc * auc)
    return sqrt(spread / (fraud * innocent))
