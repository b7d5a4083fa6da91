"""What the live watch tells is kept."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any
from uuid import UUID

from django.db.models import F
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from jinzhong.agenda import operations as agenda
from jinzhong.audit import operations as audit
from jinzhong.clock import ZONE, midnight
from jinzhong.district.models import Unit
from jinzhong.operation import operation
from jinzhong.scoring import live
from jinzhong.scoring.given import LiveLine, PersonLine
from jinzhong.scoring.models import (
    LiveChange,
    LivePulse,
    PeopleRead,
    Reached,
)
from jinzhong.scoring.operations.faults import Unfit
from jinzhong.scoring.operations.forgetting import FORGET_AFTER, FORGET_LIVE
from jinzhong.scoring.pulse import Pulse
from jinzhong.vault import forms
from jinzhong.vault import operations as vault


@operation
def keep_live(
    *, operator: Unit, file: str, lines: Sequence[LiveLine], simulated: bool, by: str, now: datetime
) -> None:
    """Keep what the live watch told, the next lines of its file; a line that was kept meanwhile isn't kept twice."""
    audit.take_turn()
    nth = _file_of(operator, file, first=lines[0].line, simulated=simulated)
    for one in lines:
        number = vault.keep("number", at=now, phone=one.number)
        LiveChange.objects.filter(operator=operator, nth=nth, number=number, stands=True).update(stands=False)
        made = LiveChange.objects.create(
            operator=operator, nth=nth, file=file, line=one.line, ends=one.ends, digest=one.digest, number=number,
            at=one.at, listed=one.listed, score=one.score, reasons=one.reasons, reached=one.reached,
            simulated=simulated, by=by, kept_at=now,
        )  # fmt: skip
    day = now.astimezone(ZONE).date()
    due = midnight(day + timedelta(days=1)) + FORGET_AFTER
    agenda.watch(on_id=operator.pk, due={FORGET_LIVE: due}, at=now, step=day.toordinal())
    audit.record(
        "scoring.live_kept", on=made, by=by, at=now, unit=operator.pk, rows=len(lines),
        listed=sum(one.listed for one in lines),
    )  # fmt: skip


@operation
def keep_people(
    *,
    operator: Unit,
    file: str,
    lines: Sequence[PersonLine],
    by: str,
    now: datetime,
    quiet_until: datetime | None = None,
) -> tuple[int, dict[LiveChange, list[UUID]]]:
    """Keep whom the numbers of the live list talk to: (how many lines, by listing the rows of which to warn). Lines from one on whose listing
    wasn't kept yet wait.

    A shallow one is counted and not kept; who isn't a resident is neither. Who was told of before ``quiet_until`` is kept alone.
    """
    audit.take_turn()
    read, _fresh = PeopleRead.objects.get_or_create(operator=operator, file=file)
    if lines[0].line != read.line + 1:
        raise Unfit(_("%(file)s 另有一个命令正在收，这一个停下") % {"file": file})
    found, listing = dict[LiveChange, list[UUID]](), cache(partial(live.listing, operator))
    for one in lines:
        change = listing(one.number, since=one.since)
        if change is None:
            break
        kept_as = _keep_person(change, one, now=now) if forms.is_residents(one.person) else None
        if kept_as and (quiet_until is None or one.at >= quiet_until):
            found.setdefault(change, []).append(kept_as.pk)
        read.line, read.ends, read.digest = one.line, one.ends, one.digest
    read.save()
    kept = read.line - lines[0].line + 1
    if kept:
        audit.record("scoring.people_kept", on=read, by=by, at=now, unit=operator.pk, rows=kept)
    return kept, found


def _keep_person(change: LiveChange, one: PersonLine, *, now: datetime) -> Reached | None:
    """The row that says how deep this one is in; None of a shallow one."""
    is_shallow = one.pattern == "shallow"
    more = int(is_shallow) - int(one.was == "shallow")
    LiveChange.objects.filter(pk=change.pk).update(shallow=Greatest(F("shallow") + more, 0))
    if is_shallow:
        return None
    made, _fresh = Reached.objects.get_or_create(
        change=change,
        person=vault.keep("person", at=now, phone=one.person),
        pattern=one.pattern,
        defaults={"talks": one.talks, "seconds": one.seconds, "last_at": one.last},
    )
    return made


@operation
def hear_live(*, operator: Unit, file: str, pulse: Pulse | None, now: datetime) -> None:
    """Note that the file was looked at, and what its watch says of itself; of a file that a newer one followed, nothing."""
    last = live.last(operator)
    if last and last.file != file and live.last(operator, file=file):
        return
    known = LivePulse.objects.filter(operator=operator, file=file)
    told: dict[str, Any] = {}
    if pulse and not known.filter(told_at=pulse.at).exists():
        told = {"told_at": pulse.at, "heard_at": now, "reading": pulse.reading}
        if not pulse.reading:
            told |= {
                "newest": pulse.newest, "counted": pulse.counted, "ahead": pulse.ahead,
                **(asdict(pulse.listing) if pulse.listing else {"model": "", "line": None, "prevalence": None}),
            }  # fmt: skip
    if not known.update(looked_at=now, **told):
        LivePulse.objects.filter(operator=operator).delete()
        LivePulse.objects.create(operator=operator, file=file, looked_at=now, **told)


def _file_of(operator: Unit, file: str, *, first: int, simulated: bool) -> int:
    """Which of the operator's files this is, the newest or the next; refused where line ``first`` isn't what comes next."""
    last = live.last(operator)
    same = last if last and last.file == file else None
    if last and same is None and live.last(operator, file=file):
        raise Unfit(_("%(file)s 之后已经收过 %(newer)s，不再往回收") % {"file": file, "newer": last.file})
    if same and same.simulated != simulated:
        raise Unfit(_("%(file)s 前后不一样：--simulated 要么都写，要么都不写") % {"file": file})
    if first != (same.line if same else 0) + 1:
        raise Unfit(_("%(file)s 另有一个命令正在收，这一个停下") % {"file": file})
    return (last.nth + (same is None)) if last else 1
