"""The worker process: pulls deadlines and messages, ends its turn on SIGTERM."""

import logging
import os
import signal
import socket
import threading

from django.db import DatabaseError, close_old_connections, connection

from jinzhong import clock, flow
from jinzhong.config import sqlite
from jinzhong.wire import notice, ring

log = logging.getLogger(__name__)

PAUSE_SECONDS = 0.5
DELIVER = {"ring": ring.deliver, "notice": notice.deliver}


def run() -> int:
    """Work until told to stop."""
    sqlite.require_safe()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    name = f"{socket.gethostname()}:{os.getpid()}"
    flow.begin(now=clock.now())
    while not stop.is_set():
        if not _turn(name):
            stop.wait(PAUSE_SECONDS)
    return 0


def _turn(name: str) -> int:
    """One turn; a database that is away for a moment is told and waited for."""
    try:
        return flow.work_once(worker=name, now=clock.now(), deliver=DELIVER)
    except DatabaseError as problem:
        log.error("database: %s; trying again", type(problem).__name__)
        connection.close()
        return 0
    finally:
        if connection.vendor != "sqlite":
            close_old_connections()
