"""A red order of 14:05: 王 217 and 赵 226 were asked to go, 林 340 is free, 陈 is duty chief."""

import pytest

from jinzhong import flow
from jinzhong.dispatch.models import Order
from jinzhong.intake.sources.bank_alert.parse import parse
from tests.district import at

GIVEN = {"customer_name": "张桂兰", "customer_phone": "13812346620", "amount": "86000"}


@pytest.fixture
def raise_alert(place):
    """Raise a bank alert, by default about 张桂兰 at 南门网点."""

    def raise_it(moment, given=GIVEN, by=None) -> flow.Raised:
        return flow.raise_alert(
            source="bank_alert",
            fields=parse(given),
            raw=given,
            by=by or place.teller,
            sent_at=moment,
            now=moment,
        )

    return raise_it


@pytest.fixture
def order(raise_alert) -> Order:
    return raise_alert(at("14:05")).order


@pytest.fixture
def work():
    """Let the worker take one turn at a time of day."""

    def turn(moment: str) -> None:
        flow.work_once(worker="w", now=at(moment), deliver={"ring": lambda key, payload: None})

    return turn
