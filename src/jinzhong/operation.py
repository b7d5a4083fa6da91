"""What makes an operation one: all of it commits, or none; alone, or together with the operation that called it."""

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import transaction

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")
_inside = ContextVar("inside an operation", default=False)


def operation(do: Callable[Asked, Answer]) -> Callable[Asked, Answer]:
    """Run in one transaction. Called by another operation it joins that one's, without a savepoint of its own.

    So a refusal inside an operation undoes the whole of it. One that is to be survived stands in a
    ``transaction.atomic()`` of the caller's, whose savepoint undoes that part; where that was forgotten, Django refuses
    the next statement, and nothing half done can commit.
    """

    @wraps(do)
    def run(*args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
        is_part = _inside.get()
        before = _inside.set(True)
        try:
            with transaction.atomic(savepoint=not is_part):
                return do(*args, **kwargs)
        finally:
            _inside.reset(before)

    return run
