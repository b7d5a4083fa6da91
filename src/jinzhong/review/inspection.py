"""Which papers there are, how each stands, and on what grounds one may be written."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jinzhong import reasons
from jinzhong.district import queries as district
from jinzhong.district.models import Account, Role, Unit
from jinzhong.district.permissions import may
from jinzhong.review import checks, queries
from jinzhong.review.models import Paper, PaperStep, SiteCheck
from jinzhong.situation import board, sentences
from jinzhong.situation.periods import DAY, Period
from jinzhong_engine.sayings import CLAUSE

if TYPE_CHECKING:
    pass

State = Literal["waiting", "answered", "closed"]
NEXT = {"reminder": "letter", "letter": "order", "order": "notice", "notice": "talk", "talk": "talk"}
"""What follows when a paper was of no use (提级)."""
WORKING_DAYS = {"reminder": 1, "letter": 3, "order": 15, "notice": 3, "talk": 3}
"""Offered as the deadline; whoever issues it sets the day. Letter and order by domain practice, the others placeholders."""
ALARM_WEEKS = 4
"""So far back the colours of a town and site checks are offered as a ground."""


class Ground(NamedTuple):
    """What a paper rests on. ``key`` of an alarm: week/town, of a list: month/town; of a paper or site check its id; of what is told alone nothing."""

    kind: str
    key: str
    words: str


def grounds(receiver: Unit, *, viewer: Account, now: datetime) -> list[Ground]:
    """What the records hold against a unit: lists and colours of its town, papers it has not done with."""
    own = [one for one in papers(viewer=viewer).filter(receiver=receiver) if not one.closed_at]
    told = [Ground("paper", str(one.pk), _paper_words(one, now)) for one in own]
    return [
        *_listed(receiver, viewer=viewer),
        *_alarms(receiver, viewer=viewer, now=now),
        *_checked(receiver, viewer=viewer, now=now),
        *told,
    ]


def written_grounds(receiver: Unit, *, viewer: Account, now: datetime) -> list[Ground]:
    """The same in Chinese, as a paper is written, whatever language the viewer reads."""
    with translation.override(settings.LANGUAGE_CODE):
        return grounds(receiver, viewer=viewer, now=now)


def _checked(receiver: Unit, *, viewer: Account, now: datetime) -> list[Ground]:
    """What was found at its places in the last weeks."""
    seen = checks.visible(viewer).filter(receiver=receiver, seen_at__gte=now - ALARM_WEEKS * board.WEEK)
    return [Ground("check", str(one.pk), checks.words(one)) for one in seen if checks.findings(one)]


def has_open_paper(one: SiteCheck) -> bool:
    """Whether a paper that rests on this check is still to be answered or reviewed."""
    own = Paper.objects.filter(receiver=one.receiver_id, closed_at=None)
    return any(basis[:2] == ["check", str(one.pk)] for paper in own for basis in paper.basis)


def _listed(receiver: Unit, *, viewer: Account) -> list[Ground]:
    """The lists from which its town has not come off."""
    found = []
    for one in queries.listed(viewer=viewer):
        by = one.standing
        if _is_office_of(receiver, by.town_id):
            words = _("%(month)s %(town)s %(colour)s：%(reason)s") % {
                "month": by.listing, "town": by.town.name, "colour": queries.word(one.colour), "reason": reasons.told(CLAUSE.join(by.reasons)),
            }  # fmt: skip
            found.append(Ground("listing", f"{by.listing}/{by.town_id}", words))
    return found


def _is_office_of(receiver: Unit, town: str) -> bool:
    return receiver.kind == Unit.Kind.TOWN_OFFICE and receiver.town_id == town


def _alarms(receiver: Unit, *, viewer: Account, now: datetime) -> list[Ground]:
    if receiver.kind != Unit.Kind.TOWN_OFFICE or receiver.town is None:
        return []
    found, week = [], board.last_week(now.date())
    for _back in range(ALARM_WEEKS):
        line = board.board(week, viewer=viewer, as_of=now).line(receiver.town.code)
        if line and line.due:
            late = _("，到期没有报办理") if line.is_overdue(now) else ""
            words = _("%(week)s %(town)s %(colour)s%(late)s：%(reason)s") % {
                "week": sentences.span(week), "town": receiver.town.name, "colour": reasons.told(line.word), "late": late, "reason": reasons.told(line.alarm.reason),
            }  # fmt: skip
            found.append(Ground("alarm", f"{week.since}/{receiver.town.code}", words))
        week = board.week_of(week.since - DAY)
    return found


def _paper_words(one: Paper, now: datetime) -> str:
    late = days_late(one, now.date())
    told = {"number": one.number, "kind": one.get_kind_display(), "n": late}
    if not late:
        return _("%(number)s %(kind)s") % told
    return ngettext("%(number)s %(kind)s，逾期 %(n)s 天", "%(number)s %(kind)s，逾期 %(n)s 天", late) % told


def papers(*, viewer: Account) -> QuerySet[Paper]:
    """The papers the viewer may see: office, inspectors and auditors all, a unit its own."""
    found = Paper.objects.select_related("receiver__town").prefetch_related("steps")
    if not may(viewer, "paper.read"):
        return found.none()
    if district.sight(viewer).district:
        return found
    return found.filter(_received(viewer))


def _received(viewer: Account) -> Q:
    """Sent to the viewer's own unit; of a town's account, to the town's office."""
    own = Q(receiver=viewer.unit_id) if viewer.unit_id else Q(pk__in=[])
    if viewer.role == Role.TOWN and viewer.town_id:
        own |= Q(receiver__kind=Unit.Kind.TOWN_OFFICE, receiver__town=viewer.town_id)
    return own


def paper(pk: UUID, *, viewer: Account) -> Paper | None:
    return papers(viewer=viewer).filter(pk=pk).first()


def state(one: Paper) -> State:
    """Waiting for the unit, waiting for the review, or closed."""
    if one.closed_at:
        return "closed"
    said = [each.kind for each in one.steps.all() if each.kind in ("reply", "reopened")]
    return "answered" if said and said[-1] == "reply" else "waiting"


def is_overdue(one: Paper, today: date) -> bool:
    return state(one) == "waiting" and today > one.due_on


def days_late(one: Paper, today: date) -> int:
    return max(0, (today - one.due_on).days) if state(one) == "waiting" else 0


def last_reply(one: Paper) -> PaperStep | None:
    return next((each for each in reversed(one.steps.all()) if each.kind == PaperStep.Kind.REPLY), None)


def asked_extension(one: Paper) -> PaperStep | None:
    """A request for more time that nobody has answered."""
    steps = [each for each in one.steps.all() if each.kind in ("asked", "extended", "declined")]
    return steps[-1] if steps and steps[-1].kind == PaperStep.Kind.ASKED else None


def was_extended(one: Paper) -> bool:
    return any(each.kind == PaperStep.Kind.EXTENDED for each in one.steps.all())


@dataclass(frozen=True)
class Tally:
    """What a unit has against it. ``counted``: papers, those opened again twice."""

    unit: Unit
    papers: int
    counted: int
    waiting: int
    overdue: int
    answered: int


def tallies(found: Iterable[Paper], today: date) -> list[Tally]:
    """By unit, the most counted first."""
    of: dict[Unit, list[Paper]] = {}
    for one in found:
        of.setdefault(one.receiver, []).append(one)
    told = [_tally(unit, own, today) for unit, own in of.items()]
    return sorted(told, key=lambda one: (-one.overdue, -one.counted, one.unit.code))


def _tally(unit: Unit, own: list[Paper], today: date) -> Tally:
    states = [state(one) for one in own]
    return Tally(
        unit=unit,
        papers=len(own),
        counted=sum(one.counts for one in own),
        waiting=states.count("waiting"),
        overdue=sum(is_overdue(one, today) for one in own),
        answered=states.count("answered"),
    )


def papers_sent(period: Period, *, as_of: datetime, towns: Iterable[str] | None = None) -> list[Paper]:
    """The papers issued in a period, as known before ``as_of``; ``towns``: to units of these alone."""
    found = Paper.objects.filter(
        issued_at__gte=period.start, issued_at__lt=min(period.end, as_of)
    ).prefetch_related("steps")
    return list(found if towns is None else found.filter(receiver__town__in=list(towns)))


def had(one: Paper, kind: str, moment: datetime) -> bool:
    """Whether this kind of step had happened to it before a moment: reply, closed."""
    return any(each.kind == kind and each.at < moment for each in one.steps.all())


def paper_kinds() -> list[tuple[str, str]]:
    """(code, word) of the papers, mildest first."""
    return [(code, str(word)) for code, word in Paper.Kind.choices]


def receivers() -> list[Unit]:
    """Whom a paper may go to."""
    return district.member_units()
