"""The servers: granian (WSGI) for pages and API, one small ASGI process for live streams."""

import errno
import json
import multiprocessing.connection
import multiprocessing.process
import os
import socket
import threading
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.module_loading import import_string

from jinzhong.config import instance


class NotServable(Exception):
    """Nothing can listen there; the message says what to do."""


def address(host: str, port: int) -> str:
    """The IP address of a host on which this port is free. Raises NotServable."""
    try:
        family, kind, _, _, found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(found)
    except OSError as problem:
        if problem.errno == errno.EADDRINUSE:
            taken = f"port {port} is taken; end what listens there, or choose another one with --port"
            raise NotServable(taken) from problem
        raise NotServable(f"--host {host} --port {port}: {problem.strerror}") from problem
    return str(found[0])


def web(*, host: str, port: int) -> int:
    """Serve pages and API until stopped."""
    from django.db import connection
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    from jinzhong.config import sqlite

    sqlite.require_safe()
    settings.STATIC_ROOT.mkdir(exist_ok=True)
    connection.close()  # a database connection must not be carried over into the forked worker
    Granian(
        "jinzhong.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=16,
        log_access=False,
        log_level=LogLevels.error,
        respawn_failed_workers=True,
    ).serve(target_loader=_load)
    return 0


def _load(target: str) -> Any:
    """The application, in the worker process. A worker whose parent was killed ends too: two must not serve one port."""
    parent = multiprocessing.parent_process()
    if parent:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    return import_string(target.replace(":", "."))


def _end_with(parent: multiprocessing.process.BaseProcess) -> None:
    multiprocessing.connection.wait([parent.sentinel])
    os._exit(1)


def stream(*, host: str, port: int) -> int:
    """Serve ``/api/v1/stream`` until stopped; the web process sends clients here."""
    import uvicorn

    instance.replace_file(instance.data_folder() / "stream.json", json.dumps({"port": port}))
    uvicorn.run(
        "jinzhong.wire.events:application",
        host=host,
        port=port,
        log_level="warning",
        timeout_graceful_shutdown=1,
    )
    return 0


def stream_url(host: str, configured: str) -> str:
    """Where the stream is served: as configured, else the port the stream process wrote down, on the caller's host."""
    if configured:
        return f"{configured.rstrip('/')}/api/v1/stream"
    path = instance.data_folder() / "stream.json"
    port = json.loads(path.read_text("utf-8"))["port"] if path.exists() else 8001
    name = urlsplit(f"//{host}").hostname or "127.0.0.1"
    return f"http://{f'[{name}]' if ':' in name else name}:{port}/api/v1/stream"
