"""What a model may be fitted on: numbers somebody judged, numbers of confirmed cases, and strangers presumed innocent.

Who is on a list was put there by a model: both classes of the judged look alike, and a model of them alone finds nothing. The strangers
show it what an ordinary number is.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from uuid import UUID

from jinzhong.cases import queries as cases
from jinzhong.clock import ZONE
from jinzhong.district.models import Account, Role
from jinzhong.intake.models import Alert
from jinzhong.scoring import queries
from jinzhong.scoring.models import Entry, LiveChange, Verdict
from jinzhong.vault import queries as vault
from jinzhong.vault.models import Subject

VERDICT, CASE, BACKGROUND = "verdict", "case", "background"
AT_ONCE = 500


@dataclass(frozen=True)
class Known:
    """A number in plain, what it is, since when that is said, and by whom: a verdict, a case, or nobody (background)."""

    number: str
    fraud: bool
    on: date
    whence: str


def known(*, viewer: Account | None, among: Collection[str] | None) -> list[Known]:
    """The labels a viewer may take; ``among``: of these numbers alone. The office's word stands above a case, a case above the operator's.

    An operator learns from cases of none but the numbers that it brought along.
    """
    said = {one.number: (one.fraud, one.on, VERDICT) for one in queries.labels(viewer=viewer)}
    if among is not None or viewer is None or viewer.role != Role.OPERATOR:
        office = queries.spoken_by_office()
        said |= {
            number: (True, one.known_at.astimezone(ZONE).date(), CASE)
            for number, one in cases.fraud_numbers().items()
            if number not in office
        }
    wanted = None if among is None else set(among)
    phones = {one.pk: vault.plain(one).get("phone") for one in Subject.objects.filter(pk__in=list(said))}
    found = [Known(phone, *said[pk]) for pk, phone in phones.items() if phone]
    return [one for one in found if wanted is None or one.number in wanted]


def strangers(numbers: Sequence[str], many: int) -> list[int]:
    """Places of so many of these numbers, drawn at random from those that were never listed or judged and that no case or alert names.

    The same numbers give the same places.
    """
    places = list(range(len(numbers)))
    Random(",".join(numbers)).shuffle(places)
    found: list[int] = []
    for start in range(0, len(places), AT_ONCE):
        some = [at for at in places[start : start + AT_ONCE] if numbers[at]]
        met = _met([numbers[at] for at in some])
        found += [at for at in some if numbers[at] not in met]
        if len(found) >= many:
            break
    return sorted(found[:many])


def _met(numbers: list[str]) -> set[str]:
    """Those of these numbers that we have had to do with, otherwise than as somebody whom a listed number rang."""
    carriers = vault.carriers("phone", numbers)
    subjects = [one for them in carriers.values() for one in them]
    rows = (
        Entry.objects.filter(number__in=subjects, listed=True),
        Verdict.objects.filter(number__in=subjects),
        LiveChange.objects.filter(number__in=subjects, listed=True),
    )
    met: set[UUID] = {one for found in rows for one in found.order_by().values_list("number", flat=True)}
    met |= {one for one in Alert.objects.filter(person__in=subjects).values_list("person", flat=True) if one}
    met |= cases.named(subjects)
    return {number for number, them in carriers.items() if them & met}


def presumed(numbers: Mapping[int, str], labels: Sequence[Known]) -> dict[int, Known]:
    """Strangers, by place, as innocent. Nobody said so on any day: each gets the day of some label, so that every stretch of time has
    its share of them."""
    days, dice = sorted(one.on for one in labels), Random(len(numbers))
    return (
        {at: Known(one, False, dice.choice(days), BACKGROUND) for at, one in numbers.items()} if days else {}
    )
