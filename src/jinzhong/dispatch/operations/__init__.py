"""What can be done: orders to the door, and calls before anybody goes."""

from jinzhong.dispatch.operations.door import arrive, close, depart, sign
from jinzhong.dispatch.operations.escalation import missed
from jinzhong.dispatch.operations.faults import AlreadyClosed, NotTheirOrder, WrongClosing
from jinzhong.dispatch.operations.phone import UnknownAnswer, call_missed, expect_call, note_call
from jinzhong.dispatch.operations.sending import CALL, ORDER_DEADLINES, follow, reassign, send, send_first

__all__ = [
    "CALL",
    "ORDER_DEADLINES",
    "AlreadyClosed",
    "NotTheirOrder",
    "UnknownAnswer",
    "WrongClosing",
    "arrive",
    "call_missed",
    "close",
    "depart",
    "expect_call",
    "follow",
    "missed",
    "note_call",
    "reassign",
    "send",
    "send_first",
    "sign",
]
