"""One answer per account and key."""

import pytest

from jinzhong.agenda import operations
from jinzhong.agenda.models import Answer
from tests.district import at


class Door:
    """Counts how often something is really done."""

    def __init__(self) -> None:
        self.done = 0

    def __call__(self) -> tuple[int, dict]:
        self.done += 1
        return 201, {"alert": self.done}

    def ask(self, account: str = "teller", key: str = "k1", digest: str = "d1") -> tuple:
        return operations.answer_once(account=account, key=key, digest=digest, at=at("14:05"), do=self)


def test_the_same_request_again_gets_the_first_answer(db):
    door = Door()

    assert door.ask() == (201, {"alert": 1}, True)
    assert door.ask() == (201, {"alert": 1}, False)
    assert door.done == 1


def test_the_same_key_with_another_request_is_refused(db):
    door = Door()
    door.ask()

    with pytest.raises(operations.KeyReused):
        door.ask(digest="d2")
    assert door.done == 1


def test_two_people_may_choose_the_same_key(db):
    door = Door()
    door.ask(account="teller")

    assert door.ask(account="far_teller") == (201, {"alert": 2}, True)


def test_a_refused_request_keeps_no_answer_so_that_it_can_be_mended(db):
    def refuse() -> tuple[int, dict]:
        raise ValueError

    with pytest.raises(ValueError):
        operations.answer_once(account="teller", key="k1", digest="d1", at=at("14:05"), do=refuse)

    assert not Answer.objects.exists()
    assert Door().ask(digest="d2") == (201, {"alert": 1}, True)
