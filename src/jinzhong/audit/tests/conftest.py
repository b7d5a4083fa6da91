"""A small log to read and to attack."""

from collections.abc import Callable

import pytest
from django.db import transaction

from jinzhong.audit import operations
from tests.district import at


class Thing:
    """Something that was done something to; the log asks for its name and id only."""

    class _meta:
        model_name = "thing"

    def __init__(self, pk: int):
        self.pk = pk


@pytest.fixture
def write_log(db, django_capture_on_commit_callbacks) -> Callable[[int], None]:
    """Add n lines, each committed by itself as far as the head outside the database is concerned."""

    def write(lines: int) -> None:
        for line in range(lines):
            with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
                operations.record(
                    f"test.kind_{line % 3}",
                    on=Thing(line),
                    by=f"officer_{line % 2}",
                    at=at(f"14:{line:02d}"),
                    happened_at=at(f"13:{line:02d}"),
                    purpose="联系劝阻" if line % 2 else "",
                    town="330213002" if line % 2 else "",
                    order=line,
                )

    return write
