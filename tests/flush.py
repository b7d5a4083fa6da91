"""Emptying a test database whose tables refuse to lose rows: the guards are taken off for that moment only."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from django.db.backends.base.operations import BaseDatabaseOperations

_plain_flush = BaseDatabaseOperations.execute_sql_flush


@contextmanager
def without_guards(connection) -> Iterator[None]:
    """No trigger of ours fires inside."""
    off, on = _postgres(connection) if connection.vendor == "postgresql" else _sqlite(connection)
    with connection.cursor() as cursor:
        for statement in off:
            cursor.execute(statement)
        yield
        for statement in on:
            cursor.execute(statement)


def _postgres(connection) -> tuple[list[str], list[str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal")
        tables = [table for (table,) in cursor.fetchall()]
    return [f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in tables], [
        f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in tables
    ]


def _sqlite(connection) -> tuple[list[str], list[str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
    return [f"DROP TRIGGER {name}" for name, _ in triggers], [made for _, made in triggers]


def _flush(operations: BaseDatabaseOperations, sql_list: list[str]) -> None:
    with without_guards(operations.connection):
        _plain_flush(operations, sql_list)


def allow() -> None:
    """Let the tests that commit empty the database behind them."""
    mock.patch.object(BaseDatabaseOperations, "execute_sql_flush", _flush).start()
