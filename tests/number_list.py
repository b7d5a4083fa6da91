"""Fixtures of a day's list of numbers: 示范运营商 with its risk officer 卢, another operator with hers, and a list of three numbers of 31 May."""

from datetime import date
from pathlib import Path

import pytest

from jinzhong.cli import main
from jinzhong.scoring.given import Judged, Scored
from jinzhong_engine.evaluate.reached import Resident
from jinzhong_engine.evaluate.rung import Rung
from tests.district import at

NOW = at("09:00")
DAY = date(2021, 5, 31)
REASONS = ["近7天一小时内最多呼叫的不同号码 62 个（一般 2 个）", "近7天回拨占比 1%（一般 25%）"]
ROWS = [
    Scored("15400002093", 0.9, REASONS),
    Scored("15400002094", 0.6, REASONS[:1]),
    Scored("15400002095", 0.2, REASONS[:1]),
]


def microseconds(moment) -> int:
    return round(moment.timestamp() * 1_000_000)


RESIDENTS = {
    "15400002093": [
        Resident("15410007104", "deep", 3, 1560, microseconds(at("20:10", "2021-05-30"))),
        Resident("15410000936", "medium", 1, 1260, microseconds(at("18:00", "2021-05-30"))),
        Resident("15410004417", "shallow", 1, 6, microseconds(at("17:00", "2021-05-30"))),
    ],
    "15400002094": [Resident("15410007104", "medium", 1, 1300, microseconds(at("21:00", "2021-05-30")))],
}

EARLY = {
    "15400002093": {
        "live": False,
        "ago": 7200,
        "listed": {"calls": 62, "seconds": 7200, "people": 3},
        "plain": None,
    },
    "15400002094": {
        "live": True,
        "ago": 3600,
        "listed": {"calls": 3, "seconds": 120, "people": 1},
        "plain": {"calls": 40, "seconds": 3600, "people": 12},
    },
}

MEASURES = {
    "15400002093": [
        {
            "feature": "max_fanout_1h_7d", "value": 62.0, "is_share": False, "low": 1.0, "high": 6.0, "usual": ["1", "6 个"],
            "weight": 0.6,
        },
        {
            "feature": "callback_share_7d", "value": 0.01, "is_share": True, "low": None, "high": None, "usual": None, "weight": 0.2,
        },
    ],
}  # fmt: skip
"""What stands behind the reasons of the first number; the model's card doesn't say how the second was spread."""
RUNG = {
    "15400002093": Rung(
        [0, 4, 2, 0, 9, 31, 80],
        microseconds(at("10:00", "2021-05-30")),
        [3, 9, 11, 14, 8, 6, 5, 4, 2, 0, 0, 0],
    ),
    "15400002094": Rung([0] * 7, None, [0] * 12),
}


def judged(
    rows=ROWS, *, digest="one", model="a" * 64, reached=RESIDENTS, line=0.5, early=EARLY, cut_off=at("00:00")
) -> Judged:
    return Judged(
        rows=list(rows),
        chances=[one.score for one in rows],
        scored=5000,
        model=model,
        made_on=date(2021, 5, 24),
        prevalence=0.001,
        default_line=line,
        digest=digest,
        cut_off=cut_off,
        reached=reached,
        early=early,
        plain_limit=40 if early else None,
    )


def write(path: Path, head: str, rows: list[list[object]]) -> Path:
    path.write_text("\n".join([head, *(",".join(map(str, one)) for one in rows)]) + "\n", "utf-8")
    return path


def fitted(folder: Path, column: str) -> Path:
    """Of eighty numbers the innocent have three to seven of something, fraud sixty more."""
    rows = [[f"1540000{one:04}", 3 + one % 5 + 60 * (one % 2), one % 2] for one in range(80)]
    table = write(folder / "t.csv", f"number,{column},fraud", rows)
    assert main(["numbers", "fit", "--features", str(table), "--label", "fraud", "--out", str(folder)]) == 0
    return folder


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> Path:
    """Innocent numbers ring three to seven people an hour; fraud rings sixty more."""
    return fitted(tmp_path_factory.mktemp("model"), "max_fanout_1h_7d")


@pytest.fixture
def operator(place):
    """示范运营商 and its risk officer."""
    from jinzhong.district import operations as district

    unit = district.add_unit(code="operator-1", name="示范运营商", kind="operator", by="test", at=at("07:00"))
    district.add_account(
        username="risk", password=None, role="operator", unit=unit, by="test", at=at("07:00")
    )
    return unit


@pytest.fixture
def operators(place):
    """The two operators, their staff and the office."""
    from jinzhong.district import operations as district

    for number, name in ((1, "示范运营商"), (2, "另一运营商")):
        unit = district.add_unit(
            code=f"operator-{number}", name=name, kind="operator", town=place.yuelin, by="test", at=NOW
        )
        staff = district.add_account(
            username=f"risk_{number}", password=None, role="operator", unit=unit, by="test", at=NOW
        )
        setattr(place, f"operator_{number}", unit)
        setattr(place, f"risk_{number}", staff)
    return place


@pytest.fixture
def kept(operators):
    """The list of 31 May."""
    from jinzhong.scoring import operations

    made, _fresh = operations.keep_list(
        operator=operators.operator_1, day=DAY, given=judged(), by="risk_1", now=NOW
    )
    return made
