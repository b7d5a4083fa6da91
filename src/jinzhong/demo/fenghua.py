"""The district itself: 12 towns, their communities, stations, banks and outlets, operators, schools, town offices.

Town names and codes are public; the residents of each town are invented and add up to the census's 577,505; communities
(but 金钟社区), banks and outlets are invented. Places lie within their town, so that who is nearest makes sense.
"""

import math
import random
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from jinzhong.demo import names
from jinzhong.district import operations as district
from jinzhong.district.models import Area, Town, Unit
from jinzhong_engine.world.profile import load

SEED = 330213
BY = "demo"
SOURCE = "演示数据：分镇街人口系虚构，合计为2020年普查数577,505"
SINCE = date(2021, 1, 1)
KM_PER_DEGREE = 111.2


class Place(NamedTuple):
    """A town: its centre, how far its outlets lie apart, how many there are; communities in town and country."""

    code: str
    name: str
    residents: int
    latitude: float
    longitude: float
    spread_km: float
    outlets: int
    urban: tuple[str, ...]
    rural: tuple[str, ...]


WHERE = {
    "330213001": ("锦屏街道", 29.6560, 121.4020, 1.3),
    "330213002": ("岳林街道", 29.6640, 121.4230, 1.6),
    "330213003": ("江口街道", 29.7130, 121.4400, 2.0),
    "330213004": ("西坞街道", 29.6880, 121.5010, 2.2),
    "330213005": ("萧王庙街道", 29.6830, 121.3390, 1.6),
    "330213006": ("方桥街道", 29.7560, 121.4780, 1.8),
    "330213007": ("尚田街道", 29.5830, 121.3640, 2.0),
    "330213008": ("莼湖街道", 29.5740, 121.5230, 2.2),
    "330213100": ("溪口镇", 29.6840, 121.2740, 2.0),
    "330213106": ("裘村镇", 29.5640, 121.5980, 1.5),
    "330213107": ("大堰镇", 29.5180, 121.2560, 1.2),
    "330213108": ("松岙镇", 29.5660, 121.6740, 1.2),
}
"""Name, centre and spread of each town; what else is known of it stands in the profile of the district."""
PLACES = tuple(
    Place(one.code, name, one.residents, latitude, longitude, spread, one.outlets, one.urban, one.rural)
    for one in load("fenghua").towns
    for name, latitude, longitude, spread in [WHERE[one.code]]
)
BY_CODE = {one.code: one for one in PLACES}
JINZHONG = "金钟社区"
CAMPUS = ("330213005", "学府社区")
TOWNS = {"330213100", "330213106", "330213107", "330213108"}

STATIONS = (
    ("330213001",), ("330213002",), ("330213003",), ("330213004",), ("330213005",),
    ("330213006",), ("330213007", "330213107"), ("330213008",), ("330213100",), ("330213106", "330213108"),
)  # fmt: skip
"""The towns each police station is in charge of; it stands in the first one."""
BANKS = {
    "剡江": 24, "县江": 16, "东江": 14, "雪窦": 12, "四明湾": 11, "亭下": 10, "仁湖": 8, "翔鹤": 7, "惠政": 6, "大雷": 6, "同山": 5,
    "横山": 5, "宝化": 4, "长汀": 4, "栖霞": 3, "中塔": 3, "三石": 2, "黄夹": 2, "广济": 2, "明化": 1, "甬桥": 1,
}  # fmt: skip
"""21 invented banks and how many of the 146 outlets each has."""
CORNERS = (
    "南门", "北街", "中山路", "桥头", "车站", "市场", "新区", "东环", "学府路", "金海路", "长岭", "河头", "大成路", "西圃", "广场", "老街",
    "城东", "城西", "茗山", "体育场", "公园", "码头", "工业区", "医院", "广平路", "岳林路", "宝化路", "天峰", "南山", "县前", "阳光", "龙津",
    "文昌", "双塔", "锦溪", "惠民", "开源", "康居",
)  # fmt: skip
OPERATORS = ("奉化移动（演示）", "奉化联通（演示）", "奉化电信（演示）")
SCHOOLS = (("奉化示范学院", "330213005"), ("奉化示范中学", "330213001"))
MEMBERS = ("区教育局", "区金融办", "区市场监管局", "区融媒体中心", "区经信局", "区民政局")
"""Member units that second a cadre each."""


class OutletPlan(NamedTuple):
    code: str
    name: str
    bank: int
    town: str
    latitude: float
    longitude: float


def outlets() -> list[OutletPlan]:
    """The 146 outlets: a bank with many is also in the small towns; numbered from 锦屏 on."""
    dice, left = random.Random(SEED), list(BANKS.values())
    places: dict[str, list[int]] = {}
    for place in sorted(PLACES, key=lambda one: one.outlets):
        for _ in range(place.outlets):
            bank = max(range(len(left)), key=left.__getitem__)
            left[bank] -= 1
            places.setdefault(place.code, []).append(bank)
    found: list[OutletPlan] = []
    for place in PLACES:
        for corner, bank in zip(CORNERS, sorted(places[place.code]), strict=False):
            where = _near(place, dice)
            title = f"{list(BANKS)[bank]}银行{short(place)}{corner}支行"
            found.append(OutletPlan(f"outlet-{len(found) + 1:03d}", title, bank + 1, place.code, *where))
    return found


def short(place: Place) -> str:
    """岳林 of 岳林街道."""
    return place.name.removesuffix("街道").removesuffix("镇")


def _near(place: Place, dice: random.Random) -> tuple[float, float]:
    """A place in the town, evenly within its spread."""
    far = place.spread_km * math.sqrt(dice.random()) / KM_PER_DEGREE
    angle = dice.uniform(0, 2 * math.pi)
    return (
        round(place.latitude + far * math.sin(angle), 5),
        round(place.longitude + far * math.cos(angle) / math.cos(math.radians(place.latitude)), 5),
    )


def communities(place: Place) -> Iterator[tuple[str, str]]:
    """(name, area) of a town's communities."""
    for name in place.urban:
        yield name, Area.URBAN.value
    for name in place.rural:
        yield name, Area.RURAL.value


def lay_out(*, at: datetime) -> None:
    """Add towns, communities and units."""
    towns = {place.code: _add_town(place, order, at=at) for order, place in enumerate(PLACES, 1)}
    _unit("office", "区反诈办", Unit.Kind.OFFICE, towns["330213001"], at=at)
    for number, codes in enumerate(STATIONS, 1):
        _add_station(number, [towns[code] for code in codes], at=at)
    _add_banks(towns, at=at)
    for number, name in enumerate(OPERATORS, 1):
        _unit(f"operator-{number}", name, Unit.Kind.OPERATOR, towns["330213002"], at=at)
    for number, (name, code) in enumerate(SCHOOLS, 1):
        _unit(f"school-{number}", name, Unit.Kind.SCHOOL, towns[code], at=at)
    for number, town in enumerate(towns.values(), 1):
        _unit(f"town-office-{number:02d}", f"{town.short_name}反诈工作站", Unit.Kind.TOWN_OFFICE, town, at=at)
    for number, name in enumerate(MEMBERS, 1):
        _unit(f"member-{number}", name, Unit.Kind.MEMBER, None, at=at)


def _add_town(place: Place, order: int, *, at: datetime) -> Town:
    town = district.add_town(
        code=place.code, name=place.name, kind="town" if place.code in TOWNS else "street", order=order,
        residents=place.residents, since=SINCE, source=SOURCE, by=BY, at=at,
        latitude=place.latitude, longitude=place.longitude,
    )  # fmt: skip
    for name, area in communities(place):
        district.add_community(town=town, name=name, area=area, by=BY, at=at)
    return town


def _add_station(number: int, towns: list[Town], *, at: datetime) -> None:
    first = towns[0]
    _unit(
        f"station-{number:02d}", f"{first.short_name}派出所", Unit.Kind.STATION, first, at=at, covers=towns,
        phone=names.landline(100 + number), latitude=first.latitude, longitude=first.longitude,
    )  # fmt: skip


def _add_banks(towns: dict[str, Town], *, at: datetime) -> None:
    banks = [
        _unit(f"bank-{number:02d}", f"{name}银行", Unit.Kind.BANK, towns["330213002"], at=at)
        for number, name in enumerate(BANKS, 1)
    ]
    for number, plan in enumerate(outlets(), 1):
        town = towns[plan.town]
        _unit(
            plan.code, plan.name, Unit.Kind.OUTLET, town, at=at, parent=banks[plan.bank - 1],
            area=Area.URBAN if BY_CODE[plan.town].urban else Area.RURAL, latitude=plan.latitude, longitude=plan.longitude,
            phone=names.landline(1000 + number), address=f"{town.name}示范路{number}号",
        )  # fmt: skip


def _unit(code: str, name: str, kind: str, town: Town | None, *, at: datetime, **rest: Any) -> Unit:
    return district.add_unit(code=code, name=name, kind=kind, town=town, by=BY, at=at, **rest)
