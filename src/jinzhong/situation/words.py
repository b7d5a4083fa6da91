"""What sexes, age bands and figures are called, and what has to be said beside them."""

from django.utils.translation import gettext as _

from jinzhong.district import queries as district
from jinzhong.district.models import Area
from jinzhong.situation import published
from jinzhong.situation.bands import UNKNOWN
from jinzhong.situation.figures import Only, Stats
from jinzhong_engine.taxonomy import BY_CODE


def sex_name(code: str) -> str:
    return {"F": _("女"), "M": _("男")}.get(code, _("未登记"))


def age_name(code: str) -> str:
    """18 岁以下, 20 至 30 岁, 66 岁以上."""
    if code == "<18":
        return _("18 岁以下")
    if code == "66+":
        return _("66 岁以上")
    if code == UNKNOWN:
        return _("未登记")
    low, high = code.split("-")
    return _("%(low)s 至 %(high)s 岁") % {"low": low, "high": high}


def area_name(code: str) -> str:
    return _("地区未登记") if code == UNKNOWN else str(Area(code).label)


def only_names(only: Only) -> list[str]:
    """What is counted alone, in words: 岳林街道, 贷款, 女."""
    towns = {one.code: one.name for one in district.towns()}
    found = [
        *(towns.get(one, one) for one in only.towns),
        *(_(BY_CODE[one].short) for one in only.classes),
        area_name(only.area) if only.area else "",
        _("%(sex)s性受害人") % {"sex": sex_name(only.sex)} if only.sex else "",
        _("受害人 %(age)s") % {"age": age_name(only.age)} if only.age else "",
    ]
    return [one for one in found if one]


def notes(told: Stats, *, of_all: bool) -> list[str]:
    """What a reader has to know about these figures. ``of_all``: they are of the whole district."""
    found = []
    if of_all and not told.only and told.city is None:
        found.append(
            _("全市数还没有报全，占全市比不算")
            if told.period.is_whole_months
            else _("全市数按整月报来，这一段不是整月，占全市比不算")
        )
    for name, (_before, base) in ((_("上一段"), told.previous), (_("去年同期"), told.last_year)):
        if told.total.cases and not base.cases:
            found.append(_("%(period)s没有案件，变化不算") % {"period": name})
    if told.persons > told.total.cases and not told.only:
        found.append(
            _("受害人 %(persons)s 人，案件 %(cases)s 起：一案可以有几名受害人")
            % {"persons": told.persons, "cases": told.total.cases}
        )
    if of_all and not told.only:
        found += published.differences(
            told.period, told.total.cases, {one.code: one.cases for one in told.by_class}
        )
    return found
