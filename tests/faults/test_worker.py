"""The worker's two kinds of work go on side by side."""

import threading

import pytest

from jinzhong import flow
from jinzhong.config import sqlite
from jinzhong.wire import worker


class Done(Exception):
    """The gateway has answered at last."""


def test_deadlines_are_acted_on_while_a_gateway_is_slow(monkeypatch):
    asked, acted = threading.Event(), threading.Event()

    def deliver(**_given: object) -> int:
        asked.set()
        assert acted.wait(10), "the deadlines waited for the gateway"
        raise Done

    def act(**_given: object) -> int:
        if asked.is_set():
            acted.set()
        return 0

    monkeypatch.setattr(flow, "begin", lambda now: None)
    monkeypatch.setattr(flow, "deliver_once", deliver)
    monkeypatch.setattr(flow, "act_once", act)
    monkeypatch.setattr(sqlite, "require_safe", lambda: None)
    monkeypatch.setattr(worker.signal, "signal", lambda *_: None)

    with pytest.raises(Done):
        worker.run()
