"""The database of this instance: SQLite in the data folder, or PostgreSQL by ``DATABASE_URL``."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from jinzhong.config.instance import BadInstance

SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA recursive_triggers=ON; PRAGMA secure_delete=ON;"
)
TIMEOUT_SECONDS = 20
USE = "DATABASE_URL: use postgresql://user:password@host:port/name or sqlite:///path"


def settings_for(url: str | None, folder: Path) -> dict[str, Any]:
    """Django's DATABASES entry. Raises BadInstance for a URL that is neither sqlite nor postgres."""
    if not url:
        return _sqlite(folder / "jinzhong.sqlite3")
    try:
        parts = urlsplit(url)
        port = parts.port or ""
    except ValueError as problem:
        raise BadInstance(USE) from problem
    if parts.scheme == "sqlite":
        return _sqlite(Path(unquote(parts.path)))
    if parts.scheme in ("postgres", "postgresql"):
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": port,
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": dict(parse_qsl(parts.query)),
        }
    raise BadInstance(USE)


def _sqlite(path: Path) -> dict[str, Any]:
    return {
        "ENGINE": "jinzhong.config.sqlite",
        "NAME": path,
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": TIMEOUT_SECONDS,
            "init_command": SQLITE_PRAGMAS,
        },
        "TEST": {"NAME": str(path) + ".test"},
    }
