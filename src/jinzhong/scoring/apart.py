"""The live watch lists by a model and a line of its own, and asks no rules: where that isn't what the office has in use."""

import math
from dataclasses import dataclass
from datetime import date

from jinzhong.district.models import Account, Unit
from jinzhong.scoring import queries, rules
from jinzhong.scoring.models import DailyList, LivePulse
from jinzhong_engine.models.prevalence import moved

ALIKE = 1e-3
"""Lines that so small a part of themselves lies between are one: the page shows three digits."""


@dataclass(frozen=True)
class Apart:
    """What a watch lists by, beside what is in use for the daily lists of its operator."""

    operator: Unit
    model: str
    """Empty: it doesn't say."""
    line: float
    """At the prevalence its model was fitted at."""
    daily: float | None
    """The same line at the prevalence of the newest daily list; None: there is none."""
    prevalence: float | None
    other_model: str
    """In use, and not the watch's; else empty."""
    other_line: float | None
    """In use, and not the watch's; else None."""
    set_line: float | None
    """That the office set, if it did."""
    rules: list[str]
    """Switched on: they name nobody on the live list."""

    @property
    def follows(self) -> bool:
        return not self.other_model and self.other_line is None


def aparts(*, viewer: Account, today: date) -> list[Apart]:
    """Of each watch a viewer may see."""
    found = LivePulse.objects.filter(operator__in=queries.operators_seen(viewer)).select_related("operator")
    heard = found.exclude(
        reading=True, model=""
    )  # what it will list by isn't known before it has read its state
    return [_apart(one, today) for one in heard.order_by("operator__code")]


def _apart(pulse: LivePulse, today: date) -> Apart:
    newest = DailyList.objects.filter(operator=pulse.operator_id, superseded_at=None).order_by("-day").first()
    model, line = _in_use(newest, today)
    set_line = queries.in_force(today)
    daily = None
    if newest and pulse.line is not None and pulse.prevalence is not None:
        daily = moved(pulse.line, pulse.prevalence, newest.prevalence)
    is_other = daily is not None and line is not None and not math.isclose(daily, line, rel_tol=ALIKE)
    is_known = set_line is not None or model == pulse.model  # a model's own line says nothing of another's
    return Apart(
        operator=pulse.operator,
        model=pulse.model,
        line=pulse.line or 0.0,
        daily=daily,
        prevalence=newest.prevalence if newest else None,
        other_model=model if pulse.model and model != pulse.model else "",
        other_line=line if is_other and is_known else None,
        set_line=set_line.value if set_line else None,
        rules=list(rules.live(today)),
    )


def _in_use(newest: DailyList | None, today: date) -> tuple[str, float | None]:
    """The model and the line of the daily lists from today on. Where nobody set one, that of the newest list; None: it was cut at a line
    that was taken back since."""
    promoted, line = queries.promoted(today), queries.in_force(today)
    model = promoted.model if promoted else newest.model if newest else ""
    if line:
        return model, line.value
    return model, newest.threshold if newest and newest.threshold_set_id is None else None
