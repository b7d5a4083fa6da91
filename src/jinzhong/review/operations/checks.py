"""现场检查: what somebody saw at a place, kept as it was seen."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from jinzhong.agenda import operations as agenda
from jinzhong.audit import operations as audit
from jinzhong.district.models import Account, Unit
from jinzhong.district.permissions import require
from jinzhong.operation import operation
from jinzhong.review import checks, inspection
from jinzhong.review.models import CheckPhoto, SiteCheck
from jinzhong.review.operations.words import Unfit, short

FORGET_PHOTOS = "review.forget_photos"
"""The deadline of a check with photos: they have been kept long enough."""
KEEP_PHOTOS = timedelta(days=180)
"""Placeholder: no order says how long."""


@operation
def record_check(
    *, place: str, items: Mapping[str, str], text: str, seen_at: datetime, by: Account, now: datetime, photos: Sequence[bytes] = ()
) -> SiteCheck:  # fmt: skip
    """Keep it; what is not in order can become the ground of a paper. ``photos``: drawn anew (``jinzhong.pictures``)."""
    require(by, "check.record")
    seen = checks.place(place, by)
    if seen is None:
        raise Unfit(_("选一个要查的地方"))
    known = checks.ITEMS[checks.kind_of(seen)]
    looked_at = {code: items[code] for code in known if items.get(code) in (checks.GOOD, checks.BAD)}
    if not looked_at and not text.strip():
        raise Unfit(_("至少查一项，或者写看到什么"))
    if len(photos) > checks.PHOTOS:
        raise Unfit(_("照片最多 %(n)s 张") % {"n": checks.PHOTOS})
    audit.take_turn()
    made = SiteCheck.objects.create(
        **{"unit" if isinstance(seen, Unit) else "community": seen},
        receiver=checks.receiver_of(seen),
        items=looked_at,
        text=short(text),
        by=by.username,
        seen_at=seen_at,
        recorded_at=now,
    )
    CheckPhoto.objects.bulk_create(
        CheckPhoto(check_of=made, number=number, content=one) for number, one in enumerate(photos, 1)
    )
    if photos:
        agenda.watch(on_id=made.pk, due={FORGET_PHOTOS: now + KEEP_PHOTOS}, at=now)
    bad = sum(state == checks.BAD for state in looked_at.values())
    audit.record(
        "review.site_checked", on=made, by=by.username, at=now, happened_at=seen_at, town=seen.town_id or "", found=bad, photos=len(photos)
    )  # fmt: skip
    return made


@operation
def forget_photos(*, on_id: UUID, step: int, due_at: datetime, now: datetime) -> None:
    """The photos of a check are deleted; while a paper that rests on it is open they stay as long again."""
    audit.take_turn()
    if not agenda.settle_one(kind=FORGET_PHOTOS, on_id=on_id, step=step, outcome="met", at=now):
        return
    one = SiteCheck.objects.get(pk=on_id)
    if inspection.has_open_paper(one):
        agenda.watch(on_id=one.pk, due={FORGET_PHOTOS: now + KEEP_PHOTOS}, at=now, step=step + 1)
        return
    gone, _by_kind = one.photos.all().delete()
    audit.record(
        "review.photos_forgotten", on=one, by="clock", at=now, happened_at=due_at, town=one.place.town_id or "", photos=gone
    )  # fmt: skip
