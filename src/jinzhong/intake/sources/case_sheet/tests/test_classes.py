"""Free-hand class names."""

import pytest

from jinzhong.intake.sources.case_sheet.classes import NAMES, STEMS, classify
from jinzhong_engine.taxonomy import BY_CODE, FRAUD_CLASSES


@pytest.mark.parametrize("one", FRAUD_CLASSES, ids=lambda one: one.code)
def test_official_names_are_their_class(one):
    for written in (one.code, one.name, one.short, f"{one.number}{one.name}", f" {one.short} 诈骗"):
        assert classify(written).code == one.code


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("贷款诈骗", "loan"),
        ("刷单类诈骗", "brushing"),
        ("虚假投资类诈骗", "investment"),
        ("虚假投资理财诈骗", "investment"),
        ("冒充客服网购退款诈骗", "ecom_cs"),
        ("虚假博彩诈骗", "gambling"),
        ("杀猪盘", "investment"),
        ("冒充公检法", "authority"),
        ("注销校园贷", "credit"),
        ("裸聊敲诈", "netblack"),
        ("抖音刷单返现", "brushing"),
        ("网上虚假网络贷款", "loan"),
    ],
)
def test_names_that_offices_use(written, code):
    assert classify(written)[:2] == (code, True)


@pytest.mark.parametrize(
    "written", ["网恋借钱", "诈骗", "电信网络诈骗案", "新型诈骗", "冒充客服办理贷款", "05"]
)
def test_a_name_that_tells_no_class_or_two_goes_to_other(written):
    assert classify(written)[:2] == ("other", False)


def test_every_name_stands_for_one_class():
    assert set(NAMES) | set(STEMS) <= set(BY_CODE)
    names = [name for group in NAMES.values() for name in group.split()]
    assert sorted(names) == sorted(set(names))
