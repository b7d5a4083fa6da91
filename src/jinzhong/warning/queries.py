"""Warnings as a viewer may see them."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from jinzhong import ids
from jinzhong.district import queries as district
from jinzhong.district.models import Account
from jinzhong.intake.models import Alert
from jinzhong.statements import prepared
from jinzhong.vault import queries as vault
from jinzhong.warning.models import Grade, RegradeReason, Source, State, Warning
from jinzhong_engine.ladders import person_warning as ladder


def warnings(*, viewer: Account) -> QuerySet[Warning]:
    """The warnings a viewer may see: of their towns, raised by their outlets, or all. Merged ones show as the other."""
    sight = district.sight(viewer)
    found = Warning.objects.select_related("person", "outlet", "town").exclude(state=State.MERGED)
    if sight.district:
        return found
    raised = Source.objects.filter(alert__unit__in=sight.units).values("warning")
    return found.filter(Q(town__in=sight.towns) | Q(pk__in=raised))


def warning(pk: UUID, *, viewer: Account) -> Warning | None:
    """One warning, or None when there is none that the viewer may see."""
    return warnings(viewer=viewer).filter(pk=pk).first()


def search(
    *, viewer: Account, state: str = "", town: str = "", since: datetime | None = None, words: str = ""
) -> QuerySet[Warning]:
    """Warnings by state, town, time and one search word: a number of ours, or a person's phone, ID number or name."""
    found = warnings(viewer=viewer)
    if state:
        found = found.filter(state=state)
    if town:
        found = found.filter(town=town)
    if since:
        found = found.filter(opened_at__gte=since)
    return found.filter(_matches(words)) if words.strip() else found


def _matches(words: str) -> Q:
    """Found by our number, or by the blind index of whatever identifier the words can be read as."""
    people: list[UUID] = []
    for kind in ("phone", "id_number", "name", "account"):
        try:
            subjects = vault.find(kind, words)
        except ValueError:
            continue
        people += [member for subject in subjects for member in vault.family(subject)]
    return Q(number__iexact=words.strip()) | Q(person__in=people)


def states() -> tuple[str, ...]:
    """In which a warning is seen: of two that were merged the other is."""
    return State.OPEN.value, State.CLOSED.value


def open_by_rank(*, viewer: Account) -> QuerySet[Warning]:
    """Open warnings, gravest first, oldest first within a grade."""
    return warnings(viewer=viewer).filter(state=State.OPEN).order_by("-rank", "opened_at", "pk")


def alerts_about(people: list[UUID], *, since: datetime) -> int:
    return len(_alerts_about(people, since))


@prepared
def _alerts_about(people: list[UUID], since: datetime) -> QuerySet[Source, UUID]:
    about = Source.objects.filter(alert__person__in=people, alert__received_at__gte=since)
    return about.values_list("alert", flat=True)


def alerts_beneath(warning: Warning) -> list[Alert]:
    """All that was said about the person, in the order in which it came."""
    return [source.alert for source in _sources(warning.pk)]


@prepared
def _sources(warning: UUID) -> QuerySet[Source]:
    return Source.objects.select_related("alert").filter(warning=warning)


def next_number(now: datetime) -> str:
    """The next number of the day, YJ20210531-0087. Call it while holding the turn to write."""
    return ids.next_number(Warning, f"YJ{now:%Y%m%d}-")


def grade_of_sign(sign: str) -> str:
    """The grade that this sign alone gives."""
    return ladder.grade(ladder.Signs(**{sign: True}))[0]


def in_hand_by(warning: Warning) -> datetime | None:
    """By when somebody must have taken it in hand: the time its grade allows for signing, from when we knew."""
    allowed = ladder.targets(warning.grade).sign
    return warning.opened_at + allowed if allowed else None


def is_open(warning: Warning) -> bool:
    """Whether it is still on the desk, asked afresh."""
    return bool(_open(warning.pk))


@prepared
def _open(warning: UUID) -> QuerySet[Warning, UUID]:
    return Warning.objects.filter(pk=warning, state=State.OPEN).values_list("pk", flat=True)


def grade_word(code: str) -> str:
    """紧急, 高危, 中危, 低危 or 关注."""
    return str(Grade(code).label)


def reason_word(reason: str) -> str:
    """Why a grade was given: the ladder's own words, or what a person chose."""
    return str(RegradeReason(reason).label) if reason in RegradeReason.values else gettext(reason)


def grades() -> list[tuple[str, str]]:
    """(code, word) of the five grades, gravest first."""
    return [(code, str(word)) for code, word in Grade.choices]


def regrade_reasons() -> list[tuple[str, str]]:
    """(code, word) of the reasons a person may give for another grade."""
    return [(code, str(word)) for code, word in RegradeReason.choices]


def same_payee(payee: UUID, *, viewer: Account, since: datetime) -> QuerySet[Warning]:
    """Warnings in which money was to go to this account."""
    about = Source.objects.filter(alert__payee=payee, alert__received_at__gte=since).values("warning")
    return warnings(viewer=viewer).filter(pk__in=about)


def about(person: UUID, *, viewer: Account, since: datetime) -> QuerySet[Warning]:
    """Warnings about this person."""
    return warnings(viewer=viewer).filter(person=person, opened_at__gte=since)


def warning_of(alert: Alert) -> Warning:
    """The warning an alert belongs to."""
    return Source.objects.select_related("warning").get(alert=alert).warning


def warnings_of(alerts: Iterable[Alert]) -> dict[UUID, Warning]:
    """The warning of each alert, by alert id; a merged one as the one it became."""
    found = Source.objects.select_related("warning__merged_into", "warning__outlet").filter(
        alert__in=list(alerts)
    )
    return {one.alert_id: one.warning.merged_into or one.warning for one in found}
