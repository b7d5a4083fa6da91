"""What a number is, said by people; and what fits a model from it."""

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _

from jinzhong.audit import operations as audit
from jinzhong.district.models import Account
from jinzhong.district.permissions import NotAllowed
from jinzhong.intake.models import Alert
from jinzhong.operation import operation
from jinzhong.scoring import queries
from jinzhong.scoring.known import Known, known
from jinzhong.scoring.models import (
    Entry,
    LiveChange,
    Reached,
    Taken,
    Verdict,
)
from jinzhong.scoring.operations.faults import Unfit
from jinzhong.scoring.queries import Listed
from jinzhong.scoring.words import BECAUSE

NOTE = 200


@operation
def judge(*, entry: Listed, word: str, because: str, note: str, by: Account, now: datetime) -> Verdict:
    """Say what a number is. It takes the place of what the same side said before, which stays on record."""
    audit.take_turn()
    side = queries.side_of(by)
    if not side:
        raise NotAllowed("number.judge")
    if because not in BECAUSE.get(word, {}):
        raise Unfit(_("选一条凭据"))
    if because == "other" and not note.strip():
        raise Unfit(_("选了“别的”，请在备注里写一句"))
    if queries.is_forgotten(entry):
        raise Unfit(_("30 天没有确认，号码已经删了，不能再判"))
    queries.own_word(entry, of=by).update(ended_at=now, ended_by=by.username)
    made = Verdict.objects.create(
        entry=entry if isinstance(entry, Entry) else None,
        change=entry if isinstance(entry, LiveChange) else None,
        number=entry.number,
        word=word,
        because=because,
        note=note.strip()[:NOTE],
        side=side,
        unit=by.unit,
        by=by.username,
        at=now,
    )
    audit.record(
        "scoring.judged", on=entry, by=by.username, at=now, verdict=word, because=because, unit=entry.operator_id
    )  # fmt: skip
    return made


@operation
def take_back(*, entry: Listed, by: Account, now: datetime) -> None:
    """What one's own side said of this number no longer stands; that it was said stays."""
    audit.take_turn()
    standing = queries.own_word(entry, of=by).first()
    if standing is None:
        raise Unfit(_("没有可以收回的判断"))
    standing.ended_at, standing.ended_by = now, by.username
    standing.save(update_fields=["ended_at", "ended_by"])
    audit.record("scoring.taken_back", on=entry, by=by.username, at=now, verdict=standing.word)


@operation
def note_warned(*, reached: Reached, alert: Alert, by: str, now: datetime) -> None:
    """A resident whom a number got hold of has become a warning."""
    reached.alert = alert
    reached.save(update_fields=["alert"])
    audit.record("scoring.warned", on=reached.by, by=by, at=now, alert=alert.pk, pattern=reached.pattern)


@operation
def take_labels(
    *, viewer: Account | None, by: str, purpose: str, now: datetime, among: Collection[str] | None = None
) -> list[Known]:
    """Every standing label, plain, for fitting a model; logged with its purpose. ``among``: of these numbers alone."""
    audit.take_turn()
    found = known(viewer=viewer, among=among)
    made = Taken.objects.create(rows=len(found), purpose=purpose, by=by, at=now)
    audit.record("scoring.labels_taken", on=made, by=by, at=now, rows=len(found))
    return found
