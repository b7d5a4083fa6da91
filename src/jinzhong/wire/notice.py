"""An issued bulletin to its receiver, inside the product: it lies on their page from now on. Nothing is sent to any other machine."""

from typing import Any
from uuid import UUID

from jinzhong import clock
from jinzhong.bulletin import sending


def deliver(key: str, payload: dict[str, Any]) -> None:
    """The same key is the same delivery: handed over twice it lies there once."""
    sending.hand_over(delivery=UUID(payload["delivery"]), now=clock.now())
