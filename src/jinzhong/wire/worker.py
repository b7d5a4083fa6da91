"""The worker process: pulls deadlines and messages, beats once a second, ends its turn on SIGTERM."""

import os
import signal
import socket
import threading

from django.db import close_old_connections, connection

from jinzhong import clock, flow
from jinzhong.config import sqlite
from jinzhong.wire import ring

PAUSE_SECONDS = 0.5
DELIVER = {"ring": ring.deliver}


def run() -> int:
    """Work until told to stop."""
    sqlite.require_safe()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    name = f"{socket.gethostname()}:{os.getpid()}"
    while not stop.is_set():
        worked = flow.work_once(worker=name, now=clock.now(), deliver=DELIVER)
        if not worked:
            stop.wait(PAUSE_SECONDS)
        if connection.vendor != "sqlite":
            close_old_connections()
    return 0
