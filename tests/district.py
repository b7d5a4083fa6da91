"""Fixtures of the small district, used by every room's tests."""

from datetime import date, datetime
from types import SimpleNamespace

import pytest
from django.utils import translation

from jinzhong.clock import ZONE

PASSWORD = "a-long-password"


def at(text: str, day: str = "2021-05-31") -> datetime:
    """14:03 of 31 May 2021, or of another day."""
    return datetime.fromisoformat(f"{day}T{text}").replace(tzinfo=ZONE)


@pytest.fixture(autouse=True)
def in_chinese():
    """Every test begins in Chinese, whatever language the page of the one before spoke."""
    with translation.override("zh-hans"):
        yield


@pytest.fixture
def place(db) -> SimpleNamespace:
    """The small district."""
    return small_district()


def small_district() -> SimpleNamespace:
    """岳林街道 and 溪口镇; 示范银行 with its 南门网点; 岳林派出所 with 王 217, 林 340, 赵 226 on patrol and 陈 as duty chief."""
    from jinzhong.district import operations as district
    from jinzhong.district.models import Duty

    by, now = "test", at("07:00")

    def account(username: str, role: str, **rest: object):
        return district.add_account(username=username, password=None, role=role, by=by, at=now, **rest)

    yuelin = district.add_town(
        code="330213002",
        name="岳林街道",
        kind="street",
        order=2,
        residents=118_000,
        since=date(2021, 1, 1),
        source="test",
        by=by,
        at=now,
        latitude=29.66,
        longitude=121.41,
    )
    xikou = district.add_town(
        code="330213100",
        name="溪口镇",
        kind="town",
        order=9,
        residents=72_000,
        since=date(2021, 1, 1),
        source="test",
        by=by,
        at=now,
        latitude=29.69,
        longitude=121.27,
    )
    bank = district.add_unit(code="bank-01", name="示范银行", kind="bank", by=by, at=now)
    outlet = district.add_unit(
        code="outlet-001",
        name="示范银行南门网点",
        kind="outlet",
        parent=bank,
        town=yuelin,
        latitude=29.655,
        longitude=121.405,
        by=by,
        at=now,
    )
    far = district.add_unit(
        code="outlet-002",
        name="示范银行溪口网点",
        kind="outlet",
        parent=bank,
        town=xikou,
        area="rural",
        latitude=29.69,
        longitude=121.27,
        by=by,
        at=now,
    )
    office = district.add_unit(code="office", name="区反诈办", kind="office", by=by, at=now)
    station = district.add_unit(
        code="station-1",
        name="岳林派出所",
        kind="station",
        town=yuelin,
        covers=[yuelin],
        latitude=29.66,
        longitude=121.41,
        by=by,
        at=now,
    )
    patrols = [
        account(f"officer_{no}", "station_officer", unit=station, staff_no=no) for no in ("217", "340", "226")
    ]
    chief = account("chief", "anti_fraud_office", unit=office)
    shift = district.open_shift(moment=at("14:00"), by=by, at=now)
    for officer in patrols:
        district.assign(shift=shift, account=officer, post=Duty.Post.PATROL, by=by, at=now)
    district.assign(shift=shift, account=chief, post=Duty.Post.CHIEF, by=by, at=now)
    return SimpleNamespace(
        yuelin=yuelin,
        xikou=xikou,
        bank=bank,
        outlet=outlet,
        far_outlet=far,
        station=station,
        shift=shift,
        patrols=patrols,
        chief=chief,
        teller=account("teller", "outlet", unit=outlet, town=yuelin),
        far_teller=account("far_teller", "outlet", unit=far, town=xikou),
        bank_head=account("bank_head", "bank_head", unit=bank),
        desk=account("desk", "anti_fraud_office", unit=office),
        hotline=account("hotline", "hotline", unit=office),
        town_yuelin=account("town_yuelin", "town", town=yuelin),
        town_xikou=account("town_xikou", "town", town=xikou),
        inspector=account("inspector", "inspector", unit=office),
        auditor=account("auditor", "auditor"),
        admin=account("admin", "administrator"),
        citizen=account("citizen", "citizen"),
    )
