"""点评 in sentences: what is praised, blamed or left alone. Only what chance hardly explains is good or bad.

Shared by the pages of towns and of member units.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jinzhong.review import inspection
from jinzhong.review.models import Paper
from jinzhong.situation import sentences
from jinzhong.situation.periods import DAY, Period

CHANCE = 0.05
"""Rarer than this by chance alone: worth praise or blame."""
PERCENT = 100


@dataclass
class Said:
    """好, 差, 平 and 欠: each a list of sentences."""

    good: list[str] = field(default_factory=list)
    bad: list[str] = field(default_factory=list)
    usual: list[str] = field(default_factory=list)
    owed: list[str] = field(default_factory=list)

    def weigh(self, words: str, *, worse: float, better: float) -> None:
        """``worse``: chance of as bad or worse where nothing has changed; ``better``: of as good or better."""
        if worse <= CHANCE:
            self.bad.append(
                _("%(words)s，比自己差，偶然的可能 %(p)s") % {"words": words, "p": percent(worse)}
            )
        elif better <= CHANCE:
            self.good.append(
                _("%(words)s，比自己好，偶然的可能 %(p)s") % {"words": words, "p": percent(better)}
            )
        else:
            self.usual.append(_("%(words)s，与自己比在常见范围内") % {"words": words})

    def beside(self, words: str, part: int, whole: int, *, others: float) -> None:
        """A share beside the others' share: good or bad where its interval leaves that out."""
        from jinzhong_engine.surveillance.rates import of_share

        low, high = of_share(part, whole)
        told = self.good if low > others else self.bad if high < others else self.usual
        told.append(words)


def percent(p: float) -> str:
    return "<0.1%" if p < 0.001 else f"{p * PERCENT:.1f}%"


def papers_owed(papers: Iterable[Paper], today: date) -> list[str]:
    """The papers whose reply is overdue."""
    return [
        ngettext(
            "%(number)s %(kind)s应于 %(day)s 前回复，迟 %(n)s 天",
            "%(number)s %(kind)s应于 %(day)s 前回复，迟 %(n)s 天",
            late := inspection.days_late(one, today),
        )
        % {
            "number": one.number,
            "kind": one.get_kind_display(),
            "day": sentences.span(Period(one.due_on, one.due_on + DAY)),
            "n": late,
        }
        for one in papers
        if inspection.is_overdue(one, today)
    ]
