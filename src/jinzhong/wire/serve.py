"""The servers: granian (WSGI) for pages and API, one small ASGI process for live streams."""

import json
from urllib.parse import urlsplit

from jinzhong.config import instance


def web(*, host: str, port: int) -> int:
    """Serve pages and API until stopped."""
    from granian import Granian
    from granian.constants import Interfaces

    from jinzhong.config import sqlite

    sqlite.require_safe()
    Granian(
        "jinzhong.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=16,
        log_access=False,
    ).serve()
    return 0


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
