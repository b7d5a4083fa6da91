"""The rows behind a figure: which ones are meant, as words that fit into a link, and how to get them back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jinzhong.cases.models import CaseRevision
from jinzhong.district.models import Account
from jinzhong.situation import periods, queries, sentences, words, work
from jinzhong.situation.figures import EVERYTHING, Only
from jinzhong.situation.periods import Period
from jinzhong.warning.models import Grade, Warning

FIELDS = {"town": "town", "class": "fraud_class", "area": "area", "sex": "sex", "age": "age"}
"""Words of a link and the fields of ``Only`` they stand for."""
SEVERAL = ("town", "class")
"""Words that may name several, with commas between."""
KINDS = ("cases", "warnings", "orders")
DEFINITIONS: dict[tuple[str, str], Promise] = {
    ("cases", ""): gettext_lazy("报案时间在%(span)s的案件，按受害人所属镇（街道）计，撤案不计"),
    ("warnings", ""): gettext_lazy("%(span)s发出的预警，一人一天并作一条"),
    ("orders", "sent"): gettext_lazy("%(span)s派出的派单"),
    ("orders", "late"): gettext_lazy("期限落在%(span)s，签收、到门或反馈有一项没有按时的派单"),
    ("orders", "met"): gettext_lazy(
        "%(span)s民警两人当面见到人的派单，以反馈为准；一人去的、没见到的、重复的不计，电话不算"
    ),
    ("orders", "dissuaded"): gettext_lazy("%(span)s办结为“已劝阻”的派单"),
    ("orders", "arrived"): gettext_lazy("%(span)s到门的派单"),
}
"""How each kind of rows is counted."""


class NoSuchRows(ValueError):
    """The words of the link name nothing."""


@dataclass(frozen=True)
class Rows:
    """Rows of a kind in a period. ``what``: a grade of warnings, or what happened to orders (``work.ORDERS``); ``unit``: the
    station that was sent, or the bank or outlet that gave the alert."""

    of: str
    period: Period
    only: Only = EVERYTHING
    what: str = ""
    unit: str = ""

    def words(self) -> dict[str, str]:
        """For a link, and for the JSON of a bulletin."""
        said = {
            "of": self.of,
            "since": self.period.since.isoformat(),
            "until": self.period.until.isoformat(),
            **{word: getattr(self.only, name) for word, name in FIELDS.items()},
            "what": self.what,
            "unit": self.unit,
        }
        return {word: value for word, value in said.items() if value}

    def definition(self) -> str:
        """Which rows these are, in a sentence."""
        told = DEFINITIONS[self.of, self.what if self.of == "orders" else ""]
        found = [str(told) % {"span": sentences.span(self.period)}]
        if self.of == "warnings" and self.what:
            found.append(_("只计等级为%(grade)s的") % {"grade": Grade(self.what).label})
        if self.unit:
            found.append(_("只计：%(names)s") % {"names": work.unit_name(self.unit)})
        if self.only:
            found.append(_("只计：%(names)s") % {"names": _("、").join(words.only_names(self.only))})
        return _("；").join(found)

    def cases(self, *, viewer: Account | None, as_of: datetime | None) -> QuerySet[CaseRevision]:
        return queries.rows(self.period, viewer=viewer, as_of=as_of, only=self.only)

    def warnings(self, *, viewer: Account | None, as_of: datetime) -> QuerySet[Warning]:
        found = work.warnings(self.period, viewer=viewer, as_of=as_of, grade=self.what)
        found = found.filter(town__in=self.only.towns) if self.only.town else found
        return found.filter(work.from_unit(self.unit)) if self.unit else found

    def orders(self, *, viewer: Account | None, as_of: datetime) -> list[work.Run]:
        here = work.in_towns(self.only.towns)
        found = work.ORDERS[self.what](self.period, viewer=viewer, as_of=as_of, only=here)
        return [one for one in found if work.concerns(one, self.unit)] if self.unit else found


def cases(period: Period, **only: str) -> Rows:
    return Rows("cases", period, Only(**only))


def warnings(period: Period, grade: str = "", unit: str = "", town: str = "") -> Rows:
    return Rows("warnings", period, Only(town=town), what=grade, unit=unit)


def orders(period: Period, what: str, unit: str = "", town: str = "") -> Rows:
    return Rows("orders", period, Only(town=town), what=what, unit=unit)


def meant(said: Mapping[str, str]) -> Rows:
    """The rows that a link's words name. Raises NoSuchRows."""
    try:
        period = periods.chosen(date.fromisoformat(said["since"]), date.fromisoformat(said["until"]))
    except (KeyError, ValueError) as problem:
        raise NoSuchRows(str(problem)) from problem
    found = Rows(said.get("of", ""), period, only(said), said.get("what", ""), said.get("unit", ""))
    whats = {"cases": {""}, "warnings": {"", *Grade.values}, "orders": set(work.ORDERS)}
    if found.of not in KINDS or found.what not in whats[found.of]:
        raise NoSuchRows(found.of)
    if found.unit and (found.of == "cases" or not work.unit_name(found.unit)):
        raise NoSuchRows(found.unit)
    return found


def only(said: Mapping[str, str]) -> Only:
    """What to count alone. Raises NoSuchRows for a word that names nothing."""
    known = queries.choices(viewer=None)
    return Only(**{name: _codes(known[word], word, said.get(word, "")) for word, name in FIELDS.items()})


def _codes(known: Mapping[str, str], word: str, value: str) -> str:
    """The code, or codes, that a word of the link stands for."""
    named = value.split(",") if word in SEVERAL else [value]
    if value and not set(named) <= set(known):
        raise NoSuchRows(f"{word}={value}")
    return ",".join(known[one] for one in named) if value else ""
