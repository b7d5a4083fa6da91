"""What an operation on orders refuses."""

from jinzhong.dispatch.models import Order


class NotTheirOrder(Exception):
    """Somebody who wasn't asked to go can't sign, arrive or close."""


class AlreadyClosed(Exception):
    """The order was closed before; ``order`` shows how."""

    def __init__(self, order: Order):
        super().__init__(order.number)
        self.order = order


class WrongClosing(Exception):
    """The outcome can't be taken; ``errors``: (field, message)."""

    def __init__(self, errors: list[tuple[str, str]]):
        super().__init__(str(errors))
        self.errors = errors
