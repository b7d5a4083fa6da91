"""One worker at a time holds a row; a dead worker's lease runs out by itself."""

from jinzhong.agenda import operations
from jinzhong.agenda.models import Deadline
from jinzhong.ids import new_id
from tests.district import at


def lease(worker: str, moment: str) -> list[Deadline]:
    return operations.lease_deadlines(worker=worker, now=at(moment))


def watch(due: str) -> Deadline:
    order_id = new_id()
    operations.watch(on_id=order_id, due={"order.sign": at(due)}, at=at("14:00"))
    return Deadline.objects.get(on_id=order_id)


def test_nothing_is_held_before_it_is_due(db):
    watch("14:06")

    assert lease("a", "14:05:59") == []
    assert len(lease("a", "14:06")) == 1


def test_the_oldest_comes_first(db):
    late, early = watch("14:06"), watch("14:02")

    assert [one.pk for one in lease("a", "14:10")] == [early.pk, late.pk]


def test_what_one_worker_holds_no_other_gets(db):
    watch("14:06")
    lease("a", "14:06")

    assert lease("b", "14:06:29") == []


def test_a_dead_workers_lease_runs_out(db):
    watch("14:06")
    lease("a", "14:06")

    assert [one.leased_by for one in lease("b", "14:06:31")] == ["a"]
    assert Deadline.objects.get().leased_by == "b"


def test_settled_ones_are_left_alone(db):
    made = watch("14:06")
    operations.drop(on_id=made.on_id, kinds=["order.sign"], at=at("14:05"))

    assert lease("a", "14:07") == []


def test_work_that_fails_is_kept_and_waits_longer_each_time(db):
    watch("14:06")

    def fail() -> None:
        raise RuntimeError

    waits = []
    moment = at("14:06")
    for _ in range(5):
        (row,) = operations.lease_deadlines(worker="a", now=moment)
        assert operations.act(row, fail, now=moment) is False
        waits.append((Deadline.objects.get().leased_until - moment).total_seconds())
        moment = Deadline.objects.get().leased_until

    assert waits == [5, 10, 20, 40, 60]
    assert Deadline.objects.get().settled_at is None
    assert Deadline.objects.get().last_error == "RuntimeError"


def test_work_that_fails_leaves_nothing_half_done(db, order_id):
    watch("14:06")
    (row,) = lease("a", "14:06")

    def half() -> None:
        operations.post("ring", {"ring:x": {}}, at=at("14:06"))
        raise RuntimeError

    operations.act(row, half, now=at("14:06"))

    assert operations.lease_outbox(worker="a", now=at("14:07")) == []
