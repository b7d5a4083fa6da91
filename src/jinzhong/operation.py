"""What makes an operation one: all of it commits, or none; alone, or together with the operation that called it."""

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import transaction

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")
_last = ContextVar[dict[Callable[[], None], None] | None](
    "what the operation does before it ends", default=None
)


def operation(do: Callable[Asked, Answer]) -> Callable[Asked, Answer]:
    """Run in one transaction. Called by another operation it joins that one's, without a savepoint of its own.

    So a refusal inside an operation undoes the whole of it. One that is to be survived stands in a
    ``transaction.atomic()`` of the caller's, whose savepoint undoes that part; where that was forgotten, Django refuses
    the next statement, and nothing half done can commit.
    """

    @wraps(do)
    def run(*args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
        if _last.get() is not None:
            with transaction.atomic(savepoint=False):
                return do(*args, **kwargs)
        last: dict[Callable[[], None], None] = {}
        with transaction.atomic():
            before = _last.set(last)
            try:
                answer = do(*args, **kwargs)
                for one in last:
                    one()
            finally:  # before the commit: an operation that follows from it is one of its own
                _last.reset(before)
            return answer

    return run


def at_last(do: Callable[[], None]) -> None:
    """Do this once, as the last thing of the operation that goes on; at once where none does."""
    last = _last.get()
    if last is None:
        do()
    else:
        last[do] = None
