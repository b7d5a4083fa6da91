"""Public ids: UUID version 7, made by whoever creates the thing, so that a phone without network can."""

import uuid

import uuid6


def new_id() -> uuid.UUID:
    """A fresh id; ids made later sort later."""
    return uuid.UUID(int=uuid6.uuid7().int)
