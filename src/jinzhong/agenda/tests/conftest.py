"""A worker's evening: a deadline, and messages to hand over."""

import pytest

from jinzhong.agenda import operations
from jinzhong.agenda.models import Outbox
from jinzhong.ids import new_id
from tests.district import at


@pytest.fixture
def order_id():
    return new_id()


@pytest.fixture
def message(db) -> Outbox:
    operations.post("ring", {"ring:1": {"order": "1"}}, at=at("14:00"))
    return Outbox.objects.get()
