"""Deadlines: set with their cause, settled once."""

import pytest
from django.db import IntegrityError, transaction

from jinzhong.agenda import operations, queries
from tests.district import at


def outcomes(order_id) -> dict[tuple[str, int], str]:
    return {(one.kind, one.step): one.outcome for one in queries.deadlines_of([order_id])}


def test_watching_twice_is_one_deadline(db, order_id):
    operations.watch(on_id=order_id, due={"order.sign": at("14:06")}, at=at("14:05"))
    operations.watch(on_id=order_id, due={"order.sign": at("14:07")}, at=at("14:06"))

    assert [one.due_at for one in queries.deadlines_of([order_id])] == [at("14:06")]


def test_a_deadline_without_a_time_is_refused_not_left_out(db, order_id):
    with pytest.raises(IntegrityError), transaction.atomic():
        operations.watch(on_id=order_id, due={"order.sign": None}, at=at("14:05"))


def test_each_deadline_is_met_or_missed_by_its_own_time(db, order_id):
    operations.watch(on_id=order_id, due={"order.sign": at("14:06")}, at=at("14:05"))
    operations.watch(on_id=order_id, due={"order.sign": at("14:08")}, at=at("14:05"), step=1)

    operations.settle(on_id=order_id, kinds=["order.sign"], done_at=at("14:07"), at=at("14:09"))

    assert outcomes(order_id) == {("order.sign", 0): "missed", ("order.sign", 1): "met"}


def test_exactly_on_time_is_in_time(db, order_id):
    operations.watch(on_id=order_id, due={"order.meet": at("14:10")}, at=at("14:05"))

    operations.settle(on_id=order_id, kinds=["order.meet"], done_at=at("14:10"), at=at("14:11"))

    assert outcomes(order_id) == {("order.meet", 0): "met"}


def test_what_was_settled_stays_as_it_was(db, order_id):
    operations.watch(on_id=order_id, due={"order.sign": at("14:06")}, at=at("14:05"))
    operations.drop(on_id=order_id, kinds=["order.sign"], at=at("14:05"))

    operations.settle(on_id=order_id, kinds=["order.sign"], done_at=at("14:06"), at=at("14:06"))
    first = operations.settle_one(kind="order.sign", on_id=order_id, step=0, outcome="missed", at=at("14:07"))

    assert first is False
    assert outcomes(order_id) == {("order.sign", 0): "dropped"}


def test_other_kinds_stay_open(db, order_id):
    for kind in ("order.sign", "order.meet"):
        operations.watch(on_id=order_id, due={kind: at("14:06")}, at=at("14:05"))

    operations.settle(on_id=order_id, kinds=["order.sign"], done_at=at("14:05"), at=at("14:05"))

    assert [one.kind for one in queries.open_deadlines()] == ["order.meet"]
