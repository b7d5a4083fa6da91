"""What happened at the door: outcomes, the money protected, and what it rests on."""

from decimal import Decimal

import pytest

from jinzhong.audit import queries as audit
from jinzhong.dispatch import operations
from jinzhong.dispatch.models import Evidence, Outcome
from tests.district import at


def close(order, by, **report):
    report = {"outcome": "dissuaded"} | report
    return operations.close(order=order, by=by, happened_at=at("14:20"), now=at("14:21"), **report)


def test_dissuaded_with_fifty_thousand_cancelled_at_the_counter(place, order):
    closed = close(
        order, place.patrols[0], amount_protected=Decimal("50000.00"), evidence="counter_cancelled",
        met_by=["officer_217", "officer_226"], checks=["phone_seen"], note="老人把钱存回去了",
    )  # fmt: skip

    assert (closed.state, closed.closed_at, closed.warning.state) == ("closed", at("14:20"), "closed")
    line = audit.events_on([order.pk]).get(kind="dispatch.closed")
    assert line.facts == (
        f'{{"amount": "50000.00", "evidence": "counter_cancelled", "outcome": "dissuaded", "warning": "{order.warning_id}"}}'
    )
    assert (line.happened_at, line.recorded_at) == (at("14:20"), at("14:21"))


@pytest.mark.parametrize("outcome", Outcome.values)
def test_every_outcome_of_the_trade_can_be_said(place, order, outcome):
    closed = close(order, place.patrols[0], outcome=outcome)

    still_in_danger = outcome in ("refused", "not_found")
    assert closed.warning.state == ("open" if still_in_danger else "closed")


@pytest.mark.parametrize("evidence", Evidence.values)
def test_every_kind_of_evidence_can_be_given(place, order, evidence):
    assert close(order, place.patrols[0], amount_protected=Decimal(5), evidence=evidence).evidence == evidence


WRONG = [
    ({"outcome": "happy"}, ["outcome"]),
    ({"amount_protected": Decimal("50000")}, ["evidence"]),
    ({"amount_protected": Decimal("50000"), "evidence": "rumour"}, ["evidence"]),
    ({"amount_protected": Decimal("-1"), "evidence": "stated"}, ["amount_protected"]),
    ({"amount_protected": Decimal("NaN"), "evidence": "stated"}, ["amount_protected"]),
    ({"outcome": "not_found", "amount_protected": Decimal(5), "evidence": "stated"}, ["amount_protected"]),
]


@pytest.mark.parametrize(("report", "fields"), WRONG, ids=repr)
def test_what_cant_be_counted_is_refused_and_nothing_is_kept(place, order, report, fields):
    with pytest.raises(operations.WrongClosing) as refused:
        close(order, place.patrols[0], **report)

    assert [field for field, _ in refused.value.errors] == fields
    order.refresh_from_db()
    assert (order.state, order.outcome) == ("waiting", "")


def test_nothing_protected_needs_no_evidence(place, order):
    assert close(order, place.patrols[0], amount_protected=Decimal(0)).amount_protected == 0


def test_the_same_report_twice_changes_nothing_and_another_is_refused(place, order):
    close(order, place.patrols[0], outcome="not_found")
    close(order, place.patrols[0], outcome="not_found")

    with pytest.raises(operations.AlreadyClosed) as refused:
        close(order, place.patrols[0], outcome="dissuaded")
    assert refused.value.order.outcome == "not_found"
    assert order.steps.filter(step="closed").count() == 1


def test_still_in_danger_the_next_alert_sends_officers_again(place, order, raise_alert):
    close(order, place.patrols[0], outcome="refused")

    again = raise_alert(at("15:00"))

    assert again.warning.pk == order.warning_id
    assert again.order.pk != order.pk


def test_settled_a_further_alert_opens_the_warning_again(place, order, raise_alert):
    close(order, place.patrols[0])

    again = raise_alert(at("15:00"))

    assert (again.warning.pk, again.warning.state) == (order.warning_id, "open")
    assert again.order.pk != order.pk


def test_nobody_else_reports_for_them(place, order):
    for stranger in (place.patrols[1], place.teller, place.town_yuelin, place.auditor, place.admin):
        with pytest.raises(operations.NotTheirOrder):
            close(order, stranger)
    assert close(order, place.desk).state == "closed"
