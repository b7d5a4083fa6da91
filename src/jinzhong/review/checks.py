"""现场检查: what is looked at in outlets and communities, where the viewer may check, what was found."""

from typing import NamedTuple
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jinzhong.district import queries as district
from jinzhong.district.models import Account, Community, Unit
from jinzhong.review.models import SiteCheck

GOOD, BAD = "good", "bad"
OUTLET, COMMUNITY = "outlet", "community"
ITEMS: dict[str, dict[str, Promise]] = {
    OUTLET: {
        "questions": gettext_lazy("大额转账问话单在用"),
        "alarm_key": gettext_lazy("柜员会按一键报警"),
        "posters": gettext_lazy("宣传材料摆在显眼处"),
        "accounts": gettext_lazy("可疑开户有核实记录"),
    },
    COMMUNITY: {
        "board": gettext_lazy("宣传栏是近一个月的"),
        "speakers": gettext_lazy("小喇叭能响、按时播"),
        "visits": gettext_lazy("入户宣传有登记"),
        "contacts": gettext_lazy("易受骗的人有人联系"),
    },
}
"""What is looked at, by kind of place. Placeholder until the district has a form of its own."""


class Place(NamedTuple):
    """``key``: as the form names it."""

    key: str
    name: str
    kind: str


def places(viewer: Account) -> list[Place]:
    """Outlets and communities of the viewer's towns."""
    sight = district.sight(viewer)
    outlets = Unit.objects.filter(kind=Unit.Kind.OUTLET)
    communities = Community.objects.select_related("town")
    if not sight.district:
        outlets = outlets.filter(town__in=sight.towns)
        communities = communities.filter(town__in=sight.towns)
    return [
        *(Place(f"{OUTLET}:{one.code}", one.name, OUTLET) for one in outlets),
        *(Place(f"{COMMUNITY}:{one.pk}", f"{one.town.name} {one.name}", COMMUNITY) for one in communities),
    ]


def place(key: str, viewer: Account) -> Unit | Community | None:
    """The place that a form names; None where the viewer has none such."""
    if key not in {one.key for one in places(viewer)}:
        return None
    kind, _colon, name = key.partition(":")
    return district.unit(name) if kind == OUTLET else Community.objects.get(pk=name)


def receiver_of(seen: Unit | Community) -> Unit | None:
    """Who answers for it: the bank of an outlet, the office of a community's town."""
    if isinstance(seen, Unit):
        return seen.parent
    offices = (one for one in district.member_units() if one.kind == Unit.Kind.TOWN_OFFICE)
    return next((one for one in offices if one.town_id == seen.town_id), None)


def visible(viewer: Account) -> QuerySet[SiteCheck]:
    """Of who sees the district all, else one's own."""
    found = SiteCheck.objects.select_related("outlet", "community__town", "receiver")
    return found if district.sight(viewer).district else found.filter(by=viewer.username)


def check(pk: UUID, *, viewer: Account) -> SiteCheck | None:
    return visible(viewer).filter(pk=pk).first()


def told(one: SiteCheck) -> list[tuple[str, str]]:
    """(what was looked at, good or bad), in the order of the form."""
    known = ITEMS[OUTLET if one.outlet_id else COMMUNITY]
    return [(str(word), one.items[code]) for code, word in known.items() if code in one.items]


def findings(one: SiteCheck) -> str:
    """What is not in order, and what else was written."""
    bad = [word for word, state in told(one) if state == BAD]
    found = _("没有做到：%(list)s") % {"list": _("、").join(bad)} if bad else ""
    return "；".join(filter(None, (found, one.text)))


def words(one: SiteCheck) -> str:
    """As it stands on a paper."""
    at = f"{timezone.localtime(one.seen_at):%Y-%m-%d %H:%M}"
    said = {"at": at, "place": one.place, "found": findings(one)}
    return _("%(at)s 现场检查 %(place)s：%(found)s") % said
