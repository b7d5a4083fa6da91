"""Who counts as met: two stood before the person, and their report says so."""

import pytest

from jinzhong import flow
from jinzhong.dispatch import operations as dispatch
from jinzhong.intake.sources.bank_alert.parse import parse
from jinzhong.situation import work
from jinzhong.situation.periods import Period
from tests.district import at

TODAY = Period(at("00:00"), at("00:00", "2021-06-01"))
GIVEN = {"customer_phone": "13812346620", "amount": "86000"}


@pytest.fixture
def order(place):
    """Sent at 14:05; one of the two stands at the door at 14:09."""
    raised = flow.raise_alert(
        source="bank_alert",
        fields=parse(GIVEN),
        raw=GIVEN,
        by=place.teller,
        sent_at=at("14:05"),
        now=at("14:05"),
    )
    dispatch.arrive(order=raised.order, by=place.patrols[0], happened_at=at("14:09"), now=at("14:09"))
    return raised.order


def met(moment: str) -> int:
    return len(work.met(TODAY, viewer=None, as_of=at(moment)))


@pytest.mark.parametrize(
    ("outcome", "met_by", "counted"),
    [
        ("refused", ["217", "226"], 1),
        ("refused", ["217", "217"], 0),
        ("refused", ["217"], 0),
        ("not_found", ["217", "226"], 0),
    ],
)
def test_it_takes_two_and_a_report(place, order, outcome, met_by, counted):
    dispatch.close(
        order=order, by=place.patrols[0], happened_at=at("14:20"), now=at("14:20"), outcome=outcome, met_by=met_by
    )  # fmt: skip

    assert met("14:21") == counted
    assert met("14:19") == 0, "nothing was reported yet"
