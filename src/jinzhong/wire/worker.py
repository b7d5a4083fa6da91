"""The worker process: pulls deadlines and messages, ends its turns on SIGTERM.

Both are worked at side by side: many deadlines must not keep phones from ringing, nor a slow gateway the deadlines.
"""

import logging
import os
import signal
import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import partial

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
    jobs = partial(flow.act_once, worker=name), partial(flow.deliver_once, worker=name, deliver=DELIVER)
    with ThreadPoolExecutor(len(jobs)) as side_by_side:
        for one in as_completed([side_by_side.submit(_work, job, stop) for job in jobs]):
            stop.set()  # one that ends by a fault takes the other along
            one.result()
    return 0


def _work(job: Callable[..., int], stop: threading.Event) -> None:
    while not stop.is_set():
        if not _turn(job):
            stop.wait(PAUSE_SECONDS)


def _turn(job: Callable[..., int]) -> int:
    """One turn; a database that is away for a moment is told and waited for."""
    try:
        return job(now=clock.now())
    except DatabaseError as problem:
        log.error("database: %s; trying again", type(problem).__name__)
        connection.close()
        return 0
    finally:
        if connection.vendor != "sqlite":
            close_old_connections()
