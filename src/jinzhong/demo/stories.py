"""What happened, by class of fraud, in the words of a case sheet: no person, no number, at most 120 characters."""

from typing import NamedTuple

from jinzhong_engine.world.profile import load


class Kind(NamedTuple):
    """``labels``: how stations write the class; ``told``: what happened; ``counter``: what a teller hears of it."""

    labels: tuple[str, ...]
    channels: tuple[str, ...]
    apps: tuple[str, ...]
    told: tuple[str, ...]
    counter: tuple[str, ...]


KINDS = {
    code: Kind(one.labels, one.channels, one.apps, one.told, one.counter)
    for code, one in load("fenghua").scripts.items()
}
"""By code of the taxonomy. Labels that no class knows (代改考试成绩) go to other and stay as written."""

LONGEST = 120
