"""The line, the model and the rules in force: set, and rolled back."""

from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from django.utils.translation import gettext as _

from jinzhong.audit import operations as audit
from jinzhong.district.models import Account
from jinzhong.operation import operation
from jinzhong.scoring import queries, rules
from jinzhong.scoring.models import (
    Challenge,
    Promotion,
    Rule,
    Threshold,
)
from jinzhong.scoring.operations.faults import Unfit

WHY = 200
Kind = TypeVar("Kind", Threshold, Promotion)


@operation
def set_line(*, value: float, since: date, by: Account, now: datetime) -> Threshold:
    """List from this chance on, from a day on; kept with the trial that was seen. Lists that are kept don't change."""
    audit.take_turn()
    if not 0 < value < 1:
        raise Unfit(_("阈值要在 0 和 1 之间，例如 0.3"))
    _check_day(since, now=now)
    tried = queries.trial(value, today=now.date())
    if not tried.lists:
        raise Unfit(_("近 30 天没有名单可以试算，先收名单再换阈值"))
    made = Threshold.objects.create(value=value, since=since, trial=tried.told(), by=by.username, at=now)
    audit.record("scoring.line_set", on=made, by=by.username, at=now, line=value, since=since)
    return made


@operation
def roll_back(*, by: Account, now: datetime) -> Threshold:
    """The line set last no longer counts; the one before it is in force again."""
    audit.take_turn()
    last = _withdrawn(Threshold, by=by, now=now, none=_("没有可以退回的阈值：现在用的是模型自带的"))
    audit.record("scoring.line_rolled_back", on=last, by=by.username, at=now, line=last.value)
    return last


@operation
def promote(*, model: str, since: date, why: str, by: Account, now: datetime) -> Promotion:
    """Take lists of this model alone, from a day on. Lists that are kept don't change."""
    audit.take_turn()
    _check_day(since, now=now)
    reason = _reason(why, none=_("写一句为什么换"))
    if not Challenge.objects.filter(model=model, superseded_at=None).exists():
        raise Unfit(_("这个模型没有和名单比过，先收它的分数再换"))
    _check_lists_somebody(model, since)
    made = Promotion.objects.create(model=model, since=since, why=reason, by=by.username, at=now)
    audit.record("scoring.promoted", on=made, by=by.username, at=now, digest=model, since=since)
    return made


def _check_lists_somebody(model: str, since: date) -> None:
    """With its own line, and no line set, a model that listed nobody beside any list would make empty ones."""
    compared = Challenge.objects.filter(model=model, superseded_at=None)
    if queries.in_force(since) is None and not compared.filter(listed__gt=0).exists():
        raise Unfit(
            _("这个模型在比过的 %(n)s 份名单上一个号码也没有列：启用了，名单就是空的。加上没上过名单的号码重新训练（numbers labels --background）")
            % {"n": compared.count()}
        )  # fmt: skip


@operation
def demote(*, by: Account, now: datetime) -> Promotion:
    """The model promoted last is so no longer; the one before it counts again, or any."""
    audit.take_turn()
    last = _withdrawn(Promotion, by=by, now=now, none=_("没有可以退回的：现在哪个模型的名单都收"))
    audit.record("scoring.demoted", on=last, by=by.username, at=now, digest=last.model)
    return last


@operation
def switch_on(*, signal: str, since: date, why: str, by: Account, now: datetime) -> Rule:
    """List what this rule names too, from a day on; kept with the trial that was seen. Lists that are kept don't change."""
    audit.take_turn()
    _check_day(since, now=now)
    reason = _reason(why, none=_("写一句为什么启用"))
    tried = next((one for one in rules.trials(viewer=by, today=now.date()) if one.signal == signal), None)
    if tried is None:
        raise Unfit(_("选一条规则"))
    if not tried.lists:
        raise Unfit(_("近 30 天没有名单问过规则，没有试算；先连规则一起收名单"))
    if rules.standing(signal):
        raise Unfit(_("这条规则已经启用了"))
    made = Rule.objects.create(
        signal=signal, since=since, why=reason, trial=tried.told(), by=by.username, at=now
    )
    audit.record("scoring.rule_on", on=made, by=by.username, at=now, rule=signal, since=since)
    return made


@operation
def switch_off(*, rule: UUID, why: str, by: Account, now: datetime) -> Rule:
    """A rule that is on is so no longer, whichever was switched on when. Lists that are kept don't change."""
    audit.take_turn()
    found = Rule.objects.filter(pk=rule, withdrawn_at=None).first()
    if found is None:
        raise Unfit(_("这条规则没有在用，或者已经退回了"))
    found.withdrawn_why = _reason(why, none=_("写一句为什么退回"))
    found.withdrawn_at, found.withdrawn_by = now, by.username
    found.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_why"])
    audit.record("scoring.rule_off", on=found, by=by.username, at=now, rule=found.signal)
    return found


def _check_day(since: date, *, now: datetime) -> None:
    if since < now.date():
        raise Unfit(_("启用日期不能早于今天：收过的名单不改"))


def _reason(why: str, *, none: str) -> str:
    """What is kept of what was written; ``none``: what is said when that is nothing."""
    if not any(map(str.isalnum, why)):
        raise Unfit(none)
    return why.strip()[:WHY]


def _withdrawn(kind: type[Kind], *, by: Account, now: datetime, none: str) -> Kind:
    """The one set last, which counts no longer; ``none``: what is said when there isn't any."""
    last: Kind | None = kind.objects.filter(withdrawn_at=None).order_by("-at", "-pk").first()
    if last is None:
        raise Unfit(none)
    last.withdrawn_at, last.withdrawn_by = now, by.username
    last.save(update_fields=["withdrawn_at", "withdrawn_by"])
    return last
